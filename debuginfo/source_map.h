// Source maps: JSON of version 3 whose one line of mappings goes from byte offsets in a module to places in
// source files. (https://tc39.es/ecma426/; a module counts as one line, and its columns are byte offsets.)
#ifndef WR_DEBUGINFO_SOURCE_MAP_H
#define WR_DEBUGINFO_SOURCE_MAP_H

#include <jansson.h>

#include "sources.h"
#include "support/buf.h"

// Reads a map. Throws WR_USAGE for what is none. Results in env->perm.
void wr_source_map_read(wr_env *env, wr_slice json, wr_sources *sources);

// Writes `rows` of another module in the place of the map's own. All else in the map stays, the list of
// ignored sources among it. `json` may be empty: then the map has the files of `sources`, and no names.
// `sources` may have got further names since it was read. In env->perm.
wr_slice wr_source_map_write(wr_env *env, wr_slice json, const wr_sources *sources, const wr_source_row *rows,
                             uint32_t nrows);

// What the module's section sourceMappingURL says, empty without.
wr_slice wr_source_map_link(const wr_module *m);

#endif
