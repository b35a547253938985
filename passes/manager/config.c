// Matches names against the patterns of an option; gives the tunings of the size passes.
#include "config.h"

static bool matches(const char *pattern, wr_slice name) {
    size_t n = strlen(pattern);
    if (n && pattern[n - 1] == '*') return name.n >= n - 1 && memcmp(name.p, pattern, n - 1) == 0;
    return name.n == n && memcmp(name.p, pattern, n) == 0;
}

bool wr_config_matches(const wr_patterns *patterns, wr_slice name) {
    for (size_t i = 0; i < patterns->n; i++)
        if (matches(patterns->items[i], name)) return true;
    return false;
}

wr_tuning wr_config_tuning(wr_objective objective) {
    switch (objective) {
    case WR_FOR_BOTH: return (wr_tuning){.min_saving = 60, .constants = true, .order = WR_ORDER_SIMILAR};
    case WR_FOR_RAW: return (wr_tuning){.min_saving = 1, .constants = true};
    default: return (wr_tuning){.min_saving = 300, .min_site = 6, .order = WR_ORDER_SIMILAR};
    }
}
