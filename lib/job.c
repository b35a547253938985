// The work of a job: decode, validate, passes, layout, encode, validate again; the smaller of input and
// output wins. If one way through is not enough, because of Binaryen's stage or because compressed bytes
// count, candidates.c makes several outputs and chooses.
#include "job.h"

#include "candidates.h"
#include "component_job.h"
#include "debug_outputs.h"
#include "instrument/asyncify/asyncify.h"
#include "instrument/counters.h"
#include "ir/decode/decode.h"
#include "ir/edit.h"
#include "passes/module/exports.h"
#include "ir/validate/validate.h"
#include "rewrite_stage.h"
#include "stages.h"
#include "text/text.h"
#include "transit.h"

static void note_renamed_passes(wring_job *job, const wr_patterns *renamed) {
    for (size_t i = 0; i < renamed->n; i++) {
        char text[160];
        const char *old = renamed->items[i];
        snprintf(text, sizeof text, "the pass %s is now called %s", old, wr_pass_find(old)->name);
        wr_stage_note(job, text);
    }
}

// Whether the compressed output is compared with the compressed input. This holds for what a level does by
// default, not for an explicit list of passes.
static bool is_weighed(const wr_config *config) {
    return config->objective == WR_FOR_BOTH && config->level >= WR_L2 && !config->passes.given;
}

// Writes the output as text, which is larger than any module.
static void write_text(wr_env *env, void *arg) {
    const wr_run *run = arg;
    wr_module m;
    wr_buf text = wr_buf_in(&env->perm);
    wr_stage_decode(run, run->job->output, &m, false, 0.95);
    wr_text_put_module(env, &m, &text);
    run->job->output = wr_buf_slice(&text);
}

typedef struct valid_job {
    const wr_run *run;
    wr_module m;
} valid_job;

static void map_input(wr_env *env, wr_slice input, wr_code_map *map) {
    wr_module m;
    wr_decode_module(env, input, &m);
    wr_code_map_identity(env, &m, map);
}

static void optimize_valid(wr_env *env, void *arg) {
    valid_job *v = arg;
    wr_run run = *v->run;
    wring_job *job = run.job;
    const wr_config *config = run.config;
    bool choose = config->with_binaryen || wr_config_is_for_transit(config);
    wr_exports_check(env, &v->m, config, wr_stage_note, job);
    wr_arena_reset(&env->temp);
    wr_stage_find_dump_func(&run, &v->m);
    wr_job_read_profile(env, job, &v->m, run.state);
    wr_code_origins origins;
    wr_code_map map;
    uint32_t ninput = v->m.nfuncs;
    bool tracked = wr_debug_tracks(env, config, &v->m);
    if (tracked) {
        wr_module_track_origins(env, &v->m);
        run.origins = &origins;
    }
    bool go_on = wr_stage_passes(&run, &v->m, choose ? WR_PASSES_PREPARE : WR_PASSES_ALL);
    choose = choose && go_on;
    wr_slice out = choose ? wr_candidates_choose(&run, &v->m, ninput, tracked ? &map : NULL)
                          : wr_stage_encode(&run, &v->m);
    if (tracked && !choose) wr_code_map_make(env, &origins, ninput, &map);
    run.code_map = tracked ? &map : NULL;
    if (is_weighed(config) && !choose && go_on) out = wr_transit_restrain(&run, out);
    wr_stage_require_valid(&run, out);
    bool is_input = choose ? wr_slice_eq(out, job->input) : out.n >= job->input.n;
    job->output = is_input && !choose ? wr_slice_copy(&env->perm, job->input) : out;
    if (!tracked) return;
    if (is_input) map_input(env, job->input, &map);
    if (job->rewritten) wr_code_map_compose(env, job->rewritten, &map);
    job->output = wr_debug_finish(&run, &map, job->output);
}

static void asyncify(wr_context *c, void *args) { wr_asyncify(c, args); }

static void rewrite(wr_env *env, wring_job *job) {
    wr_patterns args = job->config->asyncify;
    if (args.given) wr_rewrite_stage(env, job, &(wr_rewriting){"asyncify", asyncify, &args});
    if (job->rewriting.rewrite) wr_rewrite_stage(env, job, &job->rewriting);
}

void wr_job_optimize(wr_env *env, void *arg) {
    wring_job *job = arg;
    note_renamed_passes(job, &job->config->renamed);
    if (job->config->with_binaryen && wr_debug_is_tracked(job->config))
        wr_throw(env, WR_USAGE, WR_NO_OFFSET,
                 "with-binaryen loses where code comes from, so it goes with no debug output");
    if (wr_component_recognize(job->input)) {
        if (job->config->asyncify.given)
            wr_throw(env, WR_USAGE, WR_NO_OFFSET, "asyncify is for modules, not for components");
        if (wr_debug_is_tracked(job->config))
            wr_throw(env, WR_USAGE, WR_NO_OFFSET,
                     "source maps and symbol files are made for modules, not for components");
        wr_component_job_optimize(env, job);
        return;
    }
    rewrite(env, job);
    wr_pass_state state = {0};
    wr_run run = {.job = job, .pool = &job->pool, .config = job->config, .state = &state};
    valid_job v = {.run = &run};
    wr_stage_decode(&run, job->input, &v.m, true, 0);
    wr_validate_control_tags(env, &v.m);
    job->input_features = v.m.features;
    wr_stage_after_validation(env, optimize_valid, &v);
    if (job->config->emit_text) write_text(env, &run);
}

static void instrument_valid(wr_env *env, void *arg) {
    valid_job *v = arg;
    const wr_run *run = v->run;
    wr_context c = {.pool = run->pool,
                    .env = env,
                    .m = &v->m,
                    .config = run->config,
                    .state = run->state,
                    .note = wr_stage_note,
                    .note_user = run->job};
    wr_counters_add(&c, run->job->core_module);
    wr_pass_strip(&c);
    wr_arena_reset(&env->temp);
    wr_slice out = wr_stage_encode(run, &v->m);
    wr_stage_require_valid(run, out);
    run->job->output = out;
}

// Keeps names, for traps and profilers, but drops sections that describe the old code.
void wr_job_instrument(wr_env *env, void *arg) {
    wring_job *job = arg;
    wr_config config = *job->config;
    config.debug_names = true;
    if (wr_component_recognize(job->input)) {
        wr_component_job_instrument(env, job);
        return;
    }
    wr_pass_state state = {0};
    wr_run run = {.job = job, .pool = &job->pool, .config = &config, .state = &state};
    valid_job v = {.run = &run};
    wr_stage_decode(&run, job->input, &v.m, true, 0);
    wr_stage_after_validation(env, instrument_valid, &v);
}

void wr_job_validate(wr_env *env, void *arg) {
    wring_job *job = arg;
    if (wr_component_recognize(job->input)) {
        wr_component_job_validate(env, job);
        return;
    }
    wr_run run = {.job = job, .pool = &job->pool, .config = job->config};
    wr_module m;
    wr_stage_decode(&run, job->input, &m, false, 0);
    wr_validate_control_tags(env, &m);
    job->output = (wr_slice){0};
}
