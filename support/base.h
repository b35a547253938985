// Basic types for every layer: byte slices, small helpers, status codes.
#ifndef WR_SUPPORT_BASE_H
#define WR_SUPPORT_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

// A read-only run of bytes that somebody else owns (usually the input file).
typedef struct wr_slice {
    const uint8_t *p;
    size_t n;
} wr_slice;

// How a piece of work ended. The public header has the same list under WRING_ names.
typedef enum wr_status {
    WR_OK = 0,
    WR_USAGE,     // an option or argument is wrong
    WR_BAD_INPUT, // the module is malformed, invalid or of an unsupported kind
    WR_IO,        // reading or writing failed
    WR_INTERNAL,  // an invariant of ours is broken: nothing may be written
    WR_NOMEM,     // out of memory, or the memory limit was reached
    WR_CANCELLED, // the caller asked to stop
    WR_TIMEOUT,   // the time limit was reached
} wr_status;

#define WR_NONE UINT32_MAX      // no such index
#define WR_NO_OFFSET UINT64_MAX // no byte offset is known

#define WR_LIKELY(x) __builtin_expect(!!(x), 1)
#define WR_UNLIKELY(x) __builtin_expect(!!(x), 0)
#define WR_COUNT(array) (sizeof(array) / sizeof((array)[0]))

static inline wr_slice wr_slice_of(const void *p, size_t n) { return (wr_slice){p, n}; }

static inline wr_slice wr_slice_str(const char *s) { return (wr_slice){(const uint8_t *)s, strlen(s)}; }

static inline bool wr_slice_eq(wr_slice a, wr_slice b) {
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

// Compares by bytes, as qsort wants it: negative if a comes first, 0 if they are equal.
static inline int wr_slice_order(wr_slice a, wr_slice b) {
    size_t n = a.n < b.n ? a.n : b.n;
    int order = n ? memcmp(a.p, b.p, n) : 0;
    return order ? order : (a.n > b.n) - (a.n < b.n);
}

static inline bool wr_slice_is(wr_slice a, const char *s) { return wr_slice_eq(a, wr_slice_str(s)); }

// The little-endian word at p.
static inline uint32_t wr_le32(const uint8_t *p) {
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static inline bool wr_slice_starts(wr_slice a, const char *prefix) {
    size_t n = strlen(prefix);
    return a.n >= n && memcmp(a.p, prefix, n) == 0;
}

#endif
