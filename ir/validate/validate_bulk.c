// Validates instructions on globals, tables and segments, bulk memory instructions, and wide arithmetic.
#include "validate_parts.h"

static wr_valtype memory_address(const wr_validator *v, uint32_t memory) {
    return wr_address_type(v->m->memories[memory].limits);
}

static wr_valtype table_address(const wr_validator *v, uint32_t table) {
    return wr_address_type(v->m->tables[table].limits);
}

static wr_valtype table_element(const wr_validator *v, uint32_t table) {
    return wr_canon_type(v->m, v->m->tables[table].type);
}

static wr_valtype shorter(wr_valtype a, wr_valtype b) { return a == WR_I64 && b == WR_I64 ? WR_I64 : WR_I32; }

static void pop3(wr_validator *v, wr_valtype a, wr_valtype b, wr_valtype c) {
    wr_validator_pop_is(v, c, 3);
    wr_validator_pop_is(v, b, 2);
    wr_validator_pop_is(v, a, 1);
}

static void validate_global(wr_validator *v, const wr_ins *ins) {
    const wr_global *global = &v->m->globals[ins->a];
    wr_valtype type = wr_canon_type(v->m, global->type);
    if (ins->op == WR_OP_GLOBAL_GET) {
        wr_validator_push(v, type);
        return;
    }
    if (!global->mutable) WR_INVALID(v, "expected a mutable global, found global %u", ins->a);
    wr_validator_pop_is(v, type, 1);
}

static void validate_table(wr_validator *v, const wr_ins *ins) {
    wr_valtype address = table_address(v, ins->a), element = table_element(v, ins->a);
    switch ((wr_op)ins->op) {
    case WR_OP_TABLE_GET:
        wr_validator_pop_is(v, address, 1);
        wr_validator_push(v, element);
        break;
    case WR_OP_TABLE_SET:
        wr_validator_pop_is(v, element, 2);
        wr_validator_pop_is(v, address, 1);
        break;
    case WR_OP_TABLE_SIZE: wr_validator_push(v, address); break;
    case WR_OP_TABLE_GROW:
        wr_validator_pop_is(v, address, 2);
        wr_validator_pop_is(v, element, 1);
        wr_validator_push(v, address);
        break;
    default: // table.fill
        pop3(v, address, element, address);
        v->features |= WR_F(BULK);
        break;
    }
}

static void validate_table_copy(wr_validator *v, uint32_t to, uint32_t from) {
    wr_valtype target = table_element(v, to), source = table_element(v, from);
    if (!wr_valtype_is_canon_subtype(v->m, source, target)) wr_validator_mismatch(v, target, source, 0);
    wr_valtype a = table_address(v, to), b = table_address(v, from);
    pop3(v, a, b, shorter(a, b));
}

static void validate_table_init(wr_validator *v, uint32_t segment, uint32_t table) {
    wr_valtype target = table_element(v, table), source = wr_canon_type(v->m, v->m->elems[segment].type);
    if (!wr_valtype_is_canon_subtype(v->m, source, target)) wr_validator_mismatch(v, target, source, 0);
    pop3(v, table_address(v, table), WR_I32, WR_I32);
}

static void validate_memory_copy(wr_validator *v, uint32_t to, uint32_t from) {
    wr_valtype a = memory_address(v, to), b = memory_address(v, from);
    pop3(v, a, b, shorter(a, b));
}

static void validate_wide(wr_validator *v, const wr_ins *ins) {
    uint32_t operands = ins->op == WR_OP_I64_ADD128 || ins->op == WR_OP_I64_SUB128 ? 4 : 2;
    for (uint32_t i = operands; i > 0; i--) wr_validator_pop_is(v, WR_I64, i);
    wr_validator_push(v, WR_I64);
    wr_validator_push(v, WR_I64);
}

void wr_validate_bulk(wr_validator *v, const wr_ins *ins) {
    uint32_t b = (uint32_t)ins->b;
    switch ((wr_op)ins->op) {
    case WR_OP_GLOBAL_GET:
    case WR_OP_GLOBAL_SET: validate_global(v, ins); break;
    case WR_OP_MEMORY_INIT: pop3(v, memory_address(v, b), WR_I32, WR_I32); break;
    case WR_OP_MEMORY_COPY: validate_memory_copy(v, ins->a, b); break;
    case WR_OP_TABLE_COPY: validate_table_copy(v, ins->a, b); break;
    case WR_OP_TABLE_INIT: validate_table_init(v, ins->a, b); break;
    case WR_OP_I64_ADD128:
    case WR_OP_I64_SUB128:
    case WR_OP_I64_MUL_WIDE_S:
    case WR_OP_I64_MUL_WIDE_U: validate_wide(v, ins); break;
    default: validate_table(v, ins); break;
    }
}
