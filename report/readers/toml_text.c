// The characters of TOML: blanks, comments, ends of lines, strings and keys. See toml_parts.h.
#include "toml_parts.h"

enum { LONGEST_KEY = 200 };

void wr_toml_fail(const wr_toml *t, const char *format, ...) {
    char text[160];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    wr_throw(t->env, WR_USAGE, WR_NO_OFFSET, "line %u, column %u: %s", t->line,
             (unsigned)(t->p - t->line_start) + 1, text);
}

bool wr_toml_take(wr_toml *t, char c) {
    if (wr_toml_peek(t) != c) return false;
    t->p++;
    return true;
}

static bool starts(const wr_toml *t, const char *text) {
    return wr_slice_starts(wr_slice_of(t->p, (size_t)(t->end - t->p)), text);
}

void wr_toml_expect(wr_toml *t, char c, const char *where) {
    if (!wr_toml_take(t, c)) wr_toml_fail(t, "expected %c %s", c, where);
}

void wr_toml_skip_blanks(wr_toml *t) {
    while (wr_toml_peek(t) == ' ' || wr_toml_peek(t) == '\t') t->p++;
}

// Skips a comment and the end of the line, if they are next.
bool wr_toml_skip_line_end(wr_toml *t) {
    wr_toml_skip_blanks(t);
    if (wr_toml_peek(t) == '#')
        while (t->p < t->end && *t->p != '\n' && *t->p != '\r') t->p++;
    if (starts(t, "\r\n")) t->p++;
    if (!wr_toml_take(t, '\n')) return t->p == t->end;
    t->line++;
    t->line_start = t->p;
    return true;
}

void wr_toml_skip_lines(wr_toml *t) {
    while (t->p < t->end && wr_toml_skip_line_end(t)) {}
    wr_toml_skip_blanks(t);
}

// --- Strings and keys ---

bool wr_toml_is_bare(int c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

static uint32_t read_hex(wr_toml *t, unsigned digits) {
    uint32_t code = 0;
    for (; digits; digits--, t->p++) {
        int c = wr_toml_peek(t), lower = c | 0x20;
        if (!(c >= '0' && c <= '9') && !(lower >= 'a' && lower <= 'f'))
            wr_toml_fail(t, "expected a hexadecimal digit");
        code = code << 4 | (uint32_t)(c <= '9' ? c - '0' : lower - 'a' + 10);
    }
    return code;
}

static void put_code_point(wr_toml *t, wr_buf *out, uint32_t code) {
    if (!code || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
        wr_toml_fail(t, "expected the number of a character");
    if (code < 0x80) {
        wr_put_u8(out, (uint8_t)code);
        return;
    }
    unsigned more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    wr_put_u8(out, (uint8_t)(0xff00 >> (more + 1) | code >> 6 * more));
    while (more--) wr_put_u8(out, (uint8_t)(0x80 | (code >> 6 * more & 0x3f)));
}

static void read_escape(wr_toml *t, wr_buf *out) {
    static const char letters[] = "btnfr\"\\", meant[] = "\b\t\n\f\r\"\\";
    const char *known = wr_toml_peek(t) > 0 ? strchr(letters, wr_toml_peek(t)) : NULL;
    if (known)
        t->p++, wr_put_u8(out, (uint8_t)meant[known - letters]);
    else if (wr_toml_take(t, 'u'))
        put_code_point(t, out, read_hex(t, 4));
    else if (wr_toml_take(t, 'U'))
        put_code_point(t, out, read_hex(t, 8));
    else
        wr_toml_fail(t, "expected one of b t n f r \" \\ u U after \\");
}

// With a zero behind it, in temp.
wr_slice wr_toml_read_string(wr_toml *t, char quote) {
    wr_buf out = wr_buf_in(&t->env->temp);
    if (starts(t, quote == '"' ? "\"\"\"" : "'''"))
        wr_toml_fail(t, "strings of several lines are not understood; write \\n");
    t->p++;
    while (!wr_toml_take(t, quote)) {
        if (wr_toml_peek(t) < 0 || wr_toml_peek(t) == '\n' || wr_toml_peek(t) == '\r')
            wr_toml_fail(t, "expected %c at the end of the string", quote);
        if (quote == '"' && wr_toml_take(t, '\\'))
            read_escape(t, &out);
        else
            wr_put_u8(&out, *t->p++);
    }
    wr_put_u8(&out, 0);
    return wr_slice_of(out.p, out.n - 1);
}

// With a zero behind it, in temp.
static wr_slice read_bare(wr_toml *t) {
    wr_buf out = wr_buf_in(&t->env->temp);
    while (wr_toml_is_bare(wr_toml_peek(t))) wr_put_u8(&out, *t->p++);
    if (!out.n) wr_toml_fail(t, "expected a key (letters, digits, - and _, or quoted)");
    wr_put_u8(&out, 0);
    return wr_slice_of(out.p, out.n - 1);
}

// One part of a key.
const char *wr_toml_read_key(wr_toml *t) {
    wr_slice key = wr_toml_peek(t) == '"' || wr_toml_peek(t) == '\'' ? wr_toml_read_string(t, (char)*t->p)
                                                                     : read_bare(t);
    if (key.n > LONGEST_KEY) wr_toml_fail(t, "the key is too long");
    return (const char *)key.p;
}

bool wr_toml_take_dot(wr_toml *t) {
    wr_toml_skip_blanks(t);
    bool more = wr_toml_take(t, '.');
    wr_toml_skip_blanks(t);
    return more;
}

bool wr_toml_take_word(wr_toml *t, const char *word) {
    size_t n = strlen(word);
    if (!starts(t, word) || (t->p + n < t->end && wr_toml_is_bare(t->p[n]))) return false;
    t->p += n;
    return true;
}

// What would be wrong anywhere: bytes that are no UTF-8, and characters that nobody sees.
void wr_toml_check_text(wr_toml *t) {
    if (!wr_slice_is_utf8(t->text)) wr_toml_fail(t, "expected text in UTF-8");
    for (; t->p < t->end; t->p++) {
        bool line_end = *t->p == '\n' || starts(t, "\r\n");
        if ((*t->p < 0x20 && *t->p != '\t' && !line_end) || *t->p == 0x7f)
            wr_toml_fail(t, "found a control character");
        if (*t->p == '\n') t->line++, t->line_start = t->p + 1;
    }
}
