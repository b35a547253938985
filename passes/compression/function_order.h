// Orders items such that those that share many features are near each other.
#ifndef WR_PASSES_COMPRESSION_FUNCTION_ORDER_H
#define WR_PASSES_COMPRESSION_FUNCTION_ORDER_H

#include "support/pool.h"

typedef struct wr_graph_partitioning_item {
    uint32_t nfeatures;
    uint32_t *features; // feature numbers below `limit`, without duplicates
    uint32_t item;
} wr_graph_partitioning_item;

// Reorders the items by recursive bisection, where each half gathers items that share features. This is
// balanced graph partitioning as Dhulipala et al. describe it for inverted indices (2016), and as linkers use
// it for compressed programs. Near-linear in the number of features; parallel; the result is the same for any
// number of workers. Items must be in a perm arena. rounds: the most rounds of swaps for each part.
void wr_graph_partitioning_order(wr_pool *pool, wr_graph_partitioning_item *items, uint32_t n, uint32_t limit,
                                 unsigned rounds);

#endif
