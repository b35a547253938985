// Base-2 logarithms that are the same on every machine. Decisions depend on them, and those of math libraries
// may differ.
#ifndef WR_SUPPORT_LOG2_H
#define WR_SUPPORT_LOG2_H

#include <stdint.h>

// Returns log2(n) for n > 0 to 24 fractional bits. Each bit comes from squaring the remainder: it is 1 if the
// square reaches 2.
static inline float wr_log2(uint32_t n) {
    int whole = 31 - __builtin_clz(n);
    double left = (double)n / (double)((uint32_t)1 << whole), sum = whole;
    for (double bit = 0.5; bit >= 0x1p-24; bit /= 2) {
        left *= left;
        if (left < 2) continue;
        left /= 2;
        sum += bit;
    }
    return (float)sum;
}

#endif
