// Compressed sizes, numbers as text, and the comparison's reports.
#include <jansson.h>
#include <stdlib.h>

#include "report/compare/compare.h"
#include "report/compare/compare_parts.h"
#include "support/format.h"
#include "suite.h"

static wr_shared shared;
static wr_pool pool;

static void setup(void) { ck_assert_int_eq(wr_pool_init(&pool, &shared, 2), WR_OK); }

static void teardown(void) {
    wr_pool_free(&pool);
    ck_assert_uint_eq(atomic_load(&shared.mem_used), 0);
}

START_TEST(numbers) {
    ck_assert_str_eq(wr_format_thousands(0).s, "0");
    ck_assert_str_eq(wr_format_thousands(999).s, "999");
    ck_assert_str_eq(wr_format_thousands(1000).s, "1,000");
    ck_assert_str_eq(wr_format_thousands(2338535).s, "2,338,535");
    ck_assert_str_eq(wr_format_thousands(UINT64_MAX).s, "18,446,744,073,709,551,615");
    ck_assert_str_eq(wr_format_change(2338535, 1801222).s, "-23.0 %");
    ck_assert_str_eq(wr_format_change(100, 101).s, "+1.0 %");
    ck_assert_str_eq(wr_format_change(0, 0).s, "+0.0 %");
    ck_assert_str_eq(wr_format_duration(0.0000452).s, "45 µs");
    ck_assert_str_eq(wr_format_duration(0.0031).s, "3.1 ms");
    ck_assert_str_eq(wr_format_duration(0.412).s, "412 ms");
    ck_assert_str_eq(wr_format_duration(0.9999).s, "1.00 s");
    ck_assert_str_eq(wr_format_duration(41.26).s, "41.3 s");
    ck_assert_str_eq(wr_format_duration(322).s, "5 min 22 s");
    ck_assert_str_eq(wr_format_duration(119.7).s, "2 min 00 s");
    ck_assert_str_eq(wr_format_memory(1000).s, "1 KB");
    ck_assert_str_eq(wr_format_memory(3 << 20).s, "3.0 MB");
    ck_assert_str_eq(wr_format_memory((uint64_t)5 << 30).s, "5.00 GB");
}
END_TEST

typedef struct measuring {
    wr_slice buffers[4];
    wr_sizes sizes[4];
    size_t calls, last, total;
} measuring;

static void count(void *user, size_t finished, size_t total) {
    measuring *m = user;
    m->calls++;
    m->last = finished;
    m->total = total;
}

static void measure(wr_env *env, void *arg) {
    (void)env;
    measuring *m = arg;
    wr_sizes_measure(&pool, m->buffers, 4, m->sizes, count, m);
}

// The sizes of nothing are known: only the containers. What can't be compressed grows by little.
START_TEST(sizes) {
    static uint8_t zeros[100000], noise[70001];
    uint32_t x = 1;
    for (size_t i = 0; i < sizeof noise; i++) noise[i] = (uint8_t)((x = x * 1664525 + 1013904223) >> 24);
    measuring m = {
        .buffers = {{NULL, 0}, {zeros, sizeof zeros}, {noise, sizeof noise}, {(const uint8_t *)"a", 1}}};
    ck_assert_int_eq(wr_try(wr_main_env(&pool), measure, &m), WR_OK);
    ck_assert(m.calls == 16 && m.last == 16 && m.total == 16);
    m.buffers[3] = m.buffers[1], m.calls = 0;
    ck_assert_int_eq(wr_try(wr_main_env(&pool), measure, &m), WR_OK);
    ck_assert_uint_eq(m.calls, 12);
    ck_assert_mem_eq(&m.sizes[3], &m.sizes[1], sizeof m.sizes[1]);
    ck_assert_uint_eq(m.sizes[0].bytes[WR_CODEC_RAW], 0);
    ck_assert_uint_eq(m.sizes[0].bytes[WR_CODEC_GZIP], 20);
    ck_assert_uint_eq(m.sizes[0].bytes[WR_CODEC_BROTLI], 2);
    ck_assert_uint_eq(m.sizes[0].bytes[WR_CODEC_ZSTD], 9);
    for (unsigned codec = WR_CODEC_GZIP; codec < WR_CODEC_COUNT; codec++) {
        ck_assert_uint_lt(m.sizes[1].bytes[codec], 200);
        ck_assert_uint_gt(m.sizes[2].bytes[codec], sizeof noise - 1000);
        ck_assert_uint_lt(m.sizes[2].bytes[codec], sizeof noise + 100);
        for (size_t i = 0; i < 4; i++)
            ck_assert_uint_eq(m.sizes[i].bytes[codec], wr_codec_size(codec, m.buffers[i]));
    }
}
END_TEST

// --- Reports ---

static wr_samples samples(double median) {
    wr_samples s = {
        .n = 2, .median = median, .low = median * 0.9, .high = median * 1.1, .ratio = median / 100};
    s.v = WR_NEW0(&wr_main_env(&pool)->perm, double, 2);
    return s;
}

static wr_comparison *example(wr_env *env) {
    wr_comparison *c = WR_NEW0(&env->perm, wr_comparison, 1);
    c->name = "a <b> & \"c\" | _d_.wasm";
    c->command = "run {}";
    c->rounds = 2;
    c->variants = WR_NEW0(&env->perm, wr_variant, 3);
    c->nvariants = 3;
    c->variants[0] =
        (wr_variant){.name = "input", .sizes = {{1234567, 400000, 300000, 350000}}, .run = samples(100)};
    c->variants[1] = (wr_variant){.tool = WR_TOOL_WRING,
                                  .level = 'z',
                                  .name = "wring -Oz",
                                  .seconds = 0.5,
                                  .peak_memory = 5 << 20,
                                  .sizes = {{1000000, 390000, 290000, 340000}},
                                  .difference = "line 1 is <other>"};
    c->variants[2] =
        (wr_variant){.tool = WR_TOOL_BINARYEN, .level = 'z', .name = "wasm-opt -Oz", .error = "crashed"};
    WR_PUSH(&env->perm, c->notes, "a note");
    c->different = true;
    return c;
}

static bool contains(wr_slice text, const char *part) {
    return memmem(text.p, text.n, part, strlen(part)) != NULL;
}

static void make_reports(wr_env *env, void *arg) {
    (void)arg;
    wr_comparison *c = example(env);
    wr_slice table = wr_compare_table(env, c), markdown = wr_compare_markdown(env, c),
             page = wr_compare_html(env, c);
    ck_assert(contains(table, "wring -Oz      1,000,000  81.0 %*   390,000  97.5 %*"));
    ck_assert(contains(table, "wasm-opt -Oz failed: crashed\n"));
    ck_assert(contains(table, "wring -Oz is DIFFERENT: line 1 is <other>\n"));
    ck_assert(contains(table, "Note: a note\n"));
    ck_assert(contains(markdown, "| wring -Oz | 1,000,000 | 81.0 %* |"));
    ck_assert(contains(markdown, "### a \\<b\\> & \"c\" \\| \\_d\\_.wasm\n"));
    ck_assert(contains(page, "a &lt;b&gt; &amp; &quot;c&quot;") && !contains(page, "<b>") &&
              !contains(page, "<other>"));
    ck_assert(!contains(page, "http"));
}

START_TEST(reports) { ck_assert_int_eq(wr_try(wr_main_env(&pool), make_reports, NULL), WR_OK); }
END_TEST

static void make_json(wr_env *env, void *arg) {
    (void)arg;
    wr_slice text = wr_compare_json(env, example(env));
    json_error_t error;
    json_t *data = json_loadb((const char *)text.p, text.n, 0, &error);
    ck_assert_msg(data != NULL, "%s", error.text);
    const char *name, *failure;
    int raw, same = 1, different = 0;
    double median;
    ck_assert_int_eq(json_unpack(data, "{s:s, s:b, s:[{s:{s:f}}, {s:{s:i}, s:b}, {s:s}]}", "input", &name,
                                 "different", &different, "variants", "run", "median_ms", &median, "bytes",
                                 "raw", &raw, "same", &same, "error", &failure),
                     0);
    ck_assert(median == 100 && raw == 1000000 && !same && different);
    ck_assert_str_eq(failure, "crashed");
    json_decref(data);
}

START_TEST(json) { ck_assert_int_eq(wr_try(wr_main_env(&pool), make_json, NULL), WR_OK); }
END_TEST

void add_tests(TCase *tests) {
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, numbers);
    tcase_add_test(tests, sizes);
    tcase_add_test(tests, reports);
    tcase_add_test(tests, json);
}
