// How often code runs against the entry of its function.
#ifndef WR_ANALYSIS_BLOCK_FREQUENCY_H
#define WR_ANALYSIS_BLOCK_FREQUENCY_H

#include "ir/body.h"

// Levels are powers of two; the lowest is for code from which all ways lead to a trap.
enum { WR_FREQUENCY_MIN = -7, WR_FREQUENCIES = 23, WR_FREQUENCIES_PER_LOOP = 3, WR_FREQUENCY_LOOPS = 5 };

// By instruction: how often it runs, as guessed from loops and branches. In arena. Blocks must be matched.
int8_t *wr_block_frequency(wr_arena *arena, const wr_body *body);
// By instruction: the loops around it, to WR_FREQUENCY_LOOPS, times WR_FREQUENCIES_PER_LOOP. Likewise.
int8_t *wr_block_frequency_loops(wr_arena *arena, const wr_body *body);

#endif
