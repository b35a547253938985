// Rules for conditions, of which only zero or not zero counts, and for selects.
//
//   (if (i32.ne X (i32.const 0)) ...)                           ->    (if X ...)
//   (select (i32.const 1) (i32.const 0) (i32.lt_u X Y))         ->    (i32.lt_u X Y)
//   (select A B (i32.eqz X))                                    ->    (select B A X)
#include "instcombine.h"

// --- Conditions ---

// One step: rewrites a condition in a shorter form. Only zero or not zero counts.
static bool shorten_condition(wr_instcombine *f, uint32_t *i) {
    uint32_t a = wr_cell_operand(f, *i, 0), b = wr_cell_operand(f, *i, 1);
    unsigned op = wr_cell_op(f, *i);
    bool is_one = wr_cell_is_const(f, b) && wr_cell_const(f, b) == 1;
    if (wr_cell_is_zero(f, b) ? op == WR_OP_I32_NE || op == WR_OP_I32_GT_U : is_one && op == WR_OP_I32_GE_U) {
        wr_instcombine_keep(f, i, 0);
        return true;
    }
    if (op != WR_OP_I32_EQZ || wr_cell_op(f, a) != WR_OP_I32_EQZ) return false;
    wr_instcombine_bypass(f, *i, 0);
    wr_instcombine_keep(f, i, 0);
    return true;
}

uint32_t wr_instcombine_condition(wr_instcombine *f, uint32_t i) {
    while (i != WR_NONE && shorten_condition(f, &i)) f->changed = true;
    return i;
}

// --- Selects ---

static bool is_leaf(const wr_instcombine *f, uint32_t i) {
    unsigned op = wr_cell_op(f, i);
    return op == WR_OP_LOCAL_GET || (op >= WR_OP_I32_CONST && op <= WR_OP_F64_CONST);
}

static bool same_leaf(const wr_instcombine *f, uint32_t a, uint32_t b) {
    if (!is_leaf(f, a) || !is_leaf(f, b)) return false;
    const wr_ins *x = &f->cells.v[a].ins, *y = &f->cells.v[b].ins;
    return x->op == y->op && x->a == y->a && x->b == y->b;
}

// Reduces a select to one of its values, or to its condition.
static void keep_of_select(wr_instcombine *f, uint32_t *i, unsigned kept) {
    uint32_t kid = wr_cell_operand(f, *i, kept);
    wr_cell_at(f, *i)->ins = (wr_ins){.op = WR_OP_NOP};
    for (unsigned k = 0; k < 3; k++)
        if (k != kept) wr_instcombine_remove(f, wr_cell_operand(f, *i, k));
    *i = kid;
}

// A select of 1 and 0 is the truth value of the condition, one of 0 and 1 the opposite.
static bool fold_truths(wr_instcombine *f, uint32_t *i) {
    uint32_t a = wr_cell_operand(f, *i, 0), b = wr_cell_operand(f, *i, 1),
             condition = wr_cell_operand(f, *i, 2);
    if (wr_cell_op(f, a) != WR_OP_I32_CONST || wr_cell_op(f, b) != WR_OP_I32_CONST || condition == WR_NONE)
        return false;
    uint64_t first = wr_cell_const(f, a), second = wr_cell_const(f, b);
    if (first > 1 || second > 1 || first == second) return false;
    bool is_truth = (wr_cell_bits(f, condition) & WR_MASK32) <= 1;
    if (first && !is_truth && *i + 1 != f->cells.n) return false;
    uint32_t select = *i;
    keep_of_select(f, i, 2);
    if (first && is_truth) return true;
    wr_cell eqz = {.ins = {.op = WR_OP_I32_EQZ}, .start = wr_cell_at(f, condition)->start, .bits = 1};
    eqz.kid[0] = condition, eqz.kid[1] = eqz.kid[2] = WR_NONE;
    eqz.effects = wr_cell_at(f, condition)->effects;
    *wr_cell_at(f, *i = select) = eqz;
    if (!first) return true;
    eqz.kid[0] = select;
    *i = f->cells.n;
    WR_PUSH(f->arena, f->cells, eqz);
    return true;
}

// Swaps the values of a select instead of negating its condition.
static bool fold_negated(wr_instcombine *f, uint32_t i) {
    uint32_t a = wr_cell_operand(f, i, 0), b = wr_cell_operand(f, i, 1);
    if (wr_cell_op(f, wr_cell_operand(f, i, 2)) != WR_OP_I32_EQZ || !is_leaf(f, a) || !is_leaf(f, b))
        return false;
    if (wr_cell_at(f, i)->effects & WR_E_STATEMENT) return false;
    wr_cell swapped = *wr_cell_at(f, a);
    wr_cell_at(f, a)->ins = wr_cell_at(f, b)->ins;
    wr_cell_at(f, a)->bits = wr_cell_at(f, b)->bits;
    wr_cell_at(f, b)->ins = swapped.ins;
    wr_cell_at(f, b)->bits = swapped.bits;
    wr_instcombine_bypass(f, i, 2);
    return true;
}

bool wr_instcombine_select(wr_instcombine *f, uint32_t *i) {
    uint32_t a = wr_cell_operand(f, *i, 0), b = wr_cell_operand(f, *i, 1),
             condition = wr_cell_operand(f, *i, 2);
    wr_ins *ins = &wr_cell_at(f, *i)->ins;
    if (ins->op == WR_OP_SELECT_T && ins->a == 1 && wr_is_num(f->body->ext.v[ins->b])) {
        *ins = (wr_ins){.op = WR_OP_SELECT};
        return true;
    }
    if (wr_cell_is_const(f, condition)) {
        unsigned kept = wr_cell_const(f, condition) == 0;
        if (!wr_cell_is_removable(f, kept ? a : b)) return false;
        keep_of_select(f, i, kept);
        return true;
    }
    if (same_leaf(f, a, b) && wr_cell_is_removable(f, *i)) {
        keep_of_select(f, i, 0);
        return true;
    }
    return fold_truths(f, i) || fold_negated(f, *i);
}
