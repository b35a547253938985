// What each file of unit tests gives: its tests. suite.c runs them.
#ifndef WR_TESTS_UNIT_SUITE_H
#define WR_TESTS_UNIT_SUITE_H

#include <check.h>

void add_tests(TCase *tests);

#endif
