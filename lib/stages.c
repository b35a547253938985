// The stages of a job: decode, validate, passes, layout, encode. See stages.h.
#include "stages.h"

#include <errno.h>
#include <stdlib.h>

#include "ir/decode/decode.h"
#include "ir/dump.h"
#include "ir/edit.h"
#include "ir/names.h"
#include "ir/encode/code_metadata.h"
#include "ir/encode/encode.h"
#include "ir/validate/validate.h"
#include "passes/module/ref_declarations.h"
#include "support/format.h"

// --- Times and progress ---

static void report_progress(const wr_run *run, const char *name, double fraction) {
    wring_job *job = run->job;
    wr_check(wr_main_env(run->pool));
    if (run->quiet) return;
    // Stages may be repeated, but progress never goes back.
    if (fraction > job->fraction) job->fraction = fraction;
    if (job->progress && !job->progress(job->progress_user, name, job->fraction))
        wr_throw(wr_main_env(run->pool), WR_CANCELLED, WR_NO_OFFSET, "cancelled");
}

static void note_timing(const wr_run *run, const wring_timing *timing) {
    if (!run->quiet) WR_PUSH(&wr_main_env(&run->job->pool)->perm, run->job->timings, *timing);
}

wr_stage wr_stage_begin(const wr_run *run, const char *name, double fraction) {
    report_progress(run, name, fraction);
    return (wr_stage){.run = run, .timing = {.name = name}, .start = wr_now_ns()};
}

void wr_stage_end(wr_stage *s) {
    s->timing.seconds = (double)(wr_now_ns() - s->start) / 1e9;
    note_timing(s->run, &s->timing);
}

void wr_stage_note(void *user, const char *text) {
    wring_job *job = user;
    wr_arena *arena = &wr_main_env(&job->pool)->perm;
    size_t n = strlen(text) + 1;
    char *copy = memcpy(wr_alloc(arena, n), text, n);
    WR_PUSH(arena, job->notes, copy);
}

static void note_changed(void *user, const wr_memory_change *change) {
    wring_job *job = user;
    WR_PUSH(&wr_main_env(&job->pool)->perm, job->changed, *change);
}

// --- Stages ---

void wr_stage_decode(const wr_run *run, wr_slice input, wr_module *m, bool summarize, double fraction) {
    wr_env *env = wr_main_env(run->pool);
    wr_stage s = wr_stage_begin(run, "decode", fraction);
    wr_decode_module(env, input, m);
    wr_decode_refuse_objects(env, m);
    wr_stage_end(&s);
    wr_arena_reset(&env->temp);
    s = wr_stage_begin(run, "validate", fraction + 0.05);
    wr_validate(run->pool, m, summarize);
    if (summarize) wr_code_metadata_mark_annotated(env, m);
    wr_stage_end(&s);
    wr_arena_reset(&env->temp);
}

// Finds the function with that index, or with that name among the module's exports or names.
static uint32_t find_func(wr_env *env, const wr_module *m, const char *text) {
    char *end;
    errno = 0;
    unsigned long index = strtoul(text, &end, 10);
    if (*text >= '0' && *text <= '9' && !*end) return !errno && index < m->nfuncs ? (uint32_t)index : WR_NONE;
    for (uint32_t i = 0; i < m->nexports; i++)
        if (m->exports[i].space == WR_FUNC && wr_slice_is(m->exports[i].name, text))
            return m->exports[i].index;
    const wr_slice *names = wr_names_of(env, m, WR_FUNC);
    for (uint32_t i = 0; i < m->nfuncs; i++)
        if (wr_slice_is(names[i], text)) return i;
    return WR_NONE;
}

void wr_stage_find_dump_func(const wr_run *run, const wr_module *m) {
    wr_env *env = wr_main_env(run->pool);
    const char *wanted = run->config->dump_func;
    run->job->dump_func = wanted ? find_func(env, m, wanted) : WR_NONE;
    if (wanted && run->job->dump_func == WR_NONE)
        wr_throw(env, WR_USAGE, WR_NO_OFFSET, "--dump-after: the module has %s, and none is %.100s",
                 wr_format_count(m->nfuncs, "function").s, wanted);
}

static void dump(const wr_run *run, const wr_module *m) {
    wring_job *job = run->job;
    wr_env *env = wr_main_env(run->pool);
    wr_buf text = wr_buf_in(&env->temp);
    if (job->dump_func == WR_NONE)
        wr_dump_module(env, m, &text);
    else
        wr_dump_func(env, m, job->dump_func, &text);
    job->dump(job->dump_user, (const char *)text.p, text.n);
}

// Encodes the module as if it were final, then drops the bytes and the references declared for them.
static void show_snapshot(const wr_run *run, wr_module *m, const char *pass) {
    wring_job *job = run->job;
    wr_env *env = wr_main_env(run->pool);
    if (run->quiet || !job->snapshot) return;
    wr_run quiet = *run;
    quiet.quiet = true;
    uint32_t nelems = m->nelems;
    wr_slice out = wr_stage_encode(&quiet, m);
    bool go_on = job->snapshot(job->snapshot_user, pass, out.p, out.n);
    if (out.n >= WR_BIG_BLOCK) wr_arena_give_back(&env->perm, (void *)out.p);
    for (uint32_t i = nelems; i < m->nelems; i++) m->elems[i].live = false;
    if (!go_on) wr_throw(env, WR_CANCELLED, WR_NO_OFFSET, "cancelled");
}

// --- Passes ---

static void on_begin(void *user, const char *pass, double fraction) {
    report_progress(user, pass, 0.2 + 0.6 * fraction);
}

static void on_end(void *user, const wr_pass_timing *t) {
    note_timing(user, &(wring_timing){t->name, t->seconds, t->bytes_before, t->bytes_after});
}

static void on_look(void *user, const wr_pass *pass, wr_module *m) {
    const wr_run *run = user;
    const char *wanted = run->config->dump_after;
    if (run->job->dump && wanted && strcmp(wanted, pass->name) == 0) dump(run, m);
    show_snapshot(run, m, pass->name);
}

// Whether somebody inspects the module between passes.
static bool is_watched(const wr_run *run) {
    return !run->quiet && (run->job->snapshot || (run->job->dump && run->config->dump_after));
}

bool wr_stage_passes(const wr_run *run, wr_module *m, wr_pass_part part) {
    wr_context c = {
        .pool = run->pool, .env = wr_main_env(run->pool), .m = m, .config = run->config, .state = run->state};
    if (!run->quiet) c.note = wr_stage_note, c.note_user = run->job;
    c.changed = note_changed, c.changed_user = run->job;
    c.body_store = run->job->body_store;
    wr_pass_observer observer = {(void *)run, on_begin, on_end, is_watched(run) ? on_look : NULL};
    if (part != WR_PASSES_FINISH) show_snapshot(run, m, "");
    if (part != WR_PASSES_FINISH && m->features & WR_F_KEPT)
        wr_pass_note(&c,
                     "the module %s: functions that do so are kept, and passes across functions are left out",
                     m->features & WR_F(STACK_SWITCHING) ? "switches stacks"
                                                         : "uses what all threads share beyond memories");
    return wr_passes_run(&c, &observer, part);
}

static void declare_references(const wr_run *run, wr_module *m) {
    wr_env *env = wr_main_env(run->pool);
    wr_context c = {.pool = run->pool, .env = env, .m = m, .config = run->config, .state = run->state};
    wr_ref_declarations_add(&c);
    wr_arena_reset(&env->temp);
}

wr_slice wr_stage_encode(const wr_run *run, wr_module *m) {
    wr_env *env = wr_main_env(run->pool);
    wr_stage s = wr_stage_begin(run, "encode", 0.8);
    declare_references(run, m);
    wr_layout layout;
    wr_mark mark = wr_arena_mark(&env->pass);
    // What origins refer to outlives the encoding.
    wr_layout_make(env, run->origins ? &env->perm : &env->pass, m, run->state->ranks, &layout);
    wr_arena_reset(&env->temp);
    wr_encode_options options = {.zero_alignment = (run->config->level & (WR_LS | WR_LZ)) != 0,
                                 .origins = run->origins};
    wr_slice out = wr_encode_module(run->pool, m, &layout, &options);
    wr_arena_reset(&env->temp);
    wr_arena_release(&env->pass, &mark);
    wr_stage_end(&s);
    return out;
}

typedef struct output_check {
    const wr_run *run;
    wr_slice out;
} output_check;

// The output's tables are of no use afterwards.
static void check_output(wr_env *env, void *arg) {
    output_check *check = arg;
    wr_module m;
    wr_mark mark = wr_arena_mark(&env->perm);
    wr_stage_decode(check->run, check->out, &m, false, 0.85);
    wr_arena_release(&env->perm, &mark);
}

void wr_stage_require_valid(const wr_run *run, wr_slice out) {
    output_check check = {run, out};
    wr_stage_after_validation(wr_main_env(run->pool), check_output, &check);
}

void wr_stage_after_validation(wr_env *env, void (*work)(wr_env *env, void *arg), void *arg) {
    wr_status status = wr_try(env, work, arg);
    if (status == WR_OK) return;
    wr_diag diag = env->diag;
    if (status == WR_BAD_INPUT) {
        diag.status = WR_INTERNAL;
        diag.offset = WR_NO_OFFSET;
    }
    wr_rethrow(env, &diag);
}
