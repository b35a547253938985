// The fast path of the validator: locals, constants, arithmetic, loads and stores, which make up most of any
// body, with the state in registers. It stops before any instruction that it does not handle, and wherever
// types are not simply equal; the general path then decides and reports errors.
#include "validate_parts.h"

enum { LONGEST = 12 }; // bytes that one instruction may read here without checking for the end

typedef struct line {
    const uint8_t *p;
    wr_valtype *sp; // one past the top of the operand stack
    wr_valtype *floor;
    uint64_t features;
} line;

// Skips a LEB128 number of at most `most` bytes. Returns NULL if it is longer.
static inline const uint8_t *skip_leb(const uint8_t *p, unsigned most) {
    for (unsigned i = 0; i < most; i++)
        if (p[i] < 0x80) return p + i + 1;
    return NULL;
}

// Reads an index of one or two bytes.
static inline const uint8_t *short_index(const uint8_t *p, uint32_t *index) {
    *index = p[0];
    if (WR_LIKELY(p[0] < 0x80)) return p + 1;
    if (p[1] >= 0x80) return NULL;
    *index = (p[0] & 0x7fu) | (uint32_t)p[1] << 7;
    return p + 2;
}

// Each step function returns whether it handled the instruction at l->p.

static inline bool step_local(wr_validator *v, line *l, unsigned op) {
    uint32_t index;
    const uint8_t *next = short_index(l->p + 1, &index);
    if (!next || index >= v->locals.near || (v->locals.track && !v->locals.set[index])) return false;
    wr_valtype type = v->locals.types[index];
    if (op == WR_OP_LOCAL_GET) {
        *l->sp++ = type;
    } else {
        if (l->sp == l->floor || l->sp[-1] != type) return false;
        if (op == WR_OP_LOCAL_SET) l->sp--;
    }
    l->p = next;
    return true;
}

static inline bool step_constant(line *l, const wr_opinfo *info, unsigned most) {
    const uint8_t *next = skip_leb(l->p + 1, most);
    if (!next) return false;
    *l->sp++ = info->push;
    l->p = next;
    return true;
}

static inline bool step_access(wr_validator *v, line *l, const wr_opinfo *info) {
    if (l->p[1] > wr_natural_align(info->imm) || v->address == WR_BOTTOM) return false;
    const uint8_t *next = skip_leb(l->p + 2, 4);
    if (!next) return false;
    if (info->npush) {
        if (l->sp == l->floor || l->sp[-1] != v->address) return false;
        l->sp[-1] = info->push;
    } else {
        if (l->sp - l->floor < 2 || l->sp[-1] != info->pop[1] || l->sp[-2] != v->address) return false;
        l->sp -= 2;
    }
    if (v->memory_uses++ == 0 && v->c) wr_collector_add(v->c, WR_MEMORY, 0);
    l->p = next;
    return true;
}

static inline bool step_select(line *l) {
    if (l->sp - l->floor < 3 || l->sp[-1] != WR_I32 || l->sp[-2] != l->sp[-3] || !wr_is_num(l->sp[-2]))
        return false;
    l->sp -= 2;
    l->p++;
    return true;
}

static inline bool step_plain(line *l, const wr_opinfo *info, unsigned op) {
    if (WR_LIKELY(!info->custom)) {
        if (l->sp - l->floor < info->npop) return false;
        if (info->npop == 2 && (l->sp[-1] != info->pop[1] || l->sp[-2] != info->pop[0])) return false;
        if (info->npop == 1 && l->sp[-1] != info->pop[0]) return false;
        l->sp -= info->npop;
        if (info->npush) *l->sp++ = info->push;
        l->features |= (uint64_t)1 << info->feature;
        l->p++;
        return true;
    }
    if (op == WR_OP_SELECT) return step_select(l);
    if (op != WR_OP_DROP || l->sp == l->floor) return false;
    l->sp--;
    l->p++;
    return true;
}

static inline bool step(wr_validator *v, line *l) {
    unsigned op = wr_op_plain[*l->p];
    if (op == 0) return false;
    if (op == WR_OP_LOCAL_GET + 1) return step_local(v, l, WR_OP_LOCAL_GET); // a quarter of all code
    const wr_opinfo *info = &wr_opinfos[--op];
    switch ((wr_imm)info->imm) {
    case WR_IMM_NONE: return step_plain(l, info, op);
    case WR_IMM_LOCAL: return step_local(v, l, op);
    case WR_IMM_I32: return step_constant(l, info, 4);
    case WR_IMM_I64: return step_constant(l, info, 9);
    case WR_IMM_MEMARG0:
    case WR_IMM_MEMARG1:
    case WR_IMM_MEMARG2:
    case WR_IMM_MEMARG3: return step_access(v, l, info);
    default: return false;
    }
}

void wr_validate_straight(wr_validator *v) {
    line l = {.p = v->r.p, .sp = v->vals + v->nvals, .floor = v->vals + v->floor};
    const wr_valtype *limit = v->vals + v->vals_cap;
    uint32_t n = 0;
    while (v->r.end - l.p >= LONGEST && l.sp < limit && step(v, &l)) n++;
    v->r.p = l.p;
    v->nvals = (uint32_t)(l.sp - v->vals);
    v->features |= l.features;
    v->ninstructions += n;
}
