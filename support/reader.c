// The uncommon paths of the byte reader: numbers of several bytes, names, and failures.
#include "reader.h"

#include <stdarg.h>

void wr_reader_fail(const wr_reader *r, const char *format, ...) {
    char message[sizeof r->env->diag.message];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    wr_throw(r->env, WR_BAD_INPUT, wr_offset(r), "%s", message);
}

void wr_reader_fail_at(const wr_reader *r, const uint8_t *at, const char *format, ...) {
    char message[sizeof r->env->diag.message];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    wr_throw(r->env, WR_BAD_INPUT, r->offset_base + (uint64_t)(at - r->start), "%s", message);
}

void wr_reader_fail_eof(const wr_reader *r) {
    wr_reader_fail(r, "unexpected end: more bytes were expected here");
}

// Reads an unsigned number of up to `bits` bits.
static uint64_t read_unsigned(wr_reader *r, unsigned bits) {
    const uint8_t *start = r->p;
    uint64_t value = 0;
    for (unsigned shift = 0;; shift += 7) {
        uint8_t byte = wr_read_u8(r);
        if (shift + 7 > bits && (shift >= bits || (byte & 0x7f) >> (bits - shift)))
            wr_reader_fail_at(r, start, "expected an unsigned LEB128 number of %u bits, found a larger one",
                              bits);
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80) {
            if (byte == 0 && shift) r->padded = true;
            return value;
        }
        if (shift + 7 >= bits)
            wr_reader_fail_at(r, start, "expected an unsigned LEB128 number of %u bits, found a longer one",
                              bits);
    }
}

uint32_t wr_read_u32_slow(wr_reader *r) {
    bool is_pair = wr_left(r) >= 2 && r->p[1] && r->p[1] < 0x80; // most numbers of more than one byte
    if (!is_pair) return (uint32_t)read_unsigned(r, 32);
    r->p += 2;
    return (r->p[-2] & 0x7fu) | (uint32_t)r->p[-1] << 7;
}
uint64_t wr_read_u64_slow(wr_reader *r) { return read_unsigned(r, 64); }

// Whether the bits of the last byte beyond the number's width all equal the sign bit.
static bool sign_fits(uint8_t byte, unsigned used) {
    uint8_t high = (uint8_t)((0x7f << (used - 1)) & 0x7f);
    return (byte & high) == 0 || (byte & high) == high;
}

// Reads a number of two bytes that needs both: most numbers of more than one byte. Returns false for others.
static bool read_signed_pair(wr_reader *r, int64_t *value) {
    if (wr_left(r) < 2 || r->p[0] < 0x80 || r->p[1] >= 0x80) return false;
    *value = (int64_t)((r->p[0] & 0x7f) | r->p[1] << 7);
    if (*value & 0x2000) *value -= 0x4000;
    if (*value >= -64 && *value < 64) return false;
    r->p += 2;
    return true;
}

int64_t wr_read_signed_slow(wr_reader *r, unsigned bits) {
    int64_t pair;
    if (read_signed_pair(r, &pair)) return pair;
    const uint8_t *start = r->p;
    uint64_t value = 0;
    uint8_t before = 0;
    for (unsigned shift = 0;; shift += 7) {
        uint8_t byte = wr_read_u8(r);
        if (shift + 7 > bits && !sign_fits(byte & 0x7f, bits - shift))
            wr_reader_fail_at(r, start, "expected a signed LEB128 number of %u bits, found a larger one",
                              bits);
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80) {
            if (shift && ((byte == 0 && !(before & 0x40)) || (byte == 0x7f && (before & 0x40))))
                r->padded = true;
            unsigned width = shift + 7;
            if (width < 64 && (byte & 0x40)) value |= ~(uint64_t)0 << width;
            return (int64_t)value;
        }
        if (shift + 7 >= bits)
            wr_reader_fail_at(r, start, "expected a signed LEB128 number of %u bits, found a longer one",
                              bits);
        before = byte;
    }
}

wr_slice wr_read_bytes(wr_reader *r, size_t n) {
    if (n > wr_left(r))
        wr_reader_fail(r, "unexpected end: expected %zu more bytes, found %zu", n, wr_left(r));
    wr_slice s = {r->p, n};
    r->p += n;
    return s;
}

uint32_t wr_read_le32(wr_reader *r) { return wr_le32(wr_read_bytes(r, 4).p); }

uint64_t wr_read_le64(wr_reader *r) {
    uint64_t low = wr_read_le32(r);
    return low | (uint64_t)wr_read_le32(r) << 32;
}

uint32_t wr_read_count(wr_reader *r, size_t min_item, const char *what) {
    const uint8_t *at = r->p;
    uint32_t count = wr_read_u32(r);
    if (count > wr_left(r) / min_item)
        wr_reader_fail_at(r, at, "a count of %u %s cannot fit in the %zu bytes left", count, what,
                          wr_left(r));
    return count;
}

// Returns the length of the UTF-8 sequence at p, or 0 if it is malformed.
static size_t utf8_length(const uint8_t *p, size_t left) {
    static const struct {
        uint8_t mask, lead, min2, max2, length;
    } forms[] = {
        {0xff, 0xe0, 0xa0, 0xbf, 3}, {0xff, 0xed, 0x80, 0x9f, 3}, {0xff, 0xf0, 0x90, 0xbf, 4},
        {0xff, 0xf4, 0x80, 0x8f, 4}, {0xf0, 0xe0, 0x80, 0xbf, 3}, {0xfc, 0xf0, 0x80, 0xbf, 4},
        {0xe0, 0xc0, 0x80, 0xbf, 2},
    };
    if (p[0] < 0x80) return 1;
    if (p[0] == 0xc0 || p[0] == 0xc1) return 0;
    for (size_t i = 0; i < WR_COUNT(forms); i++) {
        if ((p[0] & forms[i].mask) != forms[i].lead) continue;
        size_t n = forms[i].length;
        if (n > left || p[1] < forms[i].min2 || p[1] > forms[i].max2) return 0;
        for (size_t k = 2; k < n; k++)
            if ((p[k] & 0xc0) != 0x80) return 0;
        return n;
    }
    return 0;
}

bool wr_slice_is_utf8(wr_slice s) {
    for (size_t i = 0; i < s.n;) {
        size_t n = utf8_length(s.p + i, s.n - i);
        if (!n) return false;
        i += n;
    }
    return true;
}

wr_slice wr_read_name(wr_reader *r) {
    const uint8_t *at = r->p;
    wr_slice name = wr_read_bytes(r, wr_read_u32(r));
    if (!wr_slice_is_utf8(name)) wr_reader_fail_at(r, at, "expected a name in valid UTF-8");
    return name;
}
