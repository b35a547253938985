// noreturn: finds functions that never return, because every path through them ends in a trap, a throw, an
// infinite loop or a call of another such function; and drops the unreachable behind calls of them where it
// ends an arm or block without values.
//
//   (if (c) (then (call $panic) (unreachable)))    ->    (if (c) (then (call $panic)))
//
// Valid, since such a block needs no values at its end; sound, since control flow never gets there. The
// functions are found in rounds: each examines the callers of those that the last round found, MAX_ROUNDS
// times at most. A function that calls itself on all paths is not found. For -Os and -Oz, and late: engines
// and the passes that look for cold code read the instruction that is dropped.
#include "analysis/returns.h"
#include "passes/control/simplify_cfg.h"
#include "passes/manager/bodies.h"

#define MAX_ROUNDS 6

typedef struct finder {
    wr_context *c;
    uint8_t *wanted; // by function: to be examined in this round
    uint8_t *found;
} finder;

static bool is_noreturn(void *state, uint32_t func) { return ((wr_pass_state *)state)->funcs[func].noreturn; }

static void look_at(wr_env *env, unsigned worker, void *arg, size_t i) {
    finder *f = arg;
    (void)worker;
    if (!f->wanted[i]) return;
    wr_arena_reset(&env->temp);
    f->found[i] = !wr_returns(env, f->c->m, (uint32_t)i, is_noreturn, f->c->state);
}

static bool calls_found(const finder *f, const wr_func *func) {
    for (uint32_t i = 0; i < func->summary.nuses; i++) {
        wr_ref ref = func->summary.uses[i].ref;
        if (wr_ref_space(ref) == WR_FUNC && f->found[wr_ref_index(ref)]) return true;
    }
    return false;
}

// Records what was found, and chooses the functions to examine next. Returns whether there are any.
static bool choose_callers(finder *f) {
    const wr_module *m = f->c->m;
    wr_func_state *state = f->c->state->funcs;
    bool any = false;
    for (uint32_t i = 0; i < m->nfuncs; i++) state[i].noreturn |= f->found[i];
    for (uint32_t i = 0; i < m->nfuncs; i++) {
        const wr_func *func = &m->funcs[i];
        f->wanted[i] = func->live && func->import == WR_NONE && !state[i].noreturn && calls_found(f, func);
        any |= f->wanted[i];
    }
    memset(f->found, 0, m->nfuncs);
    return any;
}

// By function: whether it calls a function that never returns.
static const uint8_t *find_callers(wr_context *c) {
    const wr_module *m = c->m;
    finder f = {c, WR_NEW0(&c->env->pass, uint8_t, m->nfuncs), WR_NEW0(&c->env->pass, uint8_t, m->nfuncs)};
    for (uint32_t i = 0; i < m->nfuncs; i++) f.found[i] = c->state->funcs[i].noreturn;
    for (uint32_t i = 0; i < m->nfuncs; i++) f.wanted[i] = calls_found(&f, &m->funcs[i]);
    return f.wanted;
}

static void find_functions(wr_context *c) {
    wr_module *m = c->m;
    finder f = {c, WR_NEW0(&c->env->pass, uint8_t, m->nfuncs), WR_NEW0(&c->env->pass, uint8_t, m->nfuncs)};
    for (uint32_t i = 0; i < m->nfuncs; i++) f.wanted[i] = m->funcs[i].live && m->funcs[i].import == WR_NONE;
    for (unsigned round = 0; round < MAX_ROUNDS; round++) {
        wr_parallel(c->pool, m->nfuncs, look_at, &f);
        if (!choose_callers(&f)) break;
    }
}

// --- Dropping unreachable ---

static bool calls_such(const wr_context *c, const wr_body *body) {
    for (uint32_t i = 0; i + 1 < body->n; i++) {
        const wr_ins *ins = &body->ins[i];
        if (ins->op == WR_OP_CALL && c->state->funcs[wr_ins_func(ins)].noreturn &&
            ins[1].op == WR_OP_UNREACHABLE)
            return true;
    }
    return false;
}

// Whether the unreachable at i ends an arm or block that has no results, with no values on its stack.
static bool ends_without_values(const wr_simplify_cfg *b, uint32_t i) {
    const wr_ins *next = &b->body->ins[i + 1];
    if (next->op != WR_OP_END && next->op != WR_OP_ELSE) return false;
    const wr_simplify_cfg_block *block = &b->blocks[wr_block_name(next)];
    return block->nresults == 0 && b->height[i] == block->height;
}

static bool drop_unreachable(wr_env *env, const wr_context *c, wr_body *body) {
    wr_simplify_cfg b = {.env = env, .c = c, .body = body};
    if (!calls_such(c, body) || !wr_simplify_cfg_begin(&b)) return false;
    for (uint32_t i = 1; i + 1 < body->n; i++) {
        const wr_ins *call = &body->ins[i - 1];
        if (body->ins[i].op != WR_OP_UNREACHABLE || call->op != WR_OP_CALL ||
            !c->state->funcs[wr_ins_func(call)].noreturn)
            continue;
        if (ends_without_values(&b, i)) body->ins[i].y = WR_Y_NEVER_LEFT | WR_Y_IMPLIED;
    }
    wr_simplify_cfg_finish(&b);
    return true;
}

void wr_pass_noreturn(wr_context *c) {
    find_functions(c);
    wr_bodies_edit(c, drop_unreachable, find_callers(c), false);
}
