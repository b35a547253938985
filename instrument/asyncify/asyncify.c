// Runs the parts of asyncify over a module. See asyncify.h.
#include "asyncify.h"

#include "asyncify_parts.h"
#include "ir/edit.h"

enum { CHUNK_FUNCS = 32, MOST_TYPES = 1000 };

typedef struct rewriting {
    wr_context *c;
    const wr_async_options *options;
    const wr_async_reach *reach;
    const wr_async_runtime *runtime;
    const uint32_t *results_of; // see wr_async_work
    wr_collector *collectors;   // one for each worker
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
    wr_async_take_params(w);
    wr_async_spill(w);
    wr_u32s saved = {0};
    if (w->nresumable)
        saved = wr_async_find_saved(w);
    else
        wr_body_match_blocks(w->arena, w->body);
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
    wr_body_decode(env, &env->temp, m, func, &body);
    wr_async_work w = {.env = env,
                       .arena = &env->temp,
                       .m = m,
                       .reach = k->reach,
                       .runtime = k->runtime,
                       .results_of = k->results_of,
                       .body = &body};
    if (instrumented)
        suspend(&w);
    else
        wr_async_assert(&w);
    wr_module_store_body(env, collector, m, func, &body);
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

// Types can't be added by workers. They are looked for one after the other, so there are not many of them.
static const uint32_t *find_results(wr_context *c, const wr_async_reach *reach) {
    wr_module *m = c->m;
    uint32_t *results_of = WR_NEW(&c->env->perm, uint32_t, m->ntypes), n = 0;
    memset(results_of, 0xff, m->ntypes * sizeof *results_of);
    for (uint32_t i = 0; i < reach->nfuncs; i++) {
        const wr_summary *summary = &m->funcs[i].summary;
        for (uint32_t k = 0; reach->instrumented[i] && k < summary->nuses && n < MOST_TYPES; k++) {
            uint32_t index = wr_ref_index(summary->uses[k].ref);
            if (wr_ref_space(summary->uses[k].ref) != WR_TYPE || results_of[index] != WR_NONE) continue;
            const wr_type *type = &m->types[index];
            if (type->kind != WR_TYPE_FUNC || !type->nparams || type->nresults < 2) continue;
            results_of[index] =
                wr_module_intern_func_type(c->env, m, NULL, 0, type->values + type->nparams, type->nresults);
            n++;
        }
    }
    return results_of;
}

void wr_asyncify(wr_context *c, const wr_patterns *args) {
    wr_async_options options;
    wr_async_reach reach;
    wr_async_runtime runtime;
    if (c->m->features & WR_F(STACK_SWITCHING))
        wr_throw(c->env, WR_USAGE, WR_NO_OFFSET, "asyncify is not for modules that switch stacks themselves");
    if (c->m->features & WR_F(SHARED_EVERYTHING))
        wr_throw(c->env, WR_USAGE, WR_NO_OFFSET, "asyncify is not for modules whose functions threads share");
    wr_async_read_options(c->env, args, &options);
    wr_async_find_reach(c, &options, &reach);
    wr_async_add_runtime(c, &options, &runtime);
    rewriting k = {.c = c,
                   .options = &options,
                   .reach = &reach,
                   .runtime = &runtime,
                   .results_of = find_results(c, &reach)};
    rewrite_all(&k);
    wr_async_bind_imports(c);
    wr_arena_reset(&c->env->temp);
}
