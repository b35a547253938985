// The loop that decodes bodies and runs passes on one body over them. All functions here run their work in
// parallel on the context's pool, and are called from one thread. Failures of an edit are thrown (wr_throw).
#ifndef WR_PASSES_MANAGER_BODIES_H
#define WR_PASSES_MANAGER_BODIES_H

#include "pass.h"

// Calls `edit` for each live function with a body, or only for the wanted ones (by function; NULL: all), in
// parallel, and keeps a changed body if it is smaller, or, with keep_equal, if it is not larger.
void wr_bodies_edit(wr_context *c, wr_edit_fn *edit, const uint8_t *wanted, bool keep_equal);

// A pass among those that run one after another on each body, and its results.
typedef struct wr_pipeline_entry {
    const wr_pass *pass;
    uint16_t bit;               // its own bit in wr_func_state.dirty
    uint16_t dirties;           // the bits of the passes to run again after it has made a body smaller
    uint16_t dirties_if_little; // likewise, after it has made a body smaller by less than 1/256
    uint64_t ns, saved;         // nanoseconds, summed over all workers; bytes
} wr_pipeline_entry;

#define WR_MAX_PIPELINE_ENTRIES 16

// Finds the enabled passes on one body that stand together in the pipeline, from the step at *at to before
// `end`; moves *at to the last of them. Returns their number.
size_t wr_bodies_find_entries(const wr_context *c, size_t *at, size_t end, wr_pipeline_entry *entries);

// Runs them one after another on each body, in WR_ITERATIONS iterations or until they gain next to nothing,
// before going to the next body, so that each body is decoded and stored once. Fills ns and saved. In the
// first round works on all functions, in later ones on those that interprocedural passes have changed.
void wr_bodies_run_entries(wr_context *c, wr_pipeline_entry *entries, size_t n);

// Runs one of them on all bodies for the iteration c->iteration. Calling this for each entry, in each
// iteration of a round, gives the same code as wr_bodies_run_entries.
void wr_bodies_run_entry(wr_context *c, wr_pipeline_entry *entry);

#endif
