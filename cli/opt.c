// `wring opt`: one module, made smaller.
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "progress.h"
#include "shrink.h"
#include "support/text.h"
#include "verify.h"

typedef struct session {
    const wr_args *args;
    wr_shrink shrink;
    wr_verify verify;
    wr_progress progress;
    bool quiet;
    int progress_fd;
} session;

static wr_exit fail_usage(const char *message) {
    wr_complain("%s", message);
    return WR_EXIT_USAGE;
}

static const char *near_command(const char *word) {
    const char *names[WR_COMMANDS];
    for (size_t i = 0; i < WR_COMMANDS; i++) names[i] = wr_commands[i].name;
    return wr_nearest(word, names, WR_COMMANDS);
}

static bool find_input(session *s, char *error, size_t size) {
    const wr_args *args = s->args;
    s->shrink.in = args->nfiles ? args->files[0] : NULL;
    const char *near = args->nfiles > 1 ? near_command(args->files[0]) : NULL;
    if (args->nfiles > 1)
        snprintf(error, size, "expected one input file, not %zu: %s, %s%s%s%s%s", args->nfiles, args->files[0],
                 args->files[1], args->nfiles > 2 ? ", …" : "", near ? "; did you mean the command " : "",
                 near ? near : "", near ? "?" : "");
    else if (!args->nfiles)
        snprintf(error, size, "expected an input file, or - for standard input; see `wring help`");
    else
        return true;
    return false;
}

// Without -o there must be no doubt about where the output goes; it isn't thrown on a terminal either.
static bool find_output(session *s, char *error, size_t size) {
    const char *out = wr_value(s->args, WR_OPTION_OUTPUT);
    bool filter = !strcmp(s->shrink.in, "-") && !isatty(STDOUT_FILENO);
    s->shrink.out = out ? out : filter && !wr_has(s->args, WR_OPTION_DUMP_AFTER) ? "-" : NULL;
    if (s->shrink.out && !strcmp(s->shrink.out, "-") && isatty(STDOUT_FILENO))
        snprintf(error, size, "a module isn't written to a terminal; give -o FILE");
    else if (!s->shrink.out && !wr_has(s->args, WR_OPTION_DUMP_AFTER))
        snprintf(error, size, "no output file; give -o FILE (-o %s writes over the input)", s->shrink.in);
    else
        return true;
    return false;
}

// -1 without --progress-fd.
static bool find_progress_fd(session *s, char *error, size_t size) {
    double fd = -1;
    if (!wr_number(s->args, WR_OPTION_PROGRESS_FD, 0, &fd, error, size)) return false;
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
        wr_text saved = wr_thousands(grown ? t.bytes_after - t.bytes_before : t.bytes_before - t.bytes_after);
        fprintf(stderr, "%-28s %10.4f %6.1f %14s %s%*s\n", t.name, t.seconds, total > 0 ? t.seconds / total * 100 : 0,
                t.bytes_after ? wr_thousands(t.bytes_after).s : "", grown ? "-" : "", grown ? 11 : 12,
                changed ? saved.s : "");
    }
    fprintf(stderr, "%-28s %10.4f\n", "total", total);
}

static void print_notes(const session *s) {
    const char *note;
    for (size_t i = 0; s->shrink.job && (note = wring_note(s->shrink.job, i)); i++)
        wr_complain("%s: %s", s->shrink.in, note);
}

static void print_summary(const session *s) {
    const wr_shrink *r = &s->shrink;
    fprintf(stderr, "%s: %s -> %s bytes (%s) in %s\n", strcmp(r->in, "-") ? r->in : "standard input",
            wr_thousands(r->before).s, wr_thousands(r->after).s, wr_change(r->before, r->after).s,
            wr_duration(r->seconds).s);
    if (wr_has(s->args, WR_OPTION_VERBOSE))
        fprintf(stderr, "most memory held: %s\n", wr_memory_text(wring_job_peak_memory(r->job)).s);
}

static wr_exit run(session *s) {
    s->shrink.progress = show_progress;
    s->shrink.dump = wr_has(s->args, WR_OPTION_DUMP_AFTER) ? print_dump : NULL;
    s->shrink.user = s;
    s->progress = wr_progress_start(s->quiet, s->progress_fd);
    wr_exit status = wr_shrink_file(&s->shrink);
    wr_progress_end(&s->progress);
    if (!s->quiet) print_notes(s);
    if (status != WR_EXIT_OK)
        wr_complain("%s", s->shrink.message);
    else if (!s->quiet)
        print_summary(s);
    if (s->shrink.job && wr_has(s->args, WR_OPTION_TIME_PASSES)) print_times(s->shrink.job);
    wr_shrink_free(&s->shrink);
    return status;
}

static wr_exit list_passes(void) {
    wring_pass_info pass;
    for (size_t i = 0; wring_pass(i, &pass); i++)
        printf("%-31s %-12s %-8s %s\n", pass.name, pass.levels, pass.scope, pass.summary);
    return WR_EXIT_OK;
}

int wr_cmd_opt(const wr_args *args) {
    if (wr_has(args, WR_OPTION_LIST_PASSES)) return list_passes();
    session s = {.args = args, .quiet = wr_has(args, WR_OPTION_QUIET)};
    char error[512];
    s.shrink.options = wring_options_new();
    if (!s.shrink.options) return fail_usage("out of memory");
    bool ok = wr_set_library_options(s.shrink.options, args, error, sizeof error) &&
              find_input(&s, error, sizeof error) && find_output(&s, error, sizeof error) &&
              find_progress_fd(&s, error, sizeof error) &&
              wr_verify_options(args, &s.verify, error, sizeof error);
    if (wr_has(args, WR_OPTION_VERIFY)) s.shrink.verify = &s.verify;
    wr_exit status = ok ? run(&s) : fail_usage(error);
    wring_options_free(s.shrink.options);
    return status;
}
