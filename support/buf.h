// A growable byte buffer in an arena, and LEB128 writing. Numbers are always written in their shortest form.
#ifndef WR_SUPPORT_BUF_H
#define WR_SUPPORT_BUF_H

#include <stdarg.h>

#include "env.h"

typedef struct wr_buf {
    wr_arena *arena;
    uint8_t *p;
    size_t n, cap;
} wr_buf;

static inline wr_buf wr_buf_in(wr_arena *arena) { return (wr_buf){.arena = arena}; }
static inline wr_slice wr_buf_slice(const wr_buf *b) { return (wr_slice){b->p, b->n}; }

void wr_buf_more(wr_buf *b, size_t more);

static inline void wr_buf_room(wr_buf *b, size_t more) {
    if (WR_UNLIKELY(b->cap - b->n < more)) wr_buf_more(b, more);
}

static inline void wr_put_u8(wr_buf *b, uint8_t byte) {
    wr_buf_room(b, 1);
    b->p[b->n++] = byte;
}

static inline void wr_put_bytes(wr_buf *b, const void *p, size_t n) {
    wr_buf_room(b, n);
    if (n) memcpy(b->p + b->n, p, n);
    b->n += n;
}

static inline void wr_put_slice(wr_buf *b, wr_slice s) { wr_put_bytes(b, s.p, s.n); }

void wr_put_uleb(wr_buf *b, uint64_t value);
void wr_put_sleb(wr_buf *b, int64_t value);
void wr_put_le32(wr_buf *b, uint32_t value);
void wr_put_le64(wr_buf *b, uint64_t value);
// Appends formatted text without a terminating zero.
void wr_put_format(wr_buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
void wr_put_format_v(wr_buf *b, const char *format, va_list args) __attribute__((format(printf, 2, 0)));
// Appends the length (LEB128), then the bytes.
void wr_put_sized(wr_buf *b, wr_slice s);

static inline unsigned wr_uleb_size(uint64_t value) {
    return (unsigned)(70 - __builtin_clzll(value | 1)) / 7;
}

static inline unsigned wr_sleb_size(int64_t value) {
    uint64_t magnitude = (uint64_t)(value < 0 ? ~value : value);
    return magnitude ? (unsigned)(71 - __builtin_clzll(magnitude)) / 7 : 1;
}

#endif
