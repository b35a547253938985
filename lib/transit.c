// Restraint: makes an output again with fewer transformations if it compresses worse than the input.
//
// Input and output are weighed by fast settings of zlib, whose window is small, and of zstd, whose window is
// large. Between them they predict a change in what the slow settings and brotli give within some tenths of a
// percent. If the output is larger by either, it is made again: without outlining of shared sequences, then
// also without inlining, and at the size levels finally with dead code removal alone. The first output that
// is not larger wins, else the smallest. Most modules pass at once, at the cost of about a tenth of the time
// that their passes took.
#include "transit.h"

#include "apart.h"
#include "debug_outputs.h"
#include "support/codec.h"

static const wr_codec judges[] = {WR_CODEC_GZIP, WR_CODEC_ZSTD};
enum { JUDGES = WR_COUNT(judges), ALLOWED = 8 }; // ALLOWED: growth within the error of the fast settings

typedef struct weights {
    wr_slice bytes;
    uint64_t of[JUDGES];
} weights;

static void weigh_one(wr_env *env, unsigned worker, void *arg, size_t item) {
    (void)worker;
    weights *w = arg;
    weights *one = &w[item / JUDGES];
    one->of[item % JUDGES] = wr_weigh_quickly(env, judges[item % JUDGES], one->bytes);
}

// The growth of the output by the compressor for which it is largest, in units of 1/4096 of the input.
static int64_t growth(const weights *input, const weights *out) {
    int64_t most = INT64_MIN;
    for (unsigned i = 0; i < JUDGES; i++) {
        int64_t grown = ((int64_t)out->of[i] - (int64_t)input->of[i]) * 4096 / (int64_t)(input->of[i] + 1);
        if (grown > most) most = grown;
    }
    return most;
}

// --- Making the output again ---

static wr_slice make_from_input(const wr_run *run, void *arg) {
    wr_module m;
    (void)arg;
    wr_decode_and_validate(run, run->job->input, &m, true, 0);
    if (run->config->profile)
        wr_job_read_profile(wr_main_env(run->pool), run->config->profile, &m, run->state);
    return wr_debug_run(run, &m, WR_PASSES_ALL);
}

// Changes the configuration of the previous step to that of this step. Returns false if there is no such
// step.
static bool restrain(wr_env *env, wr_config *config, unsigned step) {
    bool small = (config->level & (WR_LS | WR_LZ)) != 0;
    switch (step) {
    case 0: config->tuning.min_saving = WR_NO_SHARING; return small;
    case 1: {
        wr_patterns *skip = &config->skip_pass;
        char **items = WR_NEW(&env->perm, char *, skip->n + 1);
        if (skip->n) memcpy(items, skip->items, skip->n * sizeof *items);
        items[skip->n] = "inline";
        *skip = (wr_patterns){.items = items, .n = skip->n + 1, .given = true};
        return true;
    }
    default: config->level = WR_L1; return small && step == 2;
    }
}

wr_slice wr_transit_restrain(const wr_run *run, wr_slice out) {
    wr_env *env = wr_main_env(run->pool);
    weights w[2] = {{.bytes = run->job->input}, {.bytes = out}};
    wr_config config = *run->config;
    wr_stage s = wr_begin_stage(run, "restrain", 0.83);
    wr_parallel(run->pool, 2 * JUDGES, weigh_one, w);
    int64_t least = growth(&w[0], &w[1]);
    for (unsigned step = 0; step < 3 && least > ALLOWED; step++) {
        if (!restrain(env, &config, step)) continue;
        wr_code_map map;
        w[1].bytes = wr_make_apart(run, &config, make_from_input, NULL, run->code_map ? &map : NULL);
        if (!w[1].bytes.p) continue;
        wr_parallel(run->pool, JUDGES, weigh_one, &w[1]);
        int64_t grown = growth(&w[0], &w[1]);
        if (grown >= least) continue;
        least = grown;
        out = w[1].bytes;
        if (run->code_map) *run->code_map = map;
    }
    wr_end_stage(&s);
    return out;
}
