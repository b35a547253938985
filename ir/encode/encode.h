// Writes a module: renames the indices in code as the layout says, and writes each section in its shortest
// form.
#ifndef WR_IR_ENCODE_ENCODE_H
#define WR_IR_ENCODE_ENCODE_H

#include "layout.h"
#include "support/buf.h"
#include "support/pool.h"

// The origins of one body's instructions in the output: a table of ir/origins.h whose offsets are those of
// the output.
typedef struct wr_placed_body {
    uint32_t func;     // function index before layout
    uint32_t at, size; // of the body, in the contents of the code section
    wr_slice origins;
} wr_placed_body;

typedef struct wr_code_origins {
    wr_placed_body *bodies; // in the order of the output; in env->perm
    uint32_t n, nimports;
    const uint32_t *imports; // by index of imported function: its index before layout
    uint32_t nglobals;
    const uint32_t *globals; // likewise, by index of a global
    uint64_t code;           // offset of the code section's contents in the output
} wr_code_origins;

typedef struct wr_encode_options {
    bool zero_alignment;      // see wr_rewrite
    wr_code_origins *origins; // filled if the module tracks origins; NULL if not needed
} wr_encode_options;

// Encodes the module. The bytes are in the main worker's perm arena.
wr_slice wr_encode_module(wr_pool *pool, const wr_module *m, const wr_layout *layout,
                          const wr_encode_options *options);

#endif
