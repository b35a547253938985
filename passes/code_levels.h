// How often code runs against the entry of its function.
#ifndef WR_PASSES_CODE_LEVELS_H
#define WR_PASSES_CODE_LEVELS_H

#include "ir/body.h"

// Levels are powers of two; the lowest is for code from which all ways lead to a trap.
enum { WR_LOWEST_LEVEL = -7, WR_LEVELS = 23, WR_LEVELS_A_LOOP = 3, WR_LEVEL_LOOPS = 5 };

// By instruction: how often it runs, as guessed from loops and branches. In arena. Blocks must be matched.
int8_t *wr_code_levels(wr_arena *arena, const wr_body *body);
// By instruction: the loops around it, to WR_LEVEL_LOOPS, times WR_LEVELS_A_LOOP. Likewise.
int8_t *wr_loop_levels(wr_arena *arena, const wr_body *body);

#endif
