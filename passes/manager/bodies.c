// Decodes each body, runs the passes on one body over it, and keeps what is not larger: a constant in place
// of a read of the same size gains nothing by itself, but a lot for the passes after it.
//
// The passes run in iterations on a body. After the first iteration, only the dirty ones run: if a pass
// shrinks the body, all other passes are marked dirty; if it works on control flow, or shrinks the body by
// less than 1/256, only those on control flow. In later rounds, which see few bodies, 1/4096 is enough: what
// inlining brings into a large body may make constant what decides about much of it. Nearly all passes
// iterate to a fixpoint by themselves, and don't mark themselves.
//
// A body stays decoded from one pass to the next. After a pass has shrunk it, it is encoded, to know its
// size, and to be able to return to this form if the next pass makes it larger. The scratch memory of the
// passes that changed something adds up; a body that needs much of it is stored and decoded anew in between.
#include "bodies.h"

#include "body_results.h"
#include "body_view.h"
#include "ir/edit.h"
#include "ir/origins.h"
#include "verifier.h"

#define CHUNK_FUNCS 16
#define MUCH 256        // savings of at least 1/MUCH of the body make all passes dirty, or in later rounds,
#define MUCH_LATER 4096 // when there are few bodies to look at, of 1/MUCH_LATER
#define MUCH_SCRATCH ((size_t)1 << 20)

typedef struct bodies {
    wr_context *c;
    wr_collector *collectors;   // by worker
    wr_pipeline_entry *entries; // by worker: nentries each
    size_t nentries;
    unsigned iterations;
    const uint8_t *wanted; // by function: whether to work on it; NULL: on all
    bool keep_equal;
    const wr_verifier *verifier;    // NULL: passes are not verified
    const wr_context *seen;         // what the passes get: `c`, or a view of it
    const wr_body_results *results; // NULL: none are found or kept
} bodies;

// The function that a worker is editing.
typedef struct editor {
    wr_env *env;
    const bodies *b;
    wr_collector *collector;
    uint32_t func;
    unsigned iteration;
    wr_body body;
    wr_slice bytes;   // the encoded body; in env->temp if it is not the module's
    wr_slice origins; // its origins, if they are tracked and it is not the module's
    bool is_new;      // `bytes` are not the module's yet
    bool is_stored;   // the module has the new body, and its summary is out of date
    bool is_lost;     // the decoded form is unusable
} editor;

// A body of the same bytes is no new one, since that would cost it its names and hints. Its origins may be.
static void store(editor *e) {
    if (!e->is_new) return;
    wr_module *m = e->b->c->m;
    e->is_new = false;
    if (!wr_slice_eq(m->funcs[e->func].body, e->bytes)) {
        wr_module_replace_body(m, e->func, wr_slice_copy(&e->env->code, e->bytes));
        e->is_stored = true;
    }
    if (e->origins.n) m->origins[e->func] = wr_slice_copy(&e->env->code, e->origins);
}

static void decode_anew(editor *e) {
    store(e);
    wr_arena_reset(&e->env->temp);
    wr_body_decode(e->env, &e->env->temp, e->b->c->m, e->func, &e->body);
    e->bytes = e->b->c->m->funcs[e->func].body;
    e->is_lost = false;
}

static bool is_much(const editor *e, size_t saved, size_t before) {
    return saved * (e->iteration < WR_ITERATIONS ? MUCH : MUCH_LATER) >= before;
}

static void encode_origins(editor *e) {
    wr_buf table = wr_buf_in(&e->env->temp);
    wr_origins_encode(&e->body, &table);
    e->origins = wr_buf_slice(&table);
}

// Keeps the edited body if it is smaller, or with keep_equal not larger; returns by how many bytes it is
// smaller.
static size_t keep(editor *e) {
    size_t before = e->bytes.n;
    wr_buf out = wr_buf_in(&e->env->temp);
    wr_buf_room(&out, before + WR_BODY_SLACK);
    wr_body_encode(&e->body, &out);
    if (out.n > before || (out.n == before && !e->b->keep_equal)) {
        e->is_lost = out.n > before || memcmp(out.p, e->bytes.p, before) != 0;
        return 0;
    }
    // A pass that worked in vain leaves nothing to store. (Its origins may differ for the same bytes.)
    bool tracks_origins = e->b->c->m->origins != NULL;
    if (out.n == before && !tracks_origins && memcmp(out.p, e->bytes.p, before) == 0) return 0;
    e->bytes = wr_buf_slice(&out);
    e->is_new = true;
    if (tracks_origins) encode_origins(e);
    if (is_much(e, before - out.n, before)) wr_pass_mark_edited(e->b->c, e->func, e->iteration);
    return before - out.n;
}

static wr_slice encoded(const editor *e) {
    wr_buf out = wr_buf_in(&e->env->temp);
    wr_body_encode(&e->body, &out);
    return wr_buf_slice(&out);
}

// Runs a pass on the body. Returns by how many bytes it made the body smaller.
static size_t run_pass(editor *e, const wr_pass *pass) {
    if (e->is_lost || wr_arena_size(&e->env->temp) > MUCH_SCRATCH) decode_anew(e);
    e->body.match = e->body.arm = NULL;
    wr_mark mark = wr_arena_mark(&e->env->temp);
    wr_slice before = e->b->verifier ? encoded(e) : (wr_slice){0};
    if (pass->edit(e->env, e->b->seen, &e->body)) {
        if (e->b->verifier) wr_verifier_check_body(e->env, e->b->verifier, &e->body, pass->name);
        return keep(e);
    }
    e->is_lost = e->body.named;
    if (e->b->verifier && !e->is_lost) wr_verifier_check_same(e->env, &e->body, before, pass->name);
    if (!e->is_lost) wr_arena_release(&e->env->temp, &mark);
    return 0;
}

static void run_entry(editor *e, wr_pipeline_entry *entry) {
    wr_func_state *f = &e->b->c->state->funcs[e->func];
    if (e->iteration % WR_ITERATIONS && !(f->dirty & entry->bit)) return;
    uint64_t start = wr_now_ns();
    size_t saved = run_pass(e, entry->pass);
    entry->ns += wr_now_ns() - start;
    entry->saved += saved;
    f->dirty &= (uint16_t)~entry->bit;
    if (saved) f->dirty |= is_much(e, saved, saved + e->bytes.n) ? entry->dirties : entry->dirties_if_little;
}

// Whether the body is due: in the first iteration of the first round, all are; in the first iteration of a
// later round, bodies that interprocedural passes changed in that round; afterwards, bodies that the
// iteration before made much smaller.
static bool is_due(const wr_func_state *f, unsigned iteration) {
    return iteration == 0 || (iteration % WR_ITERATIONS ? f->edited >= iteration : f->edited > iteration);
}

static void summarize(const editor *e) {
    const wr_module *m = e->b->c->m;
    wr_func *func = &m->funcs[e->func];
    if (e->is_lost)
        wr_collector_summarize(e->collector, e->env, m, func);
    else
        wr_collector_summarize_body(e->collector, e->env, m, func, &e->body);
}

// Runs the passes. Returns whether the module has a new body.
static bool run_passes(wr_env *env, const bodies *b, unsigned worker, uint32_t func) {
    const wr_func_state *f = &b->c->state->funcs[func];
    editor e = {
        .env = env, .b = b, .collector = &b->collectors[worker], .func = func, .iteration = b->c->iteration};
    decode_anew(&e);
    if (e.body.nlocals > WR_MAX_LOCALS) return false;
    for (; e.iteration < b->c->iteration + b->iterations && is_due(f, e.iteration); e.iteration++)
        for (size_t i = 0; i < b->nentries; i++) run_entry(&e, &b->entries[worker * b->nentries + i]);
    store(&e);
    if (e.is_stored) summarize(&e);
    return e.is_stored;
}

// Takes what the passes make of the body from the results, or runs them and adds to the results.
static void find_or_run(wr_env *env, const bodies *b, unsigned worker, uint32_t func) {
    wr_body_known known = wr_body_results_find(b->results, func);
    if (known.is_found && !b->verifier)
        b->entries[(worker + 1) * b->nentries - 1].saved +=
            wr_body_results_take(b->results, env, func, &known);
    else
        wr_body_results_add(b->results, env, worker, func, &known, run_passes(env, b, worker, func));
}

static void edit_body(wr_env *env, const bodies *b, unsigned worker, uint32_t func) {
    if (!is_due(&b->c->state->funcs[func], b->c->iteration) || (b->wanted && !b->wanted[func])) return;
    if (b->c->m->funcs[func].summary.features & WR_F_KEPT)
        return; // such bodies are left alone: see wr_pass_applies
    env->func = func;
    if (b->results)
        find_or_run(env, b, worker, func);
    else
        run_passes(env, b, worker, func);
}

static void edit_chunk(wr_env *env, unsigned worker, void *arg, size_t item) {
    const bodies *b = arg;
    const wr_module *m = b->c->m;
    uint32_t end = (uint32_t)(item + 1) * CHUNK_FUNCS;
    for (uint32_t i = (uint32_t)item * CHUNK_FUNCS; i < end && i < m->nfuncs; i++)
        if (m->funcs[i].live && m->funcs[i].import == WR_NONE) edit_body(env, b, worker, i);
}

static void run_entries(bodies *b, const wr_pipeline_entry *entries) {
    wr_context *c = b->c;
    unsigned jobs = c->pool->jobs;
    b->collectors = WR_NEW(&c->env->pass, wr_collector, jobs);
    b->entries = WR_NEW(&c->env->pass, wr_pipeline_entry, jobs * b->nentries);
    if (c->config->verify_passes) b->verifier = wr_verifier_new(c);
    for (unsigned i = 0; i < jobs; i++) {
        wr_collector_init(&b->collectors[i], &c->pool->envs[i].pass);
        memcpy(&b->entries[i * b->nentries], entries, b->nentries * sizeof *entries);
    }
    wr_parallel(c->pool, (c->m->nfuncs + CHUNK_FUNCS - 1) / CHUNK_FUNCS, edit_chunk, b);
}

void wr_bodies_edit(wr_context *c, wr_edit_fn *edit, const uint8_t *wanted, bool keep_equal) {
    wr_pass pass = {.name = "the pass in hand", .edit = edit};
    wr_pipeline_entry entry = {.pass = &pass};
    run_entries(
        &(bodies){
            .c = c, .seen = c, .nentries = 1, .iterations = 1, .wanted = wanted, .keep_equal = keep_equal},
        &entry);
}

// Runs passes that see nothing but a view of the module. So their results may be found again, where each body
// goes through all of them at once.
static void run_with_view(bodies *b, wr_pipeline_entry *entries, bool at_once) {
    wr_body_view *view = wr_alloc(&b->c->env->pass, sizeof *view);
    wr_body_results results;
    wr_body_view_make(b->c, view);
    b->seen = &view->c;
    if (at_once && wr_body_results_may(b->c)) {
        wr_body_results_begin(&results, b->c, view, entries, b->nentries, b->iterations, b->keep_equal);
        b->results = &results;
    }
    run_entries(b, entries);
    for (size_t i = 0; i < b->c->pool->jobs * b->nentries; i++) {
        entries[i % b->nentries].ns += b->entries[i].ns;
        entries[i % b->nentries].saved += b->entries[i].saved;
    }
    if (b->results) wr_body_results_end(&results);
}

static bool is_on_control(const wr_pass *pass) {
    return pass->scope == WR_SCOPE_control || pass->scope == WR_SCOPE_stepwise;
}

size_t wr_bodies_find_entries(const wr_context *c, size_t *at, size_t end, wr_pipeline_entry *entries) {
    size_t n = 0;
    unsigned control = 0;
    for (size_t i = *at; i < end && n < WR_MAX_PIPELINE_ENTRIES && wr_pass_pipeline[i].pass->edit; i++) {
        const wr_pass *pass = wr_pass_pipeline[i].pass;
        *at = i;
        if (!wr_pass_enabled(c->config, pass, wr_pass_pipeline[i].levels)) continue;
        entries[n] = (wr_pipeline_entry){.pass = pass, .bit = (uint16_t)(1u << n)};
        if (is_on_control(pass)) control |= entries[n].bit;
        n++;
    }
    for (size_t i = 0; i < n; i++) {
        unsigned own = entries[i].pass->scope == WR_SCOPE_stepwise ? 0 : entries[i].bit;
        entries[i].dirties_if_little = (uint16_t)(control & ~own);
        entries[i].dirties = entries[i].bit & control ? entries[i].dirties_if_little : (uint16_t)~own;
    }
    return n;
}

void wr_bodies_run_entries(wr_context *c, wr_pipeline_entry *entries, size_t n) {
    run_with_view(&(bodies){.c = c, .nentries = n, .iterations = WR_ITERATIONS, .keep_equal = true}, entries,
                  true);
}

void wr_bodies_run_entry(wr_context *c, wr_pipeline_entry *entry) {
    run_with_view(&(bodies){.c = c, .nentries = 1, .iterations = 1, .keep_equal = true}, entry, false);
}
