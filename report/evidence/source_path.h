// Reads paths of source files, as compilers put them into data: `__FILE__` of C and C++, the places of Rust's
// panics.
#ifndef WR_REPORT_EVIDENCE_SOURCE_PATH_H
#define WR_REPORT_EVIDENCE_SOURCE_PATH_H

#include "support/env.h"

typedef enum wr_path_kind {
    WR_PATH_NONE,   // no path of a source file
    WR_PATH_RUST,   // of a crate
    WR_PATH_STD,    // of Rust's standard library, whose functions are inlined everywhere
    WR_PATH_SOURCE, // of a file that is compiled by itself
    WR_PATH_HEADER, // of a file that others include
} wr_path_kind;

typedef struct wr_source_path {
    wr_path_kind kind;
    wr_slice path;  // as it stands
    wr_slice group; // the crate or the library that the path lies in; empty: the path names none
    bool registry;  // of a crate that others depend on, not of the program itself
} wr_source_path;

// The path in text that ends where the slice ends. The group is part of the path, or in arena.
wr_source_path wr_source_path_read(wr_arena *arena, wr_slice text);
// The same of text that ends with a zero byte; `text` may go on behind it.
wr_source_path wr_source_path_read_c(wr_arena *arena, wr_slice text);

#endif
