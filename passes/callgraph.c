// Strongly connected components of the graph of direct calls, from the summaries: Tarjan's algorithm with a stack of its
// own.
#include "callgraph.h"

typedef struct visit {
    uint32_t func, next; // use to follow
} visit;

typedef struct circles {
    wr_arena *arena;
    const wr_module *m;
    uint32_t *order, *low, *circle;
    uint32_t norder, ncircles;
    wr_u32s open;
    WR_VEC(visit) path;
} circles;

static void enter(circles *c, uint32_t func) {
    c->order[func] = c->low[func] = ++c->norder;
    visit v = {func, 0};
    WR_PUSH(c->arena, c->open, func);
    WR_PUSH(c->arena, c->path, v);
}

static void leave(circles *c, uint32_t func) {
    if (c->low[func] == c->order[func]) {
        uint32_t member;
        do {
            member = c->open.v[--c->open.n];
            c->circle[member] = c->ncircles;
        } while (member != func);
        c->ncircles++;
    }
    c->path.n--;
    if (!c->path.n) return;
    uint32_t caller = c->path.v[c->path.n - 1].func;
    if (c->low[func] < c->low[caller]) c->low[caller] = c->low[func];
}

static void follow(circles *c) {
    visit *v = &c->path.v[c->path.n - 1];
    const wr_summary *summary = &c->m->funcs[v->func].summary;
    if (v->next == summary->nuses) {
        leave(c, v->func);
        return;
    }
    wr_ref ref = summary->uses[v->next++].ref;
    if (wr_ref_space(ref) != WR_FUNC) return;
    uint32_t callee = wr_ref_index(ref);
    if (!c->order[callee])
        enter(c, callee);
    else if (c->circle[callee] == WR_NONE && c->order[callee] < c->low[v->func])
        c->low[v->func] = c->order[callee];
}

uint32_t *wr_call_circles(wr_arena *arena, const wr_module *m) {
    circles c = {.arena = arena, .m = m};
    c.order = WR_NEW0(arena, uint32_t, m->nfuncs);
    c.low = WR_NEW(arena, uint32_t, m->nfuncs);
    c.circle = WR_NEW(arena, uint32_t, m->nfuncs);
    if (m->nfuncs) memset(c.circle, 0xff, m->nfuncs * sizeof *c.circle);
    for (uint32_t i = 0; i < m->nfuncs; i++) {
        if (c.order[i] || !m->funcs[i].live) continue;
        enter(&c, i);
        while (c.path.n) follow(&c);
    }
    return c.circle;
}
