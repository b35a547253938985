// Each worker compresses files with one part cut out; what is cut follows from the items alone.
#include "compressed.h"

#include <stdlib.h>

#include "support/text.h"

typedef struct cut {
    uint8_t part; // WR_PARTS: a package or a custom section
    uint32_t group, custom; // WR_NONE: another
} cut;

typedef struct measuring {
    const wr_audit *a;
    wr_costs *costs;
    cut *cuts;
} measuring;

static bool is_cut(const wr_audit *a, const cut *c, const wr_item *item) {
    if (c->group != WR_NONE)
        return (item->part == WR_PART_CODE || item->part == WR_PART_DECLARATION) && a->groups.of[item->index] == c->group;
    if (c->custom != WR_NONE) return item->part == WR_PART_CUSTOM && item->index == c->custom;
    return item->part == c->part;
}

static uint64_t compress_without(const wr_audit *a, const cut *c, wr_codec codec) {
    uint8_t *bytes = malloc(a->m.input.n + 1);
    size_t n = 0;
    for (uint32_t i = 0; bytes && i < a->inv.items.n; i++) {
        const wr_item *item = &a->inv.items.v[i];
        if (c && is_cut(a, c, item)) continue;
        memcpy(bytes + n, a->m.input.p + item->offset, item->size);
        n += item->size;
    }
    uint64_t packed = bytes ? wr_compressed_size(codec, wr_slice_of(bytes, n)) : 0;
    free(bytes);
    return packed;
}

// Item 0 is the whole file.
static void measure(wr_env *env, unsigned worker, void *arg, size_t item) {
    (void)worker;
    measuring *t = arg;
    uint64_t packed = compress_without(t->a, item ? &t->cuts[item - 1] : NULL, t->costs->codec);
    if (!packed) wr_throw(env, WR_NOMEM, WR_NO_OFFSET, "out of memory");
    if (item)
        t->costs->rows[item - 1].packed = (int64_t)packed;
    else
        t->costs->packed = packed;
}

static void add_cut(measuring *t, wr_slice name, uint64_t bytes, cut c) {
    t->cuts[t->costs->n] = c;
    t->costs->rows[t->costs->n++] = (wr_cost){.name = name, .is_group = c.group != WR_NONE, .bytes = bytes};
}

static void list_cuts(measuring *t, uint32_t top) {
    const wr_audit *a = t->a;
    for (unsigned part = WR_PART_TYPE; part < WR_PARTS; part++)
        if (part != WR_PART_CUSTOM && a->inv.bytes[part])
            add_cut(t, wr_slice_str(wr_part_labels[part]), a->inv.bytes[part], (cut){(uint8_t)part, WR_NONE, WR_NONE});
    for (uint32_t i = 0; i < a->m.ncustoms; i++)
        add_cut(t, a->m.customs[i].name, a->inv.custom_size[i], (cut){WR_PARTS, WR_NONE, i});
    for (uint32_t i = 0; wr_has_names(a) && i < a->groups.n && i < top; i++)
        add_cut(t, a->groups.v[i].name, a->groups.v[i].bytes, (cut){WR_PARTS, i, WR_NONE});
}

void wr_measure_costs(wr_pool *pool, const wr_audit *a, wr_codec codec, uint32_t top, wr_costs *costs) {
    wr_arena *perm = &wr_main_env(pool)->perm;
    size_t most = (size_t)WR_PARTS + a->m.ncustoms + a->groups.n;
    *costs = (wr_costs){.codec = codec, .rows = WR_NEW(perm, wr_cost, most)};
    measuring t = {a, costs, WR_NEW(perm, cut, most)};
    list_cuts(&t, top);
    wr_parallel(pool, (size_t)costs->n + 1, measure, &t);
    for (uint32_t i = 0; i < costs->n; i++) costs->rows[i].packed = (int64_t)costs->packed - costs->rows[i].packed;
}

static void write_rows(wr_page *page, const wr_costs *costs, bool groups, const char *heads) {
    wr_sheet sheet = wr_sheet_begin(page, heads);
    for (uint32_t i = 0; i < costs->n; i++) {
        const wr_cost *row = &costs->rows[i];
        if (row->is_group != groups) continue;
        wr_sheet_delta(&sheet, row->packed);
        wr_sheet_share(&sheet, row->packed > 0 ? (uint64_t)row->packed : 0, costs->packed);
        wr_sheet_number(&sheet, row->bytes);
        wr_sheet_name(&sheet, row->name, 76);
    }
    wr_sheet_end(&sheet);
}

void wr_write_costs(wr_page *page, const wr_audit *a, const wr_costs *costs) {
    wr_page_heading(page, "Compressed with %s: %s bytes; what the file would lose without", wr_codec_labels[costs->codec],
                    wr_thousands(costs->packed).s);
    write_rows(page, costs, false, ">compressed|>share|>bytes|part");
    if (wr_has_names(a)) write_rows(page, costs, true, ">compressed|>share|>bytes|package");
}
