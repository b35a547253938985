// Dominators of a flow graph by the algorithm of Lengauer and Tarjan with path compression, in O(edges · log
// nodes).
#ifndef WR_REPORT_AUDIT_DOMINATORS_H
#define WR_REPORT_AUDIT_DOMINATORS_H

#include "support/env.h"

// Successors of v: edges[start[v] .. start[v + 1]). Fills idom[0 .. n) (WR_NONE for root 0 and what it
// doesn't reach) and order (room for n) with the nodes reached, each after its dominator. Returns how many.
// Scratch in env->temp.
uint32_t wr_dominators(wr_env *env, uint32_t n, const uint32_t *start, const uint32_t *edges, uint32_t *idom,
                       uint32_t *order);

#endif
