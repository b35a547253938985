// Hashes of bytes and words. They are the same on every machine, but not safe against adversaries; so tables
// that use them compare keys and bound their probes by the table's size.
#ifndef WR_SUPPORT_HASH_H
#define WR_SUPPORT_HASH_H

#include "base.h"

static inline uint64_t wr_mix(uint64_t x) {
    x ^= x >> 32;
    x *= 0xd6e8feb86659fd93u;
    x ^= x >> 32;
    x *= 0xd6e8feb86659fd93u;
    return x ^ (x >> 32);
}

static inline uint64_t wr_hash_word(uint64_t hash, uint64_t word) {
    return wr_mix(hash ^ (word + 0x9e3779b97f4a7c15u)) * 3;
}

static inline uint64_t wr_hash_bytes(const void *data, size_t n) {
    const uint8_t *p = data;
    uint64_t hash = n;
    for (; n >= 8; p += 8, n -= 8) {
        uint64_t word = 0;
        for (int i = 7; i >= 0; i--) word = word << 8 | p[i];
        hash = wr_hash_word(hash, word);
    }
    uint64_t tail = 0;
    for (size_t i = 0; i < n; i++) tail |= (uint64_t)p[i] << (8 * i);
    return wr_hash_word(hash, tail);
}

#endif
