// Makes definitions of imports of which it is known what they are, because the component around the module
// says who supplies them.
//
//   (import "env" "base" (global $b i32))     known: 1024      (global $b i32 (i32.const 1024))
//   (import "env" "hook" (func $h))           known: empty     (func $h)
//   (import "env" "abort" (func $a))          known: never returns
//       (call $a) (i32.load …)                                 (call $a) (unreachable) (i32.load …)
//
// So the passes need to know nothing of where modules come from. What is known of a global is its value, of a
// function a body that names no entity of its module: both are the same in any module. A new definition goes
// to the end of its index space, and all that named the import names it instead. Only constant expressions
// take the value itself, since they may not name later globals.
#include "known_imports.h"

#include "ir/body.h"
#include "ir/edit.h"
#include "passes/dedupe/merge.h"
#include "support/hash.h"

typedef struct defining {
    wr_context *c;
    wr_module *m;
    const wr_known_imports *known;
    uint32_t nglobals, nfuncs; // of the input
    uint32_t *global;          // by global of the input: the one that takes its place
    wr_ins *value;             // by global of the input: its value; NOP: not known
    uint8_t *noreturn;         // by function of the input
    bool any_global, any_func, any_noreturn;
    wr_collector *collectors;
} defining;

static uint64_t hash_names(wr_slice module, wr_slice name) {
    return wr_hash_word(wr_hash_bytes(module.p, module.n), wr_hash_bytes(name.p, name.n));
}

void wr_known_imports_add(wr_arena *arena, wr_known_imports *known, wr_known_import import) {
    wr_map_add(&known->by_name, arena, hash_names(import.module, import.name), known->list.n);
    WR_PUSH(arena, known->list, import);
}

static const wr_known_import *find(const wr_known_imports *known, wr_slice module, wr_slice name) {
    const wr_known_import *list = known->list.v;
    uint64_t hash = hash_names(module, name);
    uint32_t i;
    WR_MAP_FIND(&known->by_name, hash, i,
                wr_slice_eq(list[i].name, name) && wr_slice_eq(list[i].module, module));
    return i == WR_NONE ? NULL : &list[i];
}

bool wr_known_imports_any(const wr_known_imports *known, wr_slice module, wr_slice name) {
    return find(known, module, name) != NULL;
}

// --- What takes their place ---

static bool is_numeric(const wr_type *type) {
    for (uint32_t i = 0; i < type->nparams + type->nresults; i++)
        if (!wr_is_num(type->values[i])) return false;
    return type->kind == WR_TYPE_FUNC && type->is_final && type->super == WR_NONE;
}

// Both are final and of numbers only, so that they are one type or not comparable.
static bool is_same_type(const wr_type *a, const wr_type *b) {
    if (!b || !is_numeric(a) || !is_numeric(b) || a->nparams != b->nparams || a->nresults != b->nresults)
        return false;
    return memcmp(a->values, b->values, (a->nparams + a->nresults) * sizeof *a->values) == 0;
}

static void define_global(defining *d, uint32_t index, const wr_known_import *known) {
    const wr_global *global = &d->m->globals[index];
    if (known->kind != WR_KNOWN_VALUE || global->mutable || global->type != known->value) return;
    wr_u32s ext = {0};
    wr_reader r = wr_reader_of(d->c->env, known->code, 0);
    wr_ins_read(&r, &d->c->env->temp, &ext, &d->value[index]);
    d->global[index] = wr_module_add_global(d->c->env, d->m, known->value, false, known->code);
    d->any_global = true;
}

static void define_func(defining *d, wr_merge *merge, uint32_t index, const wr_known_import *known) {
    wr_env *env = d->c->env;
    uint32_t type = d->m->funcs[index].type;
    if (known->kind == WR_KNOWN_NORETURN) d->any_noreturn |= d->noreturn[index] = d->known->cut_behind_calls;
    if (known->kind != WR_KNOWN_BODY || (known->type && !is_same_type(&d->m->types[type], known->type)))
        return;
    uint32_t made = wr_module_add_func(env, d->m, type, known->code);
    wr_collector_summarize(&d->collectors[0], env, d->m, &d->m->funcs[made]);
    merge->call[index] = merge->address[index] = made;
    d->any_func = true;
}

// --- Who names them ---

static bool is_concerned(const defining *d, const wr_func *func) {
    if (!func->live || func->import != WR_NONE) return false;
    for (uint32_t i = 0; i < func->summary.nuses; i++) {
        unsigned space = wr_ref_space(func->summary.uses[i].ref);
        uint32_t index = wr_ref_index(func->summary.uses[i].ref);
        if (space == WR_GLOBAL && index < d->nglobals && d->global[index] != index) return true;
        if (space == WR_FUNC && index < d->nfuncs && d->noreturn[index]) return true;
    }
    return false;
}

// Whether it calls a function that never returns, and something is left out if that is said.
static bool needs_cut(const defining *d, const wr_body *body, uint32_t i) {
    const wr_ins *ins = &body->ins[i];
    if (ins->op != WR_OP_CALL || wr_ins_func(ins) >= d->nfuncs || !d->noreturn[wr_ins_func(ins)])
        return false;
    return i + 2 < body->n && ins[1].op != WR_OP_UNREACHABLE;
}

static void rewrite_body(wr_env *env, unsigned worker, void *arg, size_t item) {
    defining *d = arg;
    if (!is_concerned(d, &d->m->funcs[item])) return;
    wr_arena_reset(&env->temp);
    wr_body body;
    wr_body_decode(env, &env->temp, d->m, (uint32_t)item, &body);
    wr_ins *out = WR_NEW(&env->temp, wr_ins, 2 * (size_t)body.n);
    uint32_t n = 0;
    for (uint32_t i = 0; i < body.n; i++) {
        wr_ins *ins = &out[n++];
        *ins = body.ins[i];
        if (wr_opinfos[ins->op].imm == WR_IMM_GLOBAL && ins->a < d->nglobals) ins->a = d->global[ins->a];
        if (needs_cut(d, &body, i)) out[n++] = (wr_ins){.op = WR_OP_UNREACHABLE, .origin = ins->origin};
    }
    body.ins = out;
    body.n = n;
    wr_module_store_body(env, &d->collectors[worker], d->m, (uint32_t)item, &body);
}

static void rewrite_expr(defining *d, wr_expr *expr) {
    wr_env *env = d->c->env;
    wr_reader r = wr_reader_of(env, expr->code, expr->offset);
    wr_buf out = wr_buf_in(&env->perm);
    bool any = false;
    while (!wr_at_end(&r)) {
        wr_ins ins;
        wr_u32s ext = {0};
        wr_ins_read(&r, &env->temp, &ext, &ins);
        if (ins.op == WR_OP_GLOBAL_GET && ins.a < d->nglobals && d->value[ins.a].op != WR_OP_NOP) {
            ins = d->value[ins.a];
            any = true;
        }
        wr_ins_write(&out, &ins, ext.v);
    }
    if (any) expr->code = wr_buf_slice(&out);
}

static void rewrite_elem(defining *d, wr_elem *elem) {
    if (elem->mode == WR_ACTIVE) rewrite_expr(d, &elem->at);
    wr_expr *exprs = elem->exprs ? WR_NEW(&d->c->env->perm, wr_expr, elem->count) : NULL;
    for (uint32_t i = 0; exprs && i < elem->count; i++) {
        exprs[i] = elem->exprs[i];
        rewrite_expr(d, &exprs[i]);
    }
    elem->exprs = exprs;
}

static void rewrite_outside_bodies(defining *d) {
    wr_module *m = d->m;
    for (uint32_t i = m->nglobal_imports; i < d->nglobals; i++) rewrite_expr(d, &m->globals[i].init);
    for (uint32_t i = 0; i < m->ntables; i++)
        if (m->tables[i].has_init) rewrite_expr(d, &m->tables[i].init);
    for (uint32_t i = 0; i < m->ndatas; i++)
        if (m->datas[i].mode == WR_ACTIVE) rewrite_expr(d, &m->datas[i].at);
    for (uint32_t i = 0; i < m->nelems; i++) rewrite_elem(d, &m->elems[i]);
    for (uint32_t i = 0; i < m->nexports; i++)
        if (m->exports[i].space == WR_GLOBAL) m->exports[i].index = d->global[m->exports[i].index];
    for (uint32_t i = 0; i < m->nglobal_imports; i++)
        if (d->global[i] != i) m->globals[i].live = false;
}

// --- All of it ---

static void begin(defining *d) {
    wr_arena *arena = &d->c->env->pass;
    unsigned jobs = d->c->pool->jobs;
    d->global = WR_NEW(arena, uint32_t, d->nglobals);
    d->value = WR_NEW(arena, wr_ins, d->nglobals);
    d->noreturn = WR_NEW0(arena, uint8_t, d->nfuncs);
    for (uint32_t i = 0; i < d->nglobals; i++) {
        d->global[i] = i;
        d->value[i] = (wr_ins){.op = WR_OP_NOP};
    }
    d->collectors = WR_NEW(arena, wr_collector, jobs);
    for (unsigned i = 0; i < jobs; i++) wr_collector_init(&d->collectors[i], &d->c->pool->envs[i].pass);
}

// The tables of merge are as long as the functions are in the end.
static void define(defining *d, wr_merge *merge) {
    wr_arena *arena = &d->c->env->pass;
    uint32_t most = d->nfuncs + d->m->nfunc_imports;
    merge->call = WR_NEW(arena, uint32_t, most);
    merge->address = WR_NEW(arena, uint32_t, most);
    for (uint32_t i = 0; i < most; i++) merge->call[i] = merge->address[i] = i;
    for (uint32_t i = 0; i < d->m->nimports; i++) {
        wr_import import = d->m->imports[i];
        const wr_known_import *known = find(d->known, import.module, import.name);
        if (known && import.space == WR_GLOBAL) define_global(d, import.index, known);
        if (known && import.space == WR_FUNC) define_func(d, merge, import.index, known);
    }
}

void wr_known_imports_define(wr_context *c, void *known) {
    defining d = {.c = c, .m = c->m, .known = known, .nglobals = c->m->nglobals, .nfuncs = c->m->nfuncs};
    wr_merge merge;
    begin(&d);
    define(&d, &merge);
    if (d.any_global || d.any_noreturn) wr_parallel(c->pool, d.nfuncs, rewrite_body, &d);
    wr_arena_reset(&c->env->temp);
    if (d.any_global) rewrite_outside_bodies(&d);
    if (d.any_func) wr_merge_apply(c, &merge);
}
