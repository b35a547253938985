// What passes know beside the module: side tables that the manager owns, and what one pass tells others. A
// state belongs to a module, and goes with it from one part of the pipeline to the next.
#ifndef WR_PASSES_MANAGER_STATE_H
#define WR_PASSES_MANAGER_STATE_H

#include "ir/module.h"

#define WR_ITERATIONS 3 // of the passes on one body, in each round

// What the passes on one body know about a function.
typedef struct wr_func_state {
    uint16_t dirty; // bits of the passes that may find something to do in the next iteration
    uint8_t edited; // the last iteration, counted from 1, in or before which the body changed
    bool noreturn; // every path through it traps, throws or goes on for ever: filled by the pass of that name
} wr_func_state;

// What a runtime pass asks of the size passes.
typedef struct wr_size_hints {
    uint32_t min_saving; // bytes that a function of shared code must save; UINT32_MAX: make none
    uint32_t min_site;   // bytes that it must save at each of its places
    bool plain_data;     // data stays as compressors like it
} wr_size_hints;

#define WR_UNCOUNTED UINT64_MAX // calls of a function that was not there when they were counted

typedef struct wr_pass_state {
    wr_func_state *funcs; // by function: all that the module had when the pass in hand began
    uint32_t nfuncs, cap;
    wr_size_hints hints;
    uint64_t
        *calls; // of the first `ncalls` functions, as a profile has them, or WR_UNCOUNTED; NULL without one
    uint32_t ncalls;
} wr_pass_state;

// Makes room for functions that were added to the module. In env->perm.
void wr_pass_state_extend(wr_env *env, wr_pass_state *state, uint32_t nfuncs);

#endif
