// Packed data: what pack_data.c plans, pack_ways.c chooses, pack_lz.c writes and pack_start.c unpacks when
// the module starts.
//
// A stream is a list of steps. Each begins with a byte: in its high half how many literal bytes follow, in
// its low half how many bytes less WR_COMPRESS_LEAST to take from before; a half of 15 says that a number
// follows which is to be added. After the literals comes a number: 0 leaves bytes as they are (zero), 1 takes
// from the last distance, more is the distance plus 1. Numbers are LEB128.
#ifndef WR_PASSES_DATA_COMPRESS_H
#define WR_PASSES_DATA_COMPRESS_H

#include "passes/manager/pass.h"
#include "support/buf.h"

enum { WR_COMPRESS_LEAST = 3, WR_COMPRESS_HALF = 15 };
enum { WR_COMPRESS_SKIP, WR_COMPRESS_AGAIN, WR_COMPRESS_DISTANCE }; // numbers for where to take from

typedef struct wr_compressed_data {
    uint64_t first, end; // addresses: what the steps cover
    wr_slice stream;
    uint64_t at;   // address of the stream
    uint32_t size; // of what to clear there afterwards: a multiple of 8
} wr_compressed_data;

// Bytes of the image that a step makes without literals.
typedef struct wr_compress_step {
    uint32_t at, n;
    uint32_t distance; // to where they are taken from, 0: left as they are
} wr_compress_step;

typedef struct wr_compress_steps {
    wr_compress_step *v;
    size_t n;
} wr_compress_steps;

// Places of the image by the four bytes that stand there.
typedef struct wr_compress_chains {
    wr_slice image;
    uint32_t *before; // by place in the ring: the place before it with an equal hash, WR_NONE if none
    uint8_t *near;    // likewise: how far back the same three bytes are, 0 if not within WR_COMPRESS_NEAR
} wr_compress_chains;

#define WR_COMPRESS_NEAR 126 // distances of one byte

#define WR_COMPRESS_RING ((size_t)4 << 20)
#define WR_COMPRESS_FARTHEST ((size_t)3 << 20) // how far steps look back

static inline size_t wr_compress_place_before(const wr_compress_chains *chains, size_t place) {
    return chains->before[place & (WR_COMPRESS_RING - 1)];
}

// Covers bytes [at, end) of the image; steps->v must have room for all that fit there.
void wr_compress_parse(wr_env *env, const wr_compress_chains *chains, size_t at, size_t end,
                       wr_compress_steps *steps);

// Appends the steps that make the image in memory that is zero. Returns how many bytes they cover: the image,
// or a few more that they leave as they are.
size_t wr_compress_image(wr_pool *pool, wr_slice image, wr_buf *stream);

// Adds the function that unpacks, clears the stream and calls `next`, unless that is WR_NONE.
uint32_t wr_compress_add_unpacker(wr_context *c, const wr_compressed_data *p, uint32_t next);

#endif
