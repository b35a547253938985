// Runs passes: those of the level in the order of pipeline.def, or those that the user lists.
#ifndef WR_PASSES_MANAGER_RUN_H
#define WR_PASSES_MANAGER_RUN_H

#include "pass.h"

// The cost of one pass: wall-clock seconds, and the bytes of bodies and data before and after it.
typedef struct wr_pass_timing {
    const char *name;
    double seconds;
    uint64_t bytes_before, bytes_after;
} wr_pass_timing;

// An observer of the run. Each function may be NULL; all are called on the thread of wr_passes_run.
typedef struct wr_pass_observer {
    void *user;
    // Called before a pass, or before passes that run one after another on each body; fraction: the share of
    // the passes that are done, from 0 to 1. May throw.
    void (*begin)(void *user, const char *pass, double fraction);
    // Called after it, once for each of those passes.
    void (*end)(void *user, const wr_pass_timing *timing);
    // Called after each pass, to look at the module. If set, passes on one body run over all bodies one by
    // one, which gives the same code.
    void (*look)(void *user, const wr_pass *pass, wr_module *m);
} wr_pass_observer;

// All passes; those before the phase `finish` (of a list: before the size passes); or the rest.
typedef enum wr_pass_part { WR_PASSES_ALL, WR_PASSES_PREPARE, WR_PASSES_FINISH } wr_pass_part;

// Runs them. Returns false if an option stopped the run. Failures are thrown.
bool wr_passes_run(wr_context *c, const wr_pass_observer *observer, wr_pass_part part);

#endif
