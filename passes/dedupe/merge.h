// Shared by the passes that merge functions: which functions the host can tell apart, thunks, and renaming of
// functions wherever they are named.
#ifndef WR_PASSES_DEDUPE_MERGE_H
#define WR_PASSES_DEDUPE_MERGE_H

#include "passes/manager/pass.h"

// By function: true if the host can obtain a reference to it, and so compare it with another function. In
// env->pass; uses env->temp.
uint8_t *wr_merge_seen_by_host(wr_context *c);

// By function: true if it is named by anything other than a direct call. The same arenas.
uint8_t *wr_merge_address_taken(wr_context *c);

// By function: the function that direct calls are to name instead, and the one that all other uses are to
// name. A function whose `address` is another function is dead afterwards.
typedef struct wr_merge {
    uint32_t *call, *address;
} wr_merge;

// Starts with the identity. In env->pass.
void wr_merge_init(wr_context *c, wr_merge *merge);
// Renames functions in bodies, segments, exports, globals, tables and the start function, updates summaries,
// and marks merged functions dead.
void wr_merge_apply(wr_context *c, const wr_merge *merge);

// The body of a thunk of func's type, which calls `to` with its own parameters followed by the constants;
// with a tail call if `tail`. In env->code; uses env->temp.
wr_slice wr_merge_make_thunk(wr_env *env, const wr_module *m, uint32_t func, const wr_ins *constants,
                             uint32_t nconstants, uint32_t to, bool tail);

#endif
