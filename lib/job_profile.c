// The counts that a job has of its input's functions. If a first stage rewrote the input, its functions have
// other numbers than in the profile; then that stage took the counts along, see rewrite_stage.c.
#include "instrument/profile.h"
#include "ir/encode/layout.h"
#include "job.h"
#include "support/file.h"

typedef struct profile_reading {
    wring_job *job;
    const wr_module *m;
    wr_pass_state *state;
    wr_slice text;
} profile_reading;

// A core module that the profile has no counts of is taken to be one of which nothing is known.
static void parse_profile(wr_env *env, void *arg) {
    const profile_reading *r = arg;
    if (r->job->core_module != WR_NONE && !wr_profile_has(env, r->text, r->m)) return;
    r->state->calls = wr_profile_read(env, r->text, r->m);
    r->state->ncalls = r->m->nfuncs;
    r->job->profiled = true;
}

void wr_job_read_profile(wr_env *env, wring_job *job, const wr_module *m, wr_pass_state *state) {
    wr_file file;
    const char *path = job->config->profile;
    if (!path) return;
    if (job->calls) {
        state->calls = job->calls, state->ncalls = job->ncalls;
        return;
    }
    int error = wr_file_read(&file, path);
    if (error) wr_throw(env, WR_IO, WR_NO_OFFSET, "cannot read the profile %s: %s", path, strerror(error));
    wr_status status = wr_try(env, parse_profile, &(profile_reading){job, m, state, file.bytes});
    wr_diag diag = env->diag;
    wr_file_free(&file);
    if (status != WR_OK) wr_rethrow(env, &diag);
}

uint64_t *wr_job_renumber_calls(wr_env *env, const wr_module *m, const wr_pass_state *state, uint32_t *n) {
    wr_layout layout;
    wr_layout_make(env, &env->temp, m, state->ranks, &layout);
    *n = layout.count[WR_FUNC];
    uint64_t *calls = WR_NEW(&env->perm, uint64_t, *n);
    for (uint32_t i = 0; i < *n; i++) {
        uint32_t old = layout.order[WR_FUNC][i];
        calls[i] = old < state->ncalls ? state->calls[old] : WR_UNCOUNTED;
    }
    wr_arena_reset(&env->temp);
    return calls;
}
