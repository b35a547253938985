// What each file of unit tests gives: its tests, which suite.c runs. And what it may use there.
#ifndef WR_TESTS_UNIT_SUITE_H
#define WR_TESTS_UNIT_SUITE_H

#include <check.h>

#include "wring.h"
#include "support/env.h"
#include "support/pool.h"

void add_tests(TCase *tests);

// Runs `body` in an env of its own, with NULL for its argument. It must throw nothing.
void check_in_env(void (*body)(wr_env *env, void *arg));

// Frees two jobs that are done. Their outputs must be the same bytes.
void check_same_outputs(wring_job *one, wring_job *other);

// A module in the binary format, and a pool of one worker to validate it with.
typedef struct module_job {
    wr_pool *pool;
    wr_slice module;
} module_job;

// Runs `body` in the env of a new pool, with a module_job for its argument. It must throw nothing.
void check_with_module(wr_slice module, void (*body)(wr_env *env, void *arg));

#endif
