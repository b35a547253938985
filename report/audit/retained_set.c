// Finds what goes with a set of nodes: what a walk from the roots reaches, but no longer reaches if it may
// not enter the set. A function whose address stays in a table keeps its declaration and an empty body, as
// in graph.c.
#include "retained_set.h"

static uint8_t *walk_without(wr_env *env, const wr_graph *g, const uint8_t *gone) {
    uint8_t *left = WR_NEW0(&env->temp, uint8_t, g->n);
    uint32_t *queue = WR_NEW(&env->temp, uint32_t, g->n), n = 1;
    queue[0] = 0, left[0] = 1;
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t e = g->start[queue[i]]; e < g->start[queue[i] + 1]; e++) {
            uint32_t to = g->edges[e];
            if (left[to] || gone[to]) continue;
            left[to] = 1;
            queue[n++] = to;
        }
    return left;
}

// By function: whether a table segment that stays names it.
static uint8_t *find_listed(wr_env *env, const wr_audit *a, const uint8_t *left) {
    uint8_t *listed = WR_NEW0(&env->temp, uint8_t, a->m.nfuncs);
    for (uint32_t i = 0; i < a->m.nelems; i++) {
        const wr_elem *elem = &a->m.elems[i];
        if (!elem->funcs || !left[a->graph.base[WR_ELEM] + i]) continue;
        for (uint32_t k = 0; k < elem->count; k++) listed[elem->funcs[k]] = 1;
    }
    return listed;
}

static uint64_t freed_bytes(const wr_audit *a, const uint8_t *listed, uint32_t node) {
    uint32_t index;
    if (wr_graph_node_space(&a->graph, node, &index) != WR_FUNC || !listed[index]) return a->graph.size[node];
    size_t body = a->m.funcs[index].body.n;
    return body > 3 ? body - 3 : 0;
}

wr_retained_set wr_retained_set_find(wr_env *env, const wr_audit *a, const uint8_t *gone) {
    const wr_graph *g = &a->graph;
    const uint8_t *left = walk_without(env, g, gone), *listed = find_listed(env, a, left);
    wr_retained_set set = {.left = left};
    for (uint32_t i = 1; i < g->norder; i++) {
        uint32_t node = g->order[i], index;
        if (gone[node]) set.own += g->size[node];
        if (left[node]) continue;
        if (node >= g->first_piece)
            set.data += g->size[node];
        else
            set.bytes += freed_bytes(a, listed, node);
        set.functions += wr_graph_node_space(g, node, &index) == WR_FUNC && index >= a->m.nfunc_imports;
    }
    return set;
}
