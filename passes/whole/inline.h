// Inlining: what is decided about functions, what is known of one that is inlined, and the writing of callers. Parts of
// inline.c.
#ifndef WR_PASSES_INLINE_H
#define WR_PASSES_INLINE_H

#include "ir/body.h"
#include "passes/cost.h"
#include "passes/pass.h"

typedef enum wr_inline_plan {
    WR_CALLED,         // stays a function
    WR_INLINE_ONCE,    // goes into its only caller
    WR_INLINE_ALL,     // goes into all its callers
    WR_INLINE_SHORTER, // goes into callers where its code is no longer than the call
} wr_inline_plan;

// A function that is to be inlined.
typedef struct wr_callee {
    const wr_type *type;
    wr_body body;
    uint32_t *gets;      // by local
    uint8_t *is_written; // by local
    uint8_t *needs_zero; // by local: may be read before it is written
    uint32_t nprefix;    // the code begins with reading the first so many parameters in order, and never does again
    bool is_branched_to; // something branches to the function's label
    bool returns;        // something returns before the end
    bool ends_with_return; // the last instruction leaves the function, with nothing else on the stack
    bool tail_calls;
    bool leaves_try;     // a tail call leaves a try block
    bool has_loop;
} wr_callee;

// Decodes the function into arena and looks at it.
void wr_study_callee(wr_env *env, wr_arena *arena, const wr_module *m, uint32_t func, wr_callee *callee);

typedef struct wr_inlining {
    wr_context *c;
    wr_module *m;
    wr_cost cost;
    const uint8_t *plan;        // by function: wr_inline_plan
    const uint32_t *block_type; // by function: of a block with its results; WR_NONE if these are one or none
} wr_inlining;

// Writes a function's body with the calls inlined that are to be, into env->temp. Returns whether there was one.
bool wr_inline_calls(wr_env *env, const wr_inlining *in, uint32_t func, wr_buf *out);

#endif
