// A job: one run of the library over one module. Internal; tests use it to reach limits and fault injection.
#ifndef WR_LIB_JOB_H
#define WR_LIB_JOB_H

#include "debuginfo/code_map.h"
#include "options.h"
#include "passes/manager/pass.h"

// Changes a module on purpose before the passes run, such as asyncify does.
typedef struct wr_rewriting {
    const char *name;
    void (*rewrite)(wr_context *c, void *user); // NULL: there is none
    void *user;
} wr_rewriting;

struct wring_job {
    const wr_config *config;
    wr_rewriting rewriting; // of the program's own, set before the run
    wr_shared shared;
    wr_pool pool; // lives until the next run, since it owns the output
    bool has_pool;
    size_t fail_after; // allocation faults for the next run, see wr_shared
    wr_diag diag;
    wr_slice original;            // what the user gave
    wr_slice input, output;       // input: the same, unless a first stage rewrote it
    wr_slice weighed;             // what the output should not compress worse than; empty: the input
    const wr_code_map *rewritten; // in that case, if origins are tracked: where its code comes from
    wr_slice source_map, symbols; // made beside the output if requested
    wring_find_map_fn find_map;   // NULL: there is no source map
    void *find_map_user;
    uint64_t input_features; // features of the input, for the Binaryen stage
    uint32_t core_module;    // number of the module in a component; WR_NONE: it is none's
    bool profiled;           // the profile has this module, or one of this component's
    uint64_t *calls;         // by function of the input: counts of the profile if a first stage rewrote it
    uint32_t ncalls;
    WR_VEC(wring_timing) timings;
    WR_VEC(char *) notes;
    WR_VEC(wr_memory_change) changed; // intended changes of memory by passes
    double fraction;                  // the last fraction reported as progress
    wring_progress_fn progress;
    void *progress_user;
    uint32_t dump_func; // WR_NONE: dump the whole module
    wring_dump_fn dump;
    void *dump_user;
    wring_snapshot_fn snapshot;
    void *snapshot_user;
    const struct wr_body_store *body_store; // see wr_job_set_body_store; NULL: none
};

// Runs `work` on a module under the job's limits and leaves its results, or what went wrong, in the job.
wring_status wr_job_run(wring_job *job, const void *module, size_t size,
                        void (*work)(wr_env *env, void *job));

// Lets the job's runs find results of passes on one body in a store, and keep them there. The store outlives
// the runs.
void wr_job_set_body_store(wring_job *job, const struct wr_body_store *store);

// Frees all memory of a run that is done but for what its results are in.
void wr_job_free_scratch(wring_job *job);

// Do the work of wring_optimize, wring_instrument and wring_validate under wr_try.
void wr_job_optimize(wr_env *env, void *job);
void wr_job_instrument(wr_env *env, void *job);
void wr_job_validate(wr_env *env, void *job);

// Takes the counts of the job's profile, if it has one, for its input. This happens before any pass, since
// the profile uses the input's numbering.
void wr_job_read_profile(wr_env *env, wring_job *job, const wr_module *m, wr_pass_state *state);

// The state's counts by function of the module as it was just encoded, whose number of functions n becomes.
uint64_t *wr_job_renumber_calls(wr_env *env, const wr_module *m, const wr_pass_state *state, uint32_t *n);

#endif
