// BLAKE2b (RFC 7693), without a key. See blake2b.h.
#include "blake2b.h"

static const uint64_t initial[8] = {0x6a09e667f3bcc908u, 0xbb67ae8584caa73bu, 0x3c6ef372fe94f82bu,
                                    0xa54ff53a5f1d36f1u, 0x510e527fade682d1u, 0x9b05688c2b3e6c1fu,
                                    0x1f83d9abfb41bd6bu, 0x5be0cd19137e2179u};

static const uint8_t order[10][16] = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
    {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
    {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4},
    {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
    {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13},
    {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
    {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11},
    {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
    {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5},
    {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0},
};

static uint64_t rotate(uint64_t x, unsigned n) { return x >> n | x << (64 - n); }

static uint64_t load(const uint8_t *p) {
    uint64_t word = 0;
    for (int i = 7; i >= 0; i--) word = word << 8 | p[i];
    return word;
}

static void store(uint8_t *p, uint64_t word) {
    for (int i = 0; i < 8; i++) p[i] = (uint8_t)(word >> (8 * i));
}

// Inlined by force, since it is fast only where the four indices are constants.
static inline __attribute__((always_inline)) void mix(uint64_t *v, unsigned a, unsigned b, unsigned c,
                                                      unsigned d, uint64_t x, uint64_t y) {
    v[a] += v[b] + x;
    v[d] = rotate(v[d] ^ v[a], 32);
    v[c] += v[d];
    v[b] = rotate(v[b] ^ v[c], 24);
    v[a] += v[b] + y;
    v[d] = rotate(v[d] ^ v[a], 16);
    v[c] += v[d];
    v[b] = rotate(v[b] ^ v[c], 63);
}

static void compress(wr_blake2b *hash, const uint8_t *block, bool last) {
    uint64_t v[16], m[16];
    memcpy(v, hash->state, sizeof hash->state);
    memcpy(v + 8, initial, sizeof initial);
    v[12] ^= hash->total;
    if (last) v[14] = ~v[14];
    for (unsigned i = 0; i < 16; i++) m[i] = load(block + 8 * i);
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC unroll 12 // then the order is known: a quarter faster
#endif
    for (unsigned round = 0; round < 12; round++) {
        const uint8_t *s = order[round % 10];
        mix(v, 0, 4, 8, 12, m[s[0]], m[s[1]]);
        mix(v, 1, 5, 9, 13, m[s[2]], m[s[3]]);
        mix(v, 2, 6, 10, 14, m[s[4]], m[s[5]]);
        mix(v, 3, 7, 11, 15, m[s[6]], m[s[7]]);
        mix(v, 0, 5, 10, 15, m[s[8]], m[s[9]]);
        mix(v, 1, 6, 11, 12, m[s[10]], m[s[11]]);
        mix(v, 2, 7, 8, 13, m[s[12]], m[s[13]]);
        mix(v, 3, 4, 9, 14, m[s[14]], m[s[15]]);
    }
    for (unsigned i = 0; i < 8; i++) hash->state[i] ^= v[i] ^ v[i + 8];
}

void wr_blake2b_start(wr_blake2b *hash) {
    *hash = (wr_blake2b){0};
    memcpy(hash->state, initial, sizeof initial);
    hash->state[0] ^= 0x01010000u ^ WR_DIGEST_SIZE; // the parameters: no key, and the length of the digest
}

// The last block is compressed by wr_blake2b_end(), so a full one waits until more bytes come.
void wr_blake2b_add(wr_blake2b *hash, wr_slice bytes) {
    while (bytes.n) {
        if (hash->n == sizeof hash->block) {
            hash->total += sizeof hash->block;
            compress(hash, hash->block, false);
            hash->n = 0;
        }
        size_t room = sizeof hash->block - hash->n, take = bytes.n < room ? bytes.n : room;
        memcpy(hash->block + hash->n, bytes.p, take);
        hash->n += take;
        bytes = wr_slice_of(bytes.p + take, bytes.n - take);
    }
}

void wr_blake2b_add_number(wr_blake2b *hash, uint64_t n) {
    uint8_t bytes[8];
    store(bytes, n);
    wr_blake2b_add(hash, wr_slice_of(bytes, sizeof bytes));
}

void wr_blake2b_add_piece(wr_blake2b *hash, wr_slice bytes) {
    wr_blake2b_add_number(hash, bytes.n);
    wr_blake2b_add(hash, bytes);
}

wr_digest wr_blake2b_end(wr_blake2b *hash) {
    wr_digest digest = {0};
    hash->total += hash->n;
    memset(hash->block + hash->n, 0, sizeof hash->block - hash->n);
    compress(hash, hash->block, true);
    for (size_t i = 0; i < WR_DIGEST_SIZE / 8; i++) store(digest.bytes + 8 * i, hash->state[i]);
    return digest;
}

wr_digest wr_blake2b_of(wr_slice bytes) {
    wr_blake2b hash;
    wr_blake2b_start(&hash);
    wr_blake2b_add(&hash, bytes);
    return wr_blake2b_end(&hash);
}
