// Origins: for each instruction of a body, the offset in the input file of the instruction that it stands
// for. Source maps, DWARF and symbol files are written from them.
//
// In the decoded form every wr_ins refers to its origin, so code that copies or moves an instruction keeps
// the origin without doing anything. An instruction that a pass creates has none and counts as the one before
// it. If it writes a local, it is marked as made: where the values of variables are is found by following the
// writes of the input, and what it writes is another value. A body at rest keeps a table beside its bytes,
// with a row wherever the origin does not advance as the bytes do:
//
//     n, then n sites:  origin of the call, outer site       (ULEB128 each)
//     rows to the end:  bytes since the row before << 1 | has a site,
//                       origin minus the expected one (SLEB128),
//                       site << 1 | is made (ULEB128, if it has one)
//
// The expected origin is that of the last row plus the bytes since then, so a stretch that no pass changed is
// one row. A row without a site has the site and the mark of the row before. An unchanged body needs no
// table.
//
// A site is a place where a call was replaced by the callee's code. The instructions of that code carry the
// site's number (counted from 1 in each body); site 0 is the function itself.
#ifndef WR_IR_ORIGINS_H
#define WR_IR_ORIGINS_H

#include "body.h"

// Appends the table of a decoded body; appends nothing if no instruction has an origin.
void wr_origins_encode(const wr_body *body, wr_buf *out);

// Reads a table from front to back.
typedef struct wr_origin_reader {
    wr_reader r;
    uint32_t at, origin, site; // of the last row
    bool is_made;
    uint32_t next; // byte offset of the next row, WR_NONE if there is none
} wr_origin_reader;

// Starts reading a table. Appends the sites to `sites` (in the arena). If the table is empty, the body begins
// at `start` in the input and is as it is there, or `start` is 0 and its origins are unknown.
wr_origin_reader wr_origins_read(wr_env *env, wr_arena *arena, wr_slice table, uint64_t start,
                                 wr_inline_sites *sites);
// The same for the origins of a function.
wr_origin_reader wr_origins_of(wr_env *env, wr_arena *arena, const wr_module *m, uint32_t func,
                               wr_inline_sites *sites);
// Returns the origin of the instruction at this offset in the body's bytes; its `at` is 0 if unknown. Offsets
// must not decrease between calls.
static inline wr_origin wr_origins_next(wr_origin_reader *r, uint32_t at);
void wr_origins_next_row(wr_origin_reader *r, uint32_t at);

static inline wr_origin wr_origins_next(wr_origin_reader *r, uint32_t at) {
    if (WR_UNLIKELY(at >= r->next)) wr_origins_next_row(r, at);
    return (wr_origin){r->origin ? r->origin + (at - r->at) : 0, r->site, r->is_made};
}

// Writes a table row by row.
typedef struct wr_origin_writer {
    wr_buf *out;
    uint32_t at;      // of the last row
    wr_origin origin; // likewise
} wr_origin_writer;

void wr_origins_write_sites(wr_buf *out, const wr_inline_sites *sites);
void wr_origins_put_row(wr_origin_writer *w, uint32_t at, wr_origin origin);
// Records the origin of the instruction at this offset. Offsets must not decrease between calls.
static inline void wr_origins_put(wr_origin_writer *w, uint32_t at, wr_origin origin) {
    if (w->origin.at + (at - w->at) != origin.at || w->origin.site != origin.site ||
        w->origin.is_made != origin.is_made)
        wr_origins_put_row(w, at, origin);
}

#endif
