// State of passes that is kept beside the module: side tables that the manager owns, and facts that passes
// tell each other. A state belongs to one module, and goes with it from one part of the pipeline to the next.
#ifndef WR_PASSES_MANAGER_STATE_H
#define WR_PASSES_MANAGER_STATE_H

#include "analysis/call_frequency.h"
#include "ir/encode/layout.h"
#include "ir/module.h"

#define WR_ITERATIONS 3 // the most iterations of the passes on one body, in each round

// Per-function state.
typedef struct wr_func_state {
    uint16_t dirty; // bits of the passes that may find something to do in the next iteration
    uint8_t edited; // the last iteration, counted from 1, in or before which the body changed
    bool noreturn;  // every path through it traps, throws or never ends; set by the pass noreturn
    bool is_shared; // others have its code; set by the pass inline in the first round
} wr_func_state;

// What a runtime pass asks of the size passes.
typedef struct wr_size_hints {
    uint32_t min_saving; // bytes that a function of shared code must save; UINT32_MAX: make none
    uint32_t min_site;   // bytes that it must save at each of its places
    bool plain_data;     // leave data in the form that compressors like
} wr_size_hints;

typedef struct wr_pass_state {
    wr_func_state *funcs; // by function: all that the module had when the current pass began
    uint32_t nfuncs, cap;
    wr_size_hints hints;
    // By function, for the first `ncalls`: calls in the profile, or WR_UNCOUNTED; NULL without a profile.
    uint64_t *calls;
    uint32_t ncalls;
    wr_func_ranks ranks;                   // set by reorder-functions, for the layout
    uint32_t npasses;                      // how many passes on the whole module have begun
    struct wr_handed_call_cost *call_cost; // see wr_call_cost_hand_on
} wr_pass_state;

// Extends the tables to functions that were added to the module. In env->perm.
void wr_pass_state_extend(wr_env *env, wr_pass_state *state, uint32_t nfuncs);

#endif
