// `wring opt`: one module, made smaller, or several, each into a directory under its own name.
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cached.h"
#include "many.h"
#include "progress.h"
#include "shrink.h"
#include "support/system.h"
#include "support/format.h"
#include "verify.h"

typedef struct session {
    const wr_args *args;
    wr_shrink shrink;
    wr_verify verify;
    wr_cache cache;
    wr_progress progress;
    bool quiet, found; // found: in the cache
    int progress_fd;
} session;

static wr_exit fail_usage(const char *message) {
    wr_message_error("%s", message);
    return WR_EXIT_USAGE;
}

static const char *near_command(const char *word) {
    const char *names[WR_COMMANDS];
    for (size_t i = 0; i < WR_COMMANDS; i++) names[i] = wr_command_infos[i].name;
    return wr_nearest(word, names, WR_COMMANDS);
}

static bool find_input(session *s, char *error, size_t size) {
    const wr_args *args = s->args;
    s->shrink.in = args->nfiles ? args->files[0] : NULL;
    const char *near = args->nfiles > 1 ? near_command(args->files[0]) : NULL;
    if (args->nfiles > 1)
        snprintf(error, size, "expected one input file, not %zu: %s, %s%s%s%s%s", args->nfiles,
                 args->files[0], args->files[1], args->nfiles > 2 ? ", …" : "",
                 near ? "; did you mean the command " : "", near ? near : "",
                 near ? "?" : "; for several give --out-dir=DIR");
    else if (!args->nfiles)
        snprintf(error, size, "expected an input file, or - for standard input; see `wring help`");
    else if (wr_args_has(args, WR_OPTION_FILES_FROM) || wr_args_has(args, WR_OPTION_ROOT) ||
             wr_args_has(args, WR_OPTION_PART))
        snprintf(error, size, "--files-from, --root and --part go with --out-dir=DIR");
    else
        return true;
    return false;
}

// Without -o the output must have an unambiguous destination, and it is never written to a terminal.
static bool find_output(session *s, char *error, size_t size) {
    const char *out = wr_args_value(s->args, WR_OPTION_OUTPUT);
    bool filter = !strcmp(s->shrink.in, "-") && !isatty(STDOUT_FILENO);
    bool text = wr_args_has(s->args, WR_OPTION_EMIT_TEXT);
    s->shrink.out = out ? out : text || (filter && !wr_args_has(s->args, WR_OPTION_DUMP_AFTER)) ? "-" : NULL;
    if (text && wr_args_has(s->args, WR_OPTION_VERIFY))
        snprintf(error, size, "text can't be verified; leave out --verify or -S");
    else if (wr_args_has(s->args, WR_OPTION_ASYNCIFY) && wr_args_has(s->args, WR_OPTION_VERIFY))
        snprintf(error, size, "what --asyncify adds is a difference; verify the module that it is given");
    else if (!text && s->shrink.out && !strcmp(s->shrink.out, "-") && isatty(STDOUT_FILENO))
        snprintf(error, size, "a module isn't written to a terminal; give -o FILE");
    else if (!s->shrink.out && !wr_args_has(s->args, WR_OPTION_DUMP_AFTER))
        snprintf(error, size, "no output file; give -o FILE (-o %s writes over the input)", s->shrink.in);
    else
        return true;
    return false;
}

// -1 without --progress-fd.
static bool find_progress_fd(session *s, char *error, size_t size) {
    double fd = -1;
    if (!wr_args_number(s->args, WR_OPTION_PROGRESS_FD, 0, &fd, error, size)) return false;
    s->progress_fd = (int)fd;
    return true;
}

static void print_dump(void *user, const char *text, size_t size) {
    session *s = user;
    bool taken = s->shrink.out && !strcmp(s->shrink.out, "-"); // by the module
    fwrite(text, 1, size, taken ? stderr : stdout);
}

static int show_progress(void *user, const char *stage, double fraction) {
    return wr_progress_step(&((session *)user)->progress, stage, fraction);
}

static void print_times(const wring_job *job) {
    wring_timing t;
    double total = 0;
    for (size_t i = 0; wring_job_timing(job, i, &t); i++) total += t.seconds;
    fprintf(stderr, "%-28s %10s %6s %14s %12s\n", "pass", "seconds", "%", "bytes after", "saved");
    for (size_t i = 0; wring_job_timing(job, i, &t); i++) {
        bool changed = t.bytes_before != t.bytes_after, grown = t.bytes_after > t.bytes_before;
        wr_formatted saved =
            wr_format_thousands(grown ? t.bytes_after - t.bytes_before : t.bytes_before - t.bytes_after);
        fprintf(stderr, "%-28s %10.4f %6.1f %14s %s%*s\n", t.name, t.seconds,
                total > 0 ? t.seconds / total * 100 : 0,
                t.bytes_after ? wr_format_thousands(t.bytes_after).s : "", grown ? "-" : "", grown ? 11 : 12,
                changed ? saved.s : "");
    }
    fprintf(stderr, "%-28s %10.4f\n", "total", total);
}

static void print_notes(const session *s) {
    const char *note;
    for (size_t i = 0; (note = wr_shrink_note(&s->shrink, i)); i++)
        wr_message_note("%s: %s", s->shrink.in, note);
}

static void print_summary(const session *s) {
    const wr_shrink *r = &s->shrink;
    bool found = r->cached.bytes != NULL;
    fprintf(stderr, "%s: %s -> %s bytes (%s) in %s%s\n", strcmp(r->in, "-") ? r->in : "standard input",
            wr_format_thousands(r->before).s, wr_format_thousands(r->after).s,
            wr_format_change(r->before, r->after).s, wr_format_duration(r->seconds).s,
            found ? ", from the cache" : "");
    if (wr_args_has(s->args, WR_OPTION_VERBOSE) && !found)
        fprintf(stderr, "most memory held: %s\n", wr_format_memory(wring_job_peak_memory(r->job)).s);
}

// Build logs should show only what needs attention: a summary is for people, at a terminal or who ask with
// -v.
static bool wants_summary(const session *s) {
    if (s->quiet || wr_args_has(s->args, WR_OPTION_EMIT_TEXT)) return false;
    return wr_args_has(s->args, WR_OPTION_VERBOSE) || isatty(STDERR_FILENO);
}

static wr_exit run(session *s) {
    s->shrink.progress = show_progress;
    s->shrink.dump = wr_args_has(s->args, WR_OPTION_DUMP_AFTER) ? print_dump : NULL;
    s->shrink.user = s;
    wr_shrink_set_debug(&s->shrink, s->args);
    s->progress = wr_progress_start(s->quiet, s->progress_fd);
    wr_exit status = wr_shrink_file(&s->shrink);
    wr_progress_end(&s->progress);
    if (!s->quiet) print_notes(s);
    if (status != WR_EXIT_OK)
        wr_message_error("%s", s->shrink.message);
    else if (wants_summary(s))
        print_summary(s);
    if (s->shrink.job && wr_args_has(s->args, WR_OPTION_TIME_PASSES)) print_times(s->shrink.job);
    s->found = s->shrink.cached.bytes != NULL;
    wr_shrink_free(&s->shrink);
    return status;
}

static wr_exit list_passes(void) {
    wring_pass_info pass;
    for (size_t i = 0; wring_pass(i, &pass); i++)
        printf("%-31s %-12s %-8s %s\n", pass.name, pass.levels, pass.scope, pass.summary);
    return WR_EXIT_OK;
}

static wr_many_result run_next(void *user, const char *in, const char *out) {
    session s = *(const session *)user;
    s.shrink.in = in;
    s.shrink.out = out;
    wr_exit status = run(&s);
    return (wr_many_result){status, s.shrink.before, s.shrink.after, s.found};
}

// --- The command ---

// Opens the cache, unless these results cannot be found again. The digest of options is taken first, since
// the library reads files that options name when they are set.
static wr_exit open_cache(session *s, char *error, size_t size) {
    const char *dir = wr_args_value(s->args, WR_OPTION_CACHE),
               *most = wr_args_value(s->args, WR_OPTION_CACHE_SIZE);
    uint64_t limit = (uint64_t)2 << 30;
    if (most && !wr_format_parse_bytes(most, &limit)) {
        snprintf(error, size, "--cache-size: expected a number of bytes such as 512M, found %s", most);
        return WR_EXIT_USAGE;
    }
    if (!dir || !wr_cached_allowed(s->args)) return WR_EXIT_OK;
    int failure = wr_cache_open(&s->cache, dir, limit);
    if (failure) {
        snprintf(error, size, "cannot make the directory %s: %s", dir, strerror(failure));
        return WR_EXIT_IO;
    }
    s->shrink.cache = &s->cache;
    s->shrink.args = s->args;
    s->shrink.depends = wr_cached_options(s->args);
    return WR_EXIT_OK;
}

static void close_cache(session *s) {
    if (!s->shrink.cache) return;
    wr_cache_close(&s->cache);
    if (s->cache.error && !s->quiet)
        wr_message_note("cannot write to the cache %s: %s", s->cache.dir, strerror(s->cache.error));
}

static wr_exit prepare(session *s, char *error, size_t size) {
    wr_exit status = open_cache(s, error, size);
    if (status == WR_EXIT_OK) status = wr_shrink_set_options(s->shrink.options, s->args, error, size);
    if (status != WR_EXIT_OK) return status;
    if (!find_progress_fd(s, error, size) || !wr_verify_options(s->args, &s->verify, error, size))
        return WR_EXIT_USAGE;
    if (wr_args_has(s->args, WR_OPTION_OUT_DIR)) return WR_EXIT_OK;
    return find_input(s, error, size) && find_output(s, error, size) ? WR_EXIT_OK : WR_EXIT_USAGE;
}

int wr_cmd_opt(const wr_args *args) {
    if (wr_args_has(args, WR_OPTION_LIST_PASSES)) return list_passes();
    session s = {.args = args, .quiet = wr_args_has(args, WR_OPTION_QUIET)};
    char error[512];
    s.shrink.options = wring_options_new();
    if (!s.shrink.options) return fail_usage("out of memory");
    wr_exit status = prepare(&s, error, sizeof error);
    if (wr_args_has(args, WR_OPTION_VERIFY)) s.shrink.verify = &s.verify;
    if (status != WR_EXIT_OK)
        wr_message_error("%s", error);
    else
        status = wr_args_has(args, WR_OPTION_OUT_DIR) ? wr_many_run(args, wants_summary(&s), run_next, &s)
                                                      : run(&s);
    close_cache(&s);
    wring_options_free(s.shrink.options);
    return status;
}
