// Random code: values of a type and statements, by recursion with a budget. Memory addresses are masked so
// that most accesses are in bounds; everything else is left to chance. gen_blocks.c has blocks and branches.
#include "gen.h"

op_lists gen_ops;

void gen_ins(gen *g, wr_ins ins, const uint32_t *ext) {
    wr_ins_write(g->code, &ins, ext);
    g->budget--;
}

void gen_put(gen *g, wr_op op, uint32_t a, uint64_t b) {
    gen_ins(g, (wr_ins){.op = (uint16_t)op, .a = a, .b = b}, NULL);
}

static uint64_t random_bits(gen *g) {
    static const uint64_t edges[] = {0,
                                     1,
                                     2,
                                     7,
                                     8,
                                     63,
                                     64,
                                     127,
                                     128,
                                     255,
                                     256,
                                     0x7fff,
                                     0xffff,
                                     0x7fffffff,
                                     0x80000000,
                                     0xffffffff,
                                     0x7fffffffffffffff,
                                     0x8000000000000000,
                                     UINT64_MAX,
                                     UINT64_MAX - 1};
    if (chance(&g->rng, 3)) return (uint64_t)rng_next(&g->rng) << 32 | rng_next(&g->rng);
    return edges[below(&g->rng, WR_COUNT(edges))];
}

static uint64_t random_float(gen *g, bool is_double) {
    static const double values[] = {0, -0.0, 1, -1, 0.5, 2, 1e9, -1e9, 3.14159, 1e300, 4294967296.0, 9.2e18};
    uint64_t bits;
    if (chance(&g->rng, 4)) return is_double ? random_bits(g) : (uint32_t)random_bits(g);
    double d = values[below(&g->rng, WR_COUNT(values))];
    float f = (float)(d > 1e38 ? 1e38 : d);
    if (is_double)
        memcpy(&bits, &d, sizeof bits);
    else
        bits = 0, memcpy(&bits, &f, sizeof f);
    return bits;
}

void gen_const(gen *g, wr_valtype type) {
    uint32_t words[4];
    switch (type) {
    case WR_I32: gen_put(g, WR_OP_I32_CONST, 0, (uint64_t)(int64_t)(int32_t)random_bits(g)); break;
    case WR_I64: gen_put(g, WR_OP_I64_CONST, 0, random_bits(g)); break;
    case WR_F32: gen_put(g, WR_OP_F32_CONST, 0, random_float(g, false)); break;
    case WR_F64: gen_put(g, WR_OP_F64_CONST, 0, random_float(g, true)); break;
    default:
        for (int i = 0; i < 4; i++)
            words[i] = chance(&g->rng, 2) ? (uint32_t)random_bits(g) : 0x01010101u * below(&g->rng, 4);
        gen_ins(g, (wr_ins){.op = WR_OP_V128_CONST}, words);
        break;
    }
}

void gen_address(gen *g, uint32_t memory) {
    bool wide = memory == 0 && g->is64;
    if (chance(&g->rng, 2)) {
        gen_put(g, wide ? WR_OP_I64_CONST : WR_OP_I32_CONST, 0, below(&g->rng, 4096));
        return;
    }
    gen_value(g, wide ? WR_I64 : WR_I32);
    if (chance(&g->rng, 16)) return; // out of bounds, likely
    gen_put(g, wide ? WR_OP_I64_CONST : WR_OP_I32_CONST, 0, 0xfff8);
    gen_put(g, wide ? WR_OP_I64_AND : WR_OP_I32_AND, 0, 0);
}

// --- Instructions with plain signatures ---

static void fill_immediates(gen *g, wr_ins *ins, uint32_t *words, uint32_t memory) {
    unsigned imm = wr_opinfos[ins->op].imm;
    if (wr_is_memarg(imm)) {
        bool atomic = imm >= WR_IMM_ATOMIC0 && imm <= WR_IMM_ATOMIC3;
        ins->a = memory;
        ins->x = (uint8_t)(atomic ? wr_natural_align(imm) : below(&g->rng, wr_natural_align(imm) + 1));
        ins->b = chance(&g->rng, 40) ? random_bits(g) & 0xffffffff : below(&g->rng, 300) & ~7u;
    }
    if (imm == WR_IMM_MEMORY) ins->a = memory;
    uint32_t lanes = wr_ins_lane_count(imm);
    if (lanes) ins->y = (uint8_t)below(&g->rng, lanes);
    if (imm == WR_IMM_SHUFFLE)
        for (int i = 0; i < 4; i++) words[i] = rng_next(&g->rng) & 0x1f1f1f1f;
    if (imm == WR_IMM_DATA) ins->a = below(&g->rng, g->ndatas);
    if (imm == WR_IMM_ELEM) ins->a = below(&g->rng, g->nelems);
}

static bool is_usable(gen *g, wr_op op) {
    const wr_opinfo *info = &wr_opinfos[op];
    if (wr_is_memarg(info->imm) || info->imm == WR_IMM_MEMORY) return g->nmemories > 0;
    if (info->imm == WR_IMM_DATA) return g->ndatas > 0;
    if (info->imm == WR_IMM_ELEM) return g->nelems > 0;
    return true;
}

static bool fits_features(gen *g, wr_op op) {
    switch (wr_opinfos[op].feature) {
    case WR_FEATURE_SIMD: return g->simd;
    case WR_FEATURE_RELAXED_SIMD: return g->relaxed;
    case WR_FEATURE_THREADS:
        return g->threads && op != WR_OP_MEMORY_ATOMIC_WAIT32 && op != WR_OP_MEMORY_ATOMIC_WAIT64;
    case WR_FEATURE_MEMORY_CONTROL: return g->wide; // V8 has neither
    default: return true;
    }
}

static bool uses_vectors(const wr_opinfo *info) {
    for (unsigned i = 0; i < info->npop; i++)
        if (info->pop[i] == WR_V128) return true;
    return info->push == WR_V128;
}

// Any instruction with a plain signature that leaves this result (0: none).
static bool gen_plain(gen *g, wr_valtype result) {
    for (int tries = 0; tries < 8; tries++) {
        wr_op op = (wr_op)gen_ops.ops[result][below(&g->rng, gen_ops.n[result])];
        const wr_opinfo *info = &wr_opinfos[op];
        if (!is_usable(g, op) || !fits_features(g, op) || (uses_vectors(info) && !g->simd)) continue;
        uint32_t memory = g->nmemories > 1 && chance(&g->rng, 4) ? 1 : 0;
        bool wide = memory == 0 && g->is64;
        if (info->push == WR_SIG_ADDRESS && result != (wide ? WR_I64 : WR_I32)) continue;
        for (unsigned i = 0; i < info->npop; i++) {
            if (info->pop[i] != WR_SIG_ADDRESS)
                gen_value(g, info->pop[i]);
            else if (op == WR_OP_MEMORY_GROW)
                gen_put(g, wide ? WR_OP_I64_CONST : WR_OP_I32_CONST, 0, below(&g->rng, 3));
            else
                gen_address(g, memory);
        }
        uint32_t words[4] = {0};
        wr_ins ins = {.op = (uint16_t)op};
        fill_immediates(g, &ins, words, memory);
        gen_ins(g, ins, words);
        return true;
    }
    return false;
}

// --- Variables ---

int gen_pick_local(gen *g, wr_valtype type) {
    uint32_t start = below(&g->rng, g->nlocals);
    for (uint32_t i = 0; i < g->nlocals; i++) {
        uint32_t k = (start + i) % g->nlocals;
        if (g->locals[k] == type) return (int)k;
    }
    return -1;
}

static int pick_global(gen *g, wr_valtype type, bool writable) {
    uint32_t start = below(&g->rng, g->nglobals);
    for (uint32_t i = 0; i < g->nglobals; i++) {
        uint32_t k = (start + i) % g->nglobals;
        if (g->globals[k].type == type && (!writable || g->globals[k].mutable)) return (int)k;
    }
    return -1;
}

// --- Calls ---

static void gen_arguments(gen *g, const signature *s) {
    for (uint32_t i = 0; i < s->nparams; i++) gen_value(g, s->params[i]);
}

static void gen_call_of(gen *g, uint32_t type, uint32_t func, bool indirect) {
    gen_arguments(g, &g->types[type]);
    if (indirect) {
        gen_put(g, WR_OP_I32_CONST, 0, below(&g->rng, 12));
        gen_put(g, WR_OP_CALL_INDIRECT, type, below(&g->rng, g->ntables));
    } else {
        gen_put(g, WR_OP_CALL, func, 0);
    }
}

// A call that leaves exactly this (0: nothing).
static bool gen_call(gen *g, wr_valtype result) {
    for (int tries = 0; tries < 6 && !g->in_piece; tries++) {
        uint32_t func = below(&g->rng, g->nfuncs), type = g->funcs[func];
        const signature *s = &g->types[type];
        bool same = result ? s->nresults == 1 && s->results[0] == result : true;
        if (!same) continue;
        gen_call_of(g, type, func, g->ntables && chance(&g->rng, 3));
        for (uint32_t i = 0; !result && i < s->nresults; i++) gen_put(g, WR_OP_DROP, 0, 0);
        return true;
    }
    return false;
}

static void gen_tail_call(gen *g) {
    for (uint32_t func = below(&g->rng, g->nfuncs), n = 0; n < g->nfuncs;
         n++, func = (func + 1) % g->nfuncs) {
        const signature *s = &g->types[g->funcs[func]];
        if (s->nresults != g->self->nresults ||
            memcmp(s->results, g->self->results, s->nresults * sizeof(wr_valtype)) != 0)
            continue;
        gen_value(g, WR_I32);
        gen_ins(g, (wr_ins){.op = WR_OP_IF, .x = WR_BLOCK_EMPTY}, NULL);
        gen_push_label(g, 0);
        gen_arguments(g, s);
        gen_put(g, WR_OP_RETURN_CALL, func, 0);
        g->nlabels--;
        gen_put(g, WR_OP_END, 0, 0);
        return;
    }
}

// --- Bulk memory and wide arithmetic ---

static void gen_memory_copy(gen *g) {
    bool wide = g->is64;
    gen_address(g, 0);
    gen_address(g, 0);
    gen_put(g, wide ? WR_OP_I64_CONST : WR_OP_I32_CONST, 0, below(&g->rng, 64));
    gen_put(g, WR_OP_MEMORY_COPY, 0, 0);
}

// The memory.init of a sparse segment; after that, drops of it.
static void gen_sparse_init(gen *g) {
    if (g->sparse_is_read) {
        gen_put(g, WR_OP_DATA_DROP, g->passive_data, 0);
        return;
    }
    g->sparse_is_read = true;
    uint32_t from = below(&g->rng, 8);
    gen_put(g, g->is64 ? WR_OP_I64_CONST : WR_OP_I32_CONST, 0, below(&g->rng, 4000));
    gen_put(g, WR_OP_I32_CONST, 0, from);
    gen_put(g, WR_OP_I32_CONST, 0, g->sparse - from - below(&g->rng, 8));
    gen_put(g, WR_OP_MEMORY_INIT, g->passive_data, 0);
}

static void gen_memory_init(gen *g) {
    if (g->sparse) {
        gen_sparse_init(g);
        return;
    }
    gen_address(g, 0);
    gen_put(g, WR_OP_I32_CONST, 0, below(&g->rng, 4));
    gen_put(g, WR_OP_I32_CONST, 0, below(&g->rng, 6));
    gen_put(g, WR_OP_MEMORY_INIT, g->passive_data, 0);
}

static void gen_wide(gen *g) {
    static const uint16_t ops[] = {WR_OP_I64_ADD128, WR_OP_I64_SUB128, WR_OP_I64_MUL_WIDE_S,
                                   WR_OP_I64_MUL_WIDE_U};
    uint32_t pick = below(&g->rng, 4);
    for (uint32_t i = 0; i < (pick < 2 ? 4u : 2u); i++) gen_value(g, WR_I64);
    gen_put(g, (wr_op)ops[pick], 0, 0);
    gen_put(g, WR_OP_DROP, 0, 0);
    gen_put(g, WR_OP_DROP, 0, 0);
}

// --- The two entries ---

static void gen_leaf(gen *g, wr_valtype type) {
    int local = chance(&g->rng, 3) ? -1 : gen_pick_local(g, type);
    int global = local < 0 && chance(&g->rng, 3) ? pick_global(g, type, false) : -1;
    if (local >= 0)
        gen_put(g, WR_OP_LOCAL_GET, (uint32_t)local, 0);
    else if (global >= 0)
        gen_put(g, WR_OP_GLOBAL_GET, (uint32_t)global, 0);
    else
        gen_const(g, type);
}

static void gen_select(gen *g, wr_valtype type) {
    gen_value(g, type);
    gen_value(g, type);
    gen_value(g, WR_I32);
    if (chance(&g->rng, 3) && g->refs)
        gen_ins(g, (wr_ins){.op = WR_OP_SELECT_T, .a = 1}, &type);
    else
        gen_put(g, WR_OP_SELECT, 0, 0);
}

void gen_value(gen *g, wr_valtype type) {
    if (wr_is_ref(type)) {
        gen_reference(g, type);
        return;
    }
    if (g->budget <= 0 || g->nlabels > 18 || (g->jumpy && !chance(&g->rng, 3))) {
        gen_leaf(g, type);
        return;
    }
    switch (below(&g->rng, 12)) {
    case 0: gen_block(g, type); return;
    case 1: gen_if(g, type); return;
    case 2:
        if (gen_call(g, type)) return;
        break;
    case 3: gen_select(g, type); return;
    case 4: {
        int local = gen_pick_local(g, type);
        gen_value(g, type);
        if (local >= 0) gen_put(g, WR_OP_LOCAL_TEE, (uint32_t)local, 0);
        return;
    }
    case 5:
        if (g->refs && gen_ref_value(g, type)) return;
        break;
    case 6:
    case 7: gen_leaf(g, type); return;
    default: break;
    }
    if (!gen_plain(g, type)) gen_leaf(g, type);
}

static void gen_set(gen *g) {
    wr_valtype type = gen_number_type(g);
    int global = chance(&g->rng, 4) ? pick_global(g, type, true) : -1;
    int local = gen_pick_local(g, type);
    gen_value(g, type);
    if (global >= 0)
        gen_put(g, WR_OP_GLOBAL_SET, (uint32_t)global, 0);
    else if (local >= 0)
        gen_put(g, WR_OP_LOCAL_SET, (uint32_t)local, 0);
    else
        gen_put(g, WR_OP_DROP, 0, 0);
}

void gen_statement(gen *g) {
    if (g->budget <= 0 || g->nlabels > 16 || gen_again(g) || gen_rare_statement(g)) return;
    if (g->in_piece && chance(&g->rng, 2)) {
        gen_set(g);
        return;
    }
    switch (below(&g->rng, g->jumpy && chance(&g->rng, 2) ? 5 : 16)) {
    case 0: gen_block(g, 0); return;
    case 1: gen_if(g, 0); return;
    case 2: gen_loop(g); return;
    case 3: gen_br_if(g); return;
    case 4: gen_jump(g); return;
    case 5: gen_call(g, 0); return;
    case 6:
        if (g->nmemories) gen_memory_copy(g);
        return;
    case 7:
        if (g->nmemories && g->passive_data != WR_NONE) gen_memory_init(g);
        return;
    case 8:
        if (g->refs) gen_ref_statement(g);
        return;
    case 9:
        if (g->tail)
            gen_tail_call(g);
        else if (g->wide)
            gen_wide(g);
        return;
    case 10:
    case 11: gen_plain(g, 0); return;
    default: gen_set(g); return;
    }
}
