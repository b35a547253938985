// Computes dominators as Lengauer and Tarjan do. All arrays below except `order` and `number` are indexed
// by depth-first number, so that comparing numbers is what the algorithm needs. Names follow the paper (A
// Fast Algorithm for Finding Dominators in a Flowgraph, 1979).
#include "dominators.h"

typedef struct tree {
    wr_arena *arena;
    uint32_t n; // nodes reached
    uint32_t *number, *order;
    uint32_t *parent, *semi, *ancestor, *label, *idom;
    uint32_t *bucket, *next_in_bucket;
    uint32_t *pred_start, *preds;
    wr_u32s path;
} tree;

static uint32_t *filled(wr_arena *arena, uint32_t n) {
    return memset(WR_NEW(arena, uint32_t, n), 0xff, n * sizeof(uint32_t));
}

static void number_nodes(tree *t, const uint32_t *start, const uint32_t *edges) {
    wr_u32s stack = {0}, at = {0};
    t->number[0] = 0;
    t->order[t->n++] = 0;
    WR_PUSH(t->arena, stack, 0);
    WR_PUSH(t->arena, at, start[0]);
    while (stack.n) {
        uint32_t node = stack.v[stack.n - 1], edge = at.v[at.n - 1]++;
        if (edge == start[node + 1]) {
            stack.n--, at.n--;
            continue;
        }
        uint32_t to = edges[edge];
        if (t->number[to] != WR_NONE) continue;
        t->number[to] = t->n;
        t->parent[t->n] = t->number[node];
        t->order[t->n++] = to;
        WR_PUSH(t->arena, stack, to);
        WR_PUSH(t->arena, at, start[to]);
    }
}

static void list_predecessors(tree *t, const uint32_t *start, const uint32_t *edges) {
    t->pred_start = WR_NEW0(t->arena, uint32_t, (size_t)t->n + 2);
    for (uint32_t i = 0; i < t->n; i++)
        for (uint32_t e = start[t->order[i]]; e < start[t->order[i] + 1]; e++)
            t->pred_start[t->number[edges[e]] + 2]++;
    for (uint32_t i = 0; i < t->n; i++) t->pred_start[i + 2] += t->pred_start[i + 1];
    t->preds = WR_NEW(t->arena, uint32_t, t->pred_start[t->n + 1]);
    for (uint32_t i = 0; i < t->n; i++)
        for (uint32_t e = start[t->order[i]]; e < start[t->order[i] + 1]; e++)
            t->preds[t->pred_start[t->number[edges[e]] + 1]++] = i;
}

static void compress(tree *t, uint32_t v) {
    t->path.n = 0;
    for (; t->ancestor[t->ancestor[v]] != WR_NONE; v = t->ancestor[v]) WR_PUSH(t->arena, t->path, v);
    while (t->path.n) {
        v = t->path.v[--t->path.n];
        uint32_t up = t->ancestor[v];
        if (t->semi[t->label[up]] < t->semi[t->label[v]]) t->label[v] = t->label[up];
        t->ancestor[v] = t->ancestor[up];
    }
}

static uint32_t eval(tree *t, uint32_t v) {
    if (t->ancestor[v] == WR_NONE) return v;
    compress(t, v);
    return t->label[v];
}

static void empty_bucket(tree *t, uint32_t p) {
    for (uint32_t v = t->bucket[p]; v != WR_NONE; v = t->next_in_bucket[v]) {
        uint32_t u = eval(t, v);
        t->idom[v] = t->semi[u] < t->semi[v] ? u : p;
    }
    t->bucket[p] = WR_NONE;
}

static void find_dominators(tree *t) {
    for (uint32_t w = t->n; w-- > 1;) {
        for (uint32_t e = t->pred_start[w]; e < t->pred_start[w + 1]; e++) {
            uint32_t u = eval(t, t->preds[e]);
            if (t->semi[u] < t->semi[w]) t->semi[w] = t->semi[u];
        }
        t->next_in_bucket[w] = t->bucket[t->semi[w]];
        t->bucket[t->semi[w]] = w;
        t->ancestor[w] = t->parent[w];
        empty_bucket(t, t->parent[w]);
    }
    for (uint32_t w = 1; w < t->n; w++)
        if (t->idom[w] != t->semi[w]) t->idom[w] = t->idom[t->idom[w]];
}

uint32_t wr_dominators(wr_env *env, uint32_t n, const uint32_t *start, const uint32_t *edges, uint32_t *idom,
                       uint32_t *order) {
    wr_arena *temp = &env->temp;
    tree t = {.arena = temp,
              .order = order,
              .number = filled(temp, n),
              .parent = filled(temp, n),
              .semi = WR_NEW(temp, uint32_t, n),
              .label = WR_NEW(temp, uint32_t, n),
              .ancestor = filled(temp, n),
              .idom = filled(temp, n),
              .bucket = filled(temp, n),
              .next_in_bucket = filled(temp, n)};
    for (uint32_t i = 0; i < n; i++) t.semi[i] = t.label[i] = i;
    number_nodes(&t, start, edges);
    list_predecessors(&t, start, edges);
    find_dominators(&t);
    memset(idom, 0xff, n * sizeof *idom);
    for (uint32_t w = 1; w < t.n; w++) idom[order[w]] = order[t.idom[w]];
    return t.n;
}
