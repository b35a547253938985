// Rewrites code as it is written out: renames indices, shortens padded numbers, zeroes alignment hints. Runs
// of instructions that need no change are copied byte for byte.
#ifndef WR_IR_ENCODE_REWRITE_H
#define WR_IR_ENCODE_REWRITE_H

#include "ir/refs.h"
#include "support/buf.h"

// Places in a body that something outside points to, such as branch hints: sorted offsets from the start of
// the body. Rewriting replaces them by the offsets in the new body, or by WR_NONE where no instruction begins
// at the place.
typedef struct wr_marks {
    uint32_t *at;
    uint32_t n;
} wr_marks;

struct wr_origin_reader;
struct wr_origin_writer;
// A table of origins to carry over, if reader is not NULL.
typedef struct wr_moved_origins {
    struct wr_origin_reader *reader;
    struct wr_origin_writer *writer;
} wr_moved_origins;

typedef struct wr_rewrite {
    const wr_remap *map;
    bool zero_alignment; // write alignment hints as 0, which compresses better; atomics must keep theirs
} wr_rewrite;

// Rewrites a constant expression, or code without local declarations. Uses env->temp.
void wr_rewrite_code(wr_env *env, const wr_rewrite *how, wr_slice code, wr_buf *out);
// Rewrites a whole body. marks and origins may be NULL.
void wr_rewrite_body(wr_env *env, const wr_rewrite *how, wr_slice body, wr_marks *marks,
                     const wr_moved_origins *origins, wr_buf *out);

#endif
