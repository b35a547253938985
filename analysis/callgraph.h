// The static call graph, indirect calls taken for calls of every function whose address is taken.
#ifndef WR_ANALYSIS_CALLGRAPH_H
#define WR_ANALYSIS_CALLGRAPH_H

#include "ir/module.h"

// By function: a number that functions share which can call each other in a circle; WR_NONE for dead ones.
// One more entry at the end is for the hub that all indirect calls go through, if they count. Numbers are at
// most the number of functions. In arena.
uint32_t *wr_callgraph_sccs(wr_arena *arena, const wr_module *m, bool indirect);
// By function: whether it calls itself, perhaps by way of others. In arena.
uint8_t *wr_callgraph_recursive(wr_arena *arena, const wr_module *m, bool indirect);

// The functions whose address is taken, some perhaps more than once. In arena.
wr_u32s wr_callgraph_address_taken(wr_arena *arena, const wr_module *m);

#endif
