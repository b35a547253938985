// An interpreter that evaluates functions of a module ahead of time, as far as they only compute with the
// module's own state: numbers, globals, memory 0, calls, and what tables hold at the start. Vectors,
// references, atomics, exceptions that are thrown, growing and most imports are not evaluated; nor is what
// traps or takes too long.
#ifndef WR_ANALYSIS_INTERP_H
#define WR_ANALYSIS_INTERP_H

#include "memory_image.h"

// Runs the start function on the image. Returns false, and leaves the image unusable, if that can't be
// evaluated. Uses env->pass and resets it; works under wr_try.
bool wr_interp_run_start(wr_env *env, wr_arena *arena, const wr_module *m, wr_memory_image *image);

// --- Evaluating in part ---

typedef struct wr_interp wr_interp;

// The last point in a function up to which it was evaluated: no value is on the stack there, and it is in no
// block, so the rest of the body is code of its own.
typedef struct wr_interp_checkpoint {
    uint32_t at;            // the next instruction
    const uint64_t *locals; // their values there; i32 values are zero-extended
    bool written;           // memory or a global was written on the way
} wr_interp_checkpoint;

// Evaluates on a copy of the module's state after instantiation but before its start function. With
// `no_input`, WASI's imports say that there are no arguments and environment variables. Uses env->pass, where
// everything is until its owner resets it. Returns NULL if the initial state is not known. The module must be
// valid.
wr_interp *wr_interp_begin(wr_env *env, const wr_module *m, bool no_input);

// Calls a function with zeros for its parameters. Returns true if it ran to its end. Otherwise the state is
// that at the checkpoint, which is at instruction 0 if nothing could be evaluated; env->diag.message says
// what could not. Works under wr_try.
bool wr_interp_eval(wr_interp *k, uint32_t func, wr_interp_checkpoint *checkpoint);

// The results of the last function that ran to its end.
const uint64_t *wr_interp_results(const wr_interp *k);
// The present memory.
wr_slice wr_interp_memory(const wr_interp *k);
// The value of a global. Returns false if it is not known; then it was not changed either.
bool wr_interp_global(const wr_interp *k, uint32_t global, uint64_t *value);

#endif
