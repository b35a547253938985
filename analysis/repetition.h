// How much of a function's code occurs in other functions too, as compressors see it: the same runs of
// instructions, under the same local numbers.
#ifndef WR_ANALYSIS_REPETITION_H
#define WR_ANALYSIS_REPETITION_H

#include "ir/module.h"
#include "support/pool.h"

// By function: the share of its runs that another function has, in percent; 0 for functions without a body.
// From a fair sample of all runs, which is the same for any number of workers. Results and tables in the main
// env's pass arena; uses every worker's temp arena.
uint8_t *wr_repetition_find(wr_pool *pool, const wr_module *m);

#endif
