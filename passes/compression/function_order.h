// An order of items in which those that share many features are near each other.
#ifndef WR_PASSES_COMPRESSION_FUNCTION_ORDER_H
#define WR_PASSES_COMPRESSION_FUNCTION_ORDER_H

#include "support/pool.h"

typedef struct wr_graph_partitioning_item {
    uint32_t nfeatures;
    uint32_t *features; // numbers below the given limit, each once
    uint32_t item;
} wr_graph_partitioning_item;

// Reorders the items by recursive halving, each half gathering what shares features: balanced graph
// partitioning, as Dhulipala et al. describe it for inverted indices (2016) and linkers use it for compressed
// programs. Near-linear in the number of features, in parallel, the same for any number of workers. Items
// must be in a perm arena. rounds: of swaps in each part, at most.
void wr_graph_partitioning_order(wr_pool *pool, wr_graph_partitioning_item *items, uint32_t n, uint32_t limit,
                                 unsigned rounds);

#endif
