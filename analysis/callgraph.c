// The strongly connected components of the call graph, by Tarjan's algorithm with an explicit stack. An extra
// hub node stands for all indirect calls: every function that uses a table or typed function references has
// an edge to the hub, and the hub has an edge to every address-taken function.
#include "callgraph.h"

#include "ir/ins.h"

typedef struct visit {
    uint32_t func, next; // next: the call edge to follow next
} visit;

typedef struct sccs {
    wr_arena *arena;
    const wr_module *m;
    uint32_t *order, *low, *scc;
    uint32_t norder, nsccs;
    wr_u32s open;
    WR_VEC(visit) path;
    bool indirect;
    wr_u32s targets; // targets of indirect calls
} sccs;

static void enter(sccs *c, uint32_t func) {
    c->order[func] = c->low[func] = ++c->norder;
    visit v = {func, 0};
    WR_PUSH(c->arena, c->open, func);
    WR_PUSH(c->arena, c->path, v);
}

static void leave(sccs *c, uint32_t func) {
    if (c->low[func] == c->order[func]) {
        uint32_t member;
        do {
            member = c->open.v[--c->open.n];
            c->scc[member] = c->nsccs;
        } while (member != func);
        c->nsccs++;
    }
    c->path.n--;
    if (!c->path.n) return;
    uint32_t caller = c->path.v[c->path.n - 1].func;
    if (c->low[func] < c->low[caller]) c->low[caller] = c->low[func];
}

// The number of possible call edges of a node.
static uint32_t ncalls(const sccs *c, uint32_t node) {
    return node == c->m->nfuncs ? c->targets.n : c->m->funcs[node].summary.nuses + 1;
}

static uint32_t callee_of(const sccs *c, uint32_t node, uint32_t i) {
    uint32_t hub = c->m->nfuncs;
    if (node == hub) return c->targets.v[i];
    const wr_summary *summary = &c->m->funcs[node].summary;
    if (i == summary->nuses) return c->indirect && summary->features & WR_F(FUNC_REFS) ? hub : WR_NONE;
    wr_ref ref = summary->uses[i].ref;
    if (wr_ref_space(ref) == WR_TABLE) return c->indirect ? hub : WR_NONE;
    return wr_ref_space(ref) == WR_FUNC ? wr_ref_index(ref) : WR_NONE;
}

static void follow(sccs *c) {
    visit *v = &c->path.v[c->path.n - 1];
    if (v->next == ncalls(c, v->func)) {
        leave(c, v->func);
        return;
    }
    uint32_t callee = callee_of(c, v->func, v->next++);
    if (callee == WR_NONE) return;
    if (!c->order[callee])
        enter(c, callee);
    else if (c->scc[callee] == WR_NONE && c->order[callee] < c->low[v->func])
        c->low[v->func] = c->order[callee];
}

static void list_elem(wr_arena *arena, const wr_module *m, const wr_elem *elem, wr_u32s *targets) {
    for (uint32_t i = 0; elem->funcs && i < elem->count; i++) WR_PUSH(arena, *targets, elem->funcs[i]);
    // Expressions are not examined: any function may be an element.
    for (uint32_t i = 0; elem->exprs && i < m->nfuncs; i++) WR_PUSH(arena, *targets, i);
}

wr_u32s wr_callgraph_address_taken(wr_arena *arena, const wr_module *m) {
    wr_u32s targets = {0};
    bool all = false;
    for (uint32_t i = 0; i < m->nelems && !all; i++) {
        if (!m->elems[i].live) continue;
        list_elem(arena, m, &m->elems[i], &targets);
        all = m->elems[i].exprs != NULL;
    }
    for (uint32_t f = 0; f < m->nfuncs; f++) {
        const wr_summary *summary = &m->funcs[f].summary;
        for (uint32_t i = 0; m->funcs[f].live && i < summary->nuses; i++)
            if (wr_ref_space(summary->uses[i].ref) == WR_FUNC_ADDR)
                WR_PUSH(arena, targets, wr_ref_index(summary->uses[i].ref));
    }
    return targets;
}

uint32_t *wr_callgraph_sccs(wr_arena *arena, const wr_module *m, bool indirect) {
    sccs c = {.arena = arena, .m = m, .indirect = indirect};
    size_t nodes = (size_t)m->nfuncs + 1;
    c.scc = memset(WR_NEW(arena, uint32_t, nodes), 0xff, nodes * sizeof(uint32_t));
    wr_mark mark = wr_arena_mark(arena);
    c.order = WR_NEW0(arena, uint32_t, nodes);
    c.low = WR_NEW(arena, uint32_t, nodes);
    if (indirect) c.targets = wr_callgraph_address_taken(arena, m);
    for (uint32_t i = 0; i < m->nfuncs; i++) {
        if (c.order[i] || !m->funcs[i].live) continue;
        enter(&c, i);
        while (c.path.n) follow(&c);
    }
    wr_arena_release(arena, &mark);
    return c.scc;
}

uint8_t *wr_callgraph_recursive(wr_arena *arena, const wr_module *m, bool indirect) {
    uint32_t n = m->nfuncs, *scc = wr_callgraph_sccs(arena, m, indirect),
             *size = WR_NEW0(arena, uint32_t, (size_t)n + 1);
    uint8_t *recursive = WR_NEW0(arena, uint8_t, n);
    for (uint32_t i = 0; i <= n; i++)
        if (scc[i] != WR_NONE) size[scc[i]]++;
    for (uint32_t i = 0; i < n; i++) {
        if (scc[i] == WR_NONE) continue;
        const wr_summary *summary = &m->funcs[i].summary;
        recursive[i] = size[scc[i]] > 1;
        for (uint32_t k = 0; k < summary->nuses; k++)
            recursive[i] |= summary->uses[k].ref == wr_make_ref(WR_FUNC, i);
    }
    return recursive;
}
