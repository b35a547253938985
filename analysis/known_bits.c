// Known bits: a forward rule for each integer instruction, and one sweep for locals. See known_bits.h.
#include "known_bits.h"

#define MAX_DEPTH 6 // the most nested instructions that are examined
#define MASK32 UINT64_C(0xffffffff)

// Whether the operands are i64 rather than i32.
static bool is_64(unsigned op) { return wr_opinfos[op].npop && wr_opinfos[op].pop[0] == WR_I64; }
static uint64_t width_mask(unsigned op) { return is_64(op) ? UINT64_MAX : MASK32; }

static uint64_t sum_bits(uint64_t x, uint64_t y) {
    uint64_t sum;
    return __builtin_add_overflow(wr_known_bits_fill(x), wr_known_bits_fill(y), &sum)
               ? UINT64_MAX
               : wr_known_bits_fill(sum);
}

static uint64_t product_bits(uint64_t x, uint64_t y) {
    uint64_t product;
    return __builtin_mul_overflow(wr_known_bits_fill(x), wr_known_bits_fill(y), &product)
               ? UINT64_MAX
               : wr_known_bits_fill(product);
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

static uint64_t divided_bits(unsigned op, uint64_t x, uint64_t y, bool y_is_const) {
    bool divides = op == WR_OP_I32_DIV_U || op == WR_OP_I64_DIV_U;
    if (divides)
        return y_is_const && y ? wr_known_bits_fill(wr_known_bits_fill(x) / y) : wr_known_bits_fill(x);
    return y ? wr_known_bits_fill(y - (y_is_const ? 1 : 0)) & wr_known_bits_fill(x) : 0;
}

static uint64_t operation_bits(unsigned op, uint64_t x, uint64_t y, bool y_is_const) {
    uint64_t width = width_mask(op);
    x &= width, y &= width;
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
    case WR_OP_I64_XOR: return x | y;
    case WR_OP_I32_SHL:
    case WR_OP_I32_SHR_U:
    case WR_OP_I32_SHR_S:
    case WR_OP_I64_SHL:
    case WR_OP_I64_SHR_U:
    case WR_OP_I64_SHR_S:
        return y_is_const ? shift_bits(op, x, (unsigned)(y & (is_64(op) ? 63 : 31))) : UINT64_MAX;
    case WR_OP_I32_DIV_U:
    case WR_OP_I64_DIV_U:
    case WR_OP_I32_REM_U:
    case WR_OP_I64_REM_U: return divided_bits(op, x, y, y_is_const);
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
    case WR_OP_I32_WRAP_I64: return x & MASK32;
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
    case WR_OP_I64_ATOMIC_LOAD32_U: return MASK32;
    default: return UINT64_MAX;
    }
}

// Known bits of instructions that are neither number operations nor conversions.
static uint64_t other_bits(const wr_ins *ins, uint64_t x, uint64_t y, const uint64_t *local_bits) {
    switch (ins->op) {
    case WR_OP_I32_CONST:
    case WR_OP_I64_CONST: return ins->b;
    case WR_OP_LOCAL_GET: return local_bits[wr_ins_local(ins)];
    case WR_OP_LOCAL_TEE: return x;
    case WR_OP_REF_IS_NULL:
    case WR_OP_REF_EQ: return 1;
    case WR_OP_SELECT: return x | y;
    default: return load_bits(ins->op);
    }
}

uint64_t wr_known_bits(const wr_ins *ins, uint64_t x, uint64_t y, bool y_is_const,
                       const uint64_t *local_bits) {
    unsigned op = ins->op;
    uint64_t bits;
    if (op < WR_OP_I32_EQZ || op > WR_OP_I64_EXTEND32_S)
        bits = other_bits(ins, x, y, local_bits);
    else if (op <= WR_OP_F64_GE)
        bits = 1;
    else if (op >= WR_OP_I32_WRAP_I64)
        bits = conversion_bits(op, x);
    else
        bits =
            op >= WR_OP_I32_CLZ && op <= WR_OP_I64_ROTR ? operation_bits(op, x, y, y_is_const) : UINT64_MAX;
    return wr_opinfos[op].npush && wr_opinfos[op].push == WR_I32 ? bits & MASK32 : bits;
}

// --- Locals ---

// The bits that may be set in the result of instruction i, as far as it and the one before it tell.
static uint64_t left_bits(const wr_body *body, uint32_t i) {
    for (unsigned n = 0; i && n < MAX_DEPTH && body->ins[i].op == WR_OP_LOCAL_TEE; n++) i--;
    const wr_ins *ins = &body->ins[i], *operand = i ? ins - 1 : ins;
    uint64_t width = width_mask(ins->op), c = operand->b & width;
    bool with_const = operand->op == WR_OP_I32_CONST || operand->op == WR_OP_I64_CONST;
    switch (ins->op) {
    case WR_OP_I32_CONST: return ins->b & MASK32;
    case WR_OP_I64_CONST: return ins->b;
    case WR_OP_I32_AND:
    case WR_OP_I64_AND: return with_const ? c : width;
    case WR_OP_I32_SHR_U:
    case WR_OP_I64_SHR_U: return with_const ? width >> (c & (is_64(ins->op) ? 63 : 31)) : width;
    case WR_OP_I64_EXTEND_I32_U: return MASK32;
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
