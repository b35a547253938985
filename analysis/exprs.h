// Which instructions belong together as expressions, in a body that is known to be valid.
//
// A value's expression is the run of instructions that starts with what computes the first operand and ends
// with the instruction that leaves the value; a statement's likewise, ending with the one that leaves
// nothing. Blocks are one expression with all that is in them, an if with its condition. Code between two
// operands that leaves nothing belongs to the operand before it.
#ifndef WR_ANALYSIS_EXPRS_H
#define WR_ANALYSIS_EXPRS_H

#include "ir/body.h"

// By instruction, in arena: where the expression that ends there starts, itself if it takes nothing. For the
// instructions that open a block or begin an arm: where the block's operands start, itself if it has none.
// WR_NONE where that is not known: dead code, values that a branch passes on, instructions that leave several
// values or take what such ones left, and blocks with parameters.
const uint32_t *wr_exprs_find(wr_arena *arena, const wr_module *m, const wr_body *body);

// How many operands an instruction takes and leaves; false for branches, what never goes on, blocks, arms and
// ends.
static inline bool wr_exprs_arity(const wr_module *m, const wr_ins *ins, uint32_t *npop, uint32_t *npush);

// All effects (WR_E_*) of instructions from start to before end. Branches and blocks within the range count
// too.
uint32_t wr_exprs_effects(const wr_body *body, uint32_t start, uint32_t end);

// Likewise, of instructions for which opcodes.def doesn't tell.
bool wr_exprs_varied_arity(const wr_module *m, const wr_ins *ins, uint32_t *npop, uint32_t *npush);

static inline bool wr_exprs_arity(const wr_module *m, const wr_ins *ins, uint32_t *npop, uint32_t *npush) {
    const wr_opinfo *info = &wr_opinfos[ins->op];
    if (WR_UNLIKELY(info->takes == WR_VARIES)) return wr_exprs_varied_arity(m, ins, npop, npush);
    *npop = info->takes;
    *npush = info->leaves;
    return true;
}

#endif
