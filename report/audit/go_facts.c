// Reads pclntab and moduledata through passes/go/go.h, which has checked where the tables are. What
// moduledata calls types is all read-only data: descriptors, then the bytes of strings, masks and more. The
// end of the descriptors is not stored; it is taken to be where text begins after the last descriptor that
// typelinks names.
#include "go_facts.h"

#include <stdlib.h>

#include "passes/go/go.h"
#include "analysis/segments.h"
#include "analysis/interp.h"

enum { TYPE_SIZE = 48, MASK_AT = 32, LARGEST_MASKS = 1 << 20, TEXT_RUN = 32 };
enum { ITAB_HEAD = 24, METHODS_AT = 64, MOST_METHODS = 1024 };

typedef struct finder {
    wr_env *env;
    const wr_go *go;
    WR_VEC(wr_data_span) spans;
    wr_data_span packed; // what a start function reads and clears; empty: nothing
    uint64_t typelinks, ntypelinks, itablinks, nitablinks; // addresses and counts; 0: not found
} finder;

static void add_span(finder *f, uint64_t low, uint64_t high, wr_data_kind kind) {
    wr_data_span span = {low, high, kind};
    if (low < high && high <= f->go->image_size) WR_PUSH(&f->env->temp, f->spans, span);
}

static void add_table(finder *f, wr_go_span span, wr_data_kind kind) {
    add_span(f, span.at, (uint64_t)span.at + span.size, kind);
}

static bool in_image(const wr_go *go, uint64_t at, uint64_t n) {
    return at <= go->image_size && n <= go->image_size - at;
}

// --- Lists of moduledata ---

static bool is_slice(const wr_go *go, uint32_t at, unsigned item) {
    uint64_t list = wr_go_get64(go, at), n = wr_go_get64(go, at + 8);
    return n && n == wr_go_get64(go, at + 16) && n < go->image_size && in_image(go, list, n * item);
}

// Offsets of descriptors, in the span of types.
static bool is_typelinks(const wr_go *go, uint32_t at) {
    if (!is_slice(go, at, 4)) return false;
    uint64_t list = wr_go_get64(go, at), n = wr_go_get64(go, at + 8);
    for (uint64_t i = 0; i < n; i++) {
        uint32_t offset = wr_go_get32(go, (uint32_t)(list + 4 * i));
        if (offset % 8 || offset > go->types.size || go->types.size - offset < TYPE_SIZE) return false;
    }
    return true;
}

// Addresses of itabs, whose first word is the address of a descriptor.
static bool is_itablinks(const wr_go *go, uint32_t at) {
    if (!is_slice(go, at, 8)) return false;
    uint64_t list = wr_go_get64(go, at), n = wr_go_get64(go, at + 8);
    for (uint64_t i = 0; i < n; i++) {
        uint64_t itab = wr_go_get64(go, (uint32_t)(list + 8 * i));
        if (!in_image(go, itab, ITAB_HEAD)) return false;
        uint64_t type = wr_go_get64(go, (uint32_t)itab);
        if (type < go->types.at || type - go->types.at >= go->types.size) return false;
    }
    return true;
}

// Somewhere behind gofunc, which version 1.26 put another word behind: the map of text sections, typelinks,
// itablinks.
static void find_links(finder *f) {
    const wr_go *go = f->go;
    uint32_t first = go->moduledata + 8 * (22 + 2 * (go->minor >= 20 ? 6u : 5u) + 7);
    for (uint32_t at = first; at <= first + 8 * 6 && in_image(go, at, 48); at += 8) {
        if (!is_typelinks(go, at) || !is_itablinks(go, at + 24)) continue;
        f->typelinks = wr_go_get64(go, at);
        f->ntypelinks = wr_go_get64(go, at + 8);
        f->itablinks = wr_go_get64(go, at + 24);
        f->nitablinks = wr_go_get64(go, at + 32);
        return;
    }
}

// --- Types ---

static bool is_text(uint8_t c) { return (c >= 0x20 && c < 0x7f) || c == '\n' || c == '\t'; }

static uint64_t text_behind(const wr_go *go, uint64_t at, uint64_t end) {
    for (uint64_t run = at; at < end; at++) {
        if (!is_text(go->image[at])) run = at + 1;
        if (at - run >= TEXT_RUN) return run;
    }
    return end;
}

// Descriptors, and the masks that they point to.
static void add_types(finder *f) {
    const wr_go *go = f->go;
    uint64_t last = 0, low = UINT64_MAX, high = 0, end = (uint64_t)go->types.at + go->types.size;
    for (uint64_t i = 0; i < f->ntypelinks; i++) {
        uint64_t type = (uint64_t)go->types.at + wr_go_get32(go, (uint32_t)(f->typelinks + 4 * i));
        uint64_t mask = wr_go_get64(go, (uint32_t)type + MASK_AT);
        if (type + TYPE_SIZE > last) last = type + TYPE_SIZE;
        if (mask < go->types.at || mask >= end) continue;
        if (mask < low) low = mask;
        if (mask > high) high = mask;
    }
    if (!f->ntypelinks) return;
    uint64_t strings = text_behind(go, last, end);
    add_span(f, go->types.at, strings, WR_KIND_GO_TYPES);
    if (low >= strings && high >= low && high - low < LARGEST_MASKS)
        add_span(f, low, high + 1, WR_KIND_GO_MASKS);
}

// --- Itabs ---

static void add_itabs(finder *f) {
    const wr_go *go = f->go;
    for (uint64_t i = 0; i < f->nitablinks; i++) {
        uint64_t itab = wr_go_get64(go, (uint32_t)(f->itablinks + 8 * i));
        if (!in_image(go, itab, ITAB_HEAD)) continue;
        uint64_t type = wr_go_get64(go, (uint32_t)itab);
        if (!in_image(go, type, METHODS_AT + 8)) continue;
        uint64_t methods = wr_go_get64(go, (uint32_t)type + METHODS_AT);
        if (methods < MOST_METHODS)
            add_span(f, itab, itab + ITAB_HEAD + 8 * (methods ? methods : 1), WR_KIND_GO_ITABS);
    }
}

// --- Functions ---

// From the first byte that functions' data are counted from to behind the last that a record names.
static void add_funcdata(finder *f) {
    const wr_go *go = f->go;
    uint64_t last = 0;
    for (uint32_t i = 0; i < go->nfuncs; i++) {
        const wr_go_func *func = &go->funcs[i];
        for (uint32_t k = 0; k < func->nfuncdata; k++) {
            uint32_t at = func->record + go->fixed + 4 * (func->npcdata + k);
            uint32_t offset = in_image(go, at, 4) ? wr_go_get32(go, at) : UINT32_MAX;
            if (offset != UINT32_MAX && offset > last && in_image(go, (uint64_t)go->gofunc + offset, 8))
                last = offset;
        }
    }
    if (last) add_span(f, go->gofunc, go->gofunc + last + 8, WR_KIND_GO_FUNCDATA);
}

// --- All ---

static int by_low(const void *a, const void *b) {
    const wr_data_span *x = a, *y = b;
    if (x->low != y->low) return x->low < y->low ? -1 : 1;
    return x->kind < y->kind ? -1 : x->kind > y->kind;
}

// Spans may overlap where they were guessed: what begins in the span before is cut.
static void keep_spans(finder *f, wr_go_facts *facts) {
    facts->spans = WR_NEW(&f->env->perm, wr_data_span, f->spans.n);
    if (f->spans.n) qsort(f->spans.v, f->spans.n, sizeof *f->spans.v, by_low);
    for (uint32_t i = 0; i < f->spans.n; i++) {
        wr_data_span span = f->spans.v[i], *last = facts->nspans ? &facts->spans[facts->nspans - 1] : NULL;
        if (last && span.low < last->high) span.low = last->high;
        if (span.low >= span.high) continue;
        if (last && span.kind == last->kind && span.low == last->high)
            last->high = span.high;
        else
            facts->spans[facts->nspans++] = span;
    }
}

// Whether some data has the start of pclntab's header.
static bool has_pclntab(const wr_module *m) {
    static const uint8_t heads[][8] = {{0xf1, 0xff, 0xff, 0xff, 0, 0, 1, 8},
                                       {0xf0, 0xff, 0xff, 0xff, 0, 0, 1, 8}};
    for (uint32_t i = 0; i < m->ndatas; i++)
        for (size_t k = 0; k < WR_COUNT(heads); k++)
            if (memmem(m->datas[i].bytes.p, m->datas[i].bytes.n, heads[k], sizeof heads[k])) return true;
    return false;
}

// What was there before the start function ran and is zero now.
static wr_data_span find_cleared(wr_env *env, const wr_module *m, const wr_memory_image *image) {
    wr_data_span span = {.low = UINT64_MAX, .kind = WR_KIND_PACKED};
    for (uint32_t i = 0; i < m->ndatas; i++) {
        uint64_t at = 0;
        wr_slice bytes = m->datas[i].bytes;
        wr_segments_const_offset(env, m->datas[i].at, &at);
        for (size_t k = 0; k < bytes.n; k++) {
            if (!bytes.p[k] || image->bytes[at + k]) continue;
            if (at + k < span.low) span.low = at + k;
            if (at + k >= span.high) span.high = at + k + 1;
        }
    }
    return span;
}

// As Go made it, or as wring did: then some tables are there only after the start function ran.
static bool find_go(finder *f, const wr_module *m, wr_go *go) {
    wr_env *env = f->env;
    wr_memory_image image;
    if (wr_go_find(env, &env->perm, m, go) == WR_GO_FOUND) return true;
    bool may_tell = m->ndatas && (m->start != WR_NONE || has_pclntab(m));
    if (!may_tell || !wr_memory_image_make(env, &env->perm, m, false, &image)) return false;
    if (m->start != WR_NONE) {
        if (!wr_interp_run_start(env, &env->perm, m, &image)) return false;
        f->packed = find_cleared(env, m, &image);
    }
    return wr_go_find_in(env, &env->perm, m, image.bytes, image.n, go) == WR_GO_FOUND;
}

static void find_tables(finder *f, const wr_module *m, wr_go_facts *facts) {
    const wr_go *go = f->go;
    memcpy(facts->version, go->version, sizeof facts->version);
    facts->names = WR_NEW(&f->env->perm, wr_slice, m->nfuncs);
    for (uint32_t i = 0; i < m->nfuncs; i++) facts->names[i] = wr_go_name(go, i);
    add_table(f, go->funcnametab, WR_KIND_GO_NAMES);
    add_table(f, go->cutab, WR_KIND_GO_LINES);
    add_table(f, go->filetab, WR_KIND_GO_LINES);
    add_table(f, go->pctab, WR_KIND_GO_LINES);
    add_table(f, go->pclntable, WR_KIND_GO_RECORDS);
    add_table(f, go->findfunctab, WR_KIND_GO_FINDFUNC);
    find_links(f);
    facts->places = (wr_go_places){go->moduledata, go->types.at, f->typelinks, f->ntypelinks};
    add_types(f);
    add_itabs(f);
    add_funcdata(f);
}

void wr_go_facts_find(wr_env *env, const wr_module *m, wr_go_facts *facts) {
    wr_go go = {0};
    *facts = (wr_go_facts){0};
    finder f = {.env = env, .go = &go};
    bool is_go = find_go(&f, m, &go);
    if (f.packed.low < f.packed.high) WR_PUSH(&env->temp, f.spans, f.packed);
    if (is_go) find_tables(&f, m, facts);
    keep_spans(&f, facts);
}
