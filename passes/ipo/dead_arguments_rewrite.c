// Rewrites bodies for new signatures. In callers, arguments that are removed are left out or, if they have
// effects, dropped. In the function itself a constant replaces the parameter, either at each read or in a
// local that is set once at the start; an unused result is dropped wherever control flow leaves the function.
#include "dead_arguments.h"
#include "analysis/effects.h"
#include "analysis/exprs.h"
#include "analysis/typing.h"

// --- Arguments ---

#define MAX_PURE 32 // the most instructions that are examined

static bool is_same_everywhere(const wr_module *m, const wr_ins *ins) {
    switch (ins->op) {
    case WR_OP_I32_CONST:
    case WR_OP_I64_CONST:
    case WR_OP_F32_CONST:
    case WR_OP_F64_CONST:
    case WR_OP_REF_FUNC: return true;
    case WR_OP_GLOBAL_GET: return !m->globals[wr_ins_global(ins)].mutable;
    default: return false;
    }
}

// Whether the instruction ends an expression that leaves one value.
static bool leaves_value(const wr_module *m, const wr_body *body, uint32_t i) {
    uint32_t npop, npush;
    if (body->ins[i].op != WR_OP_END) return wr_exprs_arity(m, &body->ins[i], &npop, &npush) && npush == 1;
    if (body->match[i] == WR_NONE) return false;
    wr_block_sig sig;
    wr_typing_block_sig(m, &body->ins[body->match[i]], &sig);
    return sig.nresults == 1;
}

static bool leaves_nothing(const wr_module *m, const wr_body *body, uint32_t i) {
    uint32_t npop, npush;
    if (body->ins[i].op != WR_OP_END) return wr_exprs_arity(m, &body->ins[i], &npop, &npush) && npush == 0;
    if (body->match[i] == WR_NONE) return false;
    wr_block_sig sig;
    wr_typing_block_sig(m, &body->ins[body->match[i]], &sig);
    return sig.nresults == 0;
}

void wr_dead_arguments_find(const wr_module *m, const wr_body *body, const uint32_t *starts, uint32_t i,
                            wr_argument *args) {
    uint32_t n = wr_func_type(m, wr_ins_func(&body->ins[i]))->nparams, end = i;
    for (uint32_t p = 0; p < n; p++) args[p] = (wr_argument){.constant = {.op = WR_OP_NOP}};
    if (starts[i] == WR_NONE) return;
    while (n-- > 0) {
        while (end > 0 && leaves_nothing(m, body, end - 1) && starts[end - 1] != WR_NONE)
            end = starts[end - 1];
        if (end == 0 || !leaves_value(m, body, end - 1) || starts[end - 1] == WR_NONE) return;
        uint32_t start = starts[end - 1];
        args[n].start = start, args[n].end = end, args[n].is_known = true;
        args[n].is_pure =
            end - start <= MAX_PURE && wr_effects_is_speculatable(wr_exprs_effects(body, start, end));
        if (end - start == 1 && is_same_everywhere(m, &body->ins[start])) args[n].constant = body->ins[start];
        end = start;
    }
}

// --- Bodies ---

enum { LEFT_OUT = 1, DROPPED = 2 }; // an instruction is left out; the value behind it is dropped

typedef struct change {
    wr_arena *arena;
    const wr_module *m;
    const wr_new_signature *own; // NULL: the signature stays
    wr_param_use callee;         // the function itself
    uint8_t *fate;               // by instruction
    wr_ins *as;                  // by local: the instruction that reads it now; NOP: nothing reads it
    WR_VEC(wr_ins) out;
} change;

static void put(change *c, wr_ins ins) { WR_PUSH(c->arena, c->out, ins); }

static void put_op(change *c, unsigned op, uint32_t a) { put(c, (wr_ins){.op = (uint16_t)op, .a = a}); }

static void change_call(change *c, const wr_new_signature *sig, const uint32_t *starts, uint32_t i) {
    const wr_body *body = &c->callee.body;
    uint32_t n = wr_func_type(c->m, wr_ins_func(&body->ins[i]))->nparams;
    wr_mark mark = wr_arena_mark(c->arena);
    wr_argument *args = WR_NEW(c->arena, wr_argument, n);
    wr_dead_arguments_find(c->m, body, starts, i, args);
    for (uint32_t p = 0; p < n; p++) {
        if (!sig->gone[p]) continue;
        if (args[p].is_pure)
            memset(c->fate + args[p].start, LEFT_OUT, args[p].end - args[p].start);
        else
            c->fate[args[p].end - 1] |= DROPPED;
    }
    if (sig->no_result) c->fate[i + 1] = LEFT_OUT;
    wr_arena_release(c->arena, &mark);
}

static void change_calls(change *c, wr_new_signature *const *changes) {
    wr_body *body = &c->callee.body;
    const uint32_t *starts = NULL;
    for (uint32_t i = 0; i < body->n; i++) {
        if (wr_opinfos[body->ins[i].op].imm != WR_IMM_FUNC || !changes[wr_ins_func(&body->ins[i])]) continue;
        if (!starts) {
            wr_body_match_blocks(c->arena, body);
            starts = wr_exprs_find(c->arena, c->m, body);
        }
        change_call(c, changes[wr_ins_func(&body->ins[i])], starts, i);
    }
}

bool wr_dead_arguments_in_place(const wr_param_use *callee, uint32_t param, const wr_ins *constant) {
    uint64_t size = wr_ins_size(constant, NULL), gets = callee->gets[param];
    return !callee->is_written[param] && gets * size <= size + 3 + 2 * gets;
}

// Renumbers the locals, and sets those that hold a constant now.
static void change_params(change *c) {
    wr_body *body = &c->callee.body;
    uint32_t next = 0, nextra = 0, n = body->nparams;
    c->as = WR_NEW(c->arena, wr_ins, body->nlocals);
    for (uint32_t i = 0; i < body->nlocals; i++) {
        bool gone = i < n && c->own && c->own->gone[i];
        c->as[i] = gone ? c->own->constant[i] : (wr_ins){.op = WR_OP_LOCAL_GET, .a = next++};
    }
    for (uint32_t i = 0; i < n && c->own; i++) {
        if (!c->own->gone[i] || c->own->constant[i].op == WR_OP_NOP) continue;
        if (wr_dead_arguments_in_place(&c->callee, i, &c->own->constant[i])) continue;
        put(c, c->own->constant[i]);
        c->as[i] = (wr_ins){.op = WR_OP_LOCAL_GET, .a = next + nextra++};
        put_op(c, WR_OP_LOCAL_SET, c->as[i].a);
        wr_local_run run = {1, c->callee.type->values[i]};
        WR_PUSH(c->arena, body->runs, run);
    }
}

static void copy_access(change *c, const wr_ins *ins) {
    wr_ins as = c->as[wr_ins_local(ins)];
    as.origin = ins->origin;
    if (ins->op == WR_OP_LOCAL_GET)
        put(c, as);
    else if (as.op == WR_OP_LOCAL_GET)
        put(c, (wr_ins){.op = ins->op, .a = as.a, .origin = ins->origin});
    else if (ins->op == WR_OP_LOCAL_SET)
        put_op(c, WR_OP_DROP, 0);
}

static void copy_ins(change *c, uint32_t i) {
    const wr_ins *ins = &c->callee.body.ins[i];
    bool no_result = c->own && c->own->no_result;
    if (ins->op == WR_OP_RETURN && no_result) put_op(c, WR_OP_DROP, 0);
    if (wr_names_local(ins->op))
        copy_access(c, ins);
    else
        put(c, *ins);
    if (c->fate[i] & DROPPED) put_op(c, WR_OP_DROP, 0);
}

void wr_dead_arguments_rewrite(wr_env *env, const wr_module *m, wr_new_signature *const *changes,
                               uint32_t func, wr_body *out) {
    change c = {.arena = &env->temp, .m = m, .own = changes[func]};
    wr_param_use_find(env, c.arena, m, func, &c.callee);
    wr_body *body = &c.callee.body;
    c.fate = WR_NEW0(c.arena, uint8_t, body->n + 1);
    change_calls(&c, changes);
    change_params(&c);
    bool no_result = c.own && c.own->no_result, block = no_result && c.callee.is_branched_to;
    uint32_t result = no_result ? c.callee.type->values[c.callee.type->nparams] : 0;
    if (block) put(&c, (wr_ins){.op = WR_OP_BLOCK, .x = WR_BLOCK_VALUE, .a = result});
    for (uint32_t i = 0; i + 1 < body->n; i++)
        if (!(c.fate[i] & LEFT_OUT)) copy_ins(&c, i);
    if (block) put_op(&c, WR_OP_END, 0);
    if (no_result) put_op(&c, WR_OP_DROP, 0);
    put_op(&c, WR_OP_END, 0);
    body->ins = c.out.v;
    body->n = c.out.n;
    *out = *body;
}
