// Known bits and demanded bits. Known bits: which bits of an integer may be set, from the instruction that
// computes it and the bits of its operands; for a local, from all values that it is set to. Demanded bits:
// removes the parts of an expression that only change bits which are not used.
//
//   (i32.store8 P (i32.and X (i32.const 255)))    ->    (i32.store8 P X)
#include "instcombine.h"

#define MAX_DEPTH 6 // the most nested instructions that are examined

// All bits up to the highest one of x.
static uint64_t fill_down(uint64_t x) { return x ? UINT64_MAX >> __builtin_clzll(x) : 0; }

static uint64_t sum_bits(uint64_t x, uint64_t y) {
    uint64_t sum;
    return __builtin_add_overflow(fill_down(x), fill_down(y), &sum) ? UINT64_MAX : fill_down(sum);
}

static uint64_t product_bits(uint64_t x, uint64_t y) {
    uint64_t product;
    return __builtin_mul_overflow(fill_down(x), fill_down(y), &product) ? UINT64_MAX : fill_down(product);
}

// The bits that may be set if x is sign-extended from n bits.
static uint64_t extend_bits(uint64_t x, unsigned n) {
    uint64_t low = x & (UINT64_MAX >> (64 - n));
    return low >> (n - 1) ? low | ~(UINT64_MAX >> (64 - n)) : low;
}

static uint64_t shift_bits(unsigned op, uint64_t x, unsigned n) {
    switch (op) {
    case WR_OP_I32_SHL:
    case WR_OP_I64_SHL: return x << n;
    case WR_OP_I32_SHR_U:
    case WR_OP_I64_SHR_U: return x >> n;
    case WR_OP_I32_SHR_S:
        return extend_bits(x, 32) >> n | (extend_bits(x, 32) >> 63 ? ~(UINT64_MAX >> n) : 0);
    default: return (uint64_t)((int64_t)x >> n);
    }
}

static uint64_t divided_bits(const wr_instcombine *f, const wr_cell *cell, uint64_t x, uint64_t y) {
    bool divides = cell->ins.op == WR_OP_I32_DIV_U || cell->ins.op == WR_OP_I64_DIV_U;
    if (divides) return wr_cell_is_const(f, cell->kid[1]) && y ? fill_down(fill_down(x) / y) : fill_down(x);
    return y ? fill_down(y - (wr_cell_is_const(f, cell->kid[1]) ? 1 : 0)) & fill_down(x) : 0;
}

static uint64_t operation_bits(const wr_instcombine *f, const wr_cell *cell) {
    unsigned op = cell->ins.op;
    uint64_t width = op == WR_OP_SELECT ? UINT64_MAX : wr_instcombine_width_mask(op);
    uint64_t x = wr_cell_bits(f, cell->kid[0]) & width, y = wr_cell_bits(f, cell->kid[1]) & width;
    switch (op) {
    case WR_OP_I32_CLZ:
    case WR_OP_I32_CTZ:
    case WR_OP_I32_POPCNT: return 0x3f;
    case WR_OP_I64_CLZ:
    case WR_OP_I64_CTZ:
    case WR_OP_I64_POPCNT: return 0x7f;
    case WR_OP_I32_ADD:
    case WR_OP_I64_ADD: return sum_bits(x, y);
    case WR_OP_I32_MUL:
    case WR_OP_I64_MUL: return product_bits(x, y);
    case WR_OP_I32_AND:
    case WR_OP_I64_AND: return x & y;
    case WR_OP_I32_OR:
    case WR_OP_I64_OR:
    case WR_OP_I32_XOR:
    case WR_OP_I64_XOR:
    case WR_OP_SELECT: return x | y;
    case WR_OP_I32_SHL:
    case WR_OP_I32_SHR_U:
    case WR_OP_I32_SHR_S:
    case WR_OP_I64_SHL:
    case WR_OP_I64_SHR_U:
    case WR_OP_I64_SHR_S:
        return wr_cell_is_const(f, cell->kid[1])
                   ? shift_bits(op, x, (unsigned)(y & (wr_instcombine_is_64(op) ? 63 : 31)))
                   : UINT64_MAX;
    case WR_OP_I32_DIV_U:
    case WR_OP_I64_DIV_U:
    case WR_OP_I32_REM_U:
    case WR_OP_I64_REM_U: return divided_bits(f, cell, x, y);
    default: return UINT64_MAX;
    }
}

static uint64_t conversion_bits(unsigned op, uint64_t x) {
    switch (op) {
    case WR_OP_I32_EXTEND8_S:
    case WR_OP_I64_EXTEND8_S: return extend_bits(x, 8);
    case WR_OP_I32_EXTEND16_S:
    case WR_OP_I64_EXTEND16_S: return extend_bits(x, 16);
    case WR_OP_I64_EXTEND_I32_S:
    case WR_OP_I64_EXTEND32_S: return extend_bits(x, 32);
    case WR_OP_I64_EXTEND_I32_U:
    case WR_OP_I32_WRAP_I64: return x & WR_MASK32;
    default: return UINT64_MAX;
    }
}

static uint64_t load_bits(unsigned op) {
    switch (op) {
    case WR_OP_I32_LOAD8_U:
    case WR_OP_I64_LOAD8_U:
    case WR_OP_I32_ATOMIC_LOAD8_U:
    case WR_OP_I64_ATOMIC_LOAD8_U: return 0xff;
    case WR_OP_I32_LOAD16_U:
    case WR_OP_I64_LOAD16_U:
    case WR_OP_I32_ATOMIC_LOAD16_U:
    case WR_OP_I64_ATOMIC_LOAD16_U: return 0xffff;
    case WR_OP_I64_LOAD32_U:
    case WR_OP_I64_ATOMIC_LOAD32_U: return WR_MASK32;
    default: return UINT64_MAX;
    }
}

// Known bits of instructions that are neither number operations nor conversions.
static uint64_t other_bits(const wr_instcombine *f, const wr_cell *cell) {
    switch (cell->ins.op) {
    case WR_OP_I32_CONST:
    case WR_OP_I64_CONST: return cell->ins.b;
    case WR_OP_LOCAL_GET: return f->local_bits[wr_ins_local(&cell->ins)];
    case WR_OP_LOCAL_TEE: return wr_cell_bits(f, cell->kid[0]);
    case WR_OP_REF_IS_NULL:
    case WR_OP_REF_EQ: return 1;
    case WR_OP_SELECT: return operation_bits(f, cell);
    default: return load_bits(cell->ins.op);
    }
}

uint64_t wr_known_bits_at(const wr_instcombine *f, uint32_t i) {
    const wr_cell *cell = &f->cells.v[i];
    unsigned op = cell->ins.op;
    uint64_t bits;
    if (op < WR_OP_I32_EQZ || op > WR_OP_I64_EXTEND32_S)
        bits = other_bits(f, cell);
    else if (op <= WR_OP_F64_GE)
        bits = 1;
    else if (op >= WR_OP_I32_WRAP_I64)
        bits = conversion_bits(op, wr_cell_bits(f, cell->kid[0]));
    else
        bits = op >= WR_OP_I32_CLZ && op <= WR_OP_I64_ROTR ? operation_bits(f, cell) : UINT64_MAX;
    return wr_opinfos[op].npush && wr_opinfos[op].push == WR_I32 ? bits & WR_MASK32 : bits;
}

// --- Locals ---

// The bits that may be set in the result of instruction i, as far as it and the one before it tell.
static uint64_t left_bits(const wr_body *body, uint32_t i) {
    for (unsigned n = 0; i && n < MAX_DEPTH && body->ins[i].op == WR_OP_LOCAL_TEE; n++) i--;
    const wr_ins *ins = &body->ins[i], *operand = i ? ins - 1 : ins;
    uint64_t width = wr_instcombine_width_mask(ins->op), c = operand->b & width;
    bool with_const = operand->op == WR_OP_I32_CONST || operand->op == WR_OP_I64_CONST;
    switch (ins->op) {
    case WR_OP_I32_CONST: return ins->b & WR_MASK32;
    case WR_OP_I64_CONST: return ins->b;
    case WR_OP_I32_AND:
    case WR_OP_I64_AND: return with_const ? c : width;
    case WR_OP_I32_SHR_U:
    case WR_OP_I64_SHR_U:
        return with_const ? width >> (c & (wr_instcombine_is_64(ins->op) ? 63 : 31)) : width;
    case WR_OP_I64_EXTEND_I32_U: return WR_MASK32;
    default: return ins->op >= WR_OP_I32_EQZ && ins->op <= WR_OP_F64_GE ? 1 : load_bits(ins->op);
    }
}

const uint64_t *wr_known_bits_locals(wr_arena *arena, const wr_body *body) {
    uint64_t *bits = WR_NEW0(arena, uint64_t, body->nlocals);
    for (uint32_t i = 0; i < body->nparams; i++) bits[i] = UINT64_MAX;
    for (uint32_t i = 0; i < body->n; i++) {
        const wr_ins *ins = &body->ins[i];
        if (ins->op == WR_OP_LOCAL_SET || ins->op == WR_OP_LOCAL_TEE)
            bits[wr_ins_local(ins)] |= i ? left_bits(body, i - 1) : UINT64_MAX;
    }
    return bits;
}

// --- Demanded bits ---

static uint32_t demand(wr_instcombine *f, uint32_t i, uint64_t mask, unsigned depth);

static void demand_kid(wr_instcombine *f, uint32_t i, unsigned k, uint64_t mask, unsigned depth) {
    uint32_t kid = demand(f, wr_cell_operand(f, i, k), mask, depth + 1);
    wr_cell_at(f, i)->kid[k] = kid;
}

// Whether the instruction changes no demanded bits: its constant only affects other bits, or it extends
// beyond them.
static bool is_undemanded(const wr_instcombine *f, uint32_t i, uint64_t mask) {
    uint32_t b = wr_cell_operand(f, i, 1);
    switch (wr_cell_op(f, i)) {
    case WR_OP_I32_EXTEND8_S:
    case WR_OP_I64_EXTEND8_S: return mask <= 0xff;
    case WR_OP_I32_EXTEND16_S:
    case WR_OP_I64_EXTEND16_S: return mask <= 0xffff;
    case WR_OP_I64_EXTEND32_S: return mask <= WR_MASK32;
    case WR_OP_I32_AND:
    case WR_OP_I64_AND: return wr_cell_is_const(f, b) && (wr_cell_const(f, b) & mask) == mask;
    case WR_OP_I32_OR:
    case WR_OP_I64_OR:
    case WR_OP_I32_XOR:
    case WR_OP_I64_XOR: return wr_cell_is_const(f, b) && (wr_cell_const(f, b) & mask) == 0;
    default: return false;
    }
}

static void demand_operands(wr_instcombine *f, uint32_t i, uint64_t mask, unsigned depth) {
    uint32_t b = wr_cell_operand(f, i, 1);
    switch (wr_cell_op(f, i)) {
    case WR_OP_I32_ADD:
    case WR_OP_I64_ADD:
    case WR_OP_I32_SUB:
    case WR_OP_I64_SUB:
    case WR_OP_I32_MUL:
    case WR_OP_I64_MUL:
        mask = fill_down(mask); // carries only go up
        break;
    case WR_OP_I32_AND:
    case WR_OP_I64_AND:
    case WR_OP_I32_OR:
    case WR_OP_I64_OR:
    case WR_OP_I32_XOR:
    case WR_OP_I64_XOR:
    case WR_OP_SELECT: break;
    case WR_OP_I32_WRAP_I64: mask &= WR_MASK32; break;
    case WR_OP_I32_SHL:
    case WR_OP_I64_SHL:
        if (wr_cell_is_const(f, b))
            demand_kid(f, i, 0,
                       mask >> (wr_cell_const(f, b) & (wr_instcombine_is_64(wr_cell_op(f, i)) ? 63 : 31)),
                       depth);
        return;
    default: return;
    }
    demand_kid(f, i, 0, mask, depth);
    if (b != WR_NONE) demand_kid(f, i, 1, mask, depth);
}

static uint32_t demand(wr_instcombine *f, uint32_t i, uint64_t mask, unsigned depth) {
    while (i != WR_NONE && is_undemanded(f, i, mask)) {
        wr_instcombine_keep(f, &i, 0);
        f->changed = true;
    }
    if (i == WR_NONE || depth == MAX_DEPTH) return i;
    demand_operands(f, i, mask, depth);
    wr_instcombine_update(f, i);
    return i;
}

uint32_t wr_instcombine_demand(wr_instcombine *f, uint32_t i, uint64_t mask) { return demand(f, i, mask, 0); }
