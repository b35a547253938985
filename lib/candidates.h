// Several outputs of one module, and the choice among them.
#ifndef WR_LIB_CANDIDATES_H
#define WR_LIB_CANDIDATES_H

#include "debuginfo/code_map.h"
#include "stages.h"

// Takes a module that has been through the passes before the size passes; returns the smallest output by the
// objective, the input among them. Not yet validated. In the perm arena of the run's main env. `ninput` of
// the module's functions are the input's. If map is not NULL, it is filled for an output that is not the
// input.
wr_slice wr_choose_output(const wr_run *run, wr_module *m, uint32_t ninput, wr_code_map *map);

#endif
