// Runs the optimizer on a module to see what it saves. A trial is a job of the library with limits of its
// own. It ends early when the audit is cancelled.
#include "trial.h"

#include "support/codec.h"

typedef struct trial {
    wr_pool *pool;
    wr_slice input;
    wring_options *options;
    wring_job *job;
    wr_trial_sizes *sizes;
    bool refused;
} trial;

static int on_progress(void *user, const char *stage, double fraction) {
    (void)stage, (void)fraction;
    const trial *t = user;
    return !wr_env_must_stop(wr_main_env(t->pool));
}

static void run(wr_env *env, void *arg) {
    trial *t = arg;
    t->job = wring_job_new(t->options);
    if (!t->job) wr_throw(env, WR_NOMEM, WR_NO_OFFSET, "out of memory");
    wring_job_on_progress(t->job, on_progress, t);
    wring_status status = wring_optimize(t->job, t->input.p, t->input.n);
    wr_check(env);
    if (status == WRING_USAGE || status == WRING_BAD_INPUT) { // BAD_INPUT: an object, which only linkers read
        t->refused = true;
        return;
    }
    if (status != WRING_OK)
        wr_throw(env, (wr_status)status, WR_NO_OFFSET, "%s", wring_last_diagnostic(t->job).message);
    wr_slice out = {0};
    out.p = wring_output(t->job, &out.n);
    *t->sizes = (wr_trial_sizes){out.n, wr_codec_weigh_quickly(env, WR_CODEC_BROTLI, out)};
}

bool wr_trial_run(wr_pool *pool, wr_slice input, wr_trial_base_fn *base, void *user,
                  const wr_trial_setting *settings, size_t n, wr_trial_sizes *sizes) {
    wr_env *env = wr_main_env(pool);
    trial t = {.pool = pool, .input = input, .options = base(user), .sizes = sizes};
    if (!t.options) wr_throw(env, WR_NOMEM, WR_NO_OFFSET, "out of memory");
    for (size_t i = 0; i < n; i++)
        t.refused |= wring_options_set(t.options, settings[i].option, settings[i].value) != WRING_OK;
    wr_status status = t.refused ? WR_OK : wr_try(env, run, &t);
    wr_diag diag = env->diag;
    wring_job_free(t.job);
    wring_options_free(t.options);
    if (status != WR_OK) wr_rethrow(env, &diag);
    return !t.refused;
}
