// Counts calls: makes the instrumented module that `wring profile` writes.
#ifndef WR_INSTRUMENT_COUNTERS_H
#define WR_INSTRUMENT_COUNTERS_H

#include "passes/manager/pass.h"

// Prefix of the counters' exports. After it come the function's index in the original module, a space, and
// the function's name.
#define WR_COUNTER_PREFIX "wring count "

// Prefix of a second export of the first counter. After it comes the module's identity, see
// wr_profile_identity().
#define WR_COUNTED_PREFIX "wring module "

// Gives each function an exported global that counts its entries or, for an import, its calls. Notes what
// cannot be counted. Throws WR_USAGE if the module already has such exports.
void wr_counters_add(wr_context *c);

#endif
