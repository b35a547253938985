// Keys and values of results of passes on one body. See body_results.h.
//
// A value says, in LEB128 numbers, what the passes leave behind: the function's state, and, if there is a new
// body, its summary and its bytes.
#include "body_results.h"

#include "ir/edit.h"

bool wr_body_results_may(const wr_context *c) {
    return c->body_store && !c->m->origins && c->m->nfuncs <= WR_BODY_VIEW_FUNCS;
}

void wr_body_results_begin(wr_body_results *results, wr_context *c, const wr_body_view *view,
                           const wr_pipeline_entry *entries, size_t n, unsigned iterations, bool keep_equal) {
    *results = (wr_body_results){.store = c->body_store, .view = view, .c = c};
    results->made = WR_NEW0(&c->env->pass, wr_body_result_list, c->pool->jobs);
    wr_blake2b *hash = &results->common;
    wr_blake2b_start(hash);
    wr_blake2b_add(hash, wr_slice_of(view->digest.bytes, WR_DIGEST_SIZE));
    wr_blake2b_add_number(hash, n);
    for (size_t i = 0; i < n; i++) wr_blake2b_add_piece(hash, wr_slice_str(entries[i].pass->name));
    wr_blake2b_add_number(hash, iterations);
    wr_blake2b_add_number(hash, keep_equal);
    wr_blake2b_add_number(hash, c->iteration);
}

// The dirty bits are neither in the key nor in the value: all passes run in the first iteration, whatever the
// bits are, so what is left of them before it matters to nothing.
static wr_digest key_of(const wr_body_results *results, uint32_t func) {
    const wr_context *c = results->c;
    wr_blake2b hash = results->common;
    wr_blake2b_add_number(&hash, c->state->funcs[func].edited);
    wr_blake2b_add_piece(&hash, c->m->funcs[func].body);
    wr_body_view_hash(&hash, results->view, c->m, func);
    return wr_blake2b_end(&hash);
}

wr_body_known wr_body_results_find(const wr_body_results *results, uint32_t func) {
    wr_body_known known = {.key = key_of(results, func)};
    known.is_found = results->store->find(results->store->user, &known.key, &known.value);
    return known;
}

// --- Values ---

static void put_summary(wr_buf *out, const wr_summary *s) {
    wr_put_uleb(out, s->features);
    wr_put_uleb(out, s->ninstructions);
    wr_put_uleb(out, s->takes_refs);
    wr_put_uleb(out, s->nuses);
    for (uint32_t i = 0; i < s->nuses; i++) {
        wr_put_uleb(out, wr_ref_space(s->uses[i].ref));
        wr_put_uleb(out, wr_ref_index(s->uses[i].ref));
        wr_put_uleb(out, s->uses[i].count);
    }
}

static wr_use read_use(wr_reader *r) {
    uint32_t space = wr_read_u32(r), index = wr_read_u32(r), count = wr_read_u32(r);
    return (wr_use){wr_make_ref(space, index), count};
}

static void read_summary(wr_reader *r, wr_arena *arena, wr_summary *s) {
    s->features = wr_read_u64(r);
    s->ninstructions = wr_read_u32(r) & INT32_MAX;
    s->takes_refs = wr_read_u32(r) != 0;
    s->nuses = wr_read_u32(r);
    s->uses = WR_NEW(arena, wr_use, s->nuses);
    for (uint32_t i = 0; i < s->nuses; i++) s->uses[i] = read_use(r);
}

static wr_slice value_of(const wr_context *c, wr_env *env, uint32_t func, bool is_stored) {
    const wr_func *f = &c->m->funcs[func];
    wr_buf out = wr_buf_in(&env->pass);
    wr_buf_room(&out, is_stored ? f->body.n + 6 * (size_t)f->summary.nuses + 32 : 8);
    wr_put_u8(&out, c->state->funcs[func].edited);
    if (!is_stored) return wr_buf_slice(&out);
    put_summary(&out, &f->summary);
    wr_put_slice(&out, f->body);
    return wr_buf_slice(&out);
}

size_t wr_body_results_take(const wr_body_results *results, wr_env *env, uint32_t func,
                            const wr_body_known *known) {
    wr_module *m = results->c->m;
    wr_reader r = wr_reader_of(env, known->value, 0);
    size_t before = m->funcs[func].body.n;
    results->c->state->funcs[func].edited = wr_read_u8(&r);
    if (wr_at_end(&r)) return 0;
    read_summary(&r, &env->code, &m->funcs[func].summary);
    wr_module_replace_body(m, func, wr_slice_copy(&env->code, wr_slice_of(r.p, wr_left(&r))));
    return before - m->funcs[func].body.n;
}

void wr_body_results_add(const wr_body_results *results, wr_env *env, unsigned worker, uint32_t func,
                         const wr_body_known *known, bool is_stored) {
    wr_body_result made = {known->key, value_of(results->c, env, func, is_stored)};
    if (!known->is_found)
        WR_PUSH(&env->pass, results->made[worker], made);
    else if (!wr_slice_eq(made.value, known->value))
        wr_throw(env, WR_INTERNAL, WR_NO_OFFSET, "passes on one body made something else than was found");
}

void wr_body_results_end(wr_body_results *results) {
    for (unsigned worker = 0; worker < results->c->pool->jobs; worker++) {
        const wr_body_result_list *made = &results->made[worker];
        for (uint32_t i = 0; i < made->n; i++) results->store->keep(results->store->user, &made->v[i]);
    }
}
