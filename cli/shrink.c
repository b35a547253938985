// One job, file to file. The library does the work; this file handles files and error messages.
#include "shrink.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cached.h"
#include "lib/job.h"
#include "module_file.h"
#include "output.h"
#include "signals.h"
#include "support/env.h"
#include "support/file.h"
#include "verify_component.h"

static const char *shown(const char *path, const char *standard) {
    return strcmp(path, "-") ? path : standard;
}

static wr_exit fail_io(wr_shrink *s, const char *verb, const char *path, int error) {
    snprintf(s->message, sizeof s->message, "cannot %s %s: %s", verb, path, strerror(error));
    return WR_EXIT_IO;
}

wr_exit wr_shrink_set_options(wring_options *options, const wr_args *args, char *message, size_t size) {
    for (size_t i = 0; i < args->ngiven; i++) {
        const wr_option *option = &wr_options[args->given[i].option];
        if (!option->library) continue;
        wring_status status = wring_options_set(options, option->name, args->given[i].value);
        if (status == WRING_OK) continue;
        const char *error = wring_options_error(options);
        snprintf(message, size, "%s", *error ? error : wring_status_text(status));
        return wr_exit_of(status);
    }
    return WR_EXIT_OK;
}

void wr_shrink_set_debug(wr_shrink *s, const wr_args *args) {
    s->source_map = wr_args_value(args, WR_OPTION_SOURCE_MAP);
    s->source_map_out = wr_args_value(args, WR_OPTION_SOURCE_MAP_OUT);
    s->symbols_out = wr_args_value(args, WR_OPTION_SYMBOLS_OUT);
}

// A module that can't be run can't be verified either: then nothing is written, since that is what was asked
// for.
static wr_exit verify_output(wr_shrink *s, const wr_file *input) {
    size_t size;
    const void *bytes = wring_output(s->job, &size);
    s->verify->job = s->job;
    wr_verdict verdict = wr_verify_files(s->verify, input->bytes, wr_slice_of(bytes, size));
    if (verdict == WR_SAME) return WR_EXIT_OK;
    snprintf(s->message, sizeof s->message, "%s: %s; nothing was written: %.400s", s->in,
             verdict == WR_DIFFERENT
                 ? "the output behaves otherwise, which is a bug: please report it with the module"
                 : "cannot verify",
             s->verify->report);
    return verdict == WR_DIFFERENT ? WR_EXIT_INTERNAL : WR_EXIT_IO;
}

// --- The source map of the input ---

// The file that the module names, if that is one beside it; false: there is none.
static bool find_beside(const char *module, const char *url, char *path, size_t size) {
    struct stat st;
    const char *slash = strrchr(module, '/');
    if (!*url || strpbrk(url, "/:")) return false;
    int n = snprintf(path, size, "%.*s%s", slash ? (int)(slash - module) + 1 : 0, module, url);
    return n > 0 && (size_t)n < size && stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

static void forget_map(wr_shrink *s) {
    if (s->map.bytes.p) wr_file_free(&s->map);
    s->map = (wr_file){.fd = -1};
}

wr_slice wr_shrink_find_map(wr_shrink *s, const char *url) {
    char beside[1024];
    const char *path = s->source_map;
    forget_map(s);
    if (!path) path = find_beside(s->in, url, beside, sizeof beside) ? beside : NULL;
    s->map_error = path ? wr_file_read(&s->map, path) : 0;
    return path && !s->map_error ? s->map.bytes : (wr_slice){0};
}

static const void *find_map(void *user, const char *url, size_t *size) {
    wr_shrink *s = user;
    free(s->map_url);
    s->map_url = strdup(url);
    wr_slice map = wr_shrink_find_map(s, url);
    *size = map.n;
    return map.p;
}

// --- Outputs ---

static wr_exit write_beside(wr_shrink *s, const char *path, wr_slice bytes) {
    int error = path ? wr_output_write(path, bytes) : 0;
    return error ? fail_io(s, "write", path, error) : WR_EXIT_OK;
}

typedef struct result {
    wr_slice module, source_map, symbols;
} result;

static result result_of(const wring_job *job) {
    result r;
    r.module.p = wring_output(job, &r.module.n);
    r.source_map.p = wring_source_map(job, &r.source_map.n);
    r.symbols.p = wring_symbols(job, &r.symbols.n);
    return r;
}

static result result_in(const wr_cache_entry *entry) {
    return (result){entry->parts[WR_CACHE_MODULE], entry->parts[WR_CACHE_SOURCE_MAP],
                    entry->parts[WR_CACHE_SYMBOLS]};
}

// The module comes last: it is what others wait for.
static wr_exit write_debug_outputs(wr_shrink *s, const result *r) {
    if (s->map_error) return fail_io(s, "read", s->source_map, s->map_error);
    wr_exit status = write_beside(s, s->source_map_out, r->source_map);
    return status == WR_EXIT_OK ? write_beside(s, s->symbols_out, r->symbols) : status;
}

static wr_exit write_output(wr_shrink *s, const wr_file *input, result r) {
    s->after = r.module.n;
    if (wr_file_changed(input)) {
        snprintf(s->message, sizeof s->message, "%s was changed while it was being read; nothing was written",
                 s->in);
        return WR_EXIT_IO;
    }
    wr_exit status = write_debug_outputs(s, &r);
    if (status != WR_EXIT_OK) return status;
    int error = s->out ? wr_output_write(s->out, r.module) : 0;
    return error ? fail_io(s, "write", shown(s->out, "standard output"), error) : WR_EXIT_OK;
}

// Once the job's scratch memory is gone, entries take none beyond its peak.
static void keep_in_cache(wr_shrink *s) {
    wr_job_free_scratch(s->job);
    wr_cached_keep(s);
    wr_cached_bodies_keep(&s->bodies, s->cache);
}

static wr_exit optimize(wr_shrink *s, const wr_file *input) {
    s->job = wring_job_new(s->options);
    if (!s->job) {
        snprintf(s->message, sizeof s->message, "out of memory");
        return WR_EXIT_LIMIT;
    }
    wring_job_on_progress(s->job, s->progress, s->user);
    if (s->dump) wring_job_on_dump(s->job, s->dump, s->user);
    wring_job_on_find_map(s->job, find_map, s);
    if (s->cache) wr_cached_bodies_find(&s->bodies, s->cache, &s->depends, input->bytes);
    if (s->bodies.store.find) wr_job_set_body_store(s->job, &s->bodies.store);
    wr_signal_job(s->job);
    wring_status (*work)(wring_job *, const void *, size_t) = s->count ? wring_instrument : wring_optimize;
    wring_status status = work(s->job, input->bytes.p, input->bytes.n);
    wr_signal_job(NULL);
    if (status == WRING_OK) {
        wr_exit done = s->verify ? verify_output(s, input) : WR_EXIT_OK;
        if (done == WR_EXIT_OK) done = write_output(s, input, result_of(s->job));
        if (done == WR_EXIT_OK && s->cache) keep_in_cache(s);
        return done;
    }
    wring_diagnostic diagnostic = wring_last_diagnostic(s->job);
    wr_message_diagnostic(shown(s->in, "standard input"), &diagnostic, s->message, sizeof s->message);
    return wr_exit_of(status);
}

static wr_exit read_input(wr_shrink *s, wr_file *input) {
    char why[512];
    wr_exit status = wr_module_file_read(input, s->in, why, sizeof why);
    const char *name = shown(s->in, "standard input");
    if (status == WR_EXIT_IO) snprintf(s->message, sizeof s->message, "cannot read %s: %s", name, why);
    if (status == WR_EXIT_BAD_INPUT) snprintf(s->message, sizeof s->message, "%s: %s", name, why);
    return status;
}

// Devices take several outputs.
static bool is_same_file(const char *a, const char *b) {
    struct stat x, y;
    if (!a || !b) return false;
    if (stat(a, &x) != 0 || stat(b, &y) != 0) return strcmp(a, b) == 0;
    return S_ISREG(x.st_mode) && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

// Only the module may be written over its input.
static wr_exit check_outputs(wr_shrink *s) {
    const char *same = NULL;
    if (is_same_file(s->source_map_out, s->out) || is_same_file(s->source_map_out, s->in))
        same = s->source_map_out;
    if (is_same_file(s->symbols_out, s->out) || is_same_file(s->symbols_out, s->in) ||
        is_same_file(s->symbols_out, s->source_map_out))
        same = s->symbols_out;
    if (!same) return WR_EXIT_OK;
    snprintf(s->message, sizeof s->message,
             "--source-map-out and --symbols-out need files of their own, not %.400s", same);
    return WR_EXIT_USAGE;
}

wr_exit wr_shrink_file(wr_shrink *s) {
    uint64_t start = wr_now_ns();
    if (check_outputs(s) != WR_EXIT_OK) return WR_EXIT_USAGE;
    int error = s->out ? wr_output_check(s->out) : 0;
    if (error) return fail_io(s, "write", s->out, error);
    wr_file input;
    if (!error && s->source_map_out) error = wr_output_check(s->source_map_out);
    if (error) return fail_io(s, "write", s->source_map_out, error);
    if (s->symbols_out) error = wr_output_check(s->symbols_out);
    if (error) return fail_io(s, "write", s->symbols_out, error);
    wr_exit status = read_input(s, &input);
    if (status != WR_EXIT_OK) return status;
    s->before = input.bytes.n;
    bool found = s->cache && wr_cached_find(s, input.bytes);
    status = found ? write_output(s, &input, result_in(&s->cached)) : optimize(s, &input);
    wr_file_free(&input);
    s->seconds = (double)(wr_now_ns() - start) * 1e-9;
    return status;
}

void wr_shrink_free(wr_shrink *s) {
    wring_job_free(s->job);
    s->job = NULL;
    forget_map(s);
    free(s->map_url);
    s->map_url = NULL;
    wr_cache_entry_free(&s->cached);
    wr_cached_bodies_free(&s->bodies);
}

const char *wr_shrink_note(const wr_shrink *s, size_t index) {
    wr_slice notes = s->cached.parts[WR_CACHE_NOTES];
    if (s->job) return wring_note(s->job, index);
    const char *at = (const char *)notes.p, *end = at + notes.n;
    while (index-- && at < end) at += strlen(at) + 1;
    return notes.n && at < end ? at : NULL;
}
