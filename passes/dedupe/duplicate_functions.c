// Merges identical functions.
//
//   (func $f (call $a)) (func $g (call $b))  ;; $a and $b are identical
//   (call $f) (call $g)                      ;; before
//   (call $f) (call $f)                      ;; after; $g and $b are gone
//
// Two functions are identical if their types and bodies are, where calls of two identical functions count as
// equal. The result is the coarsest such partition: classes of equal shape are refined until the functions
// that their members name agree. (This is partition refinement as in the minimization of automata, with a
// worklist; near-linear in practice.) It is checked exactly before use. Classes with cycles, such as mutually
// recursive duplicates, merge as well.
//
// Soundness: code cannot compare function references, but the host can. A function to which the host can
// obtain a reference keeps its identity: always if it is exported; if it is in a table or global, or passed
// as a parameter or result, where the module shares such entities with the host. Direct calls then go to its
// duplicate, and the function becomes a thunk of that where a thunk is shorter: at -Oz always, at other
// levels if it is so long that the call hardly counts. Bodies that name a merged function are rewritten, and
// lose their branch hints.
#include <stdlib.h>

#include "ir/edit.h"
#include "merge.h"
#include "analysis/callgraph.h"
#include "analysis/cost.h"
#include "passes/manager/pass.h"
#include "analysis/body_hash.h"
#include "support/hash.h"

// Refinement gives up, and nothing is merged, after this many visits to each name on average; real modules
// need three.
#define MAX_LOOKS 64
// At other levels than -Oz a thunk replaces a body from so many bytes on. In a recursion through a table it
// adds a frame at each level, which counts for less where the body is long.
#define MIN_THUNK_OF 32
#define MIN_THUNK_OF_RECURSIVE 128

typedef struct candidate {
    uint32_t func, class;
    uint32_t nrefs;
    bool dirty;
    const uint32_t *refs; // the functions that the body names, in order
    uint64_t hash;        // hash of the shape
} candidate;

typedef struct merger {
    wr_context *c;
    wr_module *m;
    const uint32_t *canon; // canonical types
    const uint8_t *may_repeat;
    uint64_t *hashes; // by function: hash of its shape; 0: no other function can have it
    candidate *list;
    uint32_t n;
    uint32_t *class; // class, by function
    uint32_t nclasses;
    const uint32_t *caller_start, *callers; // by function: the candidates that name it
} merger;

// --- Shapes ---

static void hash_function(wr_env *env, unsigned worker, void *arg, size_t item) {
    (void)worker;
    merger *g = arg;
    const wr_func *func = &g->m->funcs[item];
    if (!func->live || func->import != WR_NONE || func->annotated || !g->may_repeat[item]) return;
    wr_arena_reset(&env->temp);
    wr_body_hash s;
    wr_body_hash_begin(&s, env, &env->temp, g->m, g->canon, (uint32_t)item);
    uint64_t hash = wr_body_hash_locals(&s, g->canon[func->type]);
    while (wr_body_hash_next(&s)) hash = wr_body_hash_ins(&s, hash);
    g->hashes[item] = hash | 1;
}

static int by_hash(const void *a, const void *b) {
    const candidate *x = a, *y = b;
    if (x->hash != y->hash) return x->hash < y->hash ? -1 : 1;
    return x->func < y->func ? -1 : x->func > y->func;
}

// Keeps the functions that share their shape with another one. Each set of equal shape is an initial class.
static void choose_candidates(merger *g) {
    wr_arena *arena = &g->c->env->pass;
    uint32_t n = 0, kept = 0;
    for (uint32_t i = 0; i < g->m->nfuncs; i++) n += g->hashes[i] != 0;
    g->list = WR_NEW(arena, candidate, n);
    n = 0;
    for (uint32_t i = 0; i < g->m->nfuncs; i++)
        if (g->hashes[i]) g->list[n++] = (candidate){.func = i, .hash = g->hashes[i], .dirty = true};
    qsort(g->list, n, sizeof *g->list, by_hash);
    g->nclasses = g->m->nfuncs;
    for (uint32_t i = 0, k; i < n; i = k) {
        for (k = i + 1; k < n && g->list[k].hash == g->list[i].hash;) k++;
        if (k - i == 1) continue;
        for (uint32_t j = i; j < k; j++) {
            g->list[kept] = g->list[j];
            g->list[kept++].class = g->nclasses;
        }
        g->nclasses++;
    }
    g->n = kept;
}

static void list_refs(wr_env *env, unsigned worker, void *arg, size_t item) {
    (void)worker;
    merger *g = arg;
    candidate *c = &g->list[item];
    wr_arena_reset(&env->temp);
    wr_body_hash s;
    wr_u32s refs = {0};
    wr_body_hash_begin(&s, env, &env->temp, g->m, g->canon, c->func);
    while (wr_body_hash_next(&s))
        if (s.func != WR_NONE) WR_PUSH(&env->temp, refs, s.func);
    c->nrefs = refs.n;
    if (!refs.n) return;
    c->refs = memcpy(WR_NEW(&env->pass, uint32_t, refs.n), refs.v, refs.n * sizeof *refs.v);
}

// --- Refining ---

// Lists, for each function, the candidates that name it.
static void list_callers(merger *g) {
    wr_arena *arena = &g->c->env->temp;
    uint32_t *start = WR_NEW0(arena, uint32_t, (size_t)g->m->nfuncs + 2), total = 0;
    for (uint32_t i = 0; i < g->n; i++) total += g->list[i].nrefs;
    for (uint32_t i = 0; i < g->n; i++)
        for (uint32_t k = 0; k < g->list[i].nrefs; k++) start[g->list[i].refs[k] + 2]++;
    for (uint32_t i = 2; i < g->m->nfuncs + 2; i++) start[i] += start[i - 1];
    uint32_t *callers = WR_NEW(arena, uint32_t, total);
    for (uint32_t i = 0; i < g->n; i++)
        for (uint32_t k = 0; k < g->list[i].nrefs; k++) callers[start[g->list[i].refs[k] + 1]++] = i;
    g->caller_start = start;
    g->callers = callers;
}

typedef struct seen {
    uint32_t class, candidate;
    uint64_t hash;
} seen;

static int by_class_and_hash(const void *a, const void *b) {
    const seen *x = a, *y = b;
    if (x->class != y->class) return x->class < y->class ? -1 : 1;
    if (x->hash != y->hash) return x->hash < y->hash ? -1 : 1;
    return x->candidate < y->candidate ? -1 : x->candidate > y->candidate;
}

static uint64_t hash_refs(const merger *g, const candidate *c) {
    uint64_t hash = c->nrefs;
    for (uint32_t i = 0; i < c->nrefs; i++) hash = wr_hash_word(hash, g->class[c->refs[i]]);
    return hash;
}

typedef struct refining {
    merger *g;
    WR_VEC(seen) now;
    wr_u32s next;    // candidates to be visited in the next round
    uint32_t *count; // by class: the number of members
    uint64_t looks, allowed;
} refining;

static void move_out(refining *r, const seen *group, uint32_t n) {
    merger *g = r->g;
    uint32_t class = g->nclasses++;
    r->count[group->class] -= n;
    r->count[class] = n;
    for (uint32_t i = 0; i < n; i++) {
        candidate *c = &g->list[group[i].candidate];
        c->class = g->class[c->func] = class;
        for (uint32_t k = g->caller_start[c->func]; k < g->caller_start[c->func + 1]; k++) {
            candidate *caller = &g->list[g->callers[k]];
            if (caller->dirty) continue;
            caller->dirty = true;
            WR_PUSH(&g->c->env->temp, r->next, g->callers[k]);
        }
    }
}

// Splits one class by the classes of the functions that its dirty members name. Members that are not dirty
// stay together and keep the class number; if all are dirty, the largest group keeps it.
static void split_class(refining *r, const seen *run, uint32_t n) {
    bool others = r->count[run->class] > n;
    uint32_t stay = WR_NONE, most = 0;
    for (uint32_t i = 0, k; i < n && !others; i = k) {
        for (k = i + 1; k < n && run[k].hash == run[i].hash;) k++;
        if (k - i > most) most = k - i, stay = i;
    }
    for (uint32_t i = 0, k; i < n; i = k) {
        for (k = i + 1; k < n && run[k].hash == run[i].hash;) k++;
        if (i != stay) move_out(r, run + i, k - i);
    }
}

static void look(refining *r, uint32_t index) {
    candidate *c = &r->g->list[index];
    c->dirty = false;
    r->looks += c->nrefs + 1;
    if (r->count[c->class] < 2) return;
    seen s = {c->class, index, hash_refs(r->g, c)};
    WR_PUSH(&r->g->c->env->temp, r->now, s);
}

static void round_of(refining *r) {
    r->now.n = 0;
    for (uint32_t i = 0; i < r->next.n; i++) look(r, r->next.v[i]);
    r->next.n = 0;
    if (r->now.n) qsort(r->now.v, r->now.n, sizeof *r->now.v, by_class_and_hash);
    for (uint32_t i = 0, k; i < r->now.n; i = k) {
        for (k = i + 1; k < r->now.n && r->now.v[k].class == r->now.v[i].class;) k++;
        split_class(r, &r->now.v[i], k - i);
    }
}

// Refines until the partition is stable. Returns false if the limit was reached.
static bool refine(merger *g) {
    wr_arena *temp = &g->c->env->temp;
    list_callers(g);
    refining r = {.g = g, .count = WR_NEW0(temp, uint32_t, (size_t)g->nclasses + g->n + 1)};
    g->class = WR_NEW(&g->c->env->pass, uint32_t, g->m->nfuncs);
    for (uint32_t i = 0; i < g->m->nfuncs; i++) g->class[i] = i;
    for (uint32_t i = 0; i < g->n; i++) {
        candidate *c = &g->list[i];
        g->class[c->func] = c->class;
        r.count[c->class]++;
        r.allowed += (uint64_t)MAX_LOOKS * (c->nrefs + 1);
        WR_PUSH(temp, r.next, i);
    }
    while (r.next.n && r.looks < r.allowed) {
        wr_check(g->c->env);
        round_of(&r);
    }
    return r.next.n == 0;
}

// --- Checking ---

typedef struct pair {
    uint32_t first, other; // functions to compare
} pair;

typedef struct checking {
    merger *g;
    WR_VEC(pair) pairs;
    atomic_bool differs;
} checking;

static bool same_function(wr_env *env, const merger *g, uint32_t a, uint32_t b) {
    const wr_module *m = g->m;
    if (g->canon[m->funcs[a].type] != g->canon[m->funcs[b].type]) return false;
    wr_body_hash x, y;
    wr_body_hash_begin(&x, env, &env->temp, m, g->canon, a);
    wr_body_hash_begin(&y, env, &env->temp, m, g->canon, b);
    if (!wr_body_hash_same_locals(&x, &y)) return false;
    for (;;) {
        bool more = wr_body_hash_next(&x);
        if (more != wr_body_hash_next(&y)) return false;
        if (!more) return true;
        if (!wr_body_hash_same_ins(&x, &y) || (x.func == WR_NONE) != (y.func == WR_NONE)) return false;
        if (x.func != WR_NONE && g->class[x.func] != g->class[y.func]) return false;
    }
}

static void check_pair(wr_env *env, unsigned worker, void *arg, size_t item) {
    (void)worker;
    checking *check = arg;
    const pair *p = &check->pairs.v[item];
    wr_arena_reset(&env->temp);
    if (!same_function(env, check->g, p->first, p->other)) atomic_store(&check->differs, true);
}

static int by_class(const void *a, const void *b) {
    const candidate *x = a, *y = b;
    if (x->class != y->class) return x->class < y->class ? -1 : 1;
    return x->func < y->func ? -1 : x->func > y->func;
}

// Compares each member with the first one of its class. A difference means that hashes collided.
static bool check_classes(merger *g) {
    checking check = {.g = g};
    qsort(g->list, g->n, sizeof *g->list, by_class);
    for (uint32_t i = 0, k; i < g->n; i = k)
        for (k = i + 1; k < g->n && g->list[k].class == g->list[i].class; k++) {
            pair p = {g->list[i].func, g->list[k].func};
            WR_PUSH(&g->c->env->pass, check.pairs, p);
        }
    wr_parallel(g->c->pool, check.pairs.n, check_pair, &check);
    return check.pairs.n && !atomic_load(&check.differs);
}

// --- Merging ---

typedef struct choosing {
    merger *g;
    wr_merge *merge;
    const uint8_t *seen;      // by function: the host can see it
    const uint8_t *recursive; // by function: it may call itself, through a table too; NULL at -Oz
    wr_cost cost;
} choosing;

// Turns a function that has to stay into a thunk of its duplicate if that is shorter.
static void become_call(choosing *ch, uint32_t func, uint32_t twin) {
    merger *g = ch->g;
    bool tail = (g->m->features & WR_F(TAIL_CALL)) != 0;
    if (ch->recursive) {
        uint32_t least = ch->recursive[func] ? MIN_THUNK_OF_RECURSIVE : MIN_THUNK_OF;
        if (g->m->funcs[func].body.n < least) return;
    }
    wr_slice body = wr_merge_make_thunk(g->c->env, g->m, func, NULL, 0, twin, tail);
    size_t size = body.n - wr_uleb_size(twin) + wr_cost_index(&ch->cost, WR_FUNC, twin);
    if (size >= g->m->funcs[func].body.n) return;
    wr_module_replace_body(g->m, func, body);
    ch->merge->call[func] = twin;
}

static void merge_class(choosing *ch, const candidate *members, uint32_t n) {
    wr_merge *merge = ch->merge;
    uint32_t first = 0;
    while (first < n && !ch->seen[members[first].func]) first++;
    uint32_t twin = members[first < n ? first : 0].func;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t func = members[i].func;
        if (func == twin) continue;
        if (ch->seen[func])
            become_call(ch, func, twin);
        else
            merge->call[func] = merge->address[func] = twin;
    }
}

static void merge_classes(merger *g) {
    wr_merge merge;
    wr_merge_init(g->c, &merge);
    choosing ch = {.g = g, .merge = &merge, .seen = wr_merge_seen_by_host(g->c)};
    if (!(g->c->config->level & WR_LZ)) ch.recursive = wr_callgraph_recursive(&g->c->env->pass, g->m, true);
    wr_cost_init(&ch.cost, g->c->env, g->m);
    for (uint32_t i = 0, k; i < g->n; i = k) {
        for (k = i + 1; k < g->n && g->list[k].class == g->list[i].class;) k++;
        if (k - i > 1) merge_class(&ch, &g->list[i], k - i);
    }
    wr_merge_apply(g->c, &merge);
}

void wr_pass_duplicate_functions(wr_context *c) {
    wr_arena *pass = &c->env->pass;
    merger g = {.c = c, .m = c->m, .canon = wr_body_hash_canon_types(pass, c->m)};
    g.may_repeat = wr_body_hash_may_repeat(pass, c->m, g.canon);
    g.hashes = WR_NEW0(pass, uint64_t, c->m->nfuncs);
    wr_parallel(c->pool, c->m->nfuncs, hash_function, &g);
    choose_candidates(&g);
    if (!g.n) return;
    wr_parallel(c->pool, g.n, list_refs, &g);
    if (refine(&g) && check_classes(&g)) merge_classes(&g);
}
