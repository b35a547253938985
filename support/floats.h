// Converts floating-point numbers from and to their bits.
#ifndef WR_SUPPORT_FLOATS_H
#define WR_SUPPORT_FLOATS_H

#include <stdint.h>
#include <string.h>

static inline float wr_f32_of(uint32_t bits) {
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}
static inline double wr_f64_of(uint64_t bits) {
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}
static inline uint32_t wr_f32_bits(float x) {
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}
static inline uint64_t wr_f64_bits(double x) {
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

#endif
