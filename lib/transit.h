// Keeps the promise of the default objective: the compressed size does not grow.
#ifndef WR_LIB_TRANSIT_H
#define WR_LIB_TRANSIT_H

#include "stages.h"

// Returns the output or, if compressors would make it larger than the input, one made with more restraint. In
// the perm arena of the run's main env.
wr_slice wr_transit_restrain(const wr_run *run, wr_slice out);

// Makes an output of the job's input, with all passes of the run's level. A wr_make_fn without argument.
wr_slice wr_transit_make(const wr_run *run, void *arg);

#endif
