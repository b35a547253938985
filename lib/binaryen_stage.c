// The stage that runs wasm-opt on the module after the prepare and iterate phases. Any failure becomes a note
// and the job continues without the stage; only the job's own limits end the job.
#include <stdio.h>

#include "binaryen.h"
#include "ir/ins.h"
#include "stages.h"

static wr_slice leave_out(const wr_run *run, const char *why) {
    char text[600];
    snprintf(text, sizeof text, "the Binaryen stage was left out: %.512s", why);
    wr_stage_note(run->job, text);
    return (wr_slice){0};
}

// The timeout of the stage: at most what is left of the job's time.
static double time_left(const wr_shared *limits, double timeout) {
    uint64_t deadline = limits->deadline_ns, now = wr_now_ns();
    if (!deadline) return timeout;
    double left = deadline > now ? (double)(deadline - now) / 1e9 : 1e-3;
    return timeout > 0 && timeout < left ? timeout : left;
}

static const char *level_flag(unsigned level) {
    static const char *const flags[] = {"-O0", "-O1", "-O2", "-O3", "-Os", "-Oz"};
    return flags[__builtin_ctz(level)];
}

// Runs wasm-opt and copies its output to the perm arena.
static wr_slice run_program(const wr_run *run, wr_slice module) {
    wring_job *job = run->job;
    wr_env *env = wr_main_env(run->pool);
    char program[1024], message[512];
    const wr_config *config = run->config;
    if (!wr_binaryen_find(config->binaryen_path, program, sizeof program))
        return leave_out(run, config->binaryen_path ? "there is no program where it was said to be"
                                                    : "no wasm-opt was found");
    wr_binaryen_job stage = {.program = program,
                             .level = level_flag(config->level),
                             .debug_names = config->debug_names,
                             .features = job->input_features | config->allow,
                             .timeout = time_left(env->shared, config->binaryen_timeout),
                             .memory_limit = config->memory_limit,
                             .cancel = &env->shared->cancelled};
    wr_file file;
    if (!wr_binaryen_optimize(&stage, module, &file, message, sizeof message)) {
        wr_check(env);
        return leave_out(run, message);
    }
    wr_slice made = wr_slice_copy(&env->perm, file.bytes);
    wr_file_free(&file);
    return made;
}

// Throws if Binaryen's output uses features that are not allowed, since the user's engine may lack them.
static void require_features(wr_env *env, uint64_t features, uint64_t allowed) {
    static const char *const names[] = {
#define X(id, text) text,
        WR_FEATURES(X)
#undef X
    };
    uint64_t more = features & ~allowed;
    if (more)
        wr_throw(env, WR_BAD_INPUT, WR_NO_OFFSET, "it uses %s, which the input does not",
                 names[__builtin_ctzll(more)]);
}

typedef struct checking {
    wr_run run;
    wr_slice made;
} checking;

static void check(wr_env *env, void *arg) {
    checking *c = arg;
    wr_module m;
    wr_stage_decode(&c->run, c->made, &m, true, 0);
    require_features(env, m.features, c->run.job->input_features | c->run.config->allow);
}

wr_slice wr_binaryen_run_stage(const wr_run *run, wr_slice module) {
    wr_env *env = wr_main_env(run->pool);
    wr_stage s = wr_stage_begin(run, "wasm-opt", 0.3);
    checking c = {.run = *run, .made = run_program(run, module)};
    c.run.quiet = true;
    wr_status status = c.made.p ? wr_try(env, check, &c) : WR_OK;
    wr_diag diag = env->diag;
    if (status == WR_CANCELLED || status == WR_TIMEOUT || status == WR_NOMEM) wr_rethrow(env, &diag);
    if (status != WR_OK) {
        char why[320];
        snprintf(why, sizeof why, "what it made is refused: %s", diag.message);
        c.made = leave_out(run, why);
    }
    wr_stage_end(&s);
    return c.made;
}
