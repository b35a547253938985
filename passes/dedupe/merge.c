// Shared by the passes that merge functions. See merge.h.
#include "merge.h"

#include "ir/body.h"
#include "ir/edit.h"
#include "ir/encode/rewrite.h"

// --- What the host sees ---

static bool is_external(wr_valtype type) {
    return wr_heap_of(type) == WR_ABS(WR_HEAP_EXTERN) || wr_heap_of(type) == WR_ABS(WR_HEAP_NOEXTERN);
}

// Whether a value of this type may be, or contain, a reference to a function. With garbage collection, a
// struct with function fields can escape as an externref, and another module that knows its type can read the
// fields.
static bool holds_func(const wr_module *m, wr_valtype type) {
    return wr_is_ref(type) && (!is_external(type) || (m->features & WR_F(GC)));
}

static bool type_holds_func(const wr_module *m, uint32_t index) {
    const wr_type *type = &m->types[index];
    for (uint32_t i = 0; i < type->nparams + type->nresults; i++)
        if (holds_func(m, type->values[i])) return true;
    return false;
}

// Whether function references can pass through this import or export.
static bool shares_funcs(const wr_module *m, unsigned space, uint32_t index) {
    switch (space) {
    case WR_FUNC: return type_holds_func(m, m->funcs[index].type);
    case WR_TABLE: return holds_func(m, m->tables[index].type);
    case WR_GLOBAL: return holds_func(m, m->globals[index].type);
    case WR_TAG: return type_holds_func(m, m->tags[index].type);
    default: return false;
    }
}

static bool references_escape(const wr_module *m) {
    for (uint32_t i = 0; i < m->nexports; i++)
        if (m->exports[i].live && shares_funcs(m, m->exports[i].space, m->exports[i].index)) return true;
    for (uint32_t i = 0; i < m->nimports; i++)
        if (shares_funcs(m, m->imports[i].space, m->imports[i].index)) return true;
    return false;
}

typedef struct seeing {
    wr_context *c;
    uint8_t *seen;
    wr_collector collector;
} seeing;

static void see_uses(seeing *s, const wr_use *uses, uint32_t n) {
    for (uint32_t i = 0; i < n; i++)
        if (wr_ref_space(uses[i].ref) == WR_FUNC_ADDR) s->seen[wr_ref_index(uses[i].ref)] = 1;
}

static void see_expr(seeing *s, wr_expr expr) {
    wr_collector_begin(&s->collector, s->c->m);
    wr_collector_add_code(&s->collector, s->c->env, expr.code, expr.offset);
    see_uses(s, s->collector.uses.v, s->collector.uses.n);
}

static void see_elem(seeing *s, const wr_elem *elem) {
    if (!elem->live) return;
    for (uint32_t i = 0; i < elem->count; i++) {
        if (elem->funcs)
            s->seen[elem->funcs[i]] = 1;
        else
            see_expr(s, elem->exprs[i]);
    }
}

// Marks every function to which a reference is made anywhere.
static void see_references(seeing *s) {
    const wr_module *m = s->c->m;
    for (uint32_t i = 0; i < m->nelems; i++) see_elem(s, &m->elems[i]);
    for (uint32_t i = 0; i < m->nglobals; i++)
        if (m->globals[i].live && m->globals[i].import == WR_NONE) see_expr(s, m->globals[i].init);
    for (uint32_t i = 0; i < m->ntables; i++)
        if (m->tables[i].live && m->tables[i].has_init) see_expr(s, m->tables[i].init);
    for (uint32_t i = 0; i < m->nfuncs; i++)
        if (m->funcs[i].live) see_uses(s, m->funcs[i].summary.uses, m->funcs[i].summary.nuses);
}

uint8_t *wr_merge_seen_by_host(wr_context *c) {
    const wr_module *m = c->m;
    seeing s = {.c = c, .seen = WR_NEW0(&c->env->pass, uint8_t, m->nfuncs)};
    wr_collector_init(&s.collector, &c->env->temp);
    for (uint32_t i = 0; i < m->nexports; i++)
        if (m->exports[i].live && m->exports[i].space == WR_FUNC) s.seen[m->exports[i].index] = 1;
    if (references_escape(m)) see_references(&s);
    return s.seen;
}

uint8_t *wr_merge_address_taken(wr_context *c) {
    const wr_module *m = c->m;
    seeing s = {.c = c, .seen = WR_NEW0(&c->env->pass, uint8_t, m->nfuncs)};
    wr_collector_init(&s.collector, &c->env->temp);
    for (uint32_t i = 0; i < m->nexports; i++)
        if (m->exports[i].live && m->exports[i].space == WR_FUNC) s.seen[m->exports[i].index] = 1;
    if (m->start != WR_NONE) s.seen[m->start] = 1;
    see_references(&s);
    return s.seen;
}

// --- Thunks ---

wr_slice wr_merge_make_thunk(wr_env *env, const wr_module *m, uint32_t func, const wr_ins *constants,
                             uint32_t nconstants, uint32_t to, bool tail) {
    wr_mark mark = wr_arena_mark(&env->temp);
    wr_buf body = wr_buf_in(&env->temp);
    wr_put_u8(&body, 0); // no locals
    for (uint32_t i = 0; i < wr_func_type(m, func)->nparams; i++)
        wr_ins_write(&body, &(wr_ins){.op = WR_OP_LOCAL_GET, .a = i}, NULL);
    for (uint32_t i = 0; i < nconstants; i++) wr_ins_write(&body, &constants[i], NULL);
    wr_ins_write(&body, &(wr_ins){.op = tail ? WR_OP_RETURN_CALL : WR_OP_CALL, .a = to}, NULL);
    wr_ins_write(&body, &(wr_ins){.op = WR_OP_END}, NULL);
    wr_slice thunk = wr_slice_copy(&env->code, wr_buf_slice(&body));
    wr_arena_release(&env->temp, &mark);
    return thunk;
}

// --- Renaming ---

typedef struct renaming {
    wr_context *c;
    const wr_merge *merge;
    wr_collector *collectors; // by worker
    wr_remap addresses;       // for constant expressions
} renaming;

void wr_merge_init(wr_context *c, wr_merge *merge) {
    uint32_t n = c->m->nfuncs;
    merge->call = WR_NEW(&c->env->pass, uint32_t, n);
    merge->address = WR_NEW(&c->env->pass, uint32_t, n);
    for (uint32_t i = 0; i < n; i++) merge->call[i] = merge->address[i] = i;
}

// A live function whose calls are redirected has just become a thunk itself.
static bool is_touched(const wr_merge *merge, const wr_func *func, size_t self) {
    if (merge->call[self] != self) return true;
    for (uint32_t i = 0; i < func->summary.nuses; i++) {
        uint32_t index = wr_ref_index(func->summary.uses[i].ref);
        unsigned space = wr_ref_space(func->summary.uses[i].ref);
        if (space == WR_FUNC && merge->call[index] != index) return true;
        if (space == WR_FUNC_ADDR && merge->address[index] != index) return true;
    }
    return false;
}

static void rename_in_body(wr_env *env, wr_collector *collector, const renaming *r, uint32_t index) {
    wr_body body;
    wr_body_decode(env, &env->temp, r->c->m, index, &body);
    for (uint32_t i = 0; i < body.n; i++) {
        wr_ins *ins = &body.ins[i];
        unsigned imm = wr_opinfos[ins->op].imm;
        if (imm == WR_IMM_FUNC) ins->a = r->merge->call[wr_ins_func(ins)];
        if (imm == WR_IMM_FUNCREF) ins->a = r->merge->address[wr_ins_func(ins)];
    }
    wr_module_store_body(env, collector, r->c->m, index, &body);
}

static void rename_in_function(wr_env *env, unsigned worker, void *arg, size_t item) {
    renaming *r = arg;
    wr_func *func = &r->c->m->funcs[item];
    if (!func->live || func->import != WR_NONE || !is_touched(r->merge, func, item)) return;
    wr_arena_reset(&env->temp);
    rename_in_body(env, &r->collectors[worker], r, (uint32_t)item);
}

static void rename_expr(renaming *r, wr_expr *expr) {
    wr_rewrite how = {.map = &r->addresses};
    wr_buf code = wr_buf_in(&r->c->env->perm);
    wr_rewrite_code(r->c->env, &how, expr->code, &code);
    expr->code = wr_buf_slice(&code);
}

static void rename_in_elem(renaming *r, wr_elem *elem) {
    wr_arena *perm = &r->c->env->perm;
    uint32_t *funcs = elem->funcs ? WR_NEW(perm, uint32_t, elem->count) : NULL;
    wr_expr *exprs = elem->exprs ? WR_NEW(perm, wr_expr, elem->count) : NULL;
    for (uint32_t i = 0; i < elem->count; i++) {
        if (funcs) funcs[i] = r->merge->address[elem->funcs[i]];
        if (!exprs) continue;
        exprs[i] = elem->exprs[i];
        rename_expr(r, &exprs[i]);
    }
    elem->funcs = funcs;
    elem->exprs = exprs;
}

static void rename_outside_bodies(renaming *r) {
    wr_module *m = r->c->m;
    for (uint32_t i = 0; i < m->nelems; i++)
        if (m->elems[i].live) rename_in_elem(r, &m->elems[i]);
    for (uint32_t i = 0; i < m->nglobals; i++)
        if (m->globals[i].live && m->globals[i].import == WR_NONE) rename_expr(r, &m->globals[i].init);
    for (uint32_t i = 0; i < m->ntables; i++)
        if (m->tables[i].live && m->tables[i].has_init) rename_expr(r, &m->tables[i].init);
    for (uint32_t i = 0; i < m->nexports; i++)
        if (m->exports[i].space == WR_FUNC) m->exports[i].index = r->merge->address[m->exports[i].index];
    if (m->start != WR_NONE) m->start = r->merge->call[m->start];
}

// A function that receives another's calls also receives its call count, if a profile has both.
static void add_calls(wr_pass_state *s, const wr_merge *merge) {
    for (uint32_t i = 0; i < s->ncalls; i++) {
        uint32_t to = merge->call[i];
        if (to == i || to >= s->ncalls) continue;
        bool fits = s->calls[i] < WR_UNCOUNTED - s->calls[to];
        s->calls[to] = fits ? s->calls[to] + s->calls[i] : WR_UNCOUNTED;
    }
}

void wr_merge_apply(wr_context *c, const wr_merge *merge) {
    wr_module *m = c->m;
    add_calls(c->state, merge);
    renaming r = {.c = c, .merge = merge, .collectors = WR_NEW(&c->env->pass, wr_collector, c->pool->jobs)};
    r.addresses.to[WR_FUNC] = merge->address;
    for (unsigned i = 0; i < c->pool->jobs; i++) wr_collector_init(&r.collectors[i], &c->pool->envs[i].pass);
    for (uint32_t i = 0; i < m->nfuncs; i++)
        if (merge->address[i] != i) m->funcs[i].live = false;
    wr_parallel(c->pool, m->nfuncs, rename_in_function, &r);
    rename_outside_bodies(&r);
}
