// Bounds-checked reading of bytes and LEB128 numbers. Every failure is thrown with its byte offset in the
// module and says what was expected. One-byte numbers, by far the most common, are read inline.
#ifndef WR_SUPPORT_READER_H
#define WR_SUPPORT_READER_H

#include "env.h"

typedef struct wr_reader {
    const uint8_t *p, *end;
    const uint8_t *start; // where offset_base was
    uint64_t offset_base; // the module offset of start
    wr_env *env;
    bool padded; // some number read so far was longer than necessary
} wr_reader;

static inline wr_reader wr_reader_of(wr_env *env, wr_slice s, uint64_t offset) {
    return (wr_reader){.p = s.p, .end = s.p + s.n, .start = s.p, .offset_base = offset, .env = env};
}

static inline uint64_t wr_offset(const wr_reader *r) { return r->offset_base + (uint64_t)(r->p - r->start); }
static inline size_t wr_left(const wr_reader *r) { return (size_t)(r->end - r->p); }
static inline bool wr_at_end(const wr_reader *r) { return r->p >= r->end; }

// Throws WR_BAD_INPUT at the reader's position.
_Noreturn void wr_reader_fail(const wr_reader *r, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
// Likewise at an earlier position.
_Noreturn void wr_reader_fail_at(const wr_reader *r, const uint8_t *at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

uint32_t wr_read_u32_slow(wr_reader *r);
uint64_t wr_read_u64_slow(wr_reader *r);
// Reads a signed number of 32, 33 or 64 bits.
int64_t wr_read_signed_slow(wr_reader *r, unsigned bits);
_Noreturn void wr_reader_fail_eof(const wr_reader *r);

static inline uint8_t wr_read_u8(wr_reader *r) {
    if (WR_UNLIKELY(r->p >= r->end)) wr_reader_fail_eof(r);
    return *r->p++;
}

static inline uint32_t wr_read_u32(wr_reader *r) {
    if (WR_LIKELY(r->p < r->end && *r->p < 0x80)) return *r->p++;
    return wr_read_u32_slow(r);
}

static inline uint64_t wr_read_u64(wr_reader *r) {
    if (WR_LIKELY(r->p < r->end && *r->p < 0x80)) return *r->p++;
    return wr_read_u64_slow(r);
}

static inline int64_t wr_read_signed(wr_reader *r, unsigned bits) {
    if (WR_LIKELY(r->p < r->end && *r->p < 0x80)) {
        uint8_t byte = *r->p++;
        return (int64_t)(byte ^ 0x40) - 0x40;
    }
    return wr_read_signed_slow(r, bits);
}

static inline int32_t wr_read_s32(wr_reader *r) { return (int32_t)wr_read_signed(r, 32); }
static inline int64_t wr_read_s33(wr_reader *r) { return wr_read_signed(r, 33); }
static inline int64_t wr_read_s64(wr_reader *r) { return wr_read_signed(r, 64); }

// Returns the next n bytes without copying them.
wr_slice wr_read_bytes(wr_reader *r, size_t n);
// Read little-endian words.
uint32_t wr_read_le32(wr_reader *r);
uint64_t wr_read_le64(wr_reader *r);
// Reads a length and that many bytes of UTF-8.
wr_slice wr_read_name(wr_reader *r);
// Reads the count of a vector whose items take at least min_item bytes each. Throws if the bytes left cannot
// hold that many.
uint32_t wr_read_count(wr_reader *r, size_t min_item, const char *what);

bool wr_slice_is_utf8(wr_slice s);

#endif
