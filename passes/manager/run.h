// Runs passes: those of the level as pipeline.def orders them, or those that the user lists.
#ifndef WR_PASSES_MANAGER_RUN_H
#define WR_PASSES_MANAGER_RUN_H

#include "pass.h"

// What one pass took: seconds of the wall clock, and bytes of bodies and data before and after.
typedef struct wr_pass_timing {
    const char *name;
    double seconds;
    uint64_t bytes_before, bytes_after;
} wr_pass_timing;

// Who watches the passes run. Each function may be NULL.
typedef struct wr_pass_observer {
    void *user;
    // Before a pass, or passes that run one after another on each body; fraction: of the passes, from 0 to 1.
    // May throw.
    void (*begin)(void *user, const char *pass, double fraction);
    // After it, once for each of those passes.
    void (*end)(void *user, const wr_pass_timing *timing);
    // After it, to look at the module. Passes on one body then run over all bodies one by one, which gives
    // the same code.
    void (*look)(void *user, const wr_pass *pass, wr_module *m);
} wr_pass_observer;

// All passes, those before the phase `finish` (of a list: before size passes), or the rest.
typedef enum wr_pass_part { WR_PASSES_ALL, WR_PASSES_PREPARE, WR_PASSES_FINISH } wr_pass_part;

// Runs them. Returns whether to go on (not stopped by an option).
bool wr_passes_run(wr_context *c, const wr_pass_observer *observer, wr_pass_part part);

#endif
