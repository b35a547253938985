// Which locals are still wanted after each access: by structured data flow backward over a body.
#ifndef WR_ANALYSIS_LIVENESS_H
#define WR_ANALYSIS_LIVENESS_H

#include "ir/body.h"

// For each instruction that accesses a local, bits: WR_WANTED if some path from there reads the local before
// it is written again, and WR_WANTED << k if some path from behind the k-th block around it does, counted
// from inside; 0 for all other instructions. In arena. Blocks must be matched. Where exceptions are handled,
// references branch, or the work would not be near-linear, every access has all bits.
enum { WR_WANTED = 1, WR_WANTED_BLOCKS = 6, WR_WANTED_ALL = (2 << WR_WANTED_BLOCKS) - 1 };
uint8_t *wr_liveness_find(wr_arena *arena, const wr_body *body);

#endif
