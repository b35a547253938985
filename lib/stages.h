// The stages of a job. A run takes a module through them once: the job's own run, or that of a candidate,
// which has a pool of its own so that its memory can be freed.
#ifndef WR_LIB_STAGES_H
#define WR_LIB_STAGES_H

#include "debuginfo/code_map.h"
#include "ir/encode/encode.h"
#include "job.h"
#include "passes/manager/run.h"

typedef struct wr_run {
    wring_job *job;
    wr_pool *pool;
    const wr_config *config;
    wr_pass_state *state;     // the passes' state beside the module
    wr_code_map *code_map;    // code map of an output that is made apart; NULL if not needed
    wr_code_origins *origins; // filled by wr_stage_encode; NULL if not needed
    bool quiet;               // for candidates: no timings, progress, notes or dumps
} wr_run;

typedef struct wr_stage {
    const wr_run *run;
    wring_timing timing;
    uint64_t start;
} wr_stage;

// Bracket a piece of work: report progress, check limits, record the time.
wr_stage wr_stage_begin(const wr_run *run, const char *name, double fraction);
void wr_stage_end(wr_stage *stage);

// Leaves a note for the user of the job.
void wr_stage_note(void *job, const char *text);

void wr_stage_decode(const wr_run *run, wr_slice input, wr_module *m, bool summarize, double fraction);

// Finds the function that dump-after names. Throws WR_USAGE if there is none.
void wr_stage_find_dump_func(const wr_run *run, const wr_module *m);

// Runs the passes of a part of the pipeline, with timings and dumps. Returns false if an option stopped them.
bool wr_stage_passes(const wr_run *run, wr_module *m, wr_pass_part part);

// Runs work on a module that was found valid. Anything malformed from here on is a bug in wring, so
// WR_BAD_INPUT becomes WR_INTERNAL. Its offset is dropped, since it refers to bytes that the user never saw.
void wr_stage_after_validation(wr_env *env, void (*work)(wr_env *env, void *arg), void *arg);

// Encodes the module. The bytes are in the pool's main perm arena.
wr_slice wr_stage_encode(const wr_run *run, wr_module *m);
// Throws WR_INTERNAL if the output is invalid, which is a bug in wring whatever the validator says.
void wr_stage_require_valid(const wr_run *run, wr_slice out);

// Returns wasm-opt's version of a module: valid, and with no features beyond those of the input and those
// allowed. If that fails, the result is empty and a note is left for the user; only the job's own limits end
// the job.
wr_slice wr_binaryen_run_stage(const wr_run *run, wr_slice module);

#endif
