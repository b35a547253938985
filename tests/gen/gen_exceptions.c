// Random code with exceptions in ways that gen_refs.c has not: references to them, payloads, and the legacy
// instructions with several handlers, rethrow and delegate.
#include "gen.h"

static void statements(gen *g) {
    for (uint32_t i = below(&g->rng, 4); i > 0; i--) gen_statement(g);
}

static void open_block(gen *g, wr_op op, wr_valtype type, const uint32_t *words) {
    wr_ins ins = {.op = (uint16_t)op};
    gen_block_type(g, &ins, type);
    gen_ins(g, ins, words);
    gen_push_label(g, type);
}

static void close_block(gen *g) {
    gen_put(g, WR_OP_END, 0, 0);
    g->nlabels--;
}

// block; block (result exnref); try_table (catch_all_ref 0) statements end; br 1; end; drop or throw_ref; end
static void catch_reference(gen *g) {
    uint32_t words[] = {1, WR_CATCH_ALL_REF, 0, 0};
    open_block(g, WR_OP_BLOCK, 0, NULL);
    open_block(g, WR_OP_BLOCK, WR_EXNREF, NULL);
    open_block(g, WR_OP_TRY_TABLE, 0, words);
    statements(g);
    close_block(g);
    gen_put(g, WR_OP_BR, 1, 0);
    close_block(g);
    gen_put(g, chance(&g->rng, 2) ? WR_OP_DROP : WR_OP_THROW_REF, 0, 0);
    close_block(g);
}

// A tag with one value or none: what is caught is the value of the block around.
static void catch_payload(gen *g) {
    uint32_t tag = below(&g->rng, g->ntags);
    const signature *s = &g->types[tag];
    if (s->nparams > 1) return;
    uint32_t words[] = {1, WR_CATCH, tag, 0};
    wr_valtype type = s->nparams ? s->params[0] : 0;
    open_block(g, WR_OP_BLOCK, type, NULL);
    open_block(g, WR_OP_TRY_TABLE, 0, words);
    statements(g);
    close_block(g);
    if (type) gen_value(g, type);
    close_block(g);
    if (type) gen_put(g, WR_OP_DROP, 0, 0);
}

// --- Legacy ---

static void maybe_rethrow(gen *g) {
    uint32_t depth = below(&g->rng, g->nlabels);
    for (uint32_t n = 0; n < g->nlabels && !g->labels[g->nlabels - 1 - depth].in_handler; n++)
        depth = (depth + 1) % g->nlabels;
    if (chance(&g->rng, 3) || !g->labels[g->nlabels - 1 - depth].in_handler) return;
    gen_value(g, WR_I32);
    open_block(g, WR_OP_IF, 0, NULL);
    gen_put(g, WR_OP_RETHROW, depth + 1, 0);
    close_block(g);
}

static void handler(gen *g, uint32_t tag, wr_valtype type) {
    g->labels[g->nlabels - 1].in_handler = true;
    gen_put(g, tag == WR_NONE ? WR_OP_CATCH_ALL : WR_OP_CATCH, tag == WR_NONE ? 0 : tag, 0);
    for (uint32_t i = 0; tag != WR_NONE && i < g->types[tag].nparams; i++) gen_put(g, WR_OP_DROP, 0, 0);
    statements(g);
    maybe_rethrow(g);
    if (type) gen_value(g, type);
}

static void legacy_try(gen *g) {
    wr_valtype type = chance(&g->rng, 3) ? gen_number_type(g) : 0;
    open_block(g, WR_OP_TRY, type, NULL);
    statements(g);
    if (type) gen_value(g, type);
    if (chance(&g->rng, 3)) {
        g->nlabels--;
        gen_put(g, WR_OP_DELEGATE, below(&g->rng, g->nlabels), 0);
    } else {
        for (uint32_t i = below(&g->rng, 2); i > 0; i--) handler(g, below(&g->rng, g->ntags), type);
        if (chance(&g->rng, 2)) handler(g, WR_NONE, type);
        close_block(g);
    }
    if (type) gen_put(g, WR_OP_DROP, 0, 0);
}

bool gen_exceptions(gen *g) {
    if (!g->ntags || !(g->eh || g->legacy)) return false;
    if (chance(&g->rng, 3))
        gen_throw(g);
    else if (g->legacy)
        legacy_try(g);
    else if (chance(&g->rng, 2))
        catch_reference(g);
    else
        catch_payload(g);
    return true;
}
