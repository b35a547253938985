// The rows of the output's source map: those of the input, moved with the code.
#ifndef WR_DEBUGINFO_MOVED_ROWS_H
#define WR_DEBUGINFO_MOVED_ROWS_H

#include "code_map.h"
#include "sources.h"

// Makes the rows. Functions that passes made get a name that says so, which is added to the sources' names.
// `names` are those of the input's functions, by index. Results in env->perm.
void wr_moved_rows_make(wr_env *env, const wr_module *input, const wr_slice *names, const wr_code_map *map,
                        wr_sources *sources, wr_source_rows *out);

#endif
