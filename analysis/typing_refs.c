// Signatures of instructions on references, structs, arrays and tables.
//
// Some take references of several types, such as ref.cast and ref.eq: their signature has the types that the
// operands have where they stand. Types of new objects are not exact, since only modules with custom
// descriptors can say so; there, nothing is known of these instructions.
#include "typing_parts.h"

static wr_valtype unpacked(wr_valtype field) { return field == WR_I8 || field == WR_I16 ? WR_I32 : field; }

static wr_valtype table_address(const wr_typer *t, uint32_t table) {
    return t->m->tables[table].limits.is64 ? WR_I64 : WR_I32;
}

// --- Building signatures ---

static void begin(const wr_typer *t, wr_sig *sig, uint32_t npop) {
    *sig = (wr_sig){.npop = npop};
    sig->pop = npop <= 4 ? sig->store : WR_NEW(t->arena, wr_valtype, npop);
    sig->push = sig->store + 4;
}

static wr_valtype *pops(wr_sig *sig) { return (wr_valtype *)sig->pop; }

static bool give(wr_sig *sig, wr_valtype type) {
    sig->store[4] = type;
    sig->npush = 1;
    return true;
}

// Pops up to four values of these types; WR_BOTTOM ends them.
static void take(const wr_typer *t, wr_sig *sig, wr_valtype a, wr_valtype b, wr_valtype c, wr_valtype d) {
    const wr_valtype types[] = {a, b, c, d};
    uint32_t n = 0;
    while (n < WR_COUNT(types) && types[n] != WR_BOTTOM) n++;
    begin(t, sig, n);
    memcpy(pops(sig), types, n * sizeof *types);
}

static void take_none(const wr_typer *t, wr_sig *sig) { begin(t, sig, 0); }

static void take_one(const wr_typer *t, wr_sig *sig, wr_valtype a) { take(t, sig, a, WR_BOTTOM, 0, 0); }

// --- Structs and arrays ---

static bool new_struct(const wr_typer *t, uint32_t index, bool is_default, wr_sig *sig) {
    const wr_type *type = &t->m->types[index];
    begin(t, sig, is_default ? 0 : type->nparams);
    for (uint32_t i = 0; i < sig->npop; i++) pops(sig)[i] = unpacked(type->fields[i].type);
    return give(sig, wr_ref_to(index, false));
}

static bool struct_sig(const wr_typer *t, const wr_ins *ins, wr_sig *sig) {
    wr_valtype object = wr_ref_to(wr_ins_type(ins), true), field;
    switch (ins->op) {
    case WR_OP_STRUCT_NEW: return new_struct(t, wr_ins_type(ins), false, sig);
    case WR_OP_STRUCT_NEW_DEFAULT: return new_struct(t, wr_ins_type(ins), true, sig);
    default: break;
    }
    field = unpacked(t->m->types[wr_ins_type(ins)].fields[ins->b].type);
    if (ins->op == WR_OP_STRUCT_SET) {
        take(t, sig, object, field, WR_BOTTOM, 0);
        return true;
    }
    take_one(t, sig, object);
    return give(sig, field);
}

static bool new_fixed_array(const wr_typer *t, const wr_ins *ins, wr_valtype element, wr_sig *sig) {
    begin(t, sig, (uint32_t)ins->b);
    for (uint32_t i = 0; i < sig->npop; i++) pops(sig)[i] = element;
    return give(sig, wr_ref_to(wr_ins_type(ins), false));
}

static bool copy_array(const wr_typer *t, const wr_ins *ins, wr_sig *sig) {
    begin(t, sig, 5);
    const wr_valtype types[] = {wr_ref_to(wr_ins_type(ins), true), WR_I32, wr_ref_to((uint32_t)ins->b, true),
                                WR_I32, WR_I32};
    memcpy(pops(sig), types, sizeof types);
    return true;
}

static bool array_sig(const wr_typer *t, const wr_ins *ins, wr_sig *sig) {
    wr_valtype array = wr_ref_to(wr_ins_type(ins), true), made = wr_ref_to(wr_ins_type(ins), false),
               element = unpacked(t->m->types[wr_ins_type(ins)].fields[0].type);
    switch (ins->op) {
    case WR_OP_ARRAY_NEW: take(t, sig, element, WR_I32, WR_BOTTOM, 0); return give(sig, made);
    case WR_OP_ARRAY_NEW_DEFAULT: take_one(t, sig, WR_I32); return give(sig, made);
    case WR_OP_ARRAY_NEW_FIXED: return new_fixed_array(t, ins, element, sig);
    case WR_OP_ARRAY_NEW_DATA:
    case WR_OP_ARRAY_NEW_ELEM: take(t, sig, WR_I32, WR_I32, WR_BOTTOM, 0); return give(sig, made);
    case WR_OP_ARRAY_GET:
    case WR_OP_ARRAY_GET_S:
    case WR_OP_ARRAY_GET_U: take(t, sig, array, WR_I32, WR_BOTTOM, 0); return give(sig, element);
    case WR_OP_ARRAY_SET: take(t, sig, array, WR_I32, element, WR_BOTTOM); return true;
    case WR_OP_ARRAY_FILL: take(t, sig, array, WR_I32, element, WR_I32); return true;
    case WR_OP_ARRAY_COPY: return copy_array(t, ins, sig);
    default: take(t, sig, array, WR_I32, WR_I32, WR_I32); return true; // array.init_data, array.init_elem
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
    take(t, sig, a, b, WR_BOTTOM, 0);
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
    take_none(t, sig);
    return give(sig, is_typed ? wr_ref_to(t->m->funcs[wr_ins_func(ins)].type, false) : WR_FUNCREF);
}

static bool call_ref_sig(const wr_typer *t, const wr_ins *ins, wr_sig *sig) {
    const wr_type *type = &t->m->types[wr_ins_type(ins)];
    begin(t, sig, type->nparams + 1);
    if (type->nparams) memcpy(pops(sig), type->values, type->nparams * sizeof *type->values);
    pops(sig)[type->nparams] = wr_ref_to(wr_ins_type(ins), true);
    sig->push = type->values + type->nparams;
    sig->npush = type->nresults;
    return true;
}

static bool table_sig(const wr_typer *t, const wr_ins *ins, wr_sig *sig) {
    wr_valtype address = table_address(t, wr_ins_table(ins)), element = t->m->tables[wr_ins_table(ins)].type;
    switch (ins->op) {
    case WR_OP_TABLE_GET: take_one(t, sig, address); return give(sig, element);
    case WR_OP_TABLE_SET: take(t, sig, address, element, WR_BOTTOM, 0); return true;
    case WR_OP_TABLE_SIZE: take_none(t, sig); return give(sig, address);
    case WR_OP_TABLE_GROW: take(t, sig, element, address, WR_BOTTOM, 0); return give(sig, address);
    default: take(t, sig, address, element, address, WR_BOTTOM); return true; // table.fill
    }
}

bool wr_typing_ref_sig(const wr_typer *t, const wr_ins *ins, wr_sig *sig) {
    if (t->m->features & (WR_F(CUSTOM_DESCRIPTORS) | WR_F(SHARED_EVERYTHING))) return false;
    if (ins->op >= WR_OP_STRUCT_NEW && ins->op <= WR_OP_STRUCT_SET) return struct_sig(t, ins, sig);
    if (ins->op >= WR_OP_ARRAY_NEW && ins->op <= WR_OP_ARRAY_INIT_ELEM && ins->op != WR_OP_ARRAY_LEN)
        return array_sig(t, ins, sig);
    switch (ins->op) {
    case WR_OP_REF_NULL: take_none(t, sig); return give(sig, wr_ref_to(ins->a, true));
    case WR_OP_REF_I31: take_one(t, sig, WR_I32); return give(sig, wr_ref_to(WR_ABS(WR_HEAP_I31), false));
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
