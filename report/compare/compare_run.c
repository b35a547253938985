// Runs the variants: one round to warm up, then the measured rounds. Each round runs every variant once, so
// that a disturbance of the machine affects all of them alike. The output and exit status of every run must
// be the input's.
#include <ctype.h>
#include <stdlib.h>

#include "compare_parts.h"
#include "verify/engine.h"
#include "support/file.h"
#include "support/process.h"

typedef struct runner {
    wr_compare_state *state;
    const char *head[6]; // the command's words; {} stands for the module
    size_t nhead;
    const char *compile[3]; // a command for compile times, where the runs don't tell
    wr_file expected;       // what the input printed
    int expected_code;
    int cpu;
} runner;

// --- Times ---

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

// The quantile of n sorted values at a fraction, interpolated between neighbours.
static double quantile(const double *sorted, unsigned n, double fraction) {
    double at = fraction * (n - 1);
    unsigned below = (unsigned)at, above = below + 1 < n ? below + 1 : below;
    return sorted[below] + (sorted[above] - sorted[below]) * (at - below);
}

static void summarize(wr_env *env, wr_samples *s, const wr_samples *input) {
    if (!s->n) return;
    double *sorted = WR_NEW(&env->perm, double, s->n);
    memcpy(sorted, s->v, s->n * sizeof *sorted);
    qsort(sorted, s->n, sizeof *sorted, by_value);
    s->median = quantile(sorted, s->n, 0.5);
    s->low = quantile(sorted, s->n, 0.25);
    s->high = quantile(sorted, s->n, 0.75);
    s->ratio = input->median > 0 ? s->median / input->median : 0;
}

double wr_compare_spread(const wr_samples *s) {
    return s->median > 0 ? (s->high - s->low) / 2 / s->median * 100 : 0;
}

static void add_sample(wr_env *env, wr_samples *samples, unsigned rounds, double ms) {
    if (!samples->v) samples->v = WR_NEW(&env->perm, double, rounds);
    samples->v[samples->n++] = ms;
}

// The number after key in the last `wring-workload` line of a run's standard error; negative if there is
// none.
static double told(const char *errors, const char *key) {
    const char *line = NULL;
    for (const char *at = errors; (at = strstr(at, "wring-workload ")); at++) line = at;
    if (!line) return -1;
    const char *found = strstr(line, key), *end = strchr(line, '\n');
    return found && (!end || found < end) ? strtod(found + strlen(key), NULL) : -1;
}

// --- Differences ---

static const char *printable(wr_env *env, wr_slice line) {
    char text[121];
    size_t n = 0;
    for (size_t i = 0; i < line.n && n < sizeof text - 1; i++)
        text[n++] = isprint(line.p[i]) || line.p[i] >= 0x80 ? (char)line.p[i] : '.';
    text[n] = 0;
    return wr_compare_format(env, "%s%s", text, line.n >= sizeof text ? "…" : "");
}

static wr_slice line_at(wr_slice text, size_t start) {
    const uint8_t *end = start < text.n ? memchr(text.p + start, '\n', text.n - start) : NULL;
    return wr_slice_of(text.p + start, start < text.n ? (end ? (size_t)(end - text.p) : text.n) - start : 0);
}

// Describes the first line in which two texts differ.
static const char *describe_difference(wr_env *env, wr_slice want, wr_slice got) {
    size_t at = 0, start = 0, line = 1;
    while (at < want.n && at < got.n && want.p[at] == got.p[at])
        if (want.p[at++] == '\n') start = at, line++;
    if (at == want.n && at == got.n) return NULL;
    return wr_compare_format(env, "line %zu of the output is \"%s\" and was \"%s\"", line,
                             start < got.n ? printable(env, line_at(got, start)) : "(missing)",
                             start < want.n ? printable(env, line_at(want, start)) : "(missing)");
}

// Hands on the last lines that a failed run wrote: only they say why.
static void show_tail(const runner *r, const char *name, const wr_outcome *outcome) {
    enum { LINES = 12 };
    const wr_compare_options *o = r->state->options;
    wr_slice tail = wr_outcome_tail(outcome, LINES);
    if (o->failed && tail.n) o->failed(o->user, name, tail);
}

static const char *compare_output(runner *r, const wr_variant *v, const char *path,
                                  const wr_outcome *outcome) {
    wr_env *env = r->state->env;
    if (outcome->ending != WR_EXITED || outcome->code != r->expected_code) {
        char text[512];
        wr_outcome_text(outcome, text, sizeof text);
        show_tail(r, v->name, outcome);
        return wr_compare_format(env, "ends otherwise: %s", text);
    }
    wr_file got;
    if (wr_file_read(&got, path)) return "its output can't be read";
    const char *difference = describe_difference(env, r->expected.bytes, got.bytes);
    wr_file_free(&got);
    return difference;
}

// --- Runs ---

// A word of the command with {} replaced: as it is, or quoted for the shell inside a longer word.
static const char *fill_in(wr_env *env, const char *word, const char *path) {
    if (!strcmp(word, "{}")) return path;
    wr_buf b = wr_buf_in(&env->perm);
    for (const char *hole; (hole = strstr(word, "{}")); word = hole + 2) {
        wr_put_bytes(&b, word, (size_t)(hole - word));
        wr_put_u8(&b, '\'');
        for (const char *p = path; *p; p++) wr_put_format(&b, *p == '\'' ? "'\\''" : "%c", *p);
        wr_put_u8(&b, '\'');
    }
    wr_put_bytes(&b, word, strlen(word) + 1);
    return (const char *)b.p;
}

static void run_once(runner *r, const wr_variant *v, const char *out_path, wr_outcome *outcome) {
    wr_env *env = r->state->env;
    const char *argv[WR_COUNT(r->head) + 1];
    for (size_t i = 0; i < r->nhead; i++) argv[i] = fill_in(env, r->head[i], v->path);
    argv[r->nhead] = NULL;
    wr_process_run(&(wr_command){.argv = argv,
                                 .out_path = out_path,
                                 .timeout = r->state->options->timeout,
                                 .cpu = r->cpu,
                                 .cancel = r->state->options->cancel},
                   outcome);
    if (outcome->ending == WR_INTERRUPTED) wr_throw(env, WR_CANCELLED, WR_NO_OFFSET, "cancelled");
}

// Milliseconds to compile, for runs that don't report them; negative if Node can't compile the module.
static double compile_once(runner *r, const wr_variant *v) {
    wr_outcome outcome;
    const char *argv[] = {r->compile[0], r->compile[1], v->path, NULL};
    wr_process_run(&(wr_command){.argv = argv,
                                 .timeout = r->state->options->timeout,
                                 .cpu = r->cpu,
                                 .cancel = r->state->options->cancel},
                   &outcome);
    return told(outcome.errors, "compile_ms=");
}

static void measure_variant(runner *r, wr_variant *v, bool keep) {
    wr_compare_state *s = r->state;
    const char *out_path = wr_compare_format(s->env, "%s/output", s->dir);
    wr_outcome outcome;
    run_once(r, v, out_path, &outcome);
    v->difference = compare_output(r, v, out_path, &outcome);
    double run = told(outcome.errors, "run_ms="), compile = told(outcome.errors, "compile_ms=");
    if (!keep || v->difference) return;
    if (compile < 0 && r->compile[0]) compile = compile_once(r, v);
    add_sample(s->env, &v->run, s->options->rounds, run >= 0 ? run : outcome.seconds * 1e3);
    if (compile >= 0) add_sample(s->env, &v->compile, s->options->rounds, compile);
}

static bool can_run(const wr_variant *v) { return !v->error && !v->difference; }

static void measure_round(runner *r, unsigned round) {
    wr_compare_state *s = r->state;
    wr_comparison *c = s->result;
    for (size_t i = 0; i < c->nvariants; i++) {
        if (!can_run(&c->variants[i])) continue;
        double done =
            (round * (double)c->nvariants + (double)i) / ((s->options->rounds + 1) * (double)c->nvariants);
        if (s->options->progress)
            s->options->progress(s->options->user,
                                 wr_compare_format(s->env, "running %s", c->variants[i].name), done);
        measure_variant(r, &c->variants[i], round > 0);
    }
}

static void note(const runner *r, const char *text) {
    WR_PUSH(&r->state->env->perm, r->state->result->notes, text);
}

// Whether the user asked for runs, so that not being able to run is an error.
static bool wanted(const runner *r) { return r->state->options->command || r->state->options->workload; }

// The input's first run defines what all others must print and their exit status.
static bool run_input(runner *r) {
    wr_compare_state *s = r->state;
    wr_outcome outcome;
    const char *path = wr_compare_format(s->env, "%s/expected", s->dir);
    run_once(r, &s->result->variants[0], path, &outcome);
    r->expected_code = outcome.code;
    char text[512];
    wr_outcome_text(&outcome, text, sizeof text);
    if (wanted(r) && !wr_succeeded(&outcome)) show_tail(r, "the input", &outcome);
    if (wanted(r) && !wr_succeeded(&outcome))
        wr_throw(s->env, WR_IO, WR_NO_OFFSET, "running the input fails: %s", text);
    if (outcome.ending != WR_EXITED || wr_file_read(&r->expected, path) != 0) {
        note(r, wr_compare_format(s->env, "running the input fails: %s", text));
        return false;
    }
    if (outcome.code) note(r, wr_compare_format(s->env, "runs end with exit code %d", outcome.code));
    return true;
}

// If the input itself prints something else each time, its output says nothing about the variants.
static void forget_runs(runner *r) {
    wr_comparison *c = r->state->result;
    note(r, wr_compare_format(r->state->env,
                              "the input doesn't print the same twice, so behaviour can't be compared: %s",
                              c->variants[0].difference));
    for (size_t i = 0; i < c->nvariants; i++) {
        c->variants[i].difference = NULL;
        c->variants[i].run = c->variants[i].compile = (wr_samples){0};
    }
    c->different = wanted(r);
}

static void run_all(runner *r) {
    wr_comparison *c = r->state->result;
    wr_variant *input = &c->variants[0];
    for (unsigned round = 0; round <= r->state->options->rounds && !input->difference; round++)
        measure_round(r, round);
    if (input->difference) forget_runs(r);
    for (size_t i = 0; i < c->nvariants; i++) { // the input first: the others' ratios want its medians
        summarize(r->state->env, &c->variants[i].run, &input->run);
        summarize(r->state->env, &c->variants[i].compile, &input->compile);
        c->different |= c->variants[i].difference != NULL;
    }
}

// --- The command ---

static const char *write_script(wr_compare_state *s, const char *name, const char *text) {
    const char *path = wr_compare_format(s->env, "%s/%s", s->dir, name);
    int error = wr_file_write(path, wr_slice_str(text));
    if (error) wr_throw(s->env, WR_IO, WR_NO_OFFSET, "cannot write %s: %s", path, strerror(error));
    return path;
}

static void set_head(runner *r, size_t n, const char *const *words) {
    memcpy(r->head, words, n * sizeof *words);
    r->nhead = n;
}

// Finds out how to run; false when nothing is to be run.
static bool choose_command(runner *r) {
    wr_compare_state *s = r->state;
    const wr_compare_options *o = s->options;
    wr_comparison *c = s->result;
    if (o->command) {
        set_head(r, 3, (const char *[]){"/bin/sh", "-c", o->command});
        c->command = o->command;
    } else if (o->workload) {
        if (!o->node)
            wr_throw(s->env, WR_IO, WR_NO_OFFSET, "no Node was found; say where it is with --node=PATH");
        set_head(r, 4, (const char *[]){o->node, "--no-warnings", o->workload, "{}"});
        c->command = wr_compare_format(s->env, "node %s {}", o->workload);
    } else if (s->is_wasi && !o->no_run && !o->node) {
        note(r, "a WASI program, but no Node was found to run it");
    } else if (s->is_wasi && !o->no_run) {
        set_head(r, 4,
                 (const char *[]){o->node, "--no-warnings",
                                  write_script(s, "wasi.mjs", wr_engine_wasi_script), "{}"});
        c->command = "as a WASI program, without arguments";
    }
    if (o->node && c->command) {
        r->compile[0] = o->node;
        r->compile[1] = write_script(s, "compile.mjs", wr_engine_compile_script);
    }
    return c->command != NULL;
}

void wr_compare_runs(wr_compare_state *s) {
    runner r = {.state = s, .cpu = wr_process_last_cpu()};
    if (!choose_command(&r)) return;
    s->result->pinned = r.cpu >= 0;
    s->result->rounds = s->options->rounds;
    if (!run_input(&r)) return;
    run_all(&r);
    wr_file_free(&r.expected);
}
