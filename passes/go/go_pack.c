// Stores pclntab as columns. The records of functions, the tables of pctab and the inline trees are arrays of
// structures full of offsets. As columns of small differences they take half of the bytes, and two thirds
// once compressed. A start function of some 600 bytes rebuilds them before anything else can run, in about a
// millisecond per megabyte.
//
// Sound because initial memory is the same, byte by byte, once the start function is done: any word can be
// written as some number of its column. The columns lie in memory that is initially zero, after all data, and
// that is zero again once they were read.
#include <stdlib.h>

#include "go_pack.h"
#include "support/hash.h"
#include "support/map.h"

#define ENTRIES_MAX 16 // the most entries of pcdata, and of funcdata

typedef struct column {
    wr_buf codes;
    uint32_t last;
} column;

typedef struct packer {
    wr_context *c;
    wr_go *go;
    wr_go_packed shape;
    column *columns;
    uint32_t pctab_end; // offset of the end of the tables written so far
    uint32_t nknown;
    bool fits; // the codes of all numbers so far fit 32 bits
} packer;

// --- Numbers ---

static uint32_t zigzag(uint32_t difference) { return difference << 1 ^ (difference >> 31 ? UINT32_MAX : 0); }

static void put_plain(packer *p, unsigned at, uint32_t value) { wr_put_uleb(&p->columns[at].codes, value); }

// `more` is added to the code.
static void put_difference(packer *p, unsigned at, uint32_t value, uint32_t more) {
    uint64_t code = (uint64_t)zigzag(value - p->columns[at].last) + more;
    p->fits &= code <= UINT32_MAX;
    put_plain(p, at, (uint32_t)code);
    p->columns[at].last = value;
}

// --- Records ---

static uint32_t record_end(const wr_go *go, uint32_t f) { return go->funcs[f].record + go->funcs[f].size; }

// Records must be contiguous, in the order of ftab.
static bool measure_records(packer *p) {
    const wr_go *go = p->go;
    p->shape.words = go->fixed / 4;
    for (uint32_t f = 0; f < go->nfuncs; f++) {
        if (f && go->funcs[f].record != record_end(go, f - 1)) return false;
        if (go->funcs[f].npcdata > p->shape.npcdata) p->shape.npcdata = go->funcs[f].npcdata;
        if (go->funcs[f].nfuncdata > p->shape.nfuncdata) p->shape.nfuncdata = go->funcs[f].nfuncdata;
    }
    return p->shape.npcdata <= ENTRIES_MAX && p->shape.nfuncdata <= ENTRIES_MAX &&
           go->funcs[0].record >= go->ftab.at + go->ftab.size - 8;
}

static size_t put_varint(wr_buf *to, const uint8_t *p) {
    size_t n = 1;
    while (p[n - 1] & 0x80) n++;
    wr_put_bytes(to, p, n);
    return n;
}

static void put_table(packer *p, unsigned at, uint32_t length) {
    wr_buf *values = &p->columns[at + wr_go_word_columns(&p->shape)].codes;
    wr_buf *pcs = &p->columns[at + 2 * wr_go_word_columns(&p->shape)].codes;
    const uint8_t *q = p->go->image + p->go->pctab.at + p->pctab_end, *end = q + length - 1;
    while (q < end) {
        q += put_varint(values, q);
        q += put_varint(pcs, q);
    }
    wr_put_u8(values, 0);
    p->pctab_end += length;
}

// Writes an offset of pctab. Tables are in the order of their first use.
static void put_offset(packer *p, unsigned at, uint32_t offset) {
    uint32_t length =
        offset == p->pctab_end && offset < p->go->pctab.size ? wr_go_table_length(p->go, offset) : 0;
    p->fits &= offset != UINT32_MAX;
    put_plain(p, at, length ? 1 : offset ? offset + 1 : 0);
    if (length) put_table(p, at, length);
}

static void put_record(packer *p, uint32_t f) {
    const wr_go *go = p->go;
    unsigned words = p->shape.words;
    for (unsigned w = 0; w < words; w++) {
        uint32_t value = wr_go_get32(go, go->funcs[f].record + 4 * w);
        if (w >= WR_GO_PCSP / 4 && w <= WR_GO_PCLINE / 4)
            put_offset(p, w, value);
        else
            put_difference(p, w, value, 0);
    }
    for (uint32_t i = 0; i < go->funcs[f].npcdata; i++)
        put_offset(p, words + i, wr_go_get32(go, wr_go_pcdata_at(go, f, i)));
    for (uint32_t i = 0; i < go->funcs[f].nfuncdata; i++) {
        uint32_t value = wr_go_get32(go, wr_go_funcdata_at(go, f, i));
        unsigned at = words + p->shape.npcdata + i;
        if (value == WR_GO_NO_FUNCDATA)
            put_plain(p, at, 0);
        else
            put_difference(p, at, value, 1);
    }
}

// --- Inline trees ---

typedef struct tree {
    uint32_t at, count;
} tree;
typedef WR_VEC(tree) trees;

static int by_place(const void *a, const void *b) {
    const tree *x = a, *y = b;
    if (x->at != y->at) return x->at < y->at ? -1 : 1;
    return x->count > y->count ? -1 : x->count < y->count;
}

static bool overlaps(uint32_t at, uint32_t end, uint32_t low, uint32_t high) {
    return at < high && end > low;
}

static bool is_elsewhere(const wr_go *go, uint32_t at, uint32_t end) {
    return !overlaps(at, end, go->ftab.at, record_end(go, go->nfuncs - 1)) &&
           !overlaps(at, end, go->pctab.at, go->pctab.at + go->pctab.size);
}

// Lists, by address, the trees that overlap neither each other nor anything else that is packed.
static trees find_trees(packer *p) {
    const wr_go *go = p->go;
    trees all = {0};
    for (uint32_t f = 0; f < go->nfuncs && go->minor >= 20; f++) {
        if (go->funcs[f].nfuncdata <= WR_GO_FUNCDATA_INLINE) continue;
        uint32_t offset = wr_go_get32(go, wr_go_funcdata_at(go, f, WR_GO_FUNCDATA_INLINE));
        uint64_t at = (uint64_t)go->gofunc + offset, count = wr_go_tree_count(go, f);
        uint64_t end = at + count * wr_go_tree_entry(go);
        if (offset == WR_GO_NO_FUNCDATA || !count || end > go->image_size) continue;
        if (is_elsewhere(go, (uint32_t)at, (uint32_t)end))
            WR_PUSH(&p->c->env->temp, all, ((tree){(uint32_t)at, (uint32_t)count}));
    }
    if (all.n) qsort(all.v, all.n, sizeof *all.v, by_place);
    uint32_t n = 0, end = go->gofunc;
    for (uint32_t i = 0; i < all.n; i++) {
        if (all.v[i].at < end) continue;
        all.v[n++] = all.v[i];
        end = all.v[i].at + all.v[i].count * wr_go_tree_entry(go);
    }
    all.n = n;
    return all;
}

// The functions met so far: the addresses of their entries, in the order of their numbers.
typedef struct known {
    wr_map map;
    uint32_t *places;
} known;

static bool same_function(const wr_go *go, uint32_t a, uint32_t b) {
    return wr_go_get32(go, a) == wr_go_get32(go, b) && wr_go_get32(go, a + 4) == wr_go_get32(go, b + 4) &&
           wr_go_get32(go, a + 12) == wr_go_get32(go, b + 12);
}

static uint64_t hash_function(const wr_go *go, uint32_t at) {
    return wr_hash_word(wr_go_get32(go, at + 4), wr_go_get32(go, at + 12));
}

static void put_entry(packer *p, known *k, unsigned base, uint32_t at) {
    const wr_go *go = p->go;
    uint32_t number;
    WR_MAP_FIND(&k->map, hash_function(go, at), number, same_function(go, k->places[number], at));
    put_plain(p, base + WR_GO_TREE_WHICH, number == WR_NONE ? 0 : number + 1);
    if (number == WR_NONE) {
        put_plain(p, base + WR_GO_TREE_ID, wr_go_get32(go, at));
        put_difference(p, base + WR_GO_TREE_NAME, wr_go_get32(go, at + 4), 0);
        put_difference(p, base + WR_GO_TREE_LINE, wr_go_get32(go, at + 12), 0);
        wr_map_add(&k->map, &p->c->env->temp, hash_function(go, at), p->nknown);
        k->places[p->nknown++] = at;
    }
    put_difference(p, base + WR_GO_TREE_PARENT, wr_go_get32(go, at + 8), 0);
}

static void put_trees(packer *p, const trees *all) {
    unsigned base = wr_go_tree_column(&p->shape);
    uint32_t end = p->go->gofunc, total = 0;
    for (uint32_t i = 0; i < all->n; i++) total += all->v[i].count;
    known k = {0};
    k.places = WR_NEW(&p->c->env->temp, uint32_t, total);
    for (uint32_t i = 0; i < all->n; i++) {
        put_plain(p, base + WR_GO_TREE_SKIP, all->v[i].at - end);
        put_plain(p, base + WR_GO_TREE_COUNT, all->v[i].count);
        p->columns[base + WR_GO_TREE_PARENT].last = 0;
        end = all->v[i].at;
        for (uint32_t n = all->v[i].count; n--; end += wr_go_tree_entry(p->go)) put_entry(p, &k, base, end);
    }
    p->shape.ntrees = all->n;
}

// --- Memory ---

// Zeroes what the start function will write.
static void blank(packer *p, const trees *all) {
    wr_go *go = p->go;
    for (uint32_t f = 0; f < go->nfuncs; f++)
        wr_go_put32(go, go->ftab.at + 8 * f, 0), wr_go_put32(go, go->ftab.at + 8 * f + 4, 0);
    memset(go->image + go->funcs[0].record, 0, record_end(go, go->nfuncs - 1) - go->funcs[0].record);
    memset(go->image + go->pctab.at + 1, 0, p->pctab_end - 1);
    for (uint32_t i = 0; i < all->n; i++)
        memset(go->image + all->v[i].at, 0, (size_t)all->v[i].count * wr_go_tree_entry(go));
}

// Places cells and columns after all data. Returns false if there is no room.
static bool place_columns(packer *p) {
    wr_go *go = p->go;
    wr_go_packed *s = &p->shape;
    uint64_t cells = ((uint64_t)go->image_size + 15) & ~(uint64_t)15,
             at = cells + (uint64_t)wr_go_cells(s) * WR_GO_CELL;
    uint64_t size = at;
    for (unsigned i = 0; i < wr_go_pctab_cell(s); i++) size += p->columns[i].codes.n;
    uint64_t known_at = (size + 7) & ~(uint64_t)7,
             end = (known_at + (uint64_t)p->nknown * 4 + 7) & ~(uint64_t)7;
    if (end > p->c->m->memories[0].limits.min << 16 || end > INT32_MAX) return false;
    s->cells = (uint32_t)cells, s->known = (uint32_t)known_at, s->end = (uint32_t)end;
    uint8_t *image = WR_NEW0(&p->c->env->perm, uint8_t, size + 16);
    memcpy(image, go->image, go->image_size);
    go->image = image;
    go->image_size = (uint32_t)size;
    for (unsigned i = 0; i < wr_go_pctab_cell(s); i++) {
        const wr_buf *codes = &p->columns[i].codes;
        if (codes->n) wr_go_put32(go, (uint32_t)(cells + (uint64_t)i * WR_GO_CELL), (uint32_t)at);
        if (codes->n) memcpy(image + at, codes->p, codes->n);
        at += codes->n;
    }
    wr_go_put32(go, (uint32_t)(cells + (uint64_t)wr_go_pctab_cell(s) * WR_GO_CELL), go->pctab.at + 1);
    return true;
}

// --- The pass ---

void wr_pass_go_pack(wr_context *c) {
    wr_go go;
    wr_module *m = c->m;
    if (wr_go_find(c->env, &c->env->perm, m, &go) != WR_GO_FOUND || m->has_data_count) return;
    packer p = {.c = c, .go = &go, .pctab_end = 1, .fits = true};
    if (!measure_records(&p)) return;
    p.columns = WR_NEW0(&c->env->perm, column, wr_go_cells(&p.shape));
    for (unsigned i = 0; i < wr_go_cells(&p.shape); i++) p.columns[i].codes = wr_buf_in(&c->env->perm);
    for (uint32_t f = 0; f < go.nfuncs; f++) put_record(&p, f);
    trees all = find_trees(&p);
    put_trees(&p, &all);
    if (!p.fits) return;
    blank(&p, &all);
    uint32_t before = go.image_size;
    if (!place_columns(&p) || !wr_go_store_image(c->env, m, &go)) return;
    m->start = wr_go_add_unpacker(c, &go, &p.shape, m->start);
    wr_pass_note(c, "Go: pclntab is stored as %u bytes of columns", go.image_size - before);
}
