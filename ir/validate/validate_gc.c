// Validates instructions on structs, arrays and i31 references.
#include "validate_parts.h"

static wr_valtype unpacked(const wr_module *m, wr_field field) {
    return wr_canon_type(m, wr_unpacked(field.type));
}

static bool is_packed(wr_field field) { return field.type == WR_I8 || field.type == WR_I16; }

static const wr_type *struct_type(wr_validator *v, uint32_t index) {
    const wr_type *type = &v->m->types[index];
    if (type->kind != WR_TYPE_STRUCT) WR_INVALID(v, "expected a struct type, found type %u", index);
    return type;
}

wr_field wr_validator_array_field(wr_validator *v, uint32_t index) {
    const wr_type *type = &v->m->types[index];
    if (type->kind != WR_TYPE_ARRAY) WR_INVALID(v, "expected an array type, found type %u", index);
    return type->fields[0];
}

static wr_field mutable_array_field(wr_validator *v, uint32_t index) {
    wr_field field = wr_validator_array_field(v, index);
    if (!field.mutable) WR_INVALID(v, "expected a mutable array type, found type %u", index);
    return field;
}

wr_valtype wr_validator_ref_of(const wr_validator *v, wr_heaptype heap, bool nullable) {
    return wr_canon_type(v->m, wr_ref_to(heap, nullable));
}

static void push_new(wr_validator *v, uint32_t index) {
    wr_validator_push(v, wr_validator_ref_of(v, WR_EXACT | index, false));
}

static void check_defaultable(wr_validator *v, wr_field field, uint32_t index) {
    if (!wr_is_defaultable(field.type))
        WR_INVALID(v, "expected a type with default values, found type %u with %s", index,
                   wr_valtype_text(field.type).s);
}

// Packed fields must be read with a signed or unsigned get, others with a plain one.
static void check_signedness(wr_validator *v, wr_field field, bool is_signed_get) {
    if (is_packed(field) && !is_signed_get) WR_INVALID(v, "expected a get with _s or _u for a packed field");
    if (!is_packed(field) && is_signed_get) WR_INVALID(v, "expected a packed field for a get with _s or _u");
}

// --- Structs ---

// Whether no operand is left in unreachable code: then all missing ones are fine, however many fields there
// are.
static bool operands_run_out(const wr_validator *v) { return v->unreachable && v->nvals == v->floor; }

// Returns the struct type to allocate. A type with a descriptor takes it as the last operand and needs the
// allocating instructions made for that.
static const wr_type *new_struct_type(wr_validator *v, const wr_ins *ins) {
    const wr_type *type = struct_type(v, ins->a);
    bool takes = ins->op == WR_OP_STRUCT_NEW_DESC || ins->op == WR_OP_STRUCT_NEW_DEFAULT_DESC;
    bool has = type->descriptor != WR_NONE;
    if (takes != has)
        WR_INVALID(v, "expected a struct type with%s descriptor at %s, found type %u", takes ? " a" : "out a",
                   wr_opinfos[ins->op].text, ins->a);
    if (has)
        wr_validator_pop_is(v, wr_validator_ref_of(v, WR_EXACT | type->descriptor, true), type->nparams + 1);
    return type;
}

static void validate_struct_new(wr_validator *v, const wr_ins *ins) {
    const wr_type *type = new_struct_type(v, ins);
    for (uint32_t i = type->nparams; i > 0 && !operands_run_out(v); i--)
        wr_validator_pop_is(v, unpacked(v->m, type->fields[i - 1]), i);
    push_new(v, ins->a);
}

static void validate_struct_new_default(wr_validator *v, const wr_ins *ins) {
    const wr_type *type = new_struct_type(v, ins);
    for (uint32_t i = 0; i < type->nparams; i++) check_defaultable(v, type->fields[i], ins->a);
    push_new(v, ins->a);
}

wr_field wr_validator_struct_field(wr_validator *v, const wr_ins *ins) {
    const wr_type *type = struct_type(v, ins->a);
    if (ins->b >= type->nparams)
        WR_INVALID(v, "field %u is out of range: type %u has %u", (uint32_t)ins->b, ins->a, type->nparams);
    return type->fields[ins->b];
}

static void validate_struct_get(wr_validator *v, const wr_ins *ins) {
    wr_field field = wr_validator_struct_field(v, ins);
    check_signedness(v, field, ins->op != WR_OP_STRUCT_GET);
    wr_validator_pop_is(v, wr_validator_ref_of(v, ins->a, true), 1);
    wr_validator_push(v, unpacked(v->m, field));
}

static void validate_struct_set(wr_validator *v, const wr_ins *ins) {
    wr_field field = wr_validator_struct_field(v, ins);
    if (!field.mutable)
        WR_INVALID(v, "expected a mutable field, found field %u of type %u", (uint32_t)ins->b, ins->a);
    wr_validator_pop_is(v, unpacked(v->m, field), 2);
    wr_validator_pop_is(v, wr_validator_ref_of(v, ins->a, true), 1);
}

// --- Arrays ---

static void validate_array_new(wr_validator *v, const wr_ins *ins) {
    wr_field field = wr_validator_array_field(v, ins->a);
    wr_validator_pop_is(v, WR_I32, 2);
    if (ins->op == WR_OP_ARRAY_NEW)
        wr_validator_pop_is(v, unpacked(v->m, field), 1);
    else
        check_defaultable(v, field, ins->a);
    push_new(v, ins->a);
}

static void validate_array_new_fixed(wr_validator *v, const wr_ins *ins) {
    wr_valtype type = unpacked(v->m, wr_validator_array_field(v, ins->a));
    for (uint32_t i = (uint32_t)ins->b; i > 0 && !operands_run_out(v); i--) wr_validator_pop_is(v, type, i);
    push_new(v, ins->a);
}

// An array can be filled from a data segment only if its elements are not references, from an element segment
// only if they are.
static void check_source(wr_validator *v, const wr_ins *ins, wr_field field) {
    if (ins->op == WR_OP_ARRAY_NEW_DATA || ins->op == WR_OP_ARRAY_INIT_DATA) {
        if (wr_is_ref(field.type))
            WR_INVALID(v, "expected an array of numbers or vectors for data, found type %u of %s", ins->a,
                       wr_valtype_text(field.type).s);
        return;
    }
    wr_valtype given = v->m->elems[ins->b].type;
    if (!wr_valtype_is_subtype(v->m, given, field.type)) wr_validator_mismatch(v, field.type, given, 0);
}

static void validate_array_new_segment(wr_validator *v, const wr_ins *ins) {
    check_source(v, ins, wr_validator_array_field(v, ins->a));
    wr_validator_pop_is(v, WR_I32, 2);
    wr_validator_pop_is(v, WR_I32, 1);
    push_new(v, ins->a);
}

static void validate_array_init(wr_validator *v, const wr_ins *ins) {
    check_source(v, ins, mutable_array_field(v, ins->a));
    for (uint32_t i = 4; i >= 2; i--) wr_validator_pop_is(v, WR_I32, i);
    wr_validator_pop_is(v, wr_validator_ref_of(v, ins->a, true), 1);
}

static void validate_array_get(wr_validator *v, const wr_ins *ins) {
    wr_field field = wr_validator_array_field(v, ins->a);
    check_signedness(v, field, ins->op != WR_OP_ARRAY_GET);
    wr_validator_pop_is(v, WR_I32, 2);
    wr_validator_pop_is(v, wr_validator_ref_of(v, ins->a, true), 1);
    wr_validator_push(v, unpacked(v->m, field));
}

static void validate_array_set(wr_validator *v, const wr_ins *ins) {
    wr_field field = mutable_array_field(v, ins->a);
    wr_validator_pop_is(v, unpacked(v->m, field), 3);
    wr_validator_pop_is(v, WR_I32, 2);
    wr_validator_pop_is(v, wr_validator_ref_of(v, ins->a, true), 1);
}

static void validate_array_fill(wr_validator *v, const wr_ins *ins) {
    wr_field field = mutable_array_field(v, ins->a);
    wr_validator_pop_is(v, WR_I32, 4);
    wr_validator_pop_is(v, unpacked(v->m, field), 3);
    wr_validator_pop_is(v, WR_I32, 2);
    wr_validator_pop_is(v, wr_validator_ref_of(v, ins->a, true), 1);
}

static void validate_array_copy(wr_validator *v, const wr_ins *ins) {
    uint32_t to = ins->a, from = (uint32_t)ins->b;
    wr_field target = mutable_array_field(v, to), source = wr_validator_array_field(v, from);
    if (!wr_valtype_is_subtype(v->m, source.type, target.type))
        wr_validator_mismatch(v, target.type, source.type, 0);
    wr_validator_pop_is(v, WR_I32, 5);
    wr_validator_pop_is(v, WR_I32, 4);
    wr_validator_pop_is(v, wr_validator_ref_of(v, from, true), 3);
    wr_validator_pop_is(v, WR_I32, 2);
    wr_validator_pop_is(v, wr_validator_ref_of(v, to, true), 1);
}

static void validate_array_len(wr_validator *v) {
    wr_validator_pop_either(v, WR_HEAP_ARRAY, 1);
    wr_validator_push(v, WR_I32);
}

// --- Conversions ---

static void validate_i31(wr_validator *v, const wr_ins *ins) {
    if (ins->op == WR_OP_REF_I31) {
        wr_validator_pop_is(v, WR_I32, 1);
        wr_validator_push(v, wr_ref_to(WR_ABS(WR_HEAP_I31), false));
    } else {
        wr_validator_pop_either(v, WR_HEAP_I31, 1);
        wr_validator_push(v, WR_I32);
    }
}

// Converts between the hierarchies of any and extern, preserving nullability and sharing.
static void validate_convert(wr_validator *v, unsigned from, unsigned to) {
    wr_valtype ref = wr_validator_pop_either(v, from, 1);
    wr_heaptype sharing = wr_heaptype_sharing(v->m, wr_heap_of(ref));
    wr_validator_push(v, wr_ref_to(WR_ABS(to) | sharing, wr_is_nullable(ref)));
}

void wr_validate_gc(wr_validator *v, const wr_ins *ins) {
    switch ((wr_op)ins->op) {
    case WR_OP_STRUCT_NEW:
    case WR_OP_STRUCT_NEW_DESC: validate_struct_new(v, ins); break;
    case WR_OP_STRUCT_NEW_DEFAULT:
    case WR_OP_STRUCT_NEW_DEFAULT_DESC: validate_struct_new_default(v, ins); break;
    case WR_OP_STRUCT_GET:
    case WR_OP_STRUCT_GET_S:
    case WR_OP_STRUCT_GET_U: validate_struct_get(v, ins); break;
    case WR_OP_STRUCT_SET: validate_struct_set(v, ins); break;
    case WR_OP_ARRAY_NEW:
    case WR_OP_ARRAY_NEW_DEFAULT: validate_array_new(v, ins); break;
    case WR_OP_ARRAY_NEW_FIXED: validate_array_new_fixed(v, ins); break;
    case WR_OP_ARRAY_NEW_DATA:
    case WR_OP_ARRAY_NEW_ELEM: validate_array_new_segment(v, ins); break;
    case WR_OP_ARRAY_INIT_DATA:
    case WR_OP_ARRAY_INIT_ELEM: validate_array_init(v, ins); break;
    case WR_OP_ARRAY_GET:
    case WR_OP_ARRAY_GET_S:
    case WR_OP_ARRAY_GET_U: validate_array_get(v, ins); break;
    case WR_OP_ARRAY_SET: validate_array_set(v, ins); break;
    case WR_OP_ARRAY_FILL: validate_array_fill(v, ins); break;
    case WR_OP_ARRAY_COPY: validate_array_copy(v, ins); break;
    case WR_OP_ARRAY_LEN: validate_array_len(v); break;
    case WR_OP_ANY_CONVERT_EXTERN: validate_convert(v, WR_HEAP_EXTERN, WR_HEAP_ANY); break;
    case WR_OP_EXTERN_CONVERT_ANY: validate_convert(v, WR_HEAP_ANY, WR_HEAP_EXTERN); break;
    default: validate_i31(v, ins); break;
    }
}
