// Restraint. Input and output are weighed by fast settings of zlib, whose window is small, and of zstd, whose
// window is large; between them they tell within some tenths of a percent what the slow settings and brotli
// would say of a change. If the output is larger to one of them, it is made again: without shared sequences,
// then also without inlining, and at the size levels at last with dead code removed alone. The first that
// isn't larger stands, else the least. Most modules pass at once, for about a tenth of the time that their
// passes took.
#include "transit.h"

#include "apart.h"
#include "debug_outputs.h"
#include "support/codec.h"

static const wr_codec judges[] = {WR_CODEC_GZIP, WR_CODEC_ZSTD};
enum { JUDGES = WR_COUNT(judges), ALLOWED = 8 }; // allowed: growth that the fast settings may be wrong about

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

// How much larger the output is to the judge that it is largest to, in parts of 4096 of the input.
static int64_t growth(const weights *input, const weights *out) {
    int64_t most = INT64_MIN;
    for (unsigned i = 0; i < JUDGES; i++) {
        int64_t grown = ((int64_t)out->of[i] - (int64_t)input->of[i]) * 4096 / (int64_t)(input->of[i] + 1);
        if (grown > most) most = grown;
    }
    return most;
}

// --- Making it again ---

static wr_slice make_from_input(const wr_run *run, void *arg) {
    wr_module m;
    (void)arg;
    wr_decode_and_validate(run, run->job->input, &m, true, 0);
    if (run->config->profile)
        wr_job_read_profile(wr_main_env(run->pool), run->config->profile, &m, run->state);
    return wr_debug_run(run, &m, WR_PASSES_ALL);
}

// Makes the configuration of that step of one before it. False if there is none.
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
