// Replaces escapes in symbols by the characters that they stand for. Each decoder copies a name only if it
// has an escape, since most names have none.
#include "escapes.h"

#include <stdlib.h>

#include "support/buf.h"

static wr_slice rest(wr_slice s, size_t at) { return wr_slice_of(s.p + at, s.n - at); }

static bool has(wr_slice s, const char *what) { return s.n && memmem(s.p, s.n, what, strlen(what)) != NULL; }

static int hex_digit(uint8_t c) {
    if (c >= '0' && c <= '9') return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// --- Rust ---

// "$u20$" and the like, ASCII only. Returns the length of the escape, 0 if it is none.
static size_t decode_unicode(wr_slice s, char *out) {
    if (s.n < 5 || s.p[1] != 'u' || s.p[4] != '$') return 0;
    int high = hex_digit(s.p[2]), low = hex_digit(s.p[3]);
    if (high < 2 || high > 7 || low < 0) return 0;
    *out = (char)(high << 4 | low);
    return 5;
}

static size_t decode_dollar(wr_slice s, char *out) {
    static const struct {
        const char *escape;
        char plain;
    } escapes[] = {{"$LT$", '<'}, {"$GT$", '>'}, {"$RF$", '&'}, {"$BP$", '*'},
                   {"$LP$", '('}, {"$RP$", ')'}, {"$C$", ','},  {"$SP$", '@'}};
    for (size_t i = 0; i < WR_COUNT(escapes); i++)
        if (wr_slice_starts(s, escapes[i].escape)) {
            *out = escapes[i].plain;
            return strlen(escapes[i].escape);
        }
    return decode_unicode(s, out);
}

wr_slice wr_escapes_decode_rust(wr_arena *arena, wr_slice s) {
    if (!has(s, "$LT$") && !has(s, "$u") && !has(s, "$RF$") && !has(s, "$BP$")) return s;
    wr_buf b = wr_buf_in(arena);
    for (size_t i = 0, n; i < s.n;) {
        char plain;
        if (s.p[i] == '$' && (n = decode_dollar(rest(s, i), &plain))) {
            if (b.n && b.p[b.n - 1] == '_' && (b.n == 1 || b.p[b.n - 2] == ':')) b.n--; // "_<" begins a name
            wr_put_u8(&b, (uint8_t)plain);
            i += n;
        } else if (wr_slice_starts(rest(s, i), "..")) {
            wr_put_bytes(&b, "::", 2);
            i += 2;
        } else {
            wr_put_u8(&b, s.p[i++]);
        }
    }
    return wr_buf_slice(&b);
}

// --- Go ---

wr_slice wr_escapes_decode_go(wr_arena *arena, wr_slice s) {
    if (!has(s, "%")) return s;
    wr_buf b = wr_buf_in(arena);
    for (size_t i = 0; i < s.n; i++) {
        int high = i + 2 < s.n && s.p[i] == '%' ? hex_digit(s.p[i + 1]) : -1;
        int low = high >= 2 ? hex_digit(s.p[i + 2]) : -1;
        if (low < 0) {
            wr_put_u8(&b, s.p[i]);
            continue;
        }
        wr_put_u8(&b, (uint8_t)(high << 4 | low));
        i += 2;
    }
    return wr_buf_slice(&b);
}

// --- LLVM ---

wr_slice wr_escapes_without_llvm_suffix(wr_slice name) {
    static const char mark[] = ".llvm.";
    const uint8_t *at = name.n ? memmem(name.p, name.n, mark, sizeof mark - 1) : NULL;
    return at && at > name.p ? wr_slice_of(name.p, (size_t)(at - name.p)) : name;
}
