// Writing a module: renames indices in code by a layout, and writes each section in its shortest form.
#ifndef WR_IR_ENCODE_ENCODE_H
#define WR_IR_ENCODE_ENCODE_H

#include "layout.h"
#include "support/buf.h"
#include "support/pool.h"

// Where the instructions of the bodies in the output are from: tables of ir/origins.h whose offsets are the
// output's.
typedef struct wr_placed_body {
    uint32_t func;     // index before layout
    uint32_t at, size; // of the body, in the contents of the code section
    wr_slice origins;
} wr_placed_body;

typedef struct wr_code_origins {
    wr_placed_body *bodies; // in the order of the output, in env->perm
    uint32_t n, nimports;
    const uint32_t *imports; // functions that are imported, by index before layout
    uint64_t code;           // offset of the code section's contents in the output
} wr_code_origins;

typedef struct wr_encode_options {
    bool zero_alignment;      // see wr_rewrite
    wr_code_origins *origins; // filled, if the module tracks them; NULL: not wanted
} wr_encode_options;

// The bytes are in the main worker's perm arena.
wr_slice wr_encode_module(wr_pool *pool, const wr_module *m, const wr_layout *layout,
                          const wr_encode_options *options);

#endif
