// Reads and writes source maps. Mappings are groups of up to five numbers in base64 VLQ, each relative to the
// previous one: offset, source, line, column, name. The bytes up to the next mapping belong to this one. A
// group of one number says that the bytes have no source.
#include "source_map.h"

#include <stdlib.h>

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// --- Reading ---

// The state of the mapping decoder: each number carries over to the next group, even if this one lacks it.
typedef struct mapping {
    int64_t offset, source, line, column, name;
    bool has_source, has_name;
} mapping;

typedef struct map_reader {
    wr_env *env;
    wr_sources *out;
    wr_slice text;
    json_t *root;
    const uint8_t *p, *end; // the mappings text
    int8_t digit[256];
} map_reader;

_Noreturn static void refuse_map(const map_reader *r, const char *what) {
    wr_throw(r->env, WR_USAGE, WR_NO_OFFSET, "source map: expected %s", what);
}

static int64_t read_vlq(map_reader *r) {
    uint64_t value = 0;
    int digit = 32;
    for (unsigned shift = 0; digit & 32; shift += 5) {
        digit = r->p < r->end ? r->digit[*r->p++] : -1;
        if (digit < 0 || shift > 35) refuse_map(r, "numbers in base64 as \"mappings\"");
        value |= (uint64_t)(digit & 31) << shift;
    }
    return value & 1 ? -(int64_t)(value >> 1) : (int64_t)(value >> 1);
}

static bool at_separator(const map_reader *r) { return r->p == r->end || *r->p == ',' || *r->p == ';'; }

static void read_mapping(map_reader *r, mapping *m) {
    int64_t step = read_vlq(r);
    if (step < 0 || m->offset + step > UINT32_MAX) refuse_map(r, "mappings in the order of the module");
    m->offset += step;
    m->has_source = m->has_name = false;
    if (at_separator(r)) return;
    m->source += read_vlq(r);
    m->line += read_vlq(r);
    m->column += read_vlq(r);
    m->has_source = m->source >= 0 && m->source < r->out->files.n && m->line >= 0 && m->line < UINT32_MAX &&
                    m->column >= 0 && m->column < UINT32_MAX;
    if (at_separator(r)) return;
    m->name += read_vlq(r);
    m->has_name = m->name >= 0 && m->name < r->out->names.n;
    if (!at_separator(r)) refuse_map(r, "at most five numbers a mapping");
}

// Reads only the first line, since a module has no others.
static void read_mappings(map_reader *r) {
    mapping m = {0};
    while (r->p < r->end && *r->p != ';') {
        if (*r->p == ',') {
            r->p++;
            continue;
        }
        read_mapping(r, &m);
        wr_source_row row = {.at = (uint32_t)m.offset, .file = WR_NONE, .name = WR_NONE};
        if (m.has_source) {
            row.file = (uint32_t)m.source;
            row.line = (uint32_t)m.line + 1;
            row.column = (uint32_t)m.column + 1;
        }
        if (m.has_name) row.name = (uint32_t)m.name;
        WR_PUSH(&r->env->perm, r->out->rows, row);
    }
}

static wr_slice copy_string(map_reader *r, const char *prefix, const json_t *value) {
    if (!json_is_string(value)) return (wr_slice){0}; // sources may be null
    size_t before = strlen(prefix), n = json_string_length(value);
    uint8_t *text = wr_alloc(&r->env->perm, before + n + 1);
    memcpy(text, prefix, before);
    memcpy(text + before, json_string_value(value), n);
    return wr_slice_of(text, before + n);
}

static void read_map(wr_env *env, void *arg) {
    map_reader *r = arg;
    r->root = json_loadb((const char *)r->text.p, r->text.n, 0, NULL);
    const json_t *mappings = json_object_get(r->root, "mappings"),
                 *list = json_object_get(r->root, "sources");
    if (!json_is_string(mappings)) refuse_map(r, "JSON with \"mappings\"");
    const char *root = json_string_value(json_object_get(r->root, "sourceRoot"));
    for (size_t i = 0; i < json_array_size(list); i++)
        WR_PUSH(&env->perm, r->out->files, copy_string(r, root ? root : "", json_array_get(list, i)));
    list = json_object_get(r->root, "names");
    for (size_t i = 0; i < json_array_size(list); i++)
        WR_PUSH(&env->perm, r->out->names, copy_string(r, "", json_array_get(list, i)));
    memset(r->digit, -1, sizeof r->digit);
    for (int i = 0; i < 64; i++) r->digit[(uint8_t)digits[i]] = (int8_t)i;
    r->p = (const uint8_t *)json_string_value(mappings);
    r->end = r->p + json_string_length(mappings);
    read_mappings(r);
}

void wr_source_map_read(wr_env *env, wr_slice json, wr_sources *sources) {
    *sources = (wr_sources){0};
    map_reader r = {.env = env, .out = sources, .text = json};
    wr_status status = wr_try(env, read_map, &r);
    json_decref(r.root);
    if (status == WR_OK) return;
    wr_diag diag = env->diag;
    wr_rethrow(env, &diag);
}

// --- Writing ---

static void put_vlq(wr_buf *out, int64_t value) {
    uint64_t bits = value < 0 ? (uint64_t)-value << 1 | 1 : (uint64_t)value << 1;
    do {
        unsigned digit = bits & 31;
        bits >>= 5;
        wr_put_u8(out, (uint8_t)digits[digit | (bits ? 32u : 0u)]);
    } while (bits);
}

static void put_mappings(wr_buf *out, const wr_source_row *rows, uint32_t n) {
    int64_t offset = 0, file = 0, line = 0, column = 0, name = 0;
    for (uint32_t i = 0; i < n; i++) {
        const wr_source_row *row = &rows[i];
        if (i) wr_put_u8(out, ',');
        put_vlq(out, row->at - offset);
        offset = row->at;
        if (row->file == WR_NONE) continue;
        int64_t line_now = row->line ? (int64_t)row->line - 1 : 0,
                column_now = row->column ? (int64_t)row->column - 1 : 0;
        put_vlq(out, row->file - file);
        put_vlq(out, line_now - line);
        put_vlq(out, column_now - column);
        file = row->file, line = line_now, column = column_now;
        if (row->name == WR_NONE) continue;
        put_vlq(out, row->name - name);
        name = row->name;
    }
}

typedef struct map_writer {
    const wr_sources *sources;
    wr_slice json, out;
    const wr_source_row *rows;
    uint32_t nrows;
    json_t *root;
    char *text;
} map_writer;

static void set_value(wr_env *env, map_writer *w, const char *key, json_t *value) {
    if (!value || json_object_set_new(w->root, key, value) != 0)
        wr_throw(env, WR_NOMEM, WR_NO_OFFSET, "out of memory");
}

// Makes a JSON string, leaving out bytes that are not UTF-8, as a file name may contain.
static json_t *string_of(wr_slice s) {
    json_t *value = json_stringn((const char *)s.p, s.n);
    return value ? value : json_string("?");
}

static json_t *strings_of(const wr_slice *strings, uint32_t first, uint32_t n, json_t *list) {
    for (uint32_t i = first; list && i < n; i++) json_array_append_new(list, string_of(strings[i]));
    return list;
}

static void write_map(wr_env *env, void *arg) {
    map_writer *w = arg;
    w->root = w->json.n ? json_loadb((const char *)w->json.p, w->json.n, 0, NULL) : json_object();
    if (!w->root) wr_throw(env, WR_NOMEM, WR_NO_OFFSET, "out of memory");
    if (!w->json.n) {
        set_value(env, w, "version", json_integer(3));
        set_value(env, w, "sources", strings_of(w->sources->files.v, 0, w->sources->files.n, json_array()));
    }
    json_t *names = json_object_get(w->root, "names");
    uint32_t known = (uint32_t)json_array_size(names);
    names = json_is_array(names) ? json_incref(names) : json_array();
    set_value(env, w, "names", strings_of(w->sources->names.v, known, w->sources->names.n, names));
    wr_buf mappings = wr_buf_in(&env->temp);
    put_mappings(&mappings, w->rows, w->nrows);
    set_value(env, w, "mappings", json_stringn(mappings.n ? (const char *)mappings.p : "", mappings.n));
    w->text = json_dumps(w->root, JSON_COMPACT);
    if (!w->text) wr_throw(env, WR_NOMEM, WR_NO_OFFSET, "out of memory");
    w->out = wr_slice_copy(&env->perm, wr_slice_str(w->text));
}

wr_slice wr_source_map_write(wr_env *env, wr_slice json, const wr_sources *sources, const wr_source_row *rows,
                             uint32_t nrows) {
    map_writer w = {.sources = sources, .json = json, .rows = rows, .nrows = nrows};
    wr_status status = wr_try(env, write_map, &w);
    json_decref(w.root);
    free(w.text);
    if (status == WR_OK) return w.out;
    wr_diag diag = env->diag;
    wr_rethrow(env, &diag);
}

wr_slice wr_source_map_link(const wr_module *m) {
    for (uint32_t i = 0; i < m->ncustoms; i++) {
        if (!wr_slice_is(m->customs[i].name, "sourceMappingURL")) continue;
        wr_slice payload = m->customs[i].payload, url;
        size_t at = 0, n = 0;
        for (unsigned shift = 0; at < payload.n && shift < 32; shift += 7) {
            n |= (size_t)(payload.p[at] & 0x7f) << shift;
            if (!(payload.p[at++] & 0x80)) break;
        }
        url = wr_slice_of(payload.p + at, payload.n - at);
        return n == url.n ? url : (wr_slice){0};
    }
    return (wr_slice){0};
}
