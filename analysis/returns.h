// Whether a function can return.
#ifndef WR_ANALYSIS_RETURNS_H
#define WR_ANALYSIS_RETURNS_H

#include "ir/module.h"

typedef bool (*wr_noreturn_fn)(void *user, uint32_t func);

// Whether control flow may reach the end of the function, or return from it, given a function that says
// which callees never return. Reads the body once. Uses env->temp, which the caller resets.
bool wr_returns(wr_env *env, const wr_module *m, uint32_t func, wr_noreturn_fn never, void *user);

#endif
