// Validates control instructions: blocks, branches, calls, and exceptions in both their forms.
#include "validate_parts.h"

// --- Frames ---

static wr_frame *top_frame(wr_validator *v) { return &v->frames[v->nframes - 1]; }

static void enter_top(wr_validator *v) {
    if (v->nframes == 0) return;
    v->floor = top_frame(v)->height;
    v->unreachable = top_frame(v)->unreachable;
}

void wr_validator_push_frame(wr_validator *v, wr_op op, wr_block_types types) {
    if (types.nparams) wr_validator_pop_types(v, wr_block_params(&types), types.nparams);
    if (WR_UNLIKELY(v->nframes == v->frames_cap)) {
        uint32_t cap = v->frames_cap * 2 + 32;
        v->frames =
            wr_grow(&v->env->temp, v->frames, v->frames_cap * sizeof(wr_frame), cap * sizeof(wr_frame));
        v->frames_cap = cap;
    }
    v->frames[v->nframes++] =
        (wr_frame){.types = types, .height = v->nvals, .inits = v->locals.log.n, .op = (uint16_t)op};
    v->floor = v->nvals;
    v->unreachable = false;
    if (types.nparams) wr_validator_push_types(v, wr_block_params(&types), types.nparams);
}

void wr_validator_set_unreachable(wr_validator *v) {
    v->nvals = v->floor;
    v->unreachable = true;
    top_frame(v)->unreachable = true;
}

// Ends the code of a frame, or of one arm of it: exactly its results must be on the stack.
static void end_arm(wr_validator *v, const wr_frame *frame) {
    if (frame->types.nresults)
        wr_validator_pop_types(v, wr_block_results(&frame->types), frame->types.nresults);
    if (WR_UNLIKELY(v->nvals != frame->height))
        WR_INVALID(v, "expected %u values at the end of the block, found %u more", frame->types.nresults,
                   v->nvals - frame->height);
    wr_validator_forget_inits(v, frame->inits);
}

// Begins another arm of the current frame.
static void begin_arm(wr_validator *v, wr_op op) {
    wr_frame *frame = top_frame(v);
    frame->op = (uint16_t)op;
    frame->unreachable = v->unreachable = false;
    v->nvals = frame->height;
}

static void pop_frame(wr_validator *v) {
    wr_block_types types = top_frame(v)->types;
    v->nframes--;
    enter_top(v);
    if (types.nresults) wr_validator_push_types(v, wr_block_results(&types), types.nresults);
}

// --- Blocks ---

static wr_block_types block_types(wr_validator *v, const wr_ins *ins) {
    if (ins->x == WR_BLOCK_EMPTY) return (wr_block_types){0};
    if (ins->x == WR_BLOCK_VALUE) {
        wr_validator_check_valtype(v, ins->a);
        return (wr_block_types){.single = ins->a, .nresults = 1};
    }
    wr_validator_check_index(v, WR_TYPE, ins->a);
    wr_validator_check_sharing(v, WR_TYPE, ins->a);
    const wr_type *type = &v->m->types[ins->a];
    if (type->kind != WR_TYPE_FUNC)
        WR_INVALID(v, "expected a function type for a block, found type %u", ins->a);
    v->features |= WR_F(MULTIVALUE);
    return (wr_block_types){.type = type, .nparams = type->nparams, .nresults = type->nresults};
}

static void begin_block(wr_validator *v, const wr_ins *ins) {
    wr_block_types types = block_types(v, ins);
    if (ins->op == WR_OP_IF) wr_validator_pop_is(v, WR_I32, 1);
    wr_validator_push_frame(v, (wr_op)ins->op, types);
}

static void validate_else(wr_validator *v) {
    wr_frame *frame = top_frame(v);
    if (frame->op != WR_OP_IF) WR_INVALID(v, "expected an if around this else");
    end_arm(v, frame);
    begin_arm(v, WR_OP_ELSE);
    wr_validator_push_types(v, wr_block_params(&frame->types), frame->types.nparams);
}

// An `if` without `else` returns its parameters as results, so their types must match.
static void check_missing_else(wr_validator *v, const wr_block_types *types) {
    bool fits = types->nparams == types->nresults;
    const wr_valtype *params = wr_block_params(types), *results = wr_block_results(types);
    for (uint32_t i = 0; fits && i < types->nparams; i++)
        fits = wr_valtype_is_canon_subtype(v->m, wr_canon_type(v->m, params[i]),
                                           wr_canon_type(v->m, results[i]));
    if (!fits) WR_INVALID(v, "expected an else, since the results of this if differ from its parameters");
}

static void validate_end(wr_validator *v) {
    wr_frame *frame = top_frame(v);
    end_arm(v, frame);
    if (frame->op == WR_OP_IF) check_missing_else(v, &frame->types);
    pop_frame(v);
}

// --- Branches ---

static wr_label_types label_of_frame(const wr_frame *frame) {
    if (frame->op == WR_OP_LOOP)
        return (wr_label_types){wr_block_params(&frame->types), frame->types.nparams};
    return (wr_label_types){wr_block_results(&frame->types), frame->types.nresults};
}

wr_label_types wr_validator_label(wr_validator *v, uint32_t label) {
    if (WR_UNLIKELY(label >= v->nframes))
        WR_INVALID(v, "label %u is out of range: there are %u blocks around", label, v->nframes);
    return label_of_frame(&v->frames[v->nframes - 1 - label]);
}

static void validate_br(wr_validator *v, uint32_t label) {
    wr_label_types types = wr_validator_label(v, label);
    if (types.n) wr_validator_pop_types(v, types.types, types.n);
    wr_validator_set_unreachable(v);
}

static void validate_br_if(wr_validator *v, uint32_t label) {
    wr_validator_pop_is(v, WR_I32, 1);
    wr_label_types types = wr_validator_label(v, label);
    if (types.n == 0) return;
    wr_validator_pop_types(v, types.types, types.n);
    wr_validator_push_types(v, types.types, types.n);
}

// Checks the operands of one target of a br_table without popping them.
static void peek_types(wr_validator *v, wr_label_types types) {
    uint32_t have = v->nvals - v->floor;
    if (have < types.n && !v->unreachable)
        WR_INVALID(v, "type mismatch: expected %u operands for a target of br_table, found %u", types.n,
                   have);
    for (uint32_t i = 1; i <= types.n && i <= have; i++) {
        wr_valtype want = wr_canon_type(v->m, types.types[types.n - i]), found = v->vals[v->nvals - i];
        if (!wr_valtype_is_canon_subtype(v->m, found, want))
            wr_validator_mismatch(v, want, found, types.n - i + 1);
    }
}

static void validate_br_table(wr_validator *v, const wr_ins *ins) {
    wr_validator_pop_is(v, WR_I32, 1);
    const uint32_t *labels = v->ext.v + ins->b;
    uint32_t arity = wr_validator_label(v, labels[ins->a]).n;
    for (uint32_t i = 0; i <= ins->a; i++) {
        wr_label_types types = wr_validator_label(v, labels[i]);
        wr_frame *frame = &v->frames[v->nframes - 1 - labels[i]];
        if (frame->table == v->ninstructions + 1) continue; // check each target once, which bounds the work
        frame->table = v->ninstructions + 1;
        if (types.n != arity)
            WR_INVALID(v, "expected targets of br_table with %u operands, found one with %u", arity, types.n);
        if (types.n) peek_types(v, types);
    }
    wr_validator_set_unreachable(v);
}

static void validate_return(wr_validator *v) {
    const wr_frame *body = &v->frames[0];
    wr_validator_pop_types(v, wr_block_results(&body->types), body->types.nresults);
    wr_validator_set_unreachable(v);
}

// --- Calls ---

static const wr_type *function_type(wr_validator *v, uint32_t index) {
    const wr_type *type = &v->m->types[index];
    if (type->kind != WR_TYPE_FUNC) WR_INVALID(v, "expected a function type, found type %u", index);
    return type;
}

// A tail call returns the callee's results as those of the function, so their types must match.
static void check_tail(wr_validator *v, const wr_type *callee) {
    const wr_block_types *body = &v->frames[0].types;
    const wr_valtype *results = callee->values + callee->nparams, *want = wr_block_results(body);
    if (callee->nresults != body->nresults)
        WR_INVALID(v, "type mismatch: expected a callee with %u results, found %u", body->nresults,
                   callee->nresults);
    for (uint32_t i = 0; i < callee->nresults; i++)
        if (!wr_valtype_is_subtype(v->m, results[i], want[i]))
            wr_validator_mismatch(v, want[i], results[i], 0);
    v->features |= WR_F(TAIL_CALL); // return_call_ref belongs to two proposals
}

static void finish_call(wr_validator *v, const wr_type *type, bool is_tail) {
    if (is_tail) check_tail(v, type);
    wr_validator_pop_types(v, type->values, type->nparams);
    if (is_tail)
        wr_validator_set_unreachable(v);
    else
        wr_validator_push_types(v, type->values + type->nparams, type->nresults);
}

static const wr_type *indirect_callee(wr_validator *v, const wr_ins *ins) {
    const wr_type *type = function_type(v, ins->a);
    const wr_table *table = &v->m->tables[ins->b];
    if (!wr_valtype_is_subtype(v->m, table->type, WR_FUNCREF))
        WR_INVALID(v, "expected a table of functions, found table %u of %s", (uint32_t)ins->b,
                   wr_valtype_text(table->type).s);
    wr_validator_pop_is(v, wr_address_type(table->limits), type->nparams + 1);
    return type;
}

static const wr_type *ref_callee(wr_validator *v, const wr_ins *ins) {
    const wr_type *type = function_type(v, ins->a);
    wr_validator_pop_is(v, wr_canon_type(v->m, wr_ref_to(ins->a, true)), type->nparams + 1);
    return type;
}

static void validate_call(wr_validator *v, const wr_ins *ins) {
    switch (ins->op) {
    case WR_OP_CALL: finish_call(v, wr_func_type(v->m, ins->a), false); break;
    case WR_OP_RETURN_CALL: finish_call(v, wr_func_type(v->m, ins->a), true); break;
    case WR_OP_CALL_INDIRECT: finish_call(v, indirect_callee(v, ins), false); break;
    case WR_OP_RETURN_CALL_INDIRECT: finish_call(v, indirect_callee(v, ins), true); break;
    case WR_OP_CALL_REF: finish_call(v, ref_callee(v, ins), false); break;
    default: finish_call(v, ref_callee(v, ins), true); break;
    }
}

// --- Exceptions ---

static const wr_type *tag_type(const wr_validator *v, uint32_t tag) {
    return &v->m->types[v->m->tags[tag].type];
}

// The type of an exception tag, which has no results since nothing returns to the `throw`.
static const wr_type *exception_type(wr_validator *v, uint32_t tag) {
    const wr_type *type = tag_type(v, tag);
    if (type->nresults) WR_INVALID(v, "expected the tag of an exception, but tag %u has results", tag);
    return type;
}

static void validate_throw(wr_validator *v, uint32_t tag) {
    const wr_type *type = exception_type(v, tag);
    wr_validator_pop_types(v, type->values, type->nparams);
    wr_validator_set_unreachable(v);
}

static void validate_throw_ref(wr_validator *v) {
    wr_validator_pop_is(v, WR_EXNREF, 1);
    wr_validator_set_unreachable(v);
}

static void validate_catch(wr_validator *v, const wr_ins *ins) {
    wr_frame *frame = top_frame(v);
    if (frame->op != WR_OP_TRY && frame->op != WR_OP_CATCH) WR_INVALID(v, "expected a try around this catch");
    end_arm(v, frame);
    begin_arm(v, (wr_op)ins->op);
    if (ins->op == WR_OP_CATCH)
        wr_validator_push_types(v, exception_type(v, ins->a)->values, tag_type(v, ins->a)->nparams);
}

static void validate_delegate(wr_validator *v, uint32_t label) {
    wr_frame *frame = top_frame(v);
    if (frame->op != WR_OP_TRY) WR_INVALID(v, "expected a try without catches around this delegate");
    end_arm(v, frame);
    if (label >= v->nframes - 1)
        WR_INVALID(v, "label %u is out of range: there are %u blocks around the try", label, v->nframes - 1);
    pop_frame(v);
}

static void validate_rethrow(wr_validator *v, uint32_t label) {
    wr_validator_label(v, label);
    unsigned op = v->frames[v->nframes - 1 - label].op;
    if (op != WR_OP_CATCH && op != WR_OP_CATCH_ALL)
        WR_INVALID(v, "expected label %u of rethrow to be a catch", label);
    wr_validator_set_unreachable(v);
}

// Checks a clause of try_table: its label takes the tag's values, and the exception reference if the clause
// asks for it.
static void check_clause(wr_validator *v, unsigned kind, uint32_t tag, uint32_t label) {
    wr_label_types types = wr_validator_label(v, label);
    bool has_ref = kind == WR_CATCH_REF || kind == WR_CATCH_ALL_REF;
    const wr_type *type = NULL;
    if (kind <= WR_CATCH_REF) {
        wr_validator_check_index(v, WR_TAG, tag);
        type = exception_type(v, tag);
    }
    uint32_t n = (type ? type->nparams : 0) + has_ref;
    if (types.n != n)
        WR_INVALID(v, "type mismatch: label %u takes %u values, but the catch gives %u", label, types.n, n);
    for (uint32_t i = 0; i < n; i++) {
        bool is_ref = has_ref && i == n - 1;
        wr_valtype given = is_ref ? WR_REF | WR_ABS(WR_HEAP_EXN) : type->values[i];
        if (!wr_valtype_is_subtype(v->m, given, types.types[i]))
            wr_validator_mismatch(v, types.types[i], given, i + 1);
    }
}

static void begin_try_table(wr_validator *v, const wr_ins *ins) {
    const uint32_t *words = v->ext.v + ins->b;
    uint32_t count = *words++;
    wr_block_types types = block_types(v, ins);
    for (uint32_t i = 0; i < count; i++, words += 3) check_clause(v, words[0], words[1], words[2]);
    wr_validator_push_frame(v, WR_OP_TRY_TABLE, types);
}

void wr_validate_control(wr_validator *v, const wr_ins *ins) {
    switch ((wr_op)ins->op) {
    case WR_OP_UNREACHABLE: wr_validator_set_unreachable(v); break;
    case WR_OP_BLOCK:
    case WR_OP_LOOP:
    case WR_OP_IF:
    case WR_OP_TRY: begin_block(v, ins); break;
    case WR_OP_ELSE: validate_else(v); break;
    case WR_OP_END: validate_end(v); break;
    case WR_OP_BR: validate_br(v, ins->a); break;
    case WR_OP_BR_IF: validate_br_if(v, ins->a); break;
    case WR_OP_BR_TABLE: validate_br_table(v, ins); break;
    case WR_OP_RETURN: validate_return(v); break;
    case WR_OP_CATCH:
    case WR_OP_CATCH_ALL: validate_catch(v, ins); break;
    case WR_OP_DELEGATE: validate_delegate(v, ins->a); break;
    case WR_OP_RETHROW: validate_rethrow(v, ins->a); break;
    case WR_OP_THROW: validate_throw(v, ins->a); break;
    case WR_OP_THROW_REF: validate_throw_ref(v); break;
    case WR_OP_TRY_TABLE: begin_try_table(v, ins); break;
    default: validate_call(v, ins); break;
    }
}
