// Computes which locals are live after each access and behind the blocks around it.
#ifndef WR_ANALYSIS_LIVENESS_H
#define WR_ANALYSIS_LIVENESS_H

#include "ir/body.h"

// For each instruction that accesses a local, a bit set, in arena: WR_LIVE_AFTER if some path from there
// reads the local before writing it, and WR_LIVE_AFTER << k if some path from the end of the k-th enclosing
// block (counted from the innermost) does. All other instructions have 0. Matches the body's
// blocks (wr_body_match_blocks). If the body handles exceptions or branches on references, every access gets
// all bits; what would take more than near-linear work is taken to be live. Blocks of `longest` instructions
// or more, and those around them, have no bits: the caller asks for none of them.
enum { WR_LIVE_AFTER = 1, WR_LIVE_BLOCKS = 6, WR_LIVE_ALL = (2 << WR_LIVE_BLOCKS) - 1 };
uint8_t *wr_liveness_find(wr_arena *arena, wr_body *body, uint32_t longest);

#endif
