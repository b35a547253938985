// Rules for integer comparisons: inverse comparisons instead of eqz, comparisons with zero or with values
// outside the known bits, shorter constants, and operands before they were extended.
//
//   (i32.lt_u X (i32.const 1))                                       ->    (i32.eqz X)
//   (i64.eq (i64.extend_i32_u X) (i64.extend_i32_u Y))               ->    (i32.eq X Y)
#include "instcombine.h"

#define TO_64 (WR_OP_I64_EQZ - WR_OP_I32_EQZ)

static unsigned narrow(unsigned op) {
    if (op >= WR_OP_I32_EQZ && op <= WR_OP_I32_GE_U) return op;
    return op >= WR_OP_I64_EQZ && op <= WR_OP_I64_GE_U ? op - TO_64 : WR_OP_NOP;
}

static unsigned like(unsigned op, unsigned op32) { return wr_instcombine_is_64(op) ? op32 + TO_64 : op32; }

static bool is_extension(unsigned op) { return op == WR_OP_I64_EXTEND_I32_S || op == WR_OP_I64_EXTEND_I32_U; }

// The 32-bit load that a 64-bit load extends, or WR_OP_NOP.
static unsigned word_load(unsigned op) { return wr_instcombine_joined_load(WR_OP_I32_WRAP_I64, op); }

// The instruction that extends the 64-bit value at i from 32 bits, or WR_OP_NOP.
static unsigned extension_at(const wr_instcombine *f, uint32_t i) {
    unsigned op = wr_cell_op(f, i);
    if (is_extension(op)) return op;
    if (word_load(op) == WR_OP_NOP) return WR_OP_NOP;
    return wr_cell_bits(f, i) <= WR_MASK32 ? WR_OP_I64_EXTEND_I32_U : WR_OP_I64_EXTEND_I32_S;
}

// Removes the extension of operand k, which is an instruction of its own or part of a load.
static void drop_extension(wr_instcombine *f, uint32_t i, unsigned k) {
    uint32_t kid = wr_cell_operand(f, i, k);
    unsigned load = word_load(wr_cell_op(f, kid));
    if (load == WR_OP_NOP)
        wr_instcombine_bypass(f, i, k);
    else
        wr_instcombine_set(f, kid, load);
}

// Removes the second operand; the comparison becomes eqz.
static void set_eqz(wr_instcombine *f, uint32_t i) {
    wr_instcombine_remove(f, wr_cell_operand(f, i, 1));
    wr_cell_at(f, i)->kid[1] = WR_NONE;
    wr_instcombine_set(f, i, like(wr_cell_op(f, i), WR_OP_I32_EQZ));
}

// Replaces a comparison with a known result by that, if its operands can be removed.
static bool set_truth(wr_instcombine *f, uint32_t i, bool truth) {
    if (!wr_cell_is_removable(f, i)) return false;
    wr_instcombine_to_const(f, i, truth);
    return true;
}

// --- eqz ---

// x - y and x ^ y are zero if x equals y, and x + c if x equals -c.
static bool fold_eqz_of_difference(wr_instcombine *f, uint32_t *i, uint32_t a) {
    unsigned op = wr_cell_op(f, a), delta = wr_instcombine_is_64(op) ? TO_64 : 0;
    uint32_t b = wr_cell_operand(f, a, 1);
    if (op == WR_OP_I32_ADD || op == WR_OP_I64_ADD) {
        if (!wr_cell_is_const(f, b)) return false;
        wr_instcombine_set_const(f, b, 0 - wr_cell_const(f, b));
    } else if (op != WR_OP_I32_SUB && op != WR_OP_I64_SUB && op != WR_OP_I32_XOR && op != WR_OP_I64_XOR) {
        return false;
    }
    wr_instcombine_keep(f, i, 0);
    wr_instcombine_set(f, *i, WR_OP_I32_EQ + delta);
    return true;
}

static bool fold_eqz(wr_instcombine *f, uint32_t *i) {
    uint32_t a = wr_cell_operand(f, *i, 0);
    unsigned op = wr_cell_op(f, *i), inner = wr_cell_op(f, a), other = wr_op_opposite(inner);
    if (other) {
        wr_instcombine_keep(f, i, 0);
        wr_instcombine_set(f, a, other);
        return true;
    }
    if (fold_eqz_of_difference(f, i, a)) return true;
    if (op == WR_OP_I64_EQZ && extension_at(f, a) != WR_OP_NOP) {
        drop_extension(f, *i, 0);
        wr_instcombine_set(f, *i, WR_OP_I32_EQZ);
        return true;
    }
    if (op == WR_OP_I64_EQZ) return false;
    if (inner == WR_OP_I32_WRAP_I64 && wr_cell_bits(f, wr_cell_operand(f, a, 0)) <= WR_MASK32) {
        wr_instcombine_bypass(f, *i, 0);
        wr_instcombine_set(f, *i, WR_OP_I64_EQZ);
        return true;
    }
    if (inner == WR_OP_I32_EQZ && (wr_cell_bits(f, wr_cell_operand(f, a, 0)) & WR_MASK32) <= 1) {
        wr_instcombine_bypass(f, *i, 0);
        wr_instcombine_keep(f, i, 0);
        return true;
    }
    uint32_t shorter = a == WR_NONE ? a : wr_instcombine_condition(f, a);
    wr_cell_at(f, *i)->kid[0] = shorter;
    return shorter != a;
}

// --- Operands before they were extended ---

// Whether the 64-bit operand is the extension of a 32-bit value in this way.
static bool is_extended(const wr_instcombine *f, uint32_t i, unsigned extension) {
    if (!wr_cell_is_const(f, i)) return extension_at(f, i) == extension;
    uint64_t c = wr_cell_const(f, i);
    return extension == WR_OP_I64_EXTEND_I32_U ? c <= WR_MASK32 : c == (uint64_t)(int64_t)(int32_t)c;
}

// The 32-bit comparison with the same result. Zero-extended numbers are not negative, so signed comparisons
// of them become unsigned ones.
static unsigned word_comparison(unsigned op, unsigned extension) {
    op = narrow(op);
    if (extension == WR_OP_I64_EXTEND_I32_S) return op;
    switch (op) {
    case WR_OP_I32_LT_S:
    case WR_OP_I32_GT_S:
    case WR_OP_I32_LE_S:
    case WR_OP_I32_GE_S: return op + 1;
    default: return op;
    }
}

static bool fold_extended(wr_instcombine *f, uint32_t i) {
    uint32_t a = wr_cell_operand(f, i, 0), b = wr_cell_operand(f, i, 1);
    unsigned extension = extension_at(f, a);
    if (!wr_instcombine_is_64(wr_cell_op(f, i)) || extension == WR_OP_NOP || !is_extended(f, b, extension))
        return false;
    drop_extension(f, i, 0);
    if (wr_cell_is_const(f, b)) {
        wr_cell_at(f, b)->ins.op = WR_OP_I32_CONST;
        wr_instcombine_set_const(f, b, wr_cell_const(f, b));
    } else {
        drop_extension(f, i, 1);
    }
    wr_instcombine_set(f, i, word_comparison(wr_cell_op(f, i), extension));
    return true;
}

// --- Equality with a constant ---

// x + c, x ^ c or c - x compared with a constant: compares x with another constant.
static bool fold_equal_sum(wr_instcombine *f, uint32_t i) {
    uint32_t a = wr_cell_operand(f, i, 0), b = wr_cell_operand(f, i, 1), first = wr_cell_operand(f, a, 0),
             second = wr_cell_operand(f, a, 1);
    unsigned op = wr_cell_op(f, a);
    uint64_t c = wr_cell_const(f, b);
    bool is_sub = op == WR_OP_I32_SUB || op == WR_OP_I64_SUB,
         is_add = op == WR_OP_I32_ADD || op == WR_OP_I64_ADD;
    if (is_sub && wr_cell_is_const(f, first)) {
        uint32_t kept = a;
        wr_instcombine_set_const(f, b, wr_cell_const(f, first) - c);
        wr_instcombine_keep(f, &kept, 1);
        wr_cell_at(f, i)->kid[0] = kept;
        wr_instcombine_update(f, i);
        return true;
    }
    if (!wr_cell_is_const(f, second)) return false;
    if (!is_sub && !is_add && op != WR_OP_I32_XOR && op != WR_OP_I64_XOR) return false;
    uint64_t more = wr_cell_const(f, second);
    wr_instcombine_set_const(f, b, is_sub ? c + more : is_add ? c - more : c ^ more);
    wr_instcombine_bypass(f, i, 0);
    return true;
}

static bool fold_equality(wr_instcombine *f, uint32_t *i, bool equal) {
    uint32_t a = wr_cell_operand(f, *i, 0), b = wr_cell_operand(f, *i, 1);
    unsigned op = wr_cell_op(f, *i);
    uint64_t c = wr_cell_const(f, b) & wr_instcombine_width_mask(op),
             bits = wr_cell_bits(f, a) & wr_instcombine_width_mask(op);
    bool is_truth = bits <= 1;
    if ((equal && c == 0) || (is_truth && !equal && c == 1)) {
        set_eqz(f, *i);
        return true;
    }
    if (is_truth && c == equal && !wr_instcombine_is_64(op)) {
        wr_instcombine_keep(f, i, 0);
        return true;
    }
    if (c & ~bits && set_truth(f, *i, !equal)) return true;
    return fold_equal_sum(f, *i);
}

// --- Order ---

// Unsigned comparison with the constant c of a value x in which only `bits` may be set.
static bool fold_order(wr_instcombine *f, uint32_t *i, unsigned op32, uint64_t c, uint64_t bits) {
    bool strict = op32 == WR_OP_I32_LT_U || op32 == WR_OP_I32_GE_U; // decided by x < c; the others by x <= c
    bool below = op32 == WR_OP_I32_LT_U || op32 == WR_OP_I32_LE_U;
    uint64_t limit = strict ? c : c + 1; // the test is whether x is below the limit; 0 stands for 2 ^ width
    if (strict && c == 0) return set_truth(f, *i, !below);
    if ((!strict && bits <= c) || (strict && bits < c)) return set_truth(f, *i, below);
    if (limit == 1 && below) set_eqz(f, *i);
    return limit == 1 && below;
}

// Rewrites x < c as x <= c - 1 and so on, where that constant is shorter.
static bool fold_bound(wr_instcombine *f, uint32_t i, unsigned op32, uint64_t c) {
    unsigned op = wr_cell_op(f, i);
    bool has_sign =
        op32 == WR_OP_I32_LT_S || op32 == WR_OP_I32_GT_S || op32 == WR_OP_I32_LE_S || op32 == WR_OP_I32_GE_S;
    bool down =
        op32 == WR_OP_I32_LT_S || op32 == WR_OP_I32_LT_U || op32 == WR_OP_I32_GE_S || op32 == WR_OP_I32_GE_U;
    uint64_t width = wr_instcombine_width_mask(op), least = has_sign ? width / 2 + 1 : 0,
             most = has_sign ? width / 2 : width;
    if ((c & width) == (down ? least : most)) return false;
    uint64_t next = wr_instcombine_sign_extended(op, down ? c - 1 : c + 1);
    if (wr_sleb_size((int64_t)next) >= wr_sleb_size((int64_t)c)) return false;
    static const unsigned strictness[][2] = {
        {WR_OP_I32_LT_S, WR_OP_I32_LE_S},
        {WR_OP_I32_LT_U, WR_OP_I32_LE_U},
        {WR_OP_I32_GT_S, WR_OP_I32_GE_S},
        {WR_OP_I32_GT_U, WR_OP_I32_GE_U},
    };
    for (unsigned k = 0; k < WR_COUNT(strictness); k++) {
        if (op32 != strictness[k][0] && op32 != strictness[k][1]) continue;
        wr_instcombine_set_const(f, wr_cell_operand(f, i, 1), next);
        wr_instcombine_set(f, i, like(op, strictness[k][op32 == strictness[k][0]]));
        return true;
    }
    return false;
}

static bool fold_with_const(wr_instcombine *f, uint32_t *i) {
    unsigned op = wr_cell_op(f, *i), op32 = narrow(op);
    if (op32 == WR_OP_I32_EQ || op32 == WR_OP_I32_NE) return fold_equality(f, i, op32 == WR_OP_I32_EQ);
    uint64_t c = wr_cell_const(f, wr_cell_operand(f, *i, 1)), width = wr_instcombine_width_mask(op),
             bits = wr_cell_bits(f, wr_cell_operand(f, *i, 0)) & width;
    bool positive = (bits & (width / 2 + 1)) == 0 && (c & (width / 2 + 1)) == 0;
    unsigned unsigned32 = op32;
    if (positive && word_comparison(op, WR_OP_I64_EXTEND_I32_U) != op32) unsigned32 = op32 + 1;
    bool is_unsigned = word_comparison(like(op, unsigned32), WR_OP_I64_EXTEND_I32_U) == unsigned32;
    if (is_unsigned && fold_order(f, i, unsigned32, c & width, bits)) return true;
    return fold_bound(f, *i, op32, c);
}

// A local compared with itself.
static bool fold_same(wr_instcombine *f, uint32_t i, unsigned op32) {
    if (!wr_cell_same_local(f, i)) return false;
    bool truth = op32 == WR_OP_I32_EQ || op32 == WR_OP_I32_LE_S || op32 == WR_OP_I32_LE_U ||
                 op32 == WR_OP_I32_GE_S || op32 == WR_OP_I32_GE_U;
    return set_truth(f, i, truth);
}

bool wr_instcombine_comparison(wr_instcombine *f, uint32_t *i) {
    unsigned op32 = narrow(wr_cell_op(f, *i));
    if (op32 == WR_OP_I32_EQZ) return fold_eqz(f, i);
    if (fold_extended(f, *i)) return true;
    return wr_cell_is_const(f, wr_cell_operand(f, *i, 1)) ? fold_with_const(f, i) : fold_same(f, *i, op32);
}
