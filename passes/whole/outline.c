// The outliner: sequences of instructions that occur more than once become functions, with the locals and the stack
// operands that they use as parameters and at most one result. Each round sees the calls that the round before has
// made, so that longer repeats are found through the shorter ones in them. See outline.h for the parts.
#include "outline.h"

#define ROUNDS 2

static uint32_t run_round(wr_context *c) {
    wr_cost cost;
    wr_stream stream;
    wr_found found = {0};
    wr_choice choice = {0};
    wr_arena_reset(&c->env->temp);
    wr_cost_init(&cost, c->env, c->m);
    wr_outline_read(c, &cost, &stream);
    wr_outline_find(c, &cost, &stream, false, &found);
    wr_outline_find(c, &cost, &stream, true, &found);
    wr_outline_choose(c, &cost, &stream, &found, &choice);
    wr_give_back(&c->env->perm, found.places[0]);
    wr_give_back(&c->env->perm, found.places[1]);
    if (choice.helpers.n) wr_outline_emit(c, &stream, &choice);
    wr_give_back(&c->env->perm, stream.tokens);
    return choice.helpers.n;
}

void wr_pass_outline(wr_context *c) {
    for (unsigned round = 0; round < ROUNDS; round++)
        if (!run_round(c)) break;
}
