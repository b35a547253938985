// Symbol files (.wsym): for each function and stretch of code of a module, its name, its place in source
// files, and the chain of functions inlined there. Such a file is written beside a module that is shipped
// without debug information, and read when a stack trace comes back. docs/DEBUG.md describes the format.
#ifndef WR_DEBUGINFO_SYMBOL_FILE_H
#define WR_DEBUGINFO_SYMBOL_FILE_H

#include "code_map.h"
#include "sources.h"

#define WR_SYMBOL_FILE_VERSION 1

// A stack frame at a place in the code. `outer` is the frame that it was inlined into; physical functions
// have none.
typedef struct wr_frame {
    uint32_t name, file;   // indices in strings; WR_NONE: unknown
    uint32_t line, column; // counted from 1; 0: unknown
    uint32_t outer;        // index in frames, always lower than its own; WR_NONE: none
} wr_frame;

typedef struct wr_symbol_row {
    uint32_t at;    // offset in the module; the row is in force until the next one or the function's end
    uint32_t frame; // the innermost frame, index in frames; WR_NONE: unknown
} wr_symbol_row;

enum {
    WR_SYMBOL_SHARED = 1 // the optimizer made the function from code that several functions share
};

typedef struct wr_symbol_func {
    uint32_t at, size; // place of the body; 0 and 0 for imports
    uint32_t name;     // index in strings; WR_NONE: unknown
    uint32_t first;    // its first row; its rows end where the next function's begin
    uint32_t flags;
} wr_symbol_func;

typedef struct wr_symbol_file {
    uint64_t module_size, module_hash; // of the module that the file describes
    WR_VEC(wr_slice) strings;
    WR_VEC(wr_frame) frames;
    WR_VEC(wr_symbol_func) funcs; // by index in the module, imports first
    uint32_t nimports;
    WR_VEC(wr_symbol_row) rows;
} wr_symbol_file;

// The inputs for making a symbol file.
typedef struct wr_symbol_source {
    const wr_module *m;        // the input
    const wr_code_map *map;    // code map of the output
    const wr_sources *sources; // debug information of the input
    wr_slice output;
} wr_symbol_source;

// Makes a symbol file, and writes it as bytes. In env->perm.
void wr_symbol_file_make(wr_env *env, const wr_symbol_source *from, wr_symbol_file *file);
wr_slice wr_symbol_file_write(wr_env *env, const wr_symbol_file *file);
// Writes names by index as text, one "index:name" a line, like emscripten's --emit-symbol-map.
wr_slice wr_symbol_file_text(wr_env *env, const wr_symbol_file *file);

// Reads a symbol file. Throws WR_USAGE if it is not one. Results in env->perm.
void wr_symbol_file_read(wr_env *env, wr_slice bytes, wr_symbol_file *file);

// Returns, by function index in the module, the file that most of its bytes come from; empty if unknown. In
// env->perm.
wr_slice *wr_symbol_file_files(wr_env *env, const wr_symbol_file *file);

// Returns the innermost frame at an offset in the module, WR_NONE if unknown. *func gets the index of the
// function there, or WR_NONE.
uint32_t wr_symbol_file_find(const wr_symbol_file *file, uint32_t at, uint32_t *func);

#endif
