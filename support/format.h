// Formats numbers for people, and reads what they write.
#ifndef WR_SUPPORT_FORMAT_H
#define WR_SUPPORT_FORMAT_H

#include "base.h"

// Reads a number of bytes such as "512M"; K, M and G are 1024 each of what is before. Returns false if it is
// anything else, or 0.
bool wr_format_parse_bytes(const char *text, uint64_t *bytes);

static inline bool wr_format_begins_char(uint8_t byte) { return (byte & 0xc0) != 0x80; }
// The number of characters of UTF-8 text.
uint32_t wr_format_width(wr_slice text);

typedef struct wr_formatted {
    char s[40];
} wr_formatted;

// "2,338,535" for 2338535.
wr_formatted wr_format_thousands(uint64_t value);
// "1 function", "1,234 functions": a count of what `one` names.
wr_formatted wr_format_count(uint64_t n, const char *one);
// The change from a to b: "-23.0 %", "+1.2 %".
wr_formatted wr_format_change(uint64_t a, uint64_t b);
// "45 µs", "812 ms", "4.31 s", "5 min 22 s".
wr_formatted wr_format_duration(double seconds);
// "812 KB", "3.4 MB", "1.06 GB"; units of 1024.
wr_formatted wr_format_memory(uint64_t bytes);

#endif
