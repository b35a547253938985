// Adds what suspended code needs: the state, the place of the saved frames, the functions by which the host
// suspends and continues code, and helper functions for frames.
//
// Frames are saved one behind the other, the innermost first: unwinding appends, rewinding takes from the
// end. A frame that was left for rewinding stays where it was until something is suspended again, so the
// number of its call can still be read there.
#include "asyncify_parts.h"
#include "ir/edit.h"
#include "passes/dedupe/merge.h"

#define NEW_GLOBALS 2

static const char *const public_names[] = {"asyncify_start_unwind", "asyncify_stop_unwind",
                                           "asyncify_start_rewind", "asyncify_stop_rewind",
                                           "asyncify_get_state"};

typedef struct adding {
    wr_context *c;
    wr_async_runtime *r;
    wr_buf code; // of the function that is being written, without declarations
    uint32_t public[WR_COUNT(public_names)];
} adding;

// --- Code ---

static void put(adding *a, wr_ins ins) { wr_ins_write(&a->code, &ins, NULL); }
static void put_op(adding *a, wr_op op) { put(a, (wr_ins){.op = (uint16_t)op}); }
static void put_index(adding *a, wr_op op, uint32_t index) {
    put(a, (wr_ins){.op = (uint16_t)op, .a = index});
}
static void put_state(adding *a, unsigned state) {
    put(a, (wr_ins){.op = WR_OP_I32_CONST, .b = state});
    put_index(a, WR_OP_GLOBAL_SET, a->r->state);
}

static wr_valtype address(const adding *a) { return a->r->is64 ? WR_I64 : WR_I32; }
static unsigned log2_address(const adding *a) { return a->r->is64 ? 3 : 2; }

static void put_load(adding *a, unsigned offset) {
    put(a, (wr_ins){.op = a->r->is64 ? WR_OP_I64_LOAD : WR_OP_I32_LOAD,
                    .x = (uint8_t)log2_address(a),
                    .a = a->r->memory,
                    .b = offset});
}
static void put_store(adding *a) {
    put(a, (wr_ins){.op = a->r->is64 ? WR_OP_I64_STORE : WR_OP_I32_STORE,
                    .x = (uint8_t)log2_address(a),
                    .a = a->r->memory});
}
// The end of the frames, or with an offset the limit of their space.
static void put_end(adding *a, unsigned offset) {
    put_index(a, WR_OP_GLOBAL_GET, a->r->data);
    put_load(a, offset);
}

// --- Functions ---

static void begin(adding *a) { a->code = wr_buf_in(&a->c->env->perm); }

// Adds the function that was written, with `nlocals` locals that are as wide as an address.
static uint32_t finish(adding *a, const wr_valtype *params, uint32_t nparams, wr_valtype result,
                       uint32_t nlocals) {
    wr_env *env = a->c->env;
    wr_module *m = a->c->m;
    wr_buf body = wr_buf_in(&env->perm);
    wr_collector collector;
    put_op(a, WR_OP_END);
    wr_put_uleb(&body, nlocals ? 1 : 0);
    if (nlocals) wr_put_uleb(&body, nlocals), wr_valtype_write(&body, address(a));
    wr_put_slice(&body, wr_buf_slice(&a->code));
    uint32_t type = wr_module_intern_func_type(env, m, params, nparams, &result, result != WR_BOTTOM);
    uint32_t func = wr_module_add_func(env, m, type, wr_buf_slice(&body));
    wr_collector_init(&collector, &env->temp);
    wr_collector_summarize(&collector, env, m, &m->funcs[func]);
    return func;
}

// Traps if the frames end behind the space for them.
static void put_check(adding *a) {
    put_end(a, 0);
    put_end(a, a->r->is64 ? 8 : 4);
    put_op(a, a->r->is64 ? WR_OP_I64_GT_U : WR_OP_I32_GT_U);
    put(a, (wr_ins){.op = WR_OP_IF});
    put_op(a, WR_OP_UNREACHABLE);
    put_op(a, WR_OP_END);
}

static uint32_t make_start(adding *a, unsigned state) {
    wr_valtype param = address(a);
    begin(a);
    put_state(a, state);
    put_index(a, WR_OP_LOCAL_GET, 0);
    put_index(a, WR_OP_GLOBAL_SET, a->r->data);
    put_check(a);
    return finish(a, &param, 1, WR_BOTTOM, 0);
}

static uint32_t make_stop(adding *a) {
    begin(a);
    put_state(a, WR_ASYNC_NORMAL);
    put_check(a);
    return finish(a, NULL, 0, WR_BOTTOM, 0);
}

static uint32_t make_get_state(adding *a) {
    begin(a);
    put_index(a, WR_OP_GLOBAL_GET, a->r->state);
    return finish(a, NULL, 0, WR_I32, 0);
}

// Moves the end of the frames by the size in local `size`; the old end, or the new one, is in local `at`.
static void put_move(adding *a, wr_op op, uint32_t size, uint32_t at, bool take_new) {
    put_index(a, WR_OP_GLOBAL_GET, a->r->data);
    put_end(a, 0);
    if (!take_new) put_index(a, WR_OP_LOCAL_TEE, at);
    put_index(a, WR_OP_LOCAL_GET, size);
    put_op(a, op);
    if (take_new) put_index(a, WR_OP_LOCAL_TEE, at);
    put_store(a);
}

static uint32_t make_push(adding *a, bool numbered) {
    wr_valtype params[] = {WR_I32, address(a)};
    uint32_t size = numbered, at = size + 1;
    begin(a);
    put_move(a, a->r->is64 ? WR_OP_I64_ADD : WR_OP_I32_ADD, size, at, false);
    put_index(a, WR_OP_LOCAL_GET, at);
    if (numbered) {
        put_index(a, WR_OP_LOCAL_GET, 0);
        put(a, (wr_ins){.op = WR_OP_I32_STORE, .x = 2, .a = a->r->memory});
        put_index(a, WR_OP_LOCAL_GET, at);
    }
    return finish(a, params + !numbered, 1 + numbered, address(a), 1);
}

static uint32_t make_pop(adding *a) {
    wr_valtype param = address(a);
    begin(a);
    put_move(a, a->r->is64 ? WR_OP_I64_SUB : WR_OP_I32_SUB, 0, 1, true);
    put_index(a, WR_OP_LOCAL_GET, 1);
    return finish(a, &param, 1, address(a), 1);
}

static uint32_t make_number(adding *a) {
    begin(a);
    put_end(a, 0);
    put(a, (wr_ins){.op = WR_OP_I32_LOAD, .x = 2, .a = a->r->memory});
    return finish(a, NULL, 0, WR_I32, 0);
}

// --- Memory ---

static uint32_t exported_memory(adding *a, const char *name) {
    const wr_module *m = a->c->m;
    for (uint32_t i = 0; i < m->nexports; i++)
        if (m->exports[i].space == WR_MEMORY && wr_slice_is(m->exports[i].name, name))
            return m->exports[i].index;
    wr_throw(a->c->env, WR_USAGE, WR_NO_OFFSET,
             "asyncify: the module has several memories; the argument memory@NAME says which to use, by the "
             "name of its export");
}

static uint32_t add_memory(adding *a, uint32_t pages) {
    wr_module *m = a->c->m;
    wr_memory *memories = WR_NEW(&a->c->env->perm, wr_memory, (size_t)m->nmemories + 1);
    if (m->nmemories) memcpy(memories, m->memories, m->nmemories * sizeof *memories);
    memories[m->nmemories] =
        (wr_memory){.limits = {.min = pages, .max = pages, .has_max = true, .page_log2 = 16},
                    .import = WR_NONE,
                    .live = true};
    m->memories = memories;
    return m->nmemories++;
}

static void choose_memory(adding *a, const wr_async_options *o) {
    const wr_module *m = a->c->m;
    if (o->second_memory || !m->nmemories)
        a->r->memory = add_memory(a, o->second_pages);
    else if (m->nmemories > 1)
        a->r->memory = exported_memory(a, o->memory ? o->memory : "memory");
    a->r->is64 = m->memories[a->r->memory].limits.is64;
}

// --- Globals and exports ---

// The global becomes an import. Imports come first in their space only after the module is encoded.
static void import_global(adding *a, uint32_t global, const char *name) {
    wr_module *m = a->c->m;
    wr_import *imports = WR_NEW(&a->c->env->perm, wr_import, (size_t)m->nimports + 1);
    if (m->nimports) memcpy(imports, m->imports, m->nimports * sizeof *imports);
    imports[m->nimports] = (wr_import){
        .module = wr_slice_str("env"), .name = wr_slice_str(name), .space = WR_GLOBAL, .index = global};
    m->imports = imports;
    m->globals[global].import = m->nimports++;
}

static void add_export(adding *a, const char *name, unsigned space, uint32_t index) {
    wr_module *m = a->c->m;
    for (uint32_t i = 0; i < m->nexports; i++)
        if (wr_slice_is(m->exports[i].name, name))
            wr_throw(a->c->env, WR_USAGE, WR_NO_OFFSET, "asyncify: the module exports %s already", name);
    m->exports[m->nexports++] =
        (wr_export){.name = wr_slice_str(name), .space = (uint8_t)space, .index = index, .live = true};
}

static void make_room_for_exports(adding *a) {
    wr_module *m = a->c->m;
    size_t room = (size_t)m->nexports + WR_COUNT(public_names) + NEW_GLOBALS;
    wr_export *exports = WR_NEW(&a->c->env->perm, wr_export, room);
    if (m->nexports) memcpy(exports, m->exports, m->nexports * sizeof *exports);
    m->exports = exports;
}

static void add_globals(adding *a, const wr_async_options *o) {
    static const char *const names[] = {"__asyncify_state", "__asyncify_data"};
    wr_context *c = a->c;
    wr_slice zero32 = {(const uint8_t *)"\x41\x00\x0b", 3}, zero64 = {(const uint8_t *)"\x42\x00\x0b", 3};
    a->r->state = wr_module_add_global(c->env, c->m, WR_I32, true, zero32);
    a->r->data = wr_module_add_global(c->env, c->m, address(a), true, a->r->is64 ? zero64 : zero32);
    uint32_t globals[] = {a->r->state, a->r->data};
    for (size_t i = 0; i < NEW_GLOBALS; i++) {
        if (o->import_globals) import_global(a, globals[i], names[i]);
        if (o->export_globals) add_export(a, names[i], WR_GLOBAL, globals[i]);
    }
}

// --- All ---

void wr_async_add_runtime(wr_context *c, const wr_async_options *o, wr_async_runtime *r) {
    adding a = {.c = c, .r = r};
    *r = (wr_async_runtime){0};
    choose_memory(&a, o);
    make_room_for_exports(&a);
    add_globals(&a, o);
    a.public[0] = make_start(&a, WR_ASYNC_UNWINDING);
    a.public[1] = make_stop(&a);
    a.public[2] = make_start(&a, WR_ASYNC_REWINDING);
    a.public[3] = make_stop(&a);
    a.public[4] = make_get_state(&a);
    for (size_t i = 0; i < WR_COUNT(public_names); i++) add_export(&a, public_names[i], WR_FUNC, a.public[i]);
    r->push_numbered = make_push(&a, true);
    r->push = make_push(&a, false);
    r->pop = make_pop(&a);
    r->number = make_number(&a);
}

static uint32_t exported_func(const wr_module *m, const char *name) {
    for (uint32_t i = 0; i < m->nexports; i++)
        if (m->exports[i].space == WR_FUNC && wr_slice_is(m->exports[i].name, name))
            return m->exports[i].index;
    return WR_NONE;
}

void wr_async_bind_imports(wr_context *c) {
    const wr_module *m = c->m;
    wr_merge merge;
    bool any = false;
    wr_merge_init(c, &merge);
    for (uint32_t f = 0; f < m->nfunc_imports; f++) {
        const wr_import *import = &m->imports[m->funcs[f].import];
        if (!wr_slice_is(import->module, WR_ASYNC_MODULE)) continue;
        char name[64];
        snprintf(name, sizeof name, "asyncify_%.*s", (int)(import->name.n < 40 ? import->name.n : 40),
                 (const char *)import->name.p);
        uint32_t func = exported_func(m, name);
        if (func == WR_NONE || m->types[m->funcs[f].type].canon != m->types[m->funcs[func].type].canon)
            wr_throw(c->env, WR_USAGE, WR_NO_OFFSET, "asyncify: the import %s has another type", name);
        merge.call[f] = merge.address[f] = func;
        any = true;
    }
    if (any) wr_merge_apply(c, &merge);
}
