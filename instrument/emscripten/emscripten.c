// Runs the parts in the order in which wasm-emscripten-finalize runs them, and keeps names of functions true.
#include "emscripten.h"

#include "emscripten_parts.h"
#include "ir/names.h"

enum { FUNCTION_NAMES = 1 };

// --- Additions ---

wr_slice wr_finalizing_join(const wr_finalizing *f, const char *prefix, wr_slice name) {
    wr_buf b = wr_buf_in(&f->c->env->perm);
    wr_put_bytes(&b, (const uint8_t *)prefix, strlen(prefix));
    wr_put_slice(&b, name);
    return wr_buf_slice(&b);
}

wr_export *wr_finalizing_export(const wr_finalizing *f, const char *name) {
    for (uint32_t i = 0; i < f->m->nexports; i++) {
        wr_export *export = &f->m->exports[i];
        if (export->live && export->space == WR_FUNC && wr_slice_is(export->name, name)) return export;
    }
    return NULL;
}

// The arrays have room for all additions: at most one import for each one there is and three helpers; an
// export for each one, for each type, and one for the stack.
static void make_room(wr_finalizing *f) {
    wr_module *m = f->m;
    wr_arena *arena = &f->c->env->perm;
    wr_import *imports = WR_NEW(arena, wr_import, 2 * (size_t)m->nimports + 3);
    wr_export *exports =
        WR_NEW(arena, wr_export, 2 * ((size_t)m->nexports + m->ntypes + m->nfunc_imports) + 1);
    if (m->nimports) memcpy(imports, m->imports, m->nimports * sizeof *imports);
    if (m->nexports) memcpy(exports, m->exports, m->nexports * sizeof *exports);
    m->imports = imports;
    m->exports = exports;
}

uint32_t wr_finalizing_add_import(wr_finalizing *f, wr_slice module, wr_slice name, uint32_t type) {
    wr_module *m = f->m;
    uint32_t func = wr_module_add_func(f->c->env, m, type, (wr_slice){0});
    m->funcs[func].import = m->nimports;
    m->funcs[func].changed = false;
    m->imports[m->nimports++] = (wr_import){.module = module, .name = name, .space = WR_FUNC, .index = func};
    WR_PUSH(&f->c->env->perm, f->new_names, name);
    return func;
}

uint32_t wr_finalizing_add_func(wr_finalizing *f, wr_slice name, uint32_t type, wr_slice body) {
    wr_env *env = f->c->env;
    uint32_t func = wr_module_add_func(env, f->m, type, body);
    wr_collector_summarize(&f->collector, env, f->m, &f->m->funcs[func]);
    WR_PUSH(&env->perm, f->new_names, name);
    return func;
}

void wr_finalizing_add_export(wr_finalizing *f, wr_slice name, uint32_t func) {
    f->m->exports[f->m->nexports++] =
        (wr_export){.name = name, .space = WR_FUNC, .index = func, .live = true};
}

uint32_t wr_finalizing_env(wr_finalizing *f, const char *name, const wr_valtype *params, uint32_t nparams,
                           const wr_valtype *results, uint32_t nresults) {
    wr_module *m = f->m;
    uint32_t type = wr_module_intern_func_type(f->c->env, m, params, nparams, results, nresults);
    for (uint32_t i = 0; i < m->nimports; i++) {
        const wr_import *import = &m->imports[i];
        bool is_it = import->space == WR_FUNC && wr_slice_is(import->module, "env") &&
                     wr_slice_is(import->name, name) && m->funcs[import->index].live;
        if (is_it && m->types[m->funcs[import->index].type].canon == m->types[type].canon)
            return import->index;
    }
    return wr_finalizing_add_import(f, wr_slice_str("env"), wr_slice_str(name), type);
}

// --- Names ---

static wr_slice name_of(const wr_finalizing *f, uint32_t func) {
    return func < f->nnames ? f->names[func] : f->new_names.v[func - f->nnames];
}

static void put_function_names(const wr_finalizing *f, wr_buf *out) {
    wr_buf map = wr_buf_in(&f->c->env->temp);
    uint32_t n = 0;
    for (uint32_t i = 0; i < f->m->nfuncs; i++) n += name_of(f, i).n != 0;
    wr_put_uleb(&map, n);
    for (uint32_t i = 0; i < f->m->nfuncs; i++) {
        if (!name_of(f, i).n) continue;
        wr_put_uleb(&map, i);
        wr_put_sized(&map, name_of(f, i));
    }
    wr_put_u8(out, FUNCTION_NAMES);
    wr_put_sized(out, wr_buf_slice(&map));
}

static void write_names(wr_env *env, void *arg) {
    const wr_finalizing *f = arg;
    for (uint32_t i = 0; i < f->m->ncustoms; i++) {
        wr_custom *custom = &f->m->customs[i];
        if (!wr_slice_is(custom->name, "name")) continue;
        wr_buf out = wr_buf_in(&env->perm);
        wr_reader r = wr_reader_of(env, custom->payload, custom->offset);
        while (!wr_at_end(&r)) {
            const uint8_t *start = r.p;
            uint8_t sub = wr_read_u8(&r);
            wr_read_bytes(&r, wr_read_u32(&r));
            if (sub == FUNCTION_NAMES)
                put_function_names(f, &out);
            else
                wr_put_bytes(&out, start, (size_t)(r.p - start));
        }
        custom->payload = wr_buf_slice(&out);
    }
}

// A malformed name section stays as it is: nothing depends on it.
static void renew_names(wr_finalizing *f) { wr_try_input(f->c->env, write_names, f, NULL); }

static void rename_main(wr_finalizing *f) {
    wr_export *main = wr_finalizing_export(f, "__main_argc_argv");
    if (!main || wr_finalizing_export(f, "main")) return;
    main->name = wr_slice_str("main");
    if (wr_slice_is(f->names[main->index], "__main_argc_argv")) f->names[main->index] = main->name;
}

static void drop_js(const wr_finalizing *f) {
    for (uint32_t i = 0; i < f->m->nexports; i++) {
        wr_export *export = &f->m->exports[i];
        if (wr_slice_is(export->name, "__start_em_asm") || wr_slice_is(export->name, "__stop_em_asm") ||
            wr_slice_starts(export->name, "__em_js__"))
            export->live = false;
    }
}

void wr_emscripten_finalize(wr_context *c, const wr_emscripten_options *options) {
    wr_finalizing f = {.c = c, .m = c->m, .options = options, .nnames = c->m->nfuncs};
    f.names = wr_names_of(c->env, c->m, WR_FUNC);
    wr_collector_init(&f.collector, &c->env->perm);
    make_room(&f);
    if (options->rename_main) rename_main(&f);
    if (options->check_stack) wr_finalizing_check_stack(&f);
    if (options->dyncalls != WR_DYNCALLS_NONE) wr_finalizing_add_dyncalls(&f);
    if (options->legalize != WR_LEGALIZE_NONE) wr_finalizing_legalize(&f);
    if (options->drop_js) drop_js(&f);
    renew_names(&f);
    wr_arena_reset(&c->env->temp);
    wr_arena_reset(&c->env->pass);
}
