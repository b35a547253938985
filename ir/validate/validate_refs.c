// Validates instructions on references: null, functions, tests, casts and the branches on them; also
// `select`.
#include "validate_parts.h"

static wr_valtype non_null(wr_valtype type) { return type & ~WR_NULLABLE; }

static void validate_select(wr_validator *v) {
    wr_validator_pop_is(v, WR_I32, 3);
    wr_valtype b = wr_validator_pop_any(v, 2), a = wr_validator_pop_any(v, 1);
    if (wr_is_ref(a) || wr_is_ref(b))
        WR_INVALID(v, "expected numbers or vectors at select, found %s; references need a select with a type",
                   wr_valtype_text(wr_is_ref(a) ? a : b).s);
    if (a != b && a != WR_BOTTOM && b != WR_BOTTOM) wr_validator_mismatch(v, a, b, 2);
    wr_validator_push(v, a == WR_BOTTOM ? b : a);
}

static void validate_select_t(wr_validator *v, const wr_ins *ins) {
    if (ins->a != 1) WR_INVALID(v, "expected one result type at select, found %u", ins->a);
    wr_valtype type = v->ext.v[ins->b];
    wr_validator_check_valtype(v, type);
    type = wr_canon_type(v->m, type);
    wr_validator_pop_is(v, WR_I32, 3);
    wr_validator_pop_is(v, type, 2);
    wr_validator_pop_is(v, type, 1);
    wr_validator_push(v, type);
}

static void validate_ref_func(wr_validator *v, uint32_t func) {
    if (v->constant)
        v->declaring[func].declared = true;
    else if (!v->m->funcs[func].declared)
        WR_INVALID(
            v,
            "function %u is not declared: no export, segment, global or table names it, so ref.func may not",
            func);
    const wr_func *f = &v->m->funcs[func];
    bool is_exact = f->import == WR_NONE || f->exact;
    wr_validator_push(v, wr_canon_type(v->m, wr_ref_to(f->type | (is_exact ? WR_EXACT : 0), false)));
}

static void validate_ref_eq(wr_validator *v) {
    wr_valtype b = wr_validator_pop_either(v, WR_HEAP_EQ, 2), a = wr_validator_pop_either(v, WR_HEAP_EQ, 1);
    wr_heaptype of_a = wr_heaptype_sharing(v->m, wr_heap_of(a)),
                of_b = wr_heaptype_sharing(v->m, wr_heap_of(b));
    if (of_a != of_b && of_a != WR_EITHER_SHARED && of_b != WR_EITHER_SHARED)
        wr_validator_mismatch(v, a, b, 2);
    wr_validator_push(v, WR_I32);
}

// Continuations carry no type at run time, so they cannot be cast.
static void check_castable(wr_validator *v, wr_heaptype heap) {
    wr_validator_check_heaptype(v, heap);
    if (wr_heap_kind(wr_heaptype_top(v->m, heap)) == WR_HEAP_CONT)
        WR_INVALID(v, "a reference to a continuation can't be cast");
}

// Pops the operand of a cast or test: any reference in its target's hierarchy.
static void pop_castable(wr_validator *v, wr_heaptype target) {
    check_castable(v, target);
    wr_validator_pop_is(v, wr_ref_to(wr_heaptype_top(v->m, target), true), 1);
}

static void validate_cast(wr_validator *v, const wr_ins *ins) {
    pop_castable(v, ins->a);
    if (ins->op == WR_OP_REF_TEST || ins->op == WR_OP_REF_TEST_NULL)
        wr_validator_push(v, WR_I32);
    else
        wr_validator_push(v,
                          wr_canon_type(v->m, wr_ref_to(ins->a, ins->op == WR_OP_REF_CAST_NULL ||
                                                                    ins->op == WR_OP_REF_CAST_DESC_EQ_NULL)));
}

// --- Descriptors ---

// The heap type of the descriptor of a heap type; it is exact if that type is.
static wr_heaptype descriptor_of(wr_validator *v, wr_heaptype heap) {
    uint32_t descriptor = wr_is_concrete(heap) ? v->m->types[wr_type_index(heap)].descriptor : WR_NONE;
    if (descriptor == WR_NONE)
        WR_INVALID(v, "expected a type with a descriptor at %s, found %s", wr_opinfos[v->op].text,
                   wr_valtype_text(wr_ref_to(heap, false)).s);
    return descriptor | (heap & WR_EXACT);
}

static void pop_descriptor(wr_validator *v, wr_heaptype of) {
    wr_validator_check_heaptype(v, of);
    wr_validator_pop_is(v, wr_canon_type(v->m, wr_ref_to(descriptor_of(v, of), true)), 2);
}

static void validate_get_desc(wr_validator *v, uint32_t type) {
    wr_valtype ref = wr_validator_pop_ref(v, 1), any = wr_canon_type(v->m, wr_ref_to(type, true)),
               exact = any | WR_EXACT;
    wr_heaptype descriptor = descriptor_of(v, type);
    if (!wr_valtype_is_canon_subtype(v->m, ref, any)) wr_validator_mismatch(v, any, ref, 1);
    if (wr_valtype_is_canon_subtype(v->m, ref, exact)) descriptor |= WR_EXACT;
    wr_validator_push(v, wr_canon_type(v->m, wr_ref_to(descriptor, false)));
}

// --- Branches on references ---

// Pops and pushes the label's operands except for the last `left` ones, which exist only on the branch.
static void pass_operands(wr_validator *v, wr_label_types types, uint32_t left) {
    if (types.n < left) WR_INVALID(v, "expected a label that takes a reference");
    wr_validator_pop_types(v, types.types, types.n - left);
    wr_validator_push_types(v, types.types, types.n - left);
}

static void validate_br_on_null(wr_validator *v, uint32_t label) {
    wr_valtype ref = wr_validator_pop_ref(v, 1);
    pass_operands(v, wr_validator_label(v, label), 0);
    wr_validator_push(v, non_null(ref));
}

// Checks that a branch may pass a reference of this type as the label's last operand.
static void check_last(wr_validator *v, wr_label_types types, wr_valtype given) {
    if (types.n == 0) WR_INVALID(v, "expected a label that takes a reference");
    wr_valtype want = wr_canon_type(v->m, types.types[types.n - 1]);
    if (!wr_valtype_is_canon_subtype(v->m, given, want)) wr_validator_mismatch(v, want, given, 0);
}

static void validate_br_on_non_null(wr_validator *v, uint32_t label) {
    wr_valtype ref = wr_validator_pop_ref(v, 1);
    wr_label_types types = wr_validator_label(v, label);
    check_last(v, types, non_null(ref));
    pass_operands(v, types, 1);
}

static void validate_br_on_cast(wr_validator *v, const wr_ins *ins) {
    wr_heaptype from_heap = (uint32_t)ins->b, to_heap = (uint32_t)(ins->b >> 32);
    check_castable(v, from_heap);
    check_castable(v, to_heap);
    wr_valtype from = wr_canon_type(v->m, wr_ref_to(from_heap, ins->x & WR_CAST_FROM_NULL));
    wr_valtype to = wr_canon_type(v->m, wr_ref_to(to_heap, ins->x & WR_CAST_TO_NULL));
    if (!wr_valtype_is_canon_subtype(v->m, to, from))
        v->features |= WR_F(CUSTOM_DESCRIPTORS); // which only requires a common top type
    if (wr_heaptype_top(v->m, to_heap) != wr_heaptype_top(v->m, from_heap))
        wr_validator_mismatch(v, from, to, 0);
    wr_valtype rest = wr_is_nullable(to) ? non_null(from) : from;
    bool on_success = ins->op == WR_OP_BR_ON_CAST || ins->op == WR_OP_BR_ON_CAST_DESC_EQ;
    bool by_descriptor = ins->op == WR_OP_BR_ON_CAST_DESC_EQ || ins->op == WR_OP_BR_ON_CAST_DESC_EQ_FAIL;
    if (by_descriptor) pop_descriptor(v, to_heap);
    wr_validator_pop_is(v, from, 1);
    wr_label_types types = wr_validator_label(v, ins->a);
    check_last(v, types, on_success ? to : rest);
    pass_operands(v, types, 1);
    wr_validator_push(v, on_success ? rest : to);
}

void wr_validate_refs(wr_validator *v, const wr_ins *ins) {
    switch ((wr_op)ins->op) {
    case WR_OP_DROP: wr_validator_pop_any(v, 1); break;
    case WR_OP_SELECT: validate_select(v); break;
    case WR_OP_SELECT_T: validate_select_t(v, ins); break;
    case WR_OP_REF_NULL:
        wr_validator_check_heaptype(v, ins->a);
        wr_validator_push(v, wr_canon_type(v->m, wr_ref_to(ins->a, true)));
        break;
    case WR_OP_REF_IS_NULL:
        wr_validator_pop_ref(v, 1);
        wr_validator_push(v, WR_I32);
        break;
    case WR_OP_REF_FUNC: validate_ref_func(v, ins->a); break;
    case WR_OP_REF_EQ: validate_ref_eq(v); break;
    case WR_OP_REF_AS_NON_NULL: wr_validator_push(v, non_null(wr_validator_pop_ref(v, 1))); break;
    case WR_OP_BR_ON_NULL: validate_br_on_null(v, ins->a); break;
    case WR_OP_BR_ON_NON_NULL: validate_br_on_non_null(v, ins->a); break;
    case WR_OP_REF_GET_DESC: validate_get_desc(v, ins->a); break;
    case WR_OP_REF_CAST_DESC_EQ:
    case WR_OP_REF_CAST_DESC_EQ_NULL:
        pop_descriptor(v, ins->a);
        validate_cast(v, ins);
        break;
    case WR_OP_BR_ON_CAST:
    case WR_OP_BR_ON_CAST_FAIL:
    case WR_OP_BR_ON_CAST_DESC_EQ:
    case WR_OP_BR_ON_CAST_DESC_EQ_FAIL: validate_br_on_cast(v, ins); break;
    default: validate_cast(v, ins); break;
    }
}
