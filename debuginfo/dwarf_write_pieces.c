// The pieces of a function: which stretches of the output come from where in the input.
#include <stdlib.h>

#include "dwarf_write_entry.h"
#include "support/search.h"

int wr_dwarf_by_place(const void *a, const void *b) {
    const wr_dwarf_piece *x = a, *y = b;
    return x->at < y->at ? -1 : x->at > y->at;
}

static int by_origin(const void *a, const void *b) {
    const wr_dwarf_piece *x = a, *y = b;
    if (x->origin != y->origin) return x->origin < y->origin ? -1 : 1;
    return wr_dwarf_by_place(a, b);
}

void wr_dwarf_add_pieces(wr_dwarf_writer *w, wr_dwarf_record *e, const wr_dwarf_pieces *code) {
    wr_dwarf_piece *sorted = WR_NEW(&w->env->temp, wr_dwarf_piece, code->n);
    wr_dwarf_range *ranges = WR_NEW(&w->env->temp, wr_dwarf_range, code->n);
    uint32_t n = 0;
    memcpy(sorted, code->v, code->n * sizeof *sorted);
    qsort(sorted, code->n, sizeof *sorted, wr_dwarf_by_place);
    for (uint32_t i = 0; i < code->n; i++) {
        wr_dwarf_range range = {sorted[i].at, sorted[i].at + sorted[i].size};
        if (n && ranges[n - 1].high == range.low)
            ranges[n - 1].high = range.high;
        else
            ranges[n++] = range;
    }
    wr_dwarf_add_place(w, e, ranges, n);
}

static void cut_piece(wr_dwarf_writer *w, const wr_dwarf_piece *p, uint64_t low, uint64_t high,
                      wr_dwarf_pieces *out, uint32_t *cap) {
    wr_dwarf_piece cut = *p;
    uint64_t end = (uint64_t)p->origin + (p->site ? 1 : p->size);
    if (p->origin >= high || end <= low) return;
    if (!p->site) {
        uint32_t before = p->origin < low ? (uint32_t)(low - p->origin) : 0,
                 behind = end > high ? (uint32_t)(end - high) : 0;
        cut.at += before, cut.origin += before, cut.row_origin += before;
        cut.size -= before + behind;
    }
    if (out->n == *cap) {
        uint32_t more = *cap ? *cap * 2 : 8;
        out->v = wr_grow(&w->env->temp, out->v, *cap * sizeof *out->v, more * sizeof *out->v);
        *cap = more;
    }
    out->v[out->n++] = cut;
}

static uint32_t longest_of(const wr_dwarf_pieces *code) {
    uint32_t most = 0;
    for (uint32_t i = 0; i < code->n; i++)
        if (code->v[i].size > most) most = code->v[i].size;
    return most;
}

wr_dwarf_pieces wr_dwarf_cut_pieces(wr_dwarf_writer *w, const wr_dwarf_pieces *code,
                                    const wr_dwarf_ranges *ranges) {
    uint32_t longest = longest_of(code);
    wr_dwarf_pieces out = {0};
    uint32_t cap = 0;
    for (uint32_t r = 0; r < ranges->n; r++) {
        uint64_t from = ranges->v[r].low > longest ? ranges->v[r].low - longest : 0;
        uint32_t low;
        WR_SEARCH(low, 0, code->n, code->v[low].origin < from);
        for (; low < code->n && code->v[low].origin < ranges->v[r].high; low++)
            cut_piece(w, &code->v[low], ranges->v[r].low, ranges->v[r].high, &out, &cap);
    }
    if (out.n) qsort(out.v, out.n, sizeof *out.v, by_origin);
    return out;
}

// Returns the site directly inside `outer` (0: the function itself) that contains the given site; 0 if that
// is `outer` itself.
static uint32_t site_below(const wr_dwarf_writer *w, uint32_t site, uint32_t outer) {
    uint32_t below = 0;
    while (site && site != outer) below = site, site = w->from->map->sites.v[site - 1].outer;
    return below;
}

void wr_dwarf_enter_site(const wr_dwarf_writer *w, wr_dwarf_pieces *code, uint32_t outer) {
    for (uint32_t i = 0; i < code->n; i++) {
        wr_dwarf_piece *p = &code->v[i];
        p->site = site_below(w, p->row_site, outer);
        uint32_t call = p->site ? w->from->map->sites.v[p->site - 1].call : 0;
        p->origin = !p->site ? p->row_origin : call ? (uint32_t)(call - w->d.code) : 0;
    }
    if (code->n) qsort(code->v, code->n, sizeof *code->v, by_origin);
}

wr_dwarf_pieces wr_dwarf_pieces_of(wr_dwarf_writer *w, uint32_t out) {
    const wr_code_map *map = w->from->map;
    const wr_code_func *f = &map->funcs[out];
    uint32_t end = wr_code_rows_end(map, out);
    wr_dwarf_pieces code = {.v = WR_NEW(&w->env->temp, wr_dwarf_piece, end - f->first)};
    for (uint32_t i = f->first; i < end; i++) {
        const wr_code_row *row = &map->rows.v[i];
        uint32_t to = i + 1 < end ? row[1].at : f->at + f->size;
        if (!row->origin || to == row->at) continue;
        code.v[code.n++] = (wr_dwarf_piece){.at = (uint32_t)(row->at - w->from->code),
                                            .size = to - row->at,
                                            .row_origin = (uint32_t)(row->origin - w->d.code),
                                            .row_site = row->site};
    }
    wr_dwarf_enter_site(w, &code, 0);
    return code;
}
