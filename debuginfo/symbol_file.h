// Symbol files (.wsym): for each function and each stretch of code of a module its name, its place in source
// files, and the chain of functions inlined there. Written beside a module that is shipped without any of
// this; read when a stack trace comes back. The format is described in docs/DEBUG.md.
#ifndef WR_DEBUGINFO_SYMBOL_FILE_H
#define WR_DEBUGINFO_SYMBOL_FILE_H

#include "code_map.h"
#include "sources.h"

#define WR_SYMBOL_FILE_VERSION 1

// A function that was running, at a place. `outer` is what it was inlined into; frames of physical functions
// have none.
typedef struct wr_frame {
    uint32_t name, file;   // indices in strings; WR_NONE: not known
    uint32_t line, column; // counted from 1; 0: not known
    uint32_t outer;        // index in frames, lower than its own; WR_NONE: none
} wr_frame;

typedef struct wr_symbol_row {
    uint32_t at;    // offset in the module; the row holds up to the next one or the function's end
    uint32_t frame; // innermost, index in frames; WR_NONE: not known
} wr_symbol_row;

enum {
    WR_SYMBOL_SHARED = 1 // the function was made by the optimizer, of code that several functions share
};

typedef struct wr_symbol_func {
    uint32_t at, size; // of the body; 0 and 0 for imports
    uint32_t name;     // index in strings; WR_NONE: not known
    uint32_t first;    // in rows; the next function's is the end
    uint32_t flags;
} wr_symbol_func;

typedef struct wr_symbol_file {
    uint64_t module_size, module_hash; // of the module that it is for
    WR_VEC(wr_slice) strings;
    WR_VEC(wr_frame) frames;
    WR_VEC(wr_symbol_func) funcs; // by index in the module, imports first
    uint32_t nimports;
    WR_VEC(wr_symbol_row) rows;
} wr_symbol_file;

// What a symbol file is made of.
typedef struct wr_symbol_source {
    const wr_module *m;        // the input
    const wr_code_map *map;    // of the output
    const wr_sources *sources; // of the input's code
    wr_slice output;
} wr_symbol_source;

// In env->perm.
void wr_symbol_file_make(wr_env *env, const wr_symbol_source *from, wr_symbol_file *file);
wr_slice wr_symbol_file_write(wr_env *env, const wr_symbol_file *file);
// Names by index as text, one "index:name" a line, as emscripten's --emit-symbol-map writes them.
wr_slice wr_symbol_file_text(wr_env *env, const wr_symbol_file *file);

// Throws WR_USAGE for what is no symbol file. Results in env->perm.
void wr_symbol_file_read(wr_env *env, wr_slice bytes, wr_symbol_file *file);

// The file that most of each function's bytes are from, by index in the module; empty where none is known. In
// env->perm.
wr_slice *wr_symbol_file_files(wr_env *env, const wr_symbol_file *file);

// The innermost frame of the code at an offset in the module, WR_NONE if none is known; *func gets the index
// of the function there, or WR_NONE.
uint32_t wr_symbol_file_find(const wr_symbol_file *file, uint32_t at, uint32_t *func);

#endif
