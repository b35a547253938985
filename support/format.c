// Formats numbers for people. See format.h.
#include "format.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

bool wr_format_parse_bytes(const char *text, uint64_t *bytes) {
    static const char units[] = "KMG";
    char *rest;
    errno = 0;
    double number = strtod(text, &rest);
    const char *unit = *rest ? strchr(units, *rest) : NULL;
    if (rest == text || errno) return false;
    for (const char *u = units; unit && u <= unit; u++) number *= 1024;
    if (rest[unit != NULL] || !(number >= 1 && number < 1e18)) return false;
    *bytes = (uint64_t)number;
    return true;
}

uint32_t wr_format_width(wr_slice text) {
    uint32_t n = 0;
    for (size_t i = 0; i < text.n; i++) n += wr_format_begins_char(text.p[i]);
    return n;
}

wr_formatted wr_format_thousands(uint64_t value) {
    char digits[24];
    int n = snprintf(digits, sizeof digits, "%" PRIu64, value);
    wr_formatted text;
    size_t at = 0;
    for (int i = 0; i < n; i++) {
        if (i && (n - i) % 3 == 0) text.s[at++] = ',';
        text.s[at++] = digits[i];
    }
    text.s[at] = 0;
    return text;
}

wr_formatted wr_format_count(uint64_t n, const char *one) {
    wr_formatted text;
    snprintf(text.s, sizeof text.s, "%.26s %.11s%s", wr_format_thousands(n).s, one, n == 1 ? "" : "s");
    return text;
}

wr_formatted wr_format_change(uint64_t a, uint64_t b) {
    wr_formatted text;
    double percent = a ? ((double)b - (double)a) / (double)a * 100 : 0;
    snprintf(text.s, sizeof text.s, "%+.1f %%", percent);
    return text;
}

wr_formatted wr_format_duration(double seconds) {
    wr_formatted text;
    if (seconds < 0.0000995)
        snprintf(text.s, sizeof text.s, "%.0f µs", seconds * 1e6);
    else if (seconds < 0.9995)
        snprintf(text.s, sizeof text.s, seconds < 0.01 ? "%.1f ms" : "%.0f ms", seconds * 1e3);
    else if (seconds < 99.95)
        snprintf(text.s, sizeof text.s, seconds < 9.995 ? "%.2f s" : "%.1f s", seconds);
    else
        snprintf(text.s, sizeof text.s, "%d min %02d s", (int)(seconds + 0.5) / 60,
                 (int)(seconds + 0.5) % 60);
    return text;
}

wr_formatted wr_format_memory(uint64_t bytes) {
    wr_formatted text;
    double kb = (double)bytes / 1024;
    if (kb < 1000)
        snprintf(text.s, sizeof text.s, "%.0f KB", kb);
    else if (kb < 1000 * 1024.0)
        snprintf(text.s, sizeof text.s, kb < 10 * 1024 ? "%.1f MB" : "%.0f MB", kb / 1024);
    else
        snprintf(text.s, sizeof text.s, "%.2f GB", kb / 1024 / 1024);
    return text;
}
