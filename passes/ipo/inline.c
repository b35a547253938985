// inline: puts the code of functions in place of calls where this makes the module smaller. A function with
// one call and no other use goes into its caller. A function whose code is no longer than a call goes into
// all callers where this holds. A function whose copies are in sum no longer than all its calls and itself
// goes into all its callers, and is removed; at -O3 also if they are a little longer, and a copy may be a few
// bytes longer than its call, as engines that inline little run such code faster.
//
//   (func $f (call $g (local.get 0)))  (func $g (param i32) (i32.store (local.get 0) (i32.const 1)))
//     ->  (func $f (i32.store (local.get 0) (i32.const 1)))
//
// Functions with one call form trees; each is written at once from its root, so that the work is linear. A
// tree is cut where a function would get too large for engines, which compile function by function; or where
// a recursive function would get a much larger frame, since the depth of the stack can be observed. At -Oz a
// function that resembles another stays, for the pass that merges them. Unless raw bytes alone count, or the
// level is -O3, a function stays if others have much of the same code: next to these it compresses well, but
// in its caller its locals have other numbers, and the code is new to the compressor. Where compressed bytes
// alone count, all but short functions stay. Places where inlining turns out not to pay keep their call; the
// function is then a root in the next wave. Functions that are inlined in several places are so small that
// they are only copied; the only functions inlined in such code are even smaller ones.
#include "inline.h"

#include "ir/edit.h"
#include "passes/dedupe/merge.h"
#include "analysis/callgraph.h"

#define MAX_WAVES 4
#define MAX_NESTED 64  // functions inlined in each other
#define MAX_SIZE 40000 // bytes of a function that grows by more than MAX_SMALL
#define MAX_SMALL 200
#define MAX_RECURSIVE 60    // bytes that may be inlined into a recursive function,
#define FEW_LOCALS 4        // or MAX_SMALL if it has no more locals than these
#define MAX_COPIED 40       // bytes of a function that is inlined in several places
#define MAX_COPIED_FAST 60  // the same at -O3
#define MAX_GROWTH_FAST 100 // bytes by which the copies of one may be longer there,
#define GROWTH_SHARE 64     // and the share of the code by which all may (1 / GROWTH_SHARE)
// The share of the code by which copies at some calls may, estimated. In fact it is a tenth of that or less,
// as most copies are shorter than they may be.
#define ROOM_SHARE 8
#define MAX_NEW_LOCALS 2000

typedef struct inliner {
    wr_inlining in;
    wr_context *c;
    wr_module *m;
    uint8_t *plan;
    uint32_t *block_type;
    const uint8_t *is_named, *is_circular; // by function
    uint32_t *ncalls, *caller;             // by function: the number of direct calls, and one of the callers
    uint8_t *was_root;
    size_t may_grow;         // bytes by which functions that are copied may still make the module larger
    size_t room;             // the same of copies at some calls only
    unsigned nwaves;         // that have begun
    const uint8_t *old_plan; // of the wave before; NULL in the first one
    uint8_t *is_written;     // by function: the wave before wrote it
    wr_u32s roots;
    wr_collector *collectors; // by worker
} inliner;

// --- Calls ---

static void count_calls(inliner *g) {
    const wr_module *m = g->m;
    memset(g->ncalls, 0, m->nfuncs * sizeof *g->ncalls);
    for (uint32_t i = 0; i < m->nfuncs; i++) {
        const wr_summary *summary = &m->funcs[i].summary;
        for (uint32_t k = 0; m->funcs[i].live && k < summary->nuses; k++) {
            if (wr_ref_space(summary->uses[k].ref) != WR_FUNC) continue;
            uint32_t callee = wr_ref_index(summary->uses[k].ref);
            g->ncalls[callee] += summary->uses[k].count;
            g->caller[callee] = i;
        }
    }
}

static bool has_body(const wr_module *m, uint32_t i) {
    return m->funcs[i].live && m->funcs[i].import == WR_NONE;
}

static bool has_one_call(const inliner *g, uint32_t i) {
    return has_body(g->m, i) && g->ncalls[i] == 1 && !g->is_named[i] && g->caller[i] != i &&
           !g->c->state->funcs[i].is_shared;
}

// --- Functions that are copied ---

// Whether copies of the function may go where its calls are, but only where they are short.
static bool is_tried(uint8_t plan) { return plan == WR_INLINE_SHORTER || plan == WR_INLINE_FAST; }

// Whether the function calls itself, or one that is planned to be inlined or may be (is_wanted). With
// leave_tried calls of those don't count that stay in any case, if only where a copy would be long.
static bool calls_planned(const inliner *g, uint32_t func, const uint8_t *is_wanted, bool leave_tried) {
    const wr_summary *summary = &g->m->funcs[func].summary;
    for (uint32_t k = 0; k < summary->nuses; k++) {
        uint32_t index = wr_ref_index(summary->uses[k].ref);
        if (wr_ref_space(summary->uses[k].ref) != WR_FUNC) continue;
        if (index == func || is_wanted[index]) return true;
        if (g->plan[index] != WR_CALLED && !(leave_tried && is_tried(g->plan[index]))) return true;
    }
    return false;
}

// An estimate of the bytes of a copy, without the call: its code as it is. Arguments seldom stay in locals of
// their own, and what they do to the code makes up for those that do.
static size_t size_of_copy(const inliner *g, const wr_param_use *callee) {
    size_t size = 0;
    bool block = callee->is_branched_to || callee->nreturns;
    uint32_t first = block ? 0 : callee->nprefix;
    for (uint32_t i = first; i + 1 < callee->body.n; i++)
        size += wr_cost_ins(&g->in.cost, &callee->body.ins[i], callee->body.ext.v) +
                (callee->body.ins[i].op == WR_OP_RETURN);
    return size + 3 * block;
}

// Whether copies that are a little longer than the calls may stand in their place, and takes the room for
// them.
static bool takes_room(inliner *g, uint32_t func, size_t copies, size_t calls) {
    size_t growth = copies > calls ? copies - calls : 0, most = (size_t)g->ncalls[func] * WR_INLINE_ROOM;
    if (growth > most) growth = most;
    if (!g->room || growth > g->room) return false;
    g->room -= growth;
    return true;
}

static void plan_copies(inliner *g, uint32_t func) {
    wr_env *env = g->c->env;
    wr_arena_reset(&env->temp);
    wr_param_use callee;
    wr_param_use_find(env, &env->temp, g->m, func, &callee);
    if (callee.leaves_try || callee.has_loop) return;
    size_t size = g->m->funcs[func].body.n, copies = size_of_copy(g, &callee) * g->ncalls[func];
    size_t calls = (1 + wr_cost_index(&g->in.cost, WR_FUNC, func)) * g->ncalls[func];
    size_t gone = calls + size + wr_cost_func(&g->in.cost, size), growth = copies > gone ? copies - gone : 0;
    bool goes = !g->is_named[func] && growth <= MAX_GROWTH_FAST && growth <= g->may_grow;
    if (goes) g->may_grow -= growth;
    g->plan[func] = goes                                 ? WR_INLINE_ALL
                    : takes_room(g, func, copies, calls) ? WR_INLINE_FAST
                                                         : WR_INLINE_SHORTER;
}

// Plans the copies of small functions: first those that call no other small one, then those that of the first
// only call what stays. So a function that does nothing but call another one is not kept by that being small
// too, and copies are in copies at most twice.
static void plan_all_copies(inliner *g) {
    const wr_module *m = g->m;
    size_t most = g->c->config->level & WR_L3 ? MAX_COPIED_FAST : MAX_COPIED;
    uint8_t *is_wanted = WR_NEW0(&g->c->env->pass, uint8_t, m->nfuncs);
    uint8_t *is_first = WR_NEW0(&g->c->env->pass, uint8_t, m->nfuncs);
    for (uint32_t i = 0; i < m->nfuncs; i++)
        is_wanted[i] =
            has_body(m, i) && g->plan[i] == WR_CALLED && g->ncalls[i] && m->funcs[i].body.n <= most;
    for (uint32_t i = 0; i < m->nfuncs; i++)
        is_first[i] = is_wanted[i] && !calls_planned(g, i, is_wanted, false);
    for (uint32_t i = 0; i < m->nfuncs; i++) {
        if (!is_first[i]) continue;
        is_wanted[i] = 0;
        plan_copies(g, i);
    }
    for (uint32_t i = 0; i < m->nfuncs; i++)
        if (is_wanted[i] && !calls_planned(g, i, is_wanted, true)) plan_copies(g, i);
}

// --- Functions with one call ---

typedef struct place {
    uint32_t func, depth;
} place;

typedef struct trees {
    inliner *g;
    uint32_t *first, *next; // lists of candidates by caller
    WR_VEC(place) stack;
    wr_u32s later;          // candidates that become roots themselves
    uint64_t size, nlocals; // of the current tree
    bool is_circular;
} trees;

static uint32_t count_locals(wr_env *env, const wr_module *m, uint32_t func) {
    wr_local_runs runs = {0};
    wr_reader r = wr_reader_of(env, m->funcs[func].body, 0);
    return wr_func_type(m, func)->nparams + wr_ins_read_locals(&r, &env->temp, &runs);
}

static bool fits(const trees *t, uint32_t func, uint32_t depth, uint32_t nlocals) {
    uint64_t size = t->g->m->funcs[func].body.n;
    if (depth > MAX_NESTED || t->nlocals + nlocals > MAX_NEW_LOCALS) return false;
    if (t->is_circular && size > MAX_RECURSIVE && (size > MAX_SMALL || nlocals > FEW_LOCALS)) return false;
    return size <= MAX_SMALL || t->size + size <= MAX_SIZE;
}

static void grow_tree(trees *t, uint32_t root) {
    inliner *g = t->g;
    wr_arena *temp = &g->c->env->temp;
    t->size = g->m->funcs[root].body.n;
    t->nlocals = 0;
    t->is_circular = g->is_circular[root];
    place at = {root, 0};
    WR_PUSH(temp, t->stack, at);
    while (t->stack.n) {
        place p = t->stack.v[--t->stack.n];
        for (uint32_t i = t->first[p.func]; i != WR_NONE; i = t->next[i]) {
            uint32_t nlocals = count_locals(g->c->env, g->m, i);
            if (!fits(t, i, p.depth + 1, nlocals)) {
                WR_PUSH(temp, t->later, i);
                continue;
            }
            g->plan[i] = WR_INLINE_ONCE;
            t->size += g->m->funcs[i].body.n;
            t->nlocals += nlocals;
            place inner = {i, p.depth + 1};
            WR_PUSH(temp, t->stack, inner);
        }
    }
}

// Plans the inlining of functions with one call, tree by tree.
static void plan_trees(inliner *g) {
    uint32_t n = g->m->nfuncs;
    wr_arena *temp = &g->c->env->temp;
    trees t = {.g = g, .first = WR_NEW(temp, uint32_t, n), .next = WR_NEW(temp, uint32_t, n)};
    uint8_t *is_candidate = WR_NEW0(temp, uint8_t, n);
    memset(t.first, 0xff, n * sizeof *t.first);
    for (uint32_t i = n; i-- > 0;) {
        is_candidate[i] = has_one_call(g, i) && !g->was_root[i];
        if (!is_candidate[i]) continue;
        t.next[i] = t.first[g->caller[i]];
        t.first[g->caller[i]] = i;
    }
    for (uint32_t i = 0; i < n; i++)
        if (has_body(g->m, i) && !is_candidate[i]) grow_tree(&t, i);
    while (t.later.n) grow_tree(&t, t.later.v[--t.later.n]);
}

// --- Doing it ---

// Whether the function, or what is planned for it, is not what it was when its calls were last examined: in
// the wave before, or in the last wave of the round before.
static bool is_new(const inliner *g, uint32_t func) {
    if (!g->old_plan) return wr_pass_is_new(g->c, func);
    return g->is_written[func] || g->old_plan[func] != g->plan[func];
}

// Whether one of the function's calls may be inlined that was not examined in the same form before.
static bool is_root(const inliner *g, uint32_t func) {
    if (!has_body(g->m, func) || g->plan[func] != WR_CALLED) return false;
    const wr_summary *summary = &g->m->funcs[func].summary;
    for (uint32_t k = 0; k < summary->nuses; k++) {
        uint32_t index = wr_ref_index(summary->uses[k].ref);
        if (wr_ref_space(summary->uses[k].ref) != WR_FUNC || g->plan[index] == WR_CALLED) continue;
        if (!is_tried(g->plan[index]) || is_new(g, func) || is_new(g, index)) return true;
    }
    return false;
}

static void write_root(wr_env *env, unsigned worker, void *arg, size_t item) {
    inliner *g = arg;
    uint32_t func = g->roots.v[item];
    wr_arena_reset(&env->temp);
    env->func = func;
    wr_body body;
    if (!wr_inline_expand(env, &g->in, func, &body)) return;
    wr_module_store_body(env, &g->collectors[worker], g->m, func, &body);
    wr_pass_mark_edited(g->c, func, g->c->iteration);
    g->is_written[func] = 1;
}

static bool is_gone(const inliner *g, uint32_t func) {
    return g->m->funcs[func].live && g->plan[func] != WR_CALLED && g->ncalls[func] == 0 && !g->is_named[func];
}

static void uncount_calls(inliner *g, uint32_t func, wr_u32s *gone) {
    const wr_summary *summary = &g->m->funcs[func].summary;
    for (uint32_t k = 0; k < summary->nuses; k++) {
        if (wr_ref_space(summary->uses[k].ref) != WR_FUNC) continue;
        uint32_t callee = wr_ref_index(summary->uses[k].ref);
        g->ncalls[callee] -= summary->uses[k].count;
        if (is_gone(g, callee)) WR_PUSH(&g->c->env->temp, *gone, callee);
    }
}

// Removes functions that were inlined at all their calls, and uncounts the calls in them.
static void bury(inliner *g) {
    wr_u32s gone = {0};
    count_calls(g);
    for (uint32_t i = 0; i < g->m->nfuncs; i++)
        if (is_gone(g, i)) WR_PUSH(&g->c->env->temp, gone, i);
    while (gone.n) {
        uint32_t func = gone.v[--gone.n];
        g->m->funcs[func].live = false;
        uncount_calls(g, func, &gone);
    }
}

static void add_block_types(inliner *g) {
    for (uint32_t i = 0; i < g->m->nfuncs; i++) {
        g->block_type[i] = WR_NONE;
        const wr_type *type = wr_func_type(g->m, i);
        if (g->plan[i] == WR_CALLED || type->nresults < 2) continue;
        g->block_type[i] = wr_module_intern_func_type(g->c->env, g->m, NULL, 0, type->values + type->nparams,
                                                      type->nresults);
    }
}

// Plans, and expands all roots. Returns whether there may be more to do.
static bool wave(inliner *g) {
    uint32_t n = g->m->nfuncs, left = 0;
    if (g->nwaves++) g->old_plan = memcpy(WR_NEW(&g->c->env->pass, uint8_t, n), g->plan, n);
    memset(g->plan, WR_CALLED, n);
    count_calls(g);
    wr_arena_reset(&g->c->env->temp);
    plan_trees(g);
    plan_all_copies(g);
    add_block_types(g);
    g->roots.n = 0;
    for (uint32_t i = 0; i < n; i++)
        if (is_root(g, i)) WR_PUSH(&g->c->env->pass, g->roots, i);
    memset(g->is_written, 0, n);
    wr_arena_reset(&g->c->env->temp);
    wr_parallel(g->c->pool, g->roots.n, write_root, g);
    bury(g);
    for (uint32_t i = 0; i < n; i++) {
        if (g->plan[i] != WR_INLINE_ONCE || !g->m->funcs[i].live) continue;
        g->was_root[i] = 1;
        left++;
    }
    return left > 0;
}

void wr_pass_inline(wr_context *c) {
    wr_arena *pass = &c->env->pass;
    uint32_t n = c->m->nfuncs;
    if (!n) return;
    inliner g = {
        .c = c, .m = c->m, .plan = WR_NEW0(pass, uint8_t, n), .block_type = WR_NEW(pass, uint32_t, n)};
    g.ncalls = WR_NEW(pass, uint32_t, n), g.caller = WR_NEW(pass, uint32_t, n),
    g.was_root = WR_NEW0(pass, uint8_t, n), g.is_written = WR_NEW0(pass, uint8_t, n);
    g.is_named = wr_merge_address_taken(c);
    if (c->config->level & WR_L3)
        g.may_grow = wr_inline_code_size(c->m) / GROWTH_SHARE,
        g.room = wr_inline_code_size(c->m) / ROOM_SHARE;
    wr_inline_mark_shared(c, g.is_named);
    g.is_circular = wr_callgraph_recursive(pass, c->m, false);
    g.in = (wr_inlining){.c = c, .m = c->m, .plan = g.plan, .block_type = g.block_type};
    wr_cost_init(&g.in.cost, c->env, c->m);
    g.collectors = WR_NEW(pass, wr_collector, c->pool->jobs);
    for (unsigned i = 0; i < c->pool->jobs; i++) wr_collector_init(&g.collectors[i], &c->pool->envs[i].pass);
    for (unsigned i = 0; i < MAX_WAVES && wave(&g); i++) {}
}
