// Walks over a valid body and keeps the types of its operand stack. See typing.h.
#include "typing_parts.h"

const wr_valtype *wr_typing_locals(wr_arena *arena, const wr_module *m, const wr_body *body) {
    wr_valtype *types = WR_NEW(arena, wr_valtype, body->nlocals);
    uint32_t n = body->nparams;
    if (n) memcpy(types, wr_func_type(m, body->func)->values, n * sizeof *types);
    for (uint32_t i = 0; i < body->runs.n; i++)
        for (uint32_t k = 0; k < body->runs.v[i].n; k++) types[n++] = body->runs.v[i].type;
    return types;
}

void wr_typer_begin(wr_typer *t, wr_arena *arena, const wr_module *m, const wr_body *body) {
    *t = (wr_typer){.arena = arena, .m = m, .body = body, .locals = wr_typing_locals(arena, m, body)};
    wr_typed_frame frame = {.start = WR_NONE};
    WR_PUSH(arena, t->frames, frame);
}

// --- Signatures ---

static wr_valtype address_type(const wr_module *m, uint32_t memory) {
    return m->memories[memory].limits.is64 ? WR_I64 : WR_I32;
}

static void set_sig(wr_sig *sig, uint32_t npop, uint32_t npush) {
    sig->pop = sig->store;
    sig->npop = npop;
    sig->push = sig->store + 4;
    sig->npush = npush;
}

static void table_sig(const wr_typer *t, const wr_ins *ins, const wr_opinfo *info, wr_sig *sig) {
    set_sig(sig, info->npop, info->npush);
    bool is_memory = wr_is_memarg(info->imm) || info->imm == WR_IMM_MEMORY;
    wr_valtype address = is_memory ? address_type(t->m, wr_ins_memory(ins)) : WR_I32;
    for (uint32_t i = 0; i < info->npop; i++)
        sig->store[i] = info->pop[i] == WR_SIG_ADDRESS ? address : info->pop[i];
    sig->store[4] = info->push == WR_SIG_ADDRESS ? address : info->push;
}

static void call_sig(const wr_type *type, wr_sig *sig) {
    *sig = (wr_sig){.pop = type->values,
                    .npop = type->nparams,
                    .push = type->values + type->nparams,
                    .npush = type->nresults};
}

// The parameters' types, then the index, which is an operand too.
static bool call_indirect_sig(const wr_typer *t, const wr_ins *ins, wr_sig *sig) {
    const wr_type *type = &t->m->types[wr_ins_type(ins)];
    uint32_t n = type->nparams;
    wr_valtype *pops = sig->store;
    if (n + 1 > 4) pops = WR_NEW(t->arena, wr_valtype, n + 1);
    if (n) memcpy(pops, type->values, n * sizeof *pops);
    pops[n] = t->m->tables[wr_ins_table(ins)].limits.is64 ? WR_I64 : WR_I32;
    sig->pop = pops;
    sig->npop = n + 1;
    sig->push = type->values + n;
    sig->npush = type->nresults;
    return true;
}

static bool bulk_sig(const wr_typer *t, const wr_ins *ins, wr_sig *sig) {
    set_sig(sig, 3, 0);
    wr_valtype *pop = sig->store;
    if (ins->op == WR_OP_MEMORY_INIT) {
        pop[0] = address_type(t->m, wr_ins_memory(ins));
        pop[1] = pop[2] = WR_I32;
        return true;
    }
    pop[0] = address_type(t->m, ins->a);
    pop[1] = address_type(t->m, (uint32_t)ins->b);
    pop[2] = pop[0] == WR_I64 && pop[1] == WR_I64 ? WR_I64 : WR_I32;
    return true;
}

wr_valtype wr_typing_top(const wr_typer *t, uint32_t depth) {
    uint32_t floor = t->frames.v[t->frames.n - 1].height;
    return t->vals.n > floor + depth ? t->vals.v[t->vals.n - 1 - depth] : WR_BOTTOM;
}

static bool select_sig(const wr_typer *t, wr_valtype type, wr_sig *sig) {
    set_sig(sig, 3, 1);
    if (type == WR_BOTTOM) type = wr_typing_top(t, 2);
    sig->store[0] = sig->store[1] = sig->store[4] = type;
    sig->store[2] = WR_I32;
    return type != WR_BOTTOM;
}

static bool one_sig(wr_sig *sig, wr_valtype pop, wr_valtype push) {
    set_sig(sig, pop != WR_BOTTOM, push != WR_BOTTOM);
    sig->store[0] = pop;
    sig->store[4] = push;
    return true;
}

bool wr_typer_sig(const wr_typer *t, const wr_ins *ins, wr_sig *sig) {
    const wr_opinfo *info = &wr_opinfos[ins->op];
    if (t->lost) return false;
    if (!info->custom) {
        table_sig(t, ins, info, sig);
        return true;
    }
    switch (ins->op) {
    case WR_OP_LOCAL_GET: return one_sig(sig, WR_BOTTOM, t->locals[wr_ins_local(ins)]);
    case WR_OP_LOCAL_SET: return one_sig(sig, t->locals[wr_ins_local(ins)], WR_BOTTOM);
    case WR_OP_LOCAL_TEE: return one_sig(sig, t->locals[wr_ins_local(ins)], t->locals[wr_ins_local(ins)]);
    case WR_OP_GLOBAL_GET: return one_sig(sig, WR_BOTTOM, t->m->globals[wr_ins_global(ins)].type);
    case WR_OP_GLOBAL_SET: return one_sig(sig, t->m->globals[wr_ins_global(ins)].type, WR_BOTTOM);
    case WR_OP_CALL: call_sig(wr_func_type(t->m, wr_ins_func(ins)), sig); return true;
    case WR_OP_CALL_INDIRECT: return call_indirect_sig(t, ins, sig);
    case WR_OP_DROP: return wr_typing_top(t, 0) != WR_BOTTOM && one_sig(sig, wr_typing_top(t, 0), WR_BOTTOM);
    case WR_OP_SELECT: return select_sig(t, wr_typing_top(t, 1), sig);
    case WR_OP_SELECT_T: return ins->a == 1 && select_sig(t, t->body->ext.v[ins->b], sig);
    case WR_OP_MEMORY_INIT:
    case WR_OP_MEMORY_COPY: return bulk_sig(t, ins, sig);
    default: return wr_typing_ref_sig(t, ins, sig);
    }
}

void wr_typing_block_sig(const wr_module *m, const wr_ins *ins, wr_block_sig *sig) {
    *sig = (wr_block_sig){.single = ins->a};
    if (ins->x == WR_BLOCK_TYPE) {
        const wr_type *type = &m->types[wr_ins_block_type(ins)];
        *sig = (wr_block_sig){type->values, type->values + type->nparams, type->nparams, type->nresults, 0};
    } else if (ins->x == WR_BLOCK_VALUE) {
        sig->results = &sig->single;
        sig->nresults = 1;
    }
}

// --- Steps ---

static void pop_n(wr_typer *t, uint32_t n) {
    uint32_t floor = t->frames.v[t->frames.n - 1].height;
    t->vals.n = t->vals.n >= floor + n ? t->vals.n - n : floor;
}

static void push_all(wr_typer *t, const wr_valtype *types, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) WR_PUSH(t->arena, t->vals, types[i]);
}

static void open_block(wr_typer *t, uint32_t i) {
    wr_block_sig sig;
    wr_typing_block_sig(t->m, &t->body->ins[i], &sig);
    wr_typed_frame frame = {.start = i, .is_dead = t->lost};
    if (!t->lost) pop_n(t, sig.nparams + (t->body->ins[i].op == WR_OP_IF));
    frame.height = t->vals.n;
    WR_PUSH(t->arena, t->frames, frame);
    push_all(t, sig.params, sig.nparams);
}

// Resets the stack for the next arm. The operands that a catch receives are left unknown.
static void next_arm(wr_typer *t, uint32_t i) {
    wr_typed_frame *frame = &t->frames.v[t->frames.n - 1];
    wr_block_sig sig;
    t->vals.n = frame->height;
    t->lost = frame->is_dead || t->body->ins[i].op == WR_OP_CATCH;
    wr_typing_block_sig(t->m, &t->body->ins[frame->start], &sig);
    if (t->body->ins[i].op == WR_OP_ELSE) push_all(t, sig.params, sig.nparams);
}

static void close_block(wr_typer *t) {
    wr_typed_frame frame = t->frames.v[t->frames.n - 1];
    if (frame.start == WR_NONE) return;
    wr_block_sig sig;
    wr_typing_block_sig(t->m, &t->body->ins[frame.start], &sig);
    t->frames.n--;
    t->vals.n = frame.height;
    t->lost = frame.is_dead;
    push_all(t, sig.results, sig.nresults);
}

void wr_typer_apply(wr_typer *t, const wr_sig *sig) {
    pop_n(t, sig->npop);
    push_all(t, sig->push, sig->npush);
}

// The values that a conditional branch leaves have the label's types, which may be less precise than their
// own.
static void pass_branch(wr_typer *t, uint32_t label) {
    const wr_typed_frame *frame = &t->frames.v[t->frames.n - 1 - label];
    wr_block_sig sig;
    pop_n(t, 1);
    if (t->lost) return;
    if (frame->start == WR_NONE) {
        const wr_type *type = wr_func_type(t->m, t->body->func);
        pop_n(t, type->nresults);
        push_all(t, type->values + type->nparams, type->nresults);
        return;
    }
    const wr_ins *start = &t->body->ins[frame->start];
    bool is_loop = start->op == WR_OP_LOOP;
    wr_typing_block_sig(t->m, start, &sig);
    pop_n(t, is_loop ? sig.nparams : sig.nresults);
    push_all(t, is_loop ? sig.params : sig.results, is_loop ? sig.nparams : sig.nresults);
}

void wr_typer_step(wr_typer *t, uint32_t i) {
    const wr_ins *ins = &t->body->ins[i];
    wr_sig sig;
    if (wr_opens_block(ins->op))
        open_block(t, i);
    else if (wr_begins_arm(ins->op))
        next_arm(t, i);
    else if (wr_closes_block(ins->op))
        close_block(t);
    else if (ins->op == WR_OP_BR_IF)
        pass_branch(t, wr_ins_label(ins));
    else if (wr_typer_sig(t, ins, &sig))
        wr_typer_apply(t, &sig);
    else
        t->lost = true;
}
