// The final numbering: which live entity gets which index. Frequent ones get the short indices; inside a
// bucket of equal index length the input's order stays, which compresses best.
#ifndef WR_IR_ENCODE_LAYOUT_H
#define WR_IR_ENCODE_LAYOUT_H

#include "ir/refs.h"

typedef struct wr_layout {
    wr_remap map;               // old index to new
    uint32_t *order[WR_SPACES]; // new index to old
    uint32_t count[WR_SPACES];
} wr_layout;

// How often the live parts of a module name each entity, by space and index.
typedef struct wr_counts {
    uint64_t *of[WR_SPACES];
} wr_counts;

// In the env's temp arena. Uses the live bits and the summaries of live functions.
void wr_count_uses(wr_env *env, const wr_module *m, wr_counts *counts);

// In the env's perm arena. Uses the same.
void wr_make_layout(wr_env *env, const wr_module *m, wr_layout *layout);

#endif
