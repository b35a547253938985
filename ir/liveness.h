// Which locals are still wanted after each access: by structured data flow backward over a body.
#ifndef WR_IR_LIVENESS_H
#define WR_IR_LIVENESS_H

#include "body.h"

// For each instruction that accesses a local, 1 if some path from there reads the local before it is written again; 0 for
// all other instructions. In arena. Blocks must be matched. Where exceptions are handled, references branch, or the work
// would not be near-linear, every access counts as wanted.
uint8_t *wr_find_wanted(wr_arena *arena, const wr_body *body);

#endif
