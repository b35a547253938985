// Runs the pipeline. Its phase `iterate` runs in rounds: interprocedural passes and passes on one body
// alternate, since what one kind shortens often opens opportunities for the other. Rounds after the first
// work on what the one before changed.
#include "run.h"

#include "bodies.h"
#include "ir/edit.h"
#include "verifier.h"

#define ROUNDS 4 // most modules end after two, since nothing changes any more

typedef struct runner {
    wr_context *c;
    const wr_pass_observer *observer;
    wr_pass_part part;
} runner;

// --- One pass ---

// The bytes that passes work to shrink.
static uint64_t measure(const wr_module *m) {
    uint64_t n = 0;
    for (uint32_t i = 0; i < m->nfuncs; i++)
        if (m->funcs[i].live) n += m->funcs[i].body.n;
    for (uint32_t i = 0; i < m->ndatas; i++)
        if (m->datas[i].live) n += m->datas[i].bytes.n;
    return n;
}

static void begin(const runner *r, const char *pass, double fraction) {
    wr_check(r->c->env);
    if (r->observer->begin) r->observer->begin(r->observer->user, pass, fraction);
    wr_pass_state_extend(r->c->env, r->c->state, r->c->m->nfuncs);
    r->c->state->npasses++;
}

static void clean_up(wr_context *c) {
    for (unsigned i = 0; i < c->pool->jobs; i++) wr_arena_reset(&c->pool->envs[i].pass);
    wr_module_compact_code(c->pool, c->m);
    wr_arena_reset(&c->env->temp);
}

static void report(const runner *r, const wr_pass_timing *timing) {
    if (r->observer->end) r->observer->end(r->observer->user, timing);
}

// Whether the option names this pass.
static bool is_named(const char *option, const wr_pass *pass) {
    return option && strcmp(option, pass->name) == 0;
}

// Runs one pass; if it is a pass on one body and `entry` is given, for the current iteration. Returns false
// if it is the last one to run.
static bool run_pass(const runner *r, const wr_pass *pass, wr_pipeline_entry *entry, double fraction) {
    wr_context *c = r->c;
    wr_pass_timing timing = {.name = pass->name, .bytes_before = measure(c->m)};
    begin(r, pass->name, fraction);
    uint64_t start = wr_now_ns();
    if (!pass->edit)
        pass->run(c);
    else
        wr_bodies_run_entry(c, entry ? entry : &(wr_pipeline_entry){.pass = pass});
    if (c->config->verify_passes) wr_verifier_check_module(c, pass->name);
    clean_up(c);
    timing.seconds = (double)(wr_now_ns() - start) / 1e9;
    timing.bytes_after = measure(c->m);
    report(r, &timing);
    if (r->observer->look) r->observer->look(r->observer->user, pass, c->m);
    return !is_named(c->config->stop_after, pass);
}

// --- Passes on one body ---

// Reports passes that ran one after another on each body: each gets its share of the time.
static void report_entries(const runner *r, const wr_pipeline_entry *entries, size_t n, double seconds,
                           uint64_t bytes) {
    uint64_t total = 1;
    for (size_t i = 0; i < n; i++) total += entries[i].ns;
    for (size_t i = 0; i < n; i++) {
        wr_pass_timing timing = {entries[i].pass->name, seconds * (double)entries[i].ns / (double)total,
                                 bytes, bytes - entries[i].saved};
        bytes = timing.bytes_after;
        report(r, &timing);
    }
}

static void run_together(const runner *r, wr_pipeline_entry *entries, size_t n, double fraction) {
    uint64_t before = measure(r->c->m);
    begin(r, entries[0].pass->name, fraction);
    uint64_t start = wr_now_ns();
    wr_bodies_run_entries(r->c, entries, n);
    if (r->c->config->verify_passes) wr_verifier_check_module(r->c, entries[n - 1].pass->name);
    clean_up(r->c);
    report_entries(r, entries, n, (double)(wr_now_ns() - start) / 1e9, before);
}

// Does the same as run_together, one pass at a time.
static bool run_one_by_one(const runner *r, wr_pipeline_entry *entries, size_t n, double fraction) {
    wr_context *c = r->c;
    unsigned first = c->iteration;
    bool go_on = true;
    for (; go_on && c->iteration < first + WR_ITERATIONS; c->iteration++)
        for (size_t i = 0; go_on && i < n; i++) go_on = run_pass(r, entries[i].pass, &entries[i], fraction);
    c->iteration = first;
    return go_on;
}

// --- The pipeline ---

static bool is_in_part(const runner *r, bool finishes) {
    return r->part == WR_PASSES_ALL || finishes == (r->part == WR_PASSES_FINISH);
}

static bool is_to_run(const runner *r, const wr_pass *pass, unsigned levels) {
    return wr_pass_enabled(r->c->config, pass, levels) && wr_pass_applies(r->c->m, pass);
}

// Runs the steps of the level in [first, end). Returns whether to continue.
static bool run_span(const runner *r, size_t first, size_t end) {
    wr_pipeline_entry entries[WR_MAX_PIPELINE_ENTRIES];
    bool together = !r->observer->look && !r->c->config->stop_after;
    bool go_on = true;
    for (size_t i = first; go_on && i < end; i++) {
        const wr_step *step = &wr_pass_pipeline[i];
        double fraction = (double)i / (double)wr_pass_pipeline_count;
        if (!is_in_part(r, step->phase == WR_PHASE_finish)) continue;
        if (!is_to_run(r, step->pass, step->levels)) continue;
        size_t n = wr_bodies_find_entries(r->c, &i, end, entries);
        if (n == 0)
            go_on = run_pass(r, step->pass, NULL, fraction);
        else if (together)
            run_together(r, entries, n, fraction);
        else
            go_on = run_one_by_one(r, entries, n, fraction);
    }
    return go_on;
}

static size_t first_of(wr_phase phase) {
    size_t i = 0;
    while (i < wr_pass_pipeline_count && wr_pass_pipeline[i].phase < phase) i++;
    return i;
}

static bool run_pipeline(const runner *r) {
    wr_context *c = r->c;
    size_t first = first_of(WR_PHASE_iterate), end = first_of(WR_PHASE_finish);
    if (!run_span(r, 0, first)) return false;
    for (uint64_t before = 0; c->iteration < ROUNDS * WR_ITERATIONS && before != measure(c->m);
         c->iteration += WR_ITERATIONS) {
        before = measure(c->m);
        if (!run_span(r, first, end)) return false;
    }
    c->iteration = 0;
    return run_span(r, end, wr_pass_pipeline_count);
}

static bool run_list(const runner *r) {
    const wr_patterns *list = &r->c->config->passes;
    for (size_t i = 0; i < list->n; i++) {
        const wr_pass *pass = wr_pass_find(list->items[i]);
        if (!is_in_part(r, pass->scope == WR_SCOPE_size) || !is_to_run(r, pass, 0)) continue;
        if (!run_pass(r, pass, NULL, (double)i / (double)list->n)) return false;
    }
    return true;
}

bool wr_passes_run(wr_context *c, const wr_pass_observer *observer, wr_pass_part part) {
    runner r = {c, observer, part};
    wr_pass_state_extend(c->env, c->state, c->m->nfuncs);
    return c->config->passes.given ? run_list(&r) : run_pipeline(&r);
}
