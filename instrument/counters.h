// Counting calls: the instrumented module that `wring profile` writes.
#ifndef WR_INSTRUMENT_COUNTERS_H
#define WR_INSTRUMENT_COUNTERS_H

#include "passes/manager/pass.h"

// Exports of the counters begin so; then the function's index in the module as it was, a space, and its name.
#define WR_COUNTER_PREFIX "wring count "

// One more export of the first counter: then what tells the module from others, see wr_profile_identity().
#define WR_COUNTED_PREFIX "wring module "

// Gives each function an exported global that counts how often it is entered, or called, if it is an import.
// Notes what can't be counted. Throws WR_USAGE when the module has such exports already.
void wr_counters_add(wr_context *c);

#endif
