// Decodes each body, has it edited by one pass after the other, and keeps what is smaller.
//
// Passes take turns on a body. After the first turn only those run that may find something new: what one of them makes
// smaller gives work to all others, what one on control flow makes smaller, or any by next to nothing, to those on control
// flow. Nearly all go on until they find nothing any more, and have no work of their own making.
//
// A body stays decoded from one pass to the next. What a pass has made smaller is encoded, to know its size and to go
// back to if the next one makes it larger. The scratch memory of the passes that changed something adds up; a body that
// needs much of it is stored and decoded anew in between.
#include "bodies.h"

#include "ir/edit.h"

#define CHUNK_FUNCS 16
#define AGAIN 256 // saving one part in so many is more than next to nothing
#define MUCH_SCRATCH ((size_t)1 << 20)

typedef struct bodies {
    wr_context *c;
    wr_collector *collectors; // by worker
    wr_pipeline_entry *links;           // by worker, nlinks each
    size_t nlinks;
    unsigned turns;
    const uint8_t *wanted; // by function, NULL: all
    bool keep_equal;
} bodies;

// A function in a worker's hand.
typedef struct editor {
    wr_env *env;
    const bodies *b;
    wr_collector *collector;
    uint32_t func;
    unsigned turn;
    wr_body body;
    wr_slice bytes; // what the body is encoded, in env->temp if it is not the module's
    bool is_new;    // it is not the module's
    bool is_stored; // the module's is new, and to be summarized
    bool is_lost;   // the decoded form is of no use
} editor;

static void store(editor *e) {
    if (!e->is_new) return;
    wr_replace_body(e->b->c->m, e->func, wr_copy_slice(&e->env->code, e->bytes));
    e->is_new = false;
    e->is_stored = true;
}

static void decode_anew(editor *e) {
    store(e);
    wr_arena_reset(&e->env->temp);
    wr_decode_body(e->env, &e->env->temp, e->b->c->m, e->func, &e->body);
    e->bytes = e->b->c->m->funcs[e->func].body;
    e->is_lost = false;
}

static bool is_much(size_t saved, size_t before) { return saved * AGAIN >= before; }

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
    if (is_much(before - out.n, before)) wr_pass_mark_edited(e->b->c, e->func, e->turn);
    return before - out.n;
}

// Has a pass edit the body. Returns by how many bytes that made it smaller.
static size_t edit(editor *e, wr_edit_fn *edit) {
    if (e->is_lost || wr_arena_size(&e->env->temp) > MUCH_SCRATCH) decode_anew(e);
    e->body.match = e->body.arm = NULL;
    wr_mark mark = wr_arena_mark(&e->env->temp);
    if (edit(e->env, e->b->c, &e->body)) return keep(e);
    e->is_lost = e->body.named;
    if (!e->is_lost) wr_arena_release(&e->env->temp, &mark);
    return 0;
}

static void run_link(editor *e, wr_pipeline_entry *link) {
    wr_func *f = &e->b->c->m->funcs[e->func];
    if (e->turn % WR_ITERATIONS && !(f->work & link->bit)) return;
    uint64_t start = wr_now_ns();
    size_t saved = edit(e, link->pass->edit);
    link->ns += wr_now_ns() - start;
    link->saved += saved;
    f->work &= (uint16_t)~link->bit;
    if (saved) f->work |= is_much(saved, saved + e->bytes.n) ? link->wakes : link->little;
}

// At the first turn of a round, what the passes across functions changed in it; then what the turn before made smaller by
// more than next to nothing.
static bool is_due(const wr_func *f, unsigned turn) {
    return turn == 0 || (turn % WR_ITERATIONS ? f->edited >= turn : f->edited > turn);
}

static void edit_body(wr_env *env, const bodies *b, unsigned worker, uint32_t func) {
    wr_func *f = &b->c->m->funcs[func];
    editor e = {.env = env, .b = b, .collector = &b->collectors[worker], .func = func, .turn = b->c->turn};
    if (!is_due(f, e.turn) || (b->wanted && !b->wanted[func])) return;
    env->func = func;
    decode_anew(&e);
    if (e.body.nlocals > WR_MAX_LOCALS) return;
    for (; e.turn < b->c->turn + b->turns && is_due(f, e.turn); e.turn++)
        for (size_t i = 0; i < b->nlinks; i++) run_link(&e, &b->links[worker * b->nlinks + i]);
    store(&e);
    if (e.is_stored) wr_summarize(e.collector, env, b->c->m, f);
}

static void edit_chunk(wr_env *env, unsigned worker, void *arg, size_t item) {
    const bodies *b = arg;
    const wr_module *m = b->c->m;
    uint32_t end = (uint32_t)(item + 1) * CHUNK_FUNCS;
    for (uint32_t i = (uint32_t)item * CHUNK_FUNCS; i < end && i < m->nfuncs; i++)
        if (m->funcs[i].live && m->funcs[i].import == WR_NONE) edit_body(env, b, worker, i);
}

static void run_chain(wr_context *c, wr_pipeline_entry *links, size_t n, unsigned turns, const uint8_t *wanted, bool keep_equal) {
    unsigned jobs = c->pool->jobs;
    bodies b = {c, WR_NEW(&c->env->pass, wr_collector, jobs), WR_NEW(&c->env->pass, wr_pipeline_entry, jobs * n), n, turns,
                wanted, keep_equal};
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

void wr_bodies_edit(wr_context *c, wr_edit_fn *edit, const uint8_t *wanted, bool keep_equal) {
    wr_pass pass = {.edit = edit};
    wr_pipeline_entry link = {.pass = &pass};
    run_chain(c, &link, 1, 1, wanted, keep_equal);
}

static bool is_on_flow(const wr_pass *pass) { return pass->scope == WR_SCOPE_flow || pass->scope == WR_SCOPE_step; }

size_t wr_bodies_find_entries(const wr_context *c, size_t *at, size_t end, wr_pipeline_entry *links) {
    size_t n = 0;
    unsigned flow = 0;
    for (size_t i = *at; i < end && n < WR_MAX_PIPELINE_ENTRIES && wr_passes[i].edit; i++) {
        *at = i;
        if (!wr_pass_enabled(c->config, &wr_passes[i])) continue;
        links[n] = (wr_pipeline_entry){.pass = &wr_passes[i], .bit = (uint16_t)(1u << n)};
        if (is_on_flow(&wr_passes[i])) flow |= links[n].bit;
        n++;
    }
    for (size_t i = 0; i < n; i++) {
        unsigned own = links[i].pass->scope == WR_SCOPE_step ? 0 : links[i].bit;
        links[i].little = (uint16_t)(flow & ~own);
        links[i].wakes = links[i].bit & flow ? links[i].little : (uint16_t)~own;
    }
    return n;
}

void wr_bodies_run_entries(wr_context *c, wr_pipeline_entry *links, size_t n) { run_chain(c, links, n, WR_ITERATIONS, NULL, false); }

void wr_bodies_run_entry(wr_context *c, wr_pipeline_entry *link) { run_chain(c, link, 1, 1, NULL, false); }
