// Makes a module's bytes in a pool of their own, so that all memory except the bytes is freed afterwards.
#ifndef WR_LIB_APART_H
#define WR_LIB_APART_H

#include "stages.h"

typedef wr_slice wr_make_fn(const wr_run *run, void *arg);

// Calls make with a quiet run of the same job under the given configuration. Returns the bytes in the perm
// arena of the original run's main env, in a block that can be given back. If make fails because of a bug in
// wring, the result is empty and a note is left; other failures are thrown. If map is not NULL, make fills
// its run's code_map, which is copied to map.
wr_slice wr_apart_make(const wr_run *run, const wr_config *config, wr_make_fn *make, void *arg,
                       wr_code_map *map);

#endif
