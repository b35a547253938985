// Parameters and results that go: what is known of each function's calls, and the writing of bodies. Parts of
// arguments.c.
#ifndef WR_PASSES_IPO_DEAD_ARGUMENTS_H
#define WR_PASSES_IPO_DEAD_ARGUMENTS_H

#include "analysis/param_use.h"
#include "ir/refs.h"
#include "passes/manager/pass.h"

// What becomes of one function's type. Functions that keep theirs have none.
typedef struct wr_new_signature {
    uint32_t type;
    uint8_t *gone;    // by parameter
    wr_ins *constant; // by parameter: what it always is; NOP: it goes because nothing reads it
    bool no_result;
} wr_new_signature;

typedef struct wr_argument {
    uint32_t start, end; // instructions, to before end
    wr_ins constant;     // what it is; NOP: no constant
    bool is_pure;        // may be left out
    bool is_known;       // start and end are
} wr_argument;

// Where the arguments of the call at instruction i are; starts: see wr_exprs_find.
void wr_dead_arguments_find(const wr_module *m, const wr_body *body, const uint32_t *starts, uint32_t i,
                            wr_argument *args);

// Whether a constant takes the place of a parameter where that is read, and not in a local.
bool wr_dead_arguments_in_place(const wr_param_use *callee, uint32_t param, const wr_ins *constant);

// Decodes the body of a function and puts it under new signatures of functions it calls and its own: by
// function, NULL for those that stay. In env->temp.
void wr_dead_arguments_rewrite(wr_env *env, const wr_module *m, wr_new_signature *const *changes,
                               uint32_t func, wr_body *out);

#endif
