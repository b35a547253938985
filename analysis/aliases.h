// May two entities of one index space be the same one? A host may hand one memory, table, global or tag in
// for several imports. What a module defines is made by its instantiation, after the imports were given, and
// so is nobody else.
#ifndef WR_ANALYSIS_ALIASES_H
#define WR_ANALYSIS_ALIASES_H

#include "ir/module.h"

// space: WR_MEMORY, WR_TABLE, WR_GLOBAL or WR_TAG. Of immutable globals the answer is true if their types
// allow it, as of all others, though nobody can tell.
bool wr_aliases_may_be_same(const wr_module *m, wr_space space, uint32_t a, uint32_t b);

#endif
