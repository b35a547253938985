// Three rounds of pairing by equal keys (name, body, shape), each among what is left: sort both sides by key, then pair
// what has the same key, in the order of the modules. What is still left is compared by sketches: the minima of 16 hash
// functions over all runs of 4 instructions, of which as many agree as the sets of runs overlap (MinHash). Only
// functions that share a minimum are compared, and of each minimum only the first few.
#include "match.h"

#include <stdlib.h>

#include "ir/ins.h"
#include "support/hash.h"

enum { MINIMA = 16, GRAM = 4, FEWEST_INSTRUCTIONS = 8, ENOUGH = MINIMA / 2, CANDIDATES = 8 };

typedef struct keyed {
    uint64_t key;
    uint32_t func;
} keyed;

typedef struct matcher {
    wr_pool *pool;
    wr_arena *temp;
    const wr_side *sides[2];
    uint32_t *partner[2];
    uint8_t *kind;
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

// --- Equal keys ---

// The key of a function in a round, 0 for none.
static uint64_t key_of(const wr_side *side, uint32_t f, wr_match_kind kind) {
    switch (kind) {
    case WR_MATCH_NAME: return side->symbols[f].raw.n ? wr_hash_bytes(side->symbols[f].text.p, side->symbols[f].text.n) : 0;
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

// Functions with the same name and body are each other's, before those with the same name alone.
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

// Small functions say too little by themselves; but linkers keep the order, so beside a pair the next of the same shape
// are one too.
static void pair_neighbours(matcher *t) {
    const wr_side *a = t->sides[0], *b = t->sides[1];
    for (uint32_t f = a->m->nfunc_imports + 1; f < a->m->nfuncs; f++) {
        uint32_t g = t->partner[0][f - 1];
        if (t->partner[0][f] != WR_NONE || g == WR_NONE || ++g >= b->m->nfuncs || t->partner[1][g] != WR_NONE) continue;
        if (a->facts[f].shape == b->facts[g].shape) pair(t, f, g, WR_MATCH_SHAPE);
    }
}

// --- Similarity ---

typedef struct sketch {
    uint32_t func;
    uint32_t minima[MINIMA];
} sketch;

typedef struct sketches {
    const wr_side *side;
    sketch *v;
    uint32_t n;
} sketches;

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
    wr_reader r = wr_reader_of(env, func->body, func->offset);
    wr_local_runs runs = {0};
    wr_u32s ext = {0};
    wr_ins ins;
    uint64_t gram = 0;
    wr_read_locals(&r, &env->temp, &runs);
    for (uint32_t n = 1; !wr_at_end(&r); n++) {
        ext.n = 0;
        wr_read_ins(&r, &env->temp, &ext, &ins);
        gram = gram << 16 | ins.op;
        if (n >= GRAM) add_gram(s, gram);
    }
}

static sketches draw_all(matcher *t, unsigned side) {
    sketches all = {.side = t->sides[side]};
    all.v = WR_NEW(&wr_main_env(t->pool)->perm, sketch, all.side->m->nfuncs);
    for (uint32_t f = all.side->m->nfunc_imports; f < all.side->m->nfuncs; f++)
        if (t->partner[side][f] == WR_NONE && all.side->m->funcs[f].summary.ninstructions >= FEWEST_INSTRUCTIONS)
            all.v[all.n++].func = f;
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
        uint32_t low = 0, high = b->n, seen = 0, key = a->v[i].minima[k];
        while (low < high) {
            uint32_t middle = (low + high) / 2;
            if (keys[middle].key < key)
                low = middle + 1;
            else
                high = middle;
        }
        for (; low < b->n && keys[low].key == key && seen < CANDIDATES; low++, seen++) {
            candidate c = {score(&a->v[i], &b->v[keys[low].func]), a->v[i].func, b->v[keys[low].func].func};
            if (c.score >= ENOUGH) WR_PUSH(t->temp, *out, c);
        }
    }
}

static void pair_similar(matcher *t) {
    sketches a = draw_all(t, 0), b = draw_all(t, 1);
    candidates list = {0};
    if (!a.n || !b.n) return;
    for (unsigned k = 0; k < MINIMA; k += 2) list_candidates(t, &a, &b, k, &list);
    if (list.n) qsort(list.v, list.n, sizeof *list.v, by_score);
    for (uint32_t i = 0; i < list.n; i++)
        if (t->partner[0][list.v[i].before] == WR_NONE && t->partner[1][list.v[i].after] == WR_NONE)
            pair(t, list.v[i].before, list.v[i].after, WR_MATCH_SIMILAR);
}

static uint32_t *no_partners(wr_env *env, uint32_t n) {
    return memset(WR_NEW(&env->perm, uint32_t, n), 0xff, n * sizeof(uint32_t));
}

void wr_match_functions(wr_pool *pool, const wr_side *before, const wr_side *after, wr_matching *out) {
    wr_env *env = wr_main_env(pool);
    *out = (wr_matching){no_partners(env, before->m->nfuncs), no_partners(env, after->m->nfuncs),
                         WR_NEW0(&env->perm, uint8_t, before->m->nfuncs)};
    matcher t = {pool, &env->temp, {before, after}, {out->after, out->before}, out->kind};
    pair_same_name_and_body(&t);
    for (wr_match_kind kind = WR_MATCH_NAME; kind <= WR_MATCH_SHAPE; kind++) pair_equal(&t, kind);
    pair_neighbours(&t);
    wr_arena_reset(&env->temp);
    pair_similar(&t);
}

wr_slice *wr_names_of_twin(wr_pool *pool, const wr_audit *module, const wr_audit *twin) {
    wr_env *env = wr_main_env(pool);
    wr_side a = wr_side_of(module), b = wr_side_of(twin);
    wr_matching matching;
    wr_slice *names = WR_NEW0(&env->perm, wr_slice, module->m.nfuncs);
    wr_match_functions(pool, &a, &b, &matching);
    for (uint32_t f = module->m.nfunc_imports; f < module->m.nfuncs; f++)
        if (matching.after[f] != WR_NONE) names[f] = twin->symbols.funcs[matching.after[f]].raw;
    wr_arena_reset(&env->temp);
    return names;
}
