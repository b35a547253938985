// The main function of every program of unit tests, which runs what add_tests adds, and what they share.
// CK_VERBOSITY, CK_FORK and CK_TIMEOUT_MULTIPLIER of the environment count, as in any Check program.
#include "suite.h"

#include <stdlib.h>
#include <string.h>

void check_in_env(void (*body)(wr_env *env, void *arg)) {
    wr_shared shared = {0};
    wr_env env;
    wr_env_init(&env, &shared);
    ck_assert_int_eq(wr_try(&env, body, NULL), WR_OK);
    wr_env_free(&env);
}

void check_same_outputs(wring_job *one, wring_job *other) {
    size_t n, m;
    const void *a = wring_output(one, &n), *b = wring_output(other, &m);
    ck_assert_uint_eq(n, m);
    ck_assert_mem_eq(a, b, n);
    wring_job_free(one);
    wring_job_free(other);
}

void check_with_module(wr_slice module, void (*body)(wr_env *env, void *arg)) {
    wr_shared shared = {0};
    wr_pool pool;
    ck_assert_int_eq(wr_pool_init(&pool, &shared, 1), WR_OK);
    module_job job = {&pool, module};
    ck_assert_int_eq(wr_try(wr_main_env(&pool), body, &job), WR_OK);
    wr_pool_free(&pool);
}

int main(int argc, char **argv) {
    const char *slash = argc ? strrchr(argv[0], '/') : NULL;
    Suite *suite = suite_create(slash ? slash + 1 : "tests");
    TCase *tests = tcase_create("all");
    add_tests(tests);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
