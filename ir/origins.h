// Where the instructions of a body come from: for each, the offset in the input file of the instruction that
// it stands for. Source maps, DWARF and symbol files are written from this.
//
// While a body is decoded, every wr_ins names its origin, so that whoever copies or moves an instruction
// keeps it without saying so. An instruction that a pass makes from nothing has none: it counts as the one
// before it. A body at rest keeps a table beside its bytes, with a row wherever the origin does not go on as
// the bytes do:
//
//     n, then n sites:  origin of the call, outer site       (ULEB128 each)
//     rows to the end:  bytes since the row before << 1 | has a site,
//                       origin less the one expected (SLEB128), site (ULEB128, if it has one)
//
// "Expected" is the last row's origin plus the bytes since: a stretch that no pass changed is one row. A row
// without a site has that of the row before. An unchanged body needs no table.
//
// A site is a place where a call was replaced by the callee's code. Instructions of that code have the site's
// number (from 1 on, by body); site 0 is the function itself.
#ifndef WR_IR_ORIGINS_H
#define WR_IR_ORIGINS_H

#include "body.h"

// Appends the table of a decoded body; nothing if no instruction has an origin.
void wr_encode_origins(const wr_body *body, wr_buf *out);

// Reads a table from front to back.
typedef struct wr_origin_reader {
    wr_reader r;
    uint32_t at, origin, site; // of the last row
    uint32_t next;             // byte offset of the next row, WR_NONE: there is none
} wr_origin_reader;

// Starts on a function's body: on its table, or on the body of the input itself. Pushes the sites to `sites`
// (in arena).
wr_origin_reader wr_read_origins(wr_env *env, wr_arena *arena, const wr_func *func, wr_inline_sites *sites);
// The origin of an instruction at this offset in the body's bytes; at 0: not known. Offsets must not
// decrease.
static inline wr_origin wr_next_origin(wr_origin_reader *r, uint32_t at);
void wr_next_origin_row(wr_origin_reader *r, uint32_t at);

static inline wr_origin wr_next_origin(wr_origin_reader *r, uint32_t at) {
    if (WR_UNLIKELY(at >= r->next)) wr_next_origin_row(r, at);
    return (wr_origin){r->origin ? r->origin + (at - r->at) : 0, r->site};
}

// Writes a table row by row.
typedef struct wr_origin_writer {
    wr_buf *out;
    uint32_t at, origin, site; // of the last row
} wr_origin_writer;

void wr_write_sites(wr_buf *out, const wr_inline_sites *sites);
void wr_put_origin_row(wr_origin_writer *w, uint32_t at, uint32_t origin, uint32_t site);
// Says that the instruction at this offset has this origin. Offsets must not decrease.
static inline void wr_put_origin(wr_origin_writer *w, uint32_t at, uint32_t origin, uint32_t site) {
    if (w->origin + (at - w->at) != origin || w->site != site) wr_put_origin_row(w, at, origin, site);
}

#endif
