// wring_audit(), the library's way to an audit: reads a module under a job's limits and writes the JSON that
// `wring audit --json` writes.
#include "audit_json.h"
#include "component/component.h"
#include "lib/job.h"
#include "lib/stages.h"
#include "passes/module/exports.h"
#include "support/beside.h"
#include "support/file.h"

enum { COST_ROWS = 6 }; // packages and functions whose compressed sizes are worked out, as in the program

typedef struct auditing {
    wring_job *job;
    wr_codec codec; // whose shares are wanted
    wr_audit audit;
    wr_slice profile;
    wr_lz_model model; // of the module
    uint64_t packed;   // its size compressed with the codec
} auditing;

static wr_slice find_map(void *user, wr_slice url) {
    wring_job *job = user;
    wr_env *env = wr_main_env(&job->pool);
    if (!job->find_map) return (wr_slice){0};
    char *text = wr_alloc(&env->perm, url.n + 1);
    if (url.n) memcpy(text, url.p, url.n);
    text[url.n] = 0;
    size_t size = 0;
    const void *bytes = job->find_map(job->find_map_user, text, &size);
    return bytes ? wr_slice_of(bytes, size) : (wr_slice){0};
}

static void weigh(wr_env *env, void *arg) {
    auditing *a = arg;
    a->packed = wr_compressed_share_whole(env, a->job->input, a->codec, a->job->input.n);
}

static void make_audit(wr_env *env, void *arg) {
    auditing *a = arg;
    wring_job *job = a->job;
    const wr_config *config = job->config;
    wr_audit_options options = {.keep_exports = &config->keep_exports,
                                .find_map = find_map,
                                .find_user = job,
                                .profile = config->profile ? &a->profile : NULL};
    wr_audit_make(&job->pool, job->input, &options, &a->audit);
    wr_exports_check(env, &a->audit.m, config, wr_stage_note, job);
}

static void fill_model(wr_env *env, void *arg) {
    auditing *a = arg;
    wr_lz_model_fill(env, a->job->input, &a->model);
}

static void make_audit_and_model(wr_env *env, void *arg) {
    auditing *a = arg;
    a->model = wr_lz_model_room(&env->perm, a->job->input.n);
    wr_beside(&a->job->pool, make_audit, fill_model, a);
}

static void write_audit(wr_env *env, void *arg) {
    auditing *a = arg;
    wring_job *job = a->job;
    wr_compressed_costs costs = {0};
    wr_estimate estimate = {0};
    wr_advice advice = {0}; // made of commands for people
    if (a->codec == WR_CODEC_RAW) {
        make_audit(env, a);
    } else {
        wr_beside(&job->pool, make_audit_and_model, weigh, a);
        wr_compressed_divide(env, &a->audit, a->codec, &a->model, a->packed, COST_ROWS, &costs);
    }
    job->output = wr_audit_json(env, &a->audit, &costs, &estimate, &advice, "");
}

static void audit(wr_env *env, void *arg) {
    wring_job *job = arg;
    auditing a = {.job = job, .codec = wr_objective_codec(job->config->objective)};
    wr_file file = {.fd = -1};
    const char *profile = job->config->profile;
    if (wr_component_recognize(job->input))
        wr_throw(env, WR_USAGE, WR_NO_OFFSET, "audits are made of core modules, and this is a component");
    int error = profile ? wr_file_read(&file, profile) : 0;
    if (error) wr_throw(env, WR_IO, WR_NO_OFFSET, "cannot read the profile %s: %s", profile, strerror(error));
    a.profile = file.bytes;
    wr_status status = wr_try(env, write_audit, &a);
    wr_diag diag = env->diag;
    wr_file_free(&file);
    if (status != WR_OK) wr_rethrow(env, &diag);
}

wring_status wring_audit(wring_job *job, const void *module, size_t size) {
    return wr_job_run(job, module, size, audit);
}
