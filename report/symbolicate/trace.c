// Looks for the few patterns that mark a place in a module, whatever text surrounds them.
#include "trace.h"

#include <ctype.h>

// Reads digits of a base at *at; false if there are none or too many.
static bool read_number(wr_slice s, size_t *at, unsigned base, uint64_t *number) {
    size_t start = *at;
    *number = 0;
    for (; *at < s.n && isxdigit(s.p[*at]); (*at)++) {
        unsigned c = s.p[*at], digit = c <= '9' ? c - '0' : (c | 0x20u) - 'a' + 10;
        if (digit >= base || *number > UINT32_MAX) return false;
        *number = *number * base + digit;
    }
    return *at > start && *number <= UINT32_MAX;
}

static bool skip_text(wr_slice s, size_t *at, const char *text) {
    size_t n = strlen(text);
    if (s.n - *at < n || memcmp(s.p + *at, text, n) != 0) return false;
    *at += n;
    return true;
}

static bool read_hex(wr_slice s, size_t *at, uint64_t *number) {
    return skip_text(s, at, "0x") && read_number(s, at, 16, number);
}

// wasm-function[7]:0x1d6, or any name with a number in brackets and an address.
static bool read_brackets(wr_slice s, size_t at, wr_trace_place *place) {
    uint64_t func, offset;
    bool named = at >= strlen("wasm-function") &&
                 memcmp(s.p + at - strlen("wasm-function"), "wasm-function", strlen("wasm-function")) == 0;
    if (!skip_text(s, &at, "[") || !read_number(s, &at, 10, &func) || !skip_text(s, &at, "]")) return false;
    bool placed = skip_text(s, &at, ":") && read_hex(s, &at, &offset);
    if (!placed && !named) return false;
    *place = (wr_trace_place){(uint32_t)func, placed ? offset : WR_NO_OFFSET};
    return true;
}

// :0x1d6, +0x1d6 or :1:471.
static bool read_offset(wr_slice s, size_t at, wr_trace_place *place) {
    uint64_t offset;
    size_t hex = at;
    if ((skip_text(s, &hex, ":") || skip_text(s, &hex, "+")) && read_hex(s, &hex, &offset)) {
        *place = (wr_trace_place){WR_NONE, offset};
        return true;
    }
    if (!skip_text(s, &at, ":1:") || !read_number(s, &at, 10, &offset) || !offset) return false;
    *place = (wr_trace_place){WR_NONE, offset - 1};
    return true;
}

// app.wasm:0x1d6, where a query or a fragment may stand behind the name.
static bool read_file(wr_slice s, size_t at, wr_trace_place *place) {
    if (!skip_text(s, &at, ".wasm")) return false;
    if (read_offset(s, at, place)) return true;
    if (at == s.n || (s.p[at] != '?' && s.p[at] != '#')) return false;
    for (; at < s.n && s.p[at] != ' ' && s.p[at] != ')'; at++)
        if (read_offset(s, at, place)) return true;
    return false;
}

// 0001425a:0x1d6, as Chrome's tools write a module without a URL: by the hash of its bytes.
static bool read_hash(wr_slice s, size_t colon, wr_trace_place *place) {
    enum { DIGITS = 8 };
    if (colon < DIGITS || (colon > DIGITS && isalnum(s.p[colon - DIGITS - 1]))) return false;
    for (size_t i = colon - DIGITS; i < colon; i++)
        if (!isxdigit(s.p[i]) || isupper(s.p[i])) return false;
    size_t at = colon + 1;
    uint64_t offset;
    if (!read_hex(s, &at, &offset)) return false;
    *place = (wr_trace_place){WR_NONE, offset};
    return true;
}

// "instruction_addr": "0x1d6" of an event for Sentry.
static bool read_address(wr_slice s, size_t at, wr_trace_place *place) {
    uint64_t offset;
    if (!skip_text(s, &at, "\"instruction_addr\":")) return false;
    skip_text(s, &at, " ");
    if (!skip_text(s, &at, "\"") || !read_hex(s, &at, &offset)) return false;
    *place = (wr_trace_place){WR_NONE, offset};
    return true;
}

static void skip_spaces(wr_slice s, size_t *at) {
    while (*at < s.n && (s.p[*at] == ' ' || s.p[*at] == '\t')) (*at)++;
}

// "0:  0x1d6 - module!name" of Wasmtime, where a log may have written something before it; without a table of
// addresses "0: module!<wasm function 7>".
static bool read_wasmtime(wr_slice s, size_t at, wr_trace_place *place) {
    uint64_t number, offset = WR_NO_OFFSET, func = WR_NONE;
    if (!read_number(s, &at, 10, &number) || !skip_text(s, &at, ": ")) return false;
    skip_spaces(s, &at);
    if (read_hex(s, &at, &offset)) {
        if (!skip_text(s, &at, " - ") || !memchr(s.p + at, '!', s.n - at)) return false;
    } else {
        while (at < s.n && s.p[at] != '!') at++;
        if (!skip_text(s, &at, "!<wasm function ") || !read_number(s, &at, 10, &func)) return false;
    }
    *place = (wr_trace_place){(uint32_t)func, offset};
    return true;
}

static bool begins_number(wr_slice s, size_t i) {
    return isdigit(s.p[i]) && (!i || s.p[i - 1] == ' ' || s.p[i - 1] == '\t');
}

bool wr_trace_read_line(wr_slice line, wr_trace_place *place) {
    for (size_t i = 0; i < line.n; i++)
        if (begins_number(line, i) && read_wasmtime(line, i, place)) return true;
    for (size_t i = line.n; i-- > 0;) // the last one: names before it may hold anything
        if ((line.p[i] == '[' && read_brackets(line, i, place)) ||
            (line.p[i] == '.' && read_file(line, i, place)) ||
            (line.p[i] == ':' && read_hash(line, i, place)) ||
            (line.p[i] == '"' && read_address(line, i, place)))
            return true;
    return false;
}
