// A recursive-descent parser for TOML 1.0, or the part of it that toml.h describes. Each value is put into
// its parent as soon as it is made, so that the root owns everything when an error unwinds. How a table was
// defined decides what may be added to it; that is recorded by the table's path, beside the values.
#include "toml.h"

#include "report/render/json.h"
#include "support/buf.h"
#include "support/reader.h"

enum { MOST_NESTED = 16, LONGEST_KEY = 200 };

enum {
    UNKNOWN,
    BY_HEADER,
    BY_DOTS,
    CLOSED,
    LIST_OF_TABLES
}; // how a table was defined; UNKNOWN: only as the parent of another one

typedef struct toml {
    wr_env *env;
    wr_slice text;
    const uint8_t *p, *end, *line_start;
    unsigned line, depth;
    json_t *root, *kinds; // kinds: by path
} toml;

// A table and its path.
typedef struct place {
    json_t *table;
    wr_buf path;
} place;

_Noreturn static void bad(const toml *t, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void bad(const toml *t, const char *format, ...) {
    char text[160];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    wr_throw(t->env, WR_USAGE, WR_NO_OFFSET, "line %u, column %u: %s", t->line,
             (unsigned)(t->p - t->line_start) + 1, text);
}

// --- Characters ---

static int peek(const toml *t) { return t->p < t->end ? *t->p : -1; }

static bool take(toml *t, char c) {
    if (peek(t) != c) return false;
    t->p++;
    return true;
}

static bool starts(const toml *t, const char *text) {
    return wr_slice_starts(wr_slice_of(t->p, (size_t)(t->end - t->p)), text);
}

static void expect(toml *t, char c, const char *where) {
    if (!take(t, c)) bad(t, "expected %c %s", c, where);
}

static void skip_blanks(toml *t) {
    while (peek(t) == ' ' || peek(t) == '\t') t->p++;
}

// Skips a comment and the end of the line, if they are next.
static bool skip_line_end(toml *t) {
    skip_blanks(t);
    if (peek(t) == '#')
        while (t->p < t->end && *t->p != '\n' && *t->p != '\r') t->p++;
    if (starts(t, "\r\n")) t->p++;
    if (!take(t, '\n')) return t->p == t->end;
    t->line++;
    t->line_start = t->p;
    return true;
}

static void skip_lines(toml *t) {
    while (t->p < t->end && skip_line_end(t)) {}
    skip_blanks(t);
}

// --- Strings and keys ---

static bool is_bare(int c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

static uint32_t read_hex(toml *t, unsigned digits) {
    uint32_t code = 0;
    for (; digits; digits--, t->p++) {
        int c = peek(t), lower = c | 0x20;
        if (!(c >= '0' && c <= '9') && !(lower >= 'a' && lower <= 'f'))
            bad(t, "expected a hexadecimal digit");
        code = code << 4 | (uint32_t)(c <= '9' ? c - '0' : lower - 'a' + 10);
    }
    return code;
}

static void put_code_point(toml *t, wr_buf *out, uint32_t code) {
    if (!code || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
        bad(t, "expected the number of a character");
    if (code < 0x80) {
        wr_put_u8(out, (uint8_t)code);
        return;
    }
    unsigned more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    wr_put_u8(out, (uint8_t)(0xff00 >> (more + 1) | code >> 6 * more));
    while (more--) wr_put_u8(out, (uint8_t)(0x80 | (code >> 6 * more & 0x3f)));
}

static void read_escape(toml *t, wr_buf *out) {
    static const char letters[] = "btnfr\"\\", meant[] = "\b\t\n\f\r\"\\";
    const char *known = peek(t) > 0 ? strchr(letters, peek(t)) : NULL;
    if (known)
        t->p++, wr_put_u8(out, (uint8_t)meant[known - letters]);
    else if (take(t, 'u'))
        put_code_point(t, out, read_hex(t, 4));
    else if (take(t, 'U'))
        put_code_point(t, out, read_hex(t, 8));
    else
        bad(t, "expected one of b t n f r \" \\ u U after \\");
}

// With a zero behind it, in temp.
static wr_slice read_string(toml *t, char quote) {
    wr_buf out = wr_buf_in(&t->env->temp);
    if (starts(t, quote == '"' ? "\"\"\"" : "'''"))
        bad(t, "strings of several lines are not understood; write \\n");
    t->p++;
    while (!take(t, quote)) {
        if (peek(t) < 0 || peek(t) == '\n' || peek(t) == '\r')
            bad(t, "expected %c at the end of the string", quote);
        if (quote == '"' && take(t, '\\'))
            read_escape(t, &out);
        else
            wr_put_u8(&out, *t->p++);
    }
    wr_put_u8(&out, 0);
    return wr_slice_of(out.p, out.n - 1);
}

// With a zero behind it, in temp.
static wr_slice read_bare(toml *t) {
    wr_buf out = wr_buf_in(&t->env->temp);
    while (is_bare(peek(t))) wr_put_u8(&out, *t->p++);
    if (!out.n) bad(t, "expected a key (letters, digits, - and _, or quoted)");
    wr_put_u8(&out, 0);
    return wr_slice_of(out.p, out.n - 1);
}

// One part of a key.
static const char *read_key(toml *t) {
    wr_slice key = peek(t) == '"' || peek(t) == '\'' ? read_string(t, (char)*t->p) : read_bare(t);
    if (key.n > LONGEST_KEY) bad(t, "the key is too long");
    return (const char *)key.p;
}

static bool take_dot(toml *t) {
    skip_blanks(t);
    bool more = take(t, '.');
    skip_blanks(t);
    return more;
}

// --- Places ---

static void *checked(const toml *t, void *value) {
    if (!value) wr_throw(t->env, WR_NOMEM, WR_NO_OFFSET, "out of memory");
    return value;
}

// Puts a new value into a table or, without a key, at the end of an array.
static json_t *attach(const toml *t, json_t *parent, const char *key, json_t *value) {
    checked(t, value);
    int failed = key ? json_object_set_new(parent, key, value) : json_array_append_new(parent, value);
    return checked(t, failed ? NULL : value);
}

static void extend(place *at, const char *key) {
    if (at->path.n) at->path.n--;
    wr_put_format(&at->path, "%zu:%s", strlen(key), key);
    wr_put_u8(&at->path, 0);
}

static void extend_by_index(place *at, size_t index) {
    char text[24];
    snprintf(text, sizeof text, "%zu", index);
    extend(at, text);
}

static int kind_of(const toml *t, const place *at) {
    return (int)json_integer_value(json_object_get(t->kinds, (const char *)at->path.p));
}

static void set_kind(const toml *t, const place *at, int kind) {
    attach(t, t->kinds, (const char *)at->path.p, json_integer(kind));
}

// Enters a table within the table, which is created if absent; for an array of tables, its last one. Returns
// how the table was defined, or -1 if it is new.
static int enter(const toml *t, place *at, const char *key) {
    json_t *next = json_object_get(at->table, key);
    bool is_new = !next;
    extend(at, key);
    if (is_new) next = attach(t, at->table, key, json_object());
    int kind = kind_of(t, at);
    if (kind == LIST_OF_TABLES) {
        extend_by_index(at, json_array_size(next));
        next = json_array_get(next, json_array_size(next) - 1);
    }
    if (!json_is_object(next) || kind == CLOSED)
        bad(t, "\"%.60s\" is defined already, and nothing can be added to it", key);
    at->table = next;
    return is_new ? -1 : kind;
}

// --- Values ---

static void read_value(toml *t, const place *within, json_t *parent, const char *key);

// KEY = VALUE; the key may be dotted.
static void read_pair(toml *t, place at) {
    wr_buf path = wr_buf_in(&t->env->temp);
    wr_put_slice(&path, wr_buf_slice(&at.path));
    at.path = path;
    const char *key = read_key(t);
    while (take_dot(t)) {
        int kind = enter(t, &at, key);
        if (kind != -1 && kind != BY_DOTS)
            bad(t, "\"%.60s\" is defined already, and nothing can be added to it here", key);
        set_kind(t, &at, BY_DOTS);
        key = read_key(t);
    }
    if (json_object_get(at.table, key)) bad(t, "\"%.60s\" is defined already", key);
    expect(t, '=', "after the key");
    skip_blanks(t);
    extend(&at, key);
    read_value(t, &at, at.table, key);
}

static void read_inline_table(toml *t, const place *within, json_t *parent, const char *key) {
    place at = {attach(t, parent, key, json_object()), within->path};
    t->p++;
    skip_blanks(t);
    if (!take(t, '}')) {
        do {
            skip_blanks(t);
            read_pair(t, at);
            skip_blanks(t);
        } while (take(t, ','));
        expect(t, '}', "or a comma in the table");
    }
    set_kind(t, &at, CLOSED);
}

static void read_array(toml *t, const place *within, json_t *parent, const char *key) {
    json_t *array = attach(t, parent, key, json_array());
    t->p++;
    skip_lines(t);
    while (!take(t, ']')) {
        place at = {.path = wr_buf_in(&t->env->temp)};
        wr_put_slice(&at.path, wr_buf_slice(&within->path));
        extend_by_index(&at, json_array_size(array));
        read_value(t, &at, array, NULL);
        skip_lines(t);
        bool more = take(t, ',');
        skip_lines(t);
        if (!more && peek(t) != ']') bad(t, "expected a comma or ] in the array");
    }
}

static void read_number(toml *t, json_t *parent, const char *key) {
    bool minus = peek(t) == '-', zero;
    uint64_t value = 0, most = (uint64_t)INT64_MAX + minus;
    if (peek(t) == '-' || peek(t) == '+') t->p++;
    zero = peek(t) == '0';
    const uint8_t *start = t->p;
    for (; (peek(t) >= '0' && peek(t) <= '9') || (peek(t) == '_' && t->p > start && t->p[-1] != '_');
         t->p++) {
        if (*t->p == '_') continue;
        uint64_t digit = *t->p - '0';
        if (value > (most - digit) / 10) bad(t, "the number is too large");
        value = value * 10 + digit;
    }
    if (t->p == start) bad(t, "expected a value: a string, a whole number, true, false, [ or {");
    bool ends = t->p[-1] != '_' && !is_bare(peek(t)) && peek(t) != '.' && peek(t) != ':';
    if (!ends || (zero && t->p > start + 1))
        bad(t, "expected a whole decimal number; dates and other numbers are not understood");
    attach(t, parent, key, json_integer((json_int_t)(minus ? -value : value)));
}

static bool take_word(toml *t, const char *word) {
    size_t n = strlen(word);
    if (!starts(t, word) || (t->p + n < t->end && is_bare(t->p[n]))) return false;
    t->p += n;
    return true;
}

static void read_value(toml *t, const place *within, json_t *parent, const char *key) {
    if (++t->depth > MOST_NESTED) bad(t, "nested too deeply");
    if (peek(t) == '"' || peek(t) == '\'') {
        wr_slice text = read_string(t, (char)*t->p);
        attach(t, parent, key, wr_json_slice(t->env, text));
    } else if (peek(t) == '[') {
        read_array(t, within, parent, key);
    } else if (peek(t) == '{') {
        read_inline_table(t, within, parent, key);
    } else if (take_word(t, "true")) {
        attach(t, parent, key, json_true());
    } else if (take_word(t, "false")) {
        attach(t, parent, key, json_false());
    } else {
        read_number(t, parent, key);
    }
    t->depth--;
}

// --- Headers ---

// [KEY] or [[KEY]]: the table that the following pairs belong to.
static void read_header(toml *t, place *at) {
    *at = (place){t->root, wr_buf_in(&t->env->temp)};
    t->p++;
    bool list = take(t, '[');
    unsigned parts = 0;
    skip_blanks(t);
    const char *key = read_key(t);
    for (; take_dot(t); key = read_key(t)) {
        if (++parts > MOST_NESTED) bad(t, "nested too deeply");
        enter(t, at, key);
    }
    json_t *old = json_object_get(at->table, key);
    place last = {.path = wr_buf_in(&t->env->temp)};
    wr_put_slice(&last.path, wr_buf_slice(&at->path));
    extend(&last, key);
    int kind = kind_of(t, &last);
    if (list ? old && kind != LIST_OF_TABLES : old && (kind != UNKNOWN || !json_is_object(old)))
        bad(t, "\"%.60s\" is defined already", key);
    if (list) {
        attach(t, old ? old : attach(t, at->table, key, json_array()), NULL, json_object());
        set_kind(t, &last, LIST_OF_TABLES);
    }
    enter(t, at, key);
    if (!list) set_kind(t, at, BY_HEADER);
    expect(t, ']', "after the key");
    if (list) expect(t, ']', "after the key");
}

// --- The whole ---

// What would be wrong anywhere: bytes that are no UTF-8, and characters that nobody sees.
static void check_text(toml *t) {
    if (!wr_slice_is_utf8(t->text)) bad(t, "expected text in UTF-8");
    for (; t->p < t->end; t->p++) {
        bool line_end = *t->p == '\n' || starts(t, "\r\n");
        if ((*t->p < 0x20 && *t->p != '\t' && !line_end) || *t->p == 0x7f)
            bad(t, "found a control character");
        if (*t->p == '\n') t->line++, t->line_start = t->p + 1;
    }
}

static void rewind_to(toml *t, const uint8_t *p) {
    t->p = t->line_start = p;
    t->line = 1;
}

static void read_document(wr_env *env, void *arg) {
    toml *t = arg;
    place at = {t->root, wr_buf_in(&env->temp)};
    rewind_to(t, t->text.p);
    check_text(t);
    rewind_to(t, t->text.p);
    for (skip_lines(t); t->p < t->end; skip_lines(t)) {
        if (peek(t) == '[')
            read_header(t, &at);
        else
            read_pair(t, at);
        if (!skip_line_end(t)) bad(t, "expected the end of the line");
    }
}

void wr_toml_read(wr_env *env, wr_slice text, json_t *root) {
    toml t = {.env = env, .text = text, .end = text.p + text.n, .root = root, .kinds = json_object()};
    wr_status status = t.kinds ? wr_try(env, read_document, &t) : WR_NOMEM;
    json_decref(t.kinds);
    if (!t.kinds) wr_throw(env, WR_NOMEM, WR_NO_OFFSET, "out of memory");
    if (status == WR_OK) return;
    wr_diag diag = env->diag;
    wr_rethrow(env, &diag);
}
