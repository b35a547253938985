// Builds the graph: edges are collected as pairs and then grouped by source with a counting sort. Pieces of
// data come first, since edges refer to them.
#include "graph.h"

#include <stdlib.h>

#include "dominators.h"
#include "analysis/table_calls.h"
#include "analysis/segments.h"
#include "support/search.h"

// An active segment at a constant address.
typedef struct range {
    uint64_t low, high;
    uint32_t data;
} range;

typedef struct builder {
    wr_env *env;
    const wr_module *m;
    const wr_size_map *inv;
    const wr_body_sweep *sweep;
    const wr_graph_options *options;
    wr_graph *g;
    WR_VEC(wr_edge) edges;
    WR_VEC(range) ranges;
    wr_collector collector;
    uint32_t *stays; // by node: bytes of a function that its segment keeps when nothing calls it
    uint32_t *holds; // by node: all of those that go with it
} builder;

bool wr_is_kept_export(const wr_graph_options *options, const wr_export *export) {
    return !options->keep_exports || !options->keep_exports->given ||
           wr_patterns_match(options->keep_exports, export->name);
}

unsigned wr_node_space(const wr_graph *g, uint32_t node, uint32_t *index) {
    static const uint8_t spaces[] = {WR_FUNC, WR_TABLE, WR_MEMORY, WR_GLOBAL,
                                     WR_TAG,  WR_DATA,  WR_ELEM,   WR_TYPE};
    *index = node;
    if (!node) return WR_NO_SPACE;
    *index = node - g->first_piece;
    if (node >= g->first_piece) return WR_NO_SPACE;
    size_t i = WR_COUNT(spaces) - 1;
    while (node < g->base[spaces[i]]) i--;
    *index = node - g->base[spaces[i]];
    return spaces[i];
}

static void number_entities(builder *b) {
    static const wr_space spaces[] = {WR_FUNC, WR_TABLE, WR_MEMORY, WR_GLOBAL,
                                      WR_TAG,  WR_DATA,  WR_ELEM,   WR_TYPE};
    uint32_t n = 1;
    for (size_t i = 0; i < WR_COUNT(spaces); i++) {
        b->g->base[spaces[i]] = n;
        n += wr_space_size(b->m, spaces[i]);
    }
    b->g->first_piece = n;
    b->g->n = n + b->g->npieces;
}

// --- Pieces ---

static int by_low(const void *a, const void *b) {
    const range *x = a, *y = b;
    return x->low < y->low ? -1 : x->low > y->low;
}

static int by_value(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

// Collects the segments of memory 0 at constant addresses, unless they overlap (then an address is
// ambiguous).
static void list_ranges(builder *b) {
    wr_arena *temp = &b->env->temp;
    for (uint32_t i = 0; i < b->m->ndatas; i++) {
        const wr_data *data = &b->m->datas[i];
        uint64_t at;
        if (data->mode != WR_ACTIVE || data->memory || !data->bytes.n ||
            !wr_segments_const_offset(b->env, data->at, &at))
            continue;
        range r = {at, at + data->bytes.n, i};
        WR_PUSH(temp, b->ranges, r);
    }
    if (b->ranges.n) qsort(b->ranges.v, b->ranges.n, sizeof(range), by_low);
    for (uint32_t i = 1; i < b->ranges.n; i++)
        if (b->ranges.v[i].low < b->ranges.v[i - 1].high) b->ranges.n = 0;
}

static const range *find_range(const builder *b, uint64_t address) {
    uint32_t low;
    WR_SEARCH(low, 0, b->ranges.n, b->ranges.v[low].high <= address);
    return low < b->ranges.n && b->ranges.v[low].low <= address ? &b->ranges.v[low] : NULL;
}

typedef WR_VEC(uint64_t) addresses;

static void add_address(builder *b, addresses *list, uint64_t address) {
    if (find_range(b, address)) WR_PUSH(&b->env->temp, *list, address);
}

static uint64_t word_at(const uint8_t *p, unsigned size) {
    uint64_t word = 0;
    for (unsigned i = size; i--;) word = word << 8 | p[i];
    return word;
}

static unsigned word_size(const builder *b) { return b->m->memories[0].limits.is64 ? 8 : 4; }

// Calls fn for the aligned words of a run of data that may be addresses.
static void each_pointer(builder *b, uint64_t address, wr_slice bytes,
                         void (*fn)(builder *, void *, uint64_t), void *arg) {
    uint64_t low = b->ranges.v[0].low, high = b->ranges.v[b->ranges.n - 1].high;
    unsigned size = word_size(b);
    for (size_t i = (size_t)(-address & 3); i + size <= bytes.n; i += 4) {
        uint64_t word = word_at(bytes.p + i, size);
        if (word >= low && word < high) fn(b, arg, word);
    }
}

static void add_pointer(builder *b, void *list, uint64_t word) { add_address(b, list, word); }

static bool global_address(builder *b, uint32_t global, uint64_t *address) {
    return b->m->globals[global].import == WR_NONE &&
           wr_segments_const_offset(b->env, b->m->globals[global].init, address);
}

// Cuts segments where data symbols begin and end.
static void collect_symbols(builder *b, addresses *list) {
    const wr_linking *linking = b->options->linking;
    for (uint32_t i = 0; linking && i < linking->n; i++) {
        const wr_data_symbol *symbol = &linking->v[i];
        const wr_data *data = &b->m->datas[symbol->data];
        uint64_t at;
        if (data->mode != WR_ACTIVE || data->memory || !wr_segments_const_offset(b->env, data->at, &at))
            continue;
        add_address(b, list, at + symbol->offset);
        add_address(b, list, at + symbol->offset + symbol->size);
    }
}

static void collect_addresses(builder *b, addresses *list) {
    for (uint32_t f = 0; f < b->m->nfuncs; f++)
        for (uint32_t i = 0; i < b->sweep->facts[f].nconstants; i++)
            add_address(b, list, b->sweep->facts[f].constants[i]);
    for (uint32_t i = 0; i < b->m->nglobals; i++) {
        uint64_t address;
        if (global_address(b, i, &address)) add_address(b, list, address);
    }
    collect_symbols(b, list);
    for (uint32_t i = 0; i < b->ranges.n; i++)
        each_pointer(b, b->ranges.v[i].low, b->m->datas[b->ranges.v[i].data].bytes, add_pointer, list);
}

static void make_pieces(builder *b) {
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
        const range *r = find_range(b, list.v[i]);
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

// --- Edges ---

static void link_nodes(builder *b, uint32_t from, uint32_t to) {
    wr_edge e = {from, to};
    WR_PUSH(&b->env->temp, b->edges, e);
}

static void link_entity(builder *b, uint32_t from, unsigned space, uint32_t index) {
    if (space == WR_FUNC_ADDR) space = WR_FUNC;
    if (space == WR_TYPE) index = b->m->types[index].canon;
    link_nodes(b, from, b->g->base[space] + index);
}

static void link_address(builder *b, uint32_t from, uint64_t address) {
    uint32_t to = wr_graph_piece_at(b->g, address);
    if (to != WR_NONE && to != from) link_nodes(b, from, to);
}

static void link_word(builder *b, void *from, uint64_t word) { link_address(b, *(uint32_t *)from, word); }

static void link_expr(builder *b, uint32_t from, wr_expr expr) {
    wr_collector_begin(&b->collector, b->m);
    wr_collect_code(&b->collector, b->env, expr.code, expr.offset);
    for (uint32_t i = 0; i < b->collector.uses.n; i++) {
        wr_ref ref = b->collector.uses.v[i].ref;
        link_entity(b, from, wr_ref_space(ref), wr_ref_index(ref));
    }
}

static void link_functions(builder *b) {
    for (uint32_t f = 0; f < b->m->nfuncs; f++) {
        const wr_summary *summary = &b->m->funcs[f].summary;
        uint32_t from = b->g->base[WR_FUNC] + f;
        for (uint32_t i = 0; i < summary->nuses; i++)
            link_entity(b, from, wr_ref_space(summary->uses[i].ref), wr_ref_index(summary->uses[i].ref));
        for (uint32_t i = 0; b->g->npieces && i < b->sweep->facts[f].nconstants; i++)
            link_address(b, from, b->sweep->facts[f].constants[i]);
    }
}

static void link_definitions(builder *b) {
    const wr_module *m = b->m;
    for (uint32_t i = 0; i < m->ntables; i++)
        if (m->tables[i].has_init) link_expr(b, b->g->base[WR_TABLE] + i, m->tables[i].init);
    for (uint32_t i = 0; i < m->nglobals; i++) {
        uint32_t from = b->g->base[WR_GLOBAL] + i;
        uint64_t address;
        if (m->globals[i].import != WR_NONE) continue;
        link_expr(b, from, m->globals[i].init);
        if (b->g->npieces && global_address(b, i, &address)) link_address(b, from, address);
    }
    for (uint32_t i = 0; i < b->g->npieces; i++) {
        const wr_piece *piece = &b->g->pieces[i];
        wr_slice bytes = {m->datas[piece->data].bytes.p + piece->offset, piece->size};
        uint32_t from = b->g->first_piece + i;
        each_pointer(b, piece->address, bytes, link_word, &from);
    }
}

// Functions in a table that only calls use hang on the types that these name.
static void link_item(builder *b, const uint8_t *open, uint32_t segment, uint32_t item) {
    const wr_elem *elem = &b->m->elems[segment];
    uint32_t node = b->g->base[WR_ELEM] + segment;
    if (!elem->funcs) {
        link_expr(b, node, elem->exprs[item]);
        return;
    }
    uint32_t func = elem->funcs[item];
    bool only_called = wr_table_calls_only(b->m, open, elem, func);
    if (only_called) node = b->g->base[WR_TYPE] + b->m->types[b->m->funcs[func].type].canon;
    link_entity(b, node, WR_FUNC, func);
}

static void link_segments(builder *b) {
    const wr_module *m = b->m;
    const uint8_t *open = wr_table_calls_open_tables(&b->env->temp, m);
    for (uint32_t i = 0; i < m->nelems; i++) {
        const wr_elem *elem = &m->elems[i];
        uint32_t node = b->g->base[WR_ELEM] + i;
        for (uint32_t k = 0; k < elem->count; k++) link_item(b, open, i, k);
        if (elem->mode != WR_ACTIVE) continue;
        link_entity(b, node, WR_TABLE, elem->table);
        link_expr(b, node, elem->at);
        link_nodes(b, b->g->base[WR_TABLE] + elem->table, node);
        bool seen_outside = m->tables[elem->table].import != WR_NONE && elem->count > 0;
        if (seen_outside || !wr_segments_elem_in_bounds(b->env, m, elem)) link_nodes(b, 0, node);
    }
    for (uint32_t i = 0; i < m->ndatas; i++) {
        const wr_data *data = &m->datas[i];
        uint32_t node = b->g->base[WR_DATA] + i;
        if (data->mode != WR_ACTIVE) continue;
        link_entity(b, node, WR_MEMORY, data->memory);
        link_expr(b, node, data->at);
        link_nodes(b, b->g->base[WR_MEMORY] + data->memory, node);
        bool seen_outside = m->memories[data->memory].import != WR_NONE && data->bytes.n > 0;
        if (seen_outside || !wr_segments_data_in_bounds(b->env, m, data)) link_nodes(b, 0, node);
    }
}

// LLVM's objects import their memory under this name; linkers rename it.
static bool is_object(const builder *b) {
    if (!b->options->linking || !b->options->linking->outside) return false;
    for (uint32_t i = 0; i < b->m->nimports; i++)
        if (b->m->imports[i].space == WR_MEMORY && wr_slice_is(b->m->imports[i].name, "__linear_memory"))
            return true;
    return false;
}

static void link_roots(builder *b) {
    const wr_module *m = b->m;
    for (uint32_t i = 0; i < m->nexports; i++)
        if (wr_is_kept_export(b->options, &m->exports[i]))
            link_entity(b, 0, m->exports[i].space, m->exports[i].index);
    if (m->start != WR_NONE) link_entity(b, 0, WR_FUNC, m->start);
    bool object = is_object(b);
    for (uint32_t f = 0; object && f < m->nfuncs; f++)
        if (b->options->linking->outside[f]) link_entity(b, 0, WR_FUNC, f);
}

// --- Results ---

static void sort_edges(wr_env *env, wr_graph *g, const wr_edge *edges, uint32_t n) {
    g->start = WR_NEW0(&env->perm, uint32_t, (size_t)g->n + 2);
    g->edges = WR_NEW(&env->perm, uint32_t, n);
    for (uint32_t i = 0; i < n; i++) g->start[edges[i].from + 2]++;
    for (uint32_t i = 0; i < g->n; i++) g->start[i + 2] += g->start[i + 1];
    for (uint32_t i = 0; i < n; i++) g->edges[g->start[edges[i].from + 1]++] = edges[i].to;
}

static void measure_nodes(builder *b) {
    wr_graph *g = b->g;
    g->size = WR_NEW0(&b->env->perm, uint32_t, g->n);
    for (unsigned space = 0; space < WR_SPACES; space++) {
        if (space == WR_TYPE) continue;
        for (uint32_t i = 0; i < wr_space_size(b->m, (wr_space)space); i++)
            g->size[g->base[space] + i] = b->inv->size[space][i];
    }
    for (uint32_t i = 0; i < g->npieces; i++) {
        g->size[g->first_piece + i] = g->pieces[i].size;
        g->size[g->base[WR_DATA] + g->pieces[i].data] -= g->pieces[i].size;
    }
}

bool wr_graph_is_dispatch(const wr_graph *g, uint32_t from, uint32_t to) {
    uint32_t index;
    return from && wr_node_space(g, to, &index) == WR_FUNC && wr_node_space(g, from, &index) != WR_FUNC;
}

// A breadth-first walk in rounds: edges through tables wait until nothing else leads on.
static void find_parents(wr_env *env, wr_graph *g) {
    g->parent = memset(WR_NEW(&env->perm, uint32_t, g->n), 0xff, g->n * sizeof(uint32_t));
    uint32_t *queue = WR_NEW(&env->temp, uint32_t, g->n), n = 1, begin = 0;
    WR_VEC(wr_edge) waiting = {0};
    queue[0] = 0;
    for (uint32_t next = 0; begin < n;) {
        for (; begin < n; begin++)
            for (uint32_t e = g->start[queue[begin]]; e < g->start[queue[begin] + 1]; e++) {
                wr_edge edge = {queue[begin], g->edges[e]};
                if (!edge.to || g->parent[edge.to] != WR_NONE) continue;
                if (wr_graph_is_dispatch(g, edge.from, edge.to)) {
                    WR_PUSH(&env->temp, waiting, edge);
                    continue;
                }
                g->parent[edge.to] = edge.from;
                queue[n++] = edge.to;
            }
        for (; next < waiting.n; next++) {
            wr_edge edge = waiting.v[next];
            if (g->parent[edge.to] != WR_NONE) continue;
            g->parent[edge.to] = edge.from;
            queue[n++] = edge.to;
        }
    }
}

void wr_graph_connect(wr_env *env, wr_graph *g, const wr_edge *edges, uint32_t n) {
    sort_edges(env, g, edges, n);
    find_parents(env, g);
    g->idom = WR_NEW(&env->perm, uint32_t, g->n);
    g->order = WR_NEW(&env->perm, uint32_t, g->n);
    g->norder = wr_dominators(env, g->n, g->start, g->edges, g->idom, g->order);
}

// The bytes left of a function that is never called: its declaration, and the body that dead code elimination
// gives it.
static uint32_t uncalled_size(const builder *b, uint32_t func) {
    size_t body = b->m->funcs[func].body.n;
    return b->inv->size[WR_FUNC][func] - (uint32_t)(body > 3 ? body - 3 : 0);
}

// The nearest common dominator of two nodes.
static uint32_t common_dominator(const builder *b, const uint32_t *place, uint32_t x, uint32_t y) {
    while (x != y) {
        if (place[x] > place[y])
            x = b->g->idom[x];
        else
            y = b->g->idom[y];
    }
    return x;
}

// What is left of the function goes once both it and the segment go.
static void hold(builder *b, const uint32_t *place, uint32_t segment, uint32_t func) {
    uint32_t node = b->g->base[WR_FUNC] + func;
    bool live = b->g->parent[node] != WR_NONE;
    uint32_t keeper = live ? common_dominator(b, place, segment, node) : segment;
    if (b->stays[node] || keeper == node) return;
    b->stays[node] = uncalled_size(b, func);
    b->holds[keeper] += b->stays[node];
}

static void find_held(builder *b) {
    const wr_module *m = b->m;
    const uint8_t *open = wr_table_calls_open_tables(&b->env->temp, m);
    b->stays = WR_NEW0(&b->env->temp, uint32_t, b->g->n);
    b->holds = WR_NEW0(&b->env->temp, uint32_t, b->g->n);
    uint32_t *place = WR_NEW(&b->env->temp, uint32_t, b->g->n); // in order
    for (uint32_t i = 0; i < b->g->norder; i++) place[b->g->order[i]] = i;
    for (uint32_t i = 0; i < m->nelems; i++) {
        const wr_elem *elem = &m->elems[i];
        uint32_t node = b->g->base[WR_ELEM] + i;
        if (!elem->funcs || b->g->parent[node] == WR_NONE) continue;
        for (uint32_t k = 0; k < elem->count; k++)
            if (wr_table_calls_only(m, open, elem, elem->funcs[k])) hold(b, place, node, elem->funcs[k]);
    }
}

void wr_graph_sum(wr_env *env, wr_graph *g, const uint32_t *stays, const uint32_t *holds) {
    g->retained = WR_NEW0(&env->perm, uint64_t, g->n);
    g->retained_data = WR_NEW0(&env->perm, uint64_t, g->n);
    for (uint32_t i = g->norder; i--;) {
        uint32_t node = g->order[i];
        if (node >= g->first_piece)
            g->retained_data[node] += g->size[node];
        else
            g->retained[node] += g->size[node] + holds[node];
        if (!node) continue;
        g->retained[g->idom[node]] += g->retained[node] - stays[node];
        g->retained_data[g->idom[node]] += g->retained_data[node];
    }
}

void wr_make_graph(wr_env *env, const wr_module *m, const wr_size_map *inv, const wr_body_sweep *sweep,
                   const wr_graph_options *options, wr_graph *g) {
    *g = (wr_graph){0};
    builder b = {.env = env, .m = m, .inv = inv, .sweep = sweep, .options = options, .g = g};
    wr_collector_init(&b.collector, &env->temp);
    make_pieces(&b);
    number_entities(&b);
    link_roots(&b);
    link_functions(&b);
    link_definitions(&b);
    link_segments(&b);
    measure_nodes(&b);
    wr_graph_connect(env, g, b.edges.v, b.edges.n);
    find_held(&b);
    wr_graph_sum(env, g, b.stays, b.holds);
}
