// Follows control flow through a body, block by block, without building a graph of it: of each open block it
// is enough to know whether a live branch leads to its end.
#include "returns.h"

#include "ir/body.h"
#include "ir/labels.h"

enum { USED = 1, HAS_EXIT = 2, SKIPS = 4, IS_LOOP = 8, IS_DEAD = 16 };

typedef struct flow {
    wr_arena *arena;
    wr_noreturn_fn never;
    void *user;
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

static bool never_returns(const flow *f, const wr_ins *ins) { return f->never(f->user, wr_ins_func(ins)); }

static bool leaves_function(const flow *f, const wr_ins *ins) {
    if (ins->op == WR_OP_RETURN_CALL) return !never_returns(f, ins);
    return ins->op == WR_OP_RETURN || wr_is_tail_call(ins->op);
}

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
        if (wr_never_goes_on(ins.op) || (ins.op == WR_OP_CALL && never_returns(f, &ins))) f->dead = true;
    }
    return !f->dead;
}

bool wr_returns(wr_env *env, const wr_module *m, uint32_t func, wr_noreturn_fn never, void *user) {
    wr_reader r = wr_ins_reader(env, m->funcs[func].body, wr_func_offset(m, func));
    flow f = {.arena = &env->temp, .never = never, .user = user};
    return returns(&f, &r);
}
