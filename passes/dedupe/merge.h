// What the passes that merge functions share: which functions the host can tell apart, functions that only
// call another, and renaming functions in everything that names them.
#ifndef WR_PASSES_DEDUPE_MERGE_H
#define WR_PASSES_DEDUPE_MERGE_H

#include "passes/manager/pass.h"

// By function: true if the host can get hold of it and so compare it with another. In env->perm; uses
// env->temp.
uint8_t *wr_merge_seen_by_host(wr_context *c);

// By function: true if anything but a direct call names it. Likewise.
uint8_t *wr_merge_address_taken(wr_context *c);

// By function: whom direct calls name instead, and whom all other uses do. A function whose `address` is
// another one is gone afterwards.
typedef struct wr_merge {
    uint32_t *call, *address;
} wr_merge;

// The identity, in env->perm.
void wr_merge_init(wr_context *c, wr_merge *merge);
// Renames in bodies, segments, exports, globals, tables and the start function; renews summaries; buries the
// dead.
void wr_merge_apply(wr_context *c, const wr_merge *merge);

// The body of a function of func's type that calls `to` with its parameters and then these constants; with a
// tail call if so told. In env->perm.
wr_slice wr_merge_make_thunk(wr_env *env, const wr_module *m, uint32_t func, const wr_ins *constants,
                             uint32_t nconstants, uint32_t to, bool tail);

#endif
