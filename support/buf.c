// Byte buffers: growth, and writing of numbers and text.
#include "buf.h"

void wr_buf_more(wr_buf *b, size_t more) {
    size_t cap = b->cap < 32 ? 64 : b->cap + b->cap / 2;
    if (cap < b->n + more) cap = b->n + more;
    b->p = wr_grow(b->arena, b->p, b->cap, cap);
    b->cap = cap;
}

void wr_put_uleb(wr_buf *b, uint64_t value) {
    wr_buf_room(b, 10);
    while (value >= 0x80) {
        b->p[b->n++] = (uint8_t)(value | 0x80);
        value >>= 7;
    }
    b->p[b->n++] = (uint8_t)value;
}

void wr_put_sleb(wr_buf *b, int64_t value) {
    wr_buf_room(b, 10);
    while (value < -64 || value > 63) {
        b->p[b->n++] = (uint8_t)(((uint64_t)value & 0x7f) | 0x80);
        value >>= 7;
    }
    b->p[b->n++] = (uint8_t)(value & 0x7f);
}

void wr_put_le32(wr_buf *b, uint32_t value) {
    wr_buf_room(b, 4);
    for (int i = 0; i < 4; i++) b->p[b->n++] = (uint8_t)(value >> (8 * i));
}

void wr_put_le64(wr_buf *b, uint64_t value) {
    wr_put_le32(b, (uint32_t)value);
    wr_put_le32(b, (uint32_t)(value >> 32));
}

void wr_put_sized(wr_buf *b, wr_slice s) {
    wr_put_uleb(b, s.n);
    wr_put_slice(b, s);
}

void wr_put_format_v(wr_buf *b, const char *format, va_list args) {
    va_list again;
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    wr_buf_room(b, (size_t)n + 1);
    vsnprintf((char *)b->p + b->n, (size_t)n + 1, format, again);
    va_end(again);
    b->n += (size_t)n;
}

void wr_put_format(wr_buf *b, const char *format, ...) {
    va_list args;
    va_start(args, format);
    wr_put_format_v(b, format, args);
    va_end(args);
}
