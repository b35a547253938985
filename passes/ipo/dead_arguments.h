// Removing parameters and results: what is known of each function's calls, and the rewriting of bodies.
// Shared by dead_arguments.c and dead_arguments_rewrite.c.
#ifndef WR_PASSES_IPO_DEAD_ARGUMENTS_H
#define WR_PASSES_IPO_DEAD_ARGUMENTS_H

#include "analysis/param_use.h"
#include "ir/refs.h"
#include "passes/manager/pass.h"

// The new signature of a function. Functions that keep theirs have none.
typedef struct wr_new_signature {
    uint32_t type;
    uint8_t *gone; // by parameter: it is removed
    // By parameter: the constant that it always is; NOP: it is removed because nothing reads it.
    wr_ins *constant;
    bool no_result;
} wr_new_signature;

typedef struct wr_argument {
    uint32_t start, end; // its instructions: [start, end)
    wr_ins constant;     // the constant that it is; NOP: no constant
    bool is_pure;        // it has no effects and may be left out
    bool is_known;       // start and end are valid
} wr_argument;

// Finds the arguments of the call at instruction i, one entry a parameter, from the last one back to the
// first that is not known; starts: see wr_exprs_find.
void wr_dead_arguments_find(const wr_module *m, const wr_body *body, const uint32_t *starts, uint32_t i,
                            wr_argument *args);

// Whether the constant replaces each read of the parameter; otherwise it is put into a local once.
bool wr_dead_arguments_in_place(const wr_param_use *callee, uint32_t param, const wr_ins *constant);

// Decodes the body of a function and rewrites it for the new signatures of the functions that it calls, and
// for its own. changes: by function, NULL for those that keep theirs. In env->temp.
void wr_dead_arguments_rewrite(wr_env *env, const wr_module *m, wr_new_signature *const *changes,
                               uint32_t func, wr_body *out);

#endif
