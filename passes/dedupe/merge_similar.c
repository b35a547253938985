// Merges functions that differ only in constants and in direct callees into one function with parameters for
// the differences.
//
//   (func $f (result i32) (call $g (i32.const 1) ...))       (call $f)
//   (func $h (result i32) (call $g (i32.const 2) ...))       (call $h)
// becomes
//   (func $p (param i32) (result i32) (call $g (local.get 0) ...))
//                                         (call $p (i32.const 1)) (call $p (i32.const 2))
//
// A constant is passed as itself. A callee is passed as a typed reference if the output may use those.
// Otherwise the caller passes a selector, and one dispatcher for each differing callee calls by it, which
// needs only WebAssembly 1.0.
//
// A function that only direct calls name disappears, and its call sites pass the additional arguments; any
// other function becomes a thunk. Functions of one shape are grouped by hash, compared exactly, and split by
// the contents of their operand slots where the parts save more than the whole (merge_similar_plan.c has the
// costs).
//
// Limits: a thunk or a dispatcher adds a frame to the stack. So recursive functions (directly or through
// others) are merged only if no frame is added, or if it is that of a dispatcher and the bodies are so large
// that it hardly matters. Each additional call that is executed must save its call cost
// (passes/manager/call_cost.h). Binaryen has a related pass, merge-similar-functions.
#include "merge_similar.h"

#include <stdlib.h>

#include "ir/body.h"
#include "ir/edit.h"
#include "merge.h"
#include "analysis/callgraph.h"
#include "analysis/body_hash.h"
#include "support/hash.h"

enum {
    MIN_BODY = 20,     // bytes; below this, a call is no shorter
    MAX_MEMBERS = 256, // members of a group; the rest form another group
};

typedef struct hashed {
    uint64_t hash;
    uint32_t func;
} hashed;

typedef struct similar {
    wr_parameterizer parameterizer;
    wr_context *c;
    wr_module *m;
    const uint32_t *canon;
    const uint8_t *may_repeat;
    uint64_t *hashes;       // by function, see wr_merge_similar_hash
    wr_redirect *redirects; // by function; `to` is WR_NONE if it is not redirected
    uint32_t nredirects;    // size of that table: the number of functions before the pass
    wr_collector *collectors;
} similar;

static bool is_call(unsigned op) { return op == WR_OP_CALL || op == WR_OP_RETURN_CALL; }

// Takes the contents of an operand slot out of the current instruction. Returns false if it has no slot.
static bool take_slot(const similar *s, wr_body_hash *shape, uint64_t *contents) {
    if (wr_is_number_const(shape->ins.op)) {
        *contents = shape->ins.b;
        shape->ins.b = 0;
        return true;
    }
    if (!is_call(shape->ins.op)) {
        if (shape->func != WR_NONE) shape->ins.a = shape->func;
        return false;
    }
    *contents = shape->func;
    shape->ins.a = s->canon[s->m->funcs[shape->func].type];
    return true;
}

// --- Groups ---

static void hash_function(wr_env *env, unsigned worker, void *arg, size_t item) {
    (void)worker;
    similar *s = arg;
    const wr_func *func = &s->m->funcs[item];
    if (!func->live || func->import != WR_NONE || func->body.n < MIN_BODY || func->annotated) return;
    if (!s->may_repeat[item]) return;
    wr_arena_reset(&env->temp);
    wr_body_hash shape;
    wr_body_hash_begin(&shape, env, &env->temp, s->m, s->canon, (uint32_t)item);
    uint64_t hash = wr_body_hash_locals(&shape, s->canon[func->type]), contents;
    while (wr_body_hash_next(&shape)) {
        take_slot(s, &shape, &contents);
        hash = wr_body_hash_ins(&shape, hash);
    }
    s->hashes[item] = hash | 1;
}

uint64_t *wr_merge_similar_hash(wr_context *c, const uint32_t *canon) {
    similar s = {.c = c, .m = c->m, .canon = canon, .hashes = WR_NEW0(&c->env->pass, uint64_t, c->m->nfuncs)};
    s.may_repeat = wr_body_hash_may_repeat(&c->env->pass, c->m, canon);
    wr_parallel(c->pool, c->m->nfuncs, hash_function, &s);
    return s.hashes;
}

static int by_hash(const void *a, const void *b) {
    const hashed *x = a, *y = b;
    if (x->hash != y->hash) return x->hash < y->hash ? -1 : 1;
    return x->func < y->func ? -1 : x->func > y->func;
}

static bool same_shape(const similar *s, wr_env *env, uint32_t a, uint32_t b) {
    wr_body_hash x, y;
    uint64_t contents;
    if (s->canon[s->m->funcs[a].type] != s->canon[s->m->funcs[b].type]) return false;
    wr_body_hash_begin(&x, env, &env->temp, s->m, s->canon, a);
    wr_body_hash_begin(&y, env, &env->temp, s->m, s->canon, b);
    if (!wr_body_hash_same_locals(&x, &y)) return false;
    for (;;) {
        bool more = wr_body_hash_next(&x);
        if (more != wr_body_hash_next(&y)) return false;
        if (!more) return true;
        take_slot(s, &x, &contents);
        take_slot(s, &y, &contents);
        if (!wr_body_hash_same_ins(&x, &y)) return false;
    }
}

typedef WR_VEC(uint64_t) contents_list;

static const uint64_t *list_slots(const similar *s, wr_env *env, uint32_t func, wr_similar_func *group) {
    contents_list list = {0};
    WR_VEC(uint16_t) ops = {0};
    wr_body_hash shape;
    uint64_t contents;
    wr_body_hash_begin(&shape, env, &env->temp, s->m, s->canon, func);
    while (wr_body_hash_next(&shape)) {
        if (!take_slot(s, &shape, &contents)) continue;
        WR_PUSH(&env->temp, list, contents);
        WR_PUSH(&env->temp, ops, shape.ins.op);
    }
    group->nslots = list.n;
    group->ops = ops.v;
    return list.v;
}

// Frequency levels of a function's slots; they are the same for all functions of one shape.
static const int8_t *list_levels(wr_env *env, const similar *s, uint32_t func, uint32_t nslots) {
    wr_body body;
    wr_body_decode(env, &env->temp, s->m, func, &body);
    wr_body_match_blocks(&env->temp, &body);
    const int8_t *all = wr_call_cost_frequencies(&env->temp, &s->parameterizer.call_cost, &body);
    int8_t *levels = WR_NEW(&env->temp, int8_t, nslots);
    uint32_t n = 0;
    for (uint32_t i = 0; i < body.n; i++)
        if (wr_is_number_const(body.ins[i].op) || is_call(body.ins[i].op)) levels[n++] = all[i];
    return levels;
}

static bool is_too_hot(const similar *s, uint32_t func) {
    return wr_call_cost_class(&s->parameterizer.call_cost, func, 0) == WR_CALL_COST_MAX;
}

// --- Merging ---

static void redirect_member(similar *s, const wr_similar_func *group, const wr_parameterized *merged,
                            uint32_t member, uint32_t to) {
    wr_env *env = s->c->env;
    uint32_t func = group->funcs[merged->members[member]], nargs;
    wr_similar_thunk thunk = wr_merge_similar_thunk(&s->parameterizer, group, merged, member);
    wr_ins *args = wr_merge_similar_arguments(&env->pass, group, merged, member, &nargs);
    bool tail = (s->m->features & WR_F(TAIL_CALL)) != 0;
    if (thunk.at_sites) {
        s->redirects[func] = (wr_redirect){to, nargs, args};
        s->parameterizer.gone[func] = 1;
        s->m->funcs[func].live = false;
        return;
    }
    wr_module_replace_body(s->m, func, wr_merge_make_thunk(env, s->m, func, args, nargs, to, tail));
    wr_collector_summarize(&s->collectors[0], env, s->m, &s->m->funcs[func]);
}

static void merge_group(similar *s, const hashed *list, uint32_t n) {
    wr_env *env = s->c->env;
    uint32_t *funcs = WR_NEW(&env->temp, uint32_t, n), *members = WR_NEW(&env->temp, uint32_t, n);
    const uint64_t **slots = WR_NEW(&env->temp, const uint64_t *, n);
    wr_similar_func group = {.funcs = funcs, .slots = slots};
    for (uint32_t i = 0; i < n; i++) {
        if (is_too_hot(s, list[i].func) || (group.n && !same_shape(s, env, funcs[0], list[i].func))) continue;
        members[group.n] = group.n;
        funcs[group.n] = list[i].func;
        slots[group.n++] = list_slots(s, env, list[i].func, &group);
    }
    wr_parameterized_list merges = {0};
    if (group.n < 2) return;
    group.levels = list_levels(env, s, funcs[0], group.nslots);
    wr_merge_similar_plan(&s->parameterizer, env, &group, members, group.n, &merges);
    for (uint32_t i = 0; i < merges.n; i++) {
        wr_merge_similar_keep_referenced(&s->parameterizer, &group, &merges.v[i]);
        uint32_t to = wr_merge_similar_build(&s->parameterizer, &group, &merges.v[i]);
        for (uint32_t k = 0; k < merges.v[i].n; k++) redirect_member(s, &group, &merges.v[i], k, to);
    }
}

static void merge_groups(similar *s) {
    uint32_t n = 0;
    hashed *list = WR_NEW(&s->c->env->pass, hashed, s->m->nfuncs);
    for (uint32_t i = 0; i < s->nredirects; i++)
        if (s->hashes[i]) list[n++] = (hashed){s->hashes[i], i};
    if (n) qsort(list, n, sizeof *list, by_hash);
    for (uint32_t i = 0, k; i < n; i = k) {
        for (k = i + 1; k < n && k - i < MAX_MEMBERS && list[k].hash == list[i].hash;) k++;
        if (k - i > 1) merge_group(s, list + i, k - i);
        wr_arena_reset(&s->c->env->temp);
    }
}

// --- Calls ---

static bool calls_redirected(const similar *s, const wr_func *func) {
    for (uint32_t i = 0; i < func->summary.nuses; i++) {
        uint32_t index = wr_ref_index(func->summary.uses[i].ref);
        if (wr_ref_space(func->summary.uses[i].ref) == WR_FUNC && index < s->nredirects &&
            s->redirects[index].to != WR_NONE)
            return true;
    }
    return false;
}

static void redirect_calls(wr_env *env, unsigned worker, void *arg, size_t item) {
    similar *s = arg;
    wr_func *func = &s->m->funcs[item];
    if (!func->live || func->import != WR_NONE || !calls_redirected(s, func)) return;
    wr_arena_reset(&env->temp);
    wr_body body;
    WR_VEC(wr_ins) out = {0};
    wr_body_decode(env, &env->temp, s->m, (uint32_t)item, &body);
    for (uint32_t i = 0; i < body.n; i++) {
        wr_ins ins = body.ins[i];
        if (is_call(ins.op) && wr_ins_func(&ins) < s->nredirects &&
            s->redirects[wr_ins_func(&ins)].to != WR_NONE) {
            const wr_redirect *r = &s->redirects[wr_ins_func(&ins)];
            for (uint32_t k = 0; k < r->nargs; k++) WR_PUSH(&env->temp, out, r->args[k]);
            ins.a = r->to;
        }
        WR_PUSH(&env->temp, out, ins);
    }
    body.ins = out.v;
    body.n = out.n;
    wr_module_store_body(env, &s->collectors[worker], s->m, (uint32_t)item, &body);
}

// --- The pass ---

static void prepare(similar *s) {
    wr_env *env = s->c->env;
    wr_arena *pass = &env->pass;
    wr_counts counts;
    s->parameterizer = (wr_parameterizer){.c = s->c, .named = wr_merge_address_taken(s->c)};
    wr_call_cost_find(s->c, &s->parameterizer.call_cost);
    s->parameterizer.by_reference = wr_pass_may_use(s->c, WR_F(FUNC_REFS)) || wr_pass_may_use(s->c, WR_F(GC));
    wr_cost_init(&s->parameterizer.cost, env, s->m);
    wr_layout_count_uses(env, s->m, &counts);
    uint64_t *uses = WR_NEW(pass, uint64_t, s->m->nfuncs);
    memcpy(uses, counts.of[WR_FUNC], s->m->nfuncs * sizeof *uses);
    s->parameterizer.uses = uses;
    s->nredirects = s->m->nfuncs;
    s->parameterizer.gone = WR_NEW0(pass, uint8_t, s->m->nfuncs);
    s->redirects = WR_NEW(pass, wr_redirect, s->nredirects);
    for (uint32_t i = 0; i < s->nredirects; i++) s->redirects[i] = (wr_redirect){.to = WR_NONE};
    s->collectors = WR_NEW(pass, wr_collector, s->c->pool->jobs);
    for (unsigned i = 0; i < s->c->pool->jobs; i++)
        wr_collector_init(&s->collectors[i], &s->c->pool->envs[i].pass);
    s->parameterizer.collector = &s->collectors[0];
    s->parameterizer.recursive = wr_callgraph_recursive(pass, s->m, true);
    wr_arena_reset(&env->temp);
}

void wr_pass_merge_similar(wr_context *c) {
    if (wr_pass_tuning(c).min_saving == WR_NO_SHARING || c->m->nfuncs == 0) return;
    similar s = {.c = c, .m = c->m, .canon = wr_body_hash_canon_types(&c->env->pass, c->m)};
    prepare(&s);
    s.hashes = wr_merge_similar_hash(c, s.canon);
    merge_groups(&s);
    wr_parallel(c->pool, c->m->nfuncs, redirect_calls, &s);
}
