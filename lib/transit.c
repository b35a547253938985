// Restraint: makes an output again with fewer transformations if it compresses worse than the input.
//
// Input and output are weighed by fast settings of zstd, whose window is large, and of zlib, whose window is
// small. Between them they predict a change in what the slow settings and brotli give within some tenths of a
// percent. zstd alone, which takes a fifth of the time, is within 1.3 % for gzip and 2.2 % for brotli on all
// outputs measured (docs/EXPERIMENTS.md), so zlib is asked only about an output that zstd does not find
// smaller by 1.2 %. What sharing takes out of code, however, slow settings had found in it already: they gain
// less than the fast ones by up to a tenth of what the file shrank by. Where that could make the difference,
// zstd's slow setting decides. What both end with, as a rule the data, is the same to all of them, so it is
// left out: the errors are those of the rest. If the output is larger by any, it is made again: without
// outlining of shared sequences, then also without inlining, and at the size levels finally with dead code
// removal alone. The first output that is not larger wins, else the smallest. Most modules pass at once.
#include "transit.h"

#include "apart.h"
#include "debug_outputs.h"
#include "support/codec.h"

// In units of 1/4096 of the input: growth within the error of the fast settings; shrinkage beyond that of
// zstd.
enum { ALLOWED = 8, BEYOND_DOUBT = 50 };

// Parts of what the file shrank by: what slow settings may gain less than fast ones, brotli included; what
// brotli gains less than zstd. Larger inputs are not weighed slowly.
enum { LESS_THAN_FAST = 8, LESS_THAN_ZSTD = 32, SLOW_LIMIT = 8 << 20 };
enum { INPUT, OUTPUT, WEIGHED };

typedef struct weights {
    wr_slice bytes[WEIGHED]; // without what both end with
    wr_codec codec;
    uint64_t of[WR_CODEC_COUNT][WEIGHED]; // 0: not weighed yet
    uint64_t slow_input;                  // the same by zstd's slow setting
} weights;

static void weigh_one(wr_env *env, unsigned worker, void *arg, size_t item) {
    (void)worker;
    weights *w = arg;
    uint64_t *of = &w->of[w->codec][item];
    if (!*of) *of = wr_codec_weigh_quickly(env, w->codec, w->bytes[item]);
}

static size_t common_end(wr_slice a, wr_slice b) {
    size_t n = 0;
    while (n < a.n && n < b.n && a.p[a.n - 1 - n] == b.p[b.n - 1 - n]) n++;
    return n;
}

// Sets what is weighed to the parts of input and output that differ. Keeps what is known of the input.
static void set_bytes(weights *w, wr_slice input, wr_slice out) {
    size_t same = common_end(input, out), n = input.n - same;
    bool is_known = w->bytes[INPUT].n == n;
    for (unsigned i = 0; i < WR_CODEC_COUNT; i++) w->of[i][INPUT] *= is_known, w->of[i][OUTPUT] = 0;
    w->slow_input *= is_known;
    w->bytes[INPUT] = wr_slice_of(input.p, n), w->bytes[OUTPUT] = wr_slice_of(out.p, out.n - same);
}

// The growth of the output by a compressor, in units of 1/4096 of the input.
static int64_t growth_by(const wr_run *run, weights *w, wr_codec codec) {
    w->codec = codec;
    wr_parallel(run->pool, WEIGHED, weigh_one, w);
    const uint64_t *of = w->of[codec];
    return ((int64_t)of[OUTPUT] - (int64_t)of[INPUT]) * 4096 / (int64_t)(of[INPUT] + 1);
}

static int64_t quick_growth(const wr_run *run, weights *w) {
    int64_t by_zstd = growth_by(run, w, WR_CODEC_ZSTD);
    if (by_zstd <= -BEYOND_DOUBT) return by_zstd;
    int64_t by_gzip = growth_by(run, w, WR_CODEC_GZIP);
    return by_gzip > by_zstd ? by_gzip : by_zstd;
}

// The growth by zstd's slow setting, and what brotli may add to it.
static int64_t slow_growth(wr_env *env, weights *w, int64_t shrunk) {
    if (!w->slow_input) w->slow_input = wr_codec_weigh(env, WR_CODEC_ZSTD, w->bytes[INPUT]);
    int64_t input = (int64_t)w->slow_input,
            output = (int64_t)wr_codec_weigh(env, WR_CODEC_ZSTD, w->bytes[OUTPUT]);
    return (output - input) * 4096 / (input + 1) + shrunk / LESS_THAN_ZSTD;
}

// The growth by the compressor for which it is largest, as far as it matters.
static int64_t growth(const wr_run *run, weights *w) {
    int64_t before = (int64_t)w->bytes[INPUT].n,
            shrunk = (before - (int64_t)w->bytes[OUTPUT].n) * 4096 / (before + 1);
    int64_t quick = quick_growth(run, w);
    bool is_certain = quick > ALLOWED || quick + shrunk / LESS_THAN_FAST <= ALLOWED;
    if (is_certain || before > SLOW_LIMIT) return quick;
    int64_t slow = slow_growth(wr_main_env(run->pool), w, shrunk);
    return slow > quick ? slow : quick;
}

static int64_t growth_of(const wr_run *run, weights *w, wr_slice out) {
    wr_slice input = run->job->weighed.p ? run->job->weighed : run->job->input;
    set_bytes(w, input, out);
    return growth(run, w);
}

// --- Making the output again ---

wr_slice wr_transit_make(const wr_run *run, void *arg) {
    wr_module m;
    (void)arg;
    wr_stage_decode(run, run->job->input, &m, true, 0);
    wr_job_read_profile(wr_main_env(run->pool), run->job, &m, run->state);
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
    weights w = {0};
    wr_config config = *run->config;
    wr_stage s = wr_stage_begin(run, "restrain", 0.83);
    int64_t least = growth_of(run, &w, out);
    for (unsigned step = 0; step < 3 && least > ALLOWED; step++) {
        if (!restrain(env, &config, step)) continue;
        wr_code_map map;
        wr_slice again = wr_apart_make(run, &config, wr_transit_make, NULL, run->code_map ? &map : NULL);
        if (!again.p) continue;
        int64_t grown = growth_of(run, &w, again);
        if (grown >= least) continue;
        least = grown;
        out = again;
        if (run->code_map) *run->code_map = map;
    }
    wr_stage_end(&s);
    return out;
}
