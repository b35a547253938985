// Estimates how often each function is called, from the call graph or a profile.
//
// Frequency is seeded at exports, the start function and address-taken functions, and propagated along call
// edges, callers first: a call passes on its caller's frequency times the weight of its block. An indirect
// call goes in equal parts to the address-taken functions of its type. SCCs of the call graph iterate a few
// times with damping. Guesses of this kind are far off in places, and more so the further they are
// propagated, so the weight of a block is the square root of its frequency. A profile's counts replace the
// guess for the functions that it knows.
#ifndef WR_ANALYSIS_CALL_FREQUENCY_H
#define WR_ANALYSIS_CALL_FREQUENCY_H

#include "block_frequency.h"
#include "support/pool.h"

#define WR_UNCOUNTED UINT64_MAX // the count of a function that did not exist when calls were counted

typedef struct wr_call_edge {
    // The callee's node: a function, or nfuncs + a canonical type (the address-taken functions of that type).
    uint32_t to;
    int level;     // block frequency
    double weight; // how often the call is executed per execution of its node
} wr_call_edge;

typedef struct wr_call_edges {
    wr_call_edge *v;
    uint32_t n;
    double work; // instructions, weighted by their frequency per call of the function
} wr_call_edges;

// Nodes are the functions, followed by the canonical types.
typedef struct wr_call_frequency {
    double *times;       // by node: how often it is called
    wr_call_edges *of;   // by node: the calls in it
    const uint32_t *scc; // by function, see wr_callgraph_sccs; indirect calls count
    wr_u32s targets;     // functions whose address is taken, each once
    bool loops_call_any; // some loop contains an indirect call
} wr_call_frequency;

// calls: by function, for the first `ncalls`, what a profile counted, or WR_UNCOUNTED; NULL without a
// profile. loops_only: block frequencies come from loops alone. The result is in env->pass; workers use their
// temp and pass arenas.
void wr_call_frequency_find(wr_env *env, wr_pool *pool, const wr_module *m, const uint64_t *calls,
                            uint32_t ncalls, bool loops_only, wr_call_frequency *out);
// The weight of a block frequency level.
double wr_call_frequency_weight(int level);

#endif
