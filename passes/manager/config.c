// Matching names against the patterns of an option.
#include "config.h"

static bool matches(const char *pattern, wr_slice name) {
    size_t n = strlen(pattern);
    if (n && pattern[n - 1] == '*') return name.n >= n - 1 && memcmp(name.p, pattern, n - 1) == 0;
    return name.n == n && memcmp(name.p, pattern, n) == 0;
}

bool wr_patterns_match(const wr_patterns *patterns, wr_slice name) {
    for (size_t i = 0; i < patterns->n; i++)
        if (matches(patterns->items[i], name)) return true;
    return false;
}
