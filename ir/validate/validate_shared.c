// Validates what shared-everything threads add: atomic accesses to globals, tables, structs and arrays, and
// the rule that a shared function uses only what is shared. Where the proposal and wasm-tools differ,
// whatever either accepts is accepted: the proposal's rule for cmpxchg (any shared or unshared eqref as the
// expected value), and unshared references in accesses.
#include "validate_parts.h"

// --- The rule for shared functions ---

static bool is_shared(const wr_module *m, wr_space space, uint32_t index) {
    switch (space) {
    case WR_TYPE: return m->types[index].is_shared;
    case WR_FUNC: return wr_func_type(m, index)->is_shared;
    case WR_GLOBAL: return m->globals[index].shared;
    case WR_TABLE: return m->tables[index].limits.shared;
    default: return true;
    }
}

void wr_validator_check_sharing(wr_validator *v, wr_space space, uint32_t index) {
    static const char *const texts[WR_SPACES] = {
        [WR_TYPE] = "type", [WR_FUNC] = "function", [WR_GLOBAL] = "global", [WR_TABLE] = "table"};
    bool is_address = space == WR_FUNC_ADDR; // whether that is allowed is open, so it is
    if (is_address) space = WR_FUNC;
    if (!texts[space]) return;
    bool shared = is_shared(v->m, space, index);
    if (shared && (space != WR_FUNC || is_address)) // calls alone don't make a function one to be kept
        v->features |= WR_F(SHARED_EVERYTHING);
    if (!shared && v->shared && !is_address)
        WR_INVALID(v, "a shared function can't use %s %u, which is not shared", texts[space], index);
}

wr_valtype wr_validator_pop_either(wr_validator *v, unsigned heap, uint32_t operand) {
    wr_valtype ref = wr_validator_pop_ref(v, operand);
    if (wr_heap_of(ref) == WR_ABS(WR_HEAP_BOTTOM)) return ref | WR_EITHER_SHARED;
    wr_heaptype sharing = wr_heaptype_sharing(v->m, wr_heap_of(ref));
    wr_valtype want = wr_ref_to(WR_ABS(heap) | sharing, true);
    if (!wr_valtype_is_canon_subtype(v->m, ref, want)) wr_validator_mismatch(v, want, ref, operand);
    return ref;
}

// --- Atomic accesses ---

// What an access does; the second half of each group of opcodes, in their order.
typedef enum action { GET, GET_S, GET_U, SET, ADD, SUB, AND, OR, XOR, EXCHANGE, COMPARE } action;

static action action_of(unsigned op) {
    if (op >= WR_OP_ARRAY_ATOMIC_GET) return (action)(op - WR_OP_ARRAY_ATOMIC_GET);
    if (op >= WR_OP_STRUCT_ATOMIC_GET) return (action)(op - WR_OP_STRUCT_ATOMIC_GET);
    if (op >= WR_OP_TABLE_ATOMIC_RMW_XCHG) return (action)(op - WR_OP_TABLE_ATOMIC_RMW_XCHG + EXCHANGE);
    if (op >= WR_OP_TABLE_ATOMIC_GET) return op == WR_OP_TABLE_ATOMIC_GET ? GET : SET;
    if (op >= WR_OP_GLOBAL_ATOMIC_RMW_ADD) return (action)(op - WR_OP_GLOBAL_ATOMIC_RMW_ADD + ADD);
    return op == WR_OP_GLOBAL_ATOMIC_GET ? GET : SET;
}

// Whether the type is below the heap type, shared or not.
static bool is_below(const wr_validator *v, wr_valtype type, unsigned heap) {
    wr_valtype want = wr_ref_to(WR_ABS(heap), true);
    return wr_is_ref(type) &&
           (wr_valtype_is_subtype(v->m, type, want) || wr_valtype_is_subtype(v->m, type, want | WR_SHARED));
}

static bool may_act_on(const wr_validator *v, action act, wr_valtype type) {
    bool is_packed = type == WR_I8 || type == WR_I16, is_number = type == WR_I32 || type == WR_I64;
    switch (act) {
    case GET_S:
    case GET_U: return is_packed;
    case SET:
        if (is_packed) return true;
        // fall through
    case GET:
    case EXCHANGE: return is_number || is_below(v, type, WR_HEAP_ANY);
    case COMPARE: return is_number || is_below(v, type, WR_HEAP_EQ);
    default: return is_number;
    }
}

// The expected value may be any that can be compared with the place's.
static wr_valtype expected_type(const wr_validator *v, wr_valtype type) {
    if (!wr_is_ref(type)) return type;
    return wr_ref_to(WR_ABS(WR_HEAP_EQ) | wr_heaptype_sharing(v->m, wr_heap_of(type)), true);
}

// Checks an access to a place of this type. Its address is given by the first `place` operands.
static void check_action(wr_validator *v, const wr_ins *ins, wr_field field, uint32_t place) {
    action act = action_of(ins->op);
    if (act >= SET && !field.mutable)
        WR_INVALID(v, "expected something mutable at %s", wr_opinfos[ins->op].text);
    if (!may_act_on(v, act, field.type))
        WR_INVALID(v, "%s can't access %s", wr_opinfos[ins->op].text, wr_valtype_text(field.type).s);
    bool is_packed = field.type == WR_I8 || field.type == WR_I16;
    wr_valtype type = is_packed ? WR_I32 : wr_canon_type(v->m, field.type);
    if (act >= SET) wr_validator_pop_is(v, type, place + (act == COMPARE ? 2 : 1));
    if (act == COMPARE) wr_validator_pop_is(v, expected_type(v, type), place + 1);
}

static void push_old(wr_validator *v, const wr_ins *ins, wr_valtype type) {
    if (action_of(ins->op) == SET) return;
    wr_validator_push(v, type == WR_I8 || type == WR_I16 ? WR_I32 : wr_canon_type(v->m, type));
}

static void validate_global(wr_validator *v, const wr_ins *ins) {
    const wr_global *global = &v->m->globals[ins->a];
    check_action(v, ins, (wr_field){global->type, global->mutable}, 0);
    push_old(v, ins, global->type);
}

static void validate_table(wr_validator *v, const wr_ins *ins) {
    const wr_table *table = &v->m->tables[ins->a];
    check_action(v, ins, (wr_field){table->type, true}, 1);
    wr_validator_pop_is(v, wr_address_type(table->limits), 1);
    push_old(v, ins, table->type);
}

static void validate_object(wr_validator *v, const wr_ins *ins) {
    bool is_array = ins->op >= WR_OP_ARRAY_ATOMIC_GET;
    wr_field field = is_array ? wr_validator_array_field(v, ins->a) : wr_validator_struct_field(v, ins);
    check_action(v, ins, field, is_array ? 2 : 1);
    if (is_array) wr_validator_pop_is(v, WR_I32, 2);
    wr_validator_pop_is(v, wr_validator_ref_of(v, ins->a, true), 1);
    push_old(v, ins, field.type);
}

// The low four bits order the read, the high ones the write of an access that does both; 0 is sequentially
// consistent, 1 acquire and release. Both orders must be the same, and tools write the first one alone.
static void check_ordering(wr_validator *v, const wr_ins *ins) {
    bool does_both = action_of(ins->op) > SET;
    if (ins->x > 1 && !(does_both && ins->x == 0x11))
        WR_INVALID(v, "expected a memory ordering of 0 or 1, found 0x%02x", ins->x);
}

static void validate_i31(wr_validator *v) {
    wr_validator_pop_is(v, WR_I32, 1);
    wr_validator_push(v, wr_ref_to(WR_ABS(WR_HEAP_I31) | WR_SHARED, false));
}

void wr_validate_shared(wr_validator *v, const wr_ins *ins) {
    if (ins->op >= WR_OP_REF_I31_SHARED) {
        validate_i31(v);
        return;
    }
    check_ordering(v, ins);
    if (ins->op >= WR_OP_STRUCT_ATOMIC_GET)
        validate_object(v, ins);
    else if (ins->op >= WR_OP_TABLE_ATOMIC_GET)
        validate_table(v, ins);
    else
        validate_global(v, ins);
}
