// Faults: an allocation that fails at any point, limits of memory and time, cancelling, and modules that are
// cut or changed in any place. Whatever happens, the library answers with a status, has no output unless it
// is WRING_OK, and gives all memory back (AddressSanitizer builds watch that too).
#include <stdlib.h>
#include <unistd.h>

#include "lib/job.h"
#include "tests/gen/generate.h"
#include "suite.h"

typedef struct sample {
    uint8_t *bytes;
    size_t n;
} sample;

static void take(void *user, wr_slice module) {
    sample *s = user;
    s->bytes = malloc(module.n);
    s->n = module.n;
    memcpy(s->bytes, module.p, module.n);
}

static sample make_sample(uint64_t seed) {
    sample s = {0};
    ck_assert(wr_generate(seed, take, &s));
    return s;
}

static void put_uleb(uint8_t **p, size_t value) {
    for (; value >= 0x80; value >>= 7) *(*p)++ = (uint8_t)(value | 0x80);
    *(*p)++ = (uint8_t)value;
}

// Appends a section whose payload ends at end, moved behind its size.
static void close_section(uint8_t **p, uint8_t id, const uint8_t *payload, const uint8_t *end) {
    *(*p)++ = id;
    put_uleb(p, (size_t)(end - payload));
    memcpy(*p, payload, (size_t)(end - payload));
    *p += end - payload;
}

enum { ALIKE = 100 };

// (func (param i32) (result i32) …): steps that all functions have in common, and long constants, some of
// their own.
static void put_alike(uint8_t **p, unsigned i) {
    uint8_t body[512], *b = body;
    *b++ = 0;
    for (unsigned k = 0; k < 12; k++) {
        unsigned own = k == 7 ? i : 0;
        uint8_t step[] = {
            0x20, 0,    0x41, (uint8_t)(0x80 | own), (uint8_t)(0x80 | own >> 7), (uint8_t)(0x80 | k), 0x07,
            0x6a, 0x21, 0};
        memcpy(b, step, sizeof step);
        b += sizeof step;
    }
    *b++ = 0x20, *b++ = 0, *b++ = 0x0b;
    put_uleb(p, (size_t)(b - body));
    memcpy(*p, body, (size_t)(b - body));
    *p += b - body;
}

// A module on which the passes over all functions and data have much to do.
static sample make_repetitive(void) {
    static uint8_t payload[ALIKE * 256];
    uint8_t *module = malloc(sizeof payload + 8192), *p = module, *q;
    static const uint8_t head[] = {0, 'a', 's', 'm', 1, 0, 0, 0, 1, 6, 1, 0x60, 1, 0x7f, 1, 0x7f};
    memcpy(p, head, sizeof head), p += sizeof head;
    q = payload, put_uleb(&q, ALIKE), memset(q, 0, ALIKE), close_section(&p, 3, payload, q + ALIKE);
    q = payload, *q++ = 1, *q++ = 0, *q++ = 1, close_section(&p, 5, payload, q);
    q = payload, put_uleb(&q, ALIKE);
    for (unsigned i = 0; i < ALIKE; i++)
        *q++ = 2, *q++ = (uint8_t)('a' + i / 26), *q++ = (uint8_t)('a' + i % 26), *q++ = 0, put_uleb(&q, i);
    close_section(&p, 7, payload, q);
    q = payload, put_uleb(&q, ALIKE);
    for (unsigned i = 0; i < ALIKE; i++) put_alike(&q, i);
    close_section(&p, 10, payload, q);
    q = payload, *q++ = 1, *q++ = 0, *q++ = 0x41, *q++ = 8, *q++ = 0x0b, put_uleb(&q, 4000),
    memset(q, 0, 4000), q[0] = q[3999] = 1;
    close_section(&p, 11, payload, q + 4000);
    return (sample){module, (size_t)(p - module)};
}

static wring_options *new_options(const char *level) {
    wring_options *options = wring_options_new();
    ck_assert_int_eq(wring_options_set(options, "O", level), WRING_OK);
    ck_assert_int_eq(wring_options_set(options, "jobs", "1"), WRING_OK);
    return options;
}

// Runs a job; checks what must hold for every ending.
static wring_status run(wring_job *job, const uint8_t *bytes, size_t n) {
    size_t size;
    wring_status status = wring_optimize(job, bytes, n);
    const void *output = wring_output(job, &size);
    if (status == WRING_OK) {
        ck_assert_uint_le(size, n);
    } else {
        ck_assert_ptr_null(output);
        ck_assert_uint_eq(size, 0);
        ck_assert_str_ne(wring_last_diagnostic(job).message, "");
    }
    return status;
}

static void fail_every_allocation(sample s, const char *level, const char *objective) {
    wring_options *options = new_options(level);
    ck_assert_int_eq(wring_options_set(options, "for", objective), WRING_OK);
    wring_job *job = wring_job_new(options);
    wring_status status = WRING_NOMEM;
    size_t n = 0;
    while (status != WRING_OK) {
        job->fail_after = ++n;
        status = run(job, s.bytes, s.n);
        ck_assert_msg(status == WRING_OK || status == WRING_NOMEM, "allocation %zu: status %d", n, status);
        ck_assert_uint_lt(n, 100000);
    }
    ck_assert_uint_gt(n, 1);
    wring_job_free(job);
    wring_options_free(options);
    free(s.bytes);
}

START_TEST(every_allocation_may_fail) { fail_every_allocation(make_sample((uint64_t)_i + 1), "z", "raw"); }
END_TEST

START_TEST(every_allocation_may_fail_in_large_passes) {
    static const char *const settings[][2] = {{"z", "raw"},  {"s", "raw"},    {"2", "raw"},
                                              {"z", "gzip"}, {"z", "brotli"}, {"z", "zstd"}};
    fail_every_allocation(make_repetitive(), settings[_i][0], settings[_i][1]);
}
END_TEST

START_TEST(every_allocation_may_fail_while_counters_are_added) {
    sample s = make_sample((uint64_t)_i + 1);
    wring_options *options = new_options("z");
    wring_job *job = wring_job_new(options);
    wring_status status = WRING_NOMEM;
    for (size_t n = 1; status != WRING_OK; n++) {
        job->fail_after = n;
        status = wring_instrument(job, s.bytes, s.n);
        ck_assert_msg(status == WRING_OK || status == WRING_NOMEM, "allocation %zu: status %d", n, status);
    }
    wring_job_free(job);
    wring_options_free(options);
    free(s.bytes);
}
END_TEST

// A file with a profile, gone at the end of the test.
static void write_profile(char *path, const char *text) {
    int file = mkstemp(path);
    ck_assert_int_ge(file, 0);
    ck_assert_int_eq(write(file, text, strlen(text)), (ssize_t)strlen(text));
    close(file);
}

START_TEST(every_allocation_may_fail_with_a_profile) {
    static const char *const objectives[] = {"raw", "gzip"};
    char path[] = "/tmp/wring-profile-XXXXXX";
    write_profile(path,
                  "# wring profile 1\n7\t0\ta\n18446744073709551615\t1\tb\n18446744073709551615\t1\tb\n");
    sample s = make_repetitive();
    wring_options *options = new_options("z");
    ck_assert_int_eq(wring_options_set(options, "profile", path), WRING_OK);
    ck_assert_int_eq(wring_options_set(options, "for", objectives[_i]), WRING_OK);
    wring_job *job = wring_job_new(options);
    wring_status status = WRING_NOMEM;
    for (size_t n = 1; status != WRING_OK; n++) {
        job->fail_after = n;
        status = run(job, s.bytes, s.n);
        ck_assert_msg(status == WRING_OK || status == WRING_NOMEM, "allocation %zu: status %d", n, status);
    }
    wring_job_free(job);
    wring_options_free(options);
    unlink(path);
    free(s.bytes);
}
END_TEST

static const struct {
    const char *text, *message;
} bad_profiles[] = {
    {"", "profile: line 1: expected \"# wring profile 1\""},
    {"# wring profile 1\n3 0\n", "profile: line 2: expected a tab after the count"},
    {"# wring profile 1\n\nx", "profile: line 3: expected COUNT<tab>INDEX<tab>NAME"},
    {"# wring profile 1\n1\t\n", "profile: line 2: expected a function index"},
    {"# wring profile 1\n# x\n1\t60000",
     "profile: line 3: expected a function of this module: is the profile another module's?"},
};

START_TEST(bad_profiles_are_refused_with_their_line) {
    char path[] = "/tmp/wring-profile-XXXXXX";
    write_profile(path, bad_profiles[_i].text);
    sample s = make_repetitive();
    wring_options *options = new_options("z");
    ck_assert_int_eq(wring_options_set(options, "profile", path), WRING_OK);
    wring_job *job = wring_job_new(options);
    ck_assert_int_eq(run(job, s.bytes, s.n), WRING_USAGE);
    ck_assert_str_eq(wring_last_diagnostic(job).message, bad_profiles[_i].message);
    unlink(path);
    ck_assert_int_eq(run(job, s.bytes, s.n), WRING_IO);
    wring_job_free(job);
    wring_options_free(options);
    free(s.bytes);
}
END_TEST

START_TEST(memory_limits_are_kept) {
    sample s = make_sample(3);
    wring_options *options = new_options("z");
    ck_assert_int_eq(wring_options_set(options, "memory-limit", "256K"), WRING_OK);
    wring_job *job = wring_job_new(options);
    ck_assert_int_eq(run(job, s.bytes, s.n), WRING_NOMEM);
    ck_assert_uint_le(wring_job_peak_memory(job), 256 << 10);
    wring_job_free(job);
    wring_options_free(options);
    free(s.bytes);
}
END_TEST

static int refuse_to_go_on(void *user, const char *stage, double fraction) {
    (void)stage, (void)fraction;
    return --*(int *)user > 0;
}

START_TEST(progress_can_cancel_at_each_stage) {
    sample s = make_sample(4);
    wring_options *options = new_options("s");
    wring_job *job = wring_job_new(options);
    wring_status status = WRING_CANCELLED;
    for (int n = 1; status != WRING_OK; n++) {
        int left = n;
        wring_job_on_progress(job, refuse_to_go_on, &left);
        status = run(job, s.bytes, s.n);
        ck_assert_msg(status == WRING_OK || status == WRING_CANCELLED, "stage %d: status %d", n, status);
        ck_assert_int_lt(n, 1000);
    }
    wring_job_free(job);
    wring_options_free(options);
    free(s.bytes);
}
END_TEST

START_TEST(time_limits_are_kept) {
    sample s = make_sample(5);
    wring_options *options = new_options("s");
    ck_assert_int_eq(wring_options_set(options, "time-limit", "0.000000001"), WRING_OK);
    wring_job *job = wring_job_new(options);
    ck_assert_int_eq(run(job, s.bytes, s.n), WRING_TIMEOUT);
    wring_job_free(job);
    wring_options_free(options);
    free(s.bytes);
}
END_TEST

START_TEST(every_truncation_is_answered) {
    sample s = make_sample((uint64_t)_i + 10);
    wring_options *options = new_options("z");
    wring_job *job = wring_job_new(options);
    for (size_t n = 0; n < s.n; n++) {
        uint8_t *cut = malloc(n ? n : 1); // of the exact size, so that reading past the end is seen
        memcpy(cut, s.bytes, n);
        wring_status status = run(job, cut, n);
        ck_assert_msg(status == WRING_OK || status == WRING_BAD_INPUT, "%zu bytes: status %d", n, status);
        if (n < 8) ck_assert_int_eq(status, WRING_BAD_INPUT);
        free(cut);
    }
    wring_job_free(job);
    wring_options_free(options);
    free(s.bytes);
}
END_TEST

START_TEST(changed_bytes_are_answered) {
    sample s = make_sample((uint64_t)_i + 20);
    wring_options *options = new_options("z");
    wring_job *job = wring_job_new(options);
    static const uint8_t changes[] = {0x01, 0x80, 0xff, 0x40};
    for (size_t i = 8; i < s.n; i++) {
        for (size_t k = 0; k < WR_COUNT(changes); k++) {
            s.bytes[i] ^= changes[k];
            wring_status status = run(job, s.bytes, s.n);
            ck_assert_msg(status == WRING_OK || status == WRING_BAD_INPUT, "byte %zu ^ %d: status %d", i,
                          changes[k], status);
            s.bytes[i] ^= changes[k];
        }
    }
    wring_job_free(job);
    wring_options_free(options);
    free(s.bytes);
}
END_TEST

// Counts and sizes far beyond what the few bytes can hold: refused without allocating for them.
START_TEST(huge_counts_allocate_nothing) {
    wring_options *options = new_options("z");
    wring_job *job = wring_job_new(options);
    for (uint8_t id = 1; id <= 13; id++) {
        uint8_t module[] = {0, 'a', 's', 'm', 1, 0, 0, 0, id, 6, 0xff, 0xff, 0xff, 0xff, 0x0f, 0};
        ck_assert_int_eq(run(job, module, sizeof module), WRING_BAD_INPUT);
        ck_assert_uint_lt(wring_job_peak_memory(job), 1 << 20);
    }
    wring_job_free(job);
    wring_options_free(options);
}
END_TEST

// (func (local i32 * 0xffffffff)) : valid by the spec, and costs nothing.
START_TEST(many_locals_allocate_nothing) {
    uint8_t module[] = {0, 'a', 's', 'm', 1, 0, 0,  0,  1, 4, 1, 0x60, 0,    0,    3,    2,    1,    0,   7,
                        5, 1,   1,   'f', 0, 0, 10, 10, 1, 8, 1, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x7f, 0x0b};
    wring_options *options = new_options("z");
    wring_job *job = wring_job_new(options);
    wring_status status = run(job, module, sizeof module);
    ck_assert_msg(status == WRING_OK, "%s", wring_last_diagnostic(job).message);
    ck_assert_uint_lt(wring_job_peak_memory(job), 8 << 20);
    wring_job_free(job);
    wring_options_free(options);
}
END_TEST

// A module with one exported function of this body.
static uint8_t *one_function(const uint8_t *body, size_t n, size_t *size) {
    uint8_t *module = malloc(n + 64), *p = module;
    static const uint8_t head[] = {0, 'a', 's', 'm', 1, 0, 0, 0, 1, 4,   1, 0x60, 0,
                                   0, 3,   2,   1,   0, 7, 5, 1, 1, 'f', 0, 0,    10};
    memcpy(p, head, sizeof head);
    p += sizeof head;
    size_t length_bytes = n < 128 ? 1 : n < 16384 ? 2 : n < 2097152 ? 3 : 4;
    put_uleb(&p, n + 1 + length_bytes);
    *p++ = 1;
    put_uleb(&p, n);
    memcpy(p, body, n);
    *size = (size_t)(p - module) + n;
    return module;
}

static void check_body(const uint8_t *body, size_t n, const char *what) {
    size_t size;
    uint8_t *module = one_function(body, n, &size);
    wring_options *options = new_options("z");
    wring_job *job = wring_job_new(options);
    wring_status status = run(job, module, size);
    ck_assert_msg(status == WRING_OK, "%s: %s", what, wring_last_diagnostic(job).message);
    ck_assert_uint_lt(wring_job_peak_memory(job), 64 * size + (16 << 20));
    wring_job_free(job);
    wring_options_free(options);
    free(module);
}

START_TEST(deep_nesting_is_no_recursion) {
    enum { DEPTH = 200000 };
    static const struct {
        const char *name, *open, *close;
        size_t nopen, nclose;
    } kinds[] = {
        {"blocks", "\x02\x40", "\x0b", 2, 1},
        {"loops", "\x03\x40", "\x0b", 2, 1},
        {"ifs with two arms", "\x41\x00\x04\x40", "\x01\x05\x01\x0b", 4, 4},
        {"try_tables", "\x1f\x40\x00", "\x0b", 3, 1},
    };
    uint8_t *body = malloc(8 * DEPTH + 2), *p = body;
    *p++ = 0;
    for (int i = 0; i < DEPTH; i++) memcpy(p, kinds[_i].open, kinds[_i].nopen), p += kinds[_i].nopen;
    for (int i = 0; i < DEPTH; i++) memcpy(p, kinds[_i].close, kinds[_i].nclose), p += kinds[_i].nclose;
    *p++ = 0x0b;
    check_body(body, (size_t)(p - body), kinds[_i].name);
    free(body);
}
END_TEST

// Each declared on its own and read once, so that numbering them is work.
START_TEST(a_million_locals) {
    enum { N = 1000000 };
    uint8_t *body = malloc((size_t)7 * N + 16), *p = body;
    put_uleb(&p, N);
    for (uint32_t i = 0; i < N; i++) *p++ = 1, *p++ = i & 1 ? 0x7f : 0x7e;
    for (uint32_t i = 0; i < N; i++) *p++ = 0x20, put_uleb(&p, i), *p++ = 0x1a;
    *p++ = 0x0b;
    check_body(body, (size_t)(p - body), "a million locals");
    free(body);
}
END_TEST

START_TEST(one_function_of_ten_megabytes) {
    enum { N = 2500000 };
    uint8_t *body = malloc(4 * N + 2), *p = body;
    *p++ = 0;
    for (int i = 0; i < N; i++)
        *p++ = 0x41, *p++ = (uint8_t)(i & 0x3f), *p++ = 0x1a, *p++ = 0x01; // const, drop, nop
    *p++ = 0x0b;
    check_body(body, (size_t)(p - body), "ten megabytes");
    free(body);
}
END_TEST

START_TEST(branch_table_of_100000_targets) {
    enum { N = 100000 };
    uint8_t *body = malloc(N + 16), *p = body;
    *p++ = 0;
    *p++ = 0x41, *p++ = 0;
    *p++ = 0x0e;
    put_uleb(&p, N);
    for (int i = 0; i <= N; i++) *p++ = 0;
    *p++ = 0x0b;
    check_body(body, (size_t)(p - body), "branch table");
    free(body);
}
END_TEST

START_TEST(a_hundred_thousand_functions) {
    enum { N = 100000 };
    uint8_t *module = malloc(16 * N), *p = module;
    static const uint8_t head[] = {0, 'a', 's', 'm', 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3};
    memcpy(p, head, sizeof head);
    p += sizeof head;
    put_uleb(&p, N + 3);
    put_uleb(&p, N);
    memset(p, 0, N);
    p += N;
    static const uint8_t export_and_code[] = {7, 5, 1, 1, 'f', 0, 0, 10};
    memcpy(p, export_and_code, sizeof export_and_code);
    p += sizeof export_and_code;
    uint8_t *code = malloc(8 * N), *q = code;
    put_uleb(&q, N);
    for (uint32_t i = 0; i < N; i++) {
        uint8_t call[8], *c = call;
        *c++ = 0x10;
        put_uleb(&c, i + 1 < N ? i + 1 : 0);
        put_uleb(&q, (size_t)(c - call) + 2);
        *q++ = 0;
        memcpy(q, call, (size_t)(c - call));
        q += c - call;
        *q++ = 0x0b;
    }
    put_uleb(&p, (size_t)(q - code));
    memcpy(p, code, (size_t)(q - code));
    p += q - code;
    wring_options *options = new_options("z");
    wring_job *job = wring_job_new(options);
    size_t size = (size_t)(p - module);
    wring_status status = run(job, module, size);
    ck_assert_msg(status == WRING_OK, "%s", wring_last_diagnostic(job).message);
    ck_assert_uint_lt(wring_job_peak_memory(job), 64 * size + (64 << 20));
    wring_job_free(job);
    wring_options_free(options);
    free(code);
    free(module);
}
END_TEST

void add_tests(TCase *tests) {
    tcase_add_loop_test(tests, every_allocation_may_fail, 0, 6);
    tcase_add_loop_test(tests, every_allocation_may_fail_in_large_passes, 0, 6);
    tcase_add_loop_test(tests, every_allocation_may_fail_while_counters_are_added, 0, 6);
    tcase_add_loop_test(tests, every_allocation_may_fail_with_a_profile, 0, 2);
    tcase_add_loop_test(tests, bad_profiles_are_refused_with_their_line, 0, WR_COUNT(bad_profiles));
    tcase_add_test(tests, memory_limits_are_kept);
    tcase_add_test(tests, progress_can_cancel_at_each_stage);
    tcase_add_test(tests, time_limits_are_kept);
    tcase_add_loop_test(tests, every_truncation_is_answered, 0, 4);
    tcase_add_loop_test(tests, changed_bytes_are_answered, 0, 2);
    tcase_add_test(tests, huge_counts_allocate_nothing);
    tcase_add_test(tests, many_locals_allocate_nothing);
    tcase_add_loop_test(tests, deep_nesting_is_no_recursion, 0, 4);
    tcase_add_test(tests, a_million_locals);
    tcase_add_test(tests, one_function_of_ten_megabytes);
    tcase_add_test(tests, branch_table_of_100000_targets);
    tcase_add_test(tests, a_hundred_thousand_functions);
}
