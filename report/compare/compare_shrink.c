// Makes wring's own variants of the comparison. On Linux each is a child process, so that time and peak
// memory are its own. Where the program can't run itself, the library makes them in this process, one after
// another.
#include <stdlib.h>

#include "compare_parts.h"
#include "support/file.h"
#include "support/system.h"
#include "wring.h"

#ifdef __linux__
bool wr_compare_shrink(wr_compare_state *s, const wr_variant *v, const char *in, const char *out,
                       wr_outcome *outcome) {
    const wr_compare_options *o = s->options;
    const char *level = wr_compare_format(s->env, "-O%c", v->level);
    const char **argv = WR_NEW(&s->env->perm, const char *, o->nflags + 9);
    size_t n = 0;
    const char *const head[] = {"/proc/self/exe", "opt", "--quiet", "-o", out, level};
    for (; n < WR_COUNT(head); n++) argv[n] = head[n];
    for (size_t i = 0; i < o->nflags; i++) argv[n++] = o->flags[i];
    if (v->objective) argv[n++] = wr_compare_format(s->env, "--for=%s", v->objective);
    argv[n++] = in;
    argv[n] = NULL;
    wr_process_run(&(wr_command){.argv = argv, .timeout = o->timeout, .cpu = -1, .cancel = o->cancel},
                   outcome);
    return wr_succeeded(outcome);
}
#else
enum { FAILED = 1 }; // an exit code

// A flag as it would be given to a child: --name or --name=value.
static wring_status set_flag(wring_options *options, const char *flag) {
    char name[64];
    const char *value = strchr(flag, '=');
    snprintf(name, sizeof name, "%.*s", (int)(value ? (size_t)(value - flag) - 2 : strlen(flag) - 2),
             flag + 2);
    return wring_options_set(options, name, value ? value + 1 : NULL);
}

static wring_status set_flags(wring_options *options, const wr_compare_options *o, const wr_variant *v) {
    wring_status status = wring_options_set(options, "O", (const char[]){v->level, 0});
    for (size_t i = 0; i < o->nflags && status == WRING_OK; i++) status = set_flag(options, o->flags[i]);
    if (status == WRING_OK && v->objective) status = wring_options_set(options, "for", v->objective);
    return status;
}

static void keep_error(wr_outcome *outcome, const char *text) {
    *outcome = (wr_outcome){.ending = WR_EXITED, .code = FAILED};
    snprintf(outcome->errors, sizeof outcome->errors, "%s", text);
}

static void shrink(wring_job *job, const char *in, const char *out, wr_outcome *outcome) {
    wr_file file;
    int error = wr_file_read(&file, in);
    if (error) {
        keep_error(outcome, strerror(error));
        return;
    }
    uint64_t start = wr_now_ns();
    if (wring_optimize(job, file.bytes.p, file.bytes.n) == WRING_OK) {
        size_t size;
        const void *bytes = wring_output(job, &size);
        error = wr_file_write(out, wr_slice_of(bytes, size));
        if (error) keep_error(outcome, strerror(error));
    } else {
        keep_error(outcome, wring_last_diagnostic(job).message);
    }
    outcome->seconds = (double)(wr_now_ns() - start) * 1e-9;
    outcome->peak_memory = wring_job_peak_memory(job);
    wr_file_free(&file);
}

bool wr_compare_shrink(wr_compare_state *s, const wr_variant *v, const char *in, const char *out,
                       wr_outcome *outcome) {
    *outcome = (wr_outcome){.ending = WR_EXITED};
    wring_options *options = wring_options_new();
    wring_job *job = options ? wring_job_new(options) : NULL;
    if (!job)
        keep_error(outcome, "out of memory");
    else if (set_flags(options, s->options, v) != WRING_OK)
        keep_error(outcome, wring_options_error(options));
    else
        shrink(job, in, out, outcome);
    wring_job_free(job);
    wring_options_free(options);
    return wr_succeeded(outcome);
}
#endif
