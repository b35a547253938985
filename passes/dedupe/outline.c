// The outliner: moves sequences of instructions that occur more than once into functions of their own
// (helpers).
//
//   local.get $x i32.const 8 i32.add i32.load       ;; in many places
// becomes
//   (func $h (param i32) (result i32) local.get 0 i32.const 8 i32.add i32.load)
//   local.get $x call $h                            ;; in each of these places
//
// A sequence may contain whole blocks. The locals and stack operands that it uses become parameters of the
// helper. It has at most one result, or several where the output may use multi-value. A sequence is outlined
// only if that saves bytes beyond the cost of the calls at the frequency of its places
// (passes/manager/call_cost.h).
//
// Each round sees the calls that the previous round made. So longer repeats are found through the shorter
// ones within them, and a round looks only near those calls; the last round looks at everything again, also
// for sequences that differ in constants. A large module is processed in slices, which bounds memory. See
// outline.h for the parts.
#include "outline.h"

#include "ir/edit.h"
#include "analysis/callgraph.h"

#define ROUNDS 3
#define SLICE_TOKENS ((uint32_t)6 << 20)

// By call-cost class: a frequency level at which code of the function has that class; the level of the entry
// if that has it.
static void list_levels(const wr_call_cost *call_cost, uint32_t func, int *levels) {
    for (int level = WR_FREQUENCY_MIN + WR_FREQUENCIES - 1; level >= WR_FREQUENCY_MIN; level--)
        levels[wr_call_cost_class(call_cost, func, level)] = level;
    levels[wr_call_cost_class(call_cost, func, 0)] = 0;
}

// A helper inherits its call frequency from the places that it was taken from.
static void share_out(wr_context *c, wr_call_cost *call_cost, const wr_stream *stream,
                      const wr_choice *choice) {
    int levels[WR_CALL_COST_MAX + 1];
    uint32_t func = WR_NONE;
    for (uint32_t i = 0; i < choice->helpers.n; i++) wr_call_cost_add(c->env, call_cost);
    for (uint32_t i = 0; i < choice->sites.n; i++) {
        const wr_site *site = &choice->sites.v[i];
        const wr_helper *h = &choice->helpers.v[site->helper];
        if (func == WR_NONE || site->at >= stream->base[func + 1])
            list_levels(call_cost, func = wr_outline_func_at(stream, site->at), levels);
        wr_call_cost_add_site(call_cost, h->func, func,
                              levels[wr_token_call_cost(&stream->tokens[site->at])]);
    }
}

static uint32_t outline_slice(wr_context *c, wr_outline_facts *facts, uint32_t first, uint32_t end,
                              bool loose) {
    const wr_cost *cost = &facts->cost;
    wr_stream stream;
    wr_found found = {.loose = loose};
    wr_choice choice = {0};
    wr_outline_read(c, facts, first, end, &stream);
    wr_outline_find(c, cost, &stream, &found);
    wr_outline_choose(c, cost, &stream, &found, &choice);
    if (!choice.helpers.n) return 0;
    wr_outline_emit(c, &stream, &choice);
    share_out(c, &facts->call_cost, &stream, &choice);
    return choice.helpers.n;
}

static uint32_t slice_end(const wr_outline_facts *facts, uint32_t first, uint32_t nfuncs) {
    uint64_t n = 0;
    uint32_t end = first;
    do n += facts->counts[end++];
    while (end < nfuncs && n + facts->counts[end] <= SLICE_TOKENS);
    return end;
}

// Whether the function calls a function with an index from `since` on.
static bool calls_since(const wr_func *f, uint32_t since) {
    for (uint32_t i = 0; i < f->summary.nuses; i++)
        if (wr_ref_space(f->summary.uses[i].ref) == WR_FUNC && wr_ref_index(f->summary.uses[i].ref) >= since)
            return true;
    return false;
}

// By function: its number of instructions if the round is to look at it, else 0. Functions too frequent for
// any additional call are left out.
static const uint32_t *count_instructions(wr_context *c, const wr_call_cost *call_cost, uint32_t since) {
    uint32_t *counts = WR_NEW0(&c->env->pass, uint32_t, c->m->nfuncs);
    for (uint32_t i = 0; i < c->m->nfuncs; i++) {
        const wr_func *f = &c->m->funcs[i];
        if (!f->live || f->import != WR_NONE || wr_call_cost_class(call_cost, i, 0) == WR_CALL_COST_MAX)
            continue;
        if (!since || calls_since(f, since)) counts[i] = f->summary.ninstructions;
    }
    return counts;
}

static void find_facts(wr_context *c, uint32_t since, wr_outline_facts *facts) {
    wr_arena_reset(&c->env->temp);
    wr_cost_init(&facts->cost, c->env, c->m);
    facts->sccs = wr_callgraph_sccs(&c->env->pass, c->m, true);
    facts->counts = count_instructions(c, &facts->call_cost, since);
    facts->since = since;
}

static void forget(wr_context *c, const wr_mark *mark) {
    for (unsigned i = 1; i < c->pool->jobs; i++) wr_arena_reset(&c->pool->envs[i].pass);
    wr_arena_release(&c->env->pass, mark);
}

// One round: considers windows that call functions from `since` on, or all windows if that is 0; with loose,
// also windows that differ in constants. Returns the number of helpers.
static uint32_t run_round(wr_context *c, wr_outline_facts *facts, uint32_t since, bool loose) {
    uint32_t helpers = 0, nfuncs = c->m->nfuncs;
    wr_mark start = wr_arena_mark(&c->env->pass);
    find_facts(c, since, facts);
    wr_mark mark = wr_arena_mark(&c->env->pass);
    for (uint32_t first = 0, end; first < nfuncs; first = end) {
        end = slice_end(facts, first, nfuncs);
        helpers += outline_slice(c, facts, first, end, loose);
        forget(c, &mark);
    }
    forget(c, &start);
    wr_module_compact_code(c->pool, c->m);
    return helpers;
}

void wr_pass_outline(wr_context *c) {
    uint32_t since = 0;
    wr_outline_facts facts;
    if (wr_pass_tuning(c).min_saving == WR_NO_SHARING) return;
    wr_call_cost_find(c, &facts.call_cost);
    for (unsigned round = 1; round < ROUNDS; round++) {
        uint32_t nfuncs = c->m->nfuncs;
        if (!run_round(c, &facts, since, false)) break;
        since = nfuncs;
    }
    run_round(c, &facts, 0, true);
}
