// Reads the type section: recursion groups of function, struct, array and continuation types with supertypes.
#include "decode_parts.h"
#include "ir/validate/validate.h"

typedef struct type_reader {
    wr_env *env;
    wr_reader *r;
    WR_VEC(wr_type) types;
    WR_VEC(wr_group) groups;
} type_reader;

static const wr_valtype *read_values(type_reader *t, wr_type *type) {
    WR_VEC(wr_valtype) values = {0};
    WR_RESERVE(&t->env->perm, values, 1); // so that `values` is never NULL
    type->nparams = wr_read_count(t->r, 1, "parameters");
    for (uint32_t i = 0; i < type->nparams; i++) {
        wr_valtype value = wr_valtype_read(t->r);
        WR_PUSH(&t->env->perm, values, value);
    }
    type->nresults = wr_read_count(t->r, 1, "results");
    for (uint32_t i = 0; i < type->nresults; i++) {
        wr_valtype value = wr_valtype_read(t->r);
        WR_PUSH(&t->env->perm, values, value);
    }
    return values.v;
}

static wr_field read_field(type_reader *t) {
    wr_field field = {.type = wr_valtype_read_storage(t->r)};
    const uint8_t *at = t->r->p;
    uint8_t flag = wr_read_u8(t->r);
    if (flag > 1) wr_reader_fail_at(t->r, at, "expected mutability 0 or 1, found 0x%02x", flag);
    field.mutable = flag;
    return field;
}

static const wr_field *read_fields(type_reader *t, wr_type *type) {
    type->nparams = type->kind == WR_TYPE_ARRAY ? 1 : wr_read_count(t->r, 2, "fields");
    wr_field *fields = WR_NEW(&t->env->perm, wr_field, type->nparams);
    for (uint32_t i = 0; i < type->nparams; i++) fields[i] = read_field(t);
    return fields;
}

// A continuation type refers to its function type. That reference is kept as if it were a field, so that
// equality, subtyping, ordering and renumbering need no case of their own.
static const wr_field *read_function_type(type_reader *t, wr_type *type) {
    const uint8_t *at = t->r->p;
    int64_t index = wr_read_s33(t->r);
    if (index < 0 || index > WR_INDEX_MASK)
        wr_reader_fail_at(t->r, at, "expected the function type of a continuation type");
    wr_field *field = WR_NEW(&t->env->perm, wr_field, 1);
    *field = (wr_field){.type = wr_ref_to((uint32_t)index, true)};
    type->nparams = 1;
    return field;
}

static void read_composite(type_reader *t, wr_type *type) {
    type->is_shared = wr_left(t->r) && *t->r->p == 0x65;
    t->r->p += type->is_shared;
    const uint8_t *at = t->r->p;
    uint8_t form = wr_read_u8(t->r);
    switch (form) {
    case 0x60:
        type->kind = WR_TYPE_FUNC;
        type->values = read_values(t, type);
        break;
    case 0x5f:
        type->kind = WR_TYPE_STRUCT;
        type->fields = read_fields(t, type);
        break;
    case 0x5e:
        type->kind = WR_TYPE_ARRAY;
        type->fields = read_fields(t, type);
        break;
    case 0x5d:
        type->kind = WR_TYPE_CONT;
        type->fields = read_function_type(t, type);
        break;
    default:
        wr_reader_fail_at(t->r, at, "expected a function, struct or array type, found byte 0x%02x", form);
    }
}

static uint32_t read_super(type_reader *t) {
    const uint8_t *at = t->r->p;
    uint32_t count = wr_read_u32(t->r);
    if (count > 1) wr_reader_fail_at(t->r, at, "expected at most one supertype, found %u", count);
    return count ? wr_read_u32(t->r) : WR_NONE;
}

// Reads a `describes` or `descriptor` clause if one comes next.
static void read_clause(type_reader *t, uint8_t code, uint32_t *index) {
    if (!wr_left(t->r) || *t->r->p != code) return;
    t->r->p++;
    *index = wr_read_u32(t->r);
}

static void read_subtype(type_reader *t) {
    wr_type type = {.is_final = true, .super = WR_NONE, .group = t->groups.n};
    type.describes = type.descriptor = WR_NONE;
    type.canon = t->types.n;
    uint8_t form = wr_left(t->r) ? *t->r->p : 0;
    if (form == 0x50 || form == 0x4f) {
        t->r->p++;
        type.is_final = form == 0x4f;
        type.super = read_super(t);
    }
    read_clause(t, 0x4c, &type.describes);
    read_clause(t, 0x4d, &type.descriptor);
    read_composite(t, &type);
    WR_PUSH(&t->env->perm, t->types, type);
}

static void read_group(type_reader *t) {
    wr_group group = {.first = t->types.n, .count = 1, .offset = wr_offset(t->r)};
    if (wr_left(t->r) && *t->r->p == 0x4e) {
        t->r->p++;
        group.is_explicit = true;
        group.count = wr_read_count(t->r, 2, "types");
    }
    for (uint32_t i = 0; i < group.count; i++) read_subtype(t);
    WR_PUSH(&t->env->perm, t->groups, group);
}

void wr_decode_types(wr_env *env, wr_reader *r, wr_module *m) {
    type_reader t = {.env = env, .r = r};
    uint32_t count = wr_read_count(r, 2, "types");
    for (uint32_t i = 0; i < count; i++) read_group(&t);
    m->types = t.types.v, m->ntypes = t.types.n;
    m->groups = t.groups.v, m->ngroups = t.groups.n;
    wr_validate_types(env, m);
}
