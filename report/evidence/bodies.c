// Evidence from bodies that are known from libraries. libraries.txt, which the program carries, lists the
// keys of functions of C, C++ and Rust libraries as compilers and wasm-opt leave them (scripts/library-bodies
// makes it):
//
//   musl            a library
//    00a1b2c3d4 qsort    the upper 40 bits of the key of a body, and the function's name; sorted by key
//
// A name "?" stands for several functions of the library with the same body.
#include <stdlib.h>

#include "body_key.h"
#include "finder.h"
#include "support/assets.h"
#include "support/search.h"

enum { KEY_BITS = 40, KEY_DIGITS = 10 };

typedef struct known_body {
    uint64_t key;
    wr_slice library, name;
} known_body;

typedef struct body_finder {
    wr_finder *f;
    WR_VEC(known_body) known;
    uint64_t *keys; // by function; 0: not wanted
    size_t chunk;
} body_finder;

// --- The list ---

static uint64_t read_key(wr_slice line) {
    uint64_t key = 0;
    for (size_t i = 1; i <= KEY_DIGITS; i++) {
        unsigned c = line.p[i];
        key = key << 4 | (c <= '9' ? c - '0' : c - 'a' + 10);
    }
    return key;
}

static int by_key(const void *a, const void *b) {
    const known_body *x = a, *y = b;
    return x->key < y->key ? -1 : x->key > y->key;
}

static void read_list(body_finder *t) {
    const uint8_t *p = wr_asset_libraries, *end = p + wr_asset_libraries_size, *stop;
    wr_slice library = {0};
    for (; p < end && (stop = memchr(p, '\n', (size_t)(end - p))); p = stop + 1) {
        wr_slice line = wr_slice_of(p, (size_t)(stop - p));
        if (line.n <= KEY_DIGITS + 2 || line.p[0] != ' ') {
            library = line;
            continue;
        }
        known_body known = {read_key(line), library,
                            wr_slice_of(line.p + KEY_DIGITS + 2, line.n - KEY_DIGITS - 2)};
        WR_PUSH(&t->f->env->pass, t->known, known);
    }
    if (t->known.n) qsort(t->known.v, t->known.n, sizeof *t->known.v, by_key);
}

static const known_body *find_key(const body_finder *t, uint64_t key) {
    uint32_t i;
    WR_SEARCH(i, 0, t->known.n, t->known.v[i].key < key);
    return i < t->known.n && t->known.v[i].key == key ? &t->known.v[i] : NULL;
}

// --- Bodies ---

static void read_chunk(wr_env *env, unsigned worker, void *arg, size_t item) {
    (void)worker;
    body_finder *t = arg;
    const wr_module *m = t->f->m;
    size_t end = (item + 1) * t->chunk;
    if (end > m->nfuncs) end = m->nfuncs;
    for (size_t i = item * t->chunk; i < end; i++) {
        if (i < m->nfunc_imports || m->funcs[i].summary.ninstructions < WR_BODY_KEY_LEAST) continue;
        wr_arena_reset(&env->temp);
        t->keys[i] = wr_body_key(env, m, (uint32_t)i) >> (64 - KEY_BITS);
    }
}

void wr_evidence_from_bodies(wr_finder *f, wr_pool *pool) {
    body_finder t = {.f = f, .keys = WR_NEW0(&f->env->pass, uint64_t, f->m->nfuncs), .chunk = 64};
    read_list(&t);
    if (!t.known.n) return;
    wr_parallel(pool, (f->m->nfuncs + t.chunk - 1) / t.chunk, read_chunk, &t);
    for (uint32_t i = f->m->nfunc_imports; i < f->m->nfuncs; i++) {
        const known_body *known = t.keys[i] ? find_key(&t, t.keys[i]) : NULL;
        if (!known) continue;
        bool several = wr_slice_is(known->name, "?");
        wr_finder_vote(f, i, WR_EVIDENCE_BODY, known->library, several ? (wr_slice){0} : known->name,
                       known->name, 1);
    }
}
