// The static call graph. An indirect call counts as a call of every address-taken function.
//
// The graph is read from the functions' summaries; no code is decoded.
#ifndef WR_ANALYSIS_CALLGRAPH_H
#define WR_ANALYSIS_CALLGRAPH_H

#include "ir/module.h"

// By function: the number of its strongly connected component (SCC): functions that can all reach each other
// by calls share a number. WR_NONE for dead functions. If indirect calls count, the entry after the last
// function is that of a hub node through which all indirect calls go. Numbers are at most the number of
// functions. In arena.
uint32_t *wr_callgraph_sccs(wr_arena *arena, const wr_module *m, bool indirect);
// By function: whether it is recursive, directly or through other functions. In arena.
uint8_t *wr_callgraph_recursive(wr_arena *arena, const wr_module *m, bool indirect);

// The address-taken functions; some may be listed more than once. In arena.
wr_u32s wr_callgraph_address_taken(wr_arena *arena, const wr_module *m);

#endif
