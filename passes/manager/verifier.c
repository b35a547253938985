// The verifier checks what must hold between passes, so that a broken promise is found at the pass that broke
// it rather than in the output.
//
// Of a body: it validates (with all ref.func taken as declared, which is settled at the end), it has as many
// locals as it declares, and its branches are numbers, not names. (Block matches are no promise: each pass
// gets a body without them.) Of the module: all live bodies validate, each summary equals a fresh count,
// nothing live names what is dead, and the side tables belong to the existing functions.
//
// LLVM's `-verify-each` and Binaryen's BINARYEN_PASS_DEBUG do the same.
#include "verifier.h"

#include <stdarg.h>
#include <stdlib.h>

#include "ir/validate/validate.h"

struct wr_verifier {
    const wr_context *c;
    wr_module m;    // a copy of the module, with what a body may take for granted
    wr_func *funcs; // its functions, all declared; workers put the bodies to be checked here
};

typedef struct check { // the check of one function
    const wr_verifier *v;
    const char *pass;
    uint32_t func;
    wr_slice code;
    wr_collector *collector; // to make the summary, or NULL
    wr_summary fresh;
} check;

typedef struct sweep { // a sweep over the functions of the module
    const wr_verifier *v;
    const char *pass;
    wr_collector *collectors; // by worker
} sweep;

_Noreturn __attribute__((format(printf, 4, 5))) static void fail(wr_env *env, const char *pass, uint32_t func,
                                                                 const char *format, ...) {
    char text[160];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    env->func = WR_NONE;
    wr_throw(env, WR_INTERNAL, WR_NO_OFFSET, "after %s, function %u: %s", pass, func, text);
}

// --- A decoded body ---

// The index of the instruction at this offset of a body's bytes, for the message.
static uint32_t instruction_at(wr_env *env, wr_slice code, uint64_t offset) {
    wr_reader r = wr_reader_of(env, code, 0);
    wr_local_runs runs = {0};
    wr_u32s ext = {0};
    wr_ins ins;
    uint32_t n = 0;
    wr_ins_read_locals(&r, &env->temp, &runs);
    for (; !wr_at_end(&r) && (uint64_t)(r.p - code.p) < offset; n++) wr_ins_read(&r, &env->temp, &ext, &ins);
    return n ? n - 1 : 0;
}

static void validate(wr_env *env, void *arg) {
    check *k = arg;
    wr_func *func = &k->v->funcs[k->func];
    func->body = k->code;
    func->changed = true;
    wr_validate_func(env, &k->v->m, k->func, k->collector, &k->fresh);
}

static void require_valid(wr_env *env, check *k) {
    if (wr_try(env, validate, k) == WR_OK) return;
    wr_diag diag = env->diag;
    if (diag.status != WR_BAD_INPUT) wr_rethrow(env, &diag);
    fail(env, k->pass, k->func, "instruction %u: %s", instruction_at(env, k->code, diag.offset),
         diag.message);
}

static void require_locals(wr_env *env, const wr_body *body, const char *pass) {
    uint32_t nlocals = body->nparams;
    for (uint32_t i = 0; i < body->runs.n; i++) nlocals += body->runs.v[i].n;
    if (nlocals != body->nlocals)
        fail(env, pass, body->func, "it declares %u locals, not %u", nlocals, body->nlocals);
}

wr_verifier *wr_verifier_new(wr_context *c) {
    wr_arena *arena = &c->env->pass;
    wr_verifier *v = WR_NEW(arena, wr_verifier, 1);
    *v = (wr_verifier){.c = c, .m = *c->m, .funcs = WR_NEW(arena, wr_func, c->m->nfuncs)};
    if (c->m->nfuncs) memcpy(v->funcs, c->m->funcs, c->m->nfuncs * sizeof *v->funcs);
    for (uint32_t i = 0; i < c->m->nfuncs; i++) v->funcs[i].declared = true;
    v->m.funcs = v->funcs;
    v->m.has_data_count = true; // the encoder writes one where it is needed
    return v;
}

void wr_verifier_check_body(wr_env *env, const wr_verifier *v, const wr_body *body, const char *pass) {
    wr_mark mark = wr_arena_mark(&env->temp);
    if (body->named) fail(env, pass, body->func, "its labels are still names");
    require_locals(env, body, pass);
    wr_buf out = wr_buf_in(&env->temp);
    wr_body_encode(body, &out);
    check k = {.v = v, .pass = pass, .code = wr_buf_slice(&out), .func = body->func};
    require_valid(env, &k);
    env->func = body->func;
    wr_arena_release(&env->temp, &mark);
}

void wr_verifier_check_same(wr_env *env, const wr_body *body, wr_slice bytes, const char *pass) {
    wr_mark mark = wr_arena_mark(&env->temp);
    wr_buf out = wr_buf_in(&env->temp);
    wr_body_encode(body, &out);
    if (!wr_slice_eq(wr_buf_slice(&out), bytes))
        fail(env, pass, body->func, "it was changed, which the pass denies");
    wr_arena_release(&env->temp, &mark);
}

// --- The module at rest ---

static int compare_uses(const void *a, const void *b) {
    const wr_use *x = a, *y = b;
    return x->ref < y->ref ? -1 : x->ref > y->ref;
}

static wr_use *sorted_uses(wr_env *env, const wr_summary *summary) {
    wr_use *uses = WR_NEW(&env->temp, wr_use, summary->nuses);
    if (!summary->nuses) return uses; // there is no list then
    memcpy(uses, summary->uses, summary->nuses * sizeof *uses);
    qsort(uses, summary->nuses, sizeof *uses, compare_uses);
    return uses;
}

static void require_summary(wr_env *env, const check *k) {
    const wr_summary *kept = &k->v->c->m->funcs[k->func].summary, *fresh = &k->fresh;
    if (kept->nuses != fresh->nuses)
        fail(env, k->pass, k->func, "its summary names %u entities, counted afresh %u", kept->nuses,
             fresh->nuses);
    const wr_use *a = sorted_uses(env, kept), *b = sorted_uses(env, fresh);
    for (uint32_t i = 0; i < kept->nuses; i++)
        if (a[i].ref != b[i].ref || a[i].count != b[i].count)
            fail(env, k->pass, k->func, "its summary is stale: space %u, entity %u", wr_ref_space(b[i].ref),
                 wr_ref_index(b[i].ref));
    if (kept->takes_refs != fresh->takes_refs)
        fail(env, k->pass, k->func, "its summary is stale: references taken");
}

static bool is_live(const wr_module *m, wr_ref ref) {
    uint32_t index = wr_ref_index(ref);
    switch (wr_ref_space(ref)) {
    case WR_FUNC:
    case WR_FUNC_ADDR: return m->funcs[index].live;
    case WR_TABLE: return m->tables[index].live;
    case WR_MEMORY: return m->memories[index].live;
    case WR_GLOBAL: return m->globals[index].live;
    case WR_TAG: return m->tags[index].live;
    case WR_DATA: return m->datas[index].live;
    case WR_ELEM: return m->elems[index].live;
    default: return true; // types are kept as they are used
    }
}

static void require_live_uses(wr_env *env, const check *k) {
    for (uint32_t i = 0; i < k->fresh.nuses; i++)
        if (!is_live(k->v->c->m, k->fresh.uses[i].ref))
            fail(env, k->pass, k->func, "it names what is gone: space %u, entity %u",
                 wr_ref_space(k->fresh.uses[i].ref), wr_ref_index(k->fresh.uses[i].ref));
}

static void check_func(wr_env *env, unsigned worker, void *arg, size_t item) {
    const sweep *s = arg;
    const wr_func *func = &s->v->c->m->funcs[item];
    if (!func->live || func->import != WR_NONE) return;
    check k = {.v = s->v,
               .pass = s->pass,
               .func = (uint32_t)item,
               .code = func->body,
               .collector = &s->collectors[worker]};
    wr_arena_reset(&env->temp);
    wr_mark mark = wr_arena_mark(&env->perm); // the summary is made there
    require_valid(env, &k);
    require_summary(env, &k);
    require_live_uses(env, &k);
    wr_arena_release(&env->perm, &mark);
}

void wr_verifier_check_module(wr_context *c, const char *pass) {
    sweep s = {wr_verifier_new(c), pass, WR_NEW(&c->env->pass, wr_collector, c->pool->jobs)};
    for (unsigned i = 0; i < c->pool->jobs; i++) wr_collector_init(&s.collectors[i], &c->pool->envs[i].pass);
    if (c->state->nfuncs > c->m->nfuncs)
        wr_throw(c->env, WR_INTERNAL, WR_NO_OFFSET, "after %s: a side table has %u functions, the module %u",
                 pass, c->state->nfuncs, c->m->nfuncs);
    wr_parallel(c->pool, c->m->nfuncs, check_func, &s);
}
