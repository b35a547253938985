// Making a module's bytes in a pool of their own, so that all that it took is given back but for the bytes.
#ifndef WR_LIB_APART_H
#define WR_LIB_APART_H

#include "stages.h"

typedef wr_slice wr_make_fn(const wr_run *run, void *arg);

// Calls make with a quiet run of the same job under that configuration. Returns the bytes in the perm arena
// of the run's main env, in a block that can be given back. What fails by a mistake of ours leaves nothing
// but a note; other failures are thrown. If map is not NULL, make fills what its run's code_map points to,
// and map gets that.
wr_slice wr_make_apart(const wr_run *run, const wr_config *config, wr_make_fn *make, void *arg,
                       wr_code_map *map);

#endif
