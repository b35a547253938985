// A recursive-descent parser for TOML 1.0, or the part of it that toml.h describes. Each value is put into
// its parent as soon as it is made, so that the root owns everything when an error unwinds. How a table was
// defined decides what may be added to it; that is recorded by the table's path, beside the values.
#include "toml.h"

#include "report/render/json.h"
#include "toml_parts.h"

enum { MOST_NESTED = 16 };

enum {
    UNKNOWN,
    BY_HEADER,
    BY_DOTS,
    CLOSED,
    LIST_OF_TABLES
}; // how a table was defined; UNKNOWN: only as the parent of another one

// A table and its path.
typedef struct place {
    json_t *table;
    wr_buf path;
} place;

// --- Places ---

static void *checked(const wr_toml *t, void *value) {
    if (!value) wr_throw(t->env, WR_NOMEM, WR_NO_OFFSET, "out of memory");
    return value;
}

// Puts a new value into a table or, without a key, at the end of an array.
static json_t *attach(const wr_toml *t, json_t *parent, const char *key, json_t *value) {
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

static int kind_of(const wr_toml *t, const place *at) {
    return (int)json_integer_value(json_object_get(t->kinds, (const char *)at->path.p));
}

static void set_kind(const wr_toml *t, const place *at, int kind) {
    attach(t, t->kinds, (const char *)at->path.p, json_integer(kind));
}

// Enters a table within the table, which is created if absent; for an array of tables, its last one. Returns
// how the table was defined, or -1 if it is new.
static int enter(const wr_toml *t, place *at, const char *key) {
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
        wr_toml_fail(t, "\"%.60s\" is defined already, and nothing can be added to it", key);
    at->table = next;
    return is_new ? -1 : kind;
}

// --- Values ---

static void read_value(wr_toml *t, const place *within, json_t *parent, const char *key);

// KEY = VALUE; the key may be dotted.
static void read_pair(wr_toml *t, place at) {
    wr_buf path = wr_buf_in(&t->env->temp);
    wr_put_slice(&path, wr_buf_slice(&at.path));
    at.path = path;
    const char *key = wr_toml_read_key(t);
    while (wr_toml_take_dot(t)) {
        int kind = enter(t, &at, key);
        if (kind != -1 && kind != BY_DOTS)
            wr_toml_fail(t, "\"%.60s\" is defined already, and nothing can be added to it here", key);
        set_kind(t, &at, BY_DOTS);
        key = wr_toml_read_key(t);
    }
    if (json_object_get(at.table, key)) wr_toml_fail(t, "\"%.60s\" is defined already", key);
    wr_toml_expect(t, '=', "after the key");
    wr_toml_skip_blanks(t);
    extend(&at, key);
    read_value(t, &at, at.table, key);
}

static void read_inline_table(wr_toml *t, const place *within, json_t *parent, const char *key) {
    place at = {attach(t, parent, key, json_object()), within->path};
    t->p++;
    wr_toml_skip_blanks(t);
    if (!wr_toml_take(t, '}')) {
        do {
            wr_toml_skip_blanks(t);
            read_pair(t, at);
            wr_toml_skip_blanks(t);
        } while (wr_toml_take(t, ','));
        wr_toml_expect(t, '}', "or a comma in the table");
    }
    set_kind(t, &at, CLOSED);
}

static void read_array(wr_toml *t, const place *within, json_t *parent, const char *key) {
    json_t *array = attach(t, parent, key, json_array());
    t->p++;
    wr_toml_skip_lines(t);
    while (!wr_toml_take(t, ']')) {
        place at = {.path = wr_buf_in(&t->env->temp)};
        wr_put_slice(&at.path, wr_buf_slice(&within->path));
        extend_by_index(&at, json_array_size(array));
        read_value(t, &at, array, NULL);
        wr_toml_skip_lines(t);
        bool more = wr_toml_take(t, ',');
        wr_toml_skip_lines(t);
        if (!more && wr_toml_peek(t) != ']') wr_toml_fail(t, "expected a comma or ] in the array");
    }
}

static void read_number(wr_toml *t, json_t *parent, const char *key) {
    bool minus = wr_toml_peek(t) == '-', zero;
    uint64_t value = 0, most = (uint64_t)INT64_MAX + minus;
    if (wr_toml_peek(t) == '-' || wr_toml_peek(t) == '+') t->p++;
    zero = wr_toml_peek(t) == '0';
    const uint8_t *start = t->p;
    for (; (wr_toml_peek(t) >= '0' && wr_toml_peek(t) <= '9') ||
           (wr_toml_peek(t) == '_' && t->p > start && t->p[-1] != '_');
         t->p++) {
        if (*t->p == '_') continue;
        uint64_t digit = *t->p - '0';
        if (value > (most - digit) / 10) wr_toml_fail(t, "the number is too large");
        value = value * 10 + digit;
    }
    if (t->p == start) wr_toml_fail(t, "expected a value: a string, a whole number, true, false, [ or {");
    bool ends = t->p[-1] != '_' && !wr_toml_is_bare(wr_toml_peek(t)) && wr_toml_peek(t) != '.' &&
                wr_toml_peek(t) != ':';
    if (!ends || (zero && t->p > start + 1))
        wr_toml_fail(t, "expected a whole decimal number; dates and other numbers are not understood");
    attach(t, parent, key, json_integer((json_int_t)(minus ? -value : value)));
}

static void read_value(wr_toml *t, const place *within, json_t *parent, const char *key) {
    if (++t->depth > MOST_NESTED) wr_toml_fail(t, "nested too deeply");
    if (wr_toml_peek(t) == '"' || wr_toml_peek(t) == '\'') {
        wr_slice text = wr_toml_read_string(t, (char)*t->p);
        attach(t, parent, key, wr_json_slice(t->env, text));
    } else if (wr_toml_peek(t) == '[') {
        read_array(t, within, parent, key);
    } else if (wr_toml_peek(t) == '{') {
        read_inline_table(t, within, parent, key);
    } else if (wr_toml_take_word(t, "true")) {
        attach(t, parent, key, json_true());
    } else if (wr_toml_take_word(t, "false")) {
        attach(t, parent, key, json_false());
    } else {
        read_number(t, parent, key);
    }
    t->depth--;
}

// --- Headers ---

// [KEY] or [[KEY]]: the table that the following pairs belong to.
static void read_header(wr_toml *t, place *at) {
    *at = (place){t->root, wr_buf_in(&t->env->temp)};
    t->p++;
    bool list = wr_toml_take(t, '[');
    unsigned parts = 0;
    wr_toml_skip_blanks(t);
    const char *key = wr_toml_read_key(t);
    for (; wr_toml_take_dot(t); key = wr_toml_read_key(t)) {
        if (++parts > MOST_NESTED) wr_toml_fail(t, "nested too deeply");
        enter(t, at, key);
    }
    json_t *old = json_object_get(at->table, key);
    place last = {.path = wr_buf_in(&t->env->temp)};
    wr_put_slice(&last.path, wr_buf_slice(&at->path));
    extend(&last, key);
    int kind = kind_of(t, &last);
    if (list ? old && kind != LIST_OF_TABLES : old && (kind != UNKNOWN || !json_is_object(old)))
        wr_toml_fail(t, "\"%.60s\" is defined already", key);
    if (list) {
        attach(t, old ? old : attach(t, at->table, key, json_array()), NULL, json_object());
        set_kind(t, &last, LIST_OF_TABLES);
    }
    enter(t, at, key);
    if (!list) set_kind(t, at, BY_HEADER);
    wr_toml_expect(t, ']', "after the key");
    if (list) wr_toml_expect(t, ']', "after the key");
}

// --- The whole ---

static void rewind_to(wr_toml *t, const uint8_t *p) {
    t->p = t->line_start = p;
    t->line = 1;
}

static void read_document(wr_env *env, void *arg) {
    wr_toml *t = arg;
    place at = {t->root, wr_buf_in(&env->temp)};
    rewind_to(t, t->text.p);
    wr_toml_check_text(t);
    rewind_to(t, t->text.p);
    for (wr_toml_skip_lines(t); t->p < t->end; wr_toml_skip_lines(t)) {
        if (wr_toml_peek(t) == '[')
            read_header(t, &at);
        else
            read_pair(t, at);
        if (!wr_toml_skip_line_end(t)) wr_toml_fail(t, "expected the end of the line");
    }
}

void wr_toml_read(wr_env *env, wr_slice text, json_t *root) {
    wr_toml t = {.env = env, .text = text, .end = text.p + text.n, .root = root, .kinds = json_object()};
    wr_status status = t.kinds ? wr_try(env, read_document, &t) : WR_NOMEM;
    json_decref(t.kinds);
    if (!t.kinds) wr_throw(env, WR_NOMEM, WR_NO_OFFSET, "out of memory");
    if (status == WR_OK) return;
    wr_diag diag = env->diag;
    wr_rethrow(env, &diag);
}
