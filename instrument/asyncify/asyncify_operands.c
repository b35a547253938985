// The first walk of spilling (see asyncify_spill.c): finds the operands of a body and which instructions
// compute each, the calls that may be suspended, the operands that wait on the stack at such calls, and those
// of them that can be computed later instead.
#include "asyncify_spill.h"

enum { LONGEST_DELAYED = 16 }; // instructions of an operand that is computed later

// --- Operands ---

static void push(wr_async_spilling *s, wr_valtype type, uint32_t first, uint32_t last) {
    wr_async_operand o = {
        .below = s->top, .depth = wr_async_depth(s, s->top) + 1, .first = first, .last = last, .type = type};
    WR_PUSH(s->arena, s->operands, o);
    s->top = s->operands.n - 1;
}

static void pop_to(wr_async_spilling *s, uint32_t depth) {
    while (wr_async_depth(s, s->top) > depth) s->top = s->operands.v[s->top].below;
}

static uint32_t floor_of(const wr_async_spilling *s) {
    return wr_async_depth(s, s->frames.v[s->frames.n - 1].base);
}

// Takes over what the typer has above the operand `base`.
static void take_types(wr_async_spilling *s, uint32_t base) {
    s->top = base;
    if (s->typer.lost) return;
    for (uint32_t d = wr_async_depth(s, base); d < s->typer.vals.n; d++)
        push(s, s->typer.vals.v[d], WR_NONE, WR_NONE);
}

static void want(wr_async_spilling *s, uint32_t from, uint32_t above, uint8_t how) {
    for (; wr_async_depth(s, from) > above && s->operands.v[from].wanted < how;
         from = s->operands.v[from].below)
        s->operands.v[from].wanted = how;
}

// --- The first walk ---

static void note_point(wr_async_spilling *s, uint32_t i) {
    const wr_ins *ins = &s->body->ins[i];
    if (s->dead || !wr_async_may_suspend(s->w->reach, s->w->m, s->body->func, ins)) return;
    if (wr_async_inner(s)->in_handler) {
        s->point[i] = WR_POINT_IN_HANDLER;
        return;
    }
    wr_sig sig;
    if (!wr_typer_sig(&s->typer, ins, &sig))
        wr_async_refuse(s->w, "there are instructions before the call whose operands are not understood");
    s->point[i] = WR_POINT;
    wr_async_inner(s)->has_points = true;
    uint32_t under = wr_async_depth(s, s->top) - sig.npop, arguments = s->top;
    want(s, arguments, under, wr_async_calls_instrumented(s, ins) ? WR_WANTED_AS_ARGUMENT : WR_WANTED_LATER);
    while (wr_async_depth(s, arguments) > under) arguments = s->operands.v[arguments].below;
    want(s, arguments, floor_of(s), WR_WANTED_LATER);
}

static void open_frame(wr_async_spilling *s, uint32_t i) {
    const wr_ins *ins = &s->body->ins[i];
    wr_block_sig sig;
    wr_typing_block_sig(s->w->m, ins, &sig);
    wr_async_frame f = {
        .start = i, .raw = s->raw[i], .dead = s->dead, .in_handler = wr_async_inner(s)->in_handler};
    if (!f.raw) pop_to(s, wr_async_depth(s, s->top) - sig.nparams - (ins->op == WR_OP_IF));
    f.base = s->top;
    s->low[i] = wr_async_depth(s, s->top);
    wr_typer_step(&s->typer, i);
    WR_PUSH(s->arena, s->frames, f);
    if (!f.raw) take_types(s, f.base);
}

static void next_arm(wr_async_spilling *s, uint32_t i) {
    wr_async_frame *f = wr_async_inner(s);
    f->in_handler |= s->body->ins[i].op != WR_OP_ELSE;
    s->low[i] = wr_async_depth(s, f->base);
    wr_typer_step(&s->typer, i);
    s->dead = f->dead;
    take_types(s, f->base);
}

static void close_frame(wr_async_spilling *s, uint32_t i) {
    wr_async_frame f = *wr_async_inner(s);
    s->low[i] = wr_async_depth(s, f.base);
    if (f.start == WR_NONE) return;
    wr_typer_step(&s->typer, i);
    s->frames.n--;
    s->dead = f.dead;
    take_types(s, f.base);
    s->with[f.start] = f.has_points;
    if (!f.has_points) return;
    wr_async_inner(s)->has_points = true;
    want(s, f.base, floor_of(s), WR_WANTED_LATER);
}

// What the label that br_if names takes along.
static uint32_t label_arity(const wr_async_spilling *s, uint32_t label) {
    const wr_async_frame *f = &s->frames.v[s->frames.n - 1 - label];
    if (f->start == WR_NONE) return wr_func_type(s->w->m, s->body->func)->nresults;
    wr_block_sig sig;
    wr_typing_block_sig(s->w->m, &s->body->ins[f->start], &sig);
    return s->body->ins[f->start].op == WR_OP_LOOP ? sig.nparams : sig.nresults;
}

// Branches, and instructions whose operands are not understood.
static void step_other(wr_async_spilling *s, uint32_t i) {
    const wr_ins *ins = &s->body->ins[i];
    bool plain = ins->op == WR_OP_BR_IF && !s->raw[i] && label_arity(s, wr_ins_label(ins)) == 0;
    s->low[i] = plain ? wr_async_depth(s, s->top) - 1 : floor_of(s);
    wr_typer_step(&s->typer, i);
    if (wr_never_goes_on(ins->op)) s->dead = true;
    if (plain)
        s->top = s->operands.v[s->top].below;
    else
        take_types(s, wr_async_inner(s)->base);
}

static void step_plain(wr_async_spilling *s, uint32_t i, const wr_sig *sig) {
    uint32_t first = i;
    for (uint32_t k = 0; k < sig->npop; k++) {
        first = s->operands.v[s->top].first;
        s->top = s->operands.v[s->top].below;
    }
    s->low[i] = wr_async_depth(s, s->top);
    wr_typer_apply(&s->typer, sig);
    for (uint32_t k = 0; k < sig->npush; k++) push(s, sig->push[k], sig->npush == 1 ? first : WR_NONE, i);
}

// --- What can be computed later ---

static bool is_harmless(const wr_async_spilling *s, const wr_ins *ins) {
    if (ins->op == WR_OP_LOCAL_GET) return true;
    if (ins->op == WR_OP_GLOBAL_GET) return !s->w->m->globals[wr_ins_global(ins)].mutable;
    return wr_opinfos[ins->op].effects == 0;
}

// Whether the operand need not be computed where it is. What is saved for later should be no more than the
// operand itself would be, so it may read one local only.
static bool can_delay(const wr_async_spilling *s, const wr_async_operand *o) {
    uint32_t local = WR_NONE;
    if (o->first == WR_NONE || o->last - o->first >= LONGEST_DELAYED) return false;
    for (uint32_t i = o->first; i <= o->last; i++) {
        const wr_ins *ins = &s->body->ins[i];
        if (s->raw[i] || !is_harmless(s, ins)) return false;
        if (ins->op != WR_OP_LOCAL_GET) continue;
        if (o->wanted == WR_WANTED_LATER && local != WR_NONE && local != wr_ins_local(ins)) return false;
        local = wr_ins_local(ins);
    }
    return true;
}

static void choose_delayed(wr_async_spilling *s) {
    for (uint32_t k = 1; k < s->operands.n; k++)
        if (s->operands.v[k].wanted && can_delay(s, &s->operands.v[k]))
            s->delayed[s->operands.v[k].first] = k;
}

// --- All ---

void wr_async_find_operands(wr_async_spilling *s) {
    wr_sig sig;
    wr_typer_begin(&s->typer, s->arena, s->w->m, s->body);
    wr_async_frame whole = {.start = WR_NONE};
    wr_async_operand none = {0};
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
    choose_delayed(s);
}
