// A pass that fails by a mistake of its own: the user's module is not to blame. The linker puts
// __wrap_wr_pass_constant_pooling in place of that pass, see CMakeLists.txt.
#include "passes/manager/pass.h"
#include "tests/gen/generate.h"
#include "tests/unit/suite.h"
#include "wring.h"

static unsigned calls, failing_calls; // the first of the calls fail

void __wrap_wr_pass_constant_pooling(wr_context *c);

void __wrap_wr_pass_constant_pooling(wr_context *c) {
    if (calls++ < failing_calls) wr_throw(c->env, WR_BAD_INPUT, 0, "unexpected end");
}

typedef struct expectation {
    const char *objective;
    unsigned failing;
    wring_status status;
} expectation;

static size_t count_notes(const wring_job *job) {
    size_t n = 0;
    for (const char *note; (note = wring_note(job, n)); n++)
        ck_assert_ptr_nonnull(strstr(note, "unexpected end"));
    return n;
}

static void optimize(void *user, wr_slice module) {
    const expectation *e = user;
    wring_options *options = wring_options_new();
    ck_assert_int_eq(wring_options_set(options, "for", e->objective), WRING_OK);
    wring_job *job = wring_job_new(options);
    calls = 0;
    failing_calls = e->failing;
    ck_assert_int_eq(wring_optimize(job, module.p, module.n), e->status);
    ck_assert_uint_ge(calls, 1);
    size_t size;
    const void *out = wring_output(job, &size);
    if (e->status == WRING_OK) {
        ck_assert_ptr_nonnull(out);
        ck_assert_uint_eq(count_notes(job), calls < e->failing ? calls : e->failing);
    } else {
        wring_diagnostic diagnostic = wring_last_diagnostic(job);
        ck_assert_uint_eq(diagnostic.offset, UINT64_MAX);
        ck_assert_str_eq(diagnostic.message, "unexpected end");
    }
    wring_job_free(job);
    wring_options_free(options);
}

START_TEST(a_pass_that_fails_is_a_bug) {
    expectation e = {"raw", 1, WRING_INTERNAL};
    ck_assert(wr_generate(1, optimize, &e));
}
END_TEST

START_TEST(a_candidate_that_fails_is_left_out) {
    expectation one = {"gzip", 1, WRING_OK}, all = {"gzip", 1000, WRING_OK};
    ck_assert(wr_generate(1, optimize, &one));
    ck_assert(wr_generate(1, optimize, &all));
}
END_TEST

void add_tests(TCase *tests) {
    tcase_add_test(tests, a_pass_that_fails_is_a_bug);
    tcase_add_test(tests, a_candidate_that_fails_is_left_out);
}
