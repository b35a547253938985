// What each imported interface costs: its own definitions, and the code in core modules that calls it.
//
//   (import "wasi:cli/stdout" (instance $out …))         type and import
//   (alias export $out "get-stdout" (func $f))           alias
//   (core func $g (canon lower (func $f)))               lowered function
//   (core instance $args (export "get-stdout" (func $g)))
//   (core instance (instantiate $main (with "wasi:cli/stdout" (instance $args))))
//                                                        functions of $main that call its import "get-stdout"
//
// Functions that need the main module's memory can't be lowered before there is one. So encoders first
// instantiate a shim, whose functions "0", "1", … call through a table "$imports", give the main module
// these, and then fill the table by an instance that has the same names. A function that is taken from the
// shim is therefore the one that this instance has under its name.
#include "audit.h"
#include "component/component_lookup.h"
#include "component/component_uses.h"
#include "component_overview.h"
#include "retained_set.h"

typedef struct meter {
    wr_env *env;
    wr_pool *pool;
    wr_component_overview *o;
    wr_component *c;
    uint32_t *of;    // by definition: its interface, WR_NONE: none
    wr_lookup names; // entries of instances, and arguments of instantiations
    wr_lookup fills; // by shim: the instance that has what its table is filled with
} meter;

static uint64_t bytes_of(const wr_def *def) { return def->end - def->begin; }

// What a definition is made from, one step back: an alias's instance, a lowered function. WR_NONE: neither.
static uint32_t made_from(const wr_component *c, const wr_def *def) {
    const wr_def_ref *ref = wr_component_refs(c, def);
    if (!def->nrefs || (def->kind != WR_DEF_ALIAS_EXPORT && def->kind != WR_DEF_CANON)) return WR_NONE;
    if (ref->space != WR_SORT_INSTANCE && ref->space != WR_SORT_FUNC && ref->space != WR_SORT_TYPE)
        return WR_NONE;
    return c->spaces[ref->space].v[ref->index];
}

static void measure_definitions(meter *t) {
    const wr_component *c = t->c;
    wr_component_overview *o = t->o;
    for (uint32_t i = 0; i < c->defs.n; i++) {
        const wr_def *def = &c->defs.v[i];
        uint32_t from = made_from(c, def);
        t->of[i] = from == WR_NONE ? WR_NONE : t->of[from];
        if (def->kind == WR_DEF_IMPORT && def->space == WR_SORT_INSTANCE) {
            t->of[i] = o->ninterfaces++;
            o->interfaces[t->of[i]].name = def->name;
            bool has_type = i && c->defs.v[i - 1].kind == WR_DEF_TYPE; // encoders write it right before
            if (has_type) o->interfaces[t->of[i]].bytes += bytes_of(&c->defs.v[i - 1]);
        }
        if (t->of[i] == WR_NONE) continue;
        o->interfaces[t->of[i]].bytes += bytes_of(def);
        o->interfaces[t->of[i]].functions += def->kind == WR_DEF_CANON;
    }
}

// --- Which interface an import of a core module belongs to ---

static wr_def *def_at(const meter *t, unsigned space, uint32_t index) {
    return &t->c->defs.v[t->c->spaces[space].v[index]];
}

static wr_slice table_name(void) { return wr_slice_str("$imports"); }

static void note_fill(meter *t, const wr_def *shim, wr_def *fill) {
    wr_lookup_add(&t->fills, shim, table_name(), fill);
}

// An instance that has the shim's table.
static void note_table(meter *t, wr_def *def) {
    const wr_def_ref *table = wr_lookup_find(&t->names, def, table_name());
    if (!table || table->space != WR_SORT_CORE_TABLE) return;
    const wr_def *from = def_at(t, WR_SORT_CORE_TABLE, table->index);
    if (from->kind == WR_DEF_ALIAS_CORE)
        note_fill(t, def_at(t, WR_SORT_CORE_INSTANCE, wr_component_refs(t->c, from)->index), def);
}

// A module that gets the shim and an instance with numbers for names.
static void note_pair(meter *t, const wr_def *def) {
    const wr_def_ref *refs = wr_component_refs(t->c, def);
    const wr_def *shim = NULL;
    wr_def *fill = NULL;
    for (uint32_t i = 1; i < def->nrefs; i++) {
        wr_def *arg = def_at(t, WR_SORT_CORE_INSTANCE, refs[i].index);
        if (arg->kind == WR_DEF_CORE_INSTANTIATE) shim = arg;
        if (wr_lookup_find(&t->names, arg, wr_slice_str("0"))) fill = arg;
    }
    if (def->nrefs == 3 && shim && fill) note_fill(t, shim, fill);
}

static void list_names(meter *t) {
    for (uint32_t i = 0; i < t->c->defs.n; i++) {
        wr_def *def = &t->c->defs.v[i];
        wr_def_ref *refs = wr_component_refs(t->c, def);
        bool instantiates = def->kind == WR_DEF_CORE_INSTANTIATE;
        if (def->kind != WR_DEF_CORE_EXPORTS && !instantiates) continue;
        for (uint32_t k = instantiates; k < def->nrefs; k++)
            wr_lookup_add(&t->names, def, refs[k].name, &refs[k]);
        if (instantiates)
            note_pair(t, def);
        else
            note_table(t, def);
    }
}

// The interface of a core function; `shim`: it may be one that a shim stands in for.
static uint32_t interface_of(const meter *t, uint32_t func, bool shim) {
    uint32_t at = t->c->spaces[WR_SORT_CORE_FUNC].v[func];
    const wr_def *def = &t->c->defs.v[at];
    if (t->of[at] != WR_NONE || def->kind != WR_DEF_ALIAS_CORE || !shim) return t->of[at];
    const wr_def_ref *ref = wr_component_refs(t->c, def);
    const wr_def *fill =
        wr_lookup_find(&t->fills, def_at(t, WR_SORT_CORE_INSTANCE, ref->index), table_name());
    const wr_def_ref *entry = fill ? wr_lookup_find(&t->names, fill, ref->name) : NULL;
    return entry && entry->space == WR_SORT_CORE_FUNC ? interface_of(t, entry->index, false) : WR_NONE;
}

static uint32_t interface_of_import(const meter *t, const wr_def *instance, const wr_import *import) {
    const wr_def_ref *arg = wr_lookup_find(&t->names, instance, import->module);
    const wr_def *given = arg ? def_at(t, WR_SORT_CORE_INSTANCE, arg->index) : NULL;
    const wr_def_ref *entry =
        given && given->kind == WR_DEF_CORE_EXPORTS ? wr_lookup_find(&t->names, given, import->name) : NULL;
    return entry && entry->space == WR_SORT_CORE_FUNC ? interface_of(t, entry->index, true) : WR_NONE;
}

// --- What calls them ---

static void measure_callers(meter *t, const wr_audit *a, const uint32_t *of_import, uint32_t interface) {
    wr_mark mark = wr_arena_mark(&t->env->temp);
    wr_interface_size *size = &t->o->interfaces[interface];
    uint8_t *gone = WR_NEW0(&t->env->temp, uint8_t, a->graph.n);
    uint32_t callers = 0;
    for (uint32_t f = a->m.nfunc_imports; f < a->m.nfuncs; f++) {
        const wr_summary *summary = &a->m.funcs[f].summary;
        bool calls = false;
        for (uint32_t i = 0; i < summary->nuses && !calls; i++) {
            uint32_t to = wr_ref_index(summary->uses[i].ref);
            calls = wr_ref_space(summary->uses[i].ref) == WR_FUNC && to < a->m.nfunc_imports &&
                    of_import[to] == interface;
        }
        if (!calls || !wr_is_live_func(a, f)) continue;
        gone[a->graph.base[WR_FUNC] + f] = 1;
        size->code += wr_func_bytes(a, f);
        callers++;
    }
    size->callers += callers;
    if (callers) size->retained += wr_retained_set_find(t->env, a, gone).bytes;
    wr_arena_release(&t->env->temp, &mark);
}

static void measure_module(meter *t, const wr_def *instance, uint32_t module) {
    wr_audit *a = WR_NEW0(&t->env->perm, wr_audit, 1);
    wr_audit_options options = {0};
    wr_audit_make(t->pool, t->o->file.modules.v[module].bytes, &options, a);
    uint32_t *of_import = WR_NEW(&t->env->perm, uint32_t, a->m.nfunc_imports);
    bool any = false;
    for (uint32_t f = 0; f < a->m.nfunc_imports; f++) {
        of_import[f] = interface_of_import(t, instance, &a->m.imports[a->m.funcs[f].import]);
        any |= of_import[f] != WR_NONE;
    }
    for (uint32_t i = 0; any && i < t->o->ninterfaces; i++) measure_callers(t, a, of_import, i);
}

// Of a module that is instantiated several times, only the first instance counts.
static void measure_modules(meter *t) {
    bool *seen = WR_NEW0(&t->env->perm, bool, t->o->file.modules.n);
    for (uint32_t i = 0; i < t->c->defs.n; i++) {
        const wr_def *def = &t->c->defs.v[i];
        if (def->kind != WR_DEF_CORE_INSTANTIATE) continue;
        uint32_t module = wr_component_module_at(t->c, wr_component_refs(t->c, def)->index);
        if (module == WR_NONE || seen[module]) continue;
        seen[module] = true;
        measure_module(t, def, module);
    }
}

void wr_component_interfaces_measure(wr_pool *pool, wr_component_overview *o) {
    wr_env *env = wr_main_env(pool);
    wr_component *c = o->file.components.v[0];
    meter t = {.env = env, .pool = pool, .o = o, .c = c, .of = WR_NEW(&env->perm, uint32_t, c->defs.n)};
    t.names.arena = t.fills.arena = &env->perm;
    o->interfaces = WR_NEW0(&env->perm, wr_interface_size, c->defs.n);
    measure_definitions(&t);
    if (!o->ninterfaces) return;
    list_names(&t);
    measure_modules(&t);
}
