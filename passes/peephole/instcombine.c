// instcombine: constant folding, and shorter forms of expressions, with known and demanded bits. Also folds
// branches, ifs and selects whose condition is a constant.
//
//   (i32.add (i32.add X (i32.const 4)) (i32.const 8))    ->    (i32.add X (i32.const 12))
//   (i32.eqz (i32.lt_s A B))                             ->    (i32.ge_s A B)
//
// The body is copied instruction by instruction, with a stack of the cells (see instcombine.h) that compute
// the values. Once an instruction has its operands, the rules are applied to its cell and those below it
// until none applies (instcombine_rules.c). Nothing is moved but constants, from before an operand to
// behind it. Unreachable code is copied as it is.
//
// Floating-point operations are folded only if IEEE 754 gives one result, and that is not NaN. The code never
// gets larger; branch hints of functions that change are dropped.
#include "instcombine.h"

#include "analysis/exprs.h"
#include "analysis/typing.h"

// --- The stack ---

static void push(wr_instcombine *f, uint32_t n, uint32_t cell) {
    for (uint32_t i = 0; i < n; i++) WR_PUSH(f->arena, f->vals, cell);
}

static uint32_t start_of(const wr_instcombine *f, uint32_t i) {
    return i == WR_NONE ? WR_NONE : f->cells.v[i].start;
}

static bool is_leaf(unsigned op) { return op == WR_OP_LOCAL_GET || wr_is_number_const(op); }

// Appends a leaf, to which no rule applies.
static void push_leaf(wr_instcombine *f, const wr_ins *ins) {
    uint32_t i = f->cells.n;
    wr_cell cell = {
        .ins = *ins, .start = i, .kid = {WR_NONE, WR_NONE, WR_NONE}, .effects = wr_opinfos[ins->op].effects};
    WR_PUSH(f->arena, f->cells, cell);
    f->cells.v[i].bits = wr_cell_find_bits(f, i);
    WR_PUSH(f->arena, f->vals, i);
}

uint32_t wr_instcombine_own_effects(const wr_instcombine *f, const wr_ins *ins, const uint32_t *operands,
                                    uint32_t npop) {
    uint32_t effects = wr_pass_effects(f->c->config, ins->op);
    bool divides = (ins->op >= WR_OP_I32_DIV_S && ins->op <= WR_OP_I32_REM_U) ||
                   (ins->op >= WR_OP_I64_DIV_S && ins->op <= WR_OP_I64_REM_U);
    if (!divides || npop != 2 || !wr_cell_is_const(f, operands[1])) return effects;
    bool overflows = ins->op == WR_OP_I32_DIV_S || ins->op == WR_OP_I64_DIV_S;
    uint64_t by = wr_cell_const(f, operands[1]);
    return by == 0 || (overflows && by == UINT64_MAX) ? effects : effects & ~(uint32_t)WR_E_TRAP;
}

// Appends an instruction that takes the last npop values. Returns its cell.
static uint32_t append(wr_instcombine *f, const wr_ins *ins, uint32_t npop) {
    uint32_t i = f->cells.n, *vals = f->vals.v + (f->vals.n -= npop);
    wr_cell cell = {.ins = *ins,
                    .start = i,
                    .kid = {WR_NONE, WR_NONE, WR_NONE},
                    .effects = wr_instcombine_own_effects(f, ins, vals, npop)};
    for (uint32_t k = npop; k-- > 0;) {
        cell.start = cell.start == WR_NONE ? WR_NONE : start_of(f, vals[k]);
        cell.effects |= vals[k] == WR_NONE ? WR_E_STATEMENT : wr_cell_at(f, vals[k])->effects;
    }
    for (uint32_t k = 0; k < npop && k < WR_COUNT(cell.kid); k++) cell.kid[k] = vals[k];
    if (f->statement != WR_NONE && (cell.start == WR_NONE || f->statement >= cell.start))
        cell.effects |= WR_E_STATEMENT;
    WR_PUSH(f->arena, f->cells, cell);
    if (wr_is_scalar_load(ins->op) && wr_instcombine_is_safe_load(f, i))
        wr_cell_at(f, i)->effects &= ~(uint32_t)WR_E_TRAP;
    wr_cell_at(f, i)->bits = wr_cell_find_bits(f, i);
    return i;
}

static uint32_t append_statement(wr_instcombine *f, const wr_ins *ins, uint32_t npop) {
    return f->statement = append(f, ins, npop);
}

static uint32_t top(const wr_instcombine *f) { return f->vals.v[f->vals.n - 1]; }

// If the last value is a tee of a constant, splits it into a set and the constant.
static void split_tee(wr_instcombine *f) {
    uint32_t i = top(f);
    uint64_t value;
    if (wr_cell_op(f, i) != WR_OP_LOCAL_TEE || i + 1 != f->cells.n || !wr_instcombine_is_known(f, i, &value))
        return;
    wr_ins constant = wr_cell_at(f, wr_cell_operand(f, i, 0))->ins;
    wr_instcombine_take_known(f, i);
    f->vals.n--;
    push_leaf(f, &constant);
}

// Shortens the condition that is the last value.
static void shorten_condition(wr_instcombine *f) {
    split_tee(f);
    if (top(f) != WR_NONE) f->vals.v[f->vals.n - 1] = wr_instcombine_condition(f, top(f));
}

// --- Blocks ---

static void open_block(wr_instcombine *f, const wr_ins *ins, uint32_t block) {
    wr_block_sig sig;
    if (!f->dead) wr_instcombine_note_labels(f, ins);
    wr_typing_block_sig(f->c->m, ins, &sig);
    wr_instcombine_frame frame = {.block = block, .is_dead = f->dead, .start = f->cells.n};
    frame.passes = ins->op == WR_OP_LOOP ? sig.nparams : sig.nresults;
    uint32_t nparams = f->dead ? 0 : sig.nparams;
    if (ins->op == WR_OP_IF && !f->dead) frame.start = start_of(f, f->vals.v[--f->vals.n]);
    if (nparams) frame.start = WR_NONE;
    wr_instcombine_open_bounds(f, &frame, ins->op);
    append_statement(f, ins, 0);
    f->vals.n -= nparams;
    frame.height = f->vals.n;
    WR_PUSH(f->arena, f->frames, frame);
    push(f, nparams, WR_NONE);
}

// Handles an if with a constant condition. Returns the instruction of the input after which to continue.
static uint32_t open_known_if(wr_instcombine *f, uint32_t i) {
    wr_ins block = f->body->ins[i];
    uint32_t condition = f->vals.v[--f->vals.n], other = f->body->arm[i], end = f->body->match[i];
    bool first = wr_cell_const(f, condition) != 0;
    wr_instcombine_remove(f, condition);
    f->changed = true;
    if (!first && other == end) return end;
    block.op = WR_OP_BLOCK;
    open_block(f, &block, i);
    f->frames.v[f->frames.n - 1].skips_else = first;
    return first ? i : other;
}

static uint32_t open_if(wr_instcombine *f, uint32_t i) {
    if (!f->dead) shorten_condition(f);
    if (!f->dead && wr_cell_is_const(f, top(f))) return open_known_if(f, i);
    open_block(f, &f->body->ins[i], i);
    return i;
}

static uint32_t next_arm(wr_instcombine *f, uint32_t i) {
    const wr_instcombine_frame *frame = &f->frames.v[f->frames.n - 1];
    const wr_ins *ins = &f->body->ins[i];
    if (frame->skips_else) return f->body->match[frame->block] - 1;
    wr_instcombine_end_arm_bounds(f, frame);
    wr_block_sig sig;
    wr_typing_block_sig(f->c->m, &f->body->ins[frame->block], &sig);
    f->vals.n = frame->height;
    f->dead = frame->is_dead;
    append_statement(f, ins, 0);
    if (f->dead) return i;
    if (ins->op == WR_OP_ELSE) push(f, sig.nparams, WR_NONE);
    if (ins->op == WR_OP_CATCH) push(f, f->c->m->types[f->c->m->tags[wr_ins_tag(ins)].type].nparams, WR_NONE);
    return i;
}

static void close_block(wr_instcombine *f, uint32_t i) {
    wr_instcombine_frame frame = f->frames.v[--f->frames.n];
    f->vals.n = frame.height;
    wr_instcombine_close_bounds(f, &frame);
    uint32_t end = append_statement(f, &f->body->ins[i], 0);
    if (frame.block == WR_NONE) return;
    wr_block_sig sig;
    wr_typing_block_sig(f->c->m, &f->body->ins[frame.block], &sig);
    wr_cell_at(f, end)->start = frame.start;
    wr_cell_at(f, end)->effects = UINT32_MAX;
    f->dead = frame.is_dead;
    if (!f->dead) push(f, sig.nresults, sig.nresults > 1 ? WR_NONE : end);
}

// --- Branches ---

// The values that a conditional branch carries are used twice: at the target, and behind the branch if it is
// not taken. So rules must not change them any more.
static void forget_passed(wr_instcombine *f, uint32_t label) {
    uint32_t n = f->frames.v[f->frames.n - 1 - label].passes;
    for (uint32_t i = 1; i <= n && i <= f->vals.n; i++) f->vals.v[f->vals.n - i] = WR_NONE;
}

void wr_instcombine_put(wr_instcombine *f, const wr_ins *ins, uint32_t npop) {
    if (is_leaf(ins->op))
        push_leaf(f, ins);
    else if (wr_is_control(ins->op))
        append_statement(f, ins, npop);
    else
        push(f, 1, wr_instcombine_simplify(f, append(f, ins, npop)));
}

// Control never continues after this instruction, so what is on the stack below its operands is lost: only
// the effects of these values are left.
//
//   (i32.add (local.get 0) (i32.mul (call $f) (return (i32.const 1))))    ->    (drop (call $f)) (return …)
static void discard_lost(wr_instcombine *f, const wr_ins *ins) {
    uint32_t label = wr_exprs_left_label(f->body, ins), height = f->frames.v[f->frames.n - 1].height;
    uint32_t target = label == WR_NONE ? 0 : f->frames.n - 1 - label;
    uint32_t taken = wr_exprs_leaving_arity(f->c->m, ins, f->frames.v[target].passes);
    for (uint32_t i = f->vals.n; i > height; i--)
        if (f->vals.n - i >= taken) wr_instcombine_discard(f, f->vals.v[i - 1]);
}

static void put_br_if(wr_instcombine *f, const wr_ins *ins) {
    shorten_condition(f);
    if (!wr_cell_is_const(f, top(f))) {
        append_statement(f, ins, 1);
        forget_passed(f, wr_ins_label(ins));
        return;
    }
    uint32_t condition = f->vals.v[--f->vals.n];
    bool taken = wr_cell_const(f, condition) != 0;
    wr_instcombine_remove(f, condition);
    f->changed = true;
    if (!taken) return;
    wr_ins branch = {.op = WR_OP_BR, .a = ins->a};
    discard_lost(f, &branch);
    append_statement(f, &branch, 0);
    f->dead = true;
}

static void put_br_table(wr_instcombine *f, const wr_ins *ins) {
    f->dead = true;
    discard_lost(f, ins);
    split_tee(f);
    if (!wr_cell_is_const(f, top(f))) {
        if (wr_instcombine_table(f, ins))
            f->changed = true;
        else
            append_statement(f, ins, 0);
        return;
    }
    uint32_t index = (uint32_t)wr_cell_const(f, top(f));
    wr_instcombine_remove(f, top(f));
    f->changed = true;
    wr_ins branch = {.op = WR_OP_BR, .a = f->body->ext.v[ins->b + (index < ins->a ? index : ins->a)]};
    append_statement(f, &branch, 0);
}

// Appends a branch on a reference, which may leave one value less.
static void put_br_on(wr_instcombine *f, const wr_ins *ins) {
    bool takes_one =
        ins->op != WR_OP_BR_ON_NULL && ins->op != WR_OP_BR_ON_CAST && ins->op != WR_OP_BR_ON_CAST_FAIL;
    append_statement(f, ins, takes_one);
    uint32_t n = f->frames.v[f->frames.n - 1 - wr_ins_label(ins)].passes;
    for (uint32_t i = 0; i <= n && i < f->vals.n; i++) f->vals.v[f->vals.n - 1 - i] = WR_NONE;
}

// --- The walk ---

static void put_plain(wr_instcombine *f, const wr_ins *ins, uint32_t npop, uint32_t npush) {
    if (ins->op == WR_OP_SELECT || ins->op == WR_OP_SELECT_T) shorten_condition(f);
    if (npush == 0) {
        uint32_t i = append_statement(f, ins, npop);
        wr_instcombine_simplify(f, i);
        f->statement = f->cells.n - 1;
        if (wr_may_tell_bounds(ins->op)) wr_instcombine_note(f, i);
    } else if (npush == 1) {
        uint32_t i = append(f, ins, npop);
        push(f, 1, wr_instcombine_simplify(f, i));
        if (wr_may_tell_bounds(ins->op)) wr_instcombine_note(f, i);
    } else {
        append_statement(f, ins, npop);
        push(f, npush, WR_NONE);
    }
}

static void put_drop(wr_instcombine *f, const wr_ins *ins) {
    if (wr_instcombine_discard(f, top(f))) {
        f->vals.n--;
        f->statement = f->cells.n - 1; // what remains of its operands
    } else {
        append_statement(f, ins, 1);
    }
}

static void put_live(wr_instcombine *f, const wr_ins *ins) {
    uint32_t npop, npush;
    if (wr_is_control(ins->op)) wr_instcombine_note_labels(f, ins);
    if (ins->op == WR_OP_DROP) {
        put_drop(f, ins);
    } else if (wr_exprs_arity(f->c->m, ins, &npop, &npush)) {
        put_plain(f, ins, npop, npush);
    } else if (ins->op == WR_OP_BR_IF) {
        put_br_if(f, ins);
    } else if (ins->op == WR_OP_BR_TABLE) {
        put_br_table(f, ins);
    } else if (wr_never_goes_on(ins->op)) {
        discard_lost(f, ins);
        append_statement(f, ins, 0);
        f->dead = true;
    } else {
        put_br_on(f, ins);
    }
}

// Handles instruction i of the input. Returns the last instruction that it has dealt with.
static uint32_t put(wr_instcombine *f, uint32_t i) {
    const wr_ins *ins = &f->body->ins[i];
    if (wr_begins_arm(ins->op)) return next_arm(f, i);
    if (ins->op == WR_OP_IF) return open_if(f, i);
    if (wr_opens_block(ins->op))
        open_block(f, ins, i);
    else if (wr_closes_block(ins->op))
        close_block(f, i);
    else if (f->dead)
        append_statement(f, ins, 0);
    else if (ins->op != WR_OP_NOP)
        put_live(f, ins);
    return i;
}

// Over the input, which no one needs any more, if there is room: cells take much memory already.
static void write_body(const wr_instcombine *f, wr_body *body) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < f->cells.n; i++) n += f->cells.v[i].ins.op != WR_OP_NOP;
    if (n > body->n) body->ins = WR_NEW(f->arena, wr_ins, n);
    body->n = 0;
    for (uint32_t i = 0; i < f->cells.n; i++)
        if (f->cells.v[i].ins.op != WR_OP_NOP) body->ins[body->n++] = f->cells.v[i].ins;
}

bool wr_edit_instcombine(wr_env *env, const wr_context *c, wr_body *body) {
    wr_instcombine f = {.arena = &env->temp, .c = c, .body = body, .statement = WR_NONE};
    wr_body_match_blocks(f.arena, body);
    f.local_bits = wr_known_bits_locals(f.arena, body);
    WR_RESERVE(f.arena, f.cells, (size_t)body->n + 16);
    wr_instcombine_frame outer = {
        .block = WR_NONE, .start = WR_NONE, .passes = wr_func_type(c->m, body->func)->nresults};
    wr_instcombine_begin_bounds(&f);
    wr_instcombine_open_bounds(&f, &outer, WR_OP_BLOCK);
    WR_PUSH(f.arena, f.frames, outer);
    for (uint32_t i = 0; i < body->n; i++) {
        if (!f.dead && is_leaf(body->ins[i].op))
            push_leaf(&f, &body->ins[i]);
        else
            i = put(&f, i);
    }
    if (f.changed) write_body(&f, body);
    return f.changed;
}
