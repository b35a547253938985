// `wring compare`: its options, where reports go, and the exit status. The work is report/compare/compare.c.
#include "report/compare/compare.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/binaryen.h"
#include "ir/decode/not_wasm.h"
#include "message.h"
#include "module_file.h"
#include "options.h"
#include "output.h"
#include "progress.h"
#include "verify/engine.h"
#include "signals.h"

typedef struct session {
    const wr_args *args;
    wr_compare_options options;
    wr_pool pool;
    wr_progress progress;
    char dir[512], assembled[600], binaryen[1024], node[1024];
    wr_exit status;
} session;

// --- Options ---

// Options of `wring opt` that shape its output, spelled for the children. The strings are freed with the
// arena.
static void pass_on(wr_env *env, session *s) {
    const wr_args *args = s->args;
    const char **flags = WR_NEW(&env->perm, const char *, args->ngiven);
    for (size_t i = 0; i < args->ngiven; i++) {
        const wr_option *option = &wr_options[args->given[i].option];
        if (!option->library || args->given[i].option == WR_OPTION_WITH_BINARYEN) continue;
        const char *value = args->given[i].value;
        size_t n = strlen(option->name) + (value ? strlen(value) : 0) + 4;
        char *flag = WR_NEW(&env->perm, char, n);
        snprintf(flag, n, "--%s%s%s", option->name, value ? "=" : "", value ? value : "");
        flags[s->options.nflags++] = flag;
    }
    s->options.flags = flags;
}

static bool check_usage(session *s, char *error, size_t size) {
    const wr_args *args = s->args;
    const wr_compare_options *o = &s->options;
    if (args->nfiles != 1)
        snprintf(error, size, "compare wants one module, not %zu", args->nfiles);
    else if (o->command && !strstr(o->command, "{}"))
        snprintf(error, size, "--run: the command needs {} where the module goes");
    else if (o->command && o->workload)
        snprintf(error, size, "--run and --workload can't be given together");
    else
        return true;
    return false;
}

static bool read_numbers(session *s, char *error, size_t size) {
    double rounds = 5, timeout = 600, jobs = 0;
    if (!wr_args_number(s->args, WR_OPTION_RUNS, 1, &rounds, error, size) ||
        !wr_args_number(s->args, WR_OPTION_TIMEOUT, 0.1, &timeout, error, size) ||
        !wr_args_number(s->args, WR_OPTION_JOBS, 1, &jobs, error, size))
        return false;
    s->options.rounds = (unsigned)rounds;
    s->options.timeout = timeout;
    s->pool.jobs = (unsigned)jobs;
    return true;
}

static bool find_programs(session *s, char *error, size_t size) {
    const char *binaryen = wr_args_value(s->args, WR_OPTION_WITH_BINARYEN),
               *node = wr_args_value(s->args, WR_OPTION_NODE);
    if (wr_binaryen_find(binaryen, s->binaryen, sizeof s->binaryen))
        s->options.binaryen = s->binaryen;
    else if (wr_args_has(s->args, WR_OPTION_WITH_BINARYEN)) {
        snprintf(error, size, "no wasm-opt was found%s%s", binaryen ? ": " : "", binaryen ? binaryen : "");
        return false;
    }
    if (wr_engine_find_node(node, s->node, sizeof s->node))
        s->options.node = s->node;
    else if (node) {
        snprintf(error, size, "%s is no program", node);
        return false;
    }
    return true;
}

static bool read_options(session *s, char *error, size_t size) {
    const wr_args *args = s->args;
    wr_compare_options *o = &s->options;
    o->input = args->nfiles ? args->files[0] : NULL;
    o->command = wr_args_value(args, WR_OPTION_RUN);
    o->workload = wr_args_value(args, WR_OPTION_WORKLOAD);
    o->variants = wr_args_value(args, WR_OPTION_VARIANTS);
    o->no_run = wr_args_has(args, WR_OPTION_NO_RUN);
    o->debug_names = wr_args_has(args, WR_OPTION_DEBUG_NAMES);
    return check_usage(s, error, size) && read_numbers(s, error, size) && find_programs(s, error, size);
}

// --- Reports ---

static const struct {
    wr_option_id option;
    wr_slice (*write)(wr_env *env, const wr_comparison *c);
} formats[] = {
    {WR_OPTION_JSON, wr_compare_json},
    {WR_OPTION_MARKDOWN, wr_compare_markdown},
    {WR_OPTION_HTML, wr_compare_html},
};

static void write_report(session *s, const char *path, wr_slice text) {
    int error = wr_output_write(path, text);
    if (!error) return;
    wr_message_error("cannot write %s: %s", path, strerror(error));
    s->status = WR_EXIT_IO;
}

// Each format to the file given with it; the first without a file in place of the table.
static void write_reports(wr_env *env, session *s, const wr_comparison *c) {
    const char *main_path = wr_args_value(s->args, WR_OPTION_OUTPUT);
    wr_slice (*main_format)(wr_env * env, const wr_comparison *c) = wr_compare_table;
    bool to_files = false;
    for (size_t i = 0; i < WR_COUNT(formats); i++) {
        const char *path = wr_args_value(s->args, formats[i].option);
        if (path)
            write_report(s, path, formats[i].write(env, c)), to_files = true;
        else if (wr_args_has(s->args, formats[i].option))
            main_format = formats[i].write;
    }
    if (to_files && main_format == wr_compare_table && wr_args_has(s->args, WR_OPTION_QUIET)) return;
    write_report(s, main_path ? main_path : "-", main_format(env, c));
}

// --- The command ---

static void show(void *user, const char *what, double fraction) {
    wr_progress_step(&((session *)user)->progress, what, fraction);
}

static void show_failed(void *user, const char *what, wr_slice tail) {
    wr_progress_end(&((session *)user)->progress);
    wr_message_error("running %s fails; its last lines:\n%.*s", what, (int)tail.n, (const char *)tail.p);
}

static bool is_text(const char *path) {
    wr_file file;
    if (!strcmp(path, "-") || wr_file_read(&file, path)) return false;
    bool text = wr_not_wasm_is_text(file.bytes);
    wr_file_free(&file);
    return text;
}

// Text is assembled first, since the programs that are compared take modules. Without a program for it the
// decoder says what is missing.
static void assemble_input(wr_env *env, session *s) {
    char error[512];
    wr_file file;
    if (!is_text(s->options.input)) return;
    wr_exit status = wr_module_file_read(&file, s->options.input, error, sizeof error);
    if (status != WR_EXIT_OK)
        wr_throw(env, status == WR_EXIT_IO ? WR_IO : WR_BAD_INPUT, WR_NO_OFFSET, "%s", error);
    snprintf(s->assembled, sizeof s->assembled, "%s/assembled.wasm", s->dir);
    int failed = wr_file_write(s->assembled, file.bytes);
    wr_file_free(&file);
    if (failed) wr_throw(env, WR_IO, WR_NO_OFFSET, "cannot write what was assembled: %s", strerror(failed));
    s->options.name = s->options.input;
    s->options.input = s->assembled;
}

static void work(wr_env *env, void *arg) {
    session *s = arg;
    assemble_input(env, s);
    pass_on(env, s);
    wr_comparison *c = wr_compare(&s->pool, &s->options, s->dir);
    wr_progress_end(&s->progress);
    if (c->failed) s->status = WR_EXIT_INTERNAL;
    if (c->different) s->status = WR_EXIT_DIFFERENT;
    write_reports(env, s, c);
}

static void complain_about(const session *s, const wr_diag *diag) {
    char text[640];
    wring_diagnostic public = {(wring_status)diag->status, diag->offset, diag->func, diag->message};
    const char *name = s->options.name ? s->options.name : s->options.input;
    wr_message_diagnostic(strcmp(name, "-") ? name : "standard input", &public, text, sizeof text);
    if (diag->status == WR_USAGE)
        wr_message_error("%s", diag->message);
    else if (diag->status != WR_CANCELLED)
        wr_message_error("%s", text);
}

static wr_exit run(session *s) {
    wr_shared shared = {0};
    if (wr_pool_init(&s->pool, &shared, s->pool.jobs) != WR_OK) return WR_EXIT_LIMIT;
    s->progress = wr_progress_start(wr_args_has(s->args, WR_OPTION_QUIET), -1);
    s->options.progress = show;
    s->options.failed = show_failed;
    s->options.user = s;
    s->options.cancel = &shared.cancelled;
    wr_signal_flag(&shared.cancelled);
    wr_status status = wr_try(wr_main_env(&s->pool), work, s);
    wr_signal_flag(NULL);
    wr_progress_end(&s->progress);
    if (status != WR_OK) {
        complain_about(s, &wr_main_env(&s->pool)->diag);
        s->status = wr_exit_of((wring_status)status);
    }
    wr_pool_free(&s->pool);
    return s->status;
}

int wr_cmd_compare(const wr_args *args) {
    session s = {.args = args};
    char error[1200];
    if (!read_options(&s, error, sizeof error)) {
        wr_message_error("%s", error);
        return WR_EXIT_USAGE;
    }
    int failed = wr_file_make_temp_dir(s.dir, sizeof s.dir);
    if (failed) {
        wr_message_error("cannot make a temporary directory: %s", strerror(failed));
        return WR_EXIT_IO;
    }
    wr_exit status = run(&s);
    wr_file_remove_temp_dir(s.dir);
    return status;
}
