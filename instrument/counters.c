// Adds one exported mutable i64 global for each function and nothing else: no memory, table or helper
// function. So any engine with mutable globals can run the module, and any host can read the counters. A core
// module of a component imports these globals instead, since only its component sees what it exports.
//
// A function increments its counter on entry; each call of an import increments the import's counter first:
//
//     (call $import)   =>   (global.set $n (i64.add (global.get $n) (i64.const 1)))  (call $import)
//
// An import that is in a table, exported or referenced otherwise gets a wrapper function that does so, and
// all references are to the wrapper. Only a host that holds the function of another instance can tell the
// difference. Counters wrap at 2^64.
#include "counters.h"

#include "ir/body.h"
#include "ir/edit.h"
#include "ir/names.h"
#include "passes/dedupe/merge.h"
#include "profile.h"

enum { CHUNK_FUNCS = 32, LONGEST_NAME = 1000, STEP = 4 };

typedef struct counters {
    wr_context *c;
    uint32_t base;            // global index of function 0's counter
    uint32_t nfuncs;          // number of functions with counters: those of the input
    wr_collector *collectors; // one for each worker
} counters;

// --- Names ---

// Names in a malformed name section may contain anything; but exports must be UTF-8, and a profile has one
// line for each function.
static void put_name(wr_buf *b, wr_slice name) {
    if (name.n > LONGEST_NAME) {
        name.n = LONGEST_NAME;
        while ((name.p[name.n] & 0xc0) == 0x80 && name.n) name.n--;
    }
    if (!wr_slice_is_utf8(name)) return;
    for (size_t i = 0; i < name.n; i++) wr_put_u8(b, name.p[i] < 0x20 ? '?' : name.p[i]);
}

static wr_slice *find_names(wr_env *env, const wr_module *m) {
    wr_slice *names = wr_names_of(env, m, WR_FUNC);
    for (uint32_t i = 0; i < m->nexports; i++) {
        const wr_export *export = &m->exports[i];
        if (export->space == WR_FUNC && !names[export->index].n) names[export->index] = export->name;
    }
    for (uint32_t f = 0; f < m->nfunc_imports; f++) {
        const wr_import *import = &m->imports[m->funcs[f].import];
        wr_buf b = wr_buf_in(&env->perm);
        wr_put_slice(&b, import->module);
        wr_put_u8(&b, '.');
        wr_put_slice(&b, import->name);
        names[f] = wr_buf_slice(&b);
    }
    return names;
}

// --- Globals and exports ---

static void refuse_counted(wr_context *c) {
    for (uint32_t i = 0; i < c->m->nexports; i++)
        if (wr_slice_starts(c->m->exports[i].name, WR_COUNTER_PREFIX))
            wr_throw(c->env, WR_USAGE, WR_NO_OFFSET,
                     "the module has counters already: its exports begin with \"%s\"", WR_COUNTER_PREFIX);
}

static wr_export make_export(wr_context *c, uint32_t func, uint32_t global, wr_slice name) {
    wr_buf b = wr_buf_in(&c->env->perm);
    wr_put_format(&b, "%s%u ", WR_COUNTER_PREFIX, func);
    put_name(&b, name);
    return (wr_export){.name = wr_buf_slice(&b), .space = WR_GLOBAL, .index = global, .live = true};
}

static wr_export name_module(wr_context *c, uint32_t global) {
    char identity[WR_PROFILE_IDENTITY];
    wr_buf b = wr_buf_in(&c->env->perm);
    wr_profile_identity(c->m, identity);
    wr_put_format(&b, "%s%s", WR_COUNTED_PREFIX, identity);
    return (wr_export){.name = wr_buf_slice(&b), .space = WR_GLOBAL, .index = global, .live = true};
}

static void add_globals(counters *k) {
    wr_module *m = k->c->m;
    static const uint8_t zero[] = {0x42, 0x00, 0x0b}; // i64.const 0, end
    k->nfuncs = m->nfuncs;
    k->base = m->nglobals;
    for (uint32_t f = 0; f < m->nfuncs; f++)
        wr_module_add_global(k->c->env, m, WR_I64, true, wr_slice_of(zero, sizeof zero));
}

static void export_globals(const counters *k) {
    wr_context *c = k->c;
    wr_module *m = c->m;
    wr_slice *names = find_names(c->env, m);
    wr_export *exports = WR_NEW(&c->env->perm, wr_export, (size_t)m->nexports + k->nfuncs + 1);
    if (m->nexports) memcpy(exports, m->exports, m->nexports * sizeof *exports);
    for (uint32_t f = 0; f < k->nfuncs; f++)
        exports[m->nexports + f] = make_export(c, f, k->base + f, names[f]);
    uint32_t more = k->nfuncs;
    if (more) exports[m->nexports + more++] = name_module(c, k->base);
    m->exports = exports;
    m->nexports += more;
}

static void import_globals(const counters *k, uint32_t module) {
    wr_module *m = k->c->m;
    wr_arena *perm = &k->c->env->perm;
    static const char from[] = WR_COUNTERS_INSTANCE;
    wr_import *imports = WR_NEW(perm, wr_import, (size_t)m->nimports + k->nfuncs);
    if (m->nimports) memcpy(imports, m->imports, m->nimports * sizeof *imports);
    for (uint32_t f = 0; f < k->nfuncs; f++) {
        wr_buf name = wr_buf_in(perm);
        wr_put_format(&name, WR_COUNTER_OF_MODULE, module, f);
        m->globals[k->base + f].import = m->nimports;
        imports[m->nimports++] = (wr_import){.module = wr_slice_of(from, sizeof from - 1),
                                             .name = wr_buf_slice(&name),
                                             .space = WR_GLOBAL,
                                             .index = k->base + f};
    }
    m->imports = imports;
}

// --- Code ---

static void put_step(const counters *k, uint32_t func, wr_ins *out) {
    out[0] = (wr_ins){.op = WR_OP_GLOBAL_GET, .a = k->base + func};
    out[1] = (wr_ins){.op = WR_OP_I64_CONST, .b = 1};
    out[2] = (wr_ins){.op = WR_OP_I64_ADD};
    out[3] = (wr_ins){.op = WR_OP_GLOBAL_SET, .a = k->base + func};
}

static bool calls_import(const wr_module *m, const wr_ins *ins) {
    return (ins->op == WR_OP_CALL || ins->op == WR_OP_RETURN_CALL) && wr_ins_func(ins) < m->nfunc_imports;
}

static void count_func(wr_env *env, const counters *k, uint32_t func, wr_collector *collector) {
    wr_module *m = k->c->m;
    wr_body body;
    uint32_t places = 1, n = 0;
    wr_arena_reset(&env->temp);
    env->func = func;
    wr_body_decode(env, &env->temp, m, func, &body);
    for (uint32_t i = 0; i < body.n; i++) places += calls_import(m, &body.ins[i]);
    wr_ins *out = WR_NEW(&env->temp, wr_ins, body.n + (size_t)places * STEP);
    if (func < k->nfuncs) {
        put_step(k, func, out);
        n = STEP;
    }
    for (uint32_t i = 0; i < body.n; i++) {
        if (calls_import(m, &body.ins[i])) {
            put_step(k, wr_ins_func(&body.ins[i]), out + n);
            n += STEP;
        }
        out[n++] = body.ins[i];
    }
    body.ins = out;
    body.n = n;
    wr_module_store_body(env, collector, m, func, &body);
    env->func = WR_NONE;
}

// Functions that threads share can't use globals that they don't, so nothing is counted there.
static bool is_shared(const wr_module *m, uint32_t func) { return wr_func_type(m, func)->is_shared; }

static void note_shared(wr_context *c) {
    bool any = false;
    for (uint32_t f = 0; f < c->m->nfuncs; f++) any |= is_shared(c->m, f);
    if (any) wr_pass_note(c, "functions that threads share are not counted, nor the imports that they call");
}

static void count_chunk(wr_env *env, unsigned worker, void *arg, size_t item) {
    const counters *k = arg;
    uint32_t end = (uint32_t)(item + 1) * CHUNK_FUNCS;
    if (end > k->c->m->nfuncs) end = k->c->m->nfuncs;
    for (uint32_t f = (uint32_t)item * CHUNK_FUNCS; f < end; f++)
        if (k->c->m->funcs[f].import == WR_NONE && !is_shared(k->c->m, f))
            count_func(env, k, f, &k->collectors[worker]);
}

// --- References to imports ---

// Makes wrappers for imports that are referenced, and redirects the references to them.
static void wrap_imports(wr_context *c) {
    wr_module *m = c->m;
    uint8_t *named = wr_merge_address_taken(c);
    uint32_t nfuncs = m->nfuncs;
    wr_merge merge;
    for (uint32_t f = 0; f < m->nfunc_imports; f++)
        if (named[f])
            wr_module_add_func(c->env, m, m->funcs[f].type,
                               wr_merge_make_thunk(c->env, m, f, NULL, 0, f, false));
    if (m->nfuncs == nfuncs) return;
    wr_merge_init(c, &merge);
    for (uint32_t f = 0, next = nfuncs; f < m->nfunc_imports; f++)
        if (named[f]) merge.address[f] = next++;
    if (m->start != WR_NONE) m->start = merge.address[m->start];
    wr_merge_apply(c, &merge);
    for (uint32_t f = 0; f < m->nfunc_imports; f++) m->funcs[f].live = true; // since the wrappers call them
}

void wr_counters_add(wr_context *c, uint32_t module) {
    counters k = {.c = c};
    unsigned jobs = c->pool->jobs;
    refuse_counted(c);
    note_shared(c);
    add_globals(&k);
    if (module == WR_NONE)
        export_globals(&k);
    else
        import_globals(&k, module);
    wrap_imports(c);
    k.collectors = WR_NEW(&c->env->perm, wr_collector, jobs);
    for (unsigned i = 0; i < jobs; i++) wr_collector_init(&k.collectors[i], &c->pool->envs[i].perm);
    wr_parallel(c->pool, (c->m->nfuncs + CHUNK_FUNCS - 1) / CHUNK_FUNCS, count_chunk, &k);
}

uint32_t *wr_counters_describe(wr_env *env, const wr_module *m, wr_buf *out) {
    char identity[WR_PROFILE_IDENTITY];
    wr_slice *names = find_names(env, m);
    uint32_t *sizes = WR_NEW(&env->perm, uint32_t, (size_t)m->nfuncs + 1);
    size_t from = out->n;
    wr_profile_identity(m, identity);
    wr_put_format(out, "# module %s\n", identity);
    for (uint32_t f = 0; f < m->nfuncs; f++) {
        sizes[f] = (uint32_t)(out->n - from);
        from = out->n;
        wr_put_format(out, "\t%u\t", f);
        put_name(out, names[f]);
        wr_put_u8(out, '\n');
    }
    sizes[m->nfuncs] = (uint32_t)(out->n - from);
    return sizes;
}
