// Debug information on its way through the steps of a command line: the source map beside the module, and
// the DWARF in it. Each step of the library takes both along; steps that only rewrite other sections move the
// code as a whole.
#ifndef WR_CLI_WASM_OPT_DEBUG_H
#define WR_CLI_WASM_OPT_DEBUG_H

#include "support/buf.h"
#include "wring.h"

typedef struct wr_line_debug {
    const char *map_in, *map_out, *map_url; // as the command line has them; NULL if not given
    bool dwarf;                             // DWARF is to be kept
    wr_slice map;                           // the source map of the module as it is now; empty: there is none
} wr_line_debug;

// Whether a source map is wanted.
bool wr_line_debug_has_map(const wr_line_debug *debug);

// Reads the input's source map, if the line names one. Throws WR_IO.
void wr_line_debug_read(wr_env *env, wr_line_debug *debug);

// Sets what a run of the library over `module` needs to keep debug information true.
wring_status wr_line_debug_set(wr_env *env, const wr_line_debug *debug, wr_slice module,
                               wring_options *options);
// Runs a job, with the options set by wr_line_debug_set, over `module` and its source map, and returns the
// output in env->perm. The job, which a signal stops, must end before `debug` does. Throws what the job
// reports.
wr_slice wr_line_debug_run(wr_env *env, wr_line_debug *debug, wring_job *job, wr_slice module);

// Renews the source map after `before` became `after` with the same code section at another place.
void wr_line_debug_moved(wr_env *env, wr_line_debug *debug, wr_slice before, wr_slice after);

// Returns the source map in the form that every wasm-opt reads: 108, for one, refuses maps with names, and
// those in which code comes from nowhere.
wr_slice wr_line_debug_plain_map(wr_env *env, const wr_line_debug *debug);

// Writes the source map where the line wants it. Throws WR_IO.
void wr_line_debug_write(wr_env *env, const wr_line_debug *debug);

#endif
