// Marks the functions that inlining leaves alone, since others have their code: at -Oz those that
// merge-similar-functions may merge with another, and where compressed bytes count too those whose code is to
// a large part elsewhere. Next to these they compress well, but in a caller their locals would have other
// numbers, and the code would be new. Where compressed bytes alone count, all but short functions stay: of
// modules that nobody inlined before, that takes half a percent of what is shipped (docs/EXPERIMENTS.md).
#include "inline.h"

#include <stdlib.h>

#include "passes/dedupe/merge_similar.h"
#include "analysis/body_hash.h"
#include "analysis/repetition.h"

#define MIN_LONG 60 // the least bytes of a function that stays for the sake of compressors
#define MIN_TWIN 80 // the least bytes of a function that is left to be merged with a similar one

size_t wr_inline_code_size(const wr_module *m) {
    size_t size = 0;
    for (uint32_t i = 0; i < m->nfuncs; i++)
        if (m->funcs[i].live) size += m->funcs[i].body.n;
    return size;
}

static int by_value(const void *a, const void *b) {
    const uint64_t *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

// Marks the functions that a later pass may merge with others.
static void mark_twins(wr_context *c) {
    wr_arena *pass = &c->env->pass;
    uint32_t n = c->m->nfuncs;
    const uint64_t *hashes = wr_merge_similar_hash(c, wr_body_hash_canon_types(pass, c->m));
    uint64_t *sorted = WR_NEW(pass, uint64_t, n);
    memcpy(sorted, hashes, n * sizeof *sorted);
    qsort(sorted, n, sizeof *sorted, by_value);
    for (uint32_t i = 0; i < n; i++) {
        if (!hashes[i] || c->m->funcs[i].body.n < MIN_TWIN) continue;
        const uint64_t *found = bsearch(&hashes[i], sorted, n, sizeof *sorted, by_value);
        c->state->funcs[i].is_shared |=
            (found > sorted && found[-1] == *found) || (found < sorted + n - 1 && found[1] == *found);
    }
}

// The least share of a function's code, in percent, that others must have for it to stay. A compressor's
// window makes the most of repetition in large modules. In small ones the raw bytes that inlining saves are
// soon more than what it costs compressed, and at -Os it costs nothing; nor does it in code with garbage
// collection, where most functions begin with the same casts and calls. -O3 is for speed.
static unsigned least_repetition(const wr_context *c) {
    enum { SMALL = 512 << 10, NEVER = 101 };
    if (c->config->level & WR_L3) return NEVER;
    if (wr_inline_code_size(c->m) >= SMALL) return 25;
    return c->config->level & WR_LS || c->m->features & WR_F(GC) ? NEVER : 60;
}

// Marks the functions that compress well as they are, since others have much of the same code.
static void mark_repetition(wr_context *c, const uint8_t *is_named) {
    unsigned least = least_repetition(c);
    if (least > 100) return;
    const wr_module *m = c->m;
    uint8_t *wanted = WR_NEW0(&c->env->pass, uint8_t, m->nfuncs), any = 0;
    for (uint32_t i = 0; i < m->nfuncs; i++)
        any |= wanted[i] = !is_named[i] && !c->state->funcs[i].is_shared && m->funcs[i].body.n >= MIN_LONG;
    if (!any) return;
    const uint8_t *repetition = wr_repetition_find(c->pool, m, wanted);
    for (uint32_t i = 0; i < m->nfuncs; i++) c->state->funcs[i].is_shared |= repetition[i] >= least;
}

static void mark_long(wr_context *c) {
    for (uint32_t i = 0; i < c->m->nfuncs; i++)
        c->state->funcs[i].is_shared |= c->m->funcs[i].body.n >= MIN_LONG;
}

void wr_inline_mark_shared(wr_context *c, const uint8_t *is_named) {
    if (c->iteration) return;
    wr_mark mark = wr_arena_mark(&c->env->pass);
    for (uint32_t i = 0; i < c->m->nfuncs; i++) c->state->funcs[i].is_shared = false;
    if (c->config->level & WR_LZ) mark_twins(c);
    if (wr_config_is_for_transit(c->config))
        mark_long(c);
    else if (c->config->objective != WR_FOR_RAW)
        mark_repetition(c, is_named);
    wr_arena_release(&c->env->pass, &mark);
}
