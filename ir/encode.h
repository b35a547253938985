// Writing a module: works out the final numbering of what is live, renames indices in code, and writes each section in
// its shortest form.
#ifndef WR_IR_ENCODE_H
#define WR_IR_ENCODE_H

#include "layout.h"
#include "support/buf.h"
#include "support/pool.h"

// The bytes are in the main worker's perm arena.
wr_slice wr_encode_module(wr_pool *pool, const wr_module *m, const wr_layout *layout);

#endif
