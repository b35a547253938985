// Drives validation: the module's tables first, then function bodies in batches, in parallel.
#include "validate_parts.h"

enum { BATCH = 16 }; // functions in a work item, enough to make handing out items cheap

typedef struct validation {
    wr_module *m;
    bool summarize;
    wr_collector collectors[WR_MAX_JOBS];
    uint64_t features[WR_MAX_JOBS];
} validation;

static void validate_batch(wr_env *env, unsigned worker, void *arg, size_t item) {
    validation *run = arg;
    wr_module *m = run->m;
    wr_collector *c = run->summarize ? &run->collectors[worker] : NULL;
    uint64_t first = m->nfunc_imports + (uint64_t)item * BATCH;
    for (uint64_t i = first; i < first + BATCH && i < m->nfuncs; i++) {
        wr_arena_reset(&env->temp);
        run->features[worker] |= wr_validate_func(env, m, (uint32_t)i, c, &m->funcs[i].summary);
    }
}

// Adds the proposals that the given ones build on.
static uint64_t with_implied(uint64_t features) {
    if (features & WR_F(GC)) features |= WR_F(FUNC_REFS);
    if (features & (WR_F(FUNC_REFS) | WR_F(EXNREF))) features |= WR_F(REF_TYPES);
    if (features & WR_F(EXNREF)) features |= WR_F(EH);
    if (features & WR_F(RELAXED_SIMD)) features |= WR_F(SIMD);
    return features;
}

void wr_validate(wr_pool *pool, wr_module *m, bool summarize) {
    wr_env *env = wr_main_env(pool);
    wr_arena_reset(&env->temp);
    wr_validate_module(env, m);
    validation *run = WR_NEW0(&env->perm, struct validation, 1);
    run->m = m;
    run->summarize = summarize;
    wr_mark marks[WR_MAX_JOBS];
    for (unsigned i = 0; i < pool->jobs; i++) {
        marks[i] = wr_arena_mark(&pool->envs[i].pass);
        wr_collector_init(&run->collectors[i], &pool->envs[i].pass);
    }
    size_t bodies = m->nfuncs - m->nfunc_imports;
    wr_parallel(pool, (bodies + BATCH - 1) / BATCH, validate_batch, run);
    for (unsigned i = 0; i < pool->jobs; i++) {
        m->features |= run->features[i];
        wr_arena_release(&pool->envs[i].pass, &marks[i]);
    }
    m->features = with_implied(m->features);
}

void wr_validate_control_tags(wr_env *env, const wr_module *m) {
    for (uint32_t i = 0; i < m->ntags && !(m->features & WR_F(STACK_SWITCHING)); i++)
        if (m->types[m->tags[i].type].nresults)
            wr_throw(env, WR_BAD_INPUT, WR_NO_OFFSET,
                     "tag %u has results, but the module does not switch stacks", i);
}
