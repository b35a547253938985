// Debug information about a module's code, whether from a source map (source_map.h) or from DWARF (dwarf.h).
// Symbol files and the output's source map are written from it.
//
// Two lists, sorted by code offset, divide the code into stretches: one by place in source files, one by
// function as the programmer wrote it. The second knows more functions than the module, because compilers
// inline.
#ifndef WR_DEBUGINFO_SOURCES_H
#define WR_DEBUGINFO_SOURCES_H

#include "ir/module.h"

// The code from `at` (a file offset) to the next row comes from this place.
typedef struct wr_source_row {
    uint32_t at;
    uint32_t file;         // index in files; WR_NONE: unknown
    uint32_t line, column; // counted from 1; 0: unknown
    uint32_t name;         // index in names, from a source map; WR_NONE: none
} wr_source_row;
typedef WR_VEC(wr_source_row) wr_source_rows;

// A function of the source: one of the module's, or one that the compiler inlined into `outer`.
typedef struct wr_source_func {
    wr_slice name;
    uint32_t outer;                             // index in funcs; WR_NONE for functions of the module
    uint32_t call_file, call_line, call_column; // place of the call, for an inlined function
} wr_source_func;

typedef struct wr_source_func_row {
    uint32_t at;
    uint32_t func; // the innermost function, index in funcs; WR_NONE: unknown
} wr_source_func_row;

typedef struct wr_sources {
    WR_VEC(wr_slice) files;
    WR_VEC(wr_slice) names;
    wr_source_rows rows;
    WR_VEC(wr_source_func) funcs;
    WR_VEC(wr_source_func_row) func_rows;
} wr_sources;

// Returns the function of the input whose body contains a code offset, or WR_NONE. The module must be freshly
// decoded.
uint32_t wr_source_input_func(const wr_module *m, uint32_t at);
// Returns the first offset after `at` at which a row or a function begins; UINT32_MAX if there is none.
uint32_t wr_source_next(const wr_sources *sources, uint32_t at);
// Returns the row in force at a code offset, or NULL.
const wr_source_row *wr_source_row_at(const wr_sources *sources, uint32_t at);
// Returns the innermost function at a code offset, or WR_NONE.
uint32_t wr_source_func_at(const wr_sources *sources, uint32_t at);

#endif
