// The loop that function passes share.
#ifndef WR_PASSES_BODIES_H
#define WR_PASSES_BODIES_H

#include "pass.h"

// Calls edit for each live function with a body, in parallel, and keeps a changed body if it is smaller, or with
// keep_equal if it is not larger. In later rounds only those that the round before or this one has made
// smaller by more than next to nothing.
void wr_edit_bodies(wr_context *c, wr_edit_fn *edit, bool keep_equal);

// A pass in a chain of function passes, and what came of it.
typedef struct wr_link {
    const wr_pass *pass;
    uint64_t ns, saved; // time of all workers; bytes
} wr_link;

// Runs function passes one after another on each body before it goes to the next, so that bodies are decoded and stored
// once. What comes out is what wr_edit_bodies for one pass after the other gives. Fills ns and saved.
void wr_edit_chain(wr_context *c, wr_link *links, size_t n);

#endif
