// Reads source files and names of functions from a source map: JSON of version 3 whose single line of
// mappings leads from byte offsets in the module to places in source files.
#ifndef WR_REPORT_READERS_SOURCE_MAP_H
#define WR_REPORT_READERS_SOURCE_MAP_H

#include "ir/module.h"

typedef struct wr_source_map {
    wr_slice *names; // by function: the first name in it, if the map has names
    wr_slice *files; // by function: the file that most of its bytes are from
} wr_source_map;

// Throws WR_USAGE for what is no source map. Results in env->perm, scratch in env->temp.
void wr_read_source_map(wr_env *env, const wr_module *m, wr_slice json, wr_source_map *map);

#endif
