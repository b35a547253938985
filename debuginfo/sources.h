// Where the code of a module comes from in source files, whoever says so: a source map (source_map.h) or
// DWARF (dwarf.h). Symbol files and source maps of the output are written from this.
//
// Two lists, sorted by code offset, cut the code into stretches: one into places in source files, one into
// functions as the program's author wrote them. The second knows more than the module, because a compiler
// inlines.
#ifndef WR_DEBUGINFO_SOURCES_H
#define WR_DEBUGINFO_SOURCES_H

#include "ir/module.h"

// The code from `at`, an offset in the file, to the next row comes from this place.
typedef struct wr_source_row {
    uint32_t at;
    uint32_t file;         // index in files; WR_NONE: from no known place
    uint32_t line, column; // counted from 1; 0: not known
    uint32_t name;         // index in names, as a source map has it; WR_NONE: none
} wr_source_row;
typedef WR_VEC(wr_source_row) wr_source_rows;

// A function of the source: one of the module's, or one that the compiler inlined at a place of `outer`.
typedef struct wr_source_func {
    wr_slice name;
    uint32_t outer;                             // index in funcs; WR_NONE: it is a function of the module
    uint32_t call_file, call_line, call_column; // of an inlined one
} wr_source_func;

typedef struct wr_source_func_row {
    uint32_t at;
    uint32_t func; // the innermost, index in funcs; WR_NONE: none is known
} wr_source_func_row;

typedef struct wr_sources {
    WR_VEC(wr_slice) files;
    WR_VEC(wr_slice) names;
    wr_source_rows rows;
    WR_VEC(wr_source_func) funcs;
    WR_VEC(wr_source_func_row) func_rows;
} wr_sources;

// The input's function whose body holds a code offset, WR_NONE if none does. The module is as it was decoded.
uint32_t wr_source_input_func(const wr_module *m, uint32_t at);
// The first offset behind `at` where a row or a function begins; UINT32_MAX: there is none.
uint32_t wr_source_next(const wr_sources *sources, uint32_t at);
// The row that holds at a code offset, or NULL.
const wr_source_row *wr_source_row_at(const wr_sources *sources, uint32_t at);
// The innermost function at a code offset, or WR_NONE.
uint32_t wr_source_func_at(const wr_sources *sources, uint32_t at);

#endif
