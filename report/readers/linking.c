// Reads the `linking` section, in the format of WebAssembly's tool conventions (Linking.md). Reading stops
// at the first malformed entry.
#include "linking.h"

#include <stdlib.h>

#include "support/reader.h"
#include "support/search.h"

enum { VERSION = 2, SUB_SEGMENTS = 5, SUB_SYMBOLS = 8 };
enum { SYM_FUNCTION, SYM_DATA, SYM_GLOBAL, SYM_SECTION, SYM_TAG, SYM_TABLE };
enum { LOCAL = 2, UNDEFINED = 0x10, EXPLICIT_NAME = 0x40 };

typedef struct reading {
    const wr_module *m;
    const wr_custom *section;
    wr_linking *out;
    WR_VEC(wr_data_symbol) symbols;
    bool misfit[SYM_TABLE + 1]; // by kind: a symbol is out of bounds
} reading;

static void read_segments(wr_reader *r, reading *t) {
    uint32_t count = wr_read_count(r, 3, "segments");
    wr_slice *names = WR_NEW0(&r->env->perm, wr_slice, t->m->ndatas);
    for (uint32_t i = 0; i < count; i++) {
        wr_slice name = wr_read_name(r);
        wr_read_u32(r); // alignment
        wr_read_u32(r); // flags
        if (i < t->m->ndatas) names[i] = name;
    }
    t->out->segments = names;
}

static void read_indexed(wr_reader *r, reading *t, uint8_t kind, uint32_t flags) {
    uint32_t index = wr_read_u32(r);
    if ((flags & UNDEFINED) && !(flags & EXPLICIT_NAME)) return;
    wr_slice name = wr_read_name(r);
    if (kind != SYM_FUNCTION || (flags & UNDEFINED)) return;
    if (index < t->m->nfunc_imports || index >= t->m->nfuncs) {
        t->misfit[kind] = true;
        return;
    }
    if (!t->out->funcs[index].n) t->out->funcs[index] = name;
    if (!(flags & LOCAL)) t->out->outside[index] = 1;
}

// Segments beyond the last one are zeros that are not in the file.
static void read_data(wr_reader *r, reading *t, uint32_t flags) {
    wr_slice name = wr_read_name(r);
    if (flags & UNDEFINED) return;
    uint32_t data = wr_read_u32(r);
    uint64_t offset = wr_read_u64(r), size = wr_read_u64(r);
    if (data >= t->m->ndatas || !size) return;
    uint64_t most = t->m->datas[data].bytes.n;
    if (offset > most || size > most - offset) {
        t->misfit[SYM_DATA] = true;
        return;
    }
    wr_data_symbol symbol = {name, data, (uint32_t)offset, (uint32_t)size};
    WR_PUSH(&r->env->temp, t->symbols, symbol);
}

static void read_symbols(wr_reader *r, reading *t) {
    uint32_t count = wr_read_count(r, 3, "symbols");
    t->out->funcs = WR_NEW0(&r->env->perm, wr_slice, t->m->nfuncs);
    t->out->outside = WR_NEW0(&r->env->perm, uint8_t, t->m->nfuncs);
    while (count--) {
        uint8_t kind = wr_read_u8(r);
        uint32_t flags = wr_read_u32(r);
        if (kind > SYM_TABLE) return;
        if (kind == SYM_DATA)
            read_data(r, t, flags);
        else if (kind == SYM_SECTION)
            wr_read_u32(r);
        else
            read_indexed(r, t, kind, flags);
    }
}

static void read_section(wr_env *env, void *arg) {
    reading *t = arg;
    wr_reader r = wr_reader_of(env, t->section->payload, t->section->offset);
    if (wr_read_u32(&r) != VERSION) return;
    while (!wr_at_end(&r)) {
        uint8_t sub = wr_read_u8(&r);
        uint32_t size = wr_read_u32(&r);
        uint64_t offset = wr_offset(&r);
        wr_reader body = wr_reader_of(env, wr_read_bytes(&r, size), offset);
        if (sub == SUB_SEGMENTS) read_segments(&body, t);
        if (sub == SUB_SYMBOLS) read_symbols(&body, t);
    }
}

static int by_place(const void *a, const void *b) {
    const wr_data_symbol *x = a, *y = b;
    if (x->data != y->data) return x->data < y->data ? -1 : 1;
    if (x->offset != y->offset) return x->offset < y->offset ? -1 : 1;
    if (x->size != y->size) return x->size > y->size ? -1 : 1;
    return x->name.p < y->name.p ? -1 : x->name.p > y->name.p; // in section order
}

static void keep_symbols(wr_env *env, reading *t) {
    wr_linking *out = t->out;
    out->v = WR_NEW(&env->perm, wr_data_symbol, t->symbols.n);
    if (t->symbols.n) qsort(t->symbols.v, t->symbols.n, sizeof *t->symbols.v, by_place);
    for (uint32_t i = 0; i < t->symbols.n; i++) {
        const wr_data_symbol *symbol = &t->symbols.v[i], *last = out->n ? &out->v[out->n - 1] : NULL;
        if (!last || last->data != symbol->data || last->offset != symbol->offset) out->v[out->n++] = *symbol;
    }
}

void wr_read_linking(wr_env *env, const wr_module *m, wr_linking *out) {
    *out = (wr_linking){0};
    reading t = {.m = m, .out = out};
    for (uint32_t i = 0; i < m->ncustoms && !t.section; i++)
        if (wr_slice_is(m->customs[i].name, "linking")) t.section = &m->customs[i];
    if (!t.section) return;
    wr_try_input(env, read_section, &t, NULL); // what was read before the fault counts
    if (t.misfit[SYM_FUNCTION]) out->funcs = NULL, out->outside = NULL;
    if (!t.misfit[SYM_DATA]) keep_symbols(env, &t);
}

const wr_data_symbol *wr_linking_find_data_symbol(const wr_linking *linking, uint32_t data, uint32_t offset) {
    uint32_t i; // the first that begins after the byte
    WR_SEARCH(i, 0, linking->n,
              linking->v[i].data < data || (linking->v[i].data == data && linking->v[i].offset <= offset));
    const wr_data_symbol *symbol = i ? &linking->v[i - 1] : NULL;
    return symbol && symbol->data == data && offset - symbol->offset < symbol->size ? symbol : NULL;
}
