// Candidates: what is chosen is never larger than the input to the compressor that counts, and candidates of
// a large module don't pile up. A compressor stops when its job does. The default's guard makes an output
// again that compresses worse than the input.
#include <stdlib.h>

#include "lib/candidates.h"
#include "lib/job.h"
#include "lib/transit.h"
#include "support/codec.h"
#include "tests/gen/generate.h"
#include "suite.h"
#include "wring.h"

typedef struct optimized {
    wring_options *options;
    wring_job *job;
    wr_slice out;
} optimized;

static optimized optimize(wr_slice module, wr_codec codec) {
    optimized o = {.options = wring_options_new()};
    ck_assert_int_eq(wring_options_set(o.options, "keep-section", "noise"), WRING_OK);
    ck_assert_int_eq(wring_options_set(o.options, "O", "z"), WRING_OK);
    ck_assert_int_eq(wring_options_set(o.options, "for", wr_codec_keys[codec]), WRING_OK);
    o.job = wring_job_new(o.options);
    ck_assert_int_eq(wring_optimize(o.job, module.p, module.n), WRING_OK);
    o.out.p = wring_output(o.job, &o.out.n);
    return o;
}

static void end(optimized *o) {
    wring_job_free(o->job);
    wring_options_free(o->options);
}

static void compare(void *user, wr_slice module) {
    (void)user;
    for (unsigned codec = 0; codec < WR_CODEC_COUNT; codec++) {
        optimized o = optimize(module, codec);
        ck_assert_uint_le(wr_codec_size(codec, o.out), wr_codec_size(codec, module));
        end(&o);
    }
}

START_TEST(never_larger_than_the_input) { ck_assert(wr_generate((uint64_t)_i + 1, compare, NULL)); }
END_TEST

enum { NOISE = 70 << 10 }; // so much that the fast setting is asked first

// Appends a custom section of noise, beside which a few bytes of code decide.
static void compare_beside_noise(void *user, wr_slice module) {
    static const uint8_t head[] = {0, 0x86, 0xb0, 4, 5, 'n', 'o', 'i', 's', 'e'};
    wr_slice large = {malloc(module.n + sizeof head + NOISE), module.n + sizeof head + NOISE};
    uint8_t *at = (uint8_t *)large.p;
    uint32_t x = 1;
    (void)user;
    memcpy(at, module.p, module.n);
    memcpy(at + module.n, head, sizeof head);
    for (size_t i = module.n + sizeof head; i < large.n; i++)
        at[i] = (uint8_t)((x = x * 1664525 + 1013904223) >> 24);
    for (wr_codec codec = WR_CODEC_GZIP; codec < WR_CODEC_COUNT; codec++) {
        if (codec == WR_CODEC_BROTLI) continue; // takes too long
        optimized o = optimize(large, codec);
        ck_assert_uint_gt(o.out.n, NOISE);
        ck_assert_uint_le(wr_codec_size(codec, o.out), wr_codec_size(codec, large));
        end(&o);
    }
    free(at);
}

START_TEST(never_larger_than_a_large_input) {
    ck_assert(wr_generate((uint64_t)_i + 1, compare_beside_noise, NULL));
}
END_TEST

START_TEST(the_fast_setting_decides_what_is_clear) {
    wr_weighed input = {100000, 300000};
    // 2 % less with hardly a byte shared is clear, 1 % is not, nor are 3 % of a file that sharing made
    // smaller by a fifth, of which 7 % are.
    ck_assert(!wr_candidates_input_may_win(input, (wr_weighed){98000, 299000}));
    ck_assert(wr_candidates_input_may_win(input, (wr_weighed){99000, 299000}));
    ck_assert(wr_candidates_input_may_win(input, (wr_weighed){97000, 240000}));
    ck_assert(!wr_candidates_input_may_win(input, (wr_weighed){93000, 240000}));
    ck_assert(wr_candidates_input_may_win(input, (wr_weighed){UINT64_MAX, 240000}));
}
END_TEST

enum { LARGE = 10 << 20 };

// An exported memory with so many bytes of noise.
static size_t put_noise(uint8_t *module) {
    static const uint8_t head[] = {0,    'a', 's', 'm', 1,    0, 0,    0,    5,    4,    1,    0,
                                   0x80, 2,   7,   5,   1,    1, 'm',  2,    0,    11,   0x89, 0x80,
                                   0x80, 5,   1,   0,   0x41, 0, 0x0b, 0x80, 0x80, 0x80, 5};
    memcpy(module, head, sizeof head);
    uint32_t x = 1;
    for (size_t i = 0; i < LARGE; i++)
        module[sizeof head + i] = (uint8_t)((x = x * 1664525 + 1013904223) >> 24);
    return sizeof head + LARGE;
}

START_TEST(few_are_held_of_a_large_module) {
    uint8_t *module = malloc(LARGE + 64);
    optimized o = optimize(wr_slice_of(module, put_noise(module)), WR_CODEC_GZIP);
    ck_assert_uint_gt(wring_job_peak_memory(o.job), LARGE);
    ck_assert_uint_lt(wring_job_peak_memory(o.job), 7u * LARGE);
    end(&o);
    free(module);
}
END_TEST

static void weigh(wr_env *env, void *arg) {
    wr_codec_weigh(env, *(wr_codec *)arg, wr_slice_str("what is compressed"));
}

START_TEST(compressing_stops_with_the_job) {
    wr_shared shared = {0};
    wr_env env;
    wr_env_init(&env, &shared);
    for (wr_codec codec = WR_CODEC_GZIP; codec < WR_CODEC_COUNT; codec++) {
        shared.cancelled = false;
        shared.deadline_ns = 0;
        ck_assert_int_eq(wr_try(&env, weigh, &codec), WR_OK);
        shared.deadline_ns = 1;
        ck_assert_int_eq(wr_try(&env, weigh, &codec), WR_TIMEOUT);
        shared.cancelled = true;
        ck_assert_int_eq(wr_try(&env, weigh, &codec), WR_CANCELLED);
    }
    wr_env_free(&env);
}
END_TEST

// As if the passes had made noise of the module, which no compressor makes smaller.
static void restrain_noise(wr_env *env, void *arg) {
    wring_job *job = arg;
    wr_pass_state state = {0};
    wr_run run = {.job = job, .pool = &job->pool, .config = job->config, .state = &state, .quiet = true};
    size_t n = job->input.n + 4096;
    uint8_t *noise = wr_alloc(&env->perm, n);
    uint32_t x = 1;
    for (size_t i = 0; i < n; i++) noise[i] = (uint8_t)((x = x * 1664525 + 1013904223) >> 24);
    job->output = wr_transit_restrain(&run, wr_slice_of(noise, n));
    ck_assert_ptr_ne(job->output.p, noise);
    wr_stage_require_valid(&run, job->output);
}

static void restrain(void *level, wr_slice module) {
    wring_options *options = wring_options_new();
    ck_assert_int_eq(wring_options_set(options, "O", level), WRING_OK);
    wring_job *job = wring_job_new(options);
    ck_assert_int_eq(wr_job_run(job, module.p, module.n, restrain_noise), WRING_OK);
    wr_codec codec = WR_CODEC_ZSTD;
    ck_assert_uint_le(wr_codec_size(codec, job->output), wr_codec_size(codec, module));
    wring_job_free(job);
    wring_options_free(options);
}

START_TEST(what_compresses_worse_is_made_again) {
    for (uint64_t seed = 1; seed < 4; seed++) {
        ck_assert(wr_generate(seed, restrain, "2"));
        ck_assert(wr_generate(seed, restrain, "s"));
        ck_assert(wr_generate(seed, restrain, "z"));
    }
}
END_TEST

static int watch(void *user, const char *stage, double fraction) {
    double *last = user;
    ck_assert_msg(fraction >= *last && fraction <= 1, "%s: %f after %f", stage, fraction, *last);
    *last = fraction;
    return 1;
}

static void watch_progress(void *user, wr_slice module) {
    double last = 0;
    wring_options *options = wring_options_new();
    ck_assert_int_eq(wring_options_set(options, "for", user), WRING_OK);
    wring_job *job = wring_job_new(options);
    wring_job_on_progress(job, watch, &last);
    ck_assert_int_eq(wring_optimize(job, module.p, module.n), WRING_OK);
    ck_assert(last == 1);
    wring_job_free(job);
    wring_options_free(options);
}

START_TEST(progress_never_goes_back) {
    ck_assert(wr_generate(3, watch_progress, "raw"));
    ck_assert(wr_generate(3, watch_progress, "gzip"));
}
END_TEST

void add_tests(TCase *tests) {
    tcase_add_loop_test(tests, never_larger_than_the_input, 0, 12);
    tcase_add_loop_test(tests, never_larger_than_a_large_input, 0, 6);
    tcase_add_test(tests, the_fast_setting_decides_what_is_clear);
    tcase_add_test(tests, compressing_stops_with_the_job);
    tcase_add_test(tests, what_compresses_worse_is_made_again);
    tcase_add_test(tests, progress_never_goes_back);
    tcase_add_test(tests, few_are_held_of_a_large_module);
}
