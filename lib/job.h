// A job: one run of the library over one module. Internal; tests reach the limits and fault injection through
// it.
#ifndef WR_LIB_JOB_H
#define WR_LIB_JOB_H

#include "options.h"
#include "passes/manager/pass.h"

struct wring_job {
    const wr_config *config;
    wr_shared shared;
    wr_pool pool; // lives from one run to the next: it owns the output
    bool has_pool;
    size_t fail_after; // allocation faults of the next run, see wr_shared
    wr_diag diag;
    wr_slice input, output;
    wr_slice source_map, symbols; // made beside the output, if it was asked for
    wring_find_map_fn find_map;   // NULL: there is no map
    void *find_map_user;
    uint64_t input_features; // of the module as read, for the Binaryen stage
    WR_VEC(wring_timing) timings;
    WR_VEC(char *) notes;
    WR_VEC(wr_memory_change) changed; // memory, by passes, on purpose
    double fraction;                  // how far the job was said to be
    wring_progress_fn progress;
    void *progress_user;
    uint32_t dump_func; // WR_NONE: the whole module
    wring_dump_fn dump;
    void *dump_user;
    wring_snapshot_fn snapshot;
    void *snapshot_user;
};

// Does the work of wring_optimize, wring_instrument and wring_validate under wr_try.
void wr_job_optimize(wr_env *env, void *job);
void wr_job_instrument(wr_env *env, void *job);
void wr_job_validate(wr_env *env, void *job);

// Reads a profile from a file. Before any pass, since the profile has the input's numbers.
void wr_job_read_profile(wr_env *env, const char *path, const wr_module *m, wr_pass_state *state);

#endif
