// Estimates how often each instruction runs per entry of its function.
#ifndef WR_ANALYSIS_BLOCK_FREQUENCY_H
#define WR_ANALYSIS_BLOCK_FREQUENCY_H

#include "ir/body.h"

// Levels are binary logarithms. The lowest one is for code from which every path leads to a trap.
enum { WR_FREQUENCY_MIN = -7, WR_FREQUENCIES = 23, WR_FREQUENCIES_PER_LOOP = 3, WR_FREQUENCY_LOOPS = 5 };

// By instruction: the level, estimated from loops and branches. In arena. Blocks must be matched
// (wr_body_match_blocks).
int8_t *wr_block_frequency(wr_arena *arena, const wr_body *body);
// By instruction: WR_FREQUENCIES_PER_LOOP for each enclosing loop, up to WR_FREQUENCY_LOOPS loops; the lowest
// level if every path leads to a trap. The same conditions.
int8_t *wr_block_frequency_loops(wr_arena *arena, const wr_body *body);

#endif
