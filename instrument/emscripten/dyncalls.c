// Exports functions that call through the table, for JavaScript that can't, or not with numbers of 64 bits:
//
//   (func (export "dynCall_vj") (param $at i32) (param i64)
//     (call_indirect (type $vj) (local.get 1) (local.get $at)))
//
// There is one for each type of a function that a table holds at the start, and of those that imported
// invoke_… functions call.
#include "emscripten_parts.h"
#include "analysis/segments.h"
#include "ir/asm.h"

static char letter(const wr_finalizing *f, wr_valtype type) {
    switch (type) {
    case WR_I32: return 'i';
    case WR_I64: return 'j';
    case WR_F32: return 'f';
    case WR_F64: return 'd';
    case WR_V128: return 'V';
    case WR_FUNCREF: return 'F';
    case WR_EXTERNREF: return 'X';
    default:
        wr_throw(f->c->env, WR_USAGE, WR_NO_OFFSET,
                 "a dynCall for a function that takes or gives references");
    }
}

static bool has_i64(const wr_valtype *values, uint32_t n) {
    for (uint32_t i = 0; i < n; i++)
        if (values[i] == WR_I64) return true;
    return false;
}

static wr_slice dyncall_name(const wr_finalizing *f, const wr_valtype *params, uint32_t nparams,
                             const wr_valtype *results, uint32_t nresults) {
    wr_buf b = wr_buf_in(&f->c->env->perm);
    if (nresults > 1)
        wr_throw(f->c->env, WR_USAGE, WR_NO_OFFSET, "a dynCall for a function with several results");
    wr_put_format(&b, "dynCall_%c", nresults ? letter(f, *results) : 'v');
    for (uint32_t i = 0; i < nparams; i++) wr_put_format(&b, "%c", letter(f, params[i]));
    return wr_buf_slice(&b);
}

static bool is_exported(const wr_finalizing *f, wr_slice name) {
    for (uint32_t i = 0; i < f->m->nexports; i++)
        if (f->m->exports[i].live && wr_slice_eq(f->m->exports[i].name, name)) return true;
    return false;
}

// `type` is the one that the call names.
static void add_dyncall(wr_finalizing *f, uint32_t type) {
    wr_module *m = f->m;
    wr_env *env = f->c->env;
    const wr_type *callee = &m->types[type];
    const wr_valtype *results = callee->values + callee->nparams;
    if (f->options->dyncalls == WR_DYNCALLS_I64 &&
        !has_i64(callee->values, callee->nparams + callee->nresults))
        return;
    wr_slice name = dyncall_name(f, callee->values, callee->nparams, results, callee->nresults);
    if (is_exported(f, name)) return;
    if (!m->ntables) wr_throw(env, WR_USAGE, WR_NO_OFFSET, "a dynCall without a table");
    wr_valtype *params = WR_NEW(&env->pass, wr_valtype, callee->nparams + (size_t)1);
    params[0] = m->tables[0].limits.is64 ? WR_I64 : WR_I32;
    if (callee->nparams) memcpy(params + 1, callee->values, callee->nparams * sizeof *params);
    uint32_t nparams = callee->nparams + 1;
    wr_buf b = wr_buf_in(&env->perm);
    wr_asm_locals(&b, 0);
    for (uint32_t i = 1; i < nparams; i++) WR_ASM(&b, GET(i));
    WR_ASM(&b, GET(0), WR_INS(CALL_INDIRECT, .a = type), END);
    uint32_t own = wr_module_intern_func_type(env, m, params, nparams, results, callee->nresults);
    wr_finalizing_add_export(f, name, wr_finalizing_add_func(f, name, own, wr_buf_slice(&b)));
}

// As wasm-ld lays it out, a table has one segment; wasm-emscripten-finalize looks at no other.
static const wr_elem *first_segment(const wr_module *m, uint32_t table) {
    for (uint32_t i = 0; i < m->nelems; i++)
        if (m->elems[i].mode == WR_ACTIVE && m->elems[i].table == table) return &m->elems[i];
    return NULL;
}

static void add_for_table(wr_finalizing *f, uint32_t table, uint8_t *seen) {
    const wr_elem *elem = first_segment(f->m, table);
    for (uint32_t i = 0; elem && i < elem->count; i++) {
        uint32_t func = wr_segments_elem_func(f->c->env, elem, i);
        if (func == WR_NONE) continue;
        uint32_t type = f->m->types[f->m->funcs[func].type].canon;
        if (!seen[type]) add_dyncall(f, type);
        seen[type] = 1;
    }
}

// What an invoke function calls has its type without the first parameter, the address.
static void add_for_invoke(wr_finalizing *f, const wr_import *import, uint8_t *seen) {
    bool is_it = import->space == WR_FUNC && wr_slice_is(import->module, "env") &&
                 wr_slice_starts(import->name, "invoke_");
    if (!is_it) return;
    uint32_t invoke = f->m->types[f->m->funcs[import->index].type].canon;
    const wr_type *type = &f->m->types[invoke];
    if (!type->nparams || seen[invoke] & 2) return;
    seen[invoke] |= 2;
    uint32_t callee = wr_module_intern_func_type(f->c->env, f->m, type->values + 1, type->nparams - 1,
                                                 type->values + type->nparams, type->nresults);
    add_dyncall(f, callee);
}

void wr_finalizing_add_dyncalls(wr_finalizing *f) {
    uint8_t *seen = WR_NEW0(&f->c->env->pass, uint8_t, f->m->ntypes);
    for (uint32_t i = 0; i < f->m->ntables; i++) add_for_table(f, i, seen);
    for (uint32_t i = 0, n = f->m->nimports; i < n; i++) add_for_invoke(f, &f->m->imports[i], seen);
}
