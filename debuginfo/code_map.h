// The code map: the origin in the input of each instruction of an output module. It merges the encoder's
// tables for single functions (ir/origins.h) into one list ordered by file offset.
#ifndef WR_DEBUGINFO_CODE_MAP_H
#define WR_DEBUGINFO_CODE_MAP_H

#include "ir/body.h"
#include "ir/encode/encode.h"

// Maps the code from `at` on. Until the next row, origins advance as offsets do.
typedef struct wr_code_row {
    uint32_t at;     // offset in the output file
    uint32_t origin; // offset in the input file; 0: unknown
    uint32_t site;   // inline site, counted from 1 in sites; 0: the function itself
    bool is_made;    // a pass made these writes of locals
} wr_code_row;

// A function of the output, in file order.
typedef struct wr_code_func {
    uint32_t at, size; // place of the body in the output file
    uint32_t from;     // function index in the input; WR_NONE: a pass made it
    uint32_t first;    // its first row; its rows end where the next function's begin
} wr_code_func;

typedef struct wr_code_map {
    WR_VEC(wr_code_row) rows;
    wr_inline_sites sites; // of all functions; `outer` numbers refer to this list
    wr_code_func *funcs;
    uint32_t nfuncs, nimports; // funcs[0] has function index nimports
    const uint32_t *imports;   // by index of an imported function: its index in the input
    uint32_t nglobals;
    const uint32_t *globals; // likewise of a global, which is no global of the input if a pass made it
} wr_code_map;

// Makes the map from the encoder's tables. The first `ninput` functions of the module are the input's. In
// env->perm.
void wr_code_map_make(wr_env *env, const wr_code_origins *origins, uint32_t ninput, wr_code_map *map);

// Makes the map of a module that no pass changed. In env->perm.
void wr_code_map_identity(wr_env *env, const wr_module *m, wr_code_map *map);

// Composes two maps: `map` describes a module made from the output of another run, whose map is `before`.
// `map` is changed to refer to the first input. In env->perm.
void wr_code_map_compose(wr_env *env, const wr_code_map *before, wr_code_map *map);

// Replaces everything that the map points to by copies in the arena.
void wr_code_map_copy(wr_arena *arena, wr_code_map *map);

// The end of function i's rows.
static inline uint32_t wr_code_rows_end(const wr_code_map *map, uint32_t i) {
    return i + 1 < map->nfuncs ? map->funcs[i + 1].first : map->rows.n;
}

#endif
