// simplify-globals: replaces reads of globals that are never written by their initial value, and drops writes
// to globals that are never read.
//
//   (global $g (mut i32) (i32.const 8))  … (global.get $g) …    ->    … (i32.const 8) …
//
// Globals that the host may write are left alone. The value is used where this is no longer in sum, counting
// that the global is removed. Readers and writers are found in a sweep that decodes only functions which may
// say something new: a few functions suffice to show that most globals are both read and written.
#include <stdatomic.h>

#include "ir/body.h"
#include "ir/edit.h"
#include "analysis/cost.h"
#include "passes/manager/pass.h"

enum {
    IS_READ = 1,
    IS_WRITTEN = 2,
    IS_SHARED = 4
}; // IS_SHARED: with the host, or read by an initializer or segment

typedef struct globals {
    wr_context *c;
    wr_module *m;
    atomic_uchar *facts;      // by global
    wr_ins *value;            // by global: the instruction that reads it; NOP: not known
    uint8_t *unread;          // by global: it is never read, so writes become drops
    wr_collector *collectors; // by worker
} globals;

// --- Facts ---

static bool is_decided(const globals *g, uint32_t global) {
    unsigned facts = atomic_load_explicit(&g->facts[global], memory_order_relaxed);
    const wr_global *what = &g->m->globals[global];
    return what->import != WR_NONE || ((facts & IS_READ) && (!what->mutable || (facts & IS_WRITTEN)));
}

static bool is_telling(const globals *g, const wr_func *func) {
    if (!func->live || func->import != WR_NONE) return false;
    for (uint32_t i = 0; i < func->summary.nuses; i++) {
        wr_ref ref = func->summary.uses[i].ref;
        if (wr_ref_space(ref) == WR_GLOBAL && !is_decided(g, wr_ref_index(ref))) return true;
    }
    return false;
}

static void look_into(wr_env *env, unsigned worker, void *arg, size_t item) {
    (void)worker;
    globals *g = arg;
    const wr_func *func = &g->m->funcs[item];
    if (!is_telling(g, func)) return;
    wr_arena_reset(&env->temp);
    wr_body body;
    wr_body_decode(env, &env->temp, g->m, (uint32_t)item, &body);
    for (uint32_t i = 0; i < body.n; i++) {
        if (wr_opinfos[body.ins[i].op].imm != WR_IMM_GLOBAL) continue;
        atomic_fetch_or(&g->facts[wr_ins_global(&body.ins[i])],
                        body.ins[i].op == WR_OP_GLOBAL_SET ? IS_WRITTEN : IS_READ);
    }
}

static void share(globals *g, wr_expr expr) {
    wr_collector *collector = &g->collectors[0];
    wr_collector_begin(collector, g->m);
    wr_collector_add_code(collector, g->c->env, expr.code, expr.offset);
    for (uint32_t i = 0; i < collector->uses.n; i++)
        if (wr_ref_space(collector->uses.v[i].ref) == WR_GLOBAL)
            g->facts[wr_ref_index(collector->uses.v[i].ref)] |= IS_READ | IS_SHARED;
}

// Records the globals that exports, initial values and segments name.
static void find_shared(globals *g) {
    const wr_module *m = g->m;
    for (uint32_t i = 0; i < m->nexports; i++)
        if (m->exports[i].live && m->exports[i].space == WR_GLOBAL)
            g->facts[m->exports[i].index] |=
                IS_READ | IS_SHARED | (m->globals[m->exports[i].index].mutable ? IS_WRITTEN : 0);
    for (uint32_t i = 0; i < m->nglobals; i++)
        if (m->globals[i].live && m->globals[i].import == WR_NONE) share(g, m->globals[i].init);
    for (uint32_t i = 0; i < m->ntables; i++)
        if (m->tables[i].live && m->tables[i].has_init) share(g, m->tables[i].init);
    for (uint32_t i = 0; i < m->ndatas; i++)
        if (m->datas[i].live && m->datas[i].mode == WR_ACTIVE) share(g, m->datas[i].at);
    for (uint32_t i = 0; i < m->nelems; i++) {
        if (!m->elems[i].live) continue;
        if (m->elems[i].mode == WR_ACTIVE) share(g, m->elems[i].at);
        for (uint32_t k = 0; m->elems[i].exprs && k < m->elems[i].count; k++) share(g, m->elems[i].exprs[k]);
    }
}

// --- Rewriting ---

// The initial value, if it is one instruction that a body may have in place of the read; NOP if not.
static wr_ins value_of(const globals *g, const wr_global *global) {
    wr_ins none = {.op = WR_OP_NOP}, ins, end;
    wr_arena *temp = &g->c->env->temp;
    wr_u32s ext = {0};
    wr_reader r = wr_reader_of(g->c->env, global->init.code, global->init.offset);
    wr_ins_read(&r, temp, &ext, &ins);
    wr_ins_read(&r, temp, &ext, &end);
    if (end.op != WR_OP_END) return none;
    if (ins.op >= WR_OP_I32_CONST && ins.op <= WR_OP_F64_CONST) return ins;
    bool copy = ins.op == WR_OP_GLOBAL_GET && !g->m->globals[wr_ins_global(&ins)].mutable &&
                g->m->globals[wr_ins_global(&ins)].type == global->type;
    return copy ? ins : none;
}

// Derives what is known of each global. Returns whether anything can be done.
static bool decide(globals *g) {
    bool any = false;
    for (uint32_t i = 0; i < g->m->nglobals; i++) {
        wr_global *global = &g->m->globals[i];
        g->value[i].op = WR_OP_NOP;
        if (!global->live || global->import != WR_NONE) continue;
        g->unread[i] = !(g->facts[i] & IS_READ);
        any |= g->unread[i];
        if (g->facts[i] & IS_WRITTEN) continue;
        global->mutable = false;
        g->value[i] = value_of(g, global);
        any |= g->value[i].op != WR_OP_NOP;
    }
    return any;
}

// Keeps the global if its value would take more bytes at its uses than the global does.
static void weigh(globals *g) {
    wr_counts counts;
    wr_layout_count_uses(g->c->env, g->m, &counts);
    for (uint32_t i = 0; i < g->m->nglobals; i++) {
        uint64_t uses = counts.of[WR_GLOBAL][i], size = wr_ins_size(&g->value[i], NULL);
        uint64_t goes = g->facts[i] & IS_SHARED ? 0 : size + 3;
        if (uses * size > uses * 2 + goes) g->value[i].op = WR_OP_NOP;
    }
}

static bool is_concerned(const globals *g, const wr_func *func) {
    for (uint32_t i = 0; i < func->summary.nuses; i++) {
        uint32_t index = wr_ref_index(func->summary.uses[i].ref);
        if (wr_ref_space(func->summary.uses[i].ref) != WR_GLOBAL) continue;
        if (g->unread[index] || g->value[index].op != WR_OP_NOP) return true;
    }
    return false;
}

static void rewrite(wr_env *env, unsigned worker, void *arg, size_t item) {
    globals *g = arg;
    wr_func *func = &g->m->funcs[item];
    if (!func->live || func->import != WR_NONE || !is_concerned(g, func)) return;
    wr_arena_reset(&env->temp);
    wr_body body;
    wr_body_decode(env, &env->temp, g->m, (uint32_t)item, &body);
    for (uint32_t i = 0; i < body.n; i++) {
        wr_ins *ins = &body.ins[i];
        if (ins->op == WR_OP_GLOBAL_GET && g->value[wr_ins_global(ins)].op != WR_OP_NOP)
            *ins = g->value[wr_ins_global(ins)];
        if (ins->op == WR_OP_GLOBAL_SET && g->unread[wr_ins_global(ins)]) *ins = (wr_ins){.op = WR_OP_DROP};
    }
    wr_module_store_body(env, &g->collectors[worker], g->m, (uint32_t)item, &body);
    wr_pass_mark_edited(g->c, (uint32_t)item, g->c->iteration);
}

// Removes the globals whose value replaced all their uses.
static void bury(globals *g) {
    for (uint32_t i = 0; i < g->m->nglobals; i++)
        if (!(g->facts[i] & IS_SHARED) && g->value[i].op != WR_OP_NOP) g->m->globals[i].live = false;
}

void wr_pass_simplify_globals(wr_context *c) {
    wr_arena *pass = &c->env->pass;
    globals g = {.c = c,
                 .m = c->m,
                 .value = WR_NEW(pass, wr_ins, c->m->nglobals),
                 .unread = WR_NEW0(pass, uint8_t, c->m->nglobals)};
    g.facts = WR_NEW(pass, atomic_uchar, c->m->nglobals);
    for (uint32_t i = 0; i < c->m->nglobals; i++) atomic_init(&g.facts[i], 0);
    g.collectors = WR_NEW(pass, wr_collector, c->pool->jobs);
    for (unsigned i = 0; i < c->pool->jobs; i++) wr_collector_init(&g.collectors[i], &c->pool->envs[i].pass);
    find_shared(&g);
    wr_parallel(c->pool, c->m->nfuncs, look_into, &g);
    wr_arena_reset(&c->env->temp);
    if (!decide(&g)) return;
    weigh(&g);
    wr_parallel(c->pool, c->m->nfuncs, rewrite, &g);
    bury(&g);
}
