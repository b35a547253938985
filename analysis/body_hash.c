// The canonical shape of bodies. See body_hash.h.
#include "body_hash.h"

#include "support/hash.h"

uint32_t *wr_body_hash_canon_types(wr_arena *arena, const wr_module *m) {
    uint32_t *canon = WR_NEW(arena, uint32_t, m->ntypes);
    for (uint32_t i = 0; i < m->ntypes; i++) canon[i] = m->types[i].canon;
    return canon;
}

uint8_t *wr_body_hash_may_repeat(wr_arena *arena, const wr_module *m, const uint32_t *canon) {
    size_t size = 256;
    while (size < 4 * (size_t)m->nfuncs) size *= 2;
    uint8_t *often = WR_NEW0(arena, uint8_t, size), *may = WR_NEW0(arena, uint8_t, m->nfuncs);
    uint32_t *slot = WR_NEW(arena, uint32_t, m->nfuncs);
    for (uint32_t i = 0; i < m->nfuncs; i++) {
        const wr_func *func = &m->funcs[i];
        slot[i] = (uint32_t)(wr_hash_word(canon[func->type], func->summary.ninstructions) & (size - 1));
        if (func->live && func->import == WR_NONE && often[slot[i]] < 2) often[slot[i]]++;
    }
    for (uint32_t i = 0; i < m->nfuncs; i++) may[i] = often[slot[i]] > 1;
    return may;
}

static void read_locals(wr_body_hash *s) {
    wr_ins_read_locals(&s->r, s->arena, &s->runs);
    uint32_t n = 0;
    for (uint32_t i = 0; i < s->runs.n; i++) {
        wr_local_run run = {s->runs.v[i].n, wr_remap_valtype(&s->map, s->runs.v[i].type)};
        if (run.n == 0) continue;
        if (n && s->runs.v[n - 1].type == run.type)
            s->runs.v[n - 1].n += run.n;
        else
            s->runs.v[n++] = run;
    }
    s->runs.n = n;
}

void wr_body_hash_begin(wr_body_hash *s, wr_env *env, wr_arena *arena, const wr_module *m,
                        const uint32_t *canon, uint32_t func) {
    *s = (wr_body_hash){.r = wr_reader_of(env, m->funcs[func].body, 0), .arena = arena, .func = WR_NONE};
    s->map.to[WR_TYPE] = canon;
    read_locals(s);
}

// A quick test that most instructions fail: whether it may name a type.
static bool may_name_type(const wr_ins *ins, unsigned imm) {
    switch (imm) {
    case WR_IMM_NONE:
    case WR_IMM_LOCAL:
    case WR_IMM_GLOBAL:
    case WR_IMM_LABEL:
    case WR_IMM_FUNC:
    case WR_IMM_I32:
    case WR_IMM_I64: return false;
    case WR_IMM_BLOCK: return ins->x != WR_BLOCK_EMPTY;
    default: return !wr_is_memarg(imm);
    }
}

bool wr_body_hash_next(wr_body_hash *s) {
    if (wr_at_end(&s->r)) return false;
    s->ext.n = 0;
    wr_ins_read(&s->r, s->arena, &s->ext, &s->ins);
    unsigned imm = wr_opinfos[s->ins.op].imm;
    if (may_name_type(&s->ins, imm)) wr_remap_ins(&s->map, &s->ins, s->ext.v);
    s->func = WR_NONE;
    if (imm == WR_IMM_FUNC || imm == WR_IMM_FUNCREF) {
        s->func = wr_ins_func(&s->ins);
        s->ins.a = 0;
    }
    if (wr_is_memarg(imm) && !(imm >= WR_IMM_ATOMIC0 && imm <= WR_IMM_ATOMIC3)) s->ins.x = 0;
    return true;
}

uint64_t wr_body_hash_locals(const wr_body_hash *s, uint64_t hash) {
    // Mixes the small count, so that it does not meet the next word unmixed.
    hash = wr_hash_word(s->runs.n, hash);
    for (uint32_t i = 0; i < s->runs.n; i++)
        hash = wr_hash_word(hash, (uint64_t)s->runs.v[i].n << 32 | s->runs.v[i].type);
    return hash;
}

uint64_t wr_body_hash_ins(const wr_body_hash *s, uint64_t hash) {
    hash = wr_hash_word(hash, (uint64_t)s->ins.op << 48 | (uint64_t)s->ins.x << 40 |
                                  (uint64_t)s->ins.y << 32 | s->ins.a);
    hash = wr_hash_word(hash, s->ins.b);
    for (uint32_t i = 0; i < s->ext.n; i++) hash = wr_hash_word(hash, s->ext.v[i]);
    return hash;
}

uint64_t wr_body_hash_token(const wr_body_hash *s) {
    uint64_t word =
        (uint64_t)s->ins.op << 48 | (uint64_t)s->ins.x << 40 | (uint64_t)s->ins.y << 32 | s->ins.a;
    uint64_t hash = wr_mix(word ^ s->ins.b * 0x9fb21c651e98df25u ^ (uint64_t)s->func << 24);
    for (uint32_t i = 0; i < s->ext.n; i++) hash = wr_hash_word(hash, s->ext.v[i]);
    return hash;
}

bool wr_body_hash_same_locals(const wr_body_hash *a, const wr_body_hash *b) {
    if (a->runs.n != b->runs.n) return false;
    for (uint32_t i = 0; i < a->runs.n; i++)
        if (a->runs.v[i].n != b->runs.v[i].n || a->runs.v[i].type != b->runs.v[i].type) return false;
    return true;
}

bool wr_body_hash_same_ins(const wr_body_hash *a, const wr_body_hash *b) {
    return a->ins.op == b->ins.op && a->ins.x == b->ins.x && a->ins.y == b->ins.y && a->ins.a == b->ins.a &&
           a->ins.b == b->ins.b && a->ext.n == b->ext.n &&
           (a->ext.n == 0 || memcmp(a->ext.v, b->ext.v, a->ext.n * sizeof *a->ext.v) == 0);
}
