// Where rewinding enters a body, no operand may be on the stack, so operands that wait there while a call is
// suspended have to be in locals: those below the call's own arguments, those below a block that has such a
// call in it, and the arguments themselves, which are computed in front of the place to enter.
//
//   (i32.add (i32.load (local.get 0)) (call $f (i32.load (local.get 1)) (i32.const 3)))   =>
//
//   (local.set $t (i32.load (local.get 0)))
//   (local.set $u (i32.load (local.get 1)))
//   ;; rewinding enters here
//   (call $f (local.get $u) (i32.const 3))
//   (local.set $v)
//   (i32.add (local.get $t) (local.get $v))
//
// An operand that can be computed later as well (of constants, locals and pure arithmetic, like the 3 above)
// is not stored, but computed where it is used. It must not trap, since arguments are computed from arbitrary
// values when a call is rewound whose callee restores its own parameters.
//
// A first walk has found the operands and the calls (asyncify_operands.c); here the code is written. For each
// operand the walk knows where it is: on the stack, in a local, or not computed yet. Operands come back to
// the stack when an instruction takes them.
#include "asyncify_spill.h"

// --- Operands on their way ---

static void put(wr_async_spilling *s, wr_ins ins) { WR_PUSH(s->arena, s->out, ins); }
static void put_local(wr_async_spilling *s, wr_op op, uint32_t local) {
    put(s, (wr_ins){.op = (uint16_t)op, .a = local});
}

static wr_valtype type_at(const wr_async_spilling *s, uint32_t i, uint32_t depth) {
    uint32_t k = s->top_at[i];
    while (wr_async_depth(s, k) > depth + 1) k = s->operands.v[k].below;
    return s->operands.v[k].type;
}

// Stores what is on top of the stack; `i` is the instruction in front of which this is.
static void store(wr_async_spilling *s, uint32_t depth, wr_valtype type) {
    uint32_t local = wr_async_add_local(s->w, type);
    put_local(s, WR_OP_LOCAL_SET, local);
    s->slots.v[depth] = (wr_async_slot){WR_IN_LOCAL, local};
}

static void put_delayed(wr_async_spilling *s, uint32_t k) {
    const wr_async_operand *o = &s->operands.v[k];
    for (uint32_t i = o->first; i <= o->last; i++) put(s, s->body->ins[i]);
}

static void bring(wr_async_spilling *s, uint32_t depth) {
    wr_async_slot *at = &s->slots.v[depth];
    if (at->where == WR_IN_LOCAL)
        put_local(s, WR_OP_LOCAL_GET, at->what);
    else
        put_delayed(s, at->what);
    at->where = WR_ON_STACK;
}

// Takes all operands of the frame off the stack, in front of instruction i.
static void hide_all(wr_async_spilling *s, uint32_t i) {
    uint32_t height = s->slots.n, k = s->top_at[i];
    for (uint32_t d = height; d-- > wr_async_inner(s)->hidden; k = s->operands.v[k].below)
        if (s->slots.v[d].where == WR_ON_STACK) store(s, d, s->operands.v[k].type);
    wr_async_inner(s)->hidden = height;
}

// Brings the operands from this depth on back to the stack.
static void show(wr_async_spilling *s, uint32_t i, uint32_t from) {
    uint32_t height = s->slots.n, low = from;
    while (low < height && s->slots.v[low].where == WR_ON_STACK) low++;
    if (low == height) return;
    for (uint32_t d = height; d-- > low + 1;)
        if (s->slots.v[d].where == WR_ON_STACK) store(s, d, type_at(s, i, d));
    for (uint32_t d = low; d < height; d++) bring(s, d);
    if (wr_async_inner(s)->hidden > low) wr_async_inner(s)->hidden = low;
}

static bool reads_local(const wr_async_spilling *s, const wr_async_operand *o, uint32_t local) {
    for (uint32_t i = o->first; i <= o->last; i++)
        if (s->body->ins[i].op == WR_OP_LOCAL_GET &&
            (local == WR_NONE || wr_ins_local(&s->body->ins[i]) == local))
            return true;
    return false;
}

// Computes the delayed operands that read this local, or any with WR_NONE, before that changes.
static void settle(wr_async_spilling *s, uint32_t local) {
    uint32_t n = 0;
    for (uint32_t k = 0; k < s->reading.n; k++) {
        uint32_t depth = s->reading.v[k];
        if (depth >= s->slots.n || s->slots.v[depth].where != WR_DELAYED) continue;
        const wr_async_operand *o = &s->operands.v[s->slots.v[depth].what];
        if (!reads_local(s, o, local)) {
            s->reading.v[n++] = depth;
            continue;
        }
        put_delayed(s, s->slots.v[depth].what);
        store(s, depth, o->type);
    }
    s->reading.n = n;
}

static void delay(wr_async_spilling *s, uint32_t k) {
    wr_async_slot at = {WR_DELAYED, k};
    if (reads_local(s, &s->operands.v[k], WR_NONE)) WR_PUSH(s->arena, s->reading, s->slots.n);
    WR_PUSH(s->arena, s->slots, at);
}

// The operands above `low` are those behind instruction i, all on the stack.
static void set_slots(wr_async_spilling *s, uint32_t low, uint32_t i) {
    uint32_t height = wr_async_depth(s, s->top_at[i + 1]);
    wr_async_slot at = {WR_ON_STACK, 0};
    s->slots.n = low;
    while (s->slots.n < height) WR_PUSH(s->arena, s->slots, at);
    if (wr_async_inner(s)->hidden > low) wr_async_inner(s)->hidden = low;
}

static void add_point(wr_async_spilling *s, uint32_t cut, const wr_ins *ins, bool in_handler) {
    wr_async_point p = {.cut = cut,
                        .call = s->out.n - 1,
                        .replayed = !wr_async_calls_instrumented(s, ins),
                        .in_handler = in_handler};
    WR_PUSH(s->arena, s->w->points, p);
    s->w->nresumable += !in_handler;
}

static void write_call(wr_async_spilling *s, uint32_t i) {
    hide_all(s, i);
    uint32_t cut = s->out.n;
    show(s, i, s->low[i]);
    put(s, s->body->ins[i]);
    add_point(s, cut, &s->body->ins[i], false);
}

// Takes operands off the stack that wait under a block with calls that may be suspended.
static void clear_under_block(wr_async_spilling *s, uint32_t i) {
    bool any = false;
    for (uint32_t d = wr_async_inner(s)->hidden; d < s->low[i]; d++)
        any |= s->slots.v[d].where == WR_ON_STACK;
    if (any) hide_all(s, i);
}

static void write_open(wr_async_spilling *s, uint32_t i) {
    if (!s->raw[i]) {
        settle(s, WR_NONE);
        if (s->with[i]) clear_under_block(s, i);
        show(s, i, s->low[i]);
    }
    put(s, s->body->ins[i]);
    wr_async_frame f = {.start = i, .hidden = s->low[i]};
    WR_PUSH(s->arena, s->frames, f);
}

static void write_other(wr_async_spilling *s, uint32_t i) {
    const wr_ins *ins = &s->body->ins[i];
    if (!s->raw[i]) {
        if (ins->op == WR_OP_LOCAL_SET || ins->op == WR_OP_LOCAL_TEE) settle(s, wr_ins_local(ins));
        show(s, i, s->low[i]);
    }
    put(s, *ins);
    if (s->point[i] == WR_POINT_IN_HANDLER) add_point(s, s->out.n - 1, ins, true);
    if (wr_closes_block(ins->op) && s->frames.n > 1) s->frames.n--;
}

static void write_body(wr_async_spilling *s) {
    s->frames.n = 1;
    wr_async_inner(s)->hidden = 0;
    for (uint32_t i = 0; i < s->body->n; i++) {
        if (s->delayed[i]) {
            delay(s, s->delayed[i]);
            i = s->operands.v[s->delayed[i]].last;
            continue;
        }
        if (s->point[i] == WR_POINT)
            write_call(s, i);
        else if (wr_opens_block(s->body->ins[i].op))
            write_open(s, i);
        else
            write_other(s, i);
        set_slots(s, s->low[i], i);
    }
}

// --- All ---

// A tail call that may be suspended becomes a call and a return: a frame that is gone can't be rewound.
static void unfold_tail_calls(wr_async_spilling *s) {
    WR_VEC(wr_ins) out = {0};
    for (uint32_t i = 0; i < s->body->n; i++) {
        wr_ins ins = s->body->ins[i];
        bool unfold =
            wr_is_tail_call(ins.op) && wr_async_may_suspend(s->w->reach, s->w->m, s->body->func, &ins);
        if (unfold)
            ins.op = ins.op == WR_OP_RETURN_CALL            ? WR_OP_CALL
                     : ins.op == WR_OP_RETURN_CALL_INDIRECT ? WR_OP_CALL_INDIRECT
                                                            : WR_OP_CALL_REF;
        WR_PUSH(s->arena, out, ins);
        ins = (wr_ins){.op = WR_OP_RETURN, .origin = ins.origin};
        if (unfold) WR_PUSH(s->arena, out, ins);
    }
    s->body->ins = out.v;
    s->body->n = out.n;
}

void wr_async_spill(wr_async_work *w) {
    wr_async_spilling s = {.w = w, .arena = w->arena, .body = w->body};
    unfold_tail_calls(&s);
    uint32_t n = s.body->n;
    s.top_at = WR_NEW(s.arena, uint32_t, (size_t)n + 1);
    s.low = WR_NEW0(s.arena, uint32_t, n);
    s.raw = WR_NEW0(s.arena, uint8_t, n);
    s.point = WR_NEW0(s.arena, uint8_t, n);
    s.with = WR_NEW0(s.arena, uint8_t, n);
    s.delayed = WR_NEW0(s.arena, uint32_t, n);
    wr_async_find_operands(&s);
    write_body(&s);
    s.body->ins = s.out.v;
    s.body->n = s.out.n;
}
