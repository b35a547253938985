// Rewrites the name section. Indices are renamed as the layout says, names of removed entities are dropped,
// and entries are sorted by new index, as the format requires.
#include <stdlib.h>

#include "encode_parts.h"
#include "ir/names.h"
#include "support/reader.h"

// An entry of a map: its new index, and the rest as bytes.
typedef struct entry {
    uint32_t index;
    wr_slice rest;
} entry;

typedef struct names_writer {
    const wr_module *m;
    const wr_layout *layout;
    const wr_custom *section;
    const uint32_t *types; // by function: its type in the input; WR_NONE: not known
    wr_buf *out;
    bool any;
} names_writer;

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

// Whether an entry still holds. Names of labels hold only for bodies that no pass replaced, and those of
// locals too but for parameters, which stay where they are unless the type changed. Of equal types, only the
// canonical one is written. debuginfo/local_names.h adds the names that follow the code.
static bool keeps_entry(const names_writer *w, uint8_t sub, uint32_t index) {
    const wr_func *func = sub == WR_NAMES_LOCAL || sub == WR_NAMES_LABEL ? &w->m->funcs[index] : NULL;
    if (func && func->changed) return sub == WR_NAMES_LOCAL && w->types[index] == func->type;
    if (sub == WR_NAMES_TYPE || sub == WR_NAMES_FIELD) return w->m->types[index].canon == index;
    return true;
}

// Of an inner map of locals, the names of parameters.
static wr_slice parameter_names(wr_env *env, const names_writer *w, uint32_t func, wr_slice rest) {
    uint32_t params = wr_func_type(w->m, func)->nparams, n = 0;
    wr_reader r = wr_reader_of(env, rest, 0);
    wr_buf kept = wr_buf_in(&env->temp), out = wr_buf_in(&env->temp);
    for (uint32_t left = wr_read_count(&r, 2, "names"); left; left--) {
        const uint8_t *start = r.p;
        uint32_t local = wr_read_u32(&r);
        wr_read_name(&r);
        if (local < params) wr_put_bytes(&kept, start, (size_t)(r.p - start)), n++;
    }
    wr_put_uleb(&out, n);
    wr_put_slice(&out, wr_buf_slice(&kept));
    return n ? wr_buf_slice(&out) : (wr_slice){0};
}

static void write_map(wr_env *env, names_writer *w, wr_reader *r, uint8_t sub) {
    wr_space space = (wr_space)wr_names_space[sub];
    uint32_t count = wr_read_count(r, 2, "names"), n = 0;
    entry *entries = WR_NEW(&env->temp, entry, count);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t index = wr_read_u32(r);
        wr_slice rest = read_rest(r, wr_names_is_indirect(sub));
        if (index >= wr_space_size(w->m, space) || !keeps_entry(w, sub, index)) continue;
        if (sub == WR_NAMES_LOCAL && w->m->funcs[index].changed) rest = parameter_names(env, w, index, rest);
        uint32_t moved = w->layout->map.to[space][index];
        if (moved != WR_NONE && rest.n) entries[n++] = (entry){moved, rest};
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

// By function, its type index in the input's function section.
static uint32_t *input_types(wr_env *env, const wr_module *m) {
    enum { HEADER = 8, FUNCTION_SECTION = 3 };
    uint32_t *types = WR_NEW(&env->temp, uint32_t, m->nfuncs);
    for (uint32_t i = 0; i < m->nfuncs; i++) types[i] = WR_NONE;
    if (m->input.n < HEADER) return types;
    wr_reader r = wr_reader_of(env, wr_slice_of(m->input.p + HEADER, m->input.n - HEADER), HEADER);
    while (!wr_at_end(&r)) {
        uint8_t id = wr_read_u8(&r);
        wr_slice payload = wr_read_bytes(&r, wr_read_u32(&r));
        if (id != FUNCTION_SECTION) continue;
        wr_reader body = wr_reader_of(env, payload, 0);
        uint32_t n = wr_read_count(&body, 1, "functions");
        for (uint32_t i = 0; i < n && m->nfunc_imports + i < m->nfuncs; i++)
            types[m->nfunc_imports + i] = wr_read_u32(&body);
        break;
    }
    return types;
}

static void write_subsections(wr_env *env, void *arg) {
    names_writer *w = arg;
    w->types = input_types(env, w->m);
    wr_reader r = wr_reader_of(env, w->section->payload, w->section->offset);
    while (!wr_at_end(&r)) {
        uint8_t sub = wr_read_u8(&r);
        uint64_t offset = wr_offset(&r);
        wr_slice payload = wr_read_bytes(&r, wr_read_u32(&r));
        wr_reader body = wr_reader_of(env, payload, offset);
        if (sub == WR_NAMES_MODULE) {
            wr_put_u8(w->out, sub);
            wr_put_sized(w->out, payload);
            w->any = true;
        } else if (sub < WR_NAMES_SUBSECTIONS) {
            write_map(env, w, &body, sub);
        }
    }
}

bool wr_encode_names(wr_env *env, const wr_module *m, const wr_layout *layout, const wr_custom *section,
                     wr_buf *out) {
    names_writer w = {.m = m, .layout = layout, .section = section, .out = out};
    return wr_try_input(env, write_subsections, &w, NULL) && w.any;
}
