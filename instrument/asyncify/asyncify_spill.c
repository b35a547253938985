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
// The first walk finds the operands and the calls, the second one writes the code. The second walk has for
// each operand where it is: on the stack, in a local, or not computed yet. Operands come back to the stack
// when an instruction takes them.
#include "analysis/typing.h"
#include "asyncify_parts.h"

enum { LONGEST_DELAYED = 16 }; // instructions of an operand that is computed later

// An operand: `below` is the one under it on the stack; the instructions first to last compute it, if first
// is not WR_NONE.
typedef struct operand {
    uint32_t below, depth, first, last;
    wr_valtype type;
    uint8_t wanted; // it is on the stack at a call that may be suspended: see enum
} operand;
enum { WANTED_AS_ARGUMENT = 1, WANTED_LATER = 2 };

typedef struct frame {
    uint32_t start;  // the instruction that opens it, WR_NONE for the body
    uint32_t base;   // the operand under it
    bool raw;        // opened where operands are unknown
    bool dead;       // opened in code that is never reached
    bool in_handler; // in a handler of exceptions
    bool has_points;
    uint32_t hidden; // second walk: operands of the frame below this depth are not on the stack
} frame;

enum { NO_POINT, POINT, POINT_IN_HANDLER };
enum { ON_STACK, IN_LOCAL, DELAYED };

typedef struct slot {
    uint8_t where;
    uint32_t what; // the local, or the operand
} slot;

typedef struct spilling {
    wr_async_work *w;
    wr_arena *arena;
    wr_body *body;
    wr_typer typer;
    WR_VEC(operand) operands; // operands.v[0] stands for the empty stack
    WR_VEC(frame) frames;
    uint32_t top;      // the operand on top
    bool dead;         // code here is never reached
    uint32_t *top_at;  // by instruction: the top in front of it
    uint32_t *low;     // by instruction: the depth below which it leaves operands alone
    uint8_t *raw;      // by instruction: operands are unknown, as in dead code
    uint8_t *point;    // by instruction
    uint8_t *with;     // by instruction that opens a block: it has calls in it that may be suspended
    uint32_t *delayed; // by instruction: the operand that begins here and is computed later, or 0
    // The second walk:
    WR_VEC(wr_ins) out;
    WR_VEC(slot) slots; // by depth
    wr_u32s reading;    // depths of delayed operands that read locals
    wr_async_points points;
} spilling;

// --- Operands ---

static uint32_t depth_of(const spilling *s, uint32_t top) { return s->operands.v[top].depth; }

static void push(spilling *s, wr_valtype type, uint32_t first, uint32_t last) {
    operand o = {
        .below = s->top, .depth = depth_of(s, s->top) + 1, .first = first, .last = last, .type = type};
    WR_PUSH(s->arena, s->operands, o);
    s->top = s->operands.n - 1;
}

static void pop_to(spilling *s, uint32_t depth) {
    while (depth_of(s, s->top) > depth) s->top = s->operands.v[s->top].below;
}

static frame *inner(spilling *s) { return &s->frames.v[s->frames.n - 1]; }
static uint32_t floor_of(const spilling *s) { return depth_of(s, s->frames.v[s->frames.n - 1].base); }

// Takes over what the typer has above the operand `base`.
static void take_types(spilling *s, uint32_t base) {
    s->top = base;
    if (s->typer.lost) return;
    for (uint32_t d = depth_of(s, base); d < s->typer.vals.n; d++)
        push(s, s->typer.vals.v[d], WR_NONE, WR_NONE);
}

static void want(spilling *s, uint32_t from, uint32_t above, uint8_t how) {
    for (; depth_of(s, from) > above && s->operands.v[from].wanted < how; from = s->operands.v[from].below)
        s->operands.v[from].wanted = how;
}

// --- The first walk ---

static bool calls_instrumented(const spilling *s, const wr_ins *ins) {
    return ins->op == WR_OP_CALL && s->w->reach->instrumented[wr_ins_func(ins)];
}

static void note_point(spilling *s, uint32_t i) {
    const wr_ins *ins = &s->body->ins[i];
    if (s->dead || !wr_async_may_suspend(s->w->reach, s->w->m, s->body->func, ins)) return;
    if (inner(s)->in_handler) {
        s->point[i] = POINT_IN_HANDLER;
        return;
    }
    wr_sig sig;
    if (!wr_typer_sig(&s->typer, ins, &sig))
        wr_async_refuse(s->w, "there are instructions before the call whose operands are not understood");
    s->point[i] = POINT;
    inner(s)->has_points = true;
    uint32_t under = depth_of(s, s->top) - sig.npop, arguments = s->top;
    want(s, arguments, under, calls_instrumented(s, ins) ? WANTED_AS_ARGUMENT : WANTED_LATER);
    while (depth_of(s, arguments) > under) arguments = s->operands.v[arguments].below;
    want(s, arguments, floor_of(s), WANTED_LATER);
}

static void open_frame(spilling *s, uint32_t i) {
    const wr_ins *ins = &s->body->ins[i];
    wr_block_sig sig;
    wr_typing_block_sig(s->w->m, ins, &sig);
    frame f = {.start = i, .raw = s->raw[i], .dead = s->dead, .in_handler = inner(s)->in_handler};
    if (!f.raw) pop_to(s, depth_of(s, s->top) - sig.nparams - (ins->op == WR_OP_IF));
    f.base = s->top;
    s->low[i] = depth_of(s, s->top);
    wr_typer_step(&s->typer, i);
    WR_PUSH(s->arena, s->frames, f);
    if (!f.raw) take_types(s, f.base);
}

static void next_arm(spilling *s, uint32_t i) {
    frame *f = inner(s);
    f->in_handler |= s->body->ins[i].op != WR_OP_ELSE;
    s->low[i] = depth_of(s, f->base);
    wr_typer_step(&s->typer, i);
    s->dead = f->dead;
    take_types(s, f->base);
}

static void close_frame(spilling *s, uint32_t i) {
    frame f = *inner(s);
    s->low[i] = depth_of(s, f.base);
    if (f.start == WR_NONE) return;
    wr_typer_step(&s->typer, i);
    s->frames.n--;
    s->dead = f.dead;
    take_types(s, f.base);
    s->with[f.start] = f.has_points;
    if (!f.has_points) return;
    inner(s)->has_points = true;
    want(s, f.base, floor_of(s), WANTED_LATER);
}

// What the label that br_if names takes along.
static uint32_t label_arity(const spilling *s, uint32_t label) {
    const frame *f = &s->frames.v[s->frames.n - 1 - label];
    if (f->start == WR_NONE) return wr_func_type(s->w->m, s->body->func)->nresults;
    wr_block_sig sig;
    wr_typing_block_sig(s->w->m, &s->body->ins[f->start], &sig);
    return s->body->ins[f->start].op == WR_OP_LOOP ? sig.nparams : sig.nresults;
}

// Branches, and instructions whose operands are not understood.
static void step_other(spilling *s, uint32_t i) {
    const wr_ins *ins = &s->body->ins[i];
    bool plain = ins->op == WR_OP_BR_IF && !s->raw[i] && label_arity(s, wr_ins_label(ins)) == 0;
    s->low[i] = plain ? depth_of(s, s->top) - 1 : floor_of(s);
    wr_typer_step(&s->typer, i);
    if (wr_never_goes_on(ins->op)) s->dead = true;
    if (plain)
        s->top = s->operands.v[s->top].below;
    else
        take_types(s, inner(s)->base);
}

static void step_plain(spilling *s, uint32_t i, const wr_sig *sig) {
    uint32_t first = i;
    for (uint32_t k = 0; k < sig->npop; k++) {
        first = s->operands.v[s->top].first;
        s->top = s->operands.v[s->top].below;
    }
    s->low[i] = depth_of(s, s->top);
    wr_typer_apply(&s->typer, sig);
    for (uint32_t k = 0; k < sig->npush; k++) push(s, sig->push[k], sig->npush == 1 ? first : WR_NONE, i);
}

static void study(spilling *s) {
    wr_sig sig;
    wr_typer_begin(&s->typer, s->arena, s->w->m, s->body);
    frame whole = {.start = WR_NONE};
    operand none = {0};
    WR_PUSH(s->arena, s->operands, none);
    WR_PUSH(s->arena, s->frames, whole);
    for (uint32_t i = 0; i < s->body->n; i++) {
        const wr_ins *ins = &s->body->ins[i];
        s->top_at[i] = s->top;
        s->raw[i] = s->dead || s->typer.lost;
        note_point(s, i);
        if (wr_opens_block(ins->op))
            open_frame(s, i);
        else if (wr_begins_arm(ins->op))
            next_arm(s, i);
        else if (wr_closes_block(ins->op))
            close_frame(s, i);
        else if (!s->raw[i] && !wr_is_control(ins->op) && wr_typer_sig(&s->typer, ins, &sig))
            step_plain(s, i, &sig);
        else
            step_other(s, i);
    }
    s->top_at[s->body->n] = s->top;
}

// --- What can be computed later ---

static bool is_harmless(const spilling *s, const wr_ins *ins) {
    if (ins->op == WR_OP_LOCAL_GET) return true;
    if (ins->op == WR_OP_GLOBAL_GET) return !s->w->m->globals[wr_ins_global(ins)].mutable;
    return wr_opinfos[ins->op].effects == 0;
}

// Whether the operand need not be computed where it is. What is saved for later should be no more than the
// operand itself would be, so it may read one local only.
static bool can_delay(const spilling *s, const operand *o) {
    uint32_t local = WR_NONE;
    if (o->first == WR_NONE || o->last - o->first >= LONGEST_DELAYED) return false;
    for (uint32_t i = o->first; i <= o->last; i++) {
        const wr_ins *ins = &s->body->ins[i];
        if (s->raw[i] || !is_harmless(s, ins)) return false;
        if (ins->op != WR_OP_LOCAL_GET) continue;
        if (o->wanted == WANTED_LATER && local != WR_NONE && local != wr_ins_local(ins)) return false;
        local = wr_ins_local(ins);
    }
    return true;
}

static void choose_delayed(spilling *s) {
    for (uint32_t k = 1; k < s->operands.n; k++)
        if (s->operands.v[k].wanted && can_delay(s, &s->operands.v[k]))
            s->delayed[s->operands.v[k].first] = k;
}

// --- The second walk ---

static void put(spilling *s, wr_ins ins) { WR_PUSH(s->arena, s->out, ins); }
static void put_local(spilling *s, wr_op op, uint32_t local) {
    put(s, (wr_ins){.op = (uint16_t)op, .a = local});
}

static wr_valtype type_at(const spilling *s, uint32_t i, uint32_t depth) {
    uint32_t k = s->top_at[i];
    while (depth_of(s, k) > depth + 1) k = s->operands.v[k].below;
    return s->operands.v[k].type;
}

// Stores what is on top of the stack; `i` is the instruction in front of which this is.
static void store(spilling *s, uint32_t depth, wr_valtype type) {
    uint32_t local = wr_async_add_local(s->w, type);
    put_local(s, WR_OP_LOCAL_SET, local);
    s->slots.v[depth] = (slot){IN_LOCAL, local};
}

static void put_delayed(spilling *s, uint32_t k) {
    const operand *o = &s->operands.v[k];
    for (uint32_t i = o->first; i <= o->last; i++) put(s, s->body->ins[i]);
}

static void bring(spilling *s, uint32_t depth) {
    slot *at = &s->slots.v[depth];
    if (at->where == IN_LOCAL)
        put_local(s, WR_OP_LOCAL_GET, at->what);
    else
        put_delayed(s, at->what);
    at->where = ON_STACK;
}

// Takes all operands of the frame off the stack, in front of instruction i.
static void hide_all(spilling *s, uint32_t i) {
    uint32_t height = s->slots.n, k = s->top_at[i];
    for (uint32_t d = height; d-- > inner(s)->hidden; k = s->operands.v[k].below)
        if (s->slots.v[d].where == ON_STACK) store(s, d, s->operands.v[k].type);
    inner(s)->hidden = height;
}

// Brings the operands from this depth on back to the stack.
static void show(spilling *s, uint32_t i, uint32_t from) {
    uint32_t height = s->slots.n, low = from;
    while (low < height && s->slots.v[low].where == ON_STACK) low++;
    if (low == height) return;
    for (uint32_t d = height; d-- > low + 1;)
        if (s->slots.v[d].where == ON_STACK) store(s, d, type_at(s, i, d));
    for (uint32_t d = low; d < height; d++) bring(s, d);
    if (inner(s)->hidden > low) inner(s)->hidden = low;
}

static bool reads_local(const spilling *s, const operand *o, uint32_t local) {
    for (uint32_t i = o->first; i <= o->last; i++)
        if (s->body->ins[i].op == WR_OP_LOCAL_GET &&
            (local == WR_NONE || wr_ins_local(&s->body->ins[i]) == local))
            return true;
    return false;
}

// Computes the delayed operands that read this local, or any with WR_NONE, before that changes.
static void settle(spilling *s, uint32_t local) {
    uint32_t n = 0;
    for (uint32_t k = 0; k < s->reading.n; k++) {
        uint32_t depth = s->reading.v[k];
        if (depth >= s->slots.n || s->slots.v[depth].where != DELAYED) continue;
        const operand *o = &s->operands.v[s->slots.v[depth].what];
        if (!reads_local(s, o, local)) {
            s->reading.v[n++] = depth;
            continue;
        }
        put_delayed(s, s->slots.v[depth].what);
        store(s, depth, o->type);
    }
    s->reading.n = n;
}

static void delay(spilling *s, uint32_t k) {
    slot at = {DELAYED, k};
    if (reads_local(s, &s->operands.v[k], WR_NONE)) WR_PUSH(s->arena, s->reading, s->slots.n);
    WR_PUSH(s->arena, s->slots, at);
}

// The operands above `low` are those behind instruction i, all on the stack.
static void set_slots(spilling *s, uint32_t low, uint32_t i) {
    uint32_t height = depth_of(s, s->top_at[i + 1]);
    slot at = {ON_STACK, 0};
    s->slots.n = low;
    while (s->slots.n < height) WR_PUSH(s->arena, s->slots, at);
    if (inner(s)->hidden > low) inner(s)->hidden = low;
}

static void add_point(spilling *s, uint32_t cut, const wr_ins *ins, bool in_handler) {
    wr_async_point p = {
        .cut = cut, .call = s->out.n - 1, .replayed = !calls_instrumented(s, ins), .in_handler = in_handler};
    WR_PUSH(s->arena, s->w->points, p);
    s->w->nresumable += !in_handler;
}

static void write_call(spilling *s, uint32_t i) {
    hide_all(s, i);
    uint32_t cut = s->out.n;
    show(s, i, s->low[i]);
    put(s, s->body->ins[i]);
    add_point(s, cut, &s->body->ins[i], false);
}

// Takes operands off the stack that wait under a block with calls that may be suspended.
static void clear_under_block(spilling *s, uint32_t i) {
    wr_block_sig sig;
    wr_typing_block_sig(s->w->m, &s->body->ins[i], &sig);
    if (sig.nparams) wr_async_refuse(s->w, "a block around the call has parameters");
    bool any = false;
    for (uint32_t d = inner(s)->hidden; d < s->low[i]; d++) any |= s->slots.v[d].where == ON_STACK;
    if (any) hide_all(s, i);
}

static void write_open(spilling *s, uint32_t i) {
    if (!s->raw[i]) {
        settle(s, WR_NONE);
        if (s->with[i]) clear_under_block(s, i);
        show(s, i, s->low[i]);
    }
    put(s, s->body->ins[i]);
    frame f = {.start = i, .hidden = s->low[i]};
    WR_PUSH(s->arena, s->frames, f);
}

static void write_other(spilling *s, uint32_t i) {
    const wr_ins *ins = &s->body->ins[i];
    if (!s->raw[i]) {
        if (ins->op == WR_OP_LOCAL_SET || ins->op == WR_OP_LOCAL_TEE) settle(s, wr_ins_local(ins));
        show(s, i, s->low[i]);
    }
    put(s, *ins);
    if (s->point[i] == POINT_IN_HANDLER) add_point(s, s->out.n - 1, ins, true);
    if (wr_closes_block(ins->op) && s->frames.n > 1) s->frames.n--;
}

static void write_body(spilling *s) {
    s->frames.n = 1;
    inner(s)->hidden = 0;
    for (uint32_t i = 0; i < s->body->n; i++) {
        if (s->delayed[i]) {
            delay(s, s->delayed[i]);
            i = s->operands.v[s->delayed[i]].last;
            continue;
        }
        if (s->point[i] == POINT)
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
static void unfold_tail_calls(spilling *s) {
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
    spilling s = {.w = w, .arena = w->arena, .body = w->body};
    unfold_tail_calls(&s);
    uint32_t n = s.body->n;
    s.top_at = WR_NEW(s.arena, uint32_t, (size_t)n + 1);
    s.low = WR_NEW0(s.arena, uint32_t, n);
    s.raw = WR_NEW0(s.arena, uint8_t, n);
    s.point = WR_NEW0(s.arena, uint8_t, n);
    s.with = WR_NEW0(s.arena, uint8_t, n);
    s.delayed = WR_NEW0(s.arena, uint32_t, n);
    study(&s);
    choose_delayed(&s);
    write_body(&s);
    s.body->ins = s.out.v;
    s.body->n = s.out.n;
}
