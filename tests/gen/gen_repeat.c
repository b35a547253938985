// Code that occurs again, under other locals and in other functions: for passes that share code. A piece is a
// whole block that nothing leaves but traps, without calls; each time its locals become others of their
// types, old or new, and two of them may become one. What it needs by chance comes from numbers of its own,
// so that other modules stay as they are.
#include "gen.h"

// Locals beyond these would leave functions none of their own.
#define PIECE_LOCALS 8
#define LOCALS_LEFT 8

void gen_begin_repeats(gen *g, uint64_t seed) {
    g->again = (rng){seed ^ 0x5bd1e9955bd1e995u};
    g->repeats = chance(&g->again, 3);
}

static void make_piece(gen *g, piece *p) {
    static const signature none = {0};
    gen saved = *g;
    wr_buf code = wr_buf_in(&g->env->perm);
    g->code = &code;
    g->self = &none;
    g->rng = (rng){rng_next(&g->again)};
    g->tail = g->refs = false;
    g->in_piece = true;
    g->budget = 10 + (int)below(&g->again, 40);
    g->jumpy = true;
    g->nparams = 0;
    for (g->nlocals = 0; g->nlocals < 2 + below(&g->again, 3);) g->locals[g->nlocals++] = gen_number_type(g);
    g->nlabels = 0;
    gen_block(g, 0);
    p->code = wr_buf_slice(&code);
    p->nlocals = g->nlocals;
    memcpy(p->locals, g->locals, sizeof p->locals);
    saved.again = g->again;
    *g = saved;
}

static uint32_t other_local(gen *g, wr_valtype type) {
    uint32_t start = below(&g->again, g->nlocals);
    for (uint32_t i = 0; i < g->nlocals && chance(&g->again, 2); i++)
        if (g->locals[(start + i) % g->nlocals] == type) return (start + i) % g->nlocals;
    g->locals[g->nlocals] = type;
    return g->nlocals++;
}

// Shows what a local holds behind a piece, mostly.
static void show_local(gen *g, uint32_t local) {
    static const uint16_t stores[] = {[WR_I32] = WR_OP_I32_STORE,
                                      [WR_I64] = WR_OP_I64_STORE,
                                      [WR_F32] = WR_OP_F32_STORE,
                                      [WR_F64] = WR_OP_F64_STORE};
    wr_valtype type = g->locals[local];
    if (!g->nmemories || type > WR_F64 || chance(&g->again, 3)) return;
    gen_put(g, g->is64 ? WR_OP_I64_CONST : WR_OP_I32_CONST, 0, 8 * below(&g->again, 8));
    gen_put(g, WR_OP_LOCAL_GET, local, 0);
    gen_put(g, (wr_op)stores[type], 0, 0);
}

bool gen_again(gen *g) {
    if (!g->repeats || g->in_piece || !chance(&g->again, 4)) return false;
    piece *p = &g->pieces[below(&g->again, WR_COUNT(g->pieces))];
    if (!p->code.n) make_piece(g, p);
    if (!p->nlocals || p->nlocals > PIECE_LOCALS || g->nlocals + p->nlocals + LOCALS_LEFT > MAX_ITEMS)
        return false;
    uint32_t map[PIECE_LOCALS];
    for (uint32_t i = 0; i < p->nlocals; i++) map[i] = other_local(g, p->locals[i]);
    wr_u32s ext = {0};
    for (wr_reader r = wr_reader_of(g->env, p->code, 0); !wr_at_end(&r);) {
        wr_ins ins;
        ext.n = 0;
        wr_ins_read(&r, &g->env->perm, &ext, &ins);
        if (wr_names_local(ins.op)) ins.a = map[ins.a];
        gen_ins(g, ins, ext.v);
    }
    show_local(g, map[below(&g->again, p->nlocals)]);
    return true;
}
