// Random code with references: function references and tables, exceptions, and garbage-collected objects.
#include "gen.h"

#define NULLABLE_TO(g, type) wr_ref_to((type), true)

void gen_reference(gen *g, wr_valtype type) {
    wr_heaptype heap = wr_heap_of(type);
    if (type == WR_FUNCREF && chance(&g->rng, 2)) {
        gen_put(g, WR_OP_REF_FUNC, below(&g->rng, g->nfuncs), 0);
    } else if (g->gc && heap == g->struct_type) {
        if (chance(&g->rng, 2)) {
            gen_value(g, WR_I32);
            gen_value(g, WR_I64);
            gen_value(g, WR_I32);
            gen_put(g, WR_OP_STRUCT_NEW, g->struct_type, 0);
        } else {
            gen_put(g, WR_OP_STRUCT_NEW_DEFAULT, g->struct_type, 0);
        }
    } else if (g->gc && heap == g->array_type) {
        gen_value(g, WR_I32);
        gen_put(g, WR_OP_I32_CONST, 0, below(&g->rng, 20));
        gen_put(g, WR_OP_ARRAY_NEW, g->array_type, 0);
    } else {
        gen_put(g, WR_OP_REF_NULL, heap, 0);
    }
}

static void gen_table_index(gen *g) { gen_put(g, WR_OP_I32_CONST, 0, below(&g->rng, 14)); }

static void gen_table_statement(gen *g) {
    uint32_t table = below(&g->rng, g->ntables);
    switch (below(&g->rng, 5)) {
    case 0:
        gen_table_index(g);
        gen_reference(g, WR_FUNCREF);
        gen_put(g, WR_OP_TABLE_SET, table, 0);
        break;
    case 1:
        gen_table_index(g);
        gen_reference(g, WR_FUNCREF);
        gen_put(g, WR_OP_I32_CONST, 0, below(&g->rng, 4));
        gen_put(g, WR_OP_TABLE_FILL, table, 0);
        break;
    case 2:
        gen_table_index(g);
        gen_table_index(g);
        gen_put(g, WR_OP_I32_CONST, 0, below(&g->rng, 4));
        gen_put(g, WR_OP_TABLE_COPY, table, below(&g->rng, g->ntables));
        break;
    case 3:
        if (g->passive_elem == WR_NONE) return;
        gen_table_index(g);
        gen_put(g, WR_OP_I32_CONST, 0, below(&g->rng, 2));
        gen_put(g, WR_OP_I32_CONST, 0, below(&g->rng, 3));
        gen_put(g, WR_OP_TABLE_INIT, g->passive_elem, table);
        break;
    default:
        gen_reference(g, WR_FUNCREF);
        gen_put(g, WR_OP_I32_CONST, 0, below(&g->rng, 2));
        gen_put(g, WR_OP_TABLE_GROW, table, 0);
        gen_put(g, WR_OP_DROP, 0, 0);
        break;
    }
}

void gen_throw(gen *g) {
    uint32_t tag = below(&g->rng, g->ntags);
    gen_value(g, WR_I32);
    gen_ins(g, (wr_ins){.op = WR_OP_IF, .x = WR_BLOCK_EMPTY}, NULL);
    gen_push_label(g, 0);
    for (uint32_t i = 0; i < g->types[tag].nparams; i++) gen_value(g, g->types[tag].params[i]);
    gen_put(g, WR_OP_THROW, tag, 0);
    g->nlabels--;
    gen_put(g, WR_OP_END, 0, 0);
}

// block; try_table (catch_all 0) statements end; end
static void gen_try(gen *g) {
    gen_ins(g, (wr_ins){.op = WR_OP_BLOCK, .x = WR_BLOCK_EMPTY}, NULL);
    gen_push_label(g, 0);
    uint32_t words[] = {1, WR_CATCH_ALL, 0, 0};
    gen_ins(g, (wr_ins){.op = WR_OP_TRY_TABLE, .x = WR_BLOCK_EMPTY}, words);
    gen_push_label(g, 0);
    for (uint32_t i = below(&g->rng, 4); i > 0; i--) gen_statement(g);
    g->nlabels--;
    gen_put(g, WR_OP_END, 0, 0);
    g->nlabels--;
    gen_put(g, WR_OP_END, 0, 0);
}

static void gen_object_statement(gen *g) {
    if (chance(&g->rng, 2)) {
        uint32_t field = below(&g->rng, 3);
        gen_reference(g, NULLABLE_TO(g, g->struct_type));
        gen_value(g, field == 1 ? WR_I64 : WR_I32);
        gen_put(g, WR_OP_STRUCT_SET, g->struct_type, field);
        return;
    }
    gen_reference(g, NULLABLE_TO(g, g->array_type));
    gen_put(g, WR_OP_I32_CONST, 0, below(&g->rng, 24));
    gen_value(g, WR_I32);
    gen_put(g, WR_OP_ARRAY_SET, g->array_type, 0);
}

bool gen_ref_statement(gen *g) {
    switch (below(&g->rng, 4)) {
    case 0:
        if (!g->eh) return false;
        gen_try(g);
        return true;
    case 1:
        if (!g->eh || !g->ntags) return false;
        gen_throw(g);
        return true;
    case 2:
        if (!g->gc) return false;
        gen_object_statement(g);
        return true;
    default:
        if (!g->ntables) return false;
        gen_table_statement(g);
        return true;
    }
}

// An object with a descriptor of its own.
static void gen_described(gen *g) {
    bool is_default = chance(&g->rng, 2);
    if (!is_default) gen_value(g, WR_I32);
    gen_put(g, WR_OP_STRUCT_NEW, g->described_type + 1, 0);
    gen_put(g, is_default ? WR_OP_STRUCT_NEW_DEFAULT_DESC : WR_OP_STRUCT_NEW_DESC, g->described_type, 0);
}

static void gen_descriptor_value(gen *g) {
    switch (below(&g->rng, 4)) {
    case 0:
        gen_described(g);
        gen_put(g, WR_OP_STRUCT_GET, g->described_type, 0);
        break;
    case 1:
        gen_described(g);
        gen_put(g, WR_OP_REF_TEST, WR_EXACT | g->described_type, 0);
        break;
    case 2: // null passes the cast
        gen_put(g, WR_OP_REF_NULL, g->described_type, 0);
        gen_described(g);
        gen_put(g, WR_OP_REF_GET_DESC, g->described_type, 0);
        gen_put(g, WR_OP_REF_CAST_DESC_EQ_NULL, WR_EXACT | g->described_type, 0);
        gen_put(g, WR_OP_REF_IS_NULL, 0, 0);
        break;
    default:
        gen_described(g);
        gen_put(g, WR_OP_REF_GET_DESC, g->described_type, 0);
        gen_put(g, WR_OP_REF_NULL, g->described_type + 1, 0);
        gen_put(g, WR_OP_REF_EQ, 0, 0);
        break;
    }
}

static bool gen_object_value(gen *g, wr_valtype type) {
    if (type == WR_I64) {
        gen_reference(g, NULLABLE_TO(g, g->struct_type));
        gen_put(g, WR_OP_STRUCT_GET, g->struct_type, 1);
        return true;
    }
    if (type != WR_I32) return false;
    if (g->desc && chance(&g->rng, 3)) {
        gen_descriptor_value(g);
        return true;
    }
    switch (below(&g->rng, 5)) {
    case 0:
        gen_reference(g, NULLABLE_TO(g, g->struct_type));
        gen_put(g, chance(&g->rng, 2) ? WR_OP_STRUCT_GET_S : WR_OP_STRUCT_GET_U, g->struct_type, 2);
        return true;
    case 1:
        gen_reference(g, NULLABLE_TO(g, g->array_type));
        gen_put(g, WR_OP_ARRAY_LEN, 0, 0);
        return true;
    case 2:
        gen_reference(g, NULLABLE_TO(g, g->array_type));
        gen_put(g, WR_OP_I32_CONST, 0, below(&g->rng, 20));
        gen_put(g, WR_OP_ARRAY_GET, g->array_type, 0);
        return true;
    case 3:
        gen_value(g, WR_I32);
        gen_put(g, WR_OP_REF_I31, 0, 0);
        gen_put(g, chance(&g->rng, 2) ? WR_OP_I31_GET_S : WR_OP_I31_GET_U, 0, 0);
        return true;
    default:
        gen_reference(g, NULLABLE_TO(g, chance(&g->rng, 2) ? g->struct_type : g->array_type));
        gen_put(g, WR_OP_REF_TEST, g->struct_type, 0);
        return true;
    }
}

bool gen_ref_value(gen *g, wr_valtype type) {
    if (g->gc && chance(&g->rng, 2) && gen_object_value(g, type)) return true;
    if (type != WR_I32) return false;
    switch (below(&g->rng, 3)) {
    case 0:
        gen_reference(g, WR_FUNCREF);
        gen_put(g, WR_OP_REF_IS_NULL, 0, 0);
        return true;
    case 1:
        if (!g->ntables) return false;
        gen_put(g, WR_OP_TABLE_SIZE, below(&g->rng, g->ntables), 0);
        return true;
    default:
        if (!g->ntables) return false;
        gen_table_index(g);
        gen_put(g, WR_OP_TABLE_GET, below(&g->rng, g->ntables), 0);
        gen_put(g, WR_OP_REF_IS_NULL, 0, 0);
        return true;
    }
}
