// The format of compressed data, shared by compress_data.c (plans), compress_parse.c (chooses matches),
// compress_lz.c (writes the stream) and compress_start.c (emits the code that decompresses it when the module
// starts).
//
// A stream is a list of steps in the manner of LZ77. Each step begins with a byte: its high half is the
// number of literal bytes that follow, its low half the length of a match minus WR_COMPRESS_LEAST. A half of
// 15 means that a number follows which is to be added. After the literals comes a number that says what the
// match copies: 0 leaves the bytes as they are (zero), 1 copies from the last distance, and any larger number
// from a distance of that number minus 1. Numbers are LEB128.
//
//   step = (literals:4 | length-3:4) [more literals] literal* [more length] (0 | 1 | distance + 1)
#ifndef WR_PASSES_DATA_COMPRESS_H
#define WR_PASSES_DATA_COMPRESS_H

#include "passes/manager/pass.h"
#include "support/buf.h"

enum { WR_COMPRESS_LEAST = 3, WR_COMPRESS_HALF = 15 };
// What a match copies; WR_COMPRESS_DISTANCE and up: from that distance plus 1.
enum { WR_COMPRESS_SKIP, WR_COMPRESS_AGAIN, WR_COMPRESS_DISTANCE };

typedef struct wr_compressed_data {
    uint64_t first, end; // the addresses that the steps cover
    wr_slice stream;
    uint64_t at;   // address of the stream
    uint32_t size; // bytes to clear there afterwards: a multiple of 8
} wr_compressed_data;

// A match: the bytes [at, at + n) of the image, which a step makes without literals.
typedef struct wr_compress_step {
    uint32_t at, n;
    uint32_t distance; // distance back to the bytes that are copied; 0: the bytes are left as they are
} wr_compress_step;

typedef struct wr_compress_steps {
    wr_compress_step *v;
    size_t n;
} wr_compress_steps;

// Hash chains over the image, by the four bytes at each place.
typedef struct wr_compress_chains {
    wr_slice image;
    uint32_t *before; // by place in the ring: the previous place with an equal hash; WR_NONE if none
    uint8_t *near;    // by place in the ring: the distance back to the same three bytes; 0 if not within
                      // WR_COMPRESS_NEAR
} wr_compress_chains;

#define WR_COMPRESS_NEAR 126 // the largest distance that takes one byte

#define WR_COMPRESS_RING ((size_t)4 << 20)
#define WR_COMPRESS_FARTHEST ((size_t)3 << 20) // the largest distance

static inline size_t wr_compress_place_before(const wr_compress_chains *chains, size_t place) {
    return chains->before[place & (WR_COMPRESS_RING - 1)];
}

// Chooses matches for the bytes [at, end) of the image. steps->v must have room for all that fit there.
void wr_compress_parse(wr_env *env, const wr_compress_chains *chains, size_t at, size_t end,
                       wr_compress_steps *steps);

// Appends the steps that produce the image in zeroed memory. Returns how many bytes they cover: the image, or
// a few more, which they leave as they are.
size_t wr_compress_image(wr_pool *pool, wr_slice image, wr_buf *stream);

// Adds the function that decompresses the data, clears the stream, and calls `next` unless that is WR_NONE.
// Returns its index.
uint32_t wr_compress_add_unpacker(wr_context *c, const wr_compressed_data *p, uint32_t next);

#endif
