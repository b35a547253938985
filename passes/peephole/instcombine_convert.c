// Rules for conversions: removes pairs that undo each other, merges extensions into loads, and computes in 32
// bits what is extended to 64 and wrapped again.
//
//   (i32.wrap_i64 (i64.add (i64.extend_i32_u X) (i64.extend_i32_u Y)))    ->    (i32.add X Y)
//   (i64.extend_i32_u (i32.load8_u P))                                    ->    (i64.load8_u P)
#include "instcombine.h"

unsigned wr_instcombine_joined_load(unsigned conversion, unsigned load) {
#define JOIN(conv, from, to) \
    if (conversion == WR_OP_##conv && load == WR_OP_##from) return WR_OP_##to;
    JOIN(I64_EXTEND_I32_U, I32_LOAD8_U, I64_LOAD8_U)
    JOIN(I64_EXTEND_I32_U, I32_LOAD16_U, I64_LOAD16_U)
    JOIN(I64_EXTEND_I32_U, I32_LOAD, I64_LOAD32_U)
    JOIN(I64_EXTEND_I32_S, I32_LOAD8_U, I64_LOAD8_U)
    JOIN(I64_EXTEND_I32_S, I32_LOAD16_U, I64_LOAD16_U)
    JOIN(I64_EXTEND_I32_S, I32_LOAD8_S, I64_LOAD8_S)
    JOIN(I64_EXTEND_I32_S, I32_LOAD16_S, I64_LOAD16_S)
    JOIN(I64_EXTEND_I32_S, I32_LOAD, I64_LOAD32_S)
    JOIN(I32_WRAP_I64, I64_LOAD8_U, I32_LOAD8_U)
    JOIN(I32_WRAP_I64, I64_LOAD8_S, I32_LOAD8_S)
    JOIN(I32_WRAP_I64, I64_LOAD16_U, I32_LOAD16_U)
    JOIN(I32_WRAP_I64, I64_LOAD16_S, I32_LOAD16_S)
    JOIN(I32_WRAP_I64, I64_LOAD32_U, I32_LOAD)
    JOIN(I32_WRAP_I64, I64_LOAD32_S, I32_LOAD)
    JOIN(I32_EXTEND8_S, I32_LOAD8_U, I32_LOAD8_S)
    JOIN(I32_EXTEND8_S, I32_LOAD8_S, I32_LOAD8_S)
    JOIN(I32_EXTEND16_S, I32_LOAD8_S, I32_LOAD8_S)
    JOIN(I32_EXTEND16_S, I32_LOAD16_U, I32_LOAD16_S)
    JOIN(I32_EXTEND16_S, I32_LOAD16_S, I32_LOAD16_S)
    JOIN(I64_EXTEND8_S, I64_LOAD8_U, I64_LOAD8_S)
    JOIN(I64_EXTEND8_S, I64_LOAD8_S, I64_LOAD8_S)
    JOIN(I64_EXTEND16_S, I64_LOAD8_S, I64_LOAD8_S)
    JOIN(I64_EXTEND16_S, I64_LOAD16_U, I64_LOAD16_S)
    JOIN(I64_EXTEND16_S, I64_LOAD16_S, I64_LOAD16_S)
    JOIN(I64_EXTEND32_S, I64_LOAD8_S, I64_LOAD8_S)
    JOIN(I64_EXTEND32_S, I64_LOAD16_S, I64_LOAD16_S)
    JOIN(I64_EXTEND32_S, I64_LOAD32_U, I64_LOAD32_S)
    JOIN(I64_EXTEND32_S, I64_LOAD32_S, I64_LOAD32_S)
    JOIN(I32_REINTERPRET_F32, F32_LOAD, I32_LOAD)
    JOIN(F32_REINTERPRET_I32, I32_LOAD, F32_LOAD)
    JOIN(I64_REINTERPRET_F64, F64_LOAD, I64_LOAD)
    JOIN(F64_REINTERPRET_I64, I64_LOAD, F64_LOAD)
#undef JOIN
    return WR_OP_NOP;
}

// The conversion that does the same as inner followed by outer, or WR_OP_NOP.
static unsigned joined_conversion(unsigned outer, unsigned inner, bool sign_extends) {
#define JOIN(out, in, to) \
    if (outer == WR_OP_##out && inner == WR_OP_##in) return WR_OP_##to;
    JOIN(I64_EXTEND32_S, I64_EXTEND_I32_U, I64_EXTEND_I32_S)
    JOIN(I64_EXTEND32_S, I64_EXTEND_I32_S, I64_EXTEND_I32_S)
    JOIN(I64_EXTEND32_S, I64_EXTEND16_S, I64_EXTEND16_S)
    JOIN(I64_EXTEND32_S, I64_EXTEND8_S, I64_EXTEND8_S)
    JOIN(I64_EXTEND16_S, I64_EXTEND8_S, I64_EXTEND8_S)
    JOIN(I32_EXTEND16_S, I32_EXTEND8_S, I32_EXTEND8_S)
    JOIN(F32_CONVERT_I64_S, I64_EXTEND_I32_S, F32_CONVERT_I32_S)
    JOIN(F32_CONVERT_I64_S, I64_EXTEND_I32_U, F32_CONVERT_I32_U)
    JOIN(F32_CONVERT_I64_U, I64_EXTEND_I32_U, F32_CONVERT_I32_U)
    JOIN(F64_CONVERT_I64_S, I64_EXTEND_I32_S, F64_CONVERT_I32_S)
    JOIN(F64_CONVERT_I64_S, I64_EXTEND_I32_U, F64_CONVERT_I32_U)
    JOIN(F64_CONVERT_I64_U, I64_EXTEND_I32_U, F64_CONVERT_I32_U)
    JOIN(F32_DEMOTE_F64, F64_CONVERT_I32_S, F32_CONVERT_I32_S)
    JOIN(F32_DEMOTE_F64, F64_CONVERT_I32_U, F32_CONVERT_I32_U)
    if (sign_extends) {
        JOIN(I64_EXTEND_I32_S, I32_WRAP_I64, I64_EXTEND32_S)
    }
#undef JOIN
    return WR_OP_NOP;
}

// Whether the outer conversion gives back what the inner one took.
static bool cancels(const wr_instcombine *f, unsigned outer, unsigned inner, uint32_t taken) {
    switch (outer) {
    case WR_OP_I32_WRAP_I64: return inner == WR_OP_I64_EXTEND_I32_S || inner == WR_OP_I64_EXTEND_I32_U;
    case WR_OP_I64_EXTEND_I32_U: return inner == WR_OP_I32_WRAP_I64 && wr_cell_bits(f, taken) <= WR_MASK32;
    case WR_OP_I64_EXTEND_I32_S:
        return inner == WR_OP_I32_WRAP_I64 && wr_cell_bits(f, taken) <= WR_MASK32 / 2;
    case WR_OP_I32_REINTERPRET_F32: return inner == WR_OP_F32_REINTERPRET_I32;
    case WR_OP_F32_REINTERPRET_I32: return inner == WR_OP_I32_REINTERPRET_F32;
    case WR_OP_I64_REINTERPRET_F64: return inner == WR_OP_F64_REINTERPRET_I64;
    case WR_OP_F64_REINTERPRET_I64: return inner == WR_OP_I64_REINTERPRET_F64;
    default: return false;
    }
}

// How many low bits a sign extension within one type reads; 0 for other instructions.
static unsigned extended_width(unsigned op) {
    switch (op) {
    case WR_OP_I32_EXTEND8_S:
    case WR_OP_I64_EXTEND8_S: return 8;
    case WR_OP_I32_EXTEND16_S:
    case WR_OP_I64_EXTEND16_S: return 16;
    case WR_OP_I64_EXTEND32_S: return 32;
    default: return 0;
    }
}

static bool is_extension(unsigned op) { return op == WR_OP_I64_EXTEND_I32_S || op == WR_OP_I64_EXTEND_I32_U; }

static bool can_be_word(const wr_instcombine *f, uint32_t i) {
    return wr_cell_is_const(f, i) || is_extension(wr_cell_op(f, i));
}

// Replaces a 64-bit operand by the 32-bit value that its low half comes from.
static void make_word(wr_instcombine *f, uint32_t i, unsigned k) {
    uint32_t kid = wr_cell_operand(f, i, k);
    if (!wr_cell_is_const(f, kid)) {
        wr_instcombine_bypass(f, i, k);
        return;
    }
    wr_cell_at(f, kid)->ins.op = WR_OP_I32_CONST;
    wr_instcombine_set_const(f, kid, wr_cell_const(f, kid));
}

// 64-bit operations whose low half only depends on the low halves of the operands.
static bool fold_wrapped_operation(wr_instcombine *f, uint32_t *i) {
    uint32_t a = wr_cell_operand(f, *i, 0);
    switch (wr_cell_op(f, a)) {
    case WR_OP_I64_ADD:
    case WR_OP_I64_SUB:
    case WR_OP_I64_MUL:
    case WR_OP_I64_AND:
    case WR_OP_I64_OR:
    case WR_OP_I64_XOR: break;
    case WR_OP_I64_SHL:
        if (!wr_cell_is_const(f, wr_cell_operand(f, a, 1)) ||
            (wr_cell_const(f, wr_cell_operand(f, a, 1)) & 63) > 31)
            return false;
        break;
    default: return false;
    }
    if (!can_be_word(f, wr_cell_operand(f, a, 0)) || !can_be_word(f, wr_cell_operand(f, a, 1))) return false;
    make_word(f, a, 0);
    make_word(f, a, 1);
    wr_instcombine_keep(f, i, 0);
    wr_instcombine_set(f, a, wr_cell_op(f, a) - WR_ARITHMETIC_64);
    return true;
}

static bool fold_demanded(wr_instcombine *f, uint32_t i, uint64_t mask) {
    uint32_t a = wr_cell_operand(f, i, 0), demanded = wr_instcombine_demand(f, a, mask);
    wr_cell_at(f, i)->kid[0] = demanded;
    wr_instcombine_update(f, i);
    return demanded != a;
}

bool wr_instcombine_conversion(wr_instcombine *f, uint32_t *i) {
    uint32_t a = wr_cell_operand(f, *i, 0);
    unsigned op = wr_cell_op(f, *i), inner = wr_cell_op(f, a), width = extended_width(op);
    if (a == WR_NONE) return false;
    if (cancels(f, op, inner, wr_cell_operand(f, a, 0))) {
        wr_instcombine_keep(f, i, 0);
        wr_instcombine_keep(f, i, 0);
        return true;
    }
    unsigned joined = wr_instcombine_joined_load(op, inner);
    if (joined == WR_OP_NOP && width && wr_cell_bits(f, a) <= UINT64_MAX >> (65 - width))
        joined = inner; // the sign bit is clear
    if (joined != WR_OP_NOP) {
        wr_instcombine_keep(f, i, 0);
        wr_instcombine_set(f, *i, joined);
        return true;
    }
    joined = joined_conversion(op, inner, wr_pass_may_use(f->c, WR_F(SIGN_EXT)));
    if (joined != WR_OP_NOP) {
        wr_instcombine_bypass(f, *i, 0);
        wr_instcombine_set(f, *i, joined);
        return true;
    }
    if (op == WR_OP_I32_WRAP_I64) return fold_wrapped_operation(f, i) || fold_demanded(f, *i, WR_MASK32);
    return width && fold_demanded(f, *i, UINT64_MAX >> (64 - width));
}
