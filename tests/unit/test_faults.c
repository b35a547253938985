// Faults: an allocation that fails at any point, limits of memory and time, cancelling. Whatever happens, the
// library answers with a status, has no output unless it is WRING_OK, and gives all memory back
// (AddressSanitizer builds watch that too). test_hostile.c does the same with modules that are cut or
// changed.
#include <stdlib.h>
#include <unistd.h>

#include "faults.h"

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

void add_tests(TCase *tests) {
    tcase_add_loop_test(tests, every_allocation_may_fail, 0, 6);
    tcase_add_loop_test(tests, every_allocation_may_fail_in_large_passes, 0, 6);
    tcase_add_loop_test(tests, every_allocation_may_fail_while_counters_are_added, 0, 6);
    tcase_add_loop_test(tests, every_allocation_may_fail_with_a_profile, 0, 2);
    tcase_add_loop_test(tests, bad_profiles_are_refused_with_their_line, 0, WR_COUNT(bad_profiles));
    tcase_add_test(tests, memory_limits_are_kept);
    tcase_add_test(tests, progress_can_cancel_at_each_stage);
    tcase_add_test(tests, time_limits_are_kept);
}
