// Tells tables of numbers apart by statistics. Floating-point numbers have exponents of everyday
// magnitudes; 16-bit and 32-bit numbers have high bytes that vary less than the low ones; tables of bytes
// use few of the 256 values. What compressors, hashes and ciphers leave uses all of them alike.
#include "data_tables.h"

enum { MOST_COUNTED = 4096, LEAST_DENSE = 64, SHARE = 90 };

// log2(n) for n > 0, to two digits behind the point and alike on every machine: a parabola between powers of
// two.
static double rough_log2(uint32_t n) {
    int whole = 31 - __builtin_clz(n);
    double rest = (double)n / (double)((uint32_t)1 << whole);
    return whole + (rest * (6 - rest) - 5) / 3;
}

// The entropy of the bytes at offset `from` of numbers of `step` bytes.
static double lane_entropy(wr_slice s, unsigned from, unsigned step) {
    uint16_t count[256] = {0}, n = 0;
    double sum = 0;
    for (size_t i = from; i < s.n; i += step) count[s.p[i]]++, n++;
    if (!n) return 0;
    for (size_t i = from; i < s.n; i += step) { // a run is mostly shorter than the table of counts
        uint16_t times = count[s.p[i]];
        count[s.p[i]] = 0;
        if (times > 1) sum += times * rough_log2(times);
    }
    return rough_log2(n) - sum / n;
}

static uint64_t number_at(const uint8_t *p, unsigned size) {
    uint64_t number = 0;
    for (unsigned i = size; i--;) number = number << 8 | p[i];
    return number;
}

// Whether a number's 16 bits below the highest look like the highest do, as in tables of 16-bit numbers.
static bool repeats_top(uint64_t number, unsigned size) {
    unsigned below = (unsigned)(number >> (8 * size - 32)) & 0xffff;
    return below >= 0x2b00 && below < 0x5400;
}

// Whether most numbers of this size are zero or floating-point numbers from 2^-40 to 2^40 (doubles: 2^-200 to
// 2^200), and not all of them alike.
static bool are_floats(wr_slice s, unsigned size) {
    unsigned shift = size == 8 ? 52 : 23, mask = size == 8 ? 2047 : 255, bias = mask / 2,
             reach = size == 8 ? 200 : 40;
    uint32_t good = 0, zeros = 0, alike = 0, n = 0;
    for (size_t i = 0; i + size <= s.n; i += size, n++) {
        uint64_t number = number_at(s.p + i, size);
        unsigned exponent = (unsigned)(number >> shift) & mask;
        if (!number)
            zeros++;
        else if (exponent + reach > bias && exponent < bias + reach)
            good++, alike += repeats_top(number, size);
    }
    return n >= 4 && alike * 5 < good * 3 && (good + zeros) * 100 >= n * SHARE && good * 2 > n;
}

// Whether nearly all values of a byte are alike in number.
static bool are_dense(wr_slice s) {
    double most = rough_log2(s.n < 256 ? (uint32_t)s.n : 256);
    return s.n >= LEAST_DENSE && lane_entropy(s, 0, 1) > 0.92 * most;
}

wr_data_kind wr_data_tables_guess(wr_slice s, bool aligned) {
    if (s.n < WR_SHORTEST_TABLE) return WR_KIND_OTHER;
    if (s.n > MOST_COUNTED) s.n = MOST_COUNTED;
    if (aligned && are_floats(s, 8)) return WR_KIND_FLOATS;
    if (are_floats(s, 4)) return WR_KIND_FLOATS;
    if (are_dense(s)) return WR_KIND_DENSE; // numbers whose high bytes vary less never are
    double top = lane_entropy(s, 3, 4), second = lane_entropy(s, 1, 4);
    if (top * 2 < second || top + 2 < second) return WR_KIND_WORDS;
    double low = lane_entropy(s, 0, 2), high = lane_entropy(s, 1, 2);
    return high * 3 < low * 2 || high + 1.5 < low ? WR_KIND_HALVES : WR_KIND_BYTES;
}
