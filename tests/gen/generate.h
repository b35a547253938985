// Random valid modules, for programs that test: a seed decides everything.
#ifndef WR_TESTS_GEN_GENERATE_H
#define WR_TESTS_GEN_GENERATE_H

#include "support/base.h"

// Calls take with the module of a seed; its bytes are gone after the call. False if memory ran out.
bool wr_generate(uint64_t seed, void (*take)(void *user, wr_slice module), void *user);

#endif
