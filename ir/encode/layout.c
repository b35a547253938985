// Computes the final numbering. Uses are counted over all live parts of the module, then each index space is
// ordered so that its most used entities get the shortest indices.
#include "layout.h"

#include "layout_parts.h"

// The values at which the LEB128 length of an index grows. A bucket is the range between two of them.
static const uint32_t index_limits[] = {1u << 7, 1u << 14, 1u << 21, 1u << 28};

// --- Counting ---

static void count_uses(wr_counts *counts, const wr_use *uses, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) {
        unsigned space = wr_ref_space(uses[i].ref);
        counts->of[space == WR_FUNC_ADDR ? WR_FUNC : space][wr_ref_index(uses[i].ref)] += uses[i].count;
    }
}

static void count_expr(wr_env *env, wr_collector *c, const wr_module *m, wr_counts *counts, wr_expr expr) {
    wr_collector_begin(c, m);
    wr_collector_add_code(c, env, expr.code, expr.offset);
    count_uses(counts, c->uses.v, c->uses.n);
}

static void count_elem(wr_env *env, wr_collector *c, const wr_module *m, wr_counts *counts,
                       const wr_elem *elem) {
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
        if (m->globals[i].live && m->globals[i].import == WR_NONE)
            count_expr(env, c, m, counts, m->globals[i].init);
    for (uint32_t i = 0; i < m->ntables; i++)
        if (m->tables[i].live && m->tables[i].has_init) count_expr(env, c, m, counts, m->tables[i].init);
    for (uint32_t i = 0; i < m->nelems; i++)
        if (m->elems[i].live) count_elem(env, c, m, counts, &m->elems[i]);
    for (uint32_t i = 0; i < m->ndatas; i++)
        if (m->datas[i].live && m->datas[i].mode == WR_ACTIVE) count_expr(env, c, m, counts, m->datas[i].at);
    for (uint32_t i = 0; i < m->nexports; i++)
        if (m->exports[i].live) counts->of[m->exports[i].space][m->exports[i].index]++;
}

void wr_layout_count_uses(wr_env *env, const wr_module *m, wr_counts *counts) {
    wr_collector c;
    for (unsigned space = 0; space < WR_SPACES; space++)
        counts->of[space] = WR_NEW0(&env->temp, uint64_t, wr_space_size(m, (wr_space)space));
    wr_mark mark = wr_arena_mark(&env->temp);
    wr_collector_init(&c, &env->temp);
    for (uint32_t i = 0; i < m->nfuncs; i++)
        if (m->funcs[i].live) count_uses(counts, m->funcs[i].summary.uses, m->funcs[i].summary.nuses);
    count_tables_of_module(env, &c, m, counts);
    wr_arena_release(&env->temp, &mark);
}

// --- Ordering ---

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

static bool is_import(const wr_module *m, wr_space space, uint32_t i) {
    switch (space) {
    case WR_FUNC: return m->funcs[i].import != WR_NONE;
    case WR_TABLE: return m->tables[i].import != WR_NONE;
    case WR_MEMORY: return m->memories[i].import != WR_NONE;
    case WR_GLOBAL: return m->globals[i].import != WR_NONE;
    case WR_TAG: return m->tags[i].import != WR_NONE;
    default: return false;
    }
}

// Lists the imports among these entities, or the others.
static void list_some(const wr_module *m, wr_space space, bool imports, wr_layout *layout) {
    uint32_t *order = layout->order[space], *n = &layout->count[space];
    for (uint32_t i = 0; i < wr_space_size(m, space); i++)
        if (is_live(m, space, i) && is_import(m, space, i) == imports) order[(*n)++] = i;
}

// Imports come first. In the module they do too, but for globals that asyncify added.
static void list_live(wr_arena *arena, const wr_module *m, wr_space space, wr_layout *layout) {
    layout->order[space] = WR_NEW(arena, uint32_t, wr_space_size(m, space));
    list_some(m, space, true, layout);
    list_some(m, space, false, layout);
}

// The number of live imports in the space of functions or globals, which come first.
static uint32_t live_imports(const wr_module *m, const wr_layout *layout, wr_space space) {
    uint32_t n = 0;
    while (n < layout->count[space] && is_import(m, space, layout->order[space][n])) n++;
    return n;
}

static void order_space(wr_env *env, const wr_module *m, wr_space space, const wr_counts *counts,
                        wr_layout *layout) {
    uint32_t first = live_imports(m, layout, space);
    wr_layout_order_by_use(env, layout->order[space] + first, layout->count[space] - first, counts->of[space],
                           first, index_limits, WR_COUNT(index_limits));
}

// Whether globals may be reordered. They may not if an initial value refers to an earlier global.
static bool globals_are_free(wr_env *env, const wr_module *m) {
    wr_collector c;
    wr_collector_init(&c, &env->temp);
    for (uint32_t i = m->nglobal_imports; i < m->nglobals; i++) {
        wr_collector_begin(&c, m);
        wr_collector_add_code(&c, env, m->globals[i].init.code, m->globals[i].init.offset);
        for (uint32_t k = 0; k < c.uses.n; k++)
            if (wr_ref_space(c.uses.v[k].ref) == WR_GLOBAL &&
                wr_ref_index(c.uses.v[k].ref) >= m->nglobal_imports)
                return false;
    }
    return true;
}

static void invert(wr_arena *arena, const wr_module *m, wr_space space, wr_layout *layout) {
    uint32_t size = wr_space_size(m, space);
    uint32_t *to = WR_NEW(arena, uint32_t, size);
    memset(to, 0xff, size * sizeof *to);
    for (uint32_t i = 0; i < layout->count[space]; i++) to[layout->order[space][i]] = i;
    layout->map.to[space] = to;
}

void wr_layout_make(wr_env *env, wr_arena *arena, const wr_module *m, wr_func_ranks ranks,
                    wr_layout *layout) {
    *layout = (wr_layout){0};
    wr_counts counts;
    wr_layout_count_uses(env, m, &counts);
    for (unsigned space = 0; space < WR_SPACES; space++) {
        if (space == WR_TYPE) continue;
        list_live(arena, m, (wr_space)space, layout);
    }
    order_space(env, m, WR_FUNC, &counts, layout);
    if (ranks.n) {
        uint32_t first = live_imports(m, layout, WR_FUNC);
        wr_layout_order_by_rank(env, ranks, layout->order[WR_FUNC], first, layout->count[WR_FUNC],
                                index_limits, WR_COUNT(index_limits));
    }
    if (globals_are_free(env, m)) order_space(env, m, WR_GLOBAL, &counts, layout);
    for (unsigned space = 0; space < WR_SPACES; space++)
        if (space != WR_TYPE) invert(arena, m, (wr_space)space, layout);
    wr_layout_types(env, arena, m, &counts, layout);
}
