// Random blocks, branches, and loops that count down, so that they end.
#include "gen.h"

void gen_block_type(gen *g, wr_ins *ins, wr_valtype type) {
    (void)g;
    ins->x = type ? WR_BLOCK_VALUE : WR_BLOCK_EMPTY;
    ins->a = type;
}

void gen_push_label(gen *g, wr_valtype type) {
    g->labels[g->nlabels++] = (label){.types = {type}, .n = type ? 1 : 0};
}

static void gen_statements(gen *g, uint32_t n) {
    for (uint32_t i = 0; i < n && g->budget > 0; i++) gen_statement(g);
}

static void gen_label_values(gen *g, const label *l) {
    for (uint32_t i = 0; i < l->n; i++) gen_value(g, l->types[i]);
}

static const label *label_at(gen *g, uint32_t depth) { return &g->labels[g->nlabels - 1 - depth]; }

// Leaves at least so many blocks.
static void gen_leave(gen *g, uint32_t least) {
    uint32_t kind = below(&g->rng, 8);
    if (chance(&g->rng, 5)) gen_value(g, gen_number_type(g)); // which goes with the stack
    if (kind == 0 || (g->in_piece && (kind < 3 || g->nlabels <= least))) {
        gen_put(g, WR_OP_UNREACHABLE, 0, 0);
    } else if (kind < 3 || g->nlabels <= least) {
        for (uint32_t i = 0; i < g->self->nresults; i++) gen_value(g, g->self->results[i]);
        gen_put(g, WR_OP_RETURN, 0, 0);
    } else {
        uint32_t depth = least + below(&g->rng, g->nlabels - least);
        gen_label_values(g, label_at(g, depth));
        gen_put(g, WR_OP_BR, depth, 0);
    }
}

static void gen_body_of_block(gen *g, wr_valtype type, wr_valtype branch_type) {
    gen_push_label(g, branch_type);
    gen_statements(g, below(&g->rng, 4));
    if (chance(&g->rng, 5))
        gen_leave(g, 0);
    else if (type)
        gen_value(g, type);
    else if (g->budget > 0 && chance(&g->rng, 4))
        gen_loop(g); // which may be never left
    g->nlabels--;
}

void gen_block(gen *g, wr_valtype type) {
    wr_ins ins = {.op = WR_OP_BLOCK};
    gen_block_type(g, &ins, type);
    gen_ins(g, ins, NULL);
    gen_body_of_block(g, type, type);
    gen_put(g, WR_OP_END, 0, 0);
}

void gen_if(gen *g, wr_valtype type) {
    gen_value(g, WR_I32);
    wr_ins ins = {.op = WR_OP_IF};
    gen_block_type(g, &ins, type);
    gen_ins(g, ins, NULL);
    gen_body_of_block(g, type, type);
    if (type || chance(&g->rng, 2)) {
        gen_put(g, WR_OP_ELSE, 0, 0);
        gen_body_of_block(g, type, type);
    }
    gen_put(g, WR_OP_END, 0, 0);
}

// Only from the start of the loop may it be left, and only by branches.
static void gen_loop_exit(gen *g, uint32_t counter) {
    gen_put(g, WR_OP_LOCAL_GET, counter, 0);
    gen_put(g, WR_OP_I32_EQZ, 0, 0);
    gen_ins(g, (wr_ins){.op = WR_OP_IF, .x = WR_BLOCK_EMPTY}, NULL);
    gen_push_label(g, 0);
    gen_statements(g, below(&g->rng, 3));
    gen_leave(g, 2);
    g->nlabels--;
    gen_put(g, WR_OP_END, 0, 0);
}

// A loop that counts a local of its own down; the body may spoil the count, fuel bounds that.
void gen_loop(gen *g) {
    if (g->nlocals >= MAX_ITEMS) return;
    uint32_t counter = g->nlocals++;
    bool exits_first = chance(&g->rng, 3);
    g->locals[counter] = WR_I32;
    gen_put(g, WR_OP_I32_CONST, 0, 1 + below(&g->rng, 6));
    gen_put(g, WR_OP_LOCAL_SET, counter, 0);
    gen_ins(g, (wr_ins){.op = WR_OP_LOOP, .x = WR_BLOCK_EMPTY}, NULL);
    gen_push_label(g, 0);
    if (exits_first) gen_loop_exit(g, counter);
    gen_statements(g, 1 + below(&g->rng, 3));
    gen_put(g, WR_OP_LOCAL_GET, counter, 0);
    gen_put(g, WR_OP_I32_CONST, 0, 1);
    gen_put(g, WR_OP_I32_SUB, 0, 0);
    gen_put(g, WR_OP_LOCAL_TEE, counter, 0);
    if (exits_first) gen_put(g, WR_OP_DROP, 0, 0);
    gen_put(g, exits_first ? WR_OP_BR : WR_OP_BR_IF, 0, 0);
    g->nlabels--;
    gen_put(g, WR_OP_END, 0, 0);
}

void gen_br_if(gen *g) {
    uint32_t depth = below(&g->rng, g->nlabels);
    const label *l = label_at(g, depth);
    gen_label_values(g, l);
    gen_value(g, WR_I32);
    gen_put(g, WR_OP_BR_IF, depth, 0);
    for (uint32_t i = 0; i < l->n; i++) gen_put(g, WR_OP_DROP, 0, 0);
}

// A block around a jump, so that what follows it is reachable again.
void gen_jump(gen *g) {
    gen_ins(g, (wr_ins){.op = WR_OP_BLOCK, .x = WR_BLOCK_EMPTY}, NULL);
    gen_push_label(g, 0);
    gen_br_if(g);
    uint32_t kind = below(&g->rng, 3);
    if (kind < 2) {
        gen_leave(g, 0);
    } else {
        uint32_t words[6];
        uint32_t n = below(&g->rng, 5);
        for (uint32_t i = 0; i <= n; i++) {
            do words[i] = below(&g->rng, g->nlabels);
            while (label_at(g, words[i])->n != 0);
        }
        gen_value(g, WR_I32);
        gen_ins(g, (wr_ins){.op = WR_OP_BR_TABLE, .a = n}, words);
    }
    if (chance(&g->rng, 4))
        gen_put(g, chance(&g->rng, 2) ? WR_OP_DROP : WR_OP_I32_ADD, 0, 0), gen_put(g, WR_OP_DROP, 0, 0);
    g->nlabels--;
    gen_put(g, WR_OP_END, 0, 0);
}
