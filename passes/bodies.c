// Decodes each body, has it edited by one pass after the other, and keeps what is smaller.
//
// A body stays decoded from one pass to the next. What a pass has made smaller is encoded, to know its size and to go
// back to if the next one makes it larger. The scratch memory of all passes adds up; a body that needs much of it is
// stored and decoded anew in between.
#include "bodies.h"

#include "ir/edit.h"

#define CHUNK_FUNCS 16
#define AGAIN 256 // saving one part in so many makes another round worth it
#define MUCH_SCRATCH ((size_t)1 << 20)

typedef struct bodies {
    wr_context *c;
    wr_collector *collectors; // by worker
    wr_link *links;           // by worker, nlinks each
    size_t nlinks;
    bool keep_equal;
} bodies;

// A function in a worker's hand.
typedef struct editor {
    wr_env *env;
    const bodies *b;
    wr_collector *collector;
    uint32_t func;
    wr_body body;
    wr_slice bytes; // what the body is encoded, in env->temp if it is not the module's
    bool is_new;    // it is not the module's
    bool is_lost;   // the decoded form is of no use
} editor;

static void store(editor *e) {
    if (e->is_new) wr_store_body(e->env, e->collector, e->b->c->m, e->func, e->bytes);
    e->is_new = false;
}

static void decode_anew(editor *e) {
    store(e);
    wr_arena_reset(&e->env->temp);
    wr_decode_body(e->env, &e->env->temp, e->b->c->m, e->func, &e->body);
    e->bytes = e->b->c->m->funcs[e->func].body;
    e->is_lost = false;
}

// Keeps the edited body if it is smaller; returns by how many bytes.
static size_t keep(editor *e) {
    size_t before = e->bytes.n;
    wr_buf out = wr_buf_in(&e->env->temp);
    wr_buf_room(&out, before);
    wr_encode_body(&e->body, &out);
    if (out.n > before || (out.n == before && !e->b->keep_equal)) {
        e->is_lost = out.n > before || memcmp(out.p, e->bytes.p, before) != 0;
        return 0;
    }
    e->bytes = wr_buf_slice(&out);
    e->is_new = true;
    wr_func *f = &e->b->c->m->funcs[e->func];
    if ((before - out.n) * AGAIN >= before) f->edited = (uint8_t)(e->b->c->round + 1);
    return before - out.n;
}

static void run_link(editor *e, wr_edit_fn *edit, uint64_t *saved) {
    if (e->is_lost || wr_arena_size(&e->env->temp) > MUCH_SCRATCH) decode_anew(e);
    e->body.match = e->body.arm = NULL;
    if (edit(e->env, e->b->c, &e->body))
        *saved += keep(e);
    else
        e->is_lost = e->body.named;
}

static void edit_body(wr_env *env, const bodies *b, unsigned worker, uint32_t func) {
    if (b->c->m->funcs[func].edited < b->c->round) return;
    editor e = {.env = env, .b = b, .collector = &b->collectors[worker], .func = func};
    env->func = func;
    decode_anew(&e);
    if (e.body.nlocals > WR_MAX_LOCALS) return;
    uint64_t start = wr_now_ns();
    for (size_t i = 0; i < b->nlinks; i++) {
        wr_link *link = &b->links[worker * b->nlinks + i];
        run_link(&e, link->pass->edit, &link->saved);
        uint64_t now = wr_now_ns();
        link->ns += now - start;
        start = now;
    }
    store(&e);
}

static void edit_chunk(wr_env *env, unsigned worker, void *arg, size_t item) {
    const bodies *b = arg;
    const wr_module *m = b->c->m;
    uint32_t end = (uint32_t)(item + 1) * CHUNK_FUNCS;
    for (uint32_t i = (uint32_t)item * CHUNK_FUNCS; i < end && i < m->nfuncs; i++)
        if (m->funcs[i].live && m->funcs[i].import == WR_NONE) edit_body(env, b, worker, i);
}

static void run_chain(wr_context *c, wr_link *links, size_t n, bool keep_equal) {
    unsigned jobs = c->pool->jobs;
    bodies b = {c, WR_NEW(&c->env->pass, wr_collector, jobs), WR_NEW(&c->env->pass, wr_link, jobs * n), n, keep_equal};
    for (unsigned i = 0; i < jobs; i++) {
        wr_collector_init(&b.collectors[i], &c->pool->envs[i].pass);
        memcpy(&b.links[i * n], links, n * sizeof *links);
    }
    wr_parallel(c->pool, (c->m->nfuncs + CHUNK_FUNCS - 1) / CHUNK_FUNCS, edit_chunk, &b);
    for (size_t i = 0; i < jobs * n; i++) {
        links[i % n].ns += b.links[i].ns;
        links[i % n].saved += b.links[i].saved;
    }
}

void wr_edit_bodies(wr_context *c, wr_edit_fn *edit, bool keep_equal) {
    wr_pass pass = {.edit = edit};
    wr_link link = {.pass = &pass};
    run_chain(c, &link, 1, keep_equal);
}

void wr_edit_chain(wr_context *c, wr_link *links, size_t n) { run_chain(c, links, n, false); }
