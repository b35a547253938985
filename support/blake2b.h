// BLAKE2b with 256 bits (RFC 7693): a hash that is safe against adversaries, for what is found again by its
// content. It takes the bytes in pieces and gives the same result on every machine.
#ifndef WR_SUPPORT_BLAKE2B_H
#define WR_SUPPORT_BLAKE2B_H

#include "base.h"

#define WR_DIGEST_SIZE 32

typedef struct wr_digest {
    uint8_t bytes[WR_DIGEST_SIZE];
} wr_digest;

typedef struct wr_blake2b {
    uint64_t state[8];
    uint64_t total; // bytes that were hashed
    uint8_t block[128];
    size_t n; // bytes in the block
} wr_blake2b;

void wr_blake2b_start(wr_blake2b *hash);
void wr_blake2b_add(wr_blake2b *hash, wr_slice bytes);
// Likewise with the length in front, so that neighbouring pieces cannot be taken for one another.
void wr_blake2b_add_piece(wr_blake2b *hash, wr_slice bytes);
// Likewise with a number, as eight bytes.
void wr_blake2b_add_number(wr_blake2b *hash, uint64_t n);
wr_digest wr_blake2b_end(wr_blake2b *hash);

wr_digest wr_blake2b_of(wr_slice bytes);

#endif
