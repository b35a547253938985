// Source maps: JSON of version 3 whose single line of mappings leads from byte offsets in a module to places
// in source files. (https://tc39.es/ecma426/; a module counts as one line, and its columns are byte offsets.)
#ifndef WR_DEBUGINFO_SOURCE_MAP_H
#define WR_DEBUGINFO_SOURCE_MAP_H

#include <jansson.h>

#include "sources.h"
#include "support/buf.h"

// Reads a map. Throws WR_USAGE if it is not one. Results in env->perm.
void wr_source_map_read(wr_env *env, wr_slice json, wr_sources *sources);

// Writes a copy of the map with `rows` of another module in place of its mappings. Everything else in it
// stays, such as the list of ignored sources. If `json` is empty, the map has the files of `sources` and no
// names. `sources` may have gained names since it was read. In env->perm.
wr_slice wr_source_map_write(wr_env *env, wr_slice json, const wr_sources *sources, const wr_source_row *rows,
                             uint32_t nrows);

// Returns the content of the module's sourceMappingURL section; empty if there is none.
wr_slice wr_source_map_link(const wr_module *m);

#endif
