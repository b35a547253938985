// The outliner: sequences of instructions that occur more than once become functions, with the locals and the stack
// operands that they use as parameters and at most one result. Each round sees the calls that the round before has
// made, so that longer repeats are found through the shorter ones in them; the last round also looks for sequences that
// differ in constants. A big module is done in slices, which bounds memory. See outline.h for the parts.
#include "outline.h"
#include "passes/callgraph.h"

#define ROUNDS 4
#define SLICE_TOKENS ((uint32_t)6 << 20)

static uint32_t outline_slice(wr_context *c, const wr_outline_facts *facts, uint32_t first, uint32_t end, bool loose) {
    const wr_cost *cost = &facts->cost;
    wr_stream stream;
    wr_found found = {0};
    wr_choice choice = {0};
    wr_outline_read(c, facts, first, end, &stream);
    wr_outline_find(c, cost, &stream, false, &found);
    if (loose) wr_outline_find(c, cost, &stream, true, &found);
    wr_outline_choose(c, cost, &stream, &found, &choice);
    wr_outline_forget(c, &found);
    if (choice.helpers.n) wr_outline_emit(c, &stream, &choice);
    wr_give_back(&c->env->perm, stream.tokens);
    return choice.helpers.n;
}

static uint32_t slice_end(const wr_module *m, uint32_t first, uint32_t nfuncs) {
    uint64_t n = 0;
    uint32_t end = first;
    do n += wr_outline_count(m, end++);
    while (end < nfuncs && n + wr_outline_count(m, end) <= SLICE_TOKENS);
    return end;
}

static uint32_t run_round(wr_context *c, bool loose) {
    wr_outline_facts facts;
    uint32_t helpers = 0, nfuncs = c->m->nfuncs;
    wr_arena_reset(&c->env->temp);
    wr_cost_init(&facts.cost, c->env, c->m);
    facts.circles = wr_call_circles(&c->env->perm, c->m);
    wr_find_heat(c, c->config->level != WR_LZ, &facts.heat);
    for (uint32_t first = 0, end; first < nfuncs; first = end) {
        end = slice_end(c->m, first, nfuncs);
        helpers += outline_slice(c, &facts, first, end, loose);
    }
    return helpers;
}

void wr_pass_outline(wr_context *c) {
    unsigned round = 1;
    while (round < ROUNDS && run_round(c, false)) round++;
    run_round(c, true);
}
