// The part of memory-packing that works on passive segments.
#ifndef WR_PASSES_DATA_MEMORY_PACKING_H
#define WR_PASSES_DATA_MEMORY_PACKING_H

#include "passes/manager/pass.h"

// Cuts zeros out of the passive segments that one memory.init reads.
void wr_memory_packing_passive(wr_context *c);

#endif
