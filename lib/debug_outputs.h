// What a job writes beside the module, or into it, for who debugs it: a source map, a symbol file, DWARF.
#ifndef WR_LIB_DEBUG_OUTPUTS_H
#define WR_LIB_DEBUG_OUTPUTS_H

#include "debuginfo/code_map.h"
#include "stages.h"

// Whether the job is to know where the output's code comes from.
bool wr_debug_is_tracked(const wr_config *config);

// Runs these passes on a module that was just decoded, and encodes it; fills the run's code_map.
wr_slice wr_debug_run(const wr_run *run, wr_module *m, wr_pass_part part);

// Makes what the job was asked for, of an output whose code map is known, and returns the output, maybe with
// sections behind it.
wr_slice wr_debug_finish(const wr_run *run, const wr_code_map *map, wr_slice out);

#endif
