// Cuts data segments at every address that a constant in the code, a global, a symbol or a word of data
// names.
#include "graph_parts.h"

#include <stdlib.h>

#include "analysis/segments.h"
#include "support/search.h"

static int by_low(const void *a, const void *b) {
    const wr_graph_range *x = a, *y = b;
    return x->low < y->low ? -1 : x->low > y->low;
}

static int by_value(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

// Collects the segments of memory 0 at constant addresses, unless they overlap (then an address is
// ambiguous).
static void list_ranges(wr_graph_builder *b) {
    wr_arena *temp = &b->env->temp;
    for (uint32_t i = 0; i < b->m->ndatas; i++) {
        const wr_data *data = &b->m->datas[i];
        uint64_t at;
        if (!data->bytes.n || !wr_segments_address(b->env, data, &at)) continue;
        wr_graph_range r = {at, at + data->bytes.n, i};
        WR_PUSH(temp, b->ranges, r);
    }
    if (b->ranges.n) qsort(b->ranges.v, b->ranges.n, sizeof(wr_graph_range), by_low);
    for (uint32_t i = 1; i < b->ranges.n; i++)
        if (b->ranges.v[i].low < b->ranges.v[i - 1].high) b->ranges.n = 0;
}

static const wr_graph_range *find_range(const wr_graph_builder *b, uint64_t address) {
    uint32_t low;
    WR_SEARCH(low, 0, b->ranges.n, b->ranges.v[low].high <= address);
    return low < b->ranges.n && b->ranges.v[low].low <= address ? &b->ranges.v[low] : NULL;
}

typedef WR_VEC(uint64_t) addresses;

static void add_address(wr_graph_builder *b, addresses *list, uint64_t address) {
    if (find_range(b, address)) WR_PUSH(&b->env->temp, *list, address);
}

static uint64_t word_at(const uint8_t *p, unsigned size) {
    uint64_t word = 0;
    for (unsigned i = size; i--;) word = word << 8 | p[i];
    return word;
}

static unsigned word_size(const wr_graph_builder *b) { return b->m->memories[0].limits.is64 ? 8 : 4; }

void wr_graph_each_pointer(wr_graph_builder *b, uint64_t address, wr_slice bytes,
                           void (*fn)(wr_graph_builder *, void *, uint64_t), void *arg) {
    uint64_t low = b->ranges.v[0].low, high = b->ranges.v[b->ranges.n - 1].high;
    unsigned size = word_size(b);
    for (size_t i = (size_t)(-address & 3); i + size <= bytes.n; i += 4) {
        uint64_t word = word_at(bytes.p + i, size);
        if (word >= low && word < high) fn(b, arg, word);
    }
}

static void add_pointer(wr_graph_builder *b, void *list, uint64_t word) { add_address(b, list, word); }

bool wr_graph_global_address(wr_graph_builder *b, uint32_t global, uint64_t *address) {
    return b->m->globals[global].import == WR_NONE &&
           wr_segments_const_offset(b->env, b->m->globals[global].init, address);
}

// Cuts segments where data symbols begin and end.
static void collect_symbols(wr_graph_builder *b, addresses *list) {
    const wr_linking *linking = b->options->linking;
    for (uint32_t i = 0; linking && i < linking->n; i++) {
        const wr_data_symbol *symbol = &linking->v[i];
        const wr_data *data = &b->m->datas[symbol->data];
        uint64_t at;
        if (!wr_segments_address(b->env, data, &at)) continue;
        add_address(b, list, at + symbol->offset);
        add_address(b, list, at + symbol->offset + symbol->size);
    }
}

static void collect_addresses(wr_graph_builder *b, addresses *list) {
    for (uint32_t f = 0; f < b->m->nfuncs; f++)
        for (uint32_t i = 0; i < b->sweep->facts[f].nconstants; i++)
            add_address(b, list, b->sweep->facts[f].constants[i]);
    for (uint32_t i = 0; i < b->m->nglobals; i++) {
        uint64_t address;
        if (wr_graph_global_address(b, i, &address)) add_address(b, list, address);
    }
    collect_symbols(b, list);
    for (uint32_t i = 0; i < b->ranges.n; i++)
        wr_graph_each_pointer(b, b->ranges.v[i].low, b->m->datas[b->ranges.v[i].data].bytes, add_pointer,
                              list);
}

void wr_graph_make_pieces(wr_graph_builder *b) {
    wr_graph *g = b->g;
    addresses list = {0};
    if (!b->options->pieces || !b->m->nmemories) return;
    list_ranges(b);
    if (!b->ranges.n) return;
    collect_addresses(b, &list);
    if (list.n) qsort(list.v, list.n, sizeof(uint64_t), by_value);
    g->pieces = WR_NEW(&b->env->perm, wr_piece, list.n);
    for (uint32_t i = 0; i < list.n; i++) {
        if (i && list.v[i] == list.v[i - 1]) continue;
        const wr_graph_range *r = find_range(b, list.v[i]);
        wr_piece piece = {list.v[i], r->data, (uint32_t)(list.v[i] - r->low),
                          (uint32_t)(r->high - list.v[i])};
        wr_piece *last = g->npieces ? &g->pieces[g->npieces - 1] : NULL;
        if (last && last->data == piece.data) last->size = piece.offset - last->offset;
        g->pieces[g->npieces++] = piece;
    }
}

uint32_t wr_graph_piece_at(const wr_graph *g, uint64_t address) {
    uint32_t low;
    WR_SEARCH(low, 0, g->npieces, g->pieces[low].address < address);
    return low < g->npieces && g->pieces[low].address == address ? g->first_piece + low : WR_NONE;
}
