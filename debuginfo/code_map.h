// Where each instruction of an output module comes from in the input: what the encoder says about single
// functions (ir/origins.h), in one list by offset in the file.
#ifndef WR_DEBUGINFO_CODE_MAP_H
#define WR_DEBUGINFO_CODE_MAP_H

#include "ir/body.h"
#include "ir/encode/encode.h"

// The code from `at` on. Up to the next row, origins go on as offsets do.
typedef struct wr_code_row {
    uint32_t at;     // offset in the output file
    uint32_t origin; // offset in the input file; 0: not known
    uint32_t site;   // 0: the function itself, else number in sites, from 1 on
} wr_code_row;

// A function of the output, in the order of the file.
typedef struct wr_code_func {
    uint32_t at, size; // of the body, in the output file
    uint32_t from;     // index of the function in the input; WR_NONE: a pass made it
    uint32_t first;    // in rows; the next function's is the end
} wr_code_func;

typedef struct wr_code_map {
    WR_VEC(wr_code_row) rows;
    wr_inline_sites sites; // of all functions; outer numbers count likewise
    wr_code_func *funcs;
    uint32_t nfuncs, nimports; // funcs[0] has the index nimports
    const uint32_t *imports;   // by index of an imported function: its index in the input
} wr_code_map;

// From what the encoder said of a module whose first `ninput` functions are the input's. In env->perm.
void wr_code_map_make(wr_env *env, const wr_code_origins *origins, uint32_t ninput, wr_code_map *map);

// The map of a module that the passes did nothing to. In env->perm.
void wr_code_map_identity(wr_env *env, const wr_module *m, wr_code_map *map);

// A module was made from the output of another run: turns what `map` says about that into what is true of the
// first input. In env->perm.
void wr_code_map_compose(wr_env *env, const wr_code_map *before, wr_code_map *map);

// Replaces what the map points to by copies in the arena.
void wr_code_map_copy(wr_arena *arena, wr_code_map *map);

// The end of function i's rows.
static inline uint32_t wr_code_rows_end(const wr_code_map *map, uint32_t i) {
    return i + 1 < map->nfuncs ? map->funcs[i + 1].first : map->rows.n;
}

#endif
