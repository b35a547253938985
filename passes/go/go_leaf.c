// Shortens calls of functions that can never be suspended. Some functions, most of them in the runtime's
// assembly (memmove, memclr), only access memory and return: they call no Go function, never unwind, and
// nothing looks at a stack while they run. Such a leaf gets a twin of type () -> () without Go's calling
// protocol, which finds its arguments where the caller put them.
//
//   <push return address>  i32.const 0  call $memmove  <reload stack pointer>  br_if $leave
// becomes
//   call $memmove_twin
//
// The code after the call is no longer a resume point, so go-thread removes it from the dispatch, and a loop
// without other calls can become a `loop`. The function itself stays for calls by its PC.
//
// Sound where the leaf reaches its frame by offsets that leave out the return address, where nothing moves
// the stack pointer except the pops of that address, and where local 1 equals global 0 in the caller; all of
// this is checked. Memory differs in one word below the stack pointer, which the next call overwrites; Go
// does not read such words.
#include <stdlib.h>

#include "go_calls.h"
#include "ir/edit.h"
#include "analysis/exprs.h"

#define MOST_BYTES 1000 // the most bytes of a leaf

typedef struct leaves {
    wr_context *c;
    const wr_go *go;
    const uint8_t *keeps_sp;
    wr_slice *twins;  // by function: the body of its twin, or empty
    uint32_t *twin;   // by function: its twin, or WR_NONE
    uint32_t **sites; // call sites by worker and callee
    wr_u32s *dead;    // by worker: return addresses that are no longer pushed
    uint32_t nfuncs;
    wr_collector *collectors;
} leaves;

// --- What is a leaf ---

typedef struct leaf {
    const leaves *all;
    wr_go_code code;
    const uint32_t *starts; // starts of expressions (wr_exprs_find)
    uint8_t *shifts;        // by instruction: its offset is relative to the stack pointer
    uint8_t *known;         // by instruction: a read of local 1 whose use is understood
} leaf;

static bool is_access(const wr_ins *ins, unsigned npop) {
    unsigned imm = wr_opinfos[ins->op].imm;
    return imm >= WR_IMM_MEMARG0 && imm <= WR_IMM_MEMARG3 && wr_opinfos[ins->op].npop == npop && ins->a == 0;
}

// A pop of the return address, followed by the return.
static bool is_end(const wr_go_list *l, uint32_t i) {
    return wr_go_is_pop(l, i) && l->v[i + 1].ins.b == WR_GO_PUSH_LENGTH &&
           wr_go_is_const(l, i + WR_GO_POP_LENGTH, WR_OP_I32_CONST, 0) &&
           wr_go_is(l, i + WR_GO_POP_LENGTH + 1, WR_OP_RETURN);
}

static bool reaches_past_address(uint64_t offset) { return offset >= 8 && offset <= INT32_MAX; }

// Recognizes the use of the stack pointer that instruction i pushes, unless it is a store's address.
static void understand_read(leaf *f, uint32_t i) {
    const wr_go_list *l = &f->code.list;
    if (wr_go_is(l, i + 1, WR_OP_I64_EXTEND_I32_U) && wr_go_is(l, i + 2, WR_OP_I64_CONST) &&
        wr_go_is(l, i + 3, WR_OP_I64_ADD) && reaches_past_address(l->v[i + 2].ins.b))
        f->known[i] = f->shifts[i + 2] = 1;
    else if (is_access(&l->v[i + 1].ins, 1) && reaches_past_address(l->v[i + 1].ins.b))
        f->known[i] = f->shifts[i + 1] = 1;
    else if (is_end(l, i))
        f->known[i] = 1;
}

static void understand_store(leaf *f, uint32_t i) {
    const wr_go_list *l = &f->code.list;
    if (!i || !is_access(&l->v[i].ins, 2) || !reaches_past_address(l->v[i].ins.b)) return;
    uint32_t value = f->starts[i - 1];
    if (value == WR_NONE || !value || !wr_go_is_a(l, value - 1, WR_OP_LOCAL_GET, 1)) return;
    f->known[value - 1] = f->shifts[i] = 1;
}

static bool may_call(const leaf *f, uint32_t callee) {
    const wr_module *m = f->all->c->m;
    return f->all->keeps_sp[callee] && m->types[m->funcs[callee].type].canon != f->all->go->type;
}

// Whether a leaf may contain instruction i.
static bool is_fit(const leaf *f, uint32_t i) {
    const wr_go_list *l = &f->code.list;
    const wr_go_ins *item = &l->v[i];
    bool is_local =
        item->ins.op == WR_OP_LOCAL_GET || item->ins.op == WR_OP_LOCAL_SET || item->ins.op == WR_OP_LOCAL_TEE;
    if (is_local && item->ins.a == 0) return false;
    switch (item->ins.op) {
    case WR_OP_LOCAL_GET: return item->ins.a != 1 || f->known[i];
    case WR_OP_LOCAL_SET: return item->ins.a != 1 || wr_go_is_a(l, i - 1, WR_OP_GLOBAL_GET, 0);
    case WR_OP_LOCAL_TEE: return item->ins.a != 1 || (i >= 3 && is_end(l, i - 3));
    case WR_OP_GLOBAL_GET: return item->ins.a != 0 || wr_go_is_reload(l, i);
    case WR_OP_GLOBAL_SET: return i >= 4 && is_end(l, i - 4);
    case WR_OP_RETURN: return i >= 6 && is_end(l, i - 6);
    case WR_OP_BR:
    case WR_OP_BR_IF: return item->label != 0;
    case WR_OP_CALL: return may_call(f, item->ins.a);
    default: return !(wr_opinfos[item->ins.op].effects & WR_E_CALL);
    }
}

static bool is_leaf(leaf *f) {
    const wr_go_list *l = &f->code.list;
    if (f->code.body.nlocals < 2 || l->n < 2 || !wr_go_is_reload(l, 0)) return false;
    if (l->v[l->n - 2].ins.op != WR_OP_RETURN && l->v[l->n - 2].ins.op != WR_OP_UNREACHABLE) return false;
    for (uint32_t i = 0; i < l->n; i++) {
        if (wr_go_is_a(l, i, WR_OP_LOCAL_GET, 1)) understand_read(f, i);
        understand_store(f, i);
    }
    for (uint32_t i = 0; i < l->n; i++)
        if (!is_fit(f, i)) return false;
    return true;
}

// --- Twins ---

// In the twin, offsets are relative to the caller's stack pointer, nothing is popped, and the parameter
// becomes a local.
static void write_twin(leaf *f, wr_buf *out) {
    wr_body *body = &f->code.body;
    wr_arena *arena = f->code.arena;
    wr_local_runs runs = {0};
    WR_PUSH(arena, runs, ((wr_local_run){1, WR_I32}));
    for (uint32_t i = 0; i < body->runs.n; i++) WR_PUSH(arena, runs, body->runs.v[i]);
    uint32_t n = 0;
    for (uint32_t i = 0; i < body->n; i++) {
        if (is_end(&f->code.list, i)) i += WR_GO_POP_LENGTH + 1;
        wr_ins ins = body->ins[i];
        if (f->shifts[i]) ins.b -= 8;
        body->ins[n++] = ins;
    }
    body->n = n;
    body->runs = runs;
    wr_body_encode(body, out);
}

static bool has_table(const wr_go_list *l) {
    for (uint32_t i = 0; i < l->n; i++)
        if (l->v[i].ins.op == WR_OP_BR_TABLE) return true;
    return false;
}

static void find_leaf(wr_env *env, unsigned worker, void *arg, size_t item) {
    (void)worker;
    leaves *all = arg;
    const wr_module *m = all->c->m;
    const wr_func *func = &m->funcs[item];
    if (func->import != WR_NONE || !func->live || m->types[func->type].canon != all->go->type) return;
    if (func->body.n > MOST_BYTES || item >= all->go->nby_func || all->go->by_func[item] == WR_NONE) return;
    wr_arena_reset(&env->temp);
    leaf f = {.all = all};
    wr_go_open(env, &env->temp, m, (uint32_t)item, &f.code);
    if (has_table(&f.code.list)) return; // its targets are now labels, not depths
    f.starts = wr_exprs_find(&env->temp, m, &f.code.body);
    f.shifts = WR_NEW0(&env->temp, uint8_t, f.code.list.n);
    f.known = WR_NEW0(&env->temp, uint8_t, f.code.list.n);
    if (!is_leaf(&f)) return;
    wr_buf out = wr_buf_in(&env->perm);
    write_twin(&f, &out);
    all->twins[item] = wr_buf_slice(&out);
}

// --- Calls ---

// Whether a call of a leaf begins at i: push, i32.const 0, call, reload, br_if.
static bool is_site(const leaves *all, const wr_go_list *l, uint32_t i) {
    return wr_go_is_push(l, i) && wr_go_is_call(all->c->m, all->go, l, i + WR_GO_PUSH_LENGTH) &&
           all->twins[l->v[i + WR_GO_PUSH_LENGTH + 1].ins.a].n &&
           wr_go_is(l, i + WR_GO_PUSH_LENGTH + 4, WR_OP_BR_IF);
}

#define SITE_LENGTH (WR_GO_PUSH_LENGTH + 5)

static bool calls_leaves(const leaves *all, const wr_func *f) {
    for (uint32_t i = 0; i < f->summary.nuses; i++) {
        wr_ref ref = f->summary.uses[i].ref;
        if (wr_ref_space(ref) == WR_FUNC && all->twins[wr_ref_index(ref)].n) return true;
    }
    return false;
}

// Decodes a function that may call leaves.
static bool open_caller(leaves *all, wr_env *env, size_t item, wr_go_code *code) {
    const wr_module *m = all->c->m;
    const wr_func *f = &m->funcs[item];
    if (f->import != WR_NONE || !f->live || m->types[f->type].canon != all->go->type || !calls_leaves(all, f))
        return false;
    wr_arena_reset(&env->temp);
    wr_go_open(env, &env->temp, m, (uint32_t)item, code);
    return wr_go_caches_sp(all->keeps_sp, &code->list);
}

static void count_sites(wr_env *env, unsigned worker, void *arg, size_t item) {
    leaves *all = arg;
    wr_go_code code;
    if (!open_caller(all, env, item, &code)) return;
    for (uint32_t i = 0; i < code.list.n; i++)
        if (is_site(all, &code.list, i)) all->sites[worker][code.list.v[i + WR_GO_PUSH_LENGTH + 1].ins.a]++;
}

// The least that a shortened call saves; it is less where go-outline's helper pushes.
static uint32_t saving(const leaves *all) { return all->c->config->level == WR_LZ ? 10 : 24; }

static uint32_t add_twins(leaves *all) {
    wr_module *m = all->c->m;
    uint32_t type = WR_NONE, n = 0;
    for (uint32_t i = 0; i < all->nfuncs; i++) {
        uint64_t sites = 0;
        for (unsigned k = 0; k < all->c->pool->jobs; k++) sites += all->sites[k][i];
        if (sites * saving(all) <= all->twins[i].n + 4) continue;
        if (type == WR_NONE) type = wr_module_intern_func_type(all->c->env, m, NULL, 0, NULL, 0);
        all->twin[i] = wr_module_add_func(all->c->env, m, type, all->twins[i]);
        wr_collector_summarize(&all->collectors[0], all->c->env, m, &m->funcs[all->twin[i]]);
        n++;
    }
    return n;
}

static void shorten_calls(wr_env *env, unsigned worker, void *arg, size_t item) {
    leaves *all = arg;
    wr_module *m = all->c->m;
    wr_go_code code;
    if (!open_caller(all, env, item, &code)) return;
    wr_go_list *l = &code.list;
    uint32_t n = 0, dispatch = code.dispatch;
    for (uint32_t i = 0; i < l->n; i++) {
        wr_go_ins one = l->v[i];
        if (i == dispatch) code.dispatch = n;
        if (is_site(all, l, i) && all->twin[l->v[i + WR_GO_PUSH_LENGTH + 1].ins.a] != WR_NONE) {
            WR_PUSH(&env->pass, all->dead[worker], (uint32_t)l->v[i + WR_GO_PUSH_LENGTH - 2].ins.b);
            one = (wr_go_ins){{.op = WR_OP_CALL, .a = all->twin[l->v[i + WR_GO_PUSH_LENGTH + 1].ins.a]}, 0};
            i += SITE_LENGTH - 1;
        }
        l->v[n++] = one;
    }
    if (n == l->n) return;
    l->n = n;
    wr_buf out = wr_buf_in(&env->temp);
    wr_go_write(&code, &out);
    wr_module_store_bytes(env, &all->collectors[worker], m, (uint32_t)item, wr_buf_slice(&out));
}

static int by_value(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

// The order must not depend on the workers.
static void declare_dead(const leaves *all) {
    wr_u32s joined = {0};
    for (unsigned k = 0; k < all->c->pool->jobs; k++)
        for (uint32_t i = 0; i < all->dead[k].n; i++) WR_PUSH(&all->c->env->pass, joined, all->dead[k].v[i]);
    if (joined.n) qsort(joined.v, joined.n, sizeof *joined.v, by_value);
    for (uint32_t i = 0; i < joined.n; i++)
        wr_pass_declare_changed(all->c, &(wr_memory_change){.kind = WR_DEAD_WORD, .at = joined.v[i]});
}

void wr_pass_go_leaf(wr_context *c) {
    wr_go go;
    wr_arena *arena = &c->env->pass;
    if (wr_go_find(c->env, arena, c->m, &go) != WR_GO_FOUND) return;
    leaves all = {.c = c, .go = &go, .nfuncs = c->m->nfuncs, .keeps_sp = wr_go_keep_sp(c)};
    all.twins = WR_NEW0(arena, wr_slice, all.nfuncs);
    all.twin = WR_NEW(arena, uint32_t, all.nfuncs);
    memset(all.twin, 0xff, all.nfuncs * sizeof *all.twin);
    all.sites = WR_NEW(arena, uint32_t *, c->pool->jobs);
    all.collectors = WR_NEW(arena, wr_collector, c->pool->jobs);
    for (unsigned i = 0; i < c->pool->jobs; i++) {
        all.sites[i] = WR_NEW0(arena, uint32_t, all.nfuncs);
        wr_collector_init(&all.collectors[i], &c->pool->envs[i].pass);
    }
    wr_parallel(c->pool, all.nfuncs, find_leaf, &all);
    wr_parallel(c->pool, all.nfuncs, count_sites, &all);
    all.dead = WR_NEW0(arena, wr_u32s, c->pool->jobs);
    if (!add_twins(&all)) return;
    wr_parallel(c->pool, all.nfuncs, shorten_calls, &all);
    declare_dead(&all);
}
