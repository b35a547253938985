// Copy and constant propagation, in one forward walk over the structure of a body. A local that was set to a
// constant or to another local holds that value until one of the two is set again. Reads of such locals
// become the constant, where that is no longer, or read the local that had the value first. Sets to the value
// that a local has already are removed.
//
//   (local.set $y (local.get $x)) (call $f (local.get $y))
//     ->  (local.set $y (local.get $x)) (call $f (local.get $x))
//
// This is local value numbering: each local has the number of its value, 0 if nothing is known. Changes are
// logged per block: the second arm of an if starts with the changes of the first one undone; after a block
// that is branched to, and in a loop, nothing is known of the locals that change inside, except for constants
// and equal locals that a data-flow analysis finds (copy_propagation_reach.c). Work is limited: if blocks
// nest so deeply that it does not suffice, the rest stays as it is.
#include "copy_propagation.h"
#include "passes/peephole/instcombine.h"
#include "support/hash.h"

#define WORK_PER_INSTRUCTION 32

// --- Values ---

static uint32_t new_value(wr_copy_values *v, wr_copy_value what) {
    WR_PUSH(v->arena, v->values, what);
    return v->values.n - 1;
}

uint32_t wr_copy_constant(wr_copy_values *v, unsigned op, uint64_t bits) {
    uint64_t hash = wr_hash_word(op, bits);
    uint32_t number;
    WR_MAP_FIND(&v->constants, hash, number,
                v->values.v[number].op == op && v->values.v[number].bits == bits);
    if (number != WR_NONE) return number;
    number = new_value(v, (wr_copy_value){(uint16_t)op, bits, WR_NONE});
    wr_map_add(&v->constants, v->arena, hash, number);
    return number;
}

static unsigned const_op(wr_valtype type) {
    switch (type) {
    case WR_I32: return WR_OP_I32_CONST;
    case WR_I64: return WR_OP_I64_CONST;
    case WR_F32: return WR_OP_F32_CONST;
    case WR_F64: return WR_OP_F64_CONST;
    default: return WR_OP_NOP;
    }
}

uint32_t wr_copy_value_of(wr_copy_values *v, uint32_t local) {
    if (!v->value[local]) v->value[local] = new_value(v, (wr_copy_value){WR_OP_NOP, 0, local});
    return v->value[local];
}

// The value number of the result of instruction i, which precedes a set; 0 if it is not known.
static uint32_t value_left(wr_copy_values *v, uint32_t i) {
    const wr_ins *ins = &v->body->ins[i];
    if (wr_is_number_const(ins->op)) return wr_copy_constant(v, ins->op, ins->b);
    if (ins->op == WR_OP_LOCAL_GET || ins->op == WR_OP_LOCAL_TEE)
        return wr_copy_value_of(v, wr_ins_local(ins));
    return 0;
}

void wr_copy_set(wr_copy_values *v, uint32_t local, uint32_t number) {
    if (number && v->value[local] == number) return;
    wr_copy_change c = {local, v->value[local]};
    WR_PUSH(v->arena, v->log, c);
    v->value[local] = number;
    wr_copy_value *what = &v->values.v[number];
    if (number && (what->holder == WR_NONE || v->value[what->holder] != number)) what->holder = local;
}

// --- Blocks ---

// Keeps only the first change of each local in the log, so that blocks around this one have less to look at.
static void forget_since(wr_copy_values *v, uint32_t from) {
    uint32_t kept = from;
    v->work += v->log.n - from;
    v->nforgotten++;
    for (uint32_t i = from; i < v->log.n; i++) {
        uint32_t local = v->log.v[i].local;
        v->value[local] = 0;
        v->log.v[kept] = v->log.v[i];
        kept += v->forgotten[local] != v->nforgotten;
        v->forgotten[local] = v->nforgotten;
    }
    v->log.n = kept;
}

static void undo_since(wr_copy_values *v, uint32_t from) {
    v->work += v->log.n - from;
    for (uint32_t i = v->log.n; i-- > from;) v->value[v->log.v[i].local] = v->log.v[i].before;
}

static void enter_loop(wr_copy_values *v, uint32_t start) {
    uint32_t end = v->body->match[start];
    v->work += end - start;
    if (v->work > (uint64_t)WORK_PER_INSTRUCTION * v->body->n) return;
    for (uint32_t i = start; i < end; i++)
        if (v->body->ins[i].op == WR_OP_LOCAL_SET || v->body->ins[i].op == WR_OP_LOCAL_TEE)
            wr_copy_set(v, wr_ins_local(&v->body->ins[i]), 0);
}

static void enter(wr_copy_values *v, uint32_t i) {
    if (v->body->ins[i].op == WR_OP_LOOP) enter_loop(v, i);
    uint32_t *log = wr_walk_enter(&v->walk);
    *log = v->log.n;
}

static void next_arm(wr_copy_values *v, uint32_t i) {
    const uint32_t *log = wr_walk_state(&v->walk, 0);
    undo_since(v, *log);
    if (v->body->ins[i].op != WR_OP_ELSE) forget_since(v, *log);
}

// At the end of the if that starts at `start`, whose changes are logged from `log` on: if control flow
// reaches it from the first arm, forgets what the arms changed; otherwise continues with the state of the
// other path.
static void leave_if(wr_copy_values *v, uint32_t log, uint32_t start, uint32_t end) {
    uint32_t second = v->body->arm[start];
    if (!wr_never_goes_on(v->body->ins[second - 1].op))
        forget_since(v, log);
    else if (second == end)
        undo_since(v, log);
}

static void leave(wr_copy_values *v, uint32_t end) {
    const uint32_t *log = wr_walk_state(&v->walk, 0);
    uint32_t start = wr_walk_block(&v->walk, 0);
    if (start == WR_NONE) return;
    unsigned op = v->body->ins[start].op;
    if (op == WR_OP_LOOP || (op == WR_OP_BLOCK && !v->flow->targeted[start])) return;
    if (op == WR_OP_IF && !v->flow->targeted[start])
        leave_if(v, *log, start, end);
    else
        forget_since(v, *log);
}

// --- Instructions ---

// Whether reads of one local may read the other instead: both have the same type, and one that has a default,
// so that both are always set.
static bool may_stand_for(const wr_copy_values *v, uint32_t other, uint32_t local) {
    return v->types[other] == v->types[local] && wr_is_defaultable(v->types[local]) &&
           wr_uleb_size(other) <= wr_uleb_size(local);
}

static bool decides(unsigned op) {
    return op == WR_OP_IF || op == WR_OP_BR_IF || op == WR_OP_SELECT || op == WR_OP_SELECT_T;
}

// The constant operand that ends before instruction i, at *at; looks past what earlier steps removed.
static bool operand_before(const wr_copy_values *v, uint32_t i, uint32_t *at, uint64_t *bits) {
    const wr_ins *ins = v->body->ins;
    while (i > 0 && ins[i - 1].op == WR_OP_NOP) i--;
    if (i == 0) return false;
    *at = i - 1;
    *bits = ins[i - 1].b;
    if (wr_is_number_const(ins[i - 1].op)) return true;
    if (ins[i - 1].op != WR_OP_LOCAL_GET) return false;
    const wr_copy_value *what = &v->values.v[v->value[ins[i - 1].a]];
    *bits = what->bits;
    return v->value[ins[i - 1].a] && what->op != WR_OP_NOP;
}

// Evaluates one operation on the constant in instruction i, which has `size` bytes, if the result is a
// constant of no more bytes: it replaces the operation, and the operands are removed. Returns its place, or
// WR_NONE.
static uint32_t fold_operation(wr_copy_values *v, uint32_t i, uint64_t bits, size_t size) {
    wr_ins *ins = v->body->ins;
    uint32_t n = v->body->n, first = i, last = i + 1;
    uint64_t result, other;
    if (last >= n) return WR_NONE;
    bool ok = wr_opinfos[ins[last].op].npop == 1 && wr_eval_unary(ins[last].op, bits, &result);
    if (!ok && wr_is_number_const(ins[last].op) && last + 1 < n && wr_opinfos[ins[last + 1].op].npop == 2) {
        size += wr_ins_size(&ins[last], NULL);
        ok = wr_eval_binary(ins[last + 1].op, bits, ins[last].b, &result);
        last++;
    } else if (!ok && wr_opinfos[ins[last].op].npop == 2 && operand_before(v, i, &first, &other)) {
        size += wr_ins_size(&ins[first], NULL);
        ok = wr_eval_binary(ins[last].op, other, bits, &result);
    }
    if (!ok) return WR_NONE;
    wr_ins constant = {.op = (uint16_t)wr_instcombine_const_op(wr_opinfos[ins[last].op].push),
                       .b = result,
                       .origin = ins[last].origin};
    if (wr_ins_size(&constant, NULL) > size + 1) return WR_NONE;
    for (uint32_t k = first; k < last; k++) ins[k] = (wr_ins){.op = WR_OP_NOP};
    ins[last] = constant;
    return last;
}

// Handles a constant that is longer than the read of its local: uses it if an operation or a condition on it
// can be evaluated.
static void fold_long(wr_copy_values *v, uint32_t i, const wr_copy_value *what) {
    wr_ins *ins = v->body->ins;
    uint32_t at = fold_operation(v, i, what->bits, wr_ins_size(&ins[i], NULL));
    if (at == WR_NONE && what->op == WR_OP_I32_CONST && i + 1 < v->body->n && decides(ins[i + 1].op)) {
        ins[i] = (wr_ins){.op = WR_OP_I32_CONST, .b = what->bits != 0, .origin = ins[i].origin};
        v->any = true;
    }
    for (; at != WR_NONE; at = fold_operation(v, at, ins[at].b, wr_ins_size(&ins[at], NULL))) v->any = true;
}

static void get(wr_copy_values *v, uint32_t i) {
    wr_ins *ins = &v->body->ins[i];
    const wr_copy_value *what = &v->values.v[v->value[wr_ins_local(ins)]];
    if (!v->value[wr_ins_local(ins)]) return;
    if (what->op != WR_OP_NOP) {
        wr_ins constant = {.op = what->op, .b = what->bits, .origin = ins->origin};
        if (wr_ins_size(&constant, NULL) > wr_ins_size(ins, NULL)) {
            fold_long(v, i, what);
            return;
        }
        *ins = constant;
    } else {
        if (what->holder == wr_ins_local(ins) || v->value[what->holder] != v->value[wr_ins_local(ins)])
            return;
        if (!may_stand_for(v, what->holder, wr_ins_local(ins))) return;
        ins->a = what->holder;
    }
    v->any = true;
}

static void set(wr_copy_values *v, uint32_t i) {
    wr_ins *ins = &v->body->ins[i];
    uint32_t number = i ? value_left(v, i - 1) : 0;
    bool same =
        number && number == v->value[wr_ins_local(ins)] && wr_is_defaultable(v->types[wr_ins_local(ins)]);
    if (!same) {
        wr_copy_set(v, wr_ins_local(ins), number);
        return;
    }
    *ins = (wr_ins){.op = ins->op == WR_OP_LOCAL_SET ? WR_OP_DROP : WR_OP_NOP};
    v->any = true;
}

// At loops, arms and ends the walk forgets values; the analysis knows what holds there all the same.
static void control(wr_copy_values *v, uint32_t i) {
    unsigned op = v->body->ins[i].op;
    uint32_t block = v->flow->block_of[i], since = v->log.n;
    wr_walk_to(&v->walk, i);
    if (wr_opens_block(op)) {
        enter(v, i);
    } else if (wr_begins_arm(op) || wr_closes_block(op)) {
        since = *(const uint32_t *)wr_walk_state(&v->walk, 0);
        wr_begins_arm(op) ? next_arm(v, i) : leave(v, i);
    }
    if (v->reaching.in && v->flow->blocks.v[block].first == i) wr_copy_enter_block(v, block, since);
}

static void step(wr_copy_values *v, uint32_t i) {
    unsigned op = v->body->ins[i].op;
    if (op == WR_OP_LOCAL_GET)
        get(v, i);
    else if (wr_names_local(op))
        set(v, i);
    else if (wr_is_control(op))
        control(v, i);
}

static void begin(wr_copy_values *v) {
    v->value = WR_NEW0(v->arena, uint32_t, v->body->nlocals);
    v->forgotten = WR_NEW0(v->arena, uint32_t, v->body->nlocals);
    new_value(v, (wr_copy_value){.op = WR_OP_NOP, .holder = WR_NONE});
    for (uint32_t i = v->body->nparams; i < v->body->nlocals; i++)
        if (const_op(v->types[i]) != WR_OP_NOP) v->value[i] = wr_copy_constant(v, const_op(v->types[i]), 0);
}

bool wr_copy_propagation(wr_arena *arena, const wr_valtype *types, wr_body *body, const wr_cfg *flow) {
    wr_copy_values v = {.arena = arena, .types = types, .body = body, .flow = flow};
    wr_mark mark = wr_arena_mark(arena);
    begin(&v);
    v.walk = wr_walk_with(arena, body, sizeof(uint32_t));
    wr_copy_find_reaching(&v);
    for (uint32_t p = 0; p < flow->nplaces && v.work <= (uint64_t)WORK_PER_INSTRUCTION * body->n; p++)
        step(&v, flow->places[p]);
    wr_arena_release(arena, &mark);
    return v.any;
}
