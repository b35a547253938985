// Writes the bodies of helpers, and calls in place of the sequences. All of this works on the instructions
// themselves: a place whose instructions turn out to differ from the helper's (keys are only hashes) stays as
// it is.
#include "ir/edit.h"
#include "ir/origins.h"
#include "outline.h"

// A helper, as built from one of its places. Locals in ins are slots of the window.
typedef struct wr_built {
    wr_ins *ins;
    wr_u32s ext;                      // the extra words that they refer to
    wr_valtype *params, *local_types; // local_types is by slot
    wr_window_local *locals;
    wr_slice body, origins;
    wr_valtype results[WR_HELPER_RESULTS];
    uint8_t nparams, nresults, nlocals, takes;
} wr_built;

typedef struct emitter {
    wr_context *c;
    const wr_stream *stream;
    wr_choice *choice;
    uint32_t *run_of; // sites of one function form a run: the first site of each run, and the end
    uint32_t nruns;
    wr_collector *collectors;
} emitter;

// --- Building ---

static void copy_words(wr_arena *arena, const wr_body *body, wr_built *b, wr_ins *ins) {
    uint32_t first = b->ext.n;
    for (uint32_t i = 0, n = wr_ins_word_count(ins, body->ext.v); i < n; i++)
        WR_PUSH(arena, b->ext, body->ext.v[ins->b + i]);
    ins->b = first;
}

// Copies the window's instructions, with slots in place of locals and with their own extra words.
static void copy_window(wr_arena *arena, const wr_body *body, uint32_t at, const wr_window *w, wr_built *b) {
    b->ins = WR_NEW(arena, wr_ins, w->length);
    for (unsigned i = 0; i < w->length; i++) {
        b->ins[i] = body->ins[at + i];
        if (wr_names_local(b->ins[i].op)) b->ins[i].a = w->local_at[i];
        if (wr_ins_word_count(&b->ins[i], body->ext.v)) copy_words(arena, body, b, &b->ins[i]);
    }
}

// The type of the instruction's k-th operand. A control instruction pops operands from before the window only
// if it begins a block.
static wr_valtype operand_type(const wr_typer *typer, const wr_ins *ins, uint32_t k) {
    wr_sig sig;
    wr_block_sig block;
    if (wr_typer_sig(typer, ins, &sig)) return sig.pop[k];
    wr_typing_block_sig(typer->m, ins, &block);
    return k < block.nparams ? block.params[k] : WR_I32;
}

// Finds the types of the operands that the window pops, in params, and of those that it pushes. The typer is
// at the window's start.
static void find_types(wr_typer *typer, uint32_t at, const wr_token *t, const wr_window *w, wr_built *b) {
    int height = 0;
    uint32_t taken = 0;
    for (unsigned i = 0; i < w->length; i++) {
        const wr_ins *ins = &typer->body->ins[at + i];
        for (uint32_t k = wr_token_pops(&t[i]); k-- > 0;) {
            if (height == -(int)taken) b->params[b->takes - ++taken] = operand_type(typer, ins, k);
            height--;
        }
        height += (int)wr_token_pushes(&t[i]);
        if (wr_names_local(ins->op)) b->local_types[w->local_at[i]] = typer->locals[wr_ins_local(ins)];
        wr_typer_step(typer, at + i);
    }
    if (wr_window_leaves(w)) b->results[b->nresults++] = typer->vals.v[typer->vals.n - 1];
}

// Numbers the parameters: operands, then input locals, then constants. Gives each slot its local in the
// helper.
static void number_params(const wr_helper *h, wr_built *b, uint32_t *local_of) {
    b->nparams = b->takes;
    for (unsigned i = 0; i < b->nlocals; i++) {
        if (!b->locals[i].is_in) continue;
        local_of[i] = b->nparams;
        b->params[b->nparams++] = b->local_types[i];
    }
    for (unsigned i = 0; i < h->nconsts; i++)
        b->params[b->nparams++] = b->ins[h->consts[i]].op == WR_OP_I64_CONST ? WR_I64 : WR_I32;
}

// Declares the helper's own locals, grouped by type.
static void declare_locals(wr_arena *arena, const wr_built *b, wr_local_runs *runs, uint32_t *local_of) {
    uint32_t next = b->nparams;
    bool done[WR_WINDOW_LOCALS] = {false};
    for (unsigned i = 0; i < b->nlocals; i++) {
        if (b->locals[i].is_in || done[i]) continue;
        wr_local_run run = {0, b->local_types[i]};
        for (unsigned k = i; k < b->nlocals; k++) {
            if (b->locals[k].is_in || b->local_types[k] != b->local_types[i]) continue;
            local_of[k] = next++;
            done[k] = true;
            run.n++;
        }
        WR_PUSH(arena, *runs, run);
    }
}

typedef struct rewriter {
    wr_arena *arena;
    WR_VEC(wr_ins) out;
    wr_ins like; // instructions that are put get the origin of this one
} rewriter;

static void put(rewriter *w, unsigned op, uint32_t a) {
    wr_ins ins = {.op = (uint16_t)op, .a = a, .origin = w->like.origin};
    WR_PUSH(w->arena, w->out, ins);
}

static int const_param(const wr_helper *h, unsigned at) {
    for (unsigned i = 0; i < h->nconsts; i++)
        if (h->consts[i] == at) return (int)i;
    return -1;
}

static bool is_output(const wr_helper *h, unsigned slot) { return h->outputs >> slot & 1; }

// The origins are those of the helper's first place. Inlined call sites around that place are left to the
// callers.
static void write_helper(wr_env *env, const wr_body *from, bool tracked, const wr_helper *h, wr_built *b) {
    uint32_t local_of[WR_WINDOW_LOCALS];
    wr_body body = {.ext = b->ext, .origins = from->origins};
    rewriter w = {.arena = &env->temp, .like = b->ins[0]};
    number_params(h, b, local_of);
    declare_locals(&env->temp, b, &body.runs, local_of);
    for (uint32_t i = 0; i < b->takes; i++) put(&w, WR_OP_LOCAL_GET, i);
    for (unsigned i = 0; i < h->length; i++) {
        w.like = b->ins[i];
        int param = const_param(h, i);
        if (param >= 0)
            put(&w, WR_OP_LOCAL_GET, b->nparams - h->nconsts + (uint32_t)param);
        else if (wr_names_local(b->ins[i].op))
            put(&w, b->ins[i].op, local_of[b->ins[i].a]);
        else
            WR_PUSH(w.arena, w.out, b->ins[i]);
    }
    for (unsigned i = 0; i < b->nlocals; i++)
        if (is_output(h, i)) put(&w, WR_OP_LOCAL_GET, local_of[i]);
    put(&w, WR_OP_END, 0);
    body.ins = w.out.v, body.n = w.out.n;
    wr_buf out = wr_buf_in(&env->temp), origins = wr_buf_in(&env->temp);
    wr_body_encode(&body, &out);
    if (tracked) wr_origins_encode(&body, &origins);
    b->body = wr_slice_copy(&env->code, wr_buf_slice(&out));
    b->origins = wr_slice_copy(&env->code, wr_buf_slice(&origins));
}

static void build_helper(wr_env *env, const wr_stream *stream, wr_typer *typer, uint32_t at, wr_helper *h) {
    wr_arena *arena = &env->pass;
    wr_built *b = WR_NEW0(arena, wr_built, 1);
    wr_window w;
    wr_window_read(&w, stream->tokens + h->at, h->length);
    b->nlocals = (uint8_t)w.nlocals;
    b->takes = (uint8_t)wr_window_takes(&w);
    b->params = WR_NEW(arena, wr_valtype, b->takes + w.nlocals + h->nconsts);
    b->local_types = WR_NEW(arena, wr_valtype, w.nlocals);
    b->locals = WR_NEW(arena, wr_window_local, w.nlocals);
    for (unsigned i = 0; i < w.nlocals; i++) {
        b->locals[i] = w.locals[i];
        b->locals[i].is_in = wr_window_is_in(&w, i, h->outputs);
    }
    copy_window(arena, typer->body, at, &w, b);
    find_types(typer, at, stream->tokens + h->at, &w, b);
    for (unsigned i = 0; i < w.nlocals; i++)
        if (is_output(h, i)) b->results[b->nresults++] = b->local_types[i];
    write_helper(env, typer->body, typer->m->origins != NULL, h, b);
    h->built = b;
}

static void decode(wr_env *env, emitter *e, uint32_t func, wr_body *body) {
    wr_arena_reset(&env->temp);
    env->func = func;
    wr_body_decode(env, &env->temp, e->c->m, func, body);
}

// Builds the helpers whose first place is in this run of sites.
static void build_run(wr_env *env, unsigned worker, void *arg, size_t item) {
    (void)worker;
    emitter *e = arg;
    uint32_t first = e->run_of[item], end = e->run_of[item + 1];
    uint32_t func = wr_outline_func_at(e->stream, e->choice->sites.v[first].at), base = e->stream->base[func];
    wr_body body;
    wr_typer typer = {0};
    for (uint32_t s = first, i = 0; s < end; s++) {
        wr_site site = e->choice->sites.v[s];
        wr_helper *h = &e->choice->helpers.v[site.helper];
        if (h->at != site.at) continue;
        if (!typer.m) {
            decode(env, e, func, &body);
            wr_typer_begin(&typer, &env->temp, e->c->m, &body);
        }
        for (; i < site.at - base; i++) wr_typer_step(&typer, i);
        build_helper(env, e->stream, &typer, i, h);
        i += h->length;
    }
}

// --- Adding ---

static void add_helpers(emitter *e) {
    wr_context *c = e->c;
    for (uint32_t i = 0; i < e->choice->helpers.n; i++) {
        wr_helper *h = &e->choice->helpers.v[i];
        const wr_built *b = h->built;
        uint32_t type =
            wr_module_intern_func_type(c->env, c->m, b->params, b->nparams, b->results, b->nresults);
        h->func = wr_module_add_func(c->env, c->m, type, b->body);
        if (c->m->origins) c->m->origins[h->func] = b->origins;
    }
}

static void summarize_helper(wr_env *env, unsigned worker, void *arg, size_t item) {
    emitter *e = arg;
    wr_arena_reset(&env->temp);
    wr_collector_summarize(&e->collectors[worker], env, e->c->m,
                           &e->c->m->funcs[e->choice->helpers.v[item].func]);
}

// --- Rewriting ---

static bool same_instruction(const wr_module *m, const wr_built *b, const wr_ins *x, unsigned i,
                             const wr_body *body) {
    const wr_ins *y = &b->ins[i];
    if (x->op != y->op || x->x != y->x || x->y != y->y) return false;
    // Matching windows have compared which local; its type is part of the key.
    if (wr_names_local(x->op)) return true;
    if (wr_opens_block(x->op) && x->x == WR_BLOCK_TYPE)
        return m->types[wr_ins_block_type(x)].canon == m->types[wr_ins_block_type(y)].canon;
    if (x->a != y->a) return false;
    uint32_t words = wr_ins_word_count(x, body->ext.v);
    if (words) return !memcmp(&body->ext.v[x->b], &b->ext.v[y->b], words * sizeof *b->ext.v);
    return x->b == y->b;
}

static bool matches(const emitter *e, const wr_helper *h, const wr_site *site, const wr_typer *types,
                    uint32_t at) {
    const wr_built *b = h->built;
    wr_window window;
    wr_window_read(&window, e->stream->tokens + site->at, h->length);
    for (unsigned i = 0; i < h->length; i++) {
        const wr_ins *ins = &types->body->ins[at + i];
        if (const_param(h, i) >= 0) {
            if (ins->op != b->ins[i].op) return false;
            continue;
        }
        if (!same_instruction(e->c->m, b, ins, i, types->body)) return false;
        if (wr_opinfos[ins->op].imm != WR_IMM_LOCAL) continue;
        unsigned slot = window.local_at[i];
        if (slot != b->ins[i].a || types->locals[wr_ins_local(ins)] != b->local_types[slot]) return false;
    }
    return true;
}

static void put_call(rewriter *w, const wr_helper *h, const wr_ins *old) {
    const wr_built *b = h->built;
    w->like = old[0];
    for (unsigned i = 0; i < b->nlocals; i++)
        if (b->locals[i].is_in) put(w, WR_OP_LOCAL_GET, old[b->locals[i].first].a);
    for (unsigned i = 0; i < h->nconsts; i++) WR_PUSH(w->arena, w->out, old[h->consts[i]]);
    put(w, WR_OP_CALL, h->func);
    w->like.origin = 0; // these write other values than the instruction there
    for (unsigned i = b->nlocals; i-- > 0;)
        if (is_output(h, i)) put(w, WR_OP_LOCAL_SET, old[b->locals[i].first].a);
}

static void rewrite_run(wr_env *env, unsigned worker, void *arg, size_t item) {
    emitter *e = arg;
    uint32_t s = e->run_of[item], end = e->run_of[item + 1];
    uint32_t func = wr_outline_func_at(e->stream, e->choice->sites.v[s].at), base = e->stream->base[func];
    wr_body body;
    decode(env, e, func, &body);
    wr_typer types = {.body = &body, .locals = wr_typing_locals(&env->temp, e->c->m, &body)};
    rewriter w = {.arena = &env->temp};
    WR_RESERVE(w.arena, w.out, body.n);
    for (uint32_t i = 0; i < body.n;) {
        const wr_site *site = s < end ? &e->choice->sites.v[s] : NULL;
        if (!site || site->at - base != i) {
            WR_PUSH(w.arena, w.out, body.ins[i]);
            i++;
            continue;
        }
        const wr_helper *h = &e->choice->helpers.v[site->helper];
        s++;
        if (h->func == WR_NONE || !matches(e, h, site, &types, i)) continue;
        put_call(&w, h, &body.ins[i]);
        i += h->length;
    }
    body.ins = w.out.v;
    body.n = w.out.n;
    wr_module_store_body(env, &e->collectors[worker], e->c->m, func, &body);
}

// --- All of it ---

static void find_runs(emitter *e) {
    const wr_choice *choice = e->choice;
    e->run_of = WR_NEW(&e->c->env->pass, uint32_t, (size_t)choice->sites.n + 1);
    uint32_t last = WR_NONE;
    for (uint32_t i = 0; i < choice->sites.n; i++) {
        uint32_t func = wr_outline_func_at(e->stream, choice->sites.v[i].at);
        if (func != last) e->run_of[e->nruns++] = i;
        last = func;
    }
    e->run_of[e->nruns] = choice->sites.n;
}

void wr_outline_emit(wr_context *c, const wr_stream *stream, wr_choice *choice) {
    emitter e = {.c = c, .stream = stream, .choice = choice};
    e.collectors = WR_NEW(&c->env->pass, wr_collector, c->pool->jobs);
    for (unsigned i = 0; i < c->pool->jobs; i++) wr_collector_init(&e.collectors[i], &c->pool->envs[i].pass);
    find_runs(&e);
    wr_parallel(c->pool, e.nruns, build_run, &e);
    add_helpers(&e);
    wr_parallel(c->pool, choice->helpers.n, summarize_helper, &e);
    wr_parallel(c->pool, e.nruns, rewrite_run, &e);
}
