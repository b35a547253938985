// Makes and composes code maps. See code_map.h.
#include "code_map.h"

#include "ir/origins.h"
#include "support/search.h"

static void add_row(wr_env *env, wr_code_map *map, uint32_t at, uint32_t origin, uint32_t site,
                    bool is_made) {
    wr_code_row row = {at, origin, site, is_made};
    WR_PUSH(&env->perm, map->rows, row);
}

// Adds a function. Its sites are numbered after those of the functions before it.
static void add_func(wr_env *env, wr_code_map *map, const wr_placed_body *body, uint32_t at) {
    uint32_t nsites = map->sites.n;
    wr_origin_reader r = wr_origins_read(env, &env->perm, body->origins, 0, &map->sites);
    for (uint32_t i = nsites; i < map->sites.n; i++)
        if (map->sites.v[i].outer) map->sites.v[i].outer += nsites;
    if (r.next) add_row(env, map, at, 0, 0, false);
    while (r.next != WR_NONE) {
        wr_origins_next_row(&r, r.next);
        add_row(env, map, at + r.at, r.origin, r.site ? r.site + nsites : 0, r.is_made);
    }
}

void wr_code_map_make(wr_env *env, const wr_code_origins *origins, uint32_t ninput, wr_code_map *map) {
    *map = (wr_code_map){.nfuncs = origins->n,
                         .nimports = origins->nimports,
                         .imports = origins->imports,
                         .nglobals = origins->nglobals,
                         .globals = origins->globals};
    map->funcs = WR_NEW(&env->perm, wr_code_func, origins->n);
    for (uint32_t i = 0; i < origins->n; i++) {
        const wr_placed_body *body = &origins->bodies[i];
        uint32_t at = (uint32_t)(origins->code + body->at);
        map->funcs[i] =
            (wr_code_func){at, body->size, body->func < ninput ? body->func : WR_NONE, map->rows.n};
        add_func(env, map, body, at);
    }
}

// The numbers from 0 on.
static const uint32_t *count_up(wr_env *env, uint32_t n) {
    uint32_t *numbers = WR_NEW(&env->perm, uint32_t, n);
    for (uint32_t i = 0; i < n; i++) numbers[i] = i;
    return numbers;
}

void wr_code_map_identity(wr_env *env, const wr_module *m, wr_code_map *map) {
    *map = (wr_code_map){
        .nfuncs = m->nfuncs - m->nfunc_imports, .nimports = m->nfunc_imports, .nglobals = m->nglobals};
    map->funcs = WR_NEW(&env->perm, wr_code_func, map->nfuncs);
    map->imports = count_up(env, map->nimports);
    map->globals = count_up(env, map->nglobals);
    for (uint32_t i = 0; i < map->nfuncs; i++) {
        uint32_t func = m->nfunc_imports + i, at = (uint32_t)wr_func_offset(m, func);
        map->funcs[i] = (wr_code_func){at, (uint32_t)m->funcs[func].body.n, func, i};
        add_row(env, map, at, at, 0, false);
    }
}

static void *copy_items(wr_arena *arena, const void *items, size_t n, size_t size) {
    void *copy = wr_alloc_items(arena, n, size);
    if (n) memcpy(copy, items, n * size);
    return copy;
}

void wr_code_map_copy(wr_arena *arena, wr_code_map *map) {
    map->rows.v = copy_items(arena, map->rows.v, map->rows.n, sizeof *map->rows.v);
    map->rows.cap = map->rows.n;
    map->sites.v = copy_items(arena, map->sites.v, map->sites.n, sizeof *map->sites.v);
    map->sites.cap = map->sites.n;
    map->funcs = copy_items(arena, map->funcs, map->nfuncs, sizeof *map->funcs);
    map->imports = copy_items(arena, map->imports, map->nimports, sizeof *map->imports);
    map->globals = copy_items(arena, map->globals, map->nglobals, sizeof *map->globals);
}

// --- Composition ---

typedef struct composing {
    wr_env *env;
    const wr_code_map *before;
    wr_code_map out;
    uint32_t *site_of; // by site of the map: its number in the result
} composing;

static const wr_code_row *row_at(const wr_code_map *map, uint32_t at, uint32_t *index) {
    uint32_t low;
    WR_SEARCH(low, 0, map->rows.n, map->rows.v[low].at <= at);
    *index = low;
    return low ? &map->rows.v[low - 1] : NULL;
}

// Copies the sites of `before` around one of its rows into a site of the result.
static uint32_t nest_sites(composing *c, uint32_t site, uint32_t outer) {
    if (!site) return outer;
    if (!outer) return site; // sites of `before` keep their numbers in the result
    wr_inline_site copy = c->before->sites.v[site - 1];
    copy.outer = nest_sites(c, copy.outer, outer);
    WR_PUSH(&c->env->perm, c->out.sites, copy);
    return c->out.sites.n;
}

static void compose_sites(composing *c, const wr_inline_sites *sites) {
    c->site_of = WR_NEW(&c->env->temp, uint32_t, (size_t)sites->n + 1);
    c->site_of[0] = 0;
    for (uint32_t i = 0; i < c->before->sites.n; i++)
        WR_PUSH(&c->env->perm, c->out.sites, c->before->sites.v[i]);
    for (uint32_t i = 0; i < sites->n; i++) { // an outer site has a lower number
        uint32_t next;
        const wr_code_row *row = row_at(c->before, sites->v[i].call, &next);
        wr_inline_site site = {row && row->origin ? row->origin + (sites->v[i].call - row->at) : 0, 0};
        site.outer = nest_sites(c, row ? row->site : 0, c->site_of[sites->v[i].outer]);
        WR_PUSH(&c->env->perm, c->out.sites, site);
        c->site_of[i + 1] = c->out.sites.n;
    }
}

// One row becomes as many as the earlier map has for its stretch.
static void compose_row(composing *c, const wr_code_row *row, uint32_t size) {
    uint32_t next, origin = row->origin, site = 0;
    const wr_code_row *from = origin ? row_at(c->before, origin, &next) : NULL;
    if (!from) {
        add_row(c->env, &c->out, row->at, 0, 0, false);
        return;
    }
    for (uint32_t at = row->at;; at = row->at + (from->at - origin)) {
        uint32_t skip = at == row->at ? origin - from->at : 0;
        site = nest_sites(c, from->site, c->site_of[row->site]);
        add_row(c->env, &c->out, at, from->origin ? from->origin + skip : 0, from->origin ? site : 0,
                row->is_made || from->is_made);
        if (next == c->before->rows.n || c->before->rows.v[next].at - origin >= size) return;
        from = &c->before->rows.v[next++];
    }
}

static uint32_t func_before(const wr_code_map *before, uint32_t index) {
    return index >= before->nimports && index - before->nimports < before->nfuncs
               ? before->funcs[index - before->nimports].from
               : WR_NONE;
}

void wr_code_map_compose(wr_env *env, const wr_code_map *before, wr_code_map *map) {
    composing c = {.env = env, .before = before, .out = {.funcs = map->funcs, .nfuncs = map->nfuncs}};
    c.out.nimports = map->nimports;
    uint32_t *imports = WR_NEW(&env->perm, uint32_t, map->nimports);
    for (uint32_t i = 0; i < map->nimports; i++) imports[i] = before->imports[map->imports[i]];
    c.out.imports = imports;
    uint32_t *globals = WR_NEW(&env->perm, uint32_t, map->nglobals);
    for (uint32_t i = 0; i < map->nglobals; i++)
        globals[i] = map->globals[i] < before->nglobals ? before->globals[map->globals[i]] : WR_NONE;
    c.out.globals = globals, c.out.nglobals = map->nglobals;
    compose_sites(&c, &map->sites);
    for (uint32_t i = 0; i < map->nfuncs; i++) {
        wr_code_func *func = &map->funcs[i];
        uint32_t end = wr_code_rows_end(map, i), first = c.out.rows.n;
        for (uint32_t k = func->first; k < end; k++) {
            const wr_code_row *row = &map->rows.v[k];
            compose_row(&c, row, (k + 1 < end ? row[1].at : func->at + func->size) - row->at);
        }
        func->first = first;
        func->from = func_before(before, func->from);
    }
    *map = c.out;
}
