// What passes on one body see of the module and the configuration: nothing but what results of these passes
// are found again by (body_results.h). All that is left out is absent, not stale: other functions' bodies
// and summaries, data, elements, exports, initial values, names. A pass that asked for any of it would find
// none in each run, with results at hand or without, and end at an assertion in a checked build.
//
// To let passes see more, add it here and to the digest beside it.
#ifndef WR_PASSES_MANAGER_BODY_VIEW_H
#define WR_PASSES_MANAGER_BODY_VIEW_H

#include "pass.h"
#include "support/blake2b.h"

// A module with more functions is given with these as they are, to save memory, and its results aren't kept.
enum { WR_BODY_VIEW_FUNCS = 1 << 18 };

typedef struct wr_body_view {
    wr_module m;
    wr_config config;
    wr_context c;     // with these two, and without a state
    wr_digest digest; // of what is seen whatever the body names
} wr_body_view;

// Makes the view of the context's module, as it is now. Its memory is in env->pass.
void wr_body_view_make(const wr_context *c, wr_body_view *view);

// Adds to the hash what is seen of a function, and of those functions and globals that its body names, which
// its summary lists.
void wr_body_view_hash(wr_blake2b *hash, const wr_body_view *view, const wr_module *m, uint32_t func);

#endif
