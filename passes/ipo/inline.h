// Inlining: what is decided about functions, and the writing of callers. Parts of inline.c.
#ifndef WR_PASSES_IPO_INLINE_H
#define WR_PASSES_IPO_INLINE_H

#include "analysis/param_use.h"
#include "analysis/cost.h"
#include "passes/manager/pass.h"

typedef enum wr_inline_plan {
    WR_CALLED,         // stays a function
    WR_INLINE_ONCE,    // goes into its only caller
    WR_INLINE_ALL,     // goes into all its callers
    WR_INLINE_SHORTER, // goes into callers where its code is no longer than the call
} wr_inline_plan;

typedef struct wr_inlining {
    wr_context *c;
    wr_module *m;
    wr_cost cost;
    const uint8_t *plan;        // by function: wr_inline_plan
    const uint32_t *block_type; // by function: of a block with its results; WR_NONE if these are one or none
} wr_inlining;

// Decodes a function's body and inlines the calls that are to be. Returns whether there was one. In
// env->temp.
bool wr_inline_expand(wr_env *env, const wr_inlining *in, uint32_t func, wr_body *body);

#endif
