// Builds the graph: edges are collected as pairs and then grouped by source with a counting sort. Pieces of
// data (graph_pieces.c) come first, since edges refer to them.
#include "graph_parts.h"

#include "dominators.h"
#include "analysis/table_calls.h"
#include "analysis/segments.h"

bool wr_graph_is_kept_export(const wr_graph_options *options, const wr_export *export) {
    return !options->keep_exports || !options->keep_exports->given ||
           wr_config_matches(options->keep_exports, export->name);
}

unsigned wr_graph_node_space(const wr_graph *g, uint32_t node, uint32_t *index) {
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

static void number_entities(wr_graph_builder *b) {
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

// --- Edges ---

static void link_nodes(wr_graph_builder *b, uint32_t from, uint32_t to) {
    wr_edge e = {from, to};
    WR_PUSH(&b->env->temp, b->edges, e);
}

static void link_entity(wr_graph_builder *b, uint32_t from, unsigned space, uint32_t index) {
    if (space == WR_FUNC_ADDR) space = WR_FUNC;
    if (space == WR_TYPE) index = b->m->types[index].canon;
    link_nodes(b, from, b->g->base[space] + index);
}

static void link_address(wr_graph_builder *b, uint32_t from, uint64_t address) {
    uint32_t to = wr_graph_piece_at(b->g, address);
    if (to != WR_NONE && to != from) link_nodes(b, from, to);
}

static void link_word(wr_graph_builder *b, void *from, uint64_t word) {
    link_address(b, *(uint32_t *)from, word);
}

static void link_expr(wr_graph_builder *b, uint32_t from, wr_expr expr) {
    wr_collector_begin(&b->collector, b->m);
    wr_collector_add_code(&b->collector, b->env, expr.code, expr.offset);
    for (uint32_t i = 0; i < b->collector.uses.n; i++) {
        wr_ref ref = b->collector.uses.v[i].ref;
        link_entity(b, from, wr_ref_space(ref), wr_ref_index(ref));
    }
}

static void link_functions(wr_graph_builder *b) {
    for (uint32_t f = 0; f < b->m->nfuncs; f++) {
        const wr_summary *summary = &b->m->funcs[f].summary;
        uint32_t from = b->g->base[WR_FUNC] + f;
        for (uint32_t i = 0; i < summary->nuses; i++)
            link_entity(b, from, wr_ref_space(summary->uses[i].ref), wr_ref_index(summary->uses[i].ref));
        for (uint32_t i = 0; b->g->npieces && i < b->sweep->facts[f].nconstants; i++)
            link_address(b, from, b->sweep->facts[f].constants[i]);
    }
}

static void link_definitions(wr_graph_builder *b) {
    const wr_module *m = b->m;
    for (uint32_t i = 0; i < m->ntables; i++)
        if (m->tables[i].has_init) link_expr(b, b->g->base[WR_TABLE] + i, m->tables[i].init);
    for (uint32_t i = 0; i < m->nglobals; i++) {
        uint32_t from = b->g->base[WR_GLOBAL] + i;
        uint64_t address;
        if (m->globals[i].import != WR_NONE) continue;
        link_expr(b, from, m->globals[i].init);
        if (b->g->npieces && wr_graph_global_address(b, i, &address)) link_address(b, from, address);
    }
    for (uint32_t i = 0; i < b->g->npieces; i++) {
        const wr_piece *piece = &b->g->pieces[i];
        wr_slice bytes = {m->datas[piece->data].bytes.p + piece->offset, piece->size};
        uint32_t from = b->g->first_piece + i;
        wr_graph_each_pointer(b, piece->address, bytes, link_word, &from);
    }
}

// Functions in a table that only calls use hang on the types that these name.
static void link_item(wr_graph_builder *b, const uint8_t *open, uint32_t segment, uint32_t item) {
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

static void link_segments(wr_graph_builder *b) {
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
static bool is_object(const wr_graph_builder *b) {
    if (!b->options->linking || !b->options->linking->outside) return false;
    for (uint32_t i = 0; i < b->m->nimports; i++)
        if (b->m->imports[i].space == WR_MEMORY && wr_slice_is(b->m->imports[i].name, "__linear_memory"))
            return true;
    return false;
}

static void link_roots(wr_graph_builder *b) {
    const wr_module *m = b->m;
    for (uint32_t i = 0; i < m->nexports; i++)
        if (wr_graph_is_kept_export(b->options, &m->exports[i]))
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

static void measure_nodes(wr_graph_builder *b) {
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
    return from && wr_graph_node_space(g, to, &index) == WR_FUNC &&
           wr_graph_node_space(g, from, &index) != WR_FUNC;
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
static uint32_t uncalled_size(const wr_graph_builder *b, uint32_t func) {
    size_t body = b->m->funcs[func].body.n;
    return b->inv->size[WR_FUNC][func] - (uint32_t)(body > 3 ? body - 3 : 0);
}

// The nearest common dominator of two nodes.
static uint32_t common_dominator(const wr_graph_builder *b, const uint32_t *place, uint32_t x, uint32_t y) {
    while (x != y) {
        if (place[x] > place[y])
            x = b->g->idom[x];
        else
            y = b->g->idom[y];
    }
    return x;
}

// What is left of the function goes once both it and the segment go.
static void hold(wr_graph_builder *b, const uint32_t *place, uint32_t segment, uint32_t func) {
    uint32_t node = b->g->base[WR_FUNC] + func;
    bool live = b->g->parent[node] != WR_NONE;
    uint32_t keeper = live ? common_dominator(b, place, segment, node) : segment;
    if (b->stays[node] || keeper == node) return;
    b->stays[node] = uncalled_size(b, func);
    b->holds[keeper] += b->stays[node];
}

static void find_held(wr_graph_builder *b) {
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

void wr_graph_make(wr_env *env, const wr_module *m, const wr_size_map *inv, const wr_body_sweep *sweep,
                   const wr_graph_options *options, wr_graph *g) {
    *g = (wr_graph){0};
    wr_graph_builder b = {.env = env, .m = m, .inv = inv, .sweep = sweep, .options = options, .g = g};
    wr_collector_init(&b.collector, &env->temp);
    wr_graph_make_pieces(&b);
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
