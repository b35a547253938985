// Writes the type and import sections.
#include "encode_parts.h"

static void put_index_of_super(wr_encoder *e, wr_buf *out, const wr_type *type) {
    if (type->is_final && type->super == WR_NONE) return; // the short form without supertype clause
    wr_put_u8(out, type->is_final ? 0x4f : 0x50);
    wr_put_u8(out, type->super != WR_NONE);
    if (type->super != WR_NONE) wr_put_uleb(out, wr_remap_index(e->rewrite.map, WR_TYPE, type->super));
}

static void put_clause(wr_encoder *e, wr_buf *out, uint8_t code, uint32_t index) {
    if (index == WR_NONE) return;
    wr_put_u8(out, code);
    wr_put_uleb(out, wr_remap_index(e->rewrite.map, WR_TYPE, index));
}

static void put_values(wr_encoder *e, wr_buf *out, const wr_valtype *values, uint32_t n) {
    wr_put_uleb(out, n);
    for (uint32_t i = 0; i < n; i++) wr_encode_valtype(e, out, values[i]);
}

static void put_field(wr_encoder *e, wr_buf *out, const wr_field *field) {
    wr_encode_valtype(e, out, field->type);
    wr_put_u8(out, field->mutable);
}

static void put_type(wr_encoder *e, wr_buf *out, const wr_type *type) {
    static const uint8_t forms[] = {
        [WR_TYPE_FUNC] = 0x60, [WR_TYPE_STRUCT] = 0x5f, [WR_TYPE_ARRAY] = 0x5e, [WR_TYPE_CONT] = 0x5d};
    put_index_of_super(e, out, type);
    put_clause(e, out, 0x4c, type->describes);
    put_clause(e, out, 0x4d, type->descriptor);
    if (type->is_shared) wr_put_u8(out, 0x65);
    wr_put_u8(out, forms[type->kind]);
    if (type->kind == WR_TYPE_FUNC) {
        put_values(e, out, type->values, type->nparams);
        put_values(e, out, type->values + type->nparams, type->nresults);
        return;
    }
    if (type->kind == WR_TYPE_CONT) {
        wr_put_sleb(out, wr_remap_index(e->rewrite.map, WR_TYPE, wr_type_index(type->fields[0].type)));
        return;
    }
    if (type->kind == WR_TYPE_STRUCT) wr_put_uleb(out, type->nparams);
    for (uint32_t i = 0; i < type->nparams; i++) put_field(e, out, &type->fields[i]);
}

void wr_encode_types(wr_encoder *e, wr_buf *out) {
    const wr_module *m = e->m;
    uint32_t count = e->layout->count[WR_TYPE], groups = 0;
    const uint32_t *order = e->layout->order[WR_TYPE];
    for (uint32_t i = 0; i < count; i++) groups += m->groups[m->types[order[i]].group].first == order[i];
    if (!count) return;
    wr_put_uleb(out, groups);
    for (uint32_t i = 0; i < count; i++) {
        const wr_group *group = &m->groups[m->types[order[i]].group];
        if (group->first == order[i] && group->count != 1) { // a group of one needs no `rec`
            wr_put_u8(out, 0x4e);
            wr_put_uleb(out, group->count);
        }
        put_type(e, out, &m->types[order[i]]);
    }
}

// --- Imports ---

static bool import_is_live(const wr_module *m, const wr_import *import) {
    switch (import->space) {
    case WR_FUNC: return m->funcs[import->index].live;
    case WR_TABLE: return m->tables[import->index].live;
    case WR_MEMORY: return m->memories[import->index].live;
    case WR_GLOBAL: return m->globals[import->index].live;
    default: return m->tags[import->index].live;
    }
}

static void put_import_type(wr_encoder *e, wr_buf *out, const wr_import *import) {
    const wr_module *m = e->m;
    bool is_exact = import->space == WR_FUNC && m->funcs[import->index].exact;
    wr_put_u8(out, is_exact ? WR_EXACT_FUNC : import->space);
    switch (import->space) {
    case WR_FUNC:
        wr_put_uleb(out, wr_remap_index(e->rewrite.map, WR_TYPE, m->funcs[import->index].type));
        break;
    case WR_TABLE:
        wr_encode_valtype(e, out, m->tables[import->index].type);
        wr_encode_limits(out, &m->tables[import->index].limits, false);
        break;
    case WR_MEMORY: wr_encode_limits(out, &m->memories[import->index].limits, true); break;
    case WR_GLOBAL:
        wr_encode_valtype(e, out, m->globals[import->index].type);
        wr_encode_mutability(out, &m->globals[import->index]);
        break;
    default:
        wr_put_u8(out, 0);
        wr_put_uleb(out, wr_remap_index(e->rewrite.map, WR_TYPE, m->tags[import->index].type));
        break;
    }
}

static void put_plain_import(wr_encoder *e, wr_buf *out, const wr_import *import) {
    wr_put_sized(out, import->module);
    wr_put_sized(out, import->name);
    put_import_type(e, out, import);
}

// Writes several imports from one module in the compact form.
static void put_import_run(wr_encoder *e, wr_buf *out, const wr_import *const *run, uint32_t n) {
    wr_put_sized(out, run[0]->module);
    wr_put_u8(out, 0);
    wr_put_u8(out, 0x7f);
    wr_put_uleb(out, n);
    for (uint32_t i = 0; i < n; i++) {
        wr_put_sized(out, run[i]->name);
        put_import_type(e, out, run[i]);
    }
}

void wr_encode_imports(wr_encoder *e, wr_buf *out) {
    const wr_module *m = e->m;
    const wr_import **live = WR_NEW(&e->env->temp, const wr_import *, m->nimports);
    uint32_t n = 0, entries = 0;
    for (uint32_t i = 0; i < m->nimports; i++)
        if (import_is_live(m, &m->imports[i])) live[n++] = &m->imports[i];
    wr_buf body = wr_buf_in(&e->env->temp);
    for (uint32_t i = 0, k; i < n; i = k, entries++) {
        k = i + 1;
        while (m->compact_imports && k < n && wr_slice_eq(live[k]->module, live[i]->module)) k++;
        if (k - i > 1)
            put_import_run(e, &body, live + i, k - i);
        else
            put_plain_import(e, &body, live[i]);
    }
    if (!entries) return;
    wr_put_uleb(out, entries);
    wr_put_slice(out, wr_buf_slice(&body));
}
