// What an inliner, or a pass that changes a function's signature, has to know about the function.
#ifndef WR_ANALYSIS_PARAM_USE_H
#define WR_ANALYSIS_PARAM_USE_H

#include "ir/body.h"

typedef struct wr_param_use {
    const wr_type *type;
    wr_body body;
    uint32_t *gets;        // number of local.get, by local
    uint8_t *is_written;   // by local
    uint8_t *needs_zero;   // by local: may be read before it is written, so it relies on being zero
    uint32_t nprefix;      // The code begins by reading the first nprefix parameters in order, and reads them
                           // nowhere else.
    bool is_branched_to;   // some branch targets the function's label
    uint32_t nreturns;     // instructions that return before the function's end
    bool ends_with_return; // the last instruction returns or tail-calls, with nothing else on the stack
    bool tail_calls;
    bool leaves_try; // there is a tail call inside a try block
    bool has_loop;
} wr_param_use;

// Decodes the function into arena and fills *callee.
void wr_param_use_find(wr_env *env, wr_arena *arena, const wr_module *m, uint32_t func, wr_param_use *callee);

#endif
