// Decodes each body, has it edited, and keeps what is smaller.
#include "bodies.h"

#include "ir/edit.h"

#define CHUNK_FUNCS 16
#define AGAIN 256 // saving one part in so many makes another round worth it

typedef struct bodies {
    wr_context *c;
    wr_collector *collectors; // by worker
    wr_edit_fn *edit;
    bool keep_equal;
} bodies;

static void edit_body(wr_env *env, const bodies *b, wr_collector *collector, uint32_t func) {
    wr_module *m = b->c->m;
    size_t before = m->funcs[func].body.n;
    wr_body body;
    if (m->funcs[func].edited < b->c->round) return;
    wr_arena_reset(&env->temp);
    env->func = func;
    wr_decode_body(env, &env->temp, m, func, &body);
    if (body.nlocals > WR_MAX_LOCALS || !b->edit(env, b->c, &body)) return;
    wr_buf bytes = wr_buf_in(&env->temp);
    wr_encode_body(&body, &bytes);
    if (bytes.n > before || (bytes.n == before && !b->keep_equal)) return;
    wr_store_body(env, collector, m, func, wr_buf_slice(&bytes));
    if ((before - bytes.n) * AGAIN >= before) m->funcs[func].edited = (uint8_t)(b->c->round + 1);
}

static void edit_chunk(wr_env *env, unsigned worker, void *arg, size_t item) {
    const bodies *b = arg;
    const wr_module *m = b->c->m;
    uint32_t end = (uint32_t)(item + 1) * CHUNK_FUNCS;
    for (uint32_t i = (uint32_t)item * CHUNK_FUNCS; i < end && i < m->nfuncs; i++)
        if (m->funcs[i].live && m->funcs[i].import == WR_NONE) edit_body(env, b, &b->collectors[worker], i);
}

void wr_edit_bodies(wr_context *c, wr_edit_fn *edit, bool keep_equal) {
    bodies b = {c, WR_NEW(&c->env->pass, wr_collector, c->pool->jobs), edit, keep_equal};
    for (unsigned i = 0; i < c->pool->jobs; i++) wr_collector_init(&b.collectors[i], &c->pool->envs[i].pass);
    wr_parallel(c->pool, (c->m->nfuncs + CHUNK_FUNCS - 1) / CHUNK_FUNCS, edit_chunk, &b);
}
