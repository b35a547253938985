// Marks the live parts of a component, starting from everything that has effects or is a promise to the
// outside: imports, exports, instances, types.
//
// What stays unmarked is dead: aliases, lowered and lifted functions, entries of core instances that no
// consumer imports, unused core instances of modules without effect when instantiated, and core modules that
// nothing instantiates any more. As consumers are optimized they import less, so marking again finds more
// dead parts.
//
//   (core instance $main (instantiate $m (with "env" (instance $bag))))
//                                             imports of $m from "env" -> entries of $bag
//   (core instance $bag (export "f" (func $f)) (export "g" (func $g)))
//                                             entry "f" -> $f; "g" is dead if $m does not import it
//   (alias core export $libc "f" (core func $f))
//                                             $f -> export "f" of $libc's module
#include "component_uses.h"

#include "component_lookup.h"

typedef struct place {
    wr_component *c;
    wr_def *def;
} place;

typedef struct marker {
    wr_env *env;
    wr_component_uses *uses;
    wr_lookup names; // entries of core instances and exports of core modules, by name
    WR_VEC(place) todo;
    bool remove;
} marker;

static _Noreturn void lacks(marker *mk, const wr_component *c, const char *what, wr_slice name) {
    wr_throw(mk->env, WR_BAD_INPUT, c->offset,
             "%s has no \"%.*s\" of the kind that the component takes from it", what, (int)name.n,
             (const char *)name.p);
}

// Of core modules with identical bytes, the first represents all.
static wr_def *first_of(const marker *mk, const wr_component *c, wr_def *def) {
    if (def->kind != WR_DEF_MODULE) return def;
    return &c->defs.v[mk->uses->file->modules.v[mk->uses->faces[def->child].same_as].def];
}

static void mark_def(marker *mk, wr_component *c, wr_def *def) {
    def = first_of(mk, c, def);
    if (def->live) return;
    def->live = true;
    WR_PUSH(&mk->env->temp, mk->todo, ((place){c, def}));
}

static void mark_ref(marker *mk, wr_component *c, const wr_def_ref *ref) {
    for (uint32_t i = 0; i < ref->up; i++) c = c->parent;
    mark_def(mk, c, &c->defs.v[c->spaces[ref->space].v[ref->index]]);
}

static wr_def *core_instance_at(const wr_component *c, uint32_t index) {
    return &c->defs.v[c->spaces[WR_SORT_CORE_INSTANCE].v[index]];
}

// The interface of the module that a core instance instantiates; NULL if the module is not in the file.
static wr_core_face *face_of(const marker *mk, wr_component *c, const wr_def *instance) {
    uint32_t module = wr_component_module_at(c, wr_component_refs(c, instance)->index);
    return module == WR_NONE ? NULL : &mk->uses->faces[mk->uses->faces[module].same_as];
}

static void mark_entry(marker *mk, wr_component *c, wr_def_ref *entry) {
    if (entry->live) return;
    entry->live = true;
    mark_ref(mk, c, entry);
}

// Marks what a core instance exports under a name.
static void use_core_export(marker *mk, wr_component *c, wr_def *instance, wr_slice name, uint8_t sort) {
    mark_def(mk, c, instance);
    if (instance->kind == WR_DEF_CORE_EXPORTS) {
        wr_def_ref *entry = wr_lookup_find(&mk->names, instance, name);
        if (!entry || entry->space != sort) lacks(mk, c, "a core instance", name);
        mark_entry(mk, c, entry);
        return;
    }
    wr_core_face *face = face_of(mk, c, instance);
    if (!face) return;
    wr_core_export *export = wr_lookup_find(&mk->names, face, name);
    if (!export || export->sort != sort) lacks(mk, c, "a core module", name);
    export->used = true;
}

static void use_all(marker *mk, wr_component *c, wr_def *instance) {
    mark_def(mk, c, instance);
    wr_core_face *face = instance->kind == WR_DEF_CORE_INSTANTIATE ? face_of(mk, c, instance) : NULL;
    if (face) face->open = true;
    for (uint32_t i = 0; instance->kind == WR_DEF_CORE_EXPORTS && i < instance->nrefs; i++)
        mark_entry(mk, c, &wr_component_refs(c, instance)[i]);
}

// Marks an instantiation: the module's imports use what the arguments have under their names.
static void mark_instantiation(marker *mk, wr_component *c, const wr_def *def) {
    wr_def_ref *refs = wr_component_refs(c, def);
    wr_core_face *face = face_of(mk, c, def);
    mark_ref(mk, c, &refs[0]);
    for (uint32_t i = 1; !face && i < def->nrefs; i++) {
        refs[i].live = true;
        use_all(mk, c, core_instance_at(c, refs[i].index));
    }
    for (uint32_t i = 0; face && i < face->nimports; i++) {
        wr_def_ref *arg = wr_lookup_find(&mk->names, def, face->imports[i].module);
        if (!arg) lacks(mk, c, "the list of arguments of a core instance", face->imports[i].module);
        arg->live = true;
        use_core_export(mk, c, core_instance_at(c, arg->index), face->imports[i].name, face->imports[i].sort);
    }
}

// Marks the references of a definition. A core module that is passed on may be instantiated by anyone.
static void mark_refs(marker *mk, wr_component *c, const wr_def *def) {
    const wr_def_ref *refs = wr_component_refs(c, def);
    for (uint32_t i = 0; i < def->nrefs; i++) {
        mark_ref(mk, c, &refs[i]);
        if (refs[i].space != WR_SORT_CORE_MODULE || def->kind == WR_DEF_ALIAS_OUTER) continue;
        uint32_t module = wr_component_module_at(c, refs[i].index);
        if (module != WR_NONE) mk->uses->faces[mk->uses->faces[module].same_as].open = true;
    }
}

static void mark_what_it_needs(marker *mk, wr_component *c, const wr_def *def) {
    const wr_def_ref *ref = wr_component_refs(c, def);
    switch (def->kind) {
    case WR_DEF_CORE_INSTANTIATE: mark_instantiation(mk, c, def); break;
    case WR_DEF_ALIAS_CORE:
        use_core_export(mk, c, core_instance_at(c, ref->index), ref->name, def->space);
        break;
    case WR_DEF_CORE_EXPORTS: break; // entries are marked by their users
    default: mark_refs(mk, c, def);
    }
}

static bool is_root(const marker *mk, wr_component *c, const wr_def *def) {
    if (!mk->remove) return true;
    switch (def->kind) {
    case WR_DEF_MODULE:
    case WR_DEF_CORE_EXPORTS:
    case WR_DEF_CANON:
    case WR_DEF_ALIAS_CORE: return false;
    case WR_DEF_ALIAS_OUTER:
    case WR_DEF_ALIAS_EXPORT: return def->space == WR_SORT_TYPE || def->space == WR_SORT_CORE_TYPE;
    case WR_DEF_CORE_INSTANTIATE: {
        const wr_core_face *face = face_of(mk, c, def);
        return !face || !face->inert;
    }
    default: return true;
    }
}

// --- Setup ---

// Adds a name. Two entries of the same name would make it ambiguous, so that is an error.
static void add_name(marker *mk, const wr_component *c, const void *owner, wr_slice name, void *what) {
    if (!wr_lookup_add(&mk->names, owner, name, what))
        wr_throw(mk->env, WR_BAD_INPUT, c->offset, "a core instance or module has \"%.*s\" twice",
                 (int)name.n, (const char *)name.p);
}

static void clear_def(marker *mk, wr_component *c, wr_def *def) {
    wr_def_ref *refs = wr_component_refs(c, def);
    bool instantiates = def->kind == WR_DEF_CORE_INSTANTIATE;
    def->live = false;
    if (!instantiates && def->kind != WR_DEF_CORE_EXPORTS) return;
    for (uint32_t i = instantiates; i < def->nrefs; i++) {
        add_name(mk, c, def, refs[i].name, &refs[i]);
        refs[i].live = false;
    }
}

static void clear_face(marker *mk, uint32_t module) {
    wr_core_face *face = &mk->uses->faces[module];
    face->open = false;
    for (uint32_t i = 0; i < face->nexports; i++) {
        face->exports[i].used = false;
        add_name(mk, mk->uses->file->modules.v[module].component, face, face->exports[i].name,
                 &face->exports[i]);
    }
}

// Without removal, every definition and entry stays, and so does what they use of core modules.
static void keep_entries(marker *mk, wr_component *c, wr_def *def) {
    if (def->kind == WR_DEF_CORE_EXPORTS) use_all(mk, c, def);
    wr_def_ref *refs = wr_component_refs(c, def);
    for (uint32_t i = 0; i < def->nrefs; i++) refs[i].live = true;
}

void wr_component_mark(wr_env *env, wr_component_uses *uses, bool remove) {
    marker mk = {.env = env, .uses = uses, .remove = remove, .names.arena = &env->temp};
    const wr_component_file *file = uses->file;
    for (uint32_t i = 0; i < file->modules.n; i++) clear_face(&mk, i);
    for (uint32_t i = 0; i < file->components.n; i++) {
        wr_component *c = file->components.v[i];
        for (uint32_t k = 0; k < c->defs.n; k++) clear_def(&mk, c, &c->defs.v[k]);
    }
    for (uint32_t i = 0; i < file->components.n; i++) {
        wr_component *c = file->components.v[i];
        for (uint32_t k = 0; k < c->defs.n; k++)
            if (is_root(&mk, c, &c->defs.v[k])) mark_def(&mk, c, &c->defs.v[k]);
    }
    while (mk.todo.n) {
        place p = mk.todo.v[--mk.todo.n];
        mark_what_it_needs(&mk, p.c, p.def);
        if (!remove) keep_entries(&mk, p.c, p.def);
    }
    wr_arena_reset(&env->temp);
}

// --- Order of core modules ---

typedef struct edge_walk {
    const wr_component_uses *uses;
    wr_u32s *consumers; // by module: the modules that import from an instance of it
    bool *begun;
    uint32_t *order, n;
    uint32_t left; // budget of edges to look for; without some edges the order is only less good
} edge_walk;

static void add_provider(wr_env *env, edge_walk *w, wr_component *c, const wr_def *provider,
                         uint32_t consumer) {
    if (provider->kind != WR_DEF_CORE_INSTANTIATE) return;
    uint32_t module = wr_component_module_at(c, wr_component_refs(c, provider)->index);
    if (module == WR_NONE || module == consumer || !w->left) return;
    w->left--;
    WR_PUSH(&env->temp, w->consumers[w->uses->faces[module].same_as], consumer);
}

// Adds edges for the instances that a module is given, directly or through an instance made of aliases of
// their exports.
static void add_edges(wr_env *env, edge_walk *w, wr_component *c, const wr_def *def) {
    uint32_t consumer = wr_component_module_at(c, wr_component_refs(c, def)->index);
    if (consumer == WR_NONE) return;
    consumer = w->uses->faces[consumer].same_as;
    for (uint32_t i = 1; i < def->nrefs; i++) {
        const wr_def *arg = core_instance_at(c, wr_component_refs(c, def)[i].index);
        add_provider(env, w, c, arg, consumer);
        for (uint32_t k = 0; arg->kind == WR_DEF_CORE_EXPORTS && k < arg->nrefs && w->left; k++) {
            const wr_def_ref *entry = &wr_component_refs(c, arg)[k];
            const wr_def *what = &c->defs.v[c->spaces[entry->space].v[entry->index]];
            if (what->kind == WR_DEF_ALIAS_CORE)
                add_provider(env, w, c, core_instance_at(c, wr_component_refs(c, what)->index), consumer);
        }
    }
}

typedef struct frame {
    uint32_t module, next;
} frame;

// Depth-first search over consumers with an explicit stack. Edges that would close a cycle are skipped.
static void list_consumers_first(wr_env *env, edge_walk *w, uint32_t module) {
    WR_VEC(frame) stack = {0};
    if (w->begun[module]) return;
    w->begun[module] = true;
    WR_PUSH(&env->temp, stack, ((frame){module, 0}));
    while (stack.n) {
        frame *top = &stack.v[stack.n - 1];
        if (top->next < w->consumers[top->module].n) {
            uint32_t consumer = w->consumers[top->module].v[top->next++];
            if (w->begun[consumer]) continue;
            w->begun[consumer] = true;
            WR_PUSH(&env->temp, stack, ((frame){consumer, 0}));
        } else {
            w->order[w->n++] = top->module;
            stack.n--;
        }
    }
}

uint32_t *wr_component_order(wr_env *env, const wr_component_uses *uses) {
    const wr_component_file *file = uses->file;
    uint32_t n = file->modules.n;
    edge_walk w = {.uses = uses, .left = 1 << 20, .order = WR_NEW(&env->perm, uint32_t, n)};
    w.consumers = WR_NEW0(&env->temp, wr_u32s, n);
    w.begun = WR_NEW0(&env->temp, bool, n);
    for (uint32_t i = 0; i < file->components.n; i++) {
        wr_component *c = file->components.v[i];
        for (uint32_t k = 0; k < c->defs.n; k++)
            if (c->defs.v[k].kind == WR_DEF_CORE_INSTANTIATE) add_edges(env, &w, c, &c->defs.v[k]);
    }
    for (uint32_t i = 0; i < n; i++) list_consumers_first(env, &w, i);
    wr_arena_reset(&env->temp);
    return w.order;
}
