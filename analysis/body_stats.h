// Per-function statistics for reports that the functions' summaries don't have, gathered in one sweep over
// all bodies.
#ifndef WR_ANALYSIS_BODY_STATS_H
#define WR_ANALYSIS_BODY_STATS_H

#include "ir/refs.h"
#include "support/pool.h"

// Calls from one function to one imported function.
typedef struct wr_import_call {
    uint32_t import; // function index
    uint32_t sites, loop_sites;
} wr_import_call;

typedef struct wr_body_stats {
    uint64_t hash;    // of the type and the bytes of the body
    uint64_t shape;   // hash of the instructions without constants and indices
    uint32_t padding; // bytes that the shortest encoding of numbers would save
    uint32_t calls, indirect_calls, loops;
    uint32_t branching;                 // instructions that begin, end or leave a block
    uint32_t binary;                    // instructions that make one value of two
    const wr_import_call *import_calls; // by import
    uint32_t nimport_calls;
    const uint64_t *constants; // possible addresses: distinct, in increasing order
    uint32_t nconstants;
} wr_body_stats;

// Constants in [low, high) are kept as possible addresses, and of a Go program also multiples of 65536 below
// go_high, as possible addresses of functions.
typedef struct wr_body_sweep {
    wr_body_stats *facts; // by function
    uint64_t low, high, go_high;
} wr_body_sweep;

// Reads all bodies in parallel, and fills sweep->facts and the functions' summaries. Uses env->temp of every
// worker.
void wr_body_stats_sweep(wr_pool *pool, wr_module *m, wr_body_sweep *sweep);

#endif
