// Shared by the files that work out the layout; nobody else includes it.
#ifndef WR_IR_ENCODE_LAYOUT_PARTS_H
#define WR_IR_ENCODE_LAYOUT_PARTS_H

#include "layout.h"

// Reorders `order`: the most used get the positions below limits[0] - first, and so on.
void wr_order_by_use(wr_env *env, uint32_t *order, uint32_t n, const uint64_t *counts, uint32_t first,
                     const uint32_t *limits, size_t nlimits);

// Sorts order[first] to order[n - 1], functions, by rank inside each bucket.
void wr_order_by_rank(wr_env *env, const wr_module *m, uint32_t *order, uint32_t first, uint32_t n,
                      const uint32_t *limits, size_t nlimits);

// Types: which are needed, once each, in an order that keeps references backward.
void wr_layout_types(wr_env *env, const wr_module *m, wr_counts *counts, wr_layout *layout);

#endif
