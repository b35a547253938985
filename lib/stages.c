// The stages of a job: decode, validate, passes, layout, encode. See stages.h.
#include "stages.h"

#include "ir/decode/decode.h"
#include "ir/dump.h"
#include "ir/edit.h"
#include "ir/encode/encode.h"
#include "ir/validate/validate.h"
#include "passes/manager/bodies.h"
#include "passes/module/ref_declarations.h"

#define ROUNDS 2

// --- Times and progress ---

// What passes work to shrink.
static uint64_t measure(const wr_module *m) {
    uint64_t n = 0;
    for (uint32_t i = 0; i < m->nfuncs; i++)
        if (m->funcs[i].live) n += m->funcs[i].body.n;
    for (uint32_t i = 0; i < m->ndatas; i++)
        if (m->datas[i].live) n += m->datas[i].bytes.n;
    return n;
}

wr_stage wr_begin_stage(const wr_run *run, const char *name, const wr_module *m, double fraction) {
    wring_job *job = run->job;
    wr_check(wr_main_env(run->pool));
    if (!run->quiet && job->progress && !job->progress(job->progress_user, name, fraction))
        wr_throw(wr_main_env(run->pool), WR_CANCELLED, WR_NO_OFFSET, "cancelled");
    wr_stage s = {.run = run, .m = m, .timing = {.name = name}, .start = wr_now_ns()};
    if (m) s.timing.bytes_before = measure(m);
    return s;
}

static void note_timing(const wr_run *run, const wring_timing *timing) {
    WR_PUSH(&wr_main_env(&run->job->pool)->perm, run->job->timings, *timing);
}

static double seconds_of(const wr_stage *s) { return (double)(wr_now_ns() - s->start) / 1e9; }

void wr_end_stage(wr_stage *s) {
    if (s->run->quiet) return;
    s->timing.seconds = seconds_of(s);
    s->timing.bytes_after = s->m ? measure(s->m) : 0;
    note_timing(s->run, &s->timing);
}

// The end of a stage of passes that ran in turns: each has its part of the time.
static void end_chain(const wr_stage *s, const wr_pipeline_entry *links, size_t n) {
    uint64_t total = 1;
    if (s->run->quiet) return;
    double seconds = seconds_of(s);
    for (size_t i = 0; i < n; i++) total += links[i].ns;
    wring_timing timing = {.bytes_after = s->timing.bytes_before};
    for (size_t i = 0; i < n; i++) {
        timing.name = links[i].pass->name;
        timing.seconds = seconds * (double)links[i].ns / (double)total;
        timing.bytes_before = timing.bytes_after;
        timing.bytes_after -= links[i].saved;
        note_timing(s->run, &timing);
    }
}

void wr_job_note(void *user, const char *text) {
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

void wr_decode_and_validate(const wr_run *run, wr_slice input, wr_module *m, bool summarize, double fraction) {
    wr_env *env = wr_main_env(run->pool);
    wr_stage s = wr_begin_stage(run, "decode", NULL, fraction);
    wr_decode_module(env, input, m);
    wr_refuse_objects(env, m);
    wr_end_stage(&s);
    wr_arena_reset(&env->temp);
    s = wr_begin_stage(run, "validate", NULL, fraction + 0.05);
    wr_validate(run->pool, m, summarize);
    wr_end_stage(&s);
    wr_arena_reset(&env->temp);
}

static void dump(const wr_run *run, const wr_module *m) {
    wring_job *job = run->job;
    wr_env *env = wr_main_env(run->pool);
    uint32_t func = run->config->dump_func;
    wr_buf text = wr_buf_in(&env->temp);
    if (func == WR_NONE)
        wr_dump_module(env, m, &text);
    else if (func < m->nfuncs)
        wr_dump_func(env, m, func, &text);
    job->dump(job->dump_user, (const char *)text.p, text.n);
}

// Encodes the module as if it were done. References that were declared only for this, and the bytes, go again.
static void show_snapshot(const wr_run *run, wr_module *m, const char *pass) {
    wring_job *job = run->job;
    wr_env *env = wr_main_env(run->pool);
    if (run->quiet || !job->snapshot) return;
    wr_run quiet = *run;
    quiet.quiet = true;
    uint32_t nelems = m->nelems;
    wr_slice out = wr_run_encode(&quiet, m);
    bool go_on = job->snapshot(job->snapshot_user, pass, out.p, out.n);
    if (out.n >= WR_BIG_BLOCK) wr_give_back(&env->perm, (void *)out.p);
    for (uint32_t i = nelems; i < m->nelems; i++) m->elems[i].live = false;
    if (!go_on) wr_throw(env, WR_CANCELLED, WR_NO_OFFSET, "cancelled");
}

// Whether the option's value names this pass.
static bool names_pass(const char *option, const wr_pass *pass) { return option && strcmp(option, pass->name) == 0; }

static void clean_up(wr_context *c) {
    for (unsigned i = 0; i < c->pool->jobs; i++) wr_arena_reset(&c->pool->envs[i].pass);
    wr_compact_code(c->pool, c->m);
    wr_arena_reset(&c->env->temp);
}

// Runs one pass, a function pass maybe in its turn; false if it is the last to run.
static bool run_pass(const wr_run *run, wr_context *c, const wr_pass *pass, wr_pipeline_entry *link, double fraction) {
    wr_stage s = wr_begin_stage(run, pass->name, c->m, fraction);
    if (!pass->edit)
        pass->run(c);
    else if (link)
        wr_bodies_run_entry(c, link);
    else
        wr_bodies_edit(c, pass->edit, NULL, false);
    clean_up(c);
    wr_end_stage(&s);
    if (!run->quiet && run->job->dump && names_pass(run->config->dump_after, pass)) dump(run, c->m);
    show_snapshot(run, c->m, pass->name);
    return !names_pass(run->config->stop_after, pass);
}

static bool is_in_part(const wr_pass *pass, wr_pass_part part) {
    return part == WR_ALL_PASSES || (pass->scope == WR_SCOPE_whole) == (part == WR_WHOLE);
}

// Whether nobody looks at the module between passes.
static bool may_chain(const wr_run *run) {
    return (run->quiet || (!run->job->snapshot && !run->config->dump_after)) && !run->config->stop_after;
}

static void run_chain(const wr_run *run, wr_context *c, wr_pipeline_entry *links, size_t n, double fraction) {
    wr_stage s = wr_begin_stage(run, links[0].pass->name, c->m, fraction);
    wr_bodies_run_entries(c, links, n);
    clean_up(c);
    end_chain(&s, links, n);
}

// What run_chain does, for who looks at the module after each pass.
static bool run_turns(const wr_run *run, wr_context *c, wr_pipeline_entry *links, size_t n, double fraction) {
    unsigned first = c->turn;
    bool go_on = true;
    for (; go_on && c->turn < first + WR_ITERATIONS; c->turn++)
        for (size_t i = 0; go_on && i < n; i++) go_on = run_pass(run, c, links[i].pass, &links[i], fraction);
    c->turn = first;
    return go_on;
}

static double progress(size_t i, size_t n) { return 0.2 + 0.6 * (double)i / (double)n; }

// Runs the level's passes from first to before end. Returns whether to go on.
static bool run_span(const wr_run *run, wr_context *c, wr_pass_part part, size_t first, size_t end) {
    wr_pipeline_entry links[WR_MAX_PIPELINE_ENTRIES];
    bool go_on = true;
    for (size_t i = first; go_on && i < end; i++) {
        const wr_pass *pass = &wr_passes[i];
        double done = progress(i, wr_npasses);
        if (!is_in_part(pass, part) || !wr_pass_enabled(c->config, pass)) continue;
        size_t n = wr_bodies_find_entries(c, &i, end, links);
        if (n == 0)
            go_on = run_pass(run, c, pass, NULL, done);
        else if (may_chain(run))
            run_chain(run, c, links, n, done);
        else
            go_on = run_turns(run, c, links, n, done);
    }
    return go_on;
}

static bool is_in_rounds(const wr_pass *pass) { return pass->edit || pass->scope == WR_SCOPE_round; }

static size_t skip_passes(size_t i, bool in_rounds) {
    while (i < wr_npasses && is_in_rounds(&wr_passes[i]) == in_rounds) i++;
    return i;
}

// Passes across functions and those on one body take turns: what one shortens often lets another do more.
static bool run_level(const wr_run *run, wr_context *c, wr_pass_part part) {
    size_t first = skip_passes(0, false), end = skip_passes(first, true);
    if (!run_span(run, c, part, 0, first)) return false;
    for (uint64_t before = 0; c->turn < ROUNDS * WR_ITERATIONS && before != measure(c->m); c->turn += WR_ITERATIONS) {
        before = measure(c->m);
        if (!run_span(run, c, part, first, end)) return false;
    }
    c->turn = 0;
    return run_span(run, c, part, end, wr_npasses);
}

static bool run_list(const wr_run *run, wr_context *c, wr_pass_part part) {
    size_t n = c->config->passes.n;
    for (size_t i = 0; i < n; i++) {
        const wr_pass *pass = wr_pass_find(c->config->passes.items[i]);
        if (!is_in_part(pass, part) || !wr_pass_enabled(c->config, pass)) continue;
        if (!run_pass(run, c, pass, NULL, progress(i, n))) return false;
    }
    return true;
}

bool wr_run_passes(const wr_run *run, wr_module *m, wr_pass_part part) {
    wr_context c = {.pool = run->pool, .env = wr_main_env(run->pool), .m = m, .config = run->config};
    if (!run->quiet) c.note = wr_job_note, c.note_user = run->job;
    c.changed = note_changed, c.changed_user = run->job;
    if (part != WR_WHOLE) show_snapshot(run, m, "");
    return c.config->passes.given ? run_list(run, &c, part) : run_level(run, &c, part);
}

static void declare_references(const wr_run *run, wr_module *m) {
    wr_env *env = wr_main_env(run->pool);
    wr_context c = {.pool = run->pool, .env = env, .m = m, .config = run->config};
    wr_ref_declarations_add(&c);
    wr_arena_reset(&env->temp);
}

wr_slice wr_run_encode(const wr_run *run, wr_module *m) {
    wr_env *env = wr_main_env(run->pool);
    wr_stage s = wr_begin_stage(run, "encode", NULL, 0.8);
    declare_references(run, m);
    wr_layout layout;
    wr_make_layout(env, m, &layout);
    wr_arena_reset(&env->temp);
    wr_encode_options options = {.zero_alignment = (run->config->level & (WR_LS | WR_LZ)) != 0};
    wr_slice out = wr_encode_module(run->pool, m, &layout, &options);
    wr_arena_reset(&env->temp);
    wr_end_stage(&s);
    return out;
}

typedef struct output_check {
    const wr_run *run;
    wr_slice out;
} output_check;

static void check_output(wr_env *env, void *arg) {
    (void)env;
    output_check *check = arg;
    wr_module m;
    wr_decode_and_validate(check->run, check->out, &m, false, 0.85);
}

void wr_require_valid(const wr_run *run, wr_slice out) {
    output_check check = {run, out};
    wr_run_after_validation(wr_main_env(run->pool), check_output, &check);
}

void wr_run_after_validation(wr_env *env, void (*work)(wr_env *env, void *arg), void *arg) {
    wr_status status = wr_try(env, work, arg);
    if (status == WR_OK) return;
    wr_diag diag = env->diag;
    if (status == WR_BAD_INPUT) {
        diag.status = WR_INTERNAL;
        diag.offset = WR_NO_OFFSET;
    }
    wr_rethrow(env, &diag);
}
