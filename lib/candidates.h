// Makes several outputs of one module and chooses the best.
#ifndef WR_LIB_CANDIDATES_H
#define WR_LIB_CANDIDATES_H

#include "debuginfo/code_map.h"
#include "stages.h"

// Takes a module that went through the passes before the size passes. Returns the smallest output by the
// objective, possibly the input; it is not yet validated and lies in the perm arena of the run's main env.
// The first `ninput` functions of the module are the input's. If map is not NULL, it is filled for an output
// that is not the input.
wr_slice wr_candidates_choose(const wr_run *run, wr_module *m, uint32_t ninput, wr_code_map *map);

// A file's compressed size by a fast setting (UINT64_MAX: it is no candidate), and its raw size.
typedef struct wr_weighed {
    uint64_t cost, bytes;
} wr_weighed;

// Whether the input may compress better than the output at full strength, for all that the fast setting says.
bool wr_candidates_input_may_win(wr_weighed input, wr_weighed output);

#endif
