// Compacts pclntab: drops the tables of functions that are gone and, with --go-lean, those that only traces
// and runtime.Caller read. What remains of pctab, of the function records and of the function names is moved
// together, not just blanked. Each table keeps its address and shrinks towards its start; the zeros after it
// are not stored.
//
// What each part of --go-lean drops:
//
//   lines   file and line tables, file names, inline trees, start lines: runtime.Caller and traces say
//           "?:0", and inlined frames are missing
//   args    what traces need to print arguments
//   names   function names, inline trees: FuncForPC and traces have no names. The runtime itself compares
//           some names and prefixes, to recognize its own goroutines, and reads some for the messages of
//           panics: those stay
//
// Sound because everything that the runtime needs to run always stays: stack sizes, unsafe points, pointer
// maps, stack objects and defer information. So stack growth, garbage collection, defer and recover work as
// before.
#include <stdlib.h>

#include "go_pclntab.h"
#include "passes/manager/pass.h"

typedef struct packing {
    wr_context *c;
    wr_go *go;
    bool lines, args, names;
    uint8_t *dead;     // by record: its function is gone
    wr_u32s offsets;   // offsets of pctab in use, sorted
    uint32_t *lengths; // lengths of the tables there
    uint32_t *moved;   // new offset of each; 0 if it has none yet
    uint8_t *pctab;    // the new pctab
    uint32_t pctab_size;
} packing;

// --- What stays ---

// Functions without a body of their own: several slots of the table share one that traps.
static void find_dead(packing *p) {
    const wr_module *m = p->c->m;
    uint8_t *slots = WR_NEW0(&p->c->env->perm, uint8_t, m->nfuncs);
    p->dead = WR_NEW0(&p->c->env->perm, uint8_t, p->go->nfuncs);
    for (uint32_t i = 0; i < p->go->nfuncs; i++)
        if (slots[p->go->funcs[i].func] < 2) slots[p->go->funcs[i].func]++;
    for (uint32_t i = 0; i < p->go->nfuncs; i++) {
        wr_slice body = m->funcs[p->go->funcs[i].func].body;
        p->dead[i] = slots[p->go->funcs[i].func] == 2 && body.n == 3 && memcmp(body.p, "\0\0\x0b", 3) == 0;
    }
}

static bool drops_pcdata(const packing *p, uint32_t i) {
    return (i == WR_GO_PCDATA_INLINE && (p->lines || p->names)) || (i == WR_GO_PCDATA_ARG_LIVE && p->args);
}

static bool drops_funcdata(const packing *p, uint32_t i) {
    return (i == WR_GO_FUNCDATA_INLINE && (p->lines || p->names)) ||
           ((i == WR_GO_FUNCDATA_ARG_INFO || i == WR_GO_FUNCDATA_ARG_LIVE) && p->args);
}

// Zeroes the dropped fields in the records themselves; compaction follows.
static void blank_record(packing *p, uint32_t f) {
    wr_go *go = p->go;
    uint32_t record = go->funcs[f].record;
    bool dead = p->dead[f];
    if (dead) wr_go_put32(go, record + WR_GO_PCSP, 0);
    if (dead || p->lines) {
        wr_go_put32(go, record + WR_GO_PCFILE, 0);
        wr_go_put32(go, record + WR_GO_PCLINE, 0);
        wr_go_put32(go, record + WR_GO_CU, 0);
        if (go->minor >= 20) wr_go_put32(go, record + WR_GO_START_LINE, 0);
    }
    for (uint32_t i = 0; i < go->funcs[f].npcdata; i++)
        if (dead || drops_pcdata(p, i)) wr_go_put32(go, wr_go_pcdata_at(p->go, f, i), 0);
    for (uint32_t i = 0; i < go->funcs[f].nfuncdata; i++)
        if (dead || drops_funcdata(p, i)) wr_go_put32(go, wr_go_funcdata_at(p->go, f, i), WR_GO_NO_FUNCDATA);
}

// --- Funcdata ---

typedef struct blob {
    uint32_t at, size; // size 0: unknown
    bool kept;
} blob;

// Pairs of offset and size, with marks from 0xfb up; 0xff ends.
static uint32_t arg_info_size(const packing *p, uint32_t at) {
    const uint8_t *start = p->go->image + p->go->gofunc + at, *end = p->go->image + p->go->image_size;
    for (const uint8_t *q = start; q < end; q += *q < 0xfb ? 2 : 1)
        if (*q == 0xff) return (uint32_t)(q + 1 - start);
    return 0;
}

// A count, a number of bits, and count bitmaps of so many bits.
static uint32_t pointer_map_size(const packing *p, uint32_t at) {
    if (p->go->image_size - p->go->gofunc - at < 8) return 0;
    uint64_t n = wr_go_get32(p->go, p->go->gofunc + at), bits = wr_go_get32(p->go, p->go->gofunc + at + 4);
    uint64_t size = 8 + n * ((bits + 7) / 8);
    return size < 1 << 20 ? (uint32_t)size : 0;
}

static uint32_t blob_size(const packing *p, uint32_t f, uint32_t i, uint32_t at) {
    switch (i) {
    case WR_GO_FUNCDATA_ARGS:
    case WR_GO_FUNCDATA_LOCALS: return pointer_map_size(p, at);
    case WR_GO_FUNCDATA_INLINE: return wr_go_tree_count(p->go, f) * wr_go_tree_entry(p->go);
    case WR_GO_FUNCDATA_ARG_INFO: return arg_info_size(p, at);
    default: return 0;
    }
}

static int by_place(const void *a, const void *b) {
    const blob *x = a, *y = b;
    return x->at < y->at ? -1 : x->at > y->at;
}

// Zeroes data that several entries at one address name, up to the next address, if all of them are dropped.
static void blank_blob(packing *p, const blob *same, uint32_t n, uint32_t next) {
    uint32_t size = same->size, left = p->go->image_size - p->go->gofunc - same->at;
    for (uint32_t i = 0; i < n; i++) {
        if (same[i].kept) return;
        if (same[i].size < size) size = same[i].size;
    }
    if (size > next - same->at) size = next - same->at;
    if (size > left) size = left;
    memset(p->go->image + p->go->gofunc + same->at, 0, size);
}

// Must run before the fields of the records are zeroed.
static void blank_funcdata(packing *p) {
    wr_go *go = p->go;
    WR_VEC(blob) blobs = {0};
    for (uint32_t f = 0; f < go->nfuncs; f++)
        for (uint32_t i = 0; i < go->funcs[f].nfuncdata; i++) {
            uint32_t at = wr_go_get32(go, wr_go_funcdata_at(p->go, f, i));
            if (at >= go->image_size - go->gofunc) continue;
            blob b = {at, blob_size(p, f, i, at), !p->dead[f] && !drops_funcdata(p, i)};
            WR_PUSH(&p->c->env->temp, blobs, b);
        }
    if (blobs.n) qsort(blobs.v, blobs.n, sizeof(blob), by_place);
    for (uint32_t i = 0, k; i < blobs.n; i = k) {
        for (k = i; k < blobs.n && blobs.v[k].at == blobs.v[i].at; k++) continue;
        blank_blob(p, &blobs.v[i], k - i, k < blobs.n ? blobs.v[k].at : UINT32_MAX);
    }
}

// --- pctab ---

static int by_value(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

static void use_offset(packing *p, uint32_t at) {
    uint32_t offset = wr_go_get32(p->go, at);
    if (offset) WR_PUSH(&p->c->env->temp, p->offsets, offset);
}

static void find_offsets(packing *p) {
    for (uint32_t f = 0; f < p->go->nfuncs; f++) {
        uint32_t record = p->go->funcs[f].record;
        use_offset(p, record + WR_GO_PCSP);
        use_offset(p, record + WR_GO_PCFILE);
        use_offset(p, record + WR_GO_PCLINE);
        for (uint32_t i = 0; i < p->go->funcs[f].npcdata; i++) use_offset(p, wr_go_pcdata_at(p->go, f, i));
    }
    if (p->offsets.n) qsort(p->offsets.v, p->offsets.n, sizeof(uint32_t), by_value);
    uint32_t n = 0;
    for (uint32_t i = 0; i < p->offsets.n; i++)
        if (!n || p->offsets.v[n - 1] != p->offsets.v[i]) p->offsets.v[n++] = p->offsets.v[i];
    p->offsets.n = n;
}

// Returns false if a table is not as expected; overlapping tables cannot be moved apart.
static bool measure_tables(packing *p) {
    find_offsets(p);
    p->lengths = WR_NEW(&p->c->env->temp, uint32_t, p->offsets.n);
    for (uint32_t i = 0; i < p->offsets.n; i++) {
        uint32_t offset = p->offsets.v[i];
        if (offset >= p->go->pctab.size || !(p->lengths[i] = wr_go_table_length(p->go, offset))) return false;
        if (i && offset < p->offsets.v[i - 1] + p->lengths[i - 1]) return false;
    }
    p->moved = WR_NEW0(&p->c->env->temp, uint32_t, p->offsets.n);
    p->pctab = WR_NEW0(&p->c->env->temp, uint8_t, p->go->pctab.size);
    p->pctab_size = 1; // offset 0 means no table
    return true;
}

// Tables are written in the order of their first use, as go-pack expects.
static uint32_t moved_offset(packing *p, uint32_t offset) {
    if (!offset) return 0;
    const uint32_t *found = bsearch(&offset, p->offsets.v, p->offsets.n, sizeof(uint32_t), by_value);
    size_t i = (size_t)(found - p->offsets.v);
    if (!p->moved[i]) {
        p->moved[i] = p->pctab_size;
        memcpy(p->pctab + p->pctab_size, p->go->image + p->go->pctab.at + offset, p->lengths[i]);
        p->pctab_size += p->lengths[i];
    }
    return p->moved[i];
}

// --- Records ---

typedef WR_VEC(uint8_t) bytes;

static void put32(wr_arena *arena, bytes *b, uint32_t value) {
    for (unsigned i = 0; i < 4; i++) WR_PUSH(arena, *b, (uint8_t)(value >> (8 * i)));
}

// Trailing entries that say "none" can be left out.
static uint32_t used_entries(const wr_go *go, uint32_t at, uint32_t n, uint32_t none) {
    while (n && wr_go_get32(go, at + 4 * (n - 1)) == none) n--;
    return n;
}

static void pack_record(packing *p, wr_arena *arena, uint32_t f, bytes *out) {
    const wr_go *go = p->go;
    uint32_t record = go->funcs[f].record, start = out->n;
    uint32_t npcdata = used_entries(go, wr_go_pcdata_at(p->go, f, 0), go->funcs[f].npcdata, 0);
    uint32_t nfuncdata =
        used_entries(go, wr_go_funcdata_at(p->go, f, 0), go->funcs[f].nfuncdata, WR_GO_NO_FUNCDATA);
    for (uint32_t at = 0; at < go->fixed; at += 4) {
        uint32_t value = wr_go_get32(go, record + at);
        if (at >= WR_GO_PCSP && at <= WR_GO_PCLINE) value = moved_offset(p, value);
        put32(arena, out, at == WR_GO_NPCDATA ? npcdata : value);
    }
    out->v[start + go->fixed - 1] = (uint8_t)nfuncdata;
    for (uint32_t i = 0; i < npcdata; i++)
        put32(arena, out, moved_offset(p, wr_go_get32(go, wr_go_pcdata_at(p->go, f, i))));
    for (uint32_t i = 0; i < nfuncdata; i++)
        put32(arena, out, wr_go_get32(go, wr_go_funcdata_at(p->go, f, i)));
}

// Whether the records occupy one range of memory, in order, with only padding between them.
static bool are_in_a_row(const wr_go *go) {
    for (uint32_t i = 1; i < go->nfuncs; i++) {
        uint32_t end = go->funcs[i - 1].record + go->funcs[i - 1].size;
        if (go->funcs[i].record < end || go->funcs[i].record - end > 8) return false;
    }
    return go->funcs[0].record >= go->ftab.at + go->ftab.size - 8;
}

static void declare_moved(const packing *p, const wr_go_span *table, uint32_t at, uint32_t size,
                          uint32_t to) {
    if (at == to) return;
    wr_pass_declare_changed(p->c, &(wr_memory_change){.kind = WR_MOVED_ITEM,
                                                      .at = at,
                                                      .size = size,
                                                      .to = to,
                                                      .table = table->at,
                                                      .limit = table->size});
}

static void declare_moved_tables(const packing *p) {
    for (uint32_t i = 0; i < p->offsets.n; i++)
        if (p->moved[i]) declare_moved(p, &p->go->pctab, p->offsets.v[i], p->lengths[i], p->moved[i]);
}

static void pack_records(packing *p) {
    wr_go *go = p->go;
    wr_arena *arena = &p->c->env->temp;
    uint32_t first = go->funcs[0].record, last = go->nfuncs - 1;
    uint32_t size = go->funcs[last].record + go->funcs[last].size - first;
    bytes out = {0};
    WR_RESERVE(arena, out, size);
    for (uint32_t f = 0; f < go->nfuncs; f++) {
        uint32_t to = first - go->pclntable.at + out.n;
        declare_moved(p, &go->pclntable, go->funcs[f].record - go->pclntable.at, go->funcs[f].size, to);
        wr_go_put32(go, go->ftab.at + 8 * f + 4, to);
        pack_record(p, arena, f, &out);
    }
    memset(go->image + first, 0, size);
    memcpy(go->image + first, out.v, out.n);
    memcpy(go->image + go->pctab.at, p->pctab, go->pctab.size);
    declare_moved_tables(p);
}

// --- The pass ---

void wr_pass_go_tables(wr_context *c) {
    wr_go go;
    if (wr_go_find(c->env, &c->env->perm, c->m, &go) != WR_GO_FOUND || !are_in_a_row(&go)) return;
    const uint8_t *before = wr_go_copy_image(&c->env->pass, &go);
    packing p = {.c = c, .go = &go};
    p.lines = c->config->go_lean & WR_GO_LINES;
    p.args = c->config->go_lean & WR_GO_ARGS;
    p.names = c->config->go_lean & WR_GO_NAMES;
    find_dead(&p);
    blank_funcdata(&p);
    for (uint32_t f = 0; f < go.nfuncs; f++) blank_record(&p, f);
    if (p.names) wr_go_drop_names(&go, &c->env->temp, p.dead);
    if (!measure_tables(&p)) {
        wr_pass_note(c, "Go: pctab is not as expected and stays as it is");
        return;
    }
    pack_records(&p);
    if (p.lines) {
        memset(go.image + go.cutab.at, 0, go.cutab.size);
        memset(go.image + go.filetab.at, 0, go.filetab.size);
    }
    if (c->config->go_lean) wr_pass_declare_changed(c, &(wr_memory_change){.kind = WR_CRASHES});
    wr_go_change_image(c, &go, before);
}
