// Packed data: what pack_data.c plans, pack_ways.c chooses, pack_lz.c writes and pack_start.c unpacks when the module starts.
//
// A stream is a list of steps. Each begins with a byte: in its high half how many literal bytes follow, in its low half
// how many bytes less WR_PACK_LEAST to take from before; a half of 15 says that a number follows which is to be added.
// After the literals comes a number: 0 leaves bytes as they are (zero), 1 takes from the last distance, more is the
// distance plus 1. Numbers are LEB128.
#ifndef WR_PASSES_WHOLE_PACK_H
#define WR_PASSES_WHOLE_PACK_H

#include "passes/pass.h"
#include "support/buf.h"

enum { WR_PACK_LEAST = 3, WR_PACK_HALF = 15 };
enum { WR_PACK_SKIP, WR_PACK_AGAIN, WR_PACK_DISTANCE }; // numbers for where to take from

typedef struct wr_packed {
    uint64_t first, end; // addresses: what the steps cover
    wr_slice stream;
    uint64_t at;   // address of the stream
    uint32_t size; // of what to clear there afterwards: a multiple of 8
} wr_packed;

// Bytes of the image that a step makes without literals.
typedef struct wr_pack_step {
    uint32_t at, n;
    uint32_t distance; // to where they are taken from, 0: left as they are
} wr_pack_step;

typedef struct wr_pack_steps {
    wr_pack_step *v;
    size_t n;
} wr_pack_steps;

// Places of the image by the three bytes that stand there.
typedef struct wr_chains {
    wr_slice image;
    uint32_t *before; // by place in the ring: the place before it with an equal hash, WR_NONE if none
} wr_chains;

#define WR_PACK_RING ((size_t)4 << 20)
#define WR_PACK_FARTHEST ((size_t)3 << 20) // how far steps look back

static inline size_t wr_place_before(const wr_chains *chains, size_t place) {
    return chains->before[place & (WR_PACK_RING - 1)];
}

// Covers bytes [at, end) of the image; steps->v must have room for all that fit there.
void wr_cover_window(wr_env *env, const wr_chains *chains, size_t at, size_t end, wr_pack_steps *steps);

// Appends the steps that make the image in memory that is zero. Returns how many bytes they cover: the image, or a few more
// that they leave as they are.
size_t wr_pack_image(wr_pool *pool, wr_slice image, wr_buf *stream);

// Adds the function that unpacks, clears the stream and calls `next`, unless that is WR_NONE.
uint32_t wr_add_unpacker(wr_context *c, const wr_packed *p, uint32_t next);

#endif
