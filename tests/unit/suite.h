// What each file of unit tests gives: its tests, which suite.c runs. And what it may use there.
#ifndef WR_TESTS_UNIT_SUITE_H
#define WR_TESTS_UNIT_SUITE_H

#include <check.h>

#include "support/env.h"

void add_tests(TCase *tests);

// Runs `body` in an env of its own, with NULL for its argument. It must throw nothing.
void check_in_env(void (*body)(wr_env *env, void *arg));

#endif
