// A text that compresses like text: words from a small language, from a seed.
#ifndef FRESH_TEXT_H
#define FRESH_TEXT_H
#include <stddef.h>

static unsigned text_seed = 12345;

static unsigned text_random(unsigned n) {
    text_seed = text_seed * 1664525u + 1013904223u;
    return (text_seed >> 8) % n;
}

static void make_text(char *to, size_t n) {
    static const char *const words[] = {"wasm", "module ", "the", "function", " of ", "loop\n", "a", "table", "memory, ", "byte"};
    for (size_t i = 0; i < n;) {
        const char *word = words[text_random(10)];
        if (text_random(9) == 0) to[i++] = (char)(33 + text_random(90));
        while (*word && i < n) to[i++] = *word++;
    }
}

static unsigned text_hash(const void *bytes, size_t n) {
    const unsigned char *p = bytes;
    unsigned h = 2166136261u;
    for (size_t i = 0; i < n; i++) h = (h ^ p[i]) * 16777619u;
    return h;
}
#endif
