// Signatures of instructions on references, structs, arrays and tables.
//
// Some take references of several types, such as ref.cast and ref.eq: their signature has the types that the
// operands have where they stand. Types of new objects are not exact, since only modules with custom
// descriptors can say so; there, nothing is known of these instructions.
#include "typing_parts.h"

static wr_valtype table_address(const wr_typer *t, uint32_t table) {
    return t->m->tables[table].limits.is64 ? WR_I64 : WR_I32;
}

// --- Building signatures ---

// Makes room for the types of so many operands, and returns it.
static wr_valtype *take_room(const wr_typer *t, wr_sig *sig, uint32_t n) {
    *sig = (wr_sig){.npop = n};
    wr_valtype *pops = n <= 4 ? sig->store : WR_NEW(t->arena, wr_valtype, n);
    sig->pop = pops;
    sig->push = sig->store + 4;
    return pops;
}

static bool take(const wr_typer *t, wr_sig *sig, uint32_t n, const wr_valtype *types) {
    memcpy(take_room(t, sig, n), types, n * sizeof *types);
    return true;
}

static bool take_none(const wr_typer *t, wr_sig *sig) {
    take_room(t, sig, 0);
    return true;
}

static bool take_one(const wr_typer *t, wr_sig *sig, wr_valtype a) { return take(t, sig, 1, &a); }

static bool take_two(const wr_typer *t, wr_sig *sig, wr_valtype a, wr_valtype b) {
    return take(t, sig, 2, (const wr_valtype[]){a, b});
}

static bool take_three(const wr_typer *t, wr_sig *sig, wr_valtype a, wr_valtype b, wr_valtype c) {
    return take(t, sig, 3, (const wr_valtype[]){a, b, c});
}

static bool give(wr_sig *sig, wr_valtype type) {
    sig->store[4] = type;
    sig->npush = 1;
    return true;
}

// --- Structs and arrays ---

static bool new_struct(const wr_typer *t, uint32_t index, bool is_default, wr_sig *sig) {
    const wr_type *type = &t->m->types[index];
    wr_valtype *pops = take_room(t, sig, is_default ? 0 : type->nparams);
    for (uint32_t i = 0; i < sig->npop; i++) pops[i] = wr_unpacked(type->fields[i].type);
    return give(sig, wr_ref_to(index, false));
}

static bool struct_sig(const wr_typer *t, const wr_ins *ins, wr_sig *sig) {
    wr_valtype object = wr_ref_to(wr_ins_type(ins), true), field;
    switch (ins->op) {
    case WR_OP_STRUCT_NEW: return new_struct(t, wr_ins_type(ins), false, sig);
    case WR_OP_STRUCT_NEW_DEFAULT: return new_struct(t, wr_ins_type(ins), true, sig);
    default: break;
    }
    field = wr_unpacked(t->m->types[wr_ins_type(ins)].fields[ins->b].type);
    if (ins->op == WR_OP_STRUCT_SET) return take_two(t, sig, object, field);
    return take_one(t, sig, object) && give(sig, field);
}

static bool new_fixed_array(const wr_typer *t, const wr_ins *ins, wr_valtype element, wr_sig *sig) {
    wr_valtype *pops = take_room(t, sig, (uint32_t)ins->b);
    for (uint32_t i = 0; i < sig->npop; i++) pops[i] = element;
    return give(sig, wr_ref_to(wr_ins_type(ins), false));
}

static bool copy_array(const wr_typer *t, const wr_ins *ins, wr_sig *sig) {
    wr_valtype to = wr_ref_to(wr_ins_type(ins), true), from = wr_ref_to((uint32_t)ins->b, true);
    return take(t, sig, 5, (const wr_valtype[]){to, WR_I32, from, WR_I32, WR_I32});
}

static bool array_sig(const wr_typer *t, const wr_ins *ins, wr_sig *sig) {
    wr_valtype array = wr_ref_to(wr_ins_type(ins), true), made = wr_ref_to(wr_ins_type(ins), false),
               element = wr_unpacked(t->m->types[wr_ins_type(ins)].fields[0].type);
    switch (ins->op) {
    case WR_OP_ARRAY_NEW: return take_two(t, sig, element, WR_I32) && give(sig, made);
    case WR_OP_ARRAY_NEW_DEFAULT: return take_one(t, sig, WR_I32) && give(sig, made);
    case WR_OP_ARRAY_NEW_FIXED: return new_fixed_array(t, ins, element, sig);
    case WR_OP_ARRAY_NEW_DATA:
    case WR_OP_ARRAY_NEW_ELEM: return take_two(t, sig, WR_I32, WR_I32) && give(sig, made);
    case WR_OP_ARRAY_GET:
    case WR_OP_ARRAY_GET_S:
    case WR_OP_ARRAY_GET_U: return take_two(t, sig, array, WR_I32) && give(sig, element);
    case WR_OP_ARRAY_SET: return take_three(t, sig, array, WR_I32, element);
    case WR_OP_ARRAY_FILL: return take(t, sig, 4, (const wr_valtype[]){array, WR_I32, element, WR_I32});
    case WR_OP_ARRAY_COPY: return copy_array(t, ins, sig);
    default: // array.init_data, array.init_elem
        return take(t, sig, 4, (const wr_valtype[]){array, WR_I32, WR_I32, WR_I32});
    }
}

// --- Any reference ---

// Takes the reference on top of the stack, whatever its type is.
static bool takes_any(const wr_typer *t, wr_sig *sig) {
    wr_valtype type = wr_typing_top(t, 0);
    take_one(t, sig, type);
    return wr_is_ref(type);
}

static bool equal_sig(const wr_typer *t, wr_sig *sig) {
    wr_valtype a = wr_typing_top(t, 1), b = wr_typing_top(t, 0);
    take_two(t, sig, a, b);
    return wr_is_ref(a) && wr_is_ref(b) && give(sig, WR_I32);
}

static bool any_sig(const wr_typer *t, const wr_ins *ins, wr_sig *sig) {
    if (!takes_any(t, sig)) return false;
    switch (ins->op) {
    case WR_OP_REF_AS_NON_NULL: return give(sig, wr_typing_top(t, 0) & ~WR_NULLABLE);
    case WR_OP_REF_CAST: return give(sig, wr_ref_to(ins->a, false));
    case WR_OP_REF_CAST_NULL: return give(sig, wr_ref_to(ins->a, true));
    default: return give(sig, WR_I32); // ref.is_null, ref.test, array.len, i31.get
    }
}

// --- Functions and tables ---

// Without typed function references, a reference to a function is a funcref.
static bool func_sig(const wr_typer *t, const wr_ins *ins, wr_sig *sig) {
    bool is_typed = t->m->features & (WR_F(FUNC_REFS) | WR_F(GC));
    return take_none(t, sig) &&
           give(sig, is_typed ? wr_ref_to(t->m->funcs[wr_ins_func(ins)].type, false) : WR_FUNCREF);
}

static bool call_ref_sig(const wr_typer *t, const wr_ins *ins, wr_sig *sig) {
    const wr_type *type = &t->m->types[wr_ins_type(ins)];
    wr_valtype *pops = take_room(t, sig, type->nparams + 1);
    if (type->nparams) memcpy(pops, type->values, type->nparams * sizeof *type->values);
    pops[type->nparams] = wr_ref_to(wr_ins_type(ins), true);
    sig->push = type->values + type->nparams;
    sig->npush = type->nresults;
    return true;
}

static bool table_sig(const wr_typer *t, const wr_ins *ins, wr_sig *sig) {
    wr_valtype address = table_address(t, wr_ins_table(ins)), element = t->m->tables[wr_ins_table(ins)].type;
    switch (ins->op) {
    case WR_OP_TABLE_GET: return take_one(t, sig, address) && give(sig, element);
    case WR_OP_TABLE_SET: return take_two(t, sig, address, element);
    case WR_OP_TABLE_SIZE: return take_none(t, sig) && give(sig, address);
    case WR_OP_TABLE_GROW: return take_two(t, sig, element, address) && give(sig, address);
    default: return take_three(t, sig, address, element, address); // table.fill
    }
}

bool wr_typing_ref_sig(const wr_typer *t, const wr_ins *ins, wr_sig *sig) {
    if (t->m->features & (WR_F(CUSTOM_DESCRIPTORS) | WR_F(SHARED_EVERYTHING))) return false;
    if (ins->op >= WR_OP_STRUCT_NEW && ins->op <= WR_OP_STRUCT_SET) return struct_sig(t, ins, sig);
    if (ins->op >= WR_OP_ARRAY_NEW && ins->op <= WR_OP_ARRAY_INIT_ELEM && ins->op != WR_OP_ARRAY_LEN)
        return array_sig(t, ins, sig);
    switch (ins->op) {
    case WR_OP_REF_NULL: return take_none(t, sig) && give(sig, wr_ref_to(ins->a, true));
    case WR_OP_REF_I31: return take_one(t, sig, WR_I32) && give(sig, wr_ref_to(WR_ABS(WR_HEAP_I31), false));
    case WR_OP_REF_FUNC: return func_sig(t, ins, sig);
    case WR_OP_REF_EQ: return equal_sig(t, sig);
    case WR_OP_CALL_REF: return call_ref_sig(t, ins, sig);
    case WR_OP_REF_IS_NULL:
    case WR_OP_REF_AS_NON_NULL:
    case WR_OP_REF_TEST:
    case WR_OP_REF_TEST_NULL:
    case WR_OP_REF_CAST:
    case WR_OP_REF_CAST_NULL:
    case WR_OP_ARRAY_LEN:
    case WR_OP_I31_GET_S:
    case WR_OP_I31_GET_U: return any_sig(t, ins, sig);
    case WR_OP_TABLE_GET:
    case WR_OP_TABLE_SET:
    case WR_OP_TABLE_SIZE:
    case WR_OP_TABLE_GROW:
    case WR_OP_TABLE_FILL: return table_sig(t, ins, sig);
    default: return false;
    }
}
