// Finds expressions in one walk over the body, with a stack that holds where each value's expression starts.
// See exprs.h.
#include "exprs.h"

#include "ir/walk.h"
#include "typing.h"

// --- Arity ---

static bool set_arity(uint32_t *npop, uint32_t *npush, uint32_t pops, uint32_t pushes) {
    *npop = pops;
    *npush = pushes;
    return true;
}

static bool call_arity(const wr_type *type, uint32_t more, uint32_t *npop, uint32_t *npush) {
    return set_arity(npop, npush, type->nparams + more, type->nresults);
}

// The number of parameters that cont.bind binds.
static uint32_t bound_params(const wr_module *m, const wr_ins *ins) {
    return wr_cont_func_type(m, ins->a)->nparams - wr_cont_func_type(m, (uint32_t)ins->b)->nparams;
}

// A switch pushes the parameters of the continuation that it is resumed by.
static bool switch_arity(const wr_module *m, const wr_ins *ins, uint32_t *npop, uint32_t *npush) {
    const wr_type *to = wr_cont_func_type(m, ins->a);
    uint32_t back = wr_type_index(to->values[to->nparams - 1]);
    return set_arity(npop, npush, to->nparams, wr_cont_func_type(m, back)->nparams);
}

bool wr_exprs_varied_arity(const wr_module *m, const wr_ins *ins, uint32_t *npop, uint32_t *npush) {
    switch (ins->op) {
    case WR_OP_CALL: return call_arity(wr_func_type(m, wr_ins_func(ins)), 0, npop, npush);
    case WR_OP_CALL_INDIRECT:
    case WR_OP_CALL_REF: return call_arity(&m->types[wr_ins_type(ins)], 1, npop, npush);
    case WR_OP_STRUCT_NEW: return set_arity(npop, npush, m->types[wr_ins_type(ins)].nparams, 1);
    case WR_OP_STRUCT_NEW_DESC: return set_arity(npop, npush, m->types[wr_ins_type(ins)].nparams + 1, 1);
    case WR_OP_CONT_BIND: return set_arity(npop, npush, 1 + bound_params(m, ins), 1);
    case WR_OP_SUSPEND: return call_arity(&m->types[m->tags[ins->a].type], 0, npop, npush);
    case WR_OP_RESUME: return call_arity(wr_cont_func_type(m, ins->a), 1, npop, npush);
    case WR_OP_RESUME_THROW_REF: return set_arity(npop, npush, 2, wr_cont_func_type(m, ins->a)->nresults);
    case WR_OP_SWITCH: return switch_arity(m, ins, npop, npush);
    case WR_OP_ARRAY_NEW_FIXED: return set_arity(npop, npush, (uint32_t)ins->b, 1);
    default: return false;
    }
}

void wr_exprs_branch_arity(const wr_ins *ins, uint32_t passed, uint32_t *npop, uint32_t *npush) {
    switch (ins->op) {
    case WR_OP_BR_IF: set_arity(npop, npush, passed + 1, passed); return;
    case WR_OP_BR_ON_NULL: set_arity(npop, npush, passed + 1, passed + 1); return;
    case WR_OP_BR_ON_NON_NULL: set_arity(npop, npush, passed, passed - 1); return;
    case WR_OP_BR_ON_CAST:
    case WR_OP_BR_ON_CAST_FAIL: set_arity(npop, npush, passed, passed); return;
    default: set_arity(npop, npush, passed + 1, passed); return; // with a descriptor
    }
}

uint32_t wr_exprs_effects(const wr_body *body, uint32_t start, uint32_t end) {
    uint32_t effects = 0;
    for (uint32_t i = start; i < end; i++) effects |= wr_opinfos[body->ins[i].op].effects;
    return effects;
}

// --- Expressions ---

typedef struct frame { // an open block, or the function
    uint32_t height;   // height of the stack below the block's parameters
    uint32_t start;    // start of the block's expression; WR_NONE if not known
    uint32_t label_arity;
    bool is_dead; // the whole block is in dead code
} frame;

typedef struct finder {
    wr_arena *arena;
    const wr_module *m;
    const wr_body *body;
    uint32_t *start;
    wr_u32s vals; // where each value's expression starts, WR_NONE if not known
    wr_walk walk; // its states are frames
    bool dead;
    uint32_t nunknown; // values on the stack whose start is not known
} finder;

static void push(finder *f, uint32_t n, uint32_t start) {
    if (start == WR_NONE) f->nunknown += n;
    for (uint32_t i = 0; i < n; i++) WR_PUSH(f->arena, f->vals, start);
}

// Pops the n operands of instruction i. Returns where the first one's expression starts; i if there are none.
static uint32_t pop(finder *f, uint32_t n, uint32_t i) {
    uint32_t start = i;
    for (; n; n--) {
        uint32_t operand = f->vals.v[--f->vals.n];
        f->nunknown -= operand == WR_NONE;
        start = start == WR_NONE ? WR_NONE : operand;
    }
    return start;
}

// Takes all values off the stack above this height.
static void cut(finder *f, uint32_t height) {
    while (f->vals.n > height) f->nunknown -= f->vals.v[--f->vals.n] == WR_NONE;
}

static void open_block(finder *f, uint32_t i) {
    const wr_ins *ins = &f->body->ins[i];
    wr_block_sig sig;
    wr_typing_block_sig(f->m, ins, &sig);
    frame inner = {.start = WR_NONE, .is_dead = f->dead};
    inner.label_arity = ins->op == WR_OP_LOOP ? sig.nparams : sig.nresults;
    if (!f->dead) {
        inner.start = pop(f, ins->op == WR_OP_IF, i);
        if (sig.nparams) inner.start = WR_NONE;
        pop(f, sig.nparams, i);
    }
    f->start[i] = inner.start;
    inner.height = f->vals.n;
    frame *entered = wr_walk_enter(&f->walk);
    *entered = inner;
    if (!f->dead) push(f, sig.nparams, WR_NONE);
}

static void next_arm(finder *f, uint32_t i) {
    const frame *outer = wr_walk_state(&f->walk, 0);
    const wr_ins *ins = &f->body->ins[i];
    wr_block_sig sig;
    wr_typing_block_sig(f->m, &f->body->ins[wr_walk_block(&f->walk, 0)], &sig);
    f->start[i] = outer->start;
    cut(f, outer->height);
    f->dead = outer->is_dead;
    if (f->dead) return;
    if (ins->op == WR_OP_ELSE) push(f, sig.nparams, WR_NONE);
    if (ins->op == WR_OP_CATCH) push(f, f->m->types[f->m->tags[wr_ins_tag(ins)].type].nparams, WR_NONE);
}

static void close_block(finder *f, uint32_t i) {
    const frame *inner = wr_walk_state(&f->walk, 0);
    uint32_t block = wr_walk_block(&f->walk, 0);
    if (block == WR_NONE) return;
    wr_block_sig sig;
    wr_typing_block_sig(f->m, &f->body->ins[block], &sig);
    cut(f, inner->height);
    f->dead = inner->is_dead;
    f->start[i] = sig.nresults > 1 ? WR_NONE : inner->start;
    if (!f->dead) push(f, sig.nresults, f->start[i]);
}

static uint32_t label_arity(const finder *f, uint32_t label) {
    const frame *block = wr_walk_state(&f->walk, label);
    return block->label_arity;
}

// resume_throw: its tag follows the handlers in the extra words.
static void resume_throw(finder *f, uint32_t i) {
    const wr_ins *ins = &f->body->ins[i];
    const uint32_t *words = f->body->ext.v + ins->b;
    const wr_type *thrown = &f->m->types[f->m->tags[words[1 + 3 * words[0]]].type];
    uint32_t start = pop(f, 1 + thrown->nparams, i), results = wr_cont_func_type(f->m, ins->a)->nresults;
    f->start[i] = results > 1 ? WR_NONE : start;
    push(f, results, f->start[i]);
}

// Conditional branches: they pass values to a label, and may fall through.
static void branch(finder *f, uint32_t i) {
    const wr_ins *ins = &f->body->ins[i];
    if (ins->op == WR_OP_RESUME_THROW) {
        resume_throw(f, i);
        return;
    }
    uint32_t passed = label_arity(f, wr_ins_label(ins)), npop, npush;
    wr_exprs_branch_arity(ins, passed, &npop, &npush);
    uint32_t start = pop(f, npop, i);
    f->start[i] = ins->op == WR_OP_BR_IF && !passed ? start : WR_NONE;
    push(f, npush, WR_NONE);
}

uint32_t wr_exprs_left_label(const wr_body *body, const wr_ins *ins) {
    switch (ins->op) {
    case WR_OP_BR: return wr_ins_label(ins);
    case WR_OP_BR_TABLE: return body->ext.v[ins->b + ins->a];
    default: return WR_NONE;
    }
}

uint32_t wr_exprs_leaving_arity(const wr_module *m, const wr_ins *ins, uint32_t passed) {
    switch (ins->op) {
    case WR_OP_BR:
    case WR_OP_RETURN: return passed;
    case WR_OP_BR_TABLE: return 1 + passed;
    case WR_OP_THROW: return m->types[m->tags[wr_ins_tag(ins)].type].nparams;
    case WR_OP_THROW_REF: return 1;
    case WR_OP_RETURN_CALL: return wr_func_type(m, wr_ins_func(ins))->nparams;
    case WR_OP_RETURN_CALL_INDIRECT:
    case WR_OP_RETURN_CALL_REF: return m->types[wr_ins_type(ins)].nparams + 1;
    default: return 0; // unreachable, rethrow
    }
}

static uint32_t leaving_operands(const finder *f, const wr_ins *ins) {
    return wr_exprs_leaving_arity(f->m, ins, label_arity(f, wr_exprs_left_label(f->body, ins)));
}

static void step(finder *f, uint32_t i) {
    const wr_ins *ins = &f->body->ins[i];
    uint32_t npop, npush;
    if (wr_is_control(ins->op)) wr_walk_to(&f->walk, i);
    if (wr_opens_block(ins->op))
        open_block(f, i);
    else if (wr_begins_arm(ins->op))
        next_arm(f, i);
    else if (wr_closes_block(ins->op))
        close_block(f, i);
    else if (f->dead)
        return;
    else if (wr_exprs_arity(f->m, ins, &npop, &npush)) {
        uint32_t start = pop(f, npop, i);
        f->start[i] = npush > 1 ? WR_NONE : start;
        push(f, npush, f->start[i]);
    } else if (wr_never_goes_on(ins->op)) {
        f->start[i] = pop(f, leaving_operands(f, ins), i);
        f->dead = true;
    } else {
        branch(f, i);
    }
}

// The fast path, where the start of each value is known: handles instructions from i on as long as
// opcodes.def gives their arity and they push one value at most, as nearly all do. Returns the first one that
// is different.
static uint32_t step_many(finder *f, uint32_t i) {
    const wr_ins *ins = f->body->ins;
    WR_RESERVE(f->arena, f->vals, f->body->n - i);
    uint32_t *vals = f->vals.v, *starts = f->start, n = f->vals.n;
    for (uint32_t end = f->body->n; i < end; i++) {
        const wr_opinfo *info = &wr_opinfos[ins[i].op];
        if (info->takes == WR_VARIES || info->leaves > 1) break;
        n -= info->takes;
        vals[n] = starts[i] = info->takes ? vals[n] : i;
        n += info->leaves;
    }
    f->vals.n = n;
    return i;
}

const uint32_t *wr_exprs_find(wr_arena *arena, const wr_module *m, const wr_body *body) {
    finder f = {.arena = arena, .m = m, .body = body, .start = WR_NEW(arena, uint32_t, body->n)};
    memset(f.start, 0xff, body->n * sizeof *f.start);
    f.walk = wr_walk_with(arena, body, sizeof(frame));
    frame *outer = wr_walk_state(&f.walk, 0);
    outer->label_arity = wr_func_type(m, body->func)->nresults;
    for (uint32_t i = 0; i < body->n; i++) {
        if (!f.dead && !f.nunknown) i = step_many(&f, i);
        if (i < body->n) step(&f, i);
    }
    return f.start;
}

uint32_t wr_exprs_second(const uint32_t *start, uint32_t i) {
    uint32_t second = i ? start[i - 1] : WR_NONE;
    if (start[i] == WR_NONE || second == WR_NONE || second <= start[i] || start[second - 1] != start[i])
        return WR_NONE;
    return second;
}
