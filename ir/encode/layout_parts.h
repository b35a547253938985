// Internal interface of the files that compute the layout.
#ifndef WR_IR_ENCODE_LAYOUT_PARTS_H
#define WR_IR_ENCODE_LAYOUT_PARTS_H

#include "layout.h"

// Reorders `order` for positions from `first` on: the most used entities go below limits[0], the next below
// limits[1], and so on.
void wr_layout_order_by_use(wr_env *env, uint32_t *order, uint32_t n, const uint64_t *counts, uint32_t first,
                            const uint32_t *limits, size_t nlimits);

// Sorts the functions order[first] to order[n - 1] by rank within each bucket.
void wr_layout_order_by_rank(wr_env *env, wr_func_ranks ranks, uint32_t *order, uint32_t first, uint32_t n,
                             const uint32_t *limits, size_t nlimits);

// Selects the types that are needed, each once, in an order in which a group comes after those it refers to.
void wr_layout_types(wr_env *env, wr_arena *arena, const wr_module *m, wr_counts *counts, wr_layout *layout);

#endif
