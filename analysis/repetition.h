// Measures how much of a function's code also occurs in other functions, as a compressor would see it: equal
// runs of instructions with equal local numbers.
#ifndef WR_ANALYSIS_REPETITION_H
#define WR_ANALYSIS_REPETITION_H

#include "ir/module.h"
#include "support/pool.h"

// By function: the percentage of its runs that also occur in another function; 0 for functions without a
// body, and for those that are not wanted. Estimated from an unbiased sample of all runs, which does not
// depend on the number of workers. The result and the tables are in the main env's pass arena; uses every
// worker's temp arena.
uint8_t *wr_repetition_find(wr_pool *pool, const wr_module *m, const uint8_t *wanted);

#endif
