// Groups the instructions of a body, which must be valid, into expressions.
//
// The expression of a value is the run of instructions from the first one that computes its first operand to
// the one that pushes the value. The expression of a statement ends likewise with the instruction that pushes
// nothing. A block together with its content is one expression, an `if` together with its condition. Code
// between two operands that pushes nothing belongs to the operand before it.
//
//   local.get 0      ;; 0   start[0] = 0
//   i32.const 1      ;; 1   start[1] = 1
//   i32.add          ;; 2   start[2] = 0: the expression is 0..2
//   drop             ;; 3   start[3] = 0
#ifndef WR_ANALYSIS_EXPRS_H
#define WR_ANALYSIS_EXPRS_H

#include "ir/body.h"

// By instruction, in arena: the start of the expression that ends there; the instruction itself if it has no
// operands. For an instruction that opens a block or begins an arm: where the block's operands start; itself
// if it has none. WR_NONE where that is not known: in dead code, for values that a branch passes through, for
// instructions that push several values or consume such values, and for blocks with parameters.
const uint32_t *wr_exprs_find(wr_arena *arena, const wr_module *m, const wr_body *body);
// Given that: where the second operand of an instruction with two begins, as the value of a store; WR_NONE if
// that is not known.
uint32_t wr_exprs_second(const uint32_t *start, uint32_t i);

// How many operands an instruction pops and pushes. Returns false for branches, for instructions after which
// control never continues, and for those that delimit blocks and arms.
static inline bool wr_exprs_arity(const wr_module *m, const wr_ins *ins, uint32_t *npop, uint32_t *npush);

// The same for a conditional branch whose label takes `passed` values: what it pops, and pushes if it is not
// taken.
void wr_exprs_branch_arity(const wr_ins *ins, uint32_t passed, uint32_t *npop, uint32_t *npush);

// The label that an instruction leads to after which control never continues: of a br_table the default one,
// WR_NONE if it leads to none, or to the end of the function.
uint32_t wr_exprs_left_label(const wr_body *body, const wr_ins *ins);
// How many values such an instruction takes, if that label, or the end of the function, takes `passed`.
uint32_t wr_exprs_leaving_arity(const wr_module *m, const wr_ins *ins, uint32_t passed);

// The union of the effects (WR_E_*) of the instructions from start up to, but not including, end. Branches
// and blocks within the range count as well.
uint32_t wr_exprs_effects(const wr_body *body, uint32_t start, uint32_t end);

// The same, for instructions whose arity opcodes.def does not give.
bool wr_exprs_varied_arity(const wr_module *m, const wr_ins *ins, uint32_t *npop, uint32_t *npush);

static inline bool wr_exprs_arity(const wr_module *m, const wr_ins *ins, uint32_t *npop, uint32_t *npush) {
    const wr_opinfo *info = &wr_opinfos[ins->op];
    if (WR_UNLIKELY(info->takes == WR_VARIES)) return wr_exprs_varied_arity(m, ins, npop, npush);
    *npop = info->takes;
    *npush = info->leaves;
    return true;
}

#endif
