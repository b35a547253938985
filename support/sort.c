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

static void sort_by_byte(uint64_t *v, uint32_t n, int shift) {
    uint32_t start[257] = {0}, next[256];
    if (shift < KEY_SHIFT) return;
    if (n < SHORT_RUN) {
        insertion_sort(v, n);
        return;
    }
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
        if (start[b + 1] - start[b] > 1) sort_by_byte(v + start[b], start[b + 1] - start[b], shift - 8);
}

void wr_sort_high(uint64_t *v, uint32_t n, int top) { sort_by_byte(v, n, top - 8); }
