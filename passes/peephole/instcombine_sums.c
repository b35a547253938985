// Rules for integer sums: merges the constants of nested sums, and removes negations.
//
//   (i32.sub (i32.add X (i32.const 5)) (i32.const 7))    ->    (i32.add X (i32.const -2))
#include "instcombine.h"

#define MAX_DEPTH 4 // the most nested sums that are examined

static bool is_sum(unsigned op32) { return op32 == WR_OP_I32_ADD || op32 == WR_OP_I32_SUB; }

// What a sum with a constant adds.
static uint64_t addend(const wr_instcombine *f, uint32_t i) {
    uint64_t c = wr_cell_const(f, wr_cell_operand(f, i, 1));
    return wr_cell_narrow(f, i) == WR_OP_I32_ADD ? c : wr_instcombine_sign_extended(wr_cell_op(f, i), 0 - c);
}

// Makes a sum add c, by add or sub, whichever is shorter. Returns whether it became shorter.
static bool set_addend(wr_instcombine *f, uint32_t i, uint64_t c) {
    unsigned op = wr_cell_op(f, i), to = op;
    uint64_t plain = wr_instcombine_narrow(op) == WR_OP_I32_ADD ? c : wr_instcombine_sign_extended(op, 0 - c),
             minus = wr_instcombine_sign_extended(op, 0 - plain);
    uint32_t constant = wr_cell_operand(f, i, 1);
    unsigned before = wr_instcombine_const_size(wr_cell_const(f, constant));
    if (wr_instcombine_const_size(minus) < wr_instcombine_const_size(plain)) {
        to = wr_instcombine_like(op,
                                 wr_instcombine_narrow(op) == WR_OP_I32_ADD ? WR_OP_I32_SUB : WR_OP_I32_ADD);
        plain = minus;
    }
    wr_instcombine_set_const(f, constant, plain);
    wr_instcombine_set(f, i, to);
    return wr_instcombine_const_size(plain) < before;
}

// Removes one constant from the sum that operand k of i consists of; sets what it added.
static bool take_addend(wr_instcombine *f, uint32_t i, unsigned k, uint64_t *c, unsigned depth) {
    uint32_t sum = wr_cell_operand(f, i, k);
    if (depth == MAX_DEPTH || !is_sum(wr_cell_narrow(f, sum))) return false;
    if (wr_cell_is_const(f, wr_cell_operand(f, sum, 1))) {
        *c = addend(f, sum);
        wr_instcombine_bypass(f, i, k);
        return true;
    }
    bool taken = take_addend(f, sum, 0, c, depth + 1);
    if (!taken && take_addend(f, sum, 1, c, depth + 1)) {
        taken = true;
        if (wr_cell_narrow(f, sum) == WR_OP_I32_SUB) *c = 0 - *c;
    }
    if (taken) wr_instcombine_update(f, sum);
    return taken;
}

// If both operands have constants, and one is a sum with a constant: that one gets both.
static bool join_addends(wr_instcombine *f, uint32_t i) {
    bool is_sub = wr_cell_narrow(f, i) == WR_OP_I32_SUB;
    for (unsigned k = 0; k < 2; k++) {
        uint32_t sum = wr_cell_operand(f, i, k);
        uint64_t c;
        if (!is_sum(wr_cell_narrow(f, sum)) || !wr_cell_is_const(f, wr_cell_operand(f, sum, 1))) continue;
        if (!take_addend(f, i, !k, &c, 0)) continue;
        set_addend(f, sum,
                   wr_instcombine_sign_extended(wr_cell_op(f, i), addend(f, sum) + (is_sub ? 0 - c : c)));
        wr_instcombine_update(f, i);
        return true;
    }
    return false;
}

static bool fold_sum_with_const(wr_instcombine *f, uint32_t *i) {
    uint32_t a = wr_cell_operand(f, *i, 0);
    uint64_t c = addend(f, *i), more;
    unsigned op = wr_cell_op(f, *i), inner = wr_cell_narrow(f, a);
    if (c == 0) {
        wr_instcombine_keep(f, i, 0);
        return true;
    }
    if (take_addend(f, *i, 0, &more, 0)) {
        set_addend(f, *i, wr_instcombine_sign_extended(op, c + more));
        return true;
    }
    if (inner == WR_OP_I32_SUB && wr_cell_is_const(f, wr_cell_operand(f, a, 0))) { // (c' - x) + c
        wr_instcombine_set_const(f, wr_cell_operand(f, a, 0), wr_cell_const(f, wr_cell_operand(f, a, 0)) + c);
        wr_instcombine_keep(f, i, 0);
        wr_instcombine_update(f, *i);
        return true;
    }
    return set_addend(f, *i, c);
}

// c - (x + c') is (c - c') - x.
static bool fold_sub_from_const(wr_instcombine *f, uint32_t i) {
    uint32_t a = wr_cell_operand(f, i, 0), b = wr_cell_operand(f, i, 1);
    if (!wr_cell_is_const(f, a) || !is_sum(wr_cell_narrow(f, b)) ||
        !wr_cell_is_const(f, wr_cell_operand(f, b, 1)))
        return false;
    uint64_t c = wr_instcombine_sign_extended(wr_cell_op(f, i), wr_cell_const(f, a) - addend(f, b));
    if (wr_instcombine_const_size(c) > wr_instcombine_const_size(wr_cell_const(f, a)) + 2) return false;
    wr_instcombine_set_const(f, a, c);
    wr_instcombine_bypass(f, i, 1);
    return true;
}

// x + (0 - y) is x - y, x - (0 - y) is x + y.
static bool fold_negated(wr_instcombine *f, uint32_t i) {
    uint32_t b = wr_cell_operand(f, i, 1);
    if (wr_cell_narrow(f, b) != WR_OP_I32_SUB || !wr_cell_is_zero(f, wr_cell_operand(f, b, 0))) return false;
    unsigned to = wr_cell_narrow(f, i) == WR_OP_I32_ADD ? WR_OP_I32_SUB : WR_OP_I32_ADD;
    wr_instcombine_keep(f, &b, 1);
    wr_cell_at(f, i)->kid[1] = b;
    wr_instcombine_set(f, i, wr_instcombine_like(wr_cell_op(f, i), to));
    return true;
}

bool wr_instcombine_sum(wr_instcombine *f, uint32_t *i) {
    bool is_sub = wr_cell_narrow(f, *i) == WR_OP_I32_SUB;
    if (wr_cell_is_const(f, wr_cell_operand(f, *i, 1))) return fold_sum_with_const(f, i);
    if (fold_negated(f, *i)) return true;
    if (is_sub && wr_cell_same_local(f, *i)) {
        wr_instcombine_to_const(f, *i, 0);
        return true;
    }
    return (is_sub && fold_sub_from_const(f, *i)) || join_addends(f, *i);
}
