// Evaluates number instructions on constants.
#ifndef WR_ANALYSIS_EVAL_H
#define WR_ANALYSIS_EVAL_H

#include "ir/ins.h"

// Compute an instruction with one or two operands and one result, all of them numbers. Operands and results
// of type i32 are sign-extended, floats are bit patterns. Return false if it traps, if its result is not
// unique, or if it is no such instruction.
bool wr_eval_unary(unsigned op, uint64_t x, uint64_t *result);
bool wr_eval_binary(unsigned op, uint64_t x, uint64_t y, uint64_t *result);

#endif
