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
#include "passes/control/simplify_cfg.h"
#include "passes/manager/bodies.h"

#define MAX_ROUNDS 6

typedef struct finder {
    wr_context *c;
    uint8_t *wanted; // by function: to be examined in this round
    uint8_t *found;
} finder;

enum { USED = 1, HAS_EXIT = 2, SKIPS = 4, IS_LOOP = 8, IS_DEAD = 16 };

typedef struct flow {
    wr_arena *arena;
    const wr_func_state *funcs;
    wr_body body;         // only `ext` is used: the words that the current instruction refers to
    WR_VEC(uint8_t) open; // the state of each enclosing block; the body's own comes first
    bool dead;
} flow;

static void use_labels(flow *f, wr_ins *ins) {
    uint32_t *label;
    for (uint32_t k = 0; (label = wr_label_at(&f->body, ins, k)); k++)
        f->open.v[f->open.n - 1 - *label] |= USED;
}

static void open_block(flow *f, const wr_ins *ins) {
    uint8_t state =
        (ins->op == WR_OP_IF ? SKIPS : 0) | (ins->op == WR_OP_LOOP ? IS_LOOP : 0) | (f->dead ? IS_DEAD : 0);
    WR_PUSH(f->arena, f->open, state);
}

static void next_arm(flow *f) {
    uint8_t *state = &f->open.v[f->open.n - 1];
    *state &= (uint8_t)~SKIPS;
    if (!f->dead) *state |= HAS_EXIT;
    f->dead = *state & IS_DEAD;
}

static void close_block(flow *f) {
    uint8_t state = f->open.v[--f->open.n];
    bool used = (state & USED) && !(state & IS_LOOP);
    f->dead = (state & IS_DEAD) || (f->dead && !used && !(state & (HAS_EXIT | SKIPS)));
}

static bool leaves_function(const flow *f, const wr_ins *ins) {
    if (ins->op == WR_OP_RETURN_CALL) return !f->funcs[wr_ins_func(ins)].noreturn;
    return ins->op == WR_OP_RETURN || wr_is_tail_call(ins->op);
}

// Whether control flow may reach the end of the function that is being read, or return from it.
static bool returns(flow *f, wr_reader *r) {
    WR_PUSH(f->arena, f->open, 0);
    while (!wr_at_end(r)) {
        wr_ins ins;
        f->body.ext.n = 0;
        wr_ins_read(r, f->arena, &f->body.ext, &ins);
        if (ins.op > WR_OP_CALL && !wr_is_control(ins.op)) continue;
        if (wr_closes_block(ins.op)) close_block(f);
        if (!f->dead) use_labels(f, &ins);
        if (wr_opens_block(ins.op)) open_block(f, &ins);
        if (wr_begins_arm(ins.op)) next_arm(f);
        if (!f->dead && leaves_function(f, &ins)) return true;
        if (wr_never_goes_on(ins.op) || (ins.op == WR_OP_CALL && f->funcs[wr_ins_func(&ins)].noreturn))
            f->dead = true;
    }
    return !f->dead;
}

static void look_at(wr_env *env, unsigned worker, void *arg, size_t i) {
    finder *f = arg;
    (void)worker;
    if (!f->wanted[i]) return;
    const wr_func *func = &f->c->m->funcs[i];
    wr_arena_reset(&env->temp);
    wr_reader r = wr_ins_reader(env, func->body, func->offset == WR_NO_OFFSET ? 0 : func->offset);
    flow body = {.arena = &env->temp, .funcs = f->c->state->funcs};
    f->found[i] = !returns(&body, &r);
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
