// The final numbering. Uses are counted over everything that stays; each space is then ordered so that the most used
// entities get the indices that take fewest bytes.
#include "layout.h"

#include <stdlib.h>

#include "layout_types.h"

// Index lengths grow at these values; a bucket is what lies between two of them.
static const uint32_t index_limits[] = {1u << 7, 1u << 14, 1u << 21, 1u << 28};

typedef struct ranked {
    uint64_t count;
    uint32_t index;
} ranked;

static int by_count(const void *a, const void *b) {
    const ranked *x = a, *y = b;
    if (x->count != y->count) return x->count < y->count ? 1 : -1;
    return x->index < y->index ? -1 : x->index > y->index;
}

static int by_index(const void *a, const void *b) {
    const ranked *x = a, *y = b;
    return x->index < y->index ? -1 : x->index > y->index;
}

// Orders entries for positions first, first + 1, …: most used into the shortest buckets, old order inside a bucket.
static void order_by_use(ranked *entries, uint32_t n, uint32_t first, const uint32_t *limits, size_t nlimits) {
    if (first + n <= limits[0]) return;
    qsort(entries, n, sizeof *entries, by_count);
    uint32_t done = 0;
    for (size_t i = 0; i < nlimits && done < n; i++) {
        if (limits[i] <= first + done) continue;
        uint32_t upto = limits[i] - first < n ? limits[i] - first : n;
        qsort(entries + done, upto - done, sizeof *entries, by_index);
        done = upto;
    }
}

void wr_order_by_use(wr_env *env, uint32_t *order, uint32_t n, const uint64_t *counts, uint32_t first,
                     const uint32_t *limits, size_t nlimits) {
    ranked *entries = WR_NEW(&env->temp, ranked, n);
    for (uint32_t i = 0; i < n; i++) entries[i] = (ranked){counts[order[i]], order[i]};
    order_by_use(entries, n, first, limits, nlimits);
    for (uint32_t i = 0; i < n; i++) order[i] = entries[i].index;
}

// --- Counting ---

static void count_uses(wr_counts *counts, const wr_use *uses, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) {
        unsigned space = wr_ref_space(uses[i].ref);
        counts->of[space == WR_FUNC_ADDR ? WR_FUNC : space][wr_ref_index(uses[i].ref)] += uses[i].count;
    }
}

static void count_expr(wr_env *env, wr_collector *c, const wr_module *m, wr_counts *counts, wr_expr expr) {
    wr_collector_begin(c, m);
    wr_collect_code(c, env, expr.code, expr.offset);
    count_uses(counts, c->uses.v, c->uses.n);
}

static void count_elem(wr_env *env, wr_collector *c, const wr_module *m, wr_counts *counts, const wr_elem *elem) {
    if (elem->mode == WR_ACTIVE) count_expr(env, c, m, counts, elem->at);
    for (uint32_t i = 0; i < elem->count; i++) {
        if (elem->funcs)
            counts->of[WR_FUNC][elem->funcs[i]]++;
        else
            count_expr(env, c, m, counts, elem->exprs[i]);
    }
}

static void count_tables_of_module(wr_env *env, wr_collector *c, const wr_module *m, wr_counts *counts) {
    for (uint32_t i = 0; i < m->nglobals; i++)
        if (m->globals[i].live && m->globals[i].import == WR_NONE) count_expr(env, c, m, counts, m->globals[i].init);
    for (uint32_t i = 0; i < m->ntables; i++)
        if (m->tables[i].live && m->tables[i].has_init) count_expr(env, c, m, counts, m->tables[i].init);
    for (uint32_t i = 0; i < m->nelems; i++)
        if (m->elems[i].live) count_elem(env, c, m, counts, &m->elems[i]);
    for (uint32_t i = 0; i < m->ndatas; i++)
        if (m->datas[i].live && m->datas[i].mode == WR_ACTIVE) count_expr(env, c, m, counts, m->datas[i].at);
    for (uint32_t i = 0; i < m->nexports; i++)
        if (m->exports[i].live) counts->of[m->exports[i].space][m->exports[i].index]++;
}

void wr_count_uses(wr_env *env, const wr_module *m, wr_counts *counts) {
    wr_collector c;
    wr_collector_init(&c, &env->temp);
    for (unsigned space = 0; space < WR_SPACES; space++)
        counts->of[space] = WR_NEW0(&env->temp, uint64_t, wr_space_size(m, (wr_space)space));
    for (uint32_t i = 0; i < m->nfuncs; i++)
        if (m->funcs[i].live) count_uses(counts, m->funcs[i].summary.uses, m->funcs[i].summary.nuses);
    count_tables_of_module(env, &c, m, counts);
}

// --- Orders ---

static bool is_live(const wr_module *m, wr_space space, uint32_t i) {
    switch (space) {
    case WR_FUNC: return m->funcs[i].live;
    case WR_TABLE: return m->tables[i].live;
    case WR_MEMORY: return m->memories[i].live;
    case WR_GLOBAL: return m->globals[i].live;
    case WR_TAG: return m->tags[i].live;
    case WR_DATA: return m->datas[i].live;
    default: return m->elems[i].live;
    }
}

static void list_live(wr_env *env, const wr_module *m, wr_space space, wr_layout *layout) {
    uint32_t size = wr_space_size(m, space), n = 0;
    uint32_t *order = WR_NEW(&env->perm, uint32_t, size);
    for (uint32_t i = 0; i < size; i++)
        if (is_live(m, space, i)) order[n++] = i;
    layout->order[space] = order;
    layout->count[space] = n;
}

// How many of the live entities come first because they are imported.
static uint32_t live_below(const wr_layout *layout, wr_space space, uint32_t limit) {
    uint32_t n = 0;
    while (n < layout->count[space] && layout->order[space][n] < limit) n++;
    return n;
}

static void order_space(wr_env *env, wr_space space, uint32_t imports, const wr_counts *counts, wr_layout *layout) {
    uint32_t first = live_below(layout, space, imports);
    wr_order_by_use(env, layout->order[space] + first, layout->count[space] - first, counts->of[space], first,
                    index_limits, WR_COUNT(index_limits));
}

static int by_rank(const void *a, const void *b) {
    const ranked *x = a, *y = b;
    return x->count < y->count ? -1 : x->count > y->count;
}

// Sorts the functions of each bucket by the module's rank for them.
static void rank_functions(wr_env *env, const wr_module *m, wr_layout *layout) {
    uint32_t *order = layout->order[WR_FUNC], n = layout->count[WR_FUNC];
    uint32_t first = live_below(layout, WR_FUNC, m->nfunc_imports);
    ranked *entries = WR_NEW(&env->temp, ranked, n);
    for (uint32_t i = first; i < n; i++) entries[i] = (ranked){m->func_rank[order[i]], order[i]};
    for (size_t i = 0; i < WR_COUNT(index_limits) && first < n; i++) {
        uint32_t end = index_limits[i] < n ? index_limits[i] : n;
        if (end <= first) continue;
        qsort(entries + first, end - first, sizeof *entries, by_rank);
        for (; first < end; first++) order[first] = entries[first].index;
    }
}

// A global's initial value may name earlier globals; then the order stays.
static bool globals_are_free(wr_env *env, const wr_module *m) {
    wr_collector c;
    wr_collector_init(&c, &env->temp);
    for (uint32_t i = m->nglobal_imports; i < m->nglobals; i++) {
        wr_collector_begin(&c, m);
        wr_collect_code(&c, env, m->globals[i].init.code, m->globals[i].init.offset);
        for (uint32_t k = 0; k < c.uses.n; k++)
            if (wr_ref_space(c.uses.v[k].ref) == WR_GLOBAL && wr_ref_index(c.uses.v[k].ref) >= m->nglobal_imports)
                return false;
    }
    return true;
}

static void invert(wr_env *env, const wr_module *m, wr_space space, wr_layout *layout) {
    uint32_t size = wr_space_size(m, space);
    uint32_t *to = WR_NEW(&env->perm, uint32_t, size);
    memset(to, 0xff, size * sizeof *to);
    for (uint32_t i = 0; i < layout->count[space]; i++) to[layout->order[space][i]] = i;
    layout->map.to[space] = to;
}

void wr_make_layout(wr_env *env, const wr_module *m, wr_layout *layout) {
    *layout = (wr_layout){0};
    wr_counts counts;
    wr_count_uses(env, m, &counts);
    for (unsigned space = 0; space < WR_SPACES; space++) {
        if (space == WR_TYPE) continue;
        list_live(env, m, (wr_space)space, layout);
    }
    order_space(env, WR_FUNC, m->nfunc_imports, &counts, layout);
    if (m->func_rank) rank_functions(env, m, layout);
    if (globals_are_free(env, m)) order_space(env, WR_GLOBAL, m->nglobal_imports, &counts, layout);
    for (unsigned space = 0; space < WR_SPACES; space++)
        if (space != WR_TYPE) invert(env, m, (wr_space)space, layout);
    wr_layout_types(env, m, &counts, layout);
}
