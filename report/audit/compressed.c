// Turns the rows of an audit into ranges of the file for compressed_share.h, and writes the table of what
// these cost.
#include "compressed.h"

#include <stdlib.h>

#include "savings.h"
#include "support/format.h"

typedef struct measuring {
    wr_env *env;
    const wr_audit *a;
    wr_compressed_costs *costs;
    wr_compressed_share *shares;
} measuring;

typedef struct row_key {
    const wr_audit *a;
    uint32_t index; // of a part, a group, or a custom section
} row_key;

static bool in_part(const void *arg, const wr_size_map_item *item) {
    return item->part == ((const row_key *)arg)->index;
}

static bool in_section(const void *arg, const wr_size_map_item *item) {
    return item->part == WR_PART_CUSTOM && item->index == ((const row_key *)arg)->index;
}

static bool in_group(const void *arg, const wr_size_map_item *item) {
    const row_key *key = arg;
    return (item->part == WR_PART_CODE || item->part == WR_PART_DECLARATION) &&
           key->a->groups.of[item->index] == key->index;
}

static bool in_function(const void *arg, const wr_size_map_item *item) {
    return (item->part == WR_PART_CODE || item->part == WR_PART_DECLARATION) &&
           item->index == ((const row_key *)arg)->index;
}

static void add_row(measuring *t, wr_slice name, wr_compressed_kind kind, uint64_t bytes, wr_ranges ranges) {
    t->shares[t->costs->n] = (wr_compressed_share){.ranges = ranges};
    t->costs->rows[t->costs->n++] = (wr_compressed_cost){.name = name, .kind = kind, .bytes = bytes};
}

static void add_items(measuring *t, wr_slice name, wr_compressed_kind kind, uint64_t bytes, uint32_t index,
                      bool (*belongs)(const void *, const wr_size_map_item *)) {
    row_key key = {t->a, index};
    add_row(t, name, kind, bytes, wr_ranges_of_items(&t->env->perm, &t->a->inv, belongs, &key));
}

static void list_functions(measuring *t, uint32_t top) {
    uint32_t n = t->a->m.nfuncs - t->a->m.nfunc_imports, *order = wr_audit_functions_by_size(t->env, t->a);
    for (uint32_t i = 0; i < n && i < top; i++)
        add_items(t, t->a->symbols.funcs[order[i]].text, WR_COST_FUNCTION, wr_func_bytes(t->a, order[i]),
                  order[i], in_function);
}

static void list_rows(measuring *t, uint32_t top) {
    const wr_audit *a = t->a;
    for (unsigned part = 0; part < WR_PARTS; part++)
        if (part != WR_PART_CUSTOM && a->inv.bytes[part])
            add_items(t, wr_slice_str(wr_size_map_part_labels[part]), WR_COST_PART, a->inv.bytes[part], part,
                      in_part);
    for (uint32_t i = 0; i < a->m.ncustoms; i++)
        add_items(t, a->m.customs[i].name, WR_COST_PART, a->inv.custom_size[i], i, in_section);
    for (uint32_t i = 0; wr_has_names(a) && i < a->groups.n && i < top; i++)
        add_items(t, a->groups.v[i].name, WR_COST_GROUP, a->groups.v[i].bytes, i, in_group);
    list_functions(t, top);
    for (unsigned id = 0; id < WR_FINDING_COUNT; id++)
        if (a->findings[id].bytes)
            add_row(t, wr_slice_str(wr_saving_labels[id]), WR_COST_FINDING, a->findings[id].bytes,
                    wr_savings_ranges(t->env, a, (wr_saving_id)id));
}

static int by_share(const void *a, const void *b) {
    const wr_compressed_cost *x = a, *y = b;
    if (x->kind != y->kind) return x->kind < y->kind ? -1 : 1;
    if (x->packed != y->packed) return x->packed < y->packed ? 1 : -1;
    if (x->bytes != y->bytes) return x->bytes < y->bytes ? 1 : -1;
    return wr_slice_order(x->name, y->name);
}

// A share for each function, behind those of the rows.
static void add_functions(measuring *t) {
    const wr_size_map *inv = &t->a->inv;
    wr_compressed_share *shares = t->shares + t->costs->n;
    for (uint32_t f = 0; f < t->a->m.nfuncs; f++) shares[f] = (wr_compressed_share){0};
    for (uint32_t i = 0; i < inv->items.n; i++) {
        const wr_size_map_item *item = &inv->items.v[i];
        if (item->part != WR_PART_CODE && item->part != WR_PART_DECLARATION) continue;
        wr_range range = {item->offset, item->size};
        WR_PUSH(&t->env->perm, shares[item->index].ranges, range);
    }
}

void wr_compressed_divide(wr_env *env, const wr_audit *a, wr_codec codec, const wr_lz_model *model,
                          uint64_t packed, uint32_t top, wr_compressed_costs *costs) {
    size_t most = (size_t)WR_PARTS + a->m.ncustoms + a->groups.n + a->m.nfuncs + WR_FINDING_COUNT;
    *costs = (wr_compressed_costs){
        .codec = codec, .packed = packed, .rows = WR_NEW(&env->perm, wr_compressed_cost, most)};
    measuring t = {env, a, costs, WR_NEW(&env->perm, wr_compressed_share, most + a->m.nfuncs)};
    list_rows(&t, top);
    add_functions(&t);
    wr_compressed_share_divide(model, packed, t.shares, costs->n + a->m.nfuncs);
    costs->funcs = WR_NEW(&env->perm, int64_t, a->m.nfuncs);
    for (uint32_t f = 0; f < a->m.nfuncs; f++) costs->funcs[f] = t.shares[costs->n + f].cost;
    for (uint32_t i = 0; i < costs->n; i++) costs->rows[i].packed = t.shares[i].cost;
    if (costs->n) qsort(costs->rows, costs->n, sizeof *costs->rows, by_share);
}

static void write_rows(wr_page *page, const wr_compressed_costs *costs, wr_compressed_kind kind,
                       const char *heads) {
    wr_sheet sheet = wr_sheet_begin(page, heads);
    for (uint32_t i = 0; i < costs->n; i++) {
        const wr_compressed_cost *row = &costs->rows[i];
        if (row->kind != kind) continue;
        wr_sheet_number(&sheet, (uint64_t)row->packed);
        wr_sheet_share(&sheet, (uint64_t)row->packed, costs->packed);
        wr_sheet_number(&sheet, row->bytes);
        wr_sheet_name(&sheet, row->name, 76);
    }
    wr_sheet_end(&sheet);
}

void wr_compressed_write(wr_page *page, const wr_audit *a, const wr_compressed_costs *costs) {
    wr_page_heading(page, "Compressed with %s: %s bytes, and the share of each in them",
                    wr_compressed_share_label(costs->codec, a->m.input.n),
                    wr_format_thousands(costs->packed).s);
    write_rows(page, costs, WR_COST_PART, ">compressed|>share|>bytes|part");
    if (wr_has_names(a)) write_rows(page, costs, WR_COST_GROUP, ">compressed|>share|>bytes|package");
    write_rows(page, costs, WR_COST_FUNCTION, ">compressed|>share|>bytes|function");
    write_rows(page, costs, WR_COST_FINDING, ">compressed|>share|>bytes|what could go");
}
