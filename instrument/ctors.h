// Evaluates constructors ahead of time, as wasm-ctor-eval does: what they would do to memory and globals is
// what these hold at the start.
#ifndef WR_INSTRUMENT_CTORS_H
#define WR_INSTRUMENT_CTORS_H

#include "passes/manager/pass.h"
#include "support/buf.h"

typedef struct wr_ctors {
    wr_strings names; // exported functions that the host calls first after instantiation, in this order
    wr_strings kept;  // those whose exports stay, since the host calls them all the same
    bool no_input;    // there are no arguments, environment variables, and so on
    wr_buf *said;     // lines that say how it went, as wasm-ctor-eval prints them
} wr_ctors;

// Throws WR_USAGE if a constructor is not among the exported functions.
void wr_ctors_evaluate(wr_context *c, const wr_ctors *ctors);

#endif
