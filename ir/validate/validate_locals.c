// Tracks a function's locals during validation: their types, and which of the non-defaultable ones are
// initialized.
//
// Declarations are runs, and six bytes can declare four billion locals. So only as many locals as the body
// could use are laid out in an array. The others are found by binary search in the runs and get a slot when
// they are first used.
#include "support/hash.h"
#include "support/search.h"
#include "validate_parts.h"

enum { NEAR_LOCALS = 256 }; // laid out at least, plus one for each byte of the body

static uint32_t add_slot(wr_validator *v, wr_valtype type, bool is_param) {
    wr_local_table *l = &v->locals;
    if (l->n == l->cap) {
        uint32_t cap = l->cap * 2 + 16;
        l->types = wr_grow(&v->env->temp, l->types, l->cap * sizeof *l->types, cap * sizeof *l->types);
        l->set = wr_grow(&v->env->temp, l->set, l->cap, cap);
        l->cap = cap;
    }
    l->types[l->n] = wr_canon_type(v->m, type);
    l->set[l->n] = is_param || wr_is_defaultable(type);
    return l->n++;
}

static void lay_out(wr_validator *v) {
    wr_local_table *l = &v->locals;
    for (uint32_t i = 0; i < l->signature->nparams && l->n < l->near; i++)
        add_slot(v, l->signature->values[i], true);
    for (uint32_t i = 0; i < l->runs.n && l->n < l->near; i++)
        for (uint32_t k = 0; k < l->runs.v[i].n && l->n < l->near; k++) add_slot(v, l->runs.v[i].type, false);
}

void wr_validator_begin_locals(wr_validator *v, const wr_type *signature, size_t body_size) {
    wr_local_table *l = &v->locals;
    l->signature = signature;
    l->count = (uint64_t)signature->nparams + wr_ins_read_locals(&v->r, &v->env->temp, &l->runs);
    for (uint32_t i = 0; i < l->runs.n; i++) {
        wr_validator_check_valtype(v, l->runs.v[i].type);
        if (l->runs.v[i].n && !wr_is_defaultable(l->runs.v[i].type)) l->track = true;
        if (v->c) wr_collector_add_valtype(v->c, l->runs.v[i].type);
    }
    uint64_t most = NEAR_LOCALS + (uint64_t)body_size;
    l->near = l->cap = (uint32_t)(l->count < most ? l->count : most);
    l->types = WR_NEW(&v->env->temp, wr_valtype, l->cap);
    l->set = WR_NEW(&v->env->temp, uint8_t, l->cap);
    lay_out(v);
}

// --- Far locals ---

static void lay_out_ends(wr_validator *v) {
    wr_local_table *l = &v->locals;
    l->ends = WR_NEW(&v->env->temp, uint64_t, l->runs.n);
    uint64_t end = l->signature->nparams;
    for (uint32_t i = 0; i < l->runs.n; i++) l->ends[i] = end += l->runs.v[i].n;
}

static wr_valtype far_type(wr_validator *v, uint32_t index) {
    wr_local_table *l = &v->locals;
    if (index < l->signature->nparams) return l->signature->values[index];
    if (!l->ends) lay_out_ends(v);
    uint32_t low;
    WR_SEARCH(low, 0, l->runs.n, l->ends[low] <= index);
    return l->runs.v[low].type;
}

uint32_t wr_validator_far_slot(wr_validator *v, uint32_t index) {
    wr_local_table *l = &v->locals;
    if (index >= l->count)
        WR_INVALID(v, "local index %u is out of range: there are %llu", index, (unsigned long long)l->count);
    uint32_t i;
    WR_MAP_FIND(&l->far_map, wr_mix(index), i, l->far.v[i].index == index);
    if (i != WR_NONE) return l->far.v[i].slot;
    wr_far_local far = {index, add_slot(v, far_type(v, index), index < l->signature->nparams)};
    wr_map_add(&l->far_map, &v->env->temp, wr_mix(index), l->far.n);
    WR_PUSH(&v->env->temp, l->far, far);
    return far.slot;
}

// --- Instructions ---

void wr_validator_local_was_set(wr_validator *v, uint32_t slot) {
    if (v->locals.set[slot]) return;
    v->locals.set[slot] = true;
    WR_PUSH(&v->env->temp, v->locals.log, slot);
}

void wr_validator_forget_inits(wr_validator *v, uint32_t length) {
    wr_u32s *log = &v->locals.log;
    while (log->n > length) v->locals.set[log->v[--log->n]] = false;
}

void wr_validate_local(wr_validator *v, const wr_ins *ins) {
    uint32_t slot = wr_validator_local_slot(v, ins->a);
    if (ins->op == WR_OP_LOCAL_GET) {
        if (WR_UNLIKELY(!v->locals.set[slot])) WR_INVALID(v, "local %u is read before it is set", ins->a);
        wr_validator_push(v, v->locals.types[slot]);
        return;
    }
    wr_validator_pop_is(v, v->locals.types[slot], 1);
    if (v->locals.track) wr_validator_local_was_set(v, slot);
    if (ins->op == WR_OP_LOCAL_TEE) wr_validator_push(v, v->locals.types[slot]);
}
