// Mappings are groups of up to five numbers in base64 VLQ, each relative to the one before: offset, source, line, column,
// name. Bytes from one mapping to the next belong to the first.
#include "source_map.h"

#include <jansson.h>


typedef struct map_entry {
    int64_t offset, source, name; // indices stay for the next one, whether or not this one has them
    bool has_source, has_name;
} map_entry;

typedef struct map_reader {
    wr_env *env;
    const wr_module *m;
    wr_source_map *out;
    wr_slice text;
    json_t *root;
    wr_slice *sources, *names;
    uint32_t nsources, nnames;
    const uint8_t *p, *end; // of the mappings
    uint32_t func;          // in hand
    uint64_t *bytes;        // of it, by source
    wr_u32s touched;        // sources with bytes
} map_reader;

_Noreturn static void bad(const map_reader *r, const char *what) {
    wr_throw(r->env, WR_USAGE, WR_NO_OFFSET, "source map: expected %s", what);
}

// --- Mappings ---

static int digit_of(uint8_t c) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = c ? strchr(digits, c) : NULL;
    return at ? (int)(at - digits) : -1;
}

static int64_t read_vlq(map_reader *r) {
    uint64_t value = 0;
    int digit = 32;
    for (unsigned shift = 0; digit & 32; shift += 5) {
        digit = r->p < r->end ? digit_of(*r->p++) : -1;
        if (digit < 0 || shift > 35) bad(r, "numbers in base64 as \"mappings\"");
        value |= (uint64_t)(digit & 31) << shift;
    }
    return value & 1 ? -(int64_t)(value >> 1) : (int64_t)(value >> 1);
}

static bool at_separator(const map_reader *r) { return r->p == r->end || *r->p == ',' || *r->p == ';'; }

static map_entry read_mapping(map_reader *r, map_entry last) {
    map_entry next = {last.offset + read_vlq(r), last.source, last.name, false, false};
    if (next.offset < last.offset) bad(r, "mappings in the order of the module");
    if (at_separator(r)) return next;
    next.source += read_vlq(r);
    read_vlq(r); // line
    read_vlq(r); // column
    next.has_source = next.source >= 0 && next.source < r->nsources;
    if (at_separator(r)) return next;
    next.name += read_vlq(r);
    next.has_name = next.name >= 0 && next.name < r->nnames;
    if (!at_separator(r)) bad(r, "at most five numbers a mapping");
    return next;
}

// --- Functions ---

static void end_func(map_reader *r) {
    uint32_t best = WR_NONE;
    for (uint32_t i = 0; i < r->touched.n; i++)
        if (best == WR_NONE || r->bytes[r->touched.v[i]] > r->bytes[best]) best = r->touched.v[i];
    if (best != WR_NONE) r->out->files[r->func] = r->sources[best];
    for (uint32_t i = 0; i < r->touched.n; i++) r->bytes[r->touched.v[i]] = 0;
    r->touched.n = 0;
    r->func++;
}

// The bytes from a mapping up to the next are its own.
static void add_bytes(map_reader *r, const map_entry *mapping, uint64_t to) {
    uint64_t from = (uint64_t)mapping->offset;
    while (r->func < r->m->nfuncs) {
        const wr_func *func = &r->m->funcs[r->func];
        uint64_t end = func->offset + func->body.n, low = from > func->offset ? from : func->offset, high = to < end ? to : end;
        if (low < high && mapping->has_source) {
            if (!r->bytes[mapping->source]) WR_PUSH(&r->env->temp, r->touched, (uint32_t)mapping->source);
            r->bytes[mapping->source] += high - low;
        }
        if (low < high && mapping->has_name && !r->out->names[r->func].n) r->out->names[r->func] = r->names[mapping->name];
        if (to < end) return;
        end_func(r);
    }
}

// Only the first line counts: a module has no others.
static void read_mappings(map_reader *r) {
    map_entry last = {0};
    bool any = false;
    while (r->p < r->end && *r->p != ';') {
        if (*r->p == ',') {
            r->p++;
            continue;
        }
        map_entry next = read_mapping(r, last);
        if (any) add_bytes(r, &last, (uint64_t)next.offset);
        last = next;
        any = true;
    }
    if (any) add_bytes(r, &last, UINT64_MAX);
}

// --- The file ---

static wr_slice copy_string(map_reader *r, const json_t *value) {
    if (!json_is_string(value)) return (wr_slice){0}; // sources may be null
    return wr_copy_slice(&r->env->perm, wr_slice_of(json_string_value(value), json_string_length(value)));
}

static wr_slice *read_strings(map_reader *r, const char *key, uint32_t *n) {
    const json_t *list = json_object_get(r->root, key);
    *n = (uint32_t)json_array_size(list);
    wr_slice *strings = WR_NEW(&r->env->perm, wr_slice, *n);
    for (uint32_t i = 0; i < *n; i++) strings[i] = copy_string(r, json_array_get(list, i));
    return strings;
}

static void read_map(wr_env *env, void *arg) {
    map_reader *r = arg;
    r->root = json_loadb((const char *)r->text.p, r->text.n, 0, NULL);
    const json_t *mappings = json_object_get(r->root, "mappings");
    if (!json_is_string(mappings)) bad(r, "JSON with \"mappings\"");
    r->sources = read_strings(r, "sources", &r->nsources);
    r->names = read_strings(r, "names", &r->nnames);
    r->bytes = WR_NEW0(&env->temp, uint64_t, r->nsources);
    r->p = (const uint8_t *)json_string_value(mappings);
    r->end = r->p + json_string_length(mappings);
    r->func = r->m->nfunc_imports;
    read_mappings(r);
}

void wr_read_source_map(wr_env *env, const wr_module *m, wr_slice json, wr_source_map *map) {
    *map = (wr_source_map){WR_NEW0(&env->perm, wr_slice, m->nfuncs), WR_NEW0(&env->perm, wr_slice, m->nfuncs)};
    map_reader r = {.env = env, .m = m, .out = map, .text = json};
    wr_status status = wr_try(env, read_map, &r);
    json_decref(r.root);
    if (status == WR_OK) return;
    wr_diag diag = env->diag;
    wr_rethrow(env, &diag);
}

wr_slice wr_source_map_url(const wr_module *m) {
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
