// The optional stage that runs wasm-opt on what we made, and us on what it made. Kept only when it weighs less by the
// objective, and only if the result is valid and uses no feature that the input doesn't. Whatever goes wrong in it is a
// note, and the result is ours alone; only the job's own limits end the job.
#include <stdio.h>

#include "binaryen.h"
#include "job.h"
#include "support/codec.h"

static void note(wring_job *job, const char *why) {
    char text[600];
    snprintf(text, sizeof text, "the Binaryen stage was left out: %s", why);
    size_t n = strlen(text) + 1;
    wr_arena *arena = &wr_main_env(&job->pool)->perm;
    char *copy = memcpy(wr_alloc(arena, n), text, n);
    WR_PUSH(arena, job->notes, copy);
}

// What is left of the job's time, if that is less than the stage may take.
static double time_left(const wring_job *job) {
    double timeout = job->config->binaryen_timeout;
    uint64_t deadline = job->shared.deadline_ns, now = wr_now_ns();
    if (!deadline) return timeout;
    double left = deadline > now ? (double)(deadline - now) / 1e9 : 1e-3;
    return timeout > 0 && timeout < left ? timeout : left;
}

static const char *level_flag(unsigned level) {
    static const char *const flags[] = {"-O0", "-O1", "-O2", "-O3", "-Os", "-Oz"};
    return flags[__builtin_ctz(level)];
}

// Runs wasm-opt; its output is copied to the perm arena. Empty, with a note, when it failed.
static wr_slice run_binaryen(wring_job *job, wr_slice ours) {
    char program[1024], message[512];
    const wr_config *config = job->config;
    if (!wr_binaryen_find(config->binaryen_path, program, sizeof program)) {
        note(job, config->binaryen_path ? "there is no program where it was said to be" : "no wasm-opt was found");
        return (wr_slice){0};
    }
    wr_binaryen_job stage = {.program = program, .level = level_flag(config->level), .debug_names = config->debug_names,
                             .features = job->input_features, .timeout = time_left(job),
                             .memory_limit = config->memory_limit, .cancel = &job->shared.cancelled};
    wr_file file;
    uint64_t start = wr_now_ns();
    if (job->progress && !job->progress(job->progress_user, "wasm-opt", 0.9))
        wr_throw(wr_main_env(&job->pool), WR_CANCELLED, WR_NO_OFFSET, "cancelled");
    if (!wr_binaryen_optimize(&stage, ours, &file, message, sizeof message)) {
        wr_check(wr_main_env(&job->pool));
        note(job, message);
        return (wr_slice){0};
    }
    wr_arena *arena = &wr_main_env(&job->pool)->perm;
    wr_slice made = wr_copy_slice(arena, file.bytes);
    WR_PUSH(arena, job->timings, ((wring_timing){"wasm-opt", (double)(wr_now_ns() - start) / 1e9, ours.n, made.n}));
    wr_file_free(&file);
    return made;
}

typedef struct round {
    wring_job *job;
    wr_slice made, result;
} round;

static void shrink_again(wr_env *env, void *arg) {
    (void)env;
    round *r = arg;
    r->job->again = true;
    r->result = wr_job_shrink(r->job, r->made);
}

static uint64_t weight(const wring_job *job, wr_slice bytes) {
    static const wr_codec codecs[] = {WR_CODEC_RAW, WR_CODEC_GZIP, WR_CODEC_BROTLI, WR_CODEC_ZSTD};
    return wr_compressed_size(codecs[job->config->objective], bytes);
}

wr_slice wr_job_with_binaryen(wring_job *job, wr_slice ours) {
    wr_env *env = wr_main_env(&job->pool);
    round r = {.job = job, .made = run_binaryen(job, ours)};
    if (!r.made.n) return ours;
    wr_status status = wr_try(env, shrink_again, &r);
    if (status == WR_CANCELLED || status == WR_TIMEOUT || status == WR_NOMEM) wr_rethrow(env, &env->diag);
    if (status != WR_OK) {
        wr_diag diag = env->diag;
        note(job, diag.message);
        return ours;
    }
    return weight(job, r.result) < weight(job, ours) ? r.result : ours;
}
