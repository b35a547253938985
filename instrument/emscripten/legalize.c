// JavaScript without BigInt can neither pass nor take numbers of 64 bits. An exported function that has some
// gets a stub that takes them in halves and gives the upper half of its result to setTempRet0:
//
//   (func (export "f") (param i64) (result i64))
//     ->
//   (func (export "f") (param i32 i32) (result i32) (local i64)
//     (local.set 2 (call $f (i64.or (extend 0) (i64.shl (extend 1) (i64.const 32)))))
//     (call $setTempRet0 (wrap (i64.shr_u (local.get 2) (i64.const 32)))) (wrap (local.get 2)))
//
// and for an import it is the other way round: a function of the old type calls it, and takes its place
// everywhere.
#include "emscripten_parts.h"
#include "ir/asm.h"
#include "passes/dedupe/merge.h"

static bool is_wide(const wr_type *type) {
    for (uint32_t i = 0; i < type->nparams; i++)
        if (type->values[i] == WR_I64) return true;
    return type->nresults == 1 && type->values[type->nparams] == WR_I64;
}

static bool returns_wide(const wr_type *type) {
    return type->nresults == 1 && type->values[type->nparams] == WR_I64;
}

// The type with two halves for each i64, and its lower half as result. `known` has what was found before.
static uint32_t narrow_type(wr_finalizing *f, uint32_t type, uint32_t *known) {
    wr_env *env = f->c->env;
    const wr_type *wide = &f->m->types[type];
    if (known[type]) return known[type] - 1;
    wr_valtype *params = WR_NEW(&env->pass, wr_valtype, 2 * (size_t)wide->nparams), i32 = WR_I32;
    uint32_t n = 0;
    for (uint32_t i = 0; i < wide->nparams; i++) {
        bool halves = wide->values[i] == WR_I64;
        params[n++] = halves ? WR_I32 : wide->values[i];
        if (halves) params[n++] = WR_I32;
    }
    const wr_valtype *results = returns_wide(wide) ? &i32 : wide->values + wide->nparams;
    uint32_t narrow = wr_module_intern_func_type(env, f->m, params, n, results, wide->nresults);
    known[type] = narrow + 1;
    return narrow;
}

// --- Halves ---

static void put_upper_half(wr_buf *b, uint32_t local) {
    WR_ASM(b, GET(local), I64(32), WR_INS(I64_SHR_U), WRAP);
}

// Of two i32 on the stack, the lower half first, nothing is left but their i64; the code for the upper half
// is written by the caller in between.
static void put_join(wr_buf *b) { WR_ASM(b, EXTEND_U, I64(32), WR_INS(I64_SHL), WR_INS(I64_OR)); }

// A helper that the module exports, or imports from JavaScript.
static uint32_t helper(wr_finalizing *f, const char *exported, const char *imported, bool sets) {
    const wr_valtype i32 = WR_I32;
    const wr_export *export = wr_finalizing_export(f, exported);
    return export ? export->index : wr_finalizing_env(f, imported, &i32, sets, &i32, !sets);
}

// --- Exports ---

static void put_narrow_to_wide(wr_finalizing *f, uint32_t func, wr_buf *b) {
    const wr_type *type = wr_func_type(f->m, func);
    uint32_t local = 0, result = returns_wide(type);
    wr_put_u8(b, (uint8_t)result);
    if (result) {
        wr_put_u8(b, 1);
        wr_valtype_write(b, WR_I64);
    }
    for (uint32_t i = 0; i < type->nparams; i++) {
        WR_ASM(b, GET(local));
        local++;
        if (type->values[i] != WR_I64) continue;
        WR_ASM(b, EXTEND_U, GET(local));
        local++;
        put_join(b);
    }
    WR_ASM(b, CALL(func));
    if (result) {
        uint32_t set = helper(f, "__set_temp_ret", "setTempRet0", true);
        WR_ASM(b, SET(local));
        put_upper_half(b, local);
        WR_ASM(b, CALL(set), GET(local), WRAP);
    }
    WR_ASM(b, END);
}

static bool is_dyncall(const wr_export *export) { return wr_slice_starts(export->name, "dynCall_"); }

static void legalize_exports(wr_finalizing *f, uint32_t *known) {
    wr_module *m = f->m;
    wr_arena *arena = &f->c->env->perm;
    uint32_t nexports = m->nexports;
    uint32_t *stubs = WR_NEW0(&f->c->env->pass, uint32_t, m->nfuncs); // a function may be exported twice
    for (uint32_t i = 0; i < nexports; i++) {
        wr_export *export = &m->exports[i];
        if (!export->live || export->space != WR_FUNC) continue;
        uint32_t func = export->index;
        if (!is_wide(wr_func_type(m, func))) continue;
        if (f->options->legalize == WR_LEGALIZE_DYNCALLS && !is_dyncall(export)) continue;
        if (!stubs[func]) {
            wr_buf b = wr_buf_in(arena);
            put_narrow_to_wide(f, func, &b);
            uint32_t type = narrow_type(f, m->funcs[func].type, known);
            wr_slice name = wr_finalizing_join(f, "legalstub$", export->name);
            stubs[func] = wr_finalizing_add_func(f, name, type, wr_buf_slice(&b));
        }
        export->index = stubs[func];
        if (f->options->export_originals && m->funcs[func].import == WR_NONE && !is_dyncall(export))
            wr_finalizing_add_export(f, wr_finalizing_join(f, "orig$", export->name), func);
    }
}

// --- Imports ---

static void put_wide_to_narrow(wr_finalizing *f, uint32_t import, uint32_t narrow, wr_buf *b) {
    const wr_type *type = wr_func_type(f->m, import);
    wr_asm_locals(b, 0);
    for (uint32_t i = 0; i < type->nparams; i++) {
        WR_ASM(b, GET(i));
        if (type->values[i] != WR_I64) continue;
        WR_ASM(b, WRAP);
        put_upper_half(b, i);
    }
    WR_ASM(b, CALL(narrow));
    if (returns_wide(type)) {
        WR_ASM(b, EXTEND_U, CALL(helper(f, "__get_temp_ret", "getTempRet0", false)));
        put_join(b);
    }
    WR_ASM(b, END);
}

static bool is_illegal_import(const wr_finalizing *f, uint32_t func) {
    const wr_import *import = &f->m->imports[f->m->funcs[func].import];
    bool wanted = f->options->legalize == WR_LEGALIZE_ALL ||
                  (wr_slice_is(import->module, "env") && wr_slice_starts(import->name, "invoke_"));
    return f->m->funcs[func].live && wanted && is_wide(wr_func_type(f->m, func));
}

static void legalize_imports(wr_finalizing *f, uint32_t *known) {
    wr_module *m = f->m;
    uint32_t n = 0, *illegal = WR_NEW(&f->c->env->pass, uint32_t, 2 * (size_t)m->nfunc_imports);
    for (uint32_t i = 0; i < m->nfunc_imports; i++) {
        if (!is_illegal_import(f, i)) continue;
        const wr_import import = m->imports[m->funcs[i].import];
        uint32_t type = m->funcs[i].type;
        uint32_t narrow =
            wr_finalizing_add_import(f, import.module, import.name, narrow_type(f, type, known));
        wr_buf b = wr_buf_in(&f->c->env->perm);
        put_wide_to_narrow(f, i, narrow, &b);
        illegal[n++] = i;
        illegal[n++] = wr_finalizing_add_func(f, wr_finalizing_join(f, "legalfunc$", import.name), type,
                                              wr_buf_slice(&b));
    }
    if (!n) return;
    wr_merge merge;
    wr_merge_init(f->c, &merge);
    for (uint32_t i = 0; i < n; i += 2) merge.call[illegal[i]] = merge.address[illegal[i]] = illegal[i + 1];
    wr_merge_apply(f->c, &merge);
}

void wr_finalizing_legalize(wr_finalizing *f) {
    // Types that are added on the way are narrow.
    uint32_t *known = WR_NEW0(&f->c->env->perm, uint32_t, f->m->ntypes);
    legalize_exports(f, known);
    legalize_imports(f, known);
}
