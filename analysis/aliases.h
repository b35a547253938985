// Answers whether two entities of one index space may be the same object. A host may pass one memory, table,
// global or tag for several imports. An entity that the module defines is created by its instantiation, after
// the imports were given, so it never aliases another one.
#ifndef WR_ANALYSIS_ALIASES_H
#define WR_ANALYSIS_ALIASES_H

#include "ir/module.h"

// space: WR_MEMORY, WR_TABLE, WR_GLOBAL or WR_TAG. For immutable globals the answer follows from their types
// as well, although aliasing of these cannot be observed.
bool wr_aliases_may_be_same(const wr_module *m, wr_space space, uint32_t a, uint32_t b);

#endif
