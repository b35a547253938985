// dce: removes dead entities, that is functions, globals, tables, memories, tags, segments and imports that
// exports, the start function and active segments do not reach. (Types follow from what is left, see
// ir/encode/layout_types.c.) Reachability is computed over the functions' summaries.
//
// An active segment matters if its memory or table does, or if writing it may trap; then instantiation could
// fail, and must go on failing. An imported table or memory is the host's, so segments that write to it
// always matter. A function that only a table holds is reached if reached code may call it there, by its
// type; otherwise it keeps its place in the table but loses its code.
#include "ir/asm.h"
#include "ir/edit.h"
#include "analysis/segments.h"
#include "analysis/table_calls.h"
#include "passes/manager/pass.h"

typedef struct reach {
    wr_context *c;
    wr_module *m;
    uint8_t *seen[WR_SPACES];
    // Active segments, as linked lists by the table or memory that they write.
    uint32_t *elems_of, *next_elem, *datas_of, *next_data;
    wr_table_calls calls;
    wr_u32s queue;
    wr_collector collector;
} reach;

static void need(reach *r, unsigned space, uint32_t index) {
    if (space == WR_FUNC_ADDR) space = WR_FUNC;
    if (space == WR_TYPE || r->seen[space][index]) return;
    r->seen[space][index] = 1;
    WR_PUSH(&r->c->env->temp, r->queue, wr_make_ref(space, index));
}

static void need_uses(reach *r, const wr_use *uses, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) need(r, wr_ref_space(uses[i].ref), wr_ref_index(uses[i].ref));
}

static void need_expr(reach *r, wr_expr expr) {
    wr_collector_begin(&r->collector, r->m);
    wr_collector_add_code(&r->collector, r->c->env, expr.code, expr.offset);
    need_uses(r, r->collector.uses.v, r->collector.uses.n);
}

static void follow_table(reach *r, uint32_t index) {
    const wr_table *table = &r->m->tables[index];
    if (table->has_init) need_expr(r, table->init);
    for (uint32_t i = r->elems_of[index]; i != WR_NONE; i = r->next_elem[i]) need(r, WR_ELEM, i);
}

static void follow_memory(reach *r, uint32_t index) {
    for (uint32_t i = r->datas_of[index]; i != WR_NONE; i = r->next_data[i]) need(r, WR_DATA, i);
}

static void follow_elem(reach *r, const wr_elem *elem) {
    if (elem->mode == WR_ACTIVE) {
        need(r, WR_TABLE, elem->table);
        need_expr(r, elem->at);
    }
    for (uint32_t i = 0; i < elem->count; i++) {
        if (!elem->funcs)
            need_expr(r, elem->exprs[i]);
        else if (wr_table_calls_hold(&r->calls, elem, elem->funcs[i]))
            need(r, WR_FUNC, elem->funcs[i]);
    }
}

static void follow_data(reach *r, const wr_data *data) {
    if (data->mode != WR_ACTIVE) return;
    need(r, WR_MEMORY, data->memory);
    need_expr(r, data->at);
}

static void follow_func(reach *r, const wr_func *func) {
    const wr_summary *summary = &func->summary;
    need_uses(r, summary->uses, summary->nuses);
    for (uint32_t i = 0; i < summary->nuses; i++) {
        if (wr_ref_space(summary->uses[i].ref) != WR_TYPE) continue;
        uint32_t waits = wr_table_calls_name(&r->calls, wr_ref_index(summary->uses[i].ref));
        for (uint32_t last = WR_NONE; waits != last; waits = r->calls.next[waits])
            need(r, WR_FUNC, last = waits);
    }
}

static void follow(reach *r, wr_ref ref) {
    wr_module *m = r->m;
    uint32_t index = wr_ref_index(ref);
    switch (wr_ref_space(ref)) {
    case WR_FUNC: follow_func(r, &m->funcs[index]); break;
    case WR_TABLE: follow_table(r, index); break;
    case WR_MEMORY: follow_memory(r, index); break;
    case WR_GLOBAL:
        if (m->globals[index].import == WR_NONE) need_expr(r, m->globals[index].init);
        break;
    case WR_ELEM: follow_elem(r, &m->elems[index]); break;
    case WR_DATA: follow_data(r, &m->datas[index]); break;
    default: break;
    }
}

// An empty start function is no reason to keep anything.
static void drop_empty_start(wr_module *m) {
    if (m->start == WR_NONE || m->funcs[m->start].import != WR_NONE) return;
    wr_slice body = m->funcs[m->start].body;
    if (body.n == 2 && body.p[0] == 0 && body.p[1] == 0x0b) m->start = WR_NONE;
}

static bool may_trap(reach *r, wr_expr expr) {
    wr_collector_begin(&r->collector, r->m);
    wr_collector_add_code(&r->collector, r->c->env, expr.code, expr.offset);
    return r->collector.features & WR_F(CUSTOM_DESCRIPTORS);
}

// Makes initial values that may trap roots. Of all that constant expressions can do, only the allocation with
// a null descriptor traps.
static void need_traps(reach *r) {
    wr_module *m = r->m;
    if (!(m->features & WR_F(CUSTOM_DESCRIPTORS))) return;
    for (uint32_t i = m->nglobal_imports; i < m->nglobals; i++)
        if (may_trap(r, m->globals[i].init)) need(r, WR_GLOBAL, i);
    for (uint32_t i = 0; i < m->ntables; i++)
        if (m->tables[i].has_init && may_trap(r, m->tables[i].init)) need(r, WR_TABLE, i);
    for (uint32_t i = 0; i < m->nelems; i++)
        for (uint32_t k = 0; m->elems[i].exprs && k < m->elems[i].count; k++)
            if (may_trap(r, m->elems[i].exprs[k])) need(r, WR_ELEM, i);
}

static void need_roots(reach *r) {
    wr_module *m = r->m;
    wr_env *env = r->c->env;
    for (uint32_t i = 0; i < m->nexports; i++)
        if (m->exports[i].live) need(r, m->exports[i].space, m->exports[i].index);
    if (m->start != WR_NONE) need(r, WR_FUNC, m->start);
    need_traps(r);
    for (uint32_t i = 0; i < m->nelems; i++) {
        const wr_elem *elem = &m->elems[i];
        if (!elem->live || elem->mode != WR_ACTIVE) continue;
        bool seen_outside = m->tables[elem->table].import != WR_NONE && elem->count > 0;
        if (seen_outside || !wr_segments_elem_in_bounds(env, m, elem)) need(r, WR_ELEM, i);
    }
    for (uint32_t i = 0; i < m->ndatas; i++) {
        const wr_data *data = &m->datas[i];
        if (!data->live || data->mode != WR_ACTIVE) continue;
        bool seen_outside = m->memories[data->memory].import != WR_NONE && data->bytes.n > 0;
        if (seen_outside || !wr_segments_data_in_bounds(env, m, data)) need(r, WR_DATA, i);
    }
    for (uint32_t i = 0; r->c->config->keep_imports && i < m->nimports; i++)
        need(r, m->imports[i].space, m->imports[i].index);
}

static uint32_t *new_links(reach *r, uint32_t n) {
    return memset(WR_NEW(&r->c->env->temp, uint32_t, n), 0xff, n * sizeof(uint32_t));
}

static void list_segments(reach *r) {
    wr_module *m = r->m;
    r->elems_of = new_links(r, m->ntables);
    r->datas_of = new_links(r, m->nmemories);
    r->next_elem = new_links(r, m->nelems);
    r->next_data = new_links(r, m->ndatas);
    for (uint32_t i = 0; i < m->nelems; i++) {
        if (!m->elems[i].live || m->elems[i].mode != WR_ACTIVE) continue;
        r->next_elem[i] = r->elems_of[m->elems[i].table];
        r->elems_of[m->elems[i].table] = i;
    }
    for (uint32_t i = 0; i < m->ndatas; i++) {
        if (!m->datas[i].live || m->datas[i].mode != WR_ACTIVE) continue;
        r->next_data[i] = r->datas_of[m->datas[i].memory];
        r->datas_of[m->datas[i].memory] = i;
    }
}

// Functions in tables that no reached code calls stay in their segments, as functions of their type whose
// body is an unreachable.
static void empty_uncalled(reach *r) {
    for (uint32_t i = 0; i < r->m->nfuncs; i++) {
        if (r->calls.next[i] == WR_NONE || r->seen[WR_FUNC][i]) continue;
        r->seen[WR_FUNC][i] = 1;
        if (r->m->funcs[i].body.n > wr_asm_trap_body().n)
            wr_module_store_bytes(r->c->env, &r->collector, r->m, i, wr_asm_trap_body());
    }
}

static void apply(reach *r) {
    wr_module *m = r->m;
    for (uint32_t i = 0; i < m->nfuncs; i++) m->funcs[i].live &= r->seen[WR_FUNC][i];
    for (uint32_t i = 0; i < m->ntables; i++) m->tables[i].live &= r->seen[WR_TABLE][i];
    for (uint32_t i = 0; i < m->nmemories; i++) m->memories[i].live &= r->seen[WR_MEMORY][i];
    for (uint32_t i = 0; i < m->nglobals; i++) m->globals[i].live &= r->seen[WR_GLOBAL][i];
    for (uint32_t i = 0; i < m->ntags; i++) m->tags[i].live &= r->seen[WR_TAG][i];
    for (uint32_t i = 0; i < m->ndatas; i++) m->datas[i].live &= r->seen[WR_DATA][i];
    for (uint32_t i = 0; i < m->nelems; i++) m->elems[i].live &= r->seen[WR_ELEM][i];
}

void wr_pass_dce(wr_context *c) {
    reach r = {.c = c, .m = c->m};
    wr_arena *temp = &c->env->temp;
    wr_collector_init(&r.collector, temp);
    for (unsigned space = 0; space < WR_SPACES; space++)
        r.seen[space] = WR_NEW0(temp, uint8_t, wr_space_size(c->m, (wr_space)space));
    list_segments(&r);
    wr_table_calls_begin(&r.calls, &c->env->temp, c->m);
    drop_empty_start(c->m);
    need_roots(&r);
    while (r.queue.n) follow(&r, r.queue.v[--r.queue.n]);
    empty_uncalled(&r);
    apply(&r);
}
