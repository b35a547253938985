// What must be known of a function to put its code in the place of a call, or to change what it takes and
// leaves.
#ifndef WR_ANALYSIS_PARAM_USE_H
#define WR_ANALYSIS_PARAM_USE_H

#include "ir/body.h"

typedef struct wr_param_use {
    const wr_type *type;
    wr_body body;
    uint32_t *gets;      // by local
    uint8_t *is_written; // by local
    uint8_t *needs_zero; // by local: may be read before it is written
    uint32_t
        nprefix; // the code begins with reading the first so many parameters in order, and never does again
    bool is_branched_to;   // something branches to the function's label
    uint32_t nreturns;     // instructions that return before the end
    bool ends_with_return; // the last instruction leaves the function, with nothing else on the stack
    bool tail_calls;
    bool leaves_try; // a tail call leaves a try block
    bool has_loop;
} wr_param_use;

// Decodes the function into arena and looks at it.
void wr_param_use_find(wr_env *env, wr_arena *arena, const wr_module *m, uint32_t func, wr_param_use *callee);

#endif
