// Radix sort in place, by one byte of the key after another from the top ("American flag"); short runs by insertion.
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

// The highest byte of the key that is not the same in all items, as a shift; 0 if there is none.
static int highest_byte(const uint64_t *v, uint32_t n) {
    uint64_t differ = 0;
    for (uint32_t i = 1; i < n; i++) differ |= v[i] ^ v[0];
    return differ >> KEY_SHIFT ? (63 - __builtin_clzll(differ)) & ~7 : 0;
}

void wr_sort_high(uint64_t *v, uint32_t n) {
    uint32_t start[257] = {0}, next[256];
    if (n < SHORT_RUN) {
        insertion_sort(v, n);
        return;
    }
    int shift = highest_byte(v, n);
    if (!shift) return;
    for (uint32_t i = 0; i < n; i++) start[(v[i] >> shift & 255) + 1]++;
    for (unsigned b = 0; b < 256; b++) start[b + 1] += start[b];
    memcpy(next, start, sizeof next);
    for (unsigned b = 0; b < 256; b++)
        while (next[b] < start[b + 1]) {
            uint64_t x = v[next[b]];
            unsigned to = x >> shift & 255;
            v[next[b]] = v[next[to]];
            v[next[to]++] = x;
        }
    for (unsigned b = 0; b < 256; b++)
        if (start[b + 1] - start[b] > 1) wr_sort_high(v + start[b], start[b + 1] - start[b]);
}
