// Looks for the first bytes of a module ("\0asm" and the beginning of the version) in base64, and decodes
// what follows:
//
//   module.exports = "AGFzbQEAAAABIAZg…"
//
// Of several modules the one with the longest text counts.
#include "inlined.h"

static const char head[] = "AGFzbQEAAA";

// The six bits that a character stands for, or -1.
static int bits_of(uint8_t c) {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

static bool is_space(uint8_t c) { return c == ' ' || c == '\n' || c == '\r'; } // decoders skip these

static wr_slice decode(wr_arena *arena, wr_slice text) {
    uint8_t *bytes = wr_alloc(arena, text.n);
    size_t n = 0;
    uint32_t word = 0;
    unsigned bits = 0;
    for (size_t i = 0; i < text.n; i++) {
        if (is_space(text.p[i])) continue;
        word = word << 6 | (uint32_t)bits_of(text.p[i]);
        bits += 6;
        if (bits >= 8) bits -= 8, bytes[n++] = (uint8_t)(word >> bits);
    }
    return wr_slice_of(bytes, n);
}

wr_inlined_module wr_inlined_module_find(wr_env *env, wr_slice script) {
    wr_inlined_module found = {0};
    const uint8_t *p = script.p, *end = script.n ? p + script.n : p;
    while (p < end && (p = memmem(p, (size_t)(end - p), head, sizeof head - 1))) {
        size_t n = sizeof head - 1;
        while (p + n < end && (bits_of(p[n]) >= 0 || is_space(p[n]))) n++;
        if (n > found.text.n) found.text = wr_slice_of(p, n);
        p += n;
    }
    if (found.text.n) found.module = decode(&env->temp, found.text);
    return found;
}
