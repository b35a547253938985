// The loop that function passes share.
#ifndef WR_PASSES_MANAGER_BODIES_H
#define WR_PASSES_MANAGER_BODIES_H

#include "pass.h"

// Calls edit for each live function with a body, or each of those that are wanted (by function; NULL: all), in parallel, and
// keeps a changed body if it is smaller, or with keep_equal if it is not larger.
void wr_bodies_edit(wr_context *c, wr_edit_fn *edit, const uint8_t *wanted, bool keep_equal);

// A pass in a chain of function passes, and what came of it.
typedef struct wr_pipeline_entry {
    const wr_pass *pass;
    uint16_t bit;           // in wr_func.work
    uint16_t wakes, little; // there: those that have work when it made a body smaller, and when it did so by next to nothing
    uint64_t ns, saved; // time of all workers; bytes
} wr_pipeline_entry;

#define WR_MAX_PIPELINE_ENTRIES 16

// The function passes of the level that stand together, from the one at *at, which moves to the last of them. Returns
// their number.
size_t wr_bodies_find_entries(const wr_context *c, size_t *at, size_t end, wr_pipeline_entry *links);

// Runs function passes one after another on each body, WR_ITERATIONS times or until that brings next to nothing, before it goes
// to the next, so that bodies are decoded and stored once. Fills ns and saved. In the first round on all functions, in
// later ones on those that passes of the round have changed.
void wr_bodies_run_entries(wr_context *c, wr_pipeline_entry *links, size_t n);

// Runs one pass on all bodies whose turn is c->turn. What comes out of calling this for each link at each turn of a round
// is what wr_bodies_run_entries gives.
void wr_bodies_run_entry(wr_context *c, wr_pipeline_entry *link);

#endif
