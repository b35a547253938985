// Logarithms that are the same on every machine, which those of math libraries need not be: decisions hang on
// them.
#ifndef WR_SUPPORT_LOG2_H
#define WR_SUPPORT_LOG2_H

#include <stdint.h>

// Of n > 0, to 24 bits behind the point: whether the square of what is left reaches 2 gives the next bit.
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
