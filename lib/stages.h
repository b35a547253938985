// The stages that a job is made of. A run is one way of a module through them: the job's own, or that of a
// candidate, which has a pool of its own so that all it held can be given back.
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
    wr_pass_state *state;     // what passes know of the module beside it
    wr_code_map *code_map;    // of an output that is made apart; NULL: not wanted
    wr_code_origins *origins; // filled by wr_run_encode; NULL: not wanted
    bool quiet;               // no timings, progress, notes and dumps: a candidate
} wr_run;

typedef struct wr_stage {
    const wr_run *run;
    wring_timing timing;
    uint64_t start;
} wr_stage;

// Around a piece of work: reports progress, checks limits, notes the time.
wr_stage wr_begin_stage(const wr_run *run, const char *name, double fraction);
void wr_end_stage(wr_stage *stage);

// Notes something for the user of the job.
void wr_job_note(void *job, const char *text);

void wr_decode_and_validate(const wr_run *run, wr_slice input, wr_module *m, bool summarize, double fraction);

// Finds the function that dump-after names. Throws WR_USAGE if there is none.
void wr_find_dump_func(const wr_run *run, const wr_module *m);

// The passes of the part, with their timings and dumps. Returns whether to go on (not stopped by an option).
bool wr_run_passes(const wr_run *run, wr_module *m, wr_pass_part part);

// Runs work on a module that was found valid. Whatever is found to be malformed from there on is our own
// doing, so WR_BAD_INPUT becomes WR_INTERNAL, without an offset: it would be one in bytes that the user never
// saw.
void wr_run_after_validation(wr_env *env, void (*work)(wr_env *env, void *arg), void *arg);

// In the pool's main perm arena.
wr_slice wr_run_encode(const wr_run *run, wr_module *m);
// An output that fails validation is our fault, whatever the validator says: throws WR_INTERNAL.
void wr_require_valid(const wr_run *run, wr_slice out);

// What Binaryen's wasm-opt makes of a module: valid, and with no feature beyond those of the input and those
// allowed. Empty, with a note for the user, when there is no such thing; only the job's own limits end the
// job.
wr_slice wr_run_binaryen(const wr_run *run, wr_slice module);

#endif
