// Names that the JavaScript beside a module gives to the module's imports and exports. Emscripten shortens
// both to a letter or two, and its JavaScript still says what they are.
#ifndef WR_REPORT_READERS_GLUE_NAMES_H
#define WR_REPORT_READERS_GLUE_NAMES_H

#include "ir/module.h"

#define WR_GLUE_SOURCE "the JavaScript beside it" // what the names are said to be from

// Names by function, empty where the scripts say nothing or contradict each other; NULL if they name less
// than half of the exported functions, so that they must belong to something else. Results in env->perm.
wr_slice *wr_glue_names_read(wr_env *env, const wr_module *m, const wr_slice *texts, uint32_t n);

#endif
