// Inlining: the decision for each function, and the expansion of callers. Shared by inline.c (which decides),
// inline_shared.c (which says what stays) and inline_expand.c (which rewrites).
#ifndef WR_PASSES_IPO_INLINE_H
#define WR_PASSES_IPO_INLINE_H

#include "analysis/param_use.h"
#include "analysis/cost.h"
#include "passes/manager/pass.h"

#define WR_INLINE_ROOM 16 // see WR_INLINE_FAST

typedef enum wr_inline_plan {
    WR_CALLED,         // not inlined
    WR_INLINE_ONCE,    // into its only caller
    WR_INLINE_ALL,     // into all its callers; the function is removed
    WR_INLINE_SHORTER, // into callers where its code is no longer than the call
    WR_INLINE_FAST,    // into callers where its code is WR_INLINE_ROOM bytes longer than the call at most
} wr_inline_plan;

typedef struct wr_inlining {
    wr_context *c;
    wr_module *m;
    wr_cost cost;
    const uint8_t *plan; // by function: wr_inline_plan
    // By function: the type of a block with its results; WR_NONE if it has one result or none.
    const uint32_t *block_type;
} wr_inlining;

// The bytes of all live functions' code.
size_t wr_inline_code_size(const wr_module *m);

// Marks the functions whose code others have, in c->state->funcs; is_named, by function: something else than
// a call names it. The marks of the first round hold for all, as the passes on one body treat like functions
// alike.
void wr_inline_mark_shared(wr_context *c, const uint8_t *is_named);

// Decodes a function's body and inlines its calls as planned. Returns whether there was one. In env->temp.
// Workers may expand different functions at once.
bool wr_inline_expand(wr_env *env, const wr_inlining *in, uint32_t func, wr_body *body);

#endif
