// Grows a module's index spaces and replaces bodies.
#include "edit.h"

#include "origins.h"

// Makes room for one more item. `cap` is 0 while the array is still the decoder's. The functions of a large
// module take a good part of the memory, so there is room for an eighth more only, and a large array moves
// rather than leaving its old copy behind: nothing may point into it.
static void *room(wr_env *env, void *items, uint32_t n, uint32_t *cap, size_t size) {
    if (n < *cap) return items;
    size_t want = (size_t)n + n / 8 + 16;
    *cap = (uint32_t)want;
    return wr_grow(&env->perm, n ? items : NULL, n * size, want * size);
}

static bool is_plain(const wr_module *m, const wr_type *type) {
    return type->kind == WR_TYPE_FUNC && type->is_final && type->super == WR_NONE &&
           m->groups[type->group].count == 1;
}

static bool same_values(const wr_type *type, const wr_valtype *params, uint32_t nparams,
                        const wr_valtype *results, uint32_t nresults) {
    return type->nparams == nparams && type->nresults == nresults &&
           (nparams == 0 || memcmp(type->values, params, nparams * sizeof *params) == 0) &&
           (nresults == 0 || memcmp(type->values + nparams, results, nresults * sizeof *results) == 0);
}

static uint32_t add_func_type(wr_env *env, wr_module *m, const wr_valtype *params, uint32_t nparams,
                              const wr_valtype *results, uint32_t nresults) {
    wr_valtype *values = WR_NEW(&env->perm, wr_valtype, (size_t)nparams + nresults);
    if (nparams) memcpy(values, params, nparams * sizeof *params);
    if (nresults) memcpy(values + nparams, results, nresults * sizeof *results);
    m->types = room(env, m->types, m->ntypes, &m->types_cap, sizeof *m->types);
    m->groups = room(env, m->groups, m->ngroups, &m->groups_cap, sizeof *m->groups);
    m->types[m->ntypes] = (wr_type){.kind = WR_TYPE_FUNC,
                                    .is_final = true,
                                    .super = WR_NONE,
                                    .describes = WR_NONE,
                                    .descriptor = WR_NONE,
                                    .group = m->ngroups,
                                    .canon = m->ntypes,
                                    .nparams = nparams,
                                    .nresults = nresults,
                                    .values = values};
    m->groups[m->ngroups++] = (wr_group){.first = m->ntypes, .count = 1};
    return m->ntypes++;
}

uint32_t wr_module_intern_func_type(wr_env *env, wr_module *m, const wr_valtype *params, uint32_t nparams,
                                    const wr_valtype *results, uint32_t nresults) {
    for (uint32_t i = 0; i < m->ntypes; i++)
        if (m->types[i].canon == i && is_plain(m, &m->types[i]) &&
            same_values(&m->types[i], params, nparams, results, nresults))
            return i;
    return add_func_type(env, m, params, nparams, results, nresults);
}

uint32_t wr_module_add_func(wr_env *env, wr_module *m, uint32_t type, wr_slice body) {
    WR_ASSERT(type < m->ntypes && m->types[type].kind == WR_TYPE_FUNC);
    m->funcs = room(env, m->funcs, m->nfuncs, &m->funcs_cap, sizeof *m->funcs);
    m->funcs[m->nfuncs] =
        (wr_func){.type = type, .import = WR_NONE, .body = body, .live = true, .changed = true};
    if (m->origins) {
        m->origins = room(env, m->origins, m->nfuncs, &m->origins_cap, sizeof *m->origins);
        m->origins[m->nfuncs] = (wr_slice){0};
    }
    return m->nfuncs++;
}

uint32_t wr_module_add_global(wr_env *env, wr_module *m, wr_valtype type, bool mutable, wr_slice init) {
    m->globals = room(env, m->globals, m->nglobals, &m->globals_cap, sizeof *m->globals);
    m->globals[m->nglobals] = (wr_global){
        .type = type, .mutable = mutable, .import = WR_NONE, .init = {init, WR_NO_OFFSET}, .live = true};
    return m->nglobals++;
}

void wr_module_add_data(wr_env *env, wr_module *m, wr_data data) {
    m->datas = room(env, m->datas, m->ndatas, &m->datas_cap, sizeof *m->datas);
    m->datas[m->ndatas++] = data;
}

void wr_module_add_elem(wr_env *env, wr_module *m, wr_elem elem) {
    m->elems = room(env, m->elems, m->nelems, &m->elems_cap, sizeof *m->elems);
    m->elems[m->nelems++] = elem;
}

void wr_module_replace_body(wr_module *m, uint32_t func, wr_slice body) {
    WR_ASSERT(func < m->nfuncs && m->funcs[func].import == WR_NONE);
    m->funcs[func].body = body;
    if (m->origins) m->origins[func] = (wr_slice){0};
    m->funcs[func].changed = true;
}

void wr_module_track_origins(wr_env *env, wr_module *m) {
    m->origins = WR_NEW0(&env->perm, wr_slice, m->nfuncs);
    m->origins_cap = m->nfuncs;
}

void wr_module_keep_origins(wr_env *env, wr_module *m, uint32_t func, const wr_body *body) {
    if (!m->origins) return;
    wr_buf table = wr_buf_in(&env->temp);
    wr_origins_encode(body, &table);
    m->origins[func] = wr_slice_copy(&env->code, wr_buf_slice(&table));
}

void wr_module_store_body(wr_env *env, wr_collector *collector, wr_module *m, uint32_t func,
                          const wr_body *body) {
    wr_buf out = wr_buf_in(&env->temp);
    wr_buf_room(&out, m->funcs[func].body.n);
    wr_body_encode(body, &out);
    wr_module_replace_body(m, func, wr_slice_copy(&env->code, wr_buf_slice(&out)));
    wr_module_keep_origins(env, m, func, body);
    wr_collector_summarize_body(collector, env, m, &m->funcs[func], body);
}

void wr_module_store_bytes(wr_env *env, wr_collector *collector, wr_module *m, uint32_t func, wr_slice body) {
    wr_module_replace_body(m, func, wr_slice_copy(&env->code, body));
    wr_collector_summarize(collector, env, m, &m->funcs[func]);
}

static size_t code_size(const wr_pool *pool) {
    size_t n = 0;
    for (unsigned i = 0; i < pool->jobs; i++) n += wr_arena_size(&pool->envs[i].code);
    return n;
}

static size_t size_in_use(const wr_module *m) {
    size_t n = 0;
    for (uint32_t i = 0; i < m->nfuncs; i++) {
        if (m->origins) n += m->origins[i].n;
        if (m->funcs[i].changed) n += m->funcs[i].body.n + m->funcs[i].summary.nuses * sizeof(wr_use);
    }
    return n;
}

static void move_func(wr_arena *arena, wr_module *m, uint32_t func) {
    wr_func *f = &m->funcs[func];
    if (m->origins) m->origins[func] = wr_slice_copy(arena, m->origins[func]);
    if (!f->changed) return;
    wr_use *uses = WR_NEW(arena, wr_use, f->summary.nuses);
    if (f->summary.nuses) memcpy(uses, f->summary.uses, f->summary.nuses * sizeof *uses);
    f->summary.uses = uses;
    f->body = wr_slice_copy(arena, f->body);
}

#define FREE_GARBAGE ((size_t)1 << 20)

void wr_module_compact_code(wr_pool *pool, wr_module *m) {
    wr_arena *arena = &wr_main_env(pool)->code;
    if (code_size(pool) < size_in_use(m) / 2 * 3 + FREE_GARBAGE) return;
    for (unsigned i = 0; i < pool->jobs; i++) {
        wr_env *env = &pool->envs[i];
        wr_arena old = env->old_code;
        env->old_code = env->code;
        env->code = old;
    }
    for (uint32_t i = 0; i < m->nfuncs; i++) move_func(arena, m, i);
    for (unsigned i = 0; i < pool->jobs; i++) wr_arena_free(&pool->envs[i].old_code);
}
