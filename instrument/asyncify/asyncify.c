// Runs the parts of asyncify over a module. See asyncify.h.
#include "asyncify.h"

#include "asyncify_parts.h"
#include "ir/edit.h"

enum { CHUNK_FUNCS = 32 };

typedef struct rewriting {
    wr_context *c;
    const wr_async_options *options;
    const wr_async_reach *reach;
    const wr_async_runtime *runtime;
    wr_collector *collectors; // one for each worker
} rewriting;

uint32_t wr_async_add_local(wr_async_work *w, wr_valtype type) {
    wr_body *body = w->body;
    wr_local_run *last = body->runs.n ? &body->runs.v[body->runs.n - 1] : NULL;
    wr_local_run run = {1, type};
    if (body->nlocals >= WR_MAX_LOCALS) wr_async_refuse(w, "it has too many locals");
    if (last && last->type == type)
        last->n++;
    else
        WR_PUSH(w->arena, body->runs, run);
    return body->nlocals++;
}

_Noreturn void wr_async_refuse(const wr_async_work *w, const char *why) {
    wr_throw(w->env, WR_USAGE, WR_NO_OFFSET, "asyncify can't suspend function %u: %s", w->body->func, why);
}

static bool has_points(const wr_async_work *w) {
    for (uint32_t i = 0; i < w->body->n; i++)
        if (wr_async_may_suspend(w->reach, w->m, w->body->func, &w->body->ins[i])) return true;
    return false;
}

static void suspend(wr_async_work *w) {
    if (!has_points(w)) return;
    wr_async_spill(w);
    wr_u32s saved = {0};
    if (w->nresumable)
        saved = wr_async_find_saved(w);
    else
        wr_match_blocks(w->arena, w->body);
    wr_async_emit(w, &saved);
}

static void rewrite(wr_env *env, const rewriting *k, uint32_t func, wr_collector *collector) {
    wr_module *m = k->c->m;
    wr_body body;
    bool instrumented = k->reach->instrumented[func];
    if (!instrumented && (!k->options->asserts || k->reach->runtime[func])) return;
    wr_check(env);
    wr_arena_reset(&env->temp);
    env->func = func;
    wr_decode_body(env, &env->temp, m, func, &body);
    wr_async_work w = {
        .env = env, .arena = &env->temp, .m = m, .reach = k->reach, .runtime = k->runtime, .body = &body};
    if (instrumented)
        suspend(&w);
    else
        wr_async_assert(&w);
    wr_store_edited(env, collector, m, func, &body);
    env->func = WR_NONE;
}

static void rewrite_chunk(wr_env *env, unsigned worker, void *arg, size_t item) {
    const rewriting *k = arg;
    uint32_t func = (uint32_t)item * CHUNK_FUNCS, end = func + CHUNK_FUNCS;
    if (end > k->reach->nfuncs) end = k->reach->nfuncs;
    for (; func < end; func++)
        if (k->c->m->funcs[func].import == WR_NONE) rewrite(env, k, func, &k->collectors[worker]);
}

static void rewrite_all(rewriting *k) {
    wr_context *c = k->c;
    unsigned jobs = c->pool->jobs;
    k->collectors = WR_NEW(&c->env->perm, wr_collector, jobs);
    for (unsigned i = 0; i < jobs; i++) wr_collector_init(&k->collectors[i], &c->pool->envs[i].perm);
    wr_parallel(c->pool, (k->reach->nfuncs + CHUNK_FUNCS - 1) / CHUNK_FUNCS, rewrite_chunk, k);
}

void wr_asyncify(wr_context *c, const wr_patterns *args) {
    wr_async_options options;
    wr_async_reach reach;
    wr_async_runtime runtime;
    if (c->m->features & WR_F(STACK_SWITCHING))
        wr_throw(c->env, WR_USAGE, WR_NO_OFFSET, "asyncify is not for modules that switch stacks themselves");
    wr_async_read_options(c->env, args, &options);
    wr_async_find_reach(c, &options, &reach);
    wr_async_add_runtime(c, &options, &runtime);
    rewriting k = {.c = c, .options = &options, .reach = &reach, .runtime = &runtime};
    rewrite_all(&k);
    wr_async_bind_imports(c);
    wr_arena_reset(&c->env->temp);
}
