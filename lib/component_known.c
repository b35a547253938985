// Finds out what core modules of a component can know of each other's exports, from the export's definition
// alone: the value of an immutable global, a function that does nothing but return numbers or trap, and
// functions that never return. All three hold for each instance of the module, and at any time.
//
//   (core module $libc (global (export "base") i32 (i32.const 1024))
//                      (func (export "hook"))
//                      (func $abort (export "abort") (call $write) (unreachable)))
//
// An export that is itself an import is what supplies that import.
#include "component_known.h"

#include "analysis/returns.h"
#include "ir/decode/decode.h"
#include "ir/ins.h"

#define LONGEST_BODY 16          // bytes; importing a function takes about as many
#define MOST_HOPS 16             // imports that are exported again
#define MOST_DEPTH 6             // calls of functions that never return because of others
#define MOST_NORETURN (1u << 20) // bytes of code read for each module to find such functions

typedef struct export_fact {
    bool wanted;
    uint32_t reexports; // number of the import that it is; WR_NONE
    wr_known_import known;
} export_fact;

typedef struct knowing {
    wr_env *env;
    const wr_component_uses *uses;
    wr_core_supplier **suppliers;
    export_fact **facts; // by core module, by export
    wr_check_module_fn check;
    void *user;
} knowing;

// --- Globals ---

static void look_at_global(knowing *k, const wr_module *m, const wr_global *global, export_fact *fact) {
    if (global->mutable) return;
    wr_reader r = wr_reader_of(k->env, global->init.code, global->init.offset);
    wr_ins ins, end;
    wr_u32s ext = {0};
    wr_ins_read(&r, &k->env->temp, &ext, &ins);
    wr_ins_read(&r, &k->env->temp, &ext, &end);
    if (end.op != WR_OP_END) return;
    const wr_global *other = ins.op == WR_OP_GLOBAL_GET && ins.a < m->nglobals ? &m->globals[ins.a] : NULL;
    if (other && other->import != WR_NONE && !other->mutable) fact->reexports = other->import;
    if (wr_is_number_const(ins.op))
        fact->known =
            (wr_known_import){.kind = WR_KNOWN_VALUE, .code = global->init.code, .value = global->type};
}

// --- Functions ---

static bool computes_only(unsigned op) {
    switch (op) {
    case WR_OP_NOP:
    case WR_OP_END:
    case WR_OP_RETURN:
    case WR_OP_UNREACHABLE:
    case WR_OP_DROP:
    case WR_OP_LOCAL_GET: return true;
    default: return wr_is_number_const(op) || (op >= WR_OP_I32_EQZ && op <= WR_OP_F64_REINTERPRET_I64);
    }
}

// Whether the body is short, has no locals and names no entity, so that it means the same in any module.
static bool is_trivial(knowing *k, const wr_func *func, uint64_t offset) {
    if (func->body.n > LONGEST_BODY || func->body.p[0] != 0) return false;
    wr_reader r = wr_ins_reader(k->env, func->body, offset);
    while (!wr_at_end(&r)) {
        wr_ins ins;
        wr_u32s ext = {0};
        wr_ins_read(&r, &k->env->temp, &ext, &ins);
        if (!computes_only(ins.op)) return false;
    }
    return true;
}

typedef struct search {
    wr_env *env;
    const wr_module *m;
    uint8_t *state; // by function: below
    unsigned depth;
    size_t left; // bytes that may still be read
} search;

enum { UNSEEN, RETURNS, NEVER_RETURNS };

static bool is_noreturn(void *arg, uint32_t func) {
    search *s = arg;
    if (func >= s->m->nfuncs || s->state[func] == RETURNS) return false;
    if (s->state[func] == NEVER_RETURNS) return true;
    const wr_func *f = &s->m->funcs[func];
    s->state[func] = RETURNS; // while it is looked at, and if there is no more time for it
    if (f->import != WR_NONE || s->depth == MOST_DEPTH || f->body.n > s->left) return false;
    s->depth++;
    s->left -= f->body.n;
    if (!wr_returns(s->env, s->m, func, is_noreturn, s)) s->state[func] = NEVER_RETURNS;
    s->depth--;
    return s->state[func] == NEVER_RETURNS;
}

static void look_at_func(knowing *k, const wr_module *m, uint32_t index, search *s, export_fact *fact) {
    const wr_func *func = &m->funcs[index];
    fact->known.type = wr_func_type(m, index);
    if (is_trivial(k, func, wr_func_offset(m, index))) {
        fact->known.kind = WR_KNOWN_BODY;
        fact->known.code = func->body;
    } else if (is_noreturn(s, index)) {
        fact->known.kind = WR_KNOWN_NORETURN;
    }
}

// --- Modules ---

static void look_at_export(knowing *k, const wr_module *m, const wr_export *export, search *s,
                           export_fact *fact) {
    if (export->space == WR_GLOBAL) {
        fact->reexports = m->globals[export->index].import;
        if (fact->reexports == WR_NONE) look_at_global(k, m, &m->globals[export->index], fact);
    }
    if (export->space == WR_FUNC) {
        fact->reexports = m->funcs[export->index].import;
        if (fact->reexports == WR_NONE) look_at_func(k, m, export->index, s, fact);
    }
}

static void look_at_module(knowing *k, uint32_t module) {
    wr_module m;
    bool any = false;
    for (uint32_t i = 0; i < k->uses->faces[module].nexports; i++) any |= k->facts[module][i].wanted;
    if (!any) return;
    if (k->check) k->check(k->user, module);
    wr_decode_module(k->env, k->uses->file->modules.v[module].bytes, &m);
    search s = {.env = k->env, .m = &m, .left = MOST_NORETURN};
    s.state = WR_NEW0(&k->env->temp, uint8_t, m.nfuncs);
    for (uint32_t i = 0; i < m.nexports; i++)
        if (k->facts[module][i].wanted) look_at_export(k, &m, &m.exports[i], &s, &k->facts[module][i]);
    wr_arena_reset(&k->env->temp);
}

// Makes wanted what supplies a core module's imports, and what exports again lead to.
static void want(knowing *k) {
    for (uint32_t i = 0; i < k->uses->file->modules.n; i++) {
        const wr_core_face *face = &k->uses->faces[i];
        for (uint32_t n = 0; n < face->nimports; n++) {
            wr_core_supplier from = k->suppliers[i][n];
            bool may =
                face->imports[n].sort == WR_SORT_CORE_FUNC || face->imports[n].sort == WR_SORT_CORE_GLOBAL;
            if (from.module != WR_NONE && may) k->facts[from.module][from.export].wanted = true;
        }
    }
}

static const export_fact *fact_of(const knowing *k, wr_core_supplier from) {
    for (unsigned hops = 0; hops < MOST_HOPS && from.module != WR_NONE; hops++) {
        const export_fact *fact = &k->facts[from.module][from.export];
        if (fact->reexports == WR_NONE) return fact;
        from = k->suppliers[from.module][fact->reexports];
    }
    return NULL;
}

static void learn(const knowing *k, uint32_t module, wr_known_imports *known) {
    const wr_core_face *face = &k->uses->faces[module];
    for (uint32_t i = 0; i < face->nimports; i++) {
        const export_fact *fact = fact_of(k, k->suppliers[module][i]);
        if (!fact || fact->known.kind == WR_KNOWN_NOTHING) continue;
        wr_known_import import = fact->known;
        import.module = face->imports[i].module;
        import.name = face->imports[i].name;
        wr_known_imports_add(&k->env->perm, known, import);
    }
}

wr_known_imports *wr_component_known(wr_env *env, const wr_component_uses *uses, wr_check_module_fn check,
                                     void *user) {
    uint32_t n = uses->file->modules.n;
    knowing k = {.env = env, .uses = uses, .check = check, .user = user};
    k.suppliers = wr_component_suppliers(env, uses);
    wr_known_imports *known = WR_NEW0(&env->perm, wr_known_imports, n);
    k.facts = WR_NEW(&env->perm, export_fact *, n);
    for (uint32_t i = 0; i < n; i++) {
        k.facts[i] = WR_NEW0(&env->perm, export_fact, uses->faces[i].nexports);
        for (uint32_t e = 0; e < uses->faces[i].nexports; e++) k.facts[i][e].reexports = WR_NONE;
    }
    want(&k);
    for (uint32_t i = 0; i < n; i++) look_at_module(&k, i);
    for (uint32_t i = 0; i < n; i++) learn(&k, i, &known[i]);
    return known;
}
