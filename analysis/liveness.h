// Computes which locals are live after each access, by backward data flow over structured control.
#ifndef WR_ANALYSIS_LIVENESS_H
#define WR_ANALYSIS_LIVENESS_H

#include "ir/body.h"

// For each instruction that accesses a local, a bit set, in arena: WR_LIVE_AFTER if some path from there
// reads the local before writing it, and WR_LIVE_AFTER << k if some path from the end of the k-th enclosing
// block (counted from the innermost) does. All other instructions have 0. Blocks must be matched
// (wr_body_match_blocks). If the body handles exceptions, branches on references, or would take more than
// near-linear work, every access gets all bits.
enum { WR_LIVE_AFTER = 1, WR_LIVE_BLOCKS = 6, WR_LIVE_ALL = (2 << WR_LIVE_BLOCKS) - 1 };
uint8_t *wr_liveness_find(wr_arena *arena, const wr_body *body);

#endif
