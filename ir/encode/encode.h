// Writing a module: renames indices in code by a layout, and writes each section in its shortest form.
#ifndef WR_IR_ENCODE_ENCODE_H
#define WR_IR_ENCODE_ENCODE_H

#include "layout.h"
#include "support/buf.h"
#include "support/pool.h"

typedef struct wr_encode_options {
    bool zero_alignment; // see wr_rewrite
} wr_encode_options;

// The bytes are in the main worker's perm arena.
wr_slice wr_encode_module(wr_pool *pool, const wr_module *m, const wr_layout *layout, const wr_encode_options *options);

#endif
