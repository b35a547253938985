// Counts calls: makes the instrumented module that `wring profile` writes.
#ifndef WR_INSTRUMENT_COUNTERS_H
#define WR_INSTRUMENT_COUNTERS_H

#include "passes/manager/pass.h"
#include "support/buf.h"

// Prefix of the counters' exports. After it come the function's index in the original module, a space, and
// the function's name.
#define WR_COUNTER_PREFIX "wring count "

// Prefix of a second export of the first counter. After it comes the module's identity, see
// wr_profile_identity().
#define WR_COUNTED_PREFIX "wring module "

// Core modules of a component import their counters from an instance of this name. The name of a counter has
// the number of the module in the component, and the index of the function in the module.
#define WR_COUNTERS_INSTANCE "wring counters"
#define WR_COUNTER_OF_MODULE "%u %u"

// Gives each function a global that counts its entries or, for an import, its calls. The module exports these
// globals or, if it is the core module of that number of a component (not WR_NONE), imports them. Notes what
// cannot be counted. Throws WR_USAGE if the module already has such exports.
void wr_counters_add(wr_context *c, uint32_t module);

// Appends what a profile says of the module but for the counts, which go in front of each line after the
// first. Returns the sizes of these lines, in the perm arena.
uint32_t *wr_counters_describe(wr_env *env, const wr_module *m, wr_buf *out);

#endif
