// pclntab packed: the tables of functions that are gone are dropped, and with --go-lean those that only traces and
// runtime.Caller read. What stays is packed, not blanked: pctab, the function records, function names. Each table keeps
// its place and shrinks towards its start; the zeros behind it are not stored.
//
//   lines   file and line tables, file names, inline trees, start lines: runtime.Caller and traces say "?:0", frames that
//           were inlined are missing
//   args    what traces need to print arguments
//   names   function names, inline trees: FuncForPC and traces have no names. The runtime itself compares some names and
//           prefixes, to tell its own goroutines: those stay
//
// Kept always: stack sizes, unsafe points, pointer maps, stack objects, defer information. So stack growth, collection,
// defer and recover work as before.
#include <stdlib.h>

#include "go.h"
#include "passes/pass.h"

enum { PC_SP = 16, PC_FILE = 20, PC_LINE = 24, NPCDATA = 28, CU = 32, START_LINE = 36 }; // fields of a record
enum { PCDATA_INLINE = 2, PCDATA_ARG_LIVE = 3 };
enum { FUNCDATA_ARGS = 0, FUNCDATA_LOCALS = 1, FUNCDATA_INLINE = 3, FUNCDATA_ARG_INFO = 5, FUNCDATA_ARG_LIVE = 6 };
#define NO_FUNCDATA UINT32_MAX

typedef struct packing {
    wr_context *c;
    wr_go *go;
    bool lines, args, names;
    uint8_t *dead;     // by record
    wr_u32s offsets;   // of pctab in use, sorted
    uint32_t *moved;   // where each goes
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
    return (i == PCDATA_INLINE && (p->lines || p->names)) || (i == PCDATA_ARG_LIVE && p->args);
}

static bool drops_funcdata(const packing *p, uint32_t i) {
    return (i == FUNCDATA_INLINE && (p->lines || p->names)) ||
           ((i == FUNCDATA_ARG_INFO || i == FUNCDATA_ARG_LIVE) && p->args);
}

static uint32_t pcdata_at(const packing *p, uint32_t f, uint32_t i) {
    return p->go->funcs[f].record + p->go->fixed + 4 * i;
}

static uint32_t funcdata_at(const packing *p, uint32_t f, uint32_t i) {
    return pcdata_at(p, f, p->go->funcs[f].npcdata + i);
}

// Blanks what goes in the records themselves; packing follows.
static void blank_record(packing *p, uint32_t f) {
    wr_go *go = p->go;
    uint32_t record = go->funcs[f].record;
    bool dead = p->dead[f];
    if (dead) wr_go_put32(go, record + PC_SP, 0);
    if (dead || p->lines) {
        wr_go_put32(go, record + PC_FILE, 0);
        wr_go_put32(go, record + PC_LINE, 0);
        wr_go_put32(go, record + CU, 0);
        if (go->minor >= 20) wr_go_put32(go, record + START_LINE, 0);
    }
    for (uint32_t i = 0; i < go->funcs[f].npcdata; i++)
        if (dead || drops_pcdata(p, i)) wr_go_put32(go, pcdata_at(p, f, i), 0);
    for (uint32_t i = 0; i < go->funcs[f].nfuncdata; i++)
        if (dead || drops_funcdata(p, i)) wr_go_put32(go, funcdata_at(p, f, i), NO_FUNCDATA);
}

// --- Funcdata ---

typedef struct blob {
    uint32_t at, size; // size 0: not known
    bool kept;
} blob;

static uint32_t read_varint(const uint8_t **q, const uint8_t *end) {
    uint32_t value = 0;
    for (unsigned shift = 0; *q < end && shift < 32; shift += 7) {
        uint8_t byte = *(*q)++;
        value |= (uint32_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80)) break;
    }
    return value;
}

// One more than the highest value of a table of pctab: the number of entries of the inline tree that it points into.
static uint32_t count_values(const packing *p, uint32_t offset) {
    const uint8_t *q = p->go->image + p->go->pctab.at + offset, *end = q + (p->go->pctab.size - offset);
    int64_t value = -1, most = -1;
    for (bool first = true; q < end && (*q || first); first = false) {
        uint32_t step = read_varint(&q, end);
        value += step & 1 ? -(int64_t)(step >> 1) - 1 : (int64_t)(step >> 1);
        read_varint(&q, end);
        if (value > most) most = value;
    }
    return (uint32_t)(most + 1);
}

static uint32_t tree_size(const packing *p, uint32_t f) {
    if (p->go->funcs[f].npcdata <= PCDATA_INLINE) return 0;
    uint32_t offset = wr_go_get32(p->go, pcdata_at(p, f, PCDATA_INLINE));
    if (!offset || offset >= p->go->pctab.size) return 0;
    return count_values(p, offset) * (p->go->minor >= 20 ? 16 : 20);
}

// Pairs of offset and size, with marks from 0xfb up; 0xff ends.
static uint32_t arg_info_size(const packing *p, uint32_t at) {
    const uint8_t *start = p->go->image + p->go->gofunc + at, *end = p->go->image + p->go->image_size;
    for (const uint8_t *q = start; q < end; q += *q < 0xfb ? 2 : 1)
        if (*q == 0xff) return (uint32_t)(q + 1 - start);
    return 0;
}

// A count, a number of bits, and as many bitmaps.
static uint32_t pointer_map_size(const packing *p, uint32_t at) {
    if (p->go->image_size - p->go->gofunc - at < 8) return 0;
    uint64_t n = wr_go_get32(p->go, p->go->gofunc + at), bits = wr_go_get32(p->go, p->go->gofunc + at + 4);
    uint64_t size = 8 + n * ((bits + 7) / 8);
    return size < 1 << 20 ? (uint32_t)size : 0;
}

static uint32_t blob_size(const packing *p, uint32_t f, uint32_t i, uint32_t at) {
    switch (i) {
    case FUNCDATA_ARGS:
    case FUNCDATA_LOCALS: return pointer_map_size(p, at);
    case FUNCDATA_INLINE: return tree_size(p, f);
    case FUNCDATA_ARG_INFO: return arg_info_size(p, at);
    default: return 0;
    }
}

static int by_place(const void *a, const void *b) {
    const blob *x = a, *y = b;
    return x->at < y->at ? -1 : x->at > y->at;
}

// Blanks what several entries at one place name, if all of them are dropped, up to the next place.
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

// Must run before the records are blanked.
static void blank_funcdata(packing *p) {
    wr_go *go = p->go;
    WR_VEC(blob) blobs = {0};
    for (uint32_t f = 0; f < go->nfuncs; f++)
        for (uint32_t i = 0; i < go->funcs[f].nfuncdata; i++) {
            uint32_t at = wr_go_get32(go, funcdata_at(p, f, i));
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

// The length of a table: pairs of varints up to a pair that begins with 0, but for the first pair. 0 if it leaves pctab.
static uint32_t table_length(const packing *p, uint32_t offset) {
    const uint8_t *start = p->go->image + p->go->pctab.at + offset, *q = start;
    const uint8_t *end = p->go->image + p->go->pctab.at + p->go->pctab.size;
    for (bool first = true;; first = false) {
        if (q >= end) return 0;
        if (*q == 0 && !first) return (uint32_t)(q + 1 - start);
        for (unsigned i = 0; i < 2; i++) {
            while (q < end && *q & 0x80) q++;
            q++;
        }
    }
}

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
        use_offset(p, record + PC_SP);
        use_offset(p, record + PC_FILE);
        use_offset(p, record + PC_LINE);
        for (uint32_t i = 0; i < p->go->funcs[f].npcdata; i++) use_offset(p, pcdata_at(p, f, i));
    }
    if (p->offsets.n) qsort(p->offsets.v, p->offsets.n, sizeof(uint32_t), by_value);
    uint32_t n = 0;
    for (uint32_t i = 0; i < p->offsets.n; i++)
        if (!n || p->offsets.v[n - 1] != p->offsets.v[i]) p->offsets.v[n++] = p->offsets.v[i];
    p->offsets.n = n;
}

// False, and nothing done, if a table is not as expected: tables that overlap can't be moved apart.
static bool pack_pctab(packing *p) {
    find_offsets(p);
    uint32_t *lengths = WR_NEW(&p->c->env->temp, uint32_t, p->offsets.n);
    for (uint32_t i = 0; i < p->offsets.n; i++) {
        if (p->offsets.v[i] >= p->go->pctab.size || !(lengths[i] = table_length(p, p->offsets.v[i]))) return false;
        if (i && p->offsets.v[i] < p->offsets.v[i - 1] + lengths[i - 1]) return false;
    }
    p->moved = WR_NEW(&p->c->env->temp, uint32_t, p->offsets.n);
    uint8_t *tab = p->go->image + p->go->pctab.at;
    uint32_t to = 1; // 0 means no table
    for (uint32_t i = 0; i < p->offsets.n; i++) {
        memmove(tab + to, tab + p->offsets.v[i], lengths[i]);
        p->moved[i] = to;
        to += lengths[i];
    }
    memset(tab + to, 0, p->go->pctab.size - to);
    return true;
}

static uint32_t moved_offset(const packing *p, uint32_t offset) {
    if (!offset) return 0;
    const uint32_t *found = bsearch(&offset, p->offsets.v, p->offsets.n, sizeof(uint32_t), by_value);
    return p->moved[found - p->offsets.v];
}

// --- Records ---

typedef WR_VEC(uint8_t) bytes;

static void put32(wr_arena *arena, bytes *b, uint32_t value) {
    for (unsigned i = 0; i < 4; i++) WR_PUSH(arena, *b, (uint8_t)(value >> (8 * i)));
}

// Trailing entries that say "none" need not be there.
static uint32_t used_entries(const wr_go *go, uint32_t at, uint32_t n, uint32_t none) {
    while (n && wr_go_get32(go, at + 4 * (n - 1)) == none) n--;
    return n;
}

static void pack_record(packing *p, wr_arena *arena, uint32_t f, bytes *out) {
    const wr_go *go = p->go;
    uint32_t record = go->funcs[f].record, start = out->n;
    uint32_t npcdata = used_entries(go, pcdata_at(p, f, 0), go->funcs[f].npcdata, 0);
    uint32_t nfuncdata = used_entries(go, funcdata_at(p, f, 0), go->funcs[f].nfuncdata, NO_FUNCDATA);
    for (uint32_t at = 0; at < go->fixed; at += 4) {
        uint32_t value = wr_go_get32(go, record + at);
        if (at >= PC_SP && at <= PC_LINE) value = moved_offset(p, value);
        put32(arena, out, at == NPCDATA ? npcdata : value);
    }
    out->v[start + go->fixed - 1] = (uint8_t)nfuncdata;
    for (uint32_t i = 0; i < npcdata; i++) put32(arena, out, moved_offset(p, wr_go_get32(go, pcdata_at(p, f, i))));
    for (uint32_t i = 0; i < nfuncdata; i++) put32(arena, out, wr_go_get32(go, funcdata_at(p, f, i)));
}

// Whether the records fill one run of memory, in order, with nothing but padding between them.
static bool are_in_a_row(const wr_go *go) {
    for (uint32_t i = 1; i < go->nfuncs; i++) {
        uint32_t end = go->funcs[i - 1].record + go->funcs[i - 1].size;
        if (go->funcs[i].record < end || go->funcs[i].record - end > 8) return false;
    }
    return go->funcs[0].record >= go->ftab.at + go->ftab.size - 8;
}

static void pack_records(packing *p) {
    wr_go *go = p->go;
    wr_arena *arena = &p->c->env->temp;
    uint32_t first = go->funcs[0].record, last = go->nfuncs - 1;
    uint32_t size = go->funcs[last].record + go->funcs[last].size - first;
    bytes out = {0};
    WR_RESERVE(arena, out, size);
    for (uint32_t f = 0; f < go->nfuncs; f++) {
        wr_go_put32(go, go->ftab.at + 8 * f + 4, first - go->pclntable.at + out.n);
        pack_record(p, arena, f, &out);
    }
    memset(go->image + first, 0, size);
    memcpy(go->image + first, out.v, out.n);
}

// --- Names ---

// Names that the runtime compares; with a trailing * a prefix that it tests: such names share one text.
static const char *const compared[] = {
    "runtime.gopanic", "runtime.sigpanic", "runtime.goexit", "runtime.main", "main.main", "runtime.panic*",
    "runtime.goPanic*", "runtime.*", "runtime/internal/*", "internal/runtime/*", "reflect.*",
};

// The text that stays of a name: all, a prefix, or nothing.
static wr_slice kept_name(wr_slice name) {
    for (size_t i = 0; i < WR_COUNT(compared); i++) {
        size_t n = strlen(compared[i]);
        bool is_prefix = compared[i][n - 1] == '*';
        n -= is_prefix;
        if (name.n < n || memcmp(name.p, compared[i], n) != 0 || (!is_prefix && name.n != n)) continue;
        return wr_slice_of(name.p, n);
    }
    return (wr_slice){0};
}

static uint32_t add_name(packing *p, bytes *table, wr_slice name) {
    for (uint32_t at = 0; at < table->n; at += (uint32_t)strlen((const char *)table->v + at) + 1)
        if (strlen((const char *)table->v + at) == name.n && memcmp(table->v + at, name.p, name.n) == 0) return at;
    uint32_t at = table->n;
    for (size_t i = 0; i < name.n; i++) WR_PUSH(&p->c->env->temp, *table, name.p[i]);
    WR_PUSH(&p->c->env->temp, *table, 0);
    return at;
}

static void pack_names(packing *p) {
    wr_go *go = p->go;
    bytes table = {0};
    WR_PUSH(&p->c->env->temp, table, 0);
    for (uint32_t f = 0; f < go->nfuncs; f++) {
        wr_slice name = kept_name(go->funcs[f].name);
        wr_go_put32(go, go->funcs[f].record + 4, name.n ? add_name(p, &table, name) : 0);
    }
    if (table.n > go->funcnametab.size) return;
    memset(go->image + go->funcnametab.at, 0, go->funcnametab.size);
    memcpy(go->image + go->funcnametab.at, table.v, table.n);
}

// --- The pass ---

void wr_pass_go_tables(wr_context *c) {
    wr_go go;
    if (wr_go_find(c->env, &c->env->perm, c->m, &go) != WR_GO_FOUND || !are_in_a_row(&go)) return;
    packing p = {.c = c, .go = &go};
    p.lines = c->config->go_lean & WR_GO_LINES;
    p.args = c->config->go_lean & WR_GO_ARGS;
    p.names = c->config->go_lean & WR_GO_NAMES;
    find_dead(&p);
    blank_funcdata(&p);
    for (uint32_t f = 0; f < go.nfuncs; f++) blank_record(&p, f);
    if (p.names) pack_names(&p);
    if (!pack_pctab(&p)) {
        wr_note(c, "Go: pctab is not as expected and stays as it is");
        return;
    }
    pack_records(&p);
    if (p.lines) {
        memset(go.image + go.cutab.at, 0, go.cutab.size);
        memset(go.image + go.filetab.at, 0, go.filetab.size);
    }
    wr_go_store_image(c->env, c->m, &go);
}
