// Pairs functions in three rounds by equal keys (name, body, shape), each round among what the earlier ones
// left: both sides are sorted by key, and functions with the same key are paired in module order. What is
// left is compared by MinHash sketches: the minima of 16 hash functions over all runs of 4 instructions. The
// share of minima that agree estimates the overlap of the two sets of runs. Only functions that share a
// minimum are compared, and for each minimum only the first few. Last, a function that stands where its
// partner should be (called by a matched pair in the same place, next to a matched pair, or in the same slot
// of a table) needs only a little similarity.
#include "function_match.h"

#include <stdlib.h>

#include "ir/ins.h"
#include "support/hash.h"
#include "support/search.h"

enum {
    MINIMA = 16,
    GRAM = 4,
    FEWEST_INSTRUCTIONS = 8,
    ENOUGH = MINIMA / 2,
    ENOUGH_IN_CONTEXT = 2,
    CANDIDATES = 8,
    ROUNDS = 8
};

typedef struct keyed {
    uint64_t key;
    uint32_t func;
} keyed;

typedef struct sketch {
    uint32_t func;
    uint32_t minima[MINIMA];
} sketch;

typedef struct sketches {
    const wr_side *side;
    sketch *v;
    uint32_t n;
    uint32_t *of; // by function: its sketch; WR_NONE if it already has a partner or is too short
} sketches;

typedef struct matcher {
    wr_pool *pool;
    wr_arena *temp;
    const wr_side *sides[2];
    uint32_t *partner[2];
    uint8_t *kind;
    sketches sketches[2];
} matcher;

static int by_key(const void *a, const void *b) {
    const keyed *x = a, *y = b;
    if (x->key != y->key) return x->key < y->key ? -1 : 1;
    return x->func < y->func ? -1 : x->func > y->func;
}

static void pair(matcher *t, uint32_t before, uint32_t after, wr_match_kind kind) {
    t->partner[0][before] = after;
    t->partner[1][after] = before;
    t->kind[before] = (uint8_t)kind;
}

static uint32_t *no_partners(wr_env *env, uint32_t n) {
    return memset(WR_NEW(&env->perm, uint32_t, n), 0xff, n * sizeof(uint32_t));
}

// --- Equal keys ---

// The key of a function in this round; 0 for none.
static uint64_t key_of(const wr_side *side, uint32_t f, wr_match_kind kind) {
    switch (kind) {
    case WR_MATCH_NAME:
        return side->symbols[f].raw.n ? wr_hash_bytes(side->symbols[f].text.p, side->symbols[f].text.n) : 0;
    case WR_MATCH_BODY: return side->facts[f].hash;
    default: return side->m->funcs[f].summary.ninstructions >= FEWEST_INSTRUCTIONS ? side->facts[f].shape : 0;
    }
}

static keyed *list_keys(matcher *t, unsigned side, wr_match_kind kind, uint32_t *n) {
    const wr_side *s = t->sides[side];
    keyed *list = WR_NEW(t->temp, keyed, s->m->nfuncs);
    *n = 0;
    for (uint32_t f = s->m->nfunc_imports; f < s->m->nfuncs; f++) {
        uint64_t key = t->partner[side][f] == WR_NONE ? key_of(s, f, kind) : 0;
        if (key) list[(*n)++] = (keyed){key, f};
    }
    if (*n) qsort(list, *n, sizeof *list, by_key);
    return list;
}

static void pair_equal(matcher *t, wr_match_kind kind) {
    uint32_t na, nb, j = 0;
    keyed *a = list_keys(t, 0, kind, &na), *b = list_keys(t, 1, kind, &nb);
    for (uint32_t i = 0; i < na; i++) {
        while (j < nb && b[j].key < a[i].key) j++;
        if (j == nb || b[j].key != a[i].key) continue;
        pair(t, a[i].func, b[j].func, kind);
        j++;
    }
}

// Functions with the same name and body are paired before those with only the same name.
static void pair_same_name_and_body(matcher *t) {
    uint32_t na, nb, j = 0;
    keyed *a = list_keys(t, 0, WR_MATCH_NAME, &na), *b = list_keys(t, 1, WR_MATCH_NAME, &nb);
    for (uint32_t i = 0; i < na; i++) a[i].key = wr_hash_word(a[i].key, t->sides[0]->facts[a[i].func].hash);
    for (uint32_t i = 0; i < nb; i++) b[i].key = wr_hash_word(b[i].key, t->sides[1]->facts[b[i].func].hash);
    if (na) qsort(a, na, sizeof *a, by_key);
    if (nb) qsort(b, nb, sizeof *b, by_key);
    for (uint32_t i = 0; i < na; i++) {
        while (j < nb && b[j].key < a[i].key) j++;
        if (j < nb && b[j].key == a[i].key) pair(t, a[i].func, b[j++].func, WR_MATCH_NAME);
    }
}

// The code of small functions is ambiguous. But linkers keep the order of functions, so the two functions
// that follow a pair are a pair too if they have the same shape.
static void pair_neighbours(matcher *t) {
    const wr_side *a = t->sides[0], *b = t->sides[1];
    for (uint32_t f = a->m->nfunc_imports + 1; f < a->m->nfuncs; f++) {
        uint32_t g = t->partner[0][f - 1];
        if (t->partner[0][f] != WR_NONE || g == WR_NONE || ++g >= b->m->nfuncs || t->partner[1][g] != WR_NONE)
            continue;
        if (a->facts[f].shape == b->facts[g].shape) pair(t, f, g, WR_MATCH_SHAPE);
    }
}

// --- Similarity ---

static void add_gram(sketch *s, uint64_t gram) {
    uint64_t hash = wr_mix(gram);
    for (unsigned i = 0; i < MINIMA; i++) {
        hash = hash * 0x9e3779b97f4a7c15u + i + 1;
        uint32_t value = (uint32_t)(hash >> 32);
        if (value < s->minima[i]) s->minima[i] = value;
    }
}

static void draw(wr_env *env, unsigned worker, void *arg, size_t item) {
    (void)worker;
    sketches *all = arg;
    sketch *s = &all->v[item];
    const wr_func *func = &all->side->m->funcs[s->func];
    wr_arena_reset(&env->temp);
    memset(s->minima, 0xff, sizeof s->minima);
    wr_reader r = wr_ins_reader(env, func->body, wr_func_offset(all->side->m, s->func));
    wr_u32s ext = {0};
    wr_ins ins;
    uint64_t gram = 0;
    for (uint32_t n = 1; !wr_at_end(&r); n++) {
        ext.n = 0;
        wr_ins_read(&r, &env->temp, &ext, &ins);
        gram = gram << 16 | ins.op;
        if (n >= GRAM) add_gram(s, gram);
    }
}

static sketches draw_all(matcher *t, unsigned side) {
    wr_env *env = wr_main_env(t->pool);
    sketches all = {.side = t->sides[side], .of = no_partners(env, t->sides[side]->m->nfuncs)};
    all.v = WR_NEW(&env->perm, sketch, all.side->m->nfuncs);
    for (uint32_t f = all.side->m->nfunc_imports; f < all.side->m->nfuncs; f++) {
        if (t->partner[side][f] != WR_NONE ||
            all.side->m->funcs[f].summary.ninstructions < FEWEST_INSTRUCTIONS)
            continue;
        all.of[f] = all.n;
        all.v[all.n++].func = f;
    }
    wr_parallel(t->pool, all.n, draw, &all);
    return all;
}

typedef struct candidate {
    uint32_t score, before, after;
} candidate;

static int by_score(const void *a, const void *b) {
    const candidate *x = a, *y = b;
    if (x->score != y->score) return x->score < y->score ? 1 : -1;
    if (x->before != y->before) return x->before < y->before ? -1 : 1;
    return x->after < y->after ? -1 : x->after > y->after;
}

static uint32_t score(const sketch *a, const sketch *b) {
    uint32_t n = 0;
    for (unsigned i = 0; i < MINIMA; i++) n += a->minima[i] == b->minima[i];
    return n;
}

typedef WR_VEC(candidate) candidates;

// Candidates that agree in minimum k.
static void list_candidates(matcher *t, const sketches *a, const sketches *b, unsigned k, candidates *out) {
    keyed *keys = WR_NEW(t->temp, keyed, b->n);
    for (uint32_t i = 0; i < b->n; i++) keys[i] = (keyed){b->v[i].minima[k], i};
    qsort(keys, b->n, sizeof *keys, by_key);
    for (uint32_t i = 0; i < a->n; i++) {
        uint32_t low, seen = 0, key = a->v[i].minima[k];
        WR_SEARCH(low, 0, b->n, keys[low].key < key);
        for (; low < b->n && keys[low].key == key && seen < CANDIDATES; low++, seen++) {
            candidate c = {score(&a->v[i], &b->v[keys[low].func]), a->v[i].func, b->v[keys[low].func].func};
            if (c.score >= ENOUGH) WR_PUSH(t->temp, *out, c);
        }
    }
}

static void pair_similar(matcher *t) {
    candidates list = {0};
    for (unsigned k = 0; k < MINIMA; k += 2) list_candidates(t, &t->sketches[0], &t->sketches[1], k, &list);
    if (list.n) qsort(list.v, list.n, sizeof *list.v, by_score);
    for (uint32_t i = 0; i < list.n; i++)
        if (t->partner[0][list.v[i].before] == WR_NONE && t->partner[1][list.v[i].after] == WR_NONE)
            pair(t, list.v[i].before, list.v[i].after, WR_MATCH_SIMILAR);
}

// --- Context ---

static bool same_signature(const matcher *t, uint32_t f, uint32_t g) {
    const wr_type *a = wr_func_type(t->sides[0]->m, f), *b = wr_func_type(t->sides[1]->m, g);
    if (a->nparams != b->nparams || a->nresults != b->nresults) return false;
    for (uint32_t i = 0; i < a->nparams + a->nresults; i++)
        if (wr_has_index(a->values[i]) ? !wr_has_index(b->values[i]) : a->values[i] != b->values[i])
            return false;
    return true;
}

// Pairs two functions with the same context, if neither has a partner and nothing contradicts it. If they are
// too short for sketches, their lengths may differ by two instructions at most.
static bool pair_in_context(matcher *t, uint32_t f, uint32_t g) {
    if (t->partner[0][f] != WR_NONE || t->partner[1][g] != WR_NONE || !same_signature(t, f, g)) return false;
    uint32_t a = t->sketches[0].of[f], b = t->sketches[1].of[g];
    uint32_t na = t->sides[0]->m->funcs[f].summary.ninstructions,
             nb = t->sides[1]->m->funcs[g].summary.ninstructions;
    bool plausible = a != WR_NONE && b != WR_NONE
                         ? score(&t->sketches[0].v[a], &t->sketches[1].v[b]) >= ENOUGH_IN_CONTEXT
                         : a == b && na <= nb + 2 && nb <= na + 2;
    if (plausible) pair(t, f, g, WR_MATCH_CONTEXT);
    return plausible;
}

static const wr_use *next_callee(const wr_module *m, const wr_summary *summary, uint32_t *at) {
    while (*at < summary->nuses) {
        const wr_use *use = &summary->uses[(*at)++];
        if (wr_ref_space(use->ref) == WR_FUNC && wr_ref_index(use->ref) >= m->nfunc_imports) return use;
    }
    return NULL;
}

// Pairs the functions that a pair calls, in the order of their first calls, as long as they are called
// equally often.
static uint32_t pair_callees(matcher *t) {
    const wr_module *a = t->sides[0]->m, *b = t->sides[1]->m;
    uint32_t found = 0;
    for (uint32_t f = a->nfunc_imports; f < a->nfuncs; f++) {
        uint32_t g = t->partner[0][f], i = 0, j = 0;
        if (g == WR_NONE) continue;
        for (;;) {
            const wr_use *x = next_callee(a, &a->funcs[f].summary, &i),
                         *y = next_callee(b, &b->funcs[g].summary, &j);
            if (!x || !y || x->count != y->count) break;
            found += pair_in_context(t, wr_ref_index(x->ref), wr_ref_index(y->ref));
        }
    }
    return found;
}

// Pairs the functions before and after a pair.
static uint32_t pair_beside(matcher *t) {
    const wr_module *a = t->sides[0]->m, *b = t->sides[1]->m;
    uint32_t found = 0;
    for (uint32_t f = a->nfunc_imports; f + 1 < a->nfuncs; f++) {
        uint32_t g = t->partner[0][f];
        if (g != WR_NONE && g + 1 < b->nfuncs) found += pair_in_context(t, f + 1, g + 1);
    }
    for (uint32_t f = a->nfuncs; f-- > a->nfunc_imports + 1;) {
        uint32_t g = t->partner[0][f];
        if (g != WR_NONE && g > b->nfunc_imports) found += pair_in_context(t, f - 1, g - 1);
    }
    return found;
}

// Pairs functions in the same slot of the same table.
static uint32_t pair_slots(matcher *t) {
    const wr_module *a = t->sides[0]->m, *b = t->sides[1]->m;
    uint32_t found = 0;
    for (uint32_t e = 0; e < a->nelems && e < b->nelems; e++) {
        const wr_elem *x = &a->elems[e], *y = &b->elems[e];
        if (x->count != y->count || !x->funcs || !y->funcs) continue;
        for (uint32_t k = 0; k < x->count; k++)
            if (x->funcs[k] >= a->nfunc_imports && y->funcs[k] >= b->nfunc_imports)
                found += pair_in_context(t, x->funcs[k], y->funcs[k]);
    }
    return found;
}

void wr_function_match(wr_pool *pool, const wr_side *before, const wr_side *after, wr_matching *out) {
    wr_env *env = wr_main_env(pool);
    *out = (wr_matching){no_partners(env, before->m->nfuncs), no_partners(env, after->m->nfuncs),
                         WR_NEW0(&env->perm, uint8_t, before->m->nfuncs)};
    matcher t = {.pool = pool,
                 .temp = &env->temp,
                 .sides = {before, after},
                 .partner = {out->after, out->before},
                 .kind = out->kind};
    pair_same_name_and_body(&t);
    for (wr_match_kind kind = WR_MATCH_NAME; kind <= WR_MATCH_SHAPE; kind++) pair_equal(&t, kind);
    pair_neighbours(&t);
    wr_arena_reset(&env->temp);
    t.sketches[0] = draw_all(&t, 0), t.sketches[1] = draw_all(&t, 1);
    if (t.sketches[0].n && t.sketches[1].n) pair_similar(&t);
    for (unsigned round = 0; round < ROUNDS && pair_slots(&t) + pair_callees(&t) + pair_beside(&t); round++) {
    }
}

wr_slice *wr_function_match_donor_names(wr_pool *pool, const wr_audit *module, const wr_audit *donor) {
    wr_env *env = wr_main_env(pool);
    wr_side a = wr_side_of(module), b = wr_side_of(donor);
    wr_matching matching;
    wr_slice *names = WR_NEW0(&env->perm, wr_slice, module->m.nfuncs);
    wr_function_match(pool, &a, &b, &matching);
    for (uint32_t f = module->m.nfunc_imports; f < module->m.nfuncs; f++)
        if (matching.after[f] != WR_NONE) names[f] = donor->symbols.funcs[matching.after[f]].raw;
    wr_arena_reset(&env->temp);
    return names;
}
