// The common frame of the commands that read modules and change nothing.
#include "inspect.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "color.h"
#include "component/component.h"
#include "lib/options.h"
#include "module_file.h"
#include "output.h"
#include "shrink.h"
#include "signals.h"
#include "support/format.h"

wr_slice wr_inspect_read(wr_env *env, wr_inspect *s, const char *path) {
    wr_file file;
    char error[512];
    s->reading = path;
    wr_exit status = wr_module_file_read(&file, path, error, sizeof error);
    if (status == WR_EXIT_IO) wr_throw(env, WR_IO, WR_NO_OFFSET, "cannot read: %s", error);
    if (status != WR_EXIT_OK) wr_throw(env, WR_BAD_INPUT, WR_NO_OFFSET, "%s", error);
    if (s->nfiles == s->files_cap)
        wr_vec_grow(&env->perm, (void **)&s->files, &s->files_cap, s->nfiles, 1, sizeof *s->files);
    s->files[s->nfiles++] = file;
    return file.bytes;
}

wr_slice wr_inspect_module(wr_env *env, wr_inspect *s, const char *path) {
    wr_slice bytes = wr_inspect_read(env, s, path);
    wr_component_file file;
    if (!wr_component_recognize(bytes)) return bytes;
    wr_component_decode(env, bytes, &file);
    uint32_t n = file.modules.n, wanted = wr_inspect_number(env, s, WR_OPTION_CORE_MODULE, UINT32_MAX);
    if (!wr_args_has(s->args, WR_OPTION_CORE_MODULE))
        wr_throw(env, WR_USAGE, WR_NO_OFFSET,
                 "%s is a component with %s: choose one with --core-module=N (`wring audit` "
                 "lists them)",
                 path, wr_format_count(n, "core module").s);
    if (wanted >= n)
        wr_throw(env, WR_USAGE, WR_NO_OFFSET, "%s has %s, numbered from 0; there is no %u", path,
                 wr_format_count(n, "core module").s, wanted);
    return file.modules.v[wanted].bytes;
}

uint32_t wr_inspect_number(wr_env *env, const wr_inspect *s, wr_option_id option, uint32_t without) {
    char error[256];
    double value = without;
    if (!wr_args_number(s->args, option, 0, &value, error, sizeof error))
        wr_throw(env, WR_USAGE, WR_NO_OFFSET, "%s", error);
    return (uint32_t)value;
}

wr_codec wr_inspect_codec(const wr_inspect *s) { return wr_objective_codec(s->config->objective); }

// --- Reports ---

wr_page_style wr_inspect_text_style(void) {
    return wr_color_wanted(STDOUT_FILENO) ? WR_PAGE_TERMINAL : WR_PAGE_TEXT;
}

static void write_to(wr_inspect *s, const char *path, wr_slice text) {
    int error = wr_output_write(path, text);
    if (!error) return;
    wr_message_error("cannot write %s: %s", path, strerror(error));
    s->status = WR_EXIT_IO;
}

void wr_inspect_write(wr_env *env, wr_inspect *s, const wr_compare_format *formats, size_t n,
                      wr_slice (*plain)(wr_env *env, void *arg), void *arg) {
    wr_slice (*to_output)(wr_env * env, void *arg) = NULL;
    bool to_files = false;
    for (size_t i = 0; i < n; i++) {
        const char *path = wr_args_value(s->args, formats[i].option);
        if (path)
            write_to(s, path, formats[i].write(env, arg)), to_files = true;
        else if (wr_args_has(s->args, formats[i].option))
            to_output = formats[i].write;
    }
    if (to_files && !to_output && wr_args_has(s->args, WR_OPTION_QUIET)) return;
    write_to(s, "-", (to_output ? to_output : plain)(env, arg));
}

// --- The frame ---

static void run_work(wr_env *env, void *arg) {
    wr_inspect *s = arg;
    s->work(env, s);
}

static void complain_about(const wr_inspect *s, const wr_diag *diag) {
    char text[640];
    const char *file = s->reading && strcmp(s->reading, "-") ? s->reading : "standard input";
    wring_diagnostic said = {(wring_status)diag->status, diag->offset, diag->func, diag->message};
    wr_message_diagnostic(file, &said, text, sizeof text);
    if (diag->status == WR_USAGE || !s->reading)
        wr_message_error("%s", diag->message);
    else if (diag->status != WR_CANCELLED)
        wr_message_error("%s", text);
}

static void free_files(wr_inspect *s) {
    for (uint32_t i = 0; i < s->nfiles; i++) wr_file_free(&s->files[i]);
}

static void run(wr_inspect *s) {
    double limit = s->config->time_limit;
    s->shared.mem_limit = s->config->memory_limit;
    s->shared.deadline_ns = limit > 0 ? wr_now_ns() + (uint64_t)(limit * 1e9) : 0;
    if (wr_pool_init(&s->pool, &s->shared, s->config->jobs) != WR_OK) {
        wr_message_error("out of memory");
        s->status = WR_EXIT_LIMIT;
        return;
    }
    wr_env *env = wr_main_env(&s->pool);
    wr_signal_flag(&s->shared.cancelled);
    wr_status status = wr_try(env, run_work, s);
    wr_signal_flag(NULL);
    if (status != WR_OK) {
        complain_about(s, &env->diag);
        s->status = wr_exit_of((wring_status)status);
    }
    free_files(s);
    wr_pool_free(&s->pool);
}

wr_exit wr_inspect_run(const wr_args *args, void (*work)(wr_env *env, wr_inspect *s)) {
    wr_inspect s = {.args = args, .work = work, .options = wring_options_new()};
    char error[512];
    if (!s.options) return WR_EXIT_LIMIT;
    s.config = &s.options->config;
    s.status = wr_shrink_set_options(s.options, args, error, sizeof error);
    if (s.status == WR_EXIT_OK)
        run(&s);
    else
        wr_message_error("%s", error);
    wring_options_free(s.options);
    return s.status;
}
