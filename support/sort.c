// In-place most-significant-digit radix sort ("American flag sort"), with insertion sort for short runs.
#include "sort.h"

#define KEY_SHIFT 32
#define SHORT_RUN 48

static void insertion_sort(uint64_t *v, uint32_t n) {
    for (uint32_t i = 1; i < n; i++) {
        uint64_t x = v[i];
        uint32_t k = i;
        for (; k && v[k - 1] > x; k--) v[k] = v[k - 1];
        v[k] = x;
    }
}

// The highest bit of the key that differs between items; less than KEY_SHIFT if there is none.
static int highest_bit(const uint64_t *v, uint32_t n) {
    uint64_t differ = 0;
    for (uint32_t i = 1; i < n; i++) differ |= v[i] ^ v[0];
    return differ >> KEY_SHIFT ? 63 - __builtin_clzll(differ) : 0;
}

// Limits the number of buckets to about the number of items.
static int digit_bits(uint32_t n) {
    int bits = 31 - __builtin_clz(n);
    return bits < 8 ? bits : 8;
}

void wr_sort_high(uint64_t *v, uint32_t n) {
    uint32_t start[257], next[256];
    if (n < SHORT_RUN) {
        insertion_sort(v, n);
        return;
    }
    int top = highest_bit(v, n), bits = digit_bits(n), shift = top - bits + 1;
    if (top < KEY_SHIFT) return;
    if (shift < KEY_SHIFT) shift = KEY_SHIFT;
    uint32_t buckets = (uint32_t)1 << bits, mask = buckets - 1;
    memset(start, 0, (buckets + 1) * sizeof *start);
    for (uint32_t i = 0; i < n; i++) start[(v[i] >> shift & mask) + 1]++;
    for (uint32_t b = 0; b < buckets; b++) start[b + 1] += start[b];
    memcpy(next, start, buckets * sizeof *next);
    for (uint32_t b = 0; b < buckets; b++)
        while (next[b] < start[b + 1]) {
            uint64_t x = v[next[b]];
            uint32_t to = (uint32_t)(x >> shift & mask);
            v[next[b]] = v[next[to]];
            v[next[to]++] = x;
        }
    for (uint32_t b = 0; b < buckets; b++)
        if (start[b + 1] - start[b] > 1) wr_sort_high(v + start[b], start[b + 1] - start[b]);
}
