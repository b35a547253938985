// The default objective's promise: what is shipped compressed doesn't get larger.
#ifndef WR_LIB_TRANSIT_H
#define WR_LIB_TRANSIT_H

#include "stages.h"

// The output, or if compressors would make more of it than of the input, one that was made with more
// restraint; in the perm arena of the run's main env.
wr_slice wr_transit_restrain(const wr_run *run, wr_slice out);

#endif
