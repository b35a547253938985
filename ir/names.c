// Rewrites the name section. Its subsections are the module's name, maps from indices to names, and indirect
// maps from (function, index) to names. Indices are renamed as the layout says, names of removed entities are
// dropped, and entries are sorted by new index, as the format requires.
#include "names.h"

#include "support/reader.h"

#include <stdlib.h>

enum {
    SUB_MODULE,
    SUB_FUNCTION,
    SUB_LOCAL,
    SUB_LABEL,
    SUB_TYPE,
    SUB_TABLE,
    SUB_MEMORY,
    SUB_GLOBAL,
    SUB_ELEM,
    SUB_DATA,
    SUB_FIELD,
    SUB_TAG,
    SUBSECTIONS
};

// The index space of the (outer) indices of each subsection.
static const uint8_t sub_space[SUBSECTIONS] = {
    [SUB_MODULE] = WR_NO_SPACE, [SUB_FUNCTION] = WR_FUNC, [SUB_LOCAL] = WR_FUNC,    [SUB_LABEL] = WR_FUNC,
    [SUB_TYPE] = WR_TYPE,       [SUB_TABLE] = WR_TABLE,   [SUB_MEMORY] = WR_MEMORY, [SUB_GLOBAL] = WR_GLOBAL,
    [SUB_ELEM] = WR_ELEM,       [SUB_DATA] = WR_DATA,     [SUB_FIELD] = WR_TYPE,    [SUB_TAG] = WR_TAG,
};

// An entry of a map: its new index, and the rest as bytes.
typedef struct entry {
    uint32_t index;
    wr_slice rest;
} entry;

typedef struct names_writer {
    const wr_module *m;
    const wr_layout *layout;
    const wr_custom *section;
    wr_buf *out;
    bool any;
} names_writer;

static bool is_indirect(uint8_t sub) { return sub == SUB_LOCAL || sub == SUB_LABEL || sub == SUB_FIELD; }

static int by_index(const void *a, const void *b) {
    const entry *x = a, *y = b;
    return x->index < y->index ? -1 : x->index > y->index;
}

// Reads a name, or in an indirect map an inner map, and returns its bytes.
static wr_slice read_rest(wr_reader *r, bool indirect) {
    const uint8_t *start = r->p;
    if (!indirect) {
        wr_read_name(r);
    } else {
        uint32_t count = wr_read_count(r, 2, "names");
        for (uint32_t i = 0; i < count; i++) {
            wr_read_u32(r);
            wr_read_name(r);
        }
    }
    return wr_slice_of(start, (size_t)(r->p - start));
}

// Whether an entry still holds. Names of locals and labels hold only for bodies that no pass replaced. Of
// equal types, only the canonical one is written.
static bool keeps_entry(const names_writer *w, uint8_t sub, uint32_t index) {
    if (sub == SUB_LOCAL || sub == SUB_LABEL) return !w->m->funcs[index].changed;
    if (sub == SUB_TYPE || sub == SUB_FIELD) return w->m->types[index].canon == index;
    return true;
}

static void write_map(wr_env *env, names_writer *w, wr_reader *r, uint8_t sub) {
    wr_space space = (wr_space)sub_space[sub];
    uint32_t count = wr_read_count(r, 2, "names"), n = 0;
    entry *entries = WR_NEW(&env->temp, entry, count);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t index = wr_read_u32(r);
        wr_slice rest = read_rest(r, is_indirect(sub));
        if (index >= wr_space_size(w->m, space) || !keeps_entry(w, sub, index)) continue;
        uint32_t moved = w->layout->map.to[space][index];
        if (moved != WR_NONE) entries[n++] = (entry){moved, rest};
    }
    if (!n) return;
    qsort(entries, n, sizeof *entries, by_index);
    wr_buf body = wr_buf_in(&env->temp);
    wr_put_uleb(&body, n);
    for (uint32_t i = 0; i < n; i++) {
        wr_put_uleb(&body, entries[i].index);
        wr_put_slice(&body, entries[i].rest);
    }
    wr_put_u8(w->out, sub);
    wr_put_sized(w->out, wr_buf_slice(&body));
    w->any = true;
}

static void write_subsections(wr_env *env, void *arg) {
    names_writer *w = arg;
    wr_reader r = wr_reader_of(env, w->section->payload, w->section->offset);
    while (!wr_at_end(&r)) {
        uint8_t sub = wr_read_u8(&r);
        uint64_t offset = wr_offset(&r);
        wr_slice payload = wr_read_bytes(&r, wr_read_u32(&r));
        wr_reader body = wr_reader_of(env, payload, offset);
        if (sub == SUB_MODULE) {
            wr_put_u8(w->out, sub);
            wr_put_sized(w->out, payload);
            w->any = true;
        } else if (sub < SUBSECTIONS) {
            write_map(env, w, &body, sub);
        }
    }
}

// Runs fn and returns false if the section is malformed: bad names are no reason to refuse a module.
static bool try_names(wr_env *env, void (*fn)(wr_env *, void *), void *arg) {
    wr_diag before = env->diag;
    wr_status status = wr_try(env, fn, arg);
    if (status != WR_OK && status != WR_BAD_INPUT) wr_rethrow(env, &env->diag);
    env->diag = before;
    return status == WR_OK;
}

bool wr_write_names(wr_env *env, const wr_module *m, const wr_layout *layout, const wr_custom *section,
                    wr_buf *out) {
    names_writer w = {.m = m, .layout = layout, .section = section, .out = out};
    return try_names(env, write_subsections, &w) && w.any;
}

// --- Lookup ---

typedef struct names_reader {
    wr_slice payload;
    uint64_t offset;
    wr_space space;
    uint32_t size; // number of entities in the space
    wr_slice *names;
} names_reader;

static void read_plain_map(wr_reader *r, names_reader *nr) {
    uint32_t count = wr_read_count(r, 2, "names");
    for (uint32_t i = 0; i < count; i++) {
        uint32_t index = wr_read_u32(r);
        wr_slice name = wr_read_name(r);
        if (index < nr->size) nr->names[index] = name;
    }
}

static void read_space_names(wr_env *env, void *arg) {
    names_reader *nr = arg;
    wr_reader r = wr_reader_of(env, nr->payload, nr->offset);
    while (!wr_at_end(&r)) {
        uint8_t sub = wr_read_u8(&r);
        uint32_t size = wr_read_u32(&r);
        uint64_t offset = wr_offset(&r);
        wr_reader body = wr_reader_of(env, wr_read_bytes(&r, size), offset);
        if (sub < SUBSECTIONS && sub_space[sub] == nr->space && !is_indirect(sub)) read_plain_map(&body, nr);
    }
}

wr_slice *wr_names_of(wr_env *env, const wr_module *m, wr_space space) {
    uint32_t size = wr_space_size(m, space);
    wr_slice *names = WR_NEW0(&env->perm, wr_slice, size);
    for (uint32_t i = 0; i < m->ncustoms; i++) {
        const wr_custom *custom = &m->customs[i];
        if (!wr_slice_is(custom->name, "name")) continue;
        names_reader nr = {custom->payload, custom->offset, space, size, names};
        try_names(env, read_space_names, &nr);
    }
    return names;
}
