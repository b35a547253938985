// Collects what instructions name, with counts, and renames it through index maps. The slot tables form a
// sparse set (Briggs and Torczon): a slot counts only if the use that it points to is for that entity, so
// starting on the next function clears nothing.
#include "refs.h"

void wr_collector_init(wr_collector *c, wr_arena *arena) { *c = (wr_collector){.arena = arena}; }

uint32_t wr_space_size(const wr_module *m, wr_space space) {
    switch (space) {
    case WR_FUNC: return m->nfuncs;
    case WR_TABLE: return m->ntables;
    case WR_MEMORY: return m->nmemories;
    case WR_GLOBAL: return m->nglobals;
    case WR_TAG: return m->ntags;
    case WR_TYPE: return m->ntypes;
    case WR_DATA: return m->ndatas;
    case WR_ELEM: return m->nelems;
    default: return 0;
    }
}

static uint32_t slots_needed(const wr_module *m, unsigned kind) {
    if (kind == WR_FUNC_ADDR) return m->nfuncs;
    // Code precedes data in the file and may name any segment of the data count section.
    if (kind == WR_DATA && m->has_data_count && m->data_count > m->ndatas) return m->data_count;
    return wr_space_size(m, (wr_space)kind);
}

void wr_collector_begin(wr_collector *c, const wr_module *m) {
    c->uses.n = 0;
    c->features = 0;
    c->ninstructions = 0;
    c->takes_refs = false;
    for (unsigned kind = 0; kind < WR_REF_KINDS; kind++) {
        uint32_t need = slots_needed(m, kind);
        if (need <= c->size[kind]) continue;
        if (c->size[kind]) need += need / 4; // leave room, since the module grows
        c->slot[kind] = WR_NEW0(c->arena, uint32_t, need);
        c->size[kind] = need;
    }
}

void wr_collector_add_many(wr_collector *c, unsigned kind, uint32_t index, uint32_t count) {
    if (index >= c->size[kind]) return; // out of range: the validator reports it
    uint32_t at = c->slot[kind][index];
    wr_ref ref = wr_make_ref(kind, index);
    if (at < c->uses.n && c->uses.v[at].ref == ref) {
        c->uses.v[at].count += count;
        return;
    }
    c->slot[kind][index] = c->uses.n;
    wr_use use = {ref, count};
    WR_PUSH(c->arena, c->uses, use);
}

void wr_collector_add(wr_collector *c, unsigned kind, uint32_t index) {
    wr_collector_add_many(c, kind, index, 1);
}

void wr_collector_add_valtype(wr_collector *c, wr_valtype type) {
    if (wr_has_index(type)) wr_collector_add(c, WR_TYPE, wr_type_index(type));
}

static void collect_heaptype(wr_collector *c, wr_heaptype heap) {
    if (wr_is_concrete(heap)) wr_collector_add(c, WR_TYPE, wr_type_index(heap));
}

static void collect_block(wr_collector *c, const wr_ins *ins) {
    if (ins->x == WR_BLOCK_TYPE) wr_collector_add(c, WR_TYPE, ins->a);
    if (ins->x == WR_BLOCK_VALUE) wr_collector_add_valtype(c, ins->a);
}

static void collect_catches(wr_collector *c, const uint32_t *words) {
    uint32_t count = *words++;
    for (uint32_t i = 0; i < count; i++, words += 3)
        if (words[0] <= WR_CATCH_REF) wr_collector_add(c, WR_TAG, words[1]);
}

static void collect_handlers(wr_collector *c, const wr_ins *ins, const uint32_t *words) {
    uint32_t count = *words++;
    wr_collector_add(c, WR_TYPE, ins->a);
    for (uint32_t i = 0; i < count; i++, words += 3) wr_collector_add(c, WR_TAG, words[1]);
    if (ins->op == WR_OP_RESUME_THROW) wr_collector_add(c, WR_TAG, *words);
}

// Whether an instruction with such immediates may name something. Most don't, which is quick to see.
static bool may_name(const wr_ins *ins, unsigned imm) {
    const wr_imm_info *info = &wr_imm_infos[imm];
    return info->a != WR_NO_SPACE || (info->types && !(imm == WR_IMM_BLOCK && ins->x == WR_BLOCK_EMPTY));
}

void wr_collector_add_ins(wr_collector *c, const wr_ins *ins, const uint32_t *ext) {
    unsigned imm = wr_opinfos[ins->op].imm;
    wr_imm_info spaces = wr_imm_infos[imm];
    if (spaces.a != WR_NO_SPACE) {
        wr_collector_add(c, spaces.a, ins->a);
        c->takes_refs |= ins->op == WR_OP_TABLE_GET || ins->op == WR_OP_TABLE_COPY;
        if (spaces.b != WR_NO_SPACE) wr_collector_add(c, spaces.b, (uint32_t)ins->b);
        return;
    }
    switch (imm) {
    case WR_IMM_BLOCK: collect_block(c, ins); break;
    case WR_IMM_TRY_TABLE:
        collect_block(c, ins);
        collect_catches(c, ext + ins->b);
        break;
    case WR_IMM_RESUME: collect_handlers(c, ins, ext + ins->b); break;
    case WR_IMM_HEAP: collect_heaptype(c, ins->a); break;
    case WR_IMM_CAST:
        collect_heaptype(c, (uint32_t)ins->b);
        collect_heaptype(c, (uint32_t)(ins->b >> 32));
        break;
    case WR_IMM_TYPES:
        for (uint32_t i = 0; i < ins->a; i++) wr_collector_add_valtype(c, ext[ins->b + i]);
        break;
    default: break;
    }
}

void wr_collector_end(wr_collector *c, wr_arena *arena, wr_summary *summary) {
    summary->nuses = c->uses.n;
    summary->features = c->features;
    summary->ninstructions = c->ninstructions & INT32_MAX;
    summary->takes_refs = c->takes_refs;
    summary->uses = NULL;
    if (!c->uses.n) return;
    summary->uses = WR_NEW(arena, wr_use, c->uses.n);
    memcpy(summary->uses, c->uses.v, c->uses.n * sizeof(wr_use));
}

static void count_ins(wr_collector *c, const wr_ins *ins, const uint32_t *ext) {
    const wr_opinfo *info = &wr_opinfos[ins->op];
    if (may_name(ins, info->imm)) wr_collector_add_ins(c, ins, ext);
    c->features |= (uint64_t)1 << info->feature;
    c->ninstructions++;
}

void wr_collector_add_code(wr_collector *c, wr_env *env, wr_slice code, uint64_t offset) {
    wr_reader r = wr_reader_of(env, code, offset);
    wr_u32s ext = {0};
    wr_ins ins;
    while (!wr_at_end(&r)) {
        ext.n = 0;
        wr_ins_read(&r, &env->temp, &ext, &ins);
        count_ins(c, &ins, ext.v);
    }
}

void wr_collector_add_body(wr_collector *c, wr_env *env, wr_slice body, uint64_t offset) {
    wr_reader r = wr_reader_of(env, body, offset);
    wr_local_runs runs = {0};
    wr_ins_read_locals(&r, &env->temp, &runs);
    for (uint32_t i = 0; i < runs.n; i++) wr_collector_add_valtype(c, runs.v[i].type);
    wr_collector_add_code(c, env, wr_slice_of(r.p, wr_left(&r)), wr_offset(&r));
}

void wr_collector_summarize(wr_collector *c, wr_env *env, const wr_module *m, wr_func *func) {
    wr_collector_begin(c, m);
    wr_collector_add_body(c, env, func->body, 0);
    wr_collector_end(c, &env->code, &func->summary);
}

// Accesses to the first memory are counted apart, once it is known: no other entity is named nearly as often.
static void count_body(wr_collector *c, const wr_body *body) {
    uint32_t accesses = 0;
    uint64_t features = 0;
    for (uint32_t i = 0; i < body->n; i++) {
        const wr_ins *ins = &body->ins[i];
        const wr_opinfo *info = &wr_opinfos[ins->op];
        features |= (uint64_t)1 << info->feature;
        if (!may_name(ins, info->imm) || (wr_is_memarg(info->imm) && !ins->a && accesses++)) continue;
        wr_collector_add_ins(c, ins, body->ext.v);
    }
    if (accesses > 1) wr_collector_add_many(c, WR_MEMORY, 0, accesses - 1);
    c->features |= features;
    c->ninstructions += body->n;
}

void wr_collector_summarize_body(wr_collector *c, wr_env *env, const wr_module *m, wr_func *func,
                                 const wr_body *body) {
    wr_collector_begin(c, m);
    for (uint32_t i = 0; i < body->runs.n; i++)
        if (body->runs.v[i].n) wr_collector_add_valtype(c, body->runs.v[i].type);
    count_body(c, body);
    wr_collector_end(c, &env->code, &func->summary);
}

// --- Renaming ---

wr_valtype wr_remap_valtype(const wr_remap *map, wr_valtype type) {
    if (!wr_has_index(type)) return type;
    return (type & ~WR_INDEX_MASK) | wr_remap_index(map, WR_TYPE, wr_type_index(type));
}

static wr_heaptype remap_heaptype(const wr_remap *map, wr_heaptype heap) {
    if (!wr_is_concrete(heap)) return heap;
    return (heap & WR_EXACT) | wr_remap_index(map, WR_TYPE, wr_type_index(heap));
}

static void remap_block(const wr_remap *map, wr_ins *ins) {
    if (ins->x == WR_BLOCK_TYPE) ins->a = wr_remap_index(map, WR_TYPE, ins->a);
    if (ins->x == WR_BLOCK_VALUE) ins->a = wr_remap_valtype(map, ins->a);
}

static void remap_catches(const wr_remap *map, uint32_t *words) {
    uint32_t count = *words++;
    for (uint32_t i = 0; i < count; i++, words += 3)
        if (words[0] <= WR_CATCH_REF) words[1] = wr_remap_index(map, WR_TAG, words[1]);
}

static void remap_handlers(const wr_remap *map, wr_ins *ins, uint32_t *words) {
    uint32_t count = *words++;
    ins->a = wr_remap_index(map, WR_TYPE, ins->a);
    for (uint32_t i = 0; i < count; i++, words += 3) words[1] = wr_remap_index(map, WR_TAG, words[1]);
    if (ins->op == WR_OP_RESUME_THROW) *words = wr_remap_index(map, WR_TAG, *words);
}

static void remap_special(const wr_remap *map, wr_ins *ins, uint32_t *ext, unsigned imm) {
    switch (imm) {
    case WR_IMM_BLOCK: remap_block(map, ins); break;
    case WR_IMM_TRY_TABLE:
        remap_block(map, ins);
        remap_catches(map, ext + ins->b);
        break;
    case WR_IMM_RESUME: remap_handlers(map, ins, ext + ins->b); break;
    case WR_IMM_HEAP: ins->a = remap_heaptype(map, ins->a); break;
    case WR_IMM_CAST:
        ins->b = remap_heaptype(map, (uint32_t)ins->b) |
                 (uint64_t)remap_heaptype(map, (uint32_t)(ins->b >> 32)) << 32;
        break;
    case WR_IMM_TYPES:
        for (uint32_t i = 0; i < ins->a; i++) ext[ins->b + i] = wr_remap_valtype(map, ext[ins->b + i]);
        break;
    default: break;
    }
}

bool wr_remap_ins(const wr_remap *map, wr_ins *ins, uint32_t *ext) {
    unsigned imm = wr_opinfos[ins->op].imm;
    wr_imm_info spaces = wr_imm_infos[imm];
    if (spaces.a == WR_NO_SPACE) {
        if (!spaces.types) return false;
        if (imm == WR_IMM_BLOCK && ins->x == WR_BLOCK_EMPTY) return false;
        remap_special(map, ins, ext, imm);
        return true;
    }
    wr_ins old = *ins;
    ins->a = wr_remap_index(map, spaces.a == WR_FUNC_ADDR ? WR_FUNC : spaces.a, ins->a);
    if (spaces.b != WR_NO_SPACE) ins->b = wr_remap_index(map, spaces.b, (uint32_t)ins->b);
    return ins->a != old.a || ins->b != old.b;
}
