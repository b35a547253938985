// Makes JSON of slices. Names in modules may be arbitrary bytes where nothing validates them (in sections
// that are skipped when malformed).
#include "json.h"

#include "support/buf.h"
#include "support/reader.h"

static wr_slice repaired(wr_env *env, wr_slice s) {
    wr_buf b = wr_buf_in(&env->temp);
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < 0x80)
            wr_put_u8(&b, s.p[i]);
        else
            wr_put_slice(&b, wr_slice_str("\xef\xbf\xbd"));
    }
    return wr_buf_slice(&b);
}

json_t *wr_json_slice(wr_env *env, wr_slice s) {
    if (!wr_slice_is_utf8(s)) s = repaired(env, s);
    return json_stringn_nocheck((const char *)s.p, s.n);
}

static int put_chunk(const char *text, size_t n, void *b) {
    wr_put_bytes(b, text, n);
    return 0;
}

typedef struct dumping {
    json_t *value;
    size_t flags;
    wr_buf *out;
    bool ok;
} dumping;

static void dump(wr_env *env, void *arg) {
    (void)env;
    dumping *d = arg;
    d->ok = json_dump_callback(d->value, put_chunk, d->out, d->flags) == 0;
}

// Appends the value's text, and frees the value.
static void put_value(wr_env *env, wr_buf *out, json_t *value, size_t flags) {
    dumping d = {.value = value, .flags = flags, .out = out};
    wr_status status = value ? wr_try(env, dump, &d) : WR_NOMEM;
    json_decref(value);
    if (status != WR_OK || !d.ok) wr_throw(env, WR_NOMEM, WR_NO_OFFSET, "out of memory");
}

wr_slice wr_json_text(wr_env *env, json_t *value, size_t flags) {
    wr_buf out = wr_buf_in(&env->perm);
    put_value(env, &out, value, flags);
    return wr_buf_slice(&out);
}

// --- Value by value ---

wr_json_writer wr_json_begin(wr_env *env) {
    wr_json_writer w = {.env = env, .out = wr_buf_in(&env->perm), .first = true};
    wr_put_u8(&w.out, '{');
    return w;
}

static void begin_line(wr_json_writer *w, const char *indent) {
    wr_put_format(&w->out, w->first ? "\n%s" : ",\n%s", indent);
    w->first = false;
}

void wr_json_put(wr_json_writer *w, const char *key, json_t *value) {
    begin_line(w, " ");
    wr_put_format(&w->out, "\"%s\": ", key);
    put_value(w->env, &w->out, value, JSON_ENCODE_ANY);
}

void wr_json_item(wr_json_writer *w, json_t *value) {
    begin_line(w, "  ");
    put_value(w->env, &w->out, value, JSON_ENCODE_ANY);
}

void wr_json_open_list(wr_json_writer *w, const char *key) {
    begin_line(w, " ");
    wr_put_format(&w->out, "\"%s\": [", key);
    w->first = true;
}

void wr_json_close_list(wr_json_writer *w) {
    wr_put_format(&w->out, w->first ? "]" : "\n ]");
    w->first = false;
}

wr_slice wr_json_end(wr_json_writer *w) {
    wr_put_format(&w->out, "\n}");
    return wr_buf_slice(&w->out);
}
