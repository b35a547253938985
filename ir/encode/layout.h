// The final numbering: which live entity gets which index.
//
// Indices are LEB128 numbers, so an index below 128 takes one byte, one below 16384 two, and so on. The most
// used entities get the short indices; among indices of equal length (a bucket) the input's order stays,
// which compresses best.
#ifndef WR_IR_ENCODE_LAYOUT_H
#define WR_IR_ENCODE_LAYOUT_H

#include "ir/refs.h"

typedef struct wr_layout {
    wr_remap map;               // old index to new
    uint32_t *order[WR_SPACES]; // new index to old
    uint32_t count[WR_SPACES];
} wr_layout;

// By space and index: how often the live parts of a module name each entity.
typedef struct wr_counts {
    uint64_t *of[WR_SPACES];
} wr_counts;

// Counts uses from the live bits and the summaries of live functions. Results in the env's temp arena.
void wr_layout_count_uses(wr_env *env, const wr_module *m, wr_counts *counts);

// An order of functions: ranks of the first n. Functions with equally long indices are in the order of their
// ranks; those without one come last.
typedef struct wr_func_ranks {
    const uint32_t *of;
    uint32_t n; // 0: the input's order
} wr_func_ranks;

// Computes the layout from the same inputs. Its tables are in the arena; uses env->temp.
void wr_layout_make(wr_env *env, wr_arena *arena, const wr_module *m, wr_func_ranks ranks, wr_layout *layout);

#endif
