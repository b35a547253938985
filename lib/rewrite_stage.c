// Rewrites a job's input; see the header. What comes of it is encoded, so that for all that follows it is a
// module like any other: no output need be smaller than what the user gave.
#include "rewrite_stage.h"

#include "debug_outputs.h"
#include "ir/edit.h"
#include "ir/validate/validate.h"
#include "stages.h"

typedef struct staging {
    wr_run run;
    const wr_rewriting *rewriting;
    wr_module m;
    wr_slice out;
} staging;

static void rewrite(wr_env *env, void *arg) {
    staging *s = arg;
    wring_job *job = s->run.job;
    wr_context c = {.pool = s->run.pool,
                    .env = env,
                    .m = &s->m,
                    .config = s->run.config,
                    .state = s->run.state,
                    .note = wr_stage_note,
                    .note_user = job};
    wr_job_read_profile(env, job, &s->m, s->run.state);
    s->rewriting->rewrite(&c, s->rewriting->user);
    wr_pass_strip(&c);
    wr_arena_reset(&env->temp);
    s->out = wr_stage_encode(&s->run, &s->m);
    if (s->run.state->calls) job->calls = wr_job_renumber_calls(env, &s->m, s->run.state, &job->ncalls);
    wr_stage_require_valid(&s->run, s->out);
}

void wr_rewrite_stage(wr_env *env, wring_job *job, const wr_rewriting *rewriting) {
    wr_config config = *job->config;
    config.debug_names = true; // for later stages, which drop them if they are not wanted
    wr_pass_state state = {0};
    wr_code_origins origins = {0};
    staging s = {.run = {.job = job, .pool = &job->pool, .config = &config, .state = &state},
                 .rewriting = rewriting};
    wr_stage stage = wr_stage_begin(&s.run, rewriting->name, 0);
    wr_stage_decode(&s.run, job->input, &s.m, true, 0);
    wr_validate_control_tags(env, &s.m);
    uint32_t ninput = s.m.nfuncs;
    bool tracked = wr_debug_tracks(env, job->config, &s.m);
    if (tracked) {
        wr_module_track_origins(env, &s.m);
        s.run.origins = &origins;
    }
    wr_stage_after_validation(env, rewrite, &s);
    if (tracked) {
        wr_code_map *map = WR_NEW0(&env->perm, wr_code_map, 1);
        wr_code_map_make(env, &origins, ninput, map);
        job->rewritten = map;
    }
    job->input = s.out;
    wr_stage_end(&stage);
}
