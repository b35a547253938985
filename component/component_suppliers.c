// Finds, for each import of a core module, the export of another core module that it always is.
//
//   (core instance $libc (instantiate $libc))
//   (core instance $main (instantiate $main (with "env" (instance $libc))))
//                                   $main's import "env" "abort" is $libc's export "abort"
//
// An import may also come by way of an instance made of aliases. Of a module that is instantiated several
// times, an import is known only if it is the same export of the same module each time; the instances may be
// different ones, since what is asked of the export later holds for all instances of its module.
#include "component_suppliers.h"

#include "component_lookup.h"

#define MOST_LOOKUPS (1u << 22) // beyond, nothing is known

typedef struct supplying {
    const wr_component_uses *uses;
    wr_core_supplier **found;
    bool **met; // by module and import: an instantiation was seen
    wr_lookup names;
    uint64_t lookups;
} supplying;

static const wr_core_supplier NOBODY = {WR_NONE, 0};

static const wr_def *def_at(const wr_component *c, unsigned space, uint32_t index) {
    return &c->defs.v[c->spaces[space].v[index]];
}

// The module that represents the one that a core instance instantiates; WR_NONE if it is not in the file.
static uint32_t module_of(const supplying *s, wr_component *c, const wr_def *instance) {
    uint32_t module = wr_component_module_at(c, wr_component_refs(c, instance)->index);
    return module == WR_NONE ? WR_NONE : s->uses->faces[module].same_as;
}

static wr_core_supplier export_of(supplying *s, wr_component *c, const wr_def *instance, wr_slice name) {
    uint32_t module = module_of(s, c, instance);
    if (module == WR_NONE) return NOBODY;
    const wr_core_face *face = &s->uses->faces[module];
    const wr_core_export *export = wr_lookup_find(&s->names, face, name);
    return export ? (wr_core_supplier){module, (uint32_t)(export - face->exports)} : NOBODY;
}

// What a core instance has under a name, looking through instances made of others' exports. Each step leads
// to an earlier definition.
static wr_core_supplier supplier_in(supplying *s, wr_component *c, const wr_def *instance, wr_slice name) {
    while (instance->kind == WR_DEF_CORE_EXPORTS) {
        s->lookups++;
        const wr_def_ref *entry = wr_lookup_find(&s->names, instance, name);
        if (!entry || entry->up) return NOBODY;
        const wr_def *what = def_at(c, entry->space, entry->index);
        if (what->kind != WR_DEF_ALIAS_CORE) return NOBODY;
        const wr_def_ref *alias = wr_component_refs(c, what);
        name = alias->name;
        instance = def_at(c, WR_SORT_CORE_INSTANCE, alias->index);
    }
    return instance->kind == WR_DEF_CORE_INSTANTIATE ? export_of(s, c, instance, name) : NOBODY;
}

static void meet(supplying *s, uint32_t module, uint32_t import, wr_core_supplier supplier) {
    wr_core_supplier *known = &s->found[module][import];
    bool first = !s->met[module][import];
    s->met[module][import] = true;
    if (first)
        *known = supplier;
    else if (known->module != supplier.module || known->export != supplier.export)
        *known = NOBODY;
}

static void look_at_instance(supplying *s, wr_component *c, const wr_def *def) {
    uint32_t module = module_of(s, c, def);
    if (module == WR_NONE) return;
    const wr_core_face *face = &s->uses->faces[module];
    for (uint32_t i = 0; i < face->nimports && s->lookups < MOST_LOOKUPS; i++) {
        s->lookups++;
        const wr_def_ref *arg = wr_lookup_find(&s->names, def, face->imports[i].module);
        const wr_def *instance = arg ? def_at(c, WR_SORT_CORE_INSTANCE, arg->index) : NULL;
        meet(s, module, i, instance ? supplier_in(s, c, instance, face->imports[i].name) : NOBODY);
    }
}

static void add_names(supplying *s, wr_component *c, const wr_def *def) {
    const wr_def_ref *refs = wr_component_refs(c, def);
    bool instantiates = def->kind == WR_DEF_CORE_INSTANTIATE;
    if (!instantiates && def->kind != WR_DEF_CORE_EXPORTS) return;
    for (uint32_t i = instantiates; i < def->nrefs; i++)
        wr_lookup_add(&s->names, def, refs[i].name, (void *)&refs[i]);
}

static void begin(wr_env *env, supplying *s) {
    const wr_component_file *file = s->uses->file;
    s->found = WR_NEW(&env->perm, wr_core_supplier *, file->modules.n);
    s->met = WR_NEW(&env->temp, bool *, file->modules.n);
    for (uint32_t i = 0; i < file->modules.n; i++) {
        const wr_core_face *face = &s->uses->faces[i];
        s->found[i] = WR_NEW(&env->perm, wr_core_supplier, face->nimports);
        s->met[i] = WR_NEW0(&env->temp, bool, face->nimports);
        for (uint32_t k = 0; k < face->nimports; k++) s->found[i][k] = NOBODY;
        for (uint32_t k = 0; k < face->nexports; k++)
            wr_lookup_add(&s->names, face, face->exports[k].name, &face->exports[k]);
    }
    for (uint32_t i = 0; i < file->components.n; i++) {
        wr_component *c = file->components.v[i];
        for (uint32_t k = 0; k < c->defs.n; k++) add_names(s, c, &c->defs.v[k]);
    }
}

wr_core_supplier **wr_component_suppliers(wr_env *env, const wr_component_uses *uses) {
    supplying s = {.uses = uses, .names.arena = &env->temp};
    const wr_component_file *file = uses->file;
    begin(env, &s);
    for (uint32_t i = 0; i < file->components.n; i++) {
        wr_component *c = file->components.v[i];
        for (uint32_t k = 0; k < c->defs.n; k++)
            if (c->defs.v[k].kind == WR_DEF_CORE_INSTANTIATE && c->defs.v[k].live)
                look_at_instance(&s, c, &c->defs.v[k]);
    }
    for (uint32_t i = 0; i < file->modules.n; i++)
        for (uint32_t k = 0; k < uses->faces[i].nimports; k++)
            if (uses->faces[i].open || s.lookups >= MOST_LOOKUPS) s.found[i][k] = NOBODY;
    wr_arena_reset(&env->temp);
    return s.found;
}
