// Finds the functions that may be suspended while they run: those that call an import that may suspend, and
// those that call such functions, directly or through a table.
//
// A call through a table counts if a function of its type (or of a subtype), which a table may hold, may be
// suspended. That needs to know what tables hold. Where the host can put functions into a table, any indirect
// call may be suspended.
//
// Functions that call imports of the module "asyncify" are a runtime that suspends and continues code from
// inside, and are not rewritten. Those that start unwinding or stop rewinding are at the top of the stack:
// for their callers they are calls that may be suspended. Those that stop unwinding or start rewinding are at
// its bottom, where unwinding ends, so their callers need to know nothing.
#include "analysis/callgraph.h"
#include "asyncify_parts.h"
#include "ir/names.h"

enum { TOP = 1, BOTTOM = 2 };

typedef struct reaching {
    wr_context *c;
    const wr_module *m;
    const wr_async_options *o;
    wr_async_reach *r;
    wr_slice *names;
    uint8_t *removed, *taken;         // by function: removed by the user's list; its address is taken
    uint32_t *first_caller, *callers; // by function, one more at the end: where its callers are listed
    uint32_t *first_user, *users;     // by canonical type: the functions that call it indirectly
    wr_u32s work;
} reaching;

// --- Names ---

static void find_names(reaching *q) {
    const wr_module *m = q->m;
    q->names = wr_names_of(q->c->env, m, WR_FUNC);
    for (uint32_t i = 0; i < m->nexports; i++) {
        const wr_export *export = &m->exports[i];
        if (export->space == WR_FUNC && !q->names[export->index].n) q->names[export->index] = export->name;
    }
}

static bool is_named(const reaching *q, const wr_async_list *list, uint32_t func) {
    return list->n && q->names[func].n && wr_async_list_has(list, q->names[func]);
}

static void say(reaching *q, uint32_t func, const char *why, uint32_t callee) {
    if (!q->o->verbose) return;
    wr_slice name = q->names[func], other = callee == WR_NONE ? (wr_slice){0} : q->names[callee];
    wr_pass_note(q->c, "[asyncify] %.*s %s%.*s", (int)(name.n < 90 ? name.n : 90), (const char *)name.p, why,
                 (int)(other.n < 90 ? other.n : 90), (const char *)other.p);
}

// --- The imports ---

static unsigned role_of(wr_env *env, wr_slice name) {
    if (wr_slice_is(name, "start_unwind") || wr_slice_is(name, "stop_rewind")) return TOP;
    if (wr_slice_is(name, "stop_unwind") || wr_slice_is(name, "start_rewind")) return BOTTOM;
    if (!wr_slice_is(name, "get_state"))
        wr_throw(env, WR_USAGE, WR_NO_OFFSET, "asyncify has no function %.*s, which the module imports",
                 (int)(name.n < 80 ? name.n : 80), (const char *)name.p);
    return 0;
}

static bool import_suspends(reaching *q, const wr_import *import) {
    if (q->o->ignore_imports) return false;
    if (!q->o->has_imports) return true;
    wr_buf full = wr_buf_in(&q->c->env->temp);
    wr_put_slice(&full, import->module);
    wr_put_u8(&full, '.');
    wr_put_slice(&full, import->name);
    return wr_async_list_has(&q->o->imports, wr_buf_slice(&full));
}

// Gives every function that calls asyncify's own functions its role.
static void find_runtime(reaching *q) {
    const wr_module *m = q->m;
    uint8_t *role = WR_NEW0(&q->c->env->temp, uint8_t, m->nfunc_imports);
    for (uint32_t f = 0; f < m->nfunc_imports; f++) {
        const wr_import *import = &m->imports[m->funcs[f].import];
        if (wr_slice_is(import->module, WR_ASYNC_MODULE)) role[f] = (uint8_t)role_of(q->c->env, import->name);
    }
    for (uint32_t f = m->nfunc_imports; f < m->nfuncs; f++) {
        const wr_summary *s = &m->funcs[f].summary;
        for (uint32_t i = 0; i < s->nuses; i++)
            if (wr_ref_space(s->uses[i].ref) == WR_FUNC && wr_ref_index(s->uses[i].ref) < m->nfunc_imports)
                q->r->runtime[f] |= role[wr_ref_index(s->uses[i].ref)];
    }
}

// --- Who calls whom ---

static bool calls_indirectly(const wr_func *f) {
    const wr_summary *s = &f->summary;
    if (s->features & WR_F(FUNC_REFS)) return true;
    for (uint32_t i = 0; i < s->nuses; i++)
        if (wr_ref_space(s->uses[i].ref) == WR_TABLE) return true;
    return false;
}

// Lists, by what is named, the functions that name it: what `space` names under `key`.
static void list_users(reaching *q, unsigned space, uint32_t n, uint32_t **first, uint32_t **list) {
    const wr_module *m = q->m;
    wr_arena *arena = &q->c->env->perm;
    uint32_t *start = WR_NEW0(arena, uint32_t, (size_t)n + 2), total = 0;
    for (int fill = 0; fill < 2; fill++) {
        for (uint32_t f = 0; f < m->nfuncs; f++) {
            const wr_summary *s = &m->funcs[f].summary;
            if (space == WR_TYPE && !calls_indirectly(&m->funcs[f])) continue;
            for (uint32_t i = 0; i < s->nuses; i++) {
                if (wr_ref_space(s->uses[i].ref) != space) continue;
                uint32_t index = wr_ref_index(s->uses[i].ref);
                if (space == WR_TYPE) index = m->types[index].canon;
                if (fill)
                    (*list)[start[index + 1]++] = f;
                else
                    start[index + 2]++, total++;
            }
        }
        if (fill) break;
        for (uint32_t i = 2; i < n + 2; i++) start[i] += start[i - 1];
        *list = WR_NEW(arena, uint32_t, total);
    }
    *first = start;
}

// Whether functions that the module doesn't know may get into tables.
static bool tables_are_open(const wr_module *m) {
    for (uint32_t i = 0; i < m->ntables; i++)
        if (m->tables[i].import != WR_NONE) return true;
    for (uint32_t i = 0; i < m->nexports; i++)
        if (m->exports[i].space == WR_TABLE) return true;
    for (uint32_t f = 0; f < m->nfuncs; f++)
        if (m->funcs[f].summary.features & (WR_F(REF_TYPES) | WR_F(FUNC_REFS) | WR_F(GC))) return true;
    return false;
}

// --- Propagation ---

static bool stops(const reaching *q, uint32_t func) {
    return q->removed[func] || (q->r->runtime[func] & BOTTOM);
}

static void reach(reaching *q, uint32_t func, const char *why, uint32_t callee) {
    if (q->r->suspends[func] || stops(q, func)) return;
    q->r->suspends[func] = 1;
    say(q, func, why, callee);
    WR_PUSH(&q->c->env->perm, q->work, func);
}

static void reach_type(reaching *q, uint32_t type, uint32_t callee) {
    for (; type != WR_NONE; type = q->m->types[type].super) {
        type = q->m->types[type].canon;
        if (q->r->types[type]) return;
        q->r->types[type] = 1;
        for (uint32_t i = q->first_user[type]; i < q->first_user[type + 1]; i++)
            reach(q, q->users[i], "can change the state due to an indirect call of ", callee);
    }
}

static void propagate(reaching *q) {
    while (q->work.n) {
        uint32_t func = q->work.v[--q->work.n];
        for (uint32_t i = q->first_caller[func]; i < q->first_caller[func + 1]; i++)
            reach(q, q->callers[i], "can change the state due to ", func);
        if (q->taken[func] && !q->r->ignore_indirect) reach_type(q, q->m->funcs[func].type, func);
    }
}

static void reach_first(reaching *q) {
    const wr_module *m = q->m;
    for (uint32_t f = 0; f < m->nfunc_imports; f++) {
        const wr_import *import = &m->imports[m->funcs[f].import];
        bool own = wr_slice_is(import->module, WR_ASYNC_MODULE);
        if (own ? role_of(q->c->env, import->name) == TOP : import_suspends(q, import))
            reach(q, f, "is an import that can change the state", WR_NONE);
        wr_arena_reset(&q->c->env->temp);
    }
    for (uint32_t f = m->nfunc_imports; f < m->nfuncs; f++) {
        if (q->r->runtime[f] & TOP) reach(q, f, "starts to unwind", WR_NONE);
        if (q->r->open && !q->r->ignore_indirect && calls_indirectly(&m->funcs[f]))
            reach(q, f, "can change the state due to an indirect call", WR_NONE);
    }
}

// --- Lists of the user ---

static void add_listed(reaching *q, bool propagating) {
    for (uint32_t f = q->m->nfunc_imports; q->o->add.n && f < q->m->nfuncs; f++) {
        if (!is_named(q, &q->o->add, f)) continue;
        if (q->removed[f])
            wr_throw(q->c->env, WR_USAGE, WR_NO_OFFSET,
                     "asyncify: the function %u is in the list to add and in the list to remove", f);
        q->r->listed[f] = 1;
        if (propagating)
            reach(q, f, "is in the add-list", WR_NONE);
        else
            q->r->suspends[f] = 1;
    }
}

// By function: whether direct calls lead from a listed one to it.
static uint8_t *find_called(reaching *q) {
    const wr_module *m = q->m;
    uint8_t *called = WR_NEW0(&q->c->env->perm, uint8_t, m->nfuncs);
    wr_u32s work = {0};
    for (uint32_t f = 0; f < m->nfuncs; f++)
        if (q->r->listed[f]) WR_PUSH(&q->c->env->perm, work, f);
    while (work.n) {
        const wr_summary *s = &m->funcs[work.v[--work.n]].summary;
        for (uint32_t i = 0; i < s->nuses; i++) {
            uint32_t callee = wr_ref_index(s->uses[i].ref);
            if (wr_ref_space(s->uses[i].ref) != WR_FUNC || called[callee]) continue;
            called[callee] = 1;
            WR_PUSH(&q->c->env->perm, work, callee);
        }
    }
    return called;
}

// Only what the list names, and what direct calls lead through between such functions and the imports: which
// functions the compiler and the optimizer inlined into their callers, the list does not say.
static void keep_listed(reaching *q) {
    const wr_module *m = q->m;
    for (uint32_t f = m->nfunc_imports; f < m->nfuncs; f++) {
        q->r->listed[f] = is_named(q, &q->o->only, f);
        q->r->suspends[f] = 0;
    }
    for (uint32_t f = 0; f < m->nfuncs; f++)
        if (q->r->listed[f] || (f < m->nfunc_imports && q->r->suspends[f]) || (q->r->runtime[f] & TOP)) {
            q->r->suspends[f] = 0;
            reach(q, f, "is in the only-list, or an import", WR_NONE);
        }
    q->r->ignore_indirect = true;
    propagate(q);
    uint8_t *called = find_called(q);
    for (uint32_t f = m->nfunc_imports; f < m->nfuncs; f++)
        q->r->suspends[f] = q->r->listed[f] || (q->r->suspends[f] && called[f]);
}

// --- All ---

static void prepare(reaching *q) {
    const wr_module *m = q->m;
    wr_arena *arena = &q->c->env->perm;
    wr_async_reach *r = q->r;
    *r = (wr_async_reach){.nfuncs = m->nfuncs, .ignore_indirect = q->o->ignore_indirect};
    r->suspends = WR_NEW0(arena, uint8_t, m->nfuncs);
    r->instrumented = WR_NEW0(arena, uint8_t, m->nfuncs);
    r->runtime = WR_NEW0(arena, uint8_t, m->nfuncs);
    r->listed = WR_NEW0(arena, uint8_t, m->nfuncs);
    r->types = WR_NEW0(arena, uint8_t, m->ntypes);
    r->open = tables_are_open(m);
    q->removed = WR_NEW0(arena, uint8_t, m->nfuncs);
    q->taken = WR_NEW0(arena, uint8_t, m->nfuncs);
    wr_u32s taken = wr_callgraph_address_taken(arena, m);
    for (uint32_t i = 0; i < taken.n; i++) q->taken[taken.v[i]] = 1;
    for (uint32_t f = 0; f < m->nfuncs; f++) q->removed[f] = is_named(q, &q->o->remove, f);
}

void wr_async_find_reach(wr_context *c, const wr_async_options *options, wr_async_reach *r) {
    reaching q = {.c = c, .m = c->m, .o = options, .r = r};
    find_names(&q);
    prepare(&q);
    find_runtime(&q);
    list_users(&q, WR_FUNC, c->m->nfuncs, &q.first_caller, &q.callers);
    list_users(&q, WR_TYPE, c->m->ntypes, &q.first_user, &q.users);
    reach_first(&q);
    if (options->propagate_add) add_listed(&q, true);
    propagate(&q);
    if (options->only.n) keep_listed(&q);
    if (!options->propagate_add) add_listed(&q, false);
    for (uint32_t f = c->m->nfunc_imports; f < c->m->nfuncs; f++)
        r->instrumented[f] = r->suspends[f] && !r->runtime[f];
    wr_arena_reset(&c->env->temp);
}

bool wr_async_may_suspend(const wr_async_reach *r, const wr_module *m, uint32_t func, const wr_ins *ins) {
    switch (ins->op) {
    case WR_OP_CALL:
    case WR_OP_RETURN_CALL: return wr_ins_func(ins) < r->nfuncs && r->suspends[wr_ins_func(ins)];
    case WR_OP_CALL_REF:
    case WR_OP_RETURN_CALL_REF: return !r->ignore_indirect || r->listed[func];
    case WR_OP_CALL_INDIRECT:
    case WR_OP_RETURN_CALL_INDIRECT:
        if (r->ignore_indirect) return r->listed[func];
        return r->open || r->types[m->types[wr_ins_type(ins)].canon];
    default: return false;
    }
}
