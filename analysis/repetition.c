// Repetition between functions. Every run of RUN instructions is hashed with its local numbers and
// immediates. The runs with the lowest quarter of the hashes are the sample, so that equal runs are sampled
// everywhere or nowhere. A table records for each sampled hash whether one function or several have it.
// Collisions are not checked; if two different runs collide, the estimate is a little too high. The cost is
// one linear sweep over all code, and one over the places of its sampled runs in the table.
#include "repetition.h"

#include <stdatomic.h>

#include "body_hash.h"
#include "support/hash.h"

#define RUN 4     // instructions
#define SAMPLED 4 // one run in SAMPLED is sampled: those whose hash is below 1 << SAMPLE_SHIFT
#define SAMPLE_SHIFT 62
#define SEVERAL UINT32_MAX

typedef struct places {
    uint32_t *at, n;
} places;

typedef struct repetition {
    const wr_module *m;
    const uint32_t *canon;
    _Atomic uint32_t *owner; // by hash: 0 for none, 1 + the only function that has the run, or SEVERAL
    uint32_t mask;
    const uint8_t *wanted;
    places *sampled; // by function, if it is wanted: where its sampled runs are in `owner`
    uint8_t *share;
} repetition;

static bool has_body(const wr_module *m, size_t func) {
    return m->funcs[func].live && m->funcs[func].import == WR_NONE;
}

// An iterator over the sampled runs of a body.
typedef struct runs {
    wr_body_hash body;
    uint64_t token[RUN]; // those of the last RUN instructions, by number modulo RUN
    uint32_t n;
} runs;

static void begin_runs(runs *r, wr_env *env, const repetition *p, size_t func) {
    wr_arena_reset(&env->temp);
    env->func = (uint32_t)func;
    r->n = 0;
    wr_body_hash_begin(&r->body, env, &env->temp, p->m, p->canon, (uint32_t)func);
}

static bool next_run(runs *r, uint64_t *hash) {
    while (wr_body_hash_next(&r->body)) {
        r->token[r->n++ % RUN] = wr_body_hash_token(&r->body);
        if (r->n < RUN) continue;
        uint64_t run = 0;
        for (uint32_t i = 0; i < RUN; i++) run = wr_body_hash_run(run, r->token[(r->n + i) % RUN]);
        if (run >> SAMPLE_SHIFT) continue;
        *hash = run >> 16;
        return true;
    }
    return false;
}

static void note_owner(const repetition *p, uint32_t place, uint32_t owner) {
    _Atomic uint32_t *slot = &p->owner[place];
    uint32_t known = atomic_load_explicit(slot, memory_order_relaxed);
    if (!known && atomic_compare_exchange_strong(slot, &known, owner)) return;
    if (known == owner || known == SEVERAL) return;
    atomic_store_explicit(slot, SEVERAL, memory_order_relaxed);
}

static void note_func(wr_env *env, unsigned worker, void *arg, size_t func) {
    (void)worker;
    const repetition *p = arg;
    runs r;
    uint64_t hash;
    wr_u32s list = {0};
    if (!has_body(p->m, func)) return;
    begin_runs(&r, env, p, func);
    while (next_run(&r, &hash)) WR_PUSH(&env->temp, list, (uint32_t)hash & p->mask);
    for (uint32_t i = 0; i < list.n; i++) note_owner(p, list.v[i], (uint32_t)func + 1);
    if (!p->wanted[func] || !list.n) return;
    p->sampled[func].n = list.n;
    p->sampled[func].at = WR_NEW(&env->pass, uint32_t, list.n);
    memcpy(p->sampled[func].at, list.v, list.n * sizeof *list.v);
}

static uint8_t share_of(const repetition *p, const places *sampled) {
    uint32_t shared = 0;
    if (!sampled->n) return 0;
    for (uint32_t i = 0; i < sampled->n; i++)
        shared += atomic_load_explicit(&p->owner[sampled->at[i]], memory_order_relaxed) == SEVERAL;
    return (uint8_t)((uint64_t)shared * 100 / sampled->n);
}

// Twice as many slots as sampled runs, assuming two bytes per instruction.
static uint32_t table_size(const wr_module *m) {
    size_t code = 0;
    uint32_t size = 1 << 12;
    for (uint32_t i = 0; i < m->nfuncs; i++)
        if (m->funcs[i].live) code += m->funcs[i].body.n;
    while (size < code / SAMPLED && size < 1u << 24) size *= 2;
    return size;
}

uint8_t *wr_repetition_find(wr_pool *pool, const wr_module *m, const uint8_t *wanted) {
    wr_arena *pass = &wr_main_env(pool)->pass;
    uint32_t size = table_size(m);
    repetition p = {.m = m, .canon = wr_body_hash_canon_types(pass, m), .mask = size - 1, .wanted = wanted};
    p.owner = WR_NEW0(pass, _Atomic uint32_t, size);
    p.share = WR_NEW0(pass, uint8_t, m->nfuncs);
    p.sampled = WR_NEW0(pass, places, m->nfuncs);
    wr_parallel(pool, m->nfuncs, note_func, &p);
    for (uint32_t i = 0; i < m->nfuncs; i++) p.share[i] = share_of(&p, &p.sampled[i]);
    return p.share;
}
