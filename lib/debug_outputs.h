// Outputs for debugging that a job writes beside the module or into it: a source map, a symbol file, DWARF.
#ifndef WR_LIB_DEBUG_OUTPUTS_H
#define WR_LIB_DEBUG_OUTPUTS_H

#include "debuginfo/code_map.h"
#include "stages.h"

// Whether the job makes an output for which it must track origins.
bool wr_debug_is_tracked(const wr_config *config);

// Likewise, or whether it must for names of locals and labels that the module has and that are to be kept.
// Binaryen's stage loses those.
bool wr_debug_tracks(wr_env *env, const wr_config *config, const wr_module *m);

// Runs these passes on a freshly decoded module, encodes it, and fills the run's code_map.
wr_slice wr_debug_run(const wr_run *run, wr_module *m, wr_pass_part part);

// Makes the requested debug outputs for an output whose code map is known. Returns the output, possibly with
// sections appended.
wr_slice wr_debug_finish(const wr_run *run, const wr_code_map *map, wr_slice out);

#endif
