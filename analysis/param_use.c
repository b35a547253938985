// Finds how a function uses its parameters, which locals rely on being zero, and how the function is left. A
// local counts as written at a place if the blocks open there have written it on every path; this is the
// specification's rule for locals without a default value.
#include "param_use.h"

#include "ir/labels.h"
#include "ir/walk.h"
#include "typing.h"

typedef struct study {
    wr_arena *arena;
    wr_param_use *callee;
    uint8_t *is_set;
    wr_u32s set;
    wr_walk walk;    // the state of a block: the number of locals that were set before it
    uint32_t ntries; // number of open tries
} study;

static void unset(study *s, uint32_t n) {
    while (s->set.n > n) s->is_set[s->set.v[--s->set.n]] = 0;
}

static void access_local(study *s, const wr_ins *ins) {
    wr_param_use *callee = s->callee;
    if (ins->op == WR_OP_LOCAL_GET) {
        callee->gets[wr_ins_local(ins)]++;
        callee->needs_zero[wr_ins_local(ins)] |= !s->is_set[wr_ins_local(ins)];
        return;
    }
    callee->is_written[wr_ins_local(ins)] = 1;
    if (s->is_set[wr_ins_local(ins)]) return;
    s->is_set[wr_ins_local(ins)] = 1;
    WR_PUSH(s->arena, s->set, wr_ins_local(ins));
}

static void open_one(study *s, unsigned op) {
    uint32_t *nset = wr_walk_enter(&s->walk);
    *nset = s->set.n;
    s->ntries += wr_is_try(op);
    s->callee->has_loop |= op == WR_OP_LOOP;
}

// Takes back what was set in the block, or in the arm before.
static void leave_arm(study *s) {
    const uint32_t *nset = wr_walk_state(&s->walk, 0);
    unset(s, *nset);
}

static void close_one(study *s) {
    leave_arm(s);
    s->ntries -= wr_is_try(s->callee->body.ins[wr_walk_block(&s->walk, 0)].op);
}

// Whether the instruction names this label.
static bool names_label(const wr_ins *ins, const uint32_t *ext, uint32_t label) {
    if (ins->op == WR_OP_DELEGATE) return false; // continues outside the block that it names
    const uint32_t *named;
    for (uint32_t k = 0; (named = wr_nth_label(ins, ext, k)); k++)
        if (*named == label) return true;
    return false;
}

static void look_at(study *s, uint32_t i, bool is_last) {
    wr_param_use *callee = s->callee;
    const wr_ins *ins = &callee->body.ins[i];
    if (wr_names_local(ins->op)) {
        access_local(s, ins);
        return;
    }
    if (!(wr_opinfos[ins->op].effects & (WR_E_CONTROL | WR_E_STOP))) return;
    wr_walk_to(&s->walk, i);
    callee->is_branched_to |= names_label(ins, callee->body.ext.v, s->walk.open.n);
    if (wr_is_tail_call(ins->op)) {
        callee->tail_calls = true;
        callee->leaves_try |= s->ntries > 0;
    }
    if ((ins->op == WR_OP_RETURN || wr_is_tail_call(ins->op)) && !is_last) callee->nreturns++;
    if (wr_opens_block(ins->op)) open_one(s, ins->op);
    if (wr_begins_arm(ins->op)) leave_arm(s);
    if (wr_closes_block(ins->op)) close_one(s);
}

static uint32_t noperands(const wr_module *m, const wr_param_use *callee, const wr_ins *ins) {
    switch (ins->op) {
    case WR_OP_RETURN: return callee->type->nresults;
    case WR_OP_RETURN_CALL: return wr_func_type(m, wr_ins_func(ins))->nparams;
    default: return m->types[wr_ins_type(ins)].nparams + 1;
    }
}

// Whether the last instruction returns or tail-calls, with nothing but its operands on the stack.
static bool ends_with_return(wr_arena *arena, const wr_module *m, const wr_param_use *callee) {
    const wr_body *body = &callee->body;
    if (body->n < 2) return false;
    const wr_ins *last = &body->ins[body->n - 2];
    if (last->op != WR_OP_RETURN && !wr_is_tail_call(last->op)) return false;
    wr_typer typer;
    wr_typer_begin(&typer, arena, m, body);
    for (uint32_t i = 0; i < body->n - 2; i++) wr_typer_step(&typer, i);
    return !typer.lost && typer.frames.n == 1 && typer.vals.n == noperands(m, callee, last);
}

static uint32_t count_prefix(const wr_param_use *callee) {
    uint32_t n = 0;
    while (n < callee->body.nparams && callee->body.ins[n].op == WR_OP_LOCAL_GET &&
           wr_ins_local(&callee->body.ins[n]) == n && callee->gets[n] == 1)
        n++;
    return n;
}

void wr_param_use_find(wr_env *env, wr_arena *arena, const wr_module *m, uint32_t func,
                       wr_param_use *callee) {
    *callee = (wr_param_use){.type = wr_func_type(m, func)};
    wr_body *body = &callee->body;
    wr_body_decode(env, arena, m, func, body);
    callee->gets = WR_NEW0(arena, uint32_t, body->nlocals);
    callee->is_written = WR_NEW0(arena, uint8_t, body->nlocals);
    callee->needs_zero = WR_NEW0(arena, uint8_t, body->nlocals);
    study s = {.arena = arena, .callee = callee, .is_set = WR_NEW0(arena, uint8_t, body->nlocals)};
    callee->ends_with_return = ends_with_return(arena, m, callee);
    s.walk = wr_walk_with(arena, body, sizeof(uint32_t));
    for (uint32_t i = 0; i + 1 < body->n; i++) look_at(&s, i, callee->ends_with_return && i == body->n - 2);
    callee->nprefix = count_prefix(callee);
}
