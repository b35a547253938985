// Validates everything but bodies: imports, definitions, constant expressions, segments and exports. Also
// records which functions bodies may name in ref.func, and the features that all this uses.
#include "support/hash.h"
#include "validate_parts.h"

typedef struct module_check {
    wr_env *env;
    wr_module *m;
    wr_validator v;   // for constant expressions
    unsigned section; // the current section, for errors
} module_check;

static uint64_t section_offset(const wr_module *m, unsigned id) {
    for (uint32_t i = 0; i < m->nsections; i++)
        if (m->sections[i].id == id) return m->sections[i].offset;
    return WR_NO_OFFSET;
}

// Fails at the current section, the most exact place known for an entity.
#define BAD(k, ...) wr_throw((k)->env, WR_BAD_INPUT, section_offset((k)->m, (k)->section), __VA_ARGS__)

// The offset of a name in the input, or that of the section if a pass created the name.
static uint64_t name_offset(const module_check *k, wr_slice name) {
    wr_slice input = k->m->input;
    bool inside = name.p >= input.p && name.p <= input.p + input.n;
    return inside ? (uint64_t)(name.p - input.p) : section_offset(k->m, k->section);
}

static void check_type_of_value(module_check *k, wr_valtype type) {
    if (wr_has_index(type) && wr_type_index(type) >= k->m->ntypes)
        BAD(k, "type %u is out of range: there are %u", wr_type_index(type), k->m->ntypes);
    k->m->features |= wr_valtype_features(k->m, type);
}

static void check_sharing(module_check *k, wr_valtype type, const char *what, uint32_t index) {
    if (!wr_valtype_is_shared(k->m, type))
        BAD(k, "%s %u is shared, but has %s, which is not", what, index, wr_valtype_text(type).s);
    k->m->features |= WR_F(SHARED_EVERYTHING);
}

static const wr_type *signature(module_check *k, uint32_t type, const char *what, uint32_t index) {
    if (type >= k->m->ntypes)
        BAD(k, "%s %u has type %u, which is out of range: there are %u", what, index, type, k->m->ntypes);
    if (k->m->types[type].kind != WR_TYPE_FUNC)
        BAD(k, "expected a function type for %s %u, found type %u", what, index, type);
    return &k->m->types[type];
}

// --- Definitions ---

static void check_limits(module_check *k, const wr_limits *l, uint64_t most, const char *what,
                         uint32_t index) {
    if (l->min > most || (l->has_max && l->max > most))
        BAD(k, "%s %u is larger than the %llu that it may be", what, index, (unsigned long long)most);
    if (l->has_max && l->min > l->max)
        BAD(k, "%s %u has minimum %llu above its maximum %llu", what, index, (unsigned long long)l->min,
            (unsigned long long)l->max);
    if (l->is64) k->m->features |= WR_F(MEMORY64);
}

static uint64_t most_pages(const wr_limits *l) {
    unsigned bits = (l->is64 ? 64u : 32u) - l->page_log2;
    return bits == 64 ? UINT64_MAX : (uint64_t)1 << bits;
}

static void check_memory(module_check *k, uint32_t index) {
    const wr_limits *l = &k->m->memories[index].limits;
    if (l->page_log2 != 0 && l->page_log2 != 16)
        BAD(k, "expected pages of 1 or 65536 bytes, found 2^%u for memory %u", l->page_log2, index);
    check_limits(k, l, most_pages(l), "memory", index);
    if (l->shared && !l->has_max) BAD(k, "memory %u is shared, so it needs a maximum", index);
    if (l->shared) k->m->features |= WR_F(THREADS);
    if (l->page_log2 != 16) k->m->features |= WR_F(CUSTOM_PAGE_SIZES);
}

static void check_table(module_check *k, uint32_t index) {
    wr_module *m = k->m;
    const wr_table *table = &m->tables[index];
    if (table->type != WR_FUNCREF) check_type_of_value(k, table->type);
    if (table->limits.shared) check_sharing(k, table->type, "table", index);
    check_limits(k, &table->limits, table->limits.is64 ? UINT64_MAX : UINT32_MAX, "table", index);
    if (table->has_init) {
        m->features |= WR_F(FUNC_REFS);
        wr_validate_constant(&k->v, &table->init, table->type, m->nglobal_imports);
    } else if (table->import == WR_NONE && !wr_is_defaultable(table->type)) {
        BAD(k, "table %u of %s needs an initial value", index, wr_valtype_text(table->type).s);
    }
}

static void check_global(module_check *k, uint32_t index) {
    const wr_global *global = &k->m->globals[index];
    check_type_of_value(k, global->type);
    if (global->shared) check_sharing(k, global->type, "global", index);
    if (global->import == WR_NONE)
        wr_validate_constant(&k->v, &global->init, global->type, index);
    else if (global->mutable)
        k->m->features |= WR_F(MUTABLE_GLOBALS);
}

static void check_tag(module_check *k, uint32_t index) {
    const wr_type *type = signature(k, k->m->tags[index].type, "tag", index);
    k->m->features |= WR_F(EH) | (type->nparams > 1 ? WR_F(MULTIVALUE) : 0);
}

// Checks the entities of a space. Imports and definitions are in different sections, and an error names the
// right one.
static void check_each(module_check *k, uint32_t n, uint32_t imported, unsigned section,
                       void (*check)(module_check *, uint32_t)) {
    for (uint32_t i = 0; i < n; i++) {
        k->section = i < imported ? WR_SEC_IMPORT : section;
        check(k, i);
    }
}

static void check_func(module_check *k, uint32_t index) {
    signature(k, k->m->funcs[index].type, "function", index);
    if (k->m->funcs[index].exact) k->m->features |= WR_F(CUSTOM_DESCRIPTORS);
    k->m->funcs[index].declared = false; // until something names it
}

static void check_definitions(module_check *k) {
    wr_module *m = k->m;
    check_each(k, m->nfuncs, m->nfunc_imports, WR_SEC_FUNCTION, check_func);
    check_each(k, m->ntables, m->ntable_imports, WR_SEC_TABLE, check_table);
    check_each(k, m->nmemories, m->nmemory_imports, WR_SEC_MEMORY, check_memory);
    check_each(k, m->ntags, m->ntag_imports, WR_SEC_TAG, check_tag);
    check_each(k, m->nglobals, m->nglobal_imports, WR_SEC_GLOBAL, check_global);
    if (m->nmemories > 1) m->features |= WR_F(MULTI_MEMORY);
    if (m->ntables > 1) m->features |= WR_F(REF_TYPES);
}

// --- Exports and start ---

static void check_export_index(module_check *k, const wr_export *export) {
    wr_module *m = k->m;
    uint32_t size = wr_space_size(m, (wr_space) export->space);
    if (export->index >= size)
        wr_throw(k->env, WR_BAD_INPUT, name_offset(k, export->name),
                 "export \"%.*s\" has index %u, which is out of range: there are %u",
                 (int)(export->name.n < 100 ? export->name.n : 100), (const char *)export->name.p,
                 export->index, size);
    if (export->space == WR_FUNC) m->funcs[export->index].declared = true;
    if (export->space == WR_GLOBAL && m->globals[export->index].mutable) m->features |= WR_F(MUTABLE_GLOBALS);
}

// Adds an export's name to the set; fails if it is already there.
static void check_export_name(module_check *k, wr_map *names, uint32_t index) {
    const wr_export *exports = k->m->exports;
    wr_slice name = exports[index].name;
    uint32_t other;
    uint64_t hash = wr_hash_bytes(name.p, name.n);
    WR_MAP_FIND(names, hash, other, wr_slice_eq(exports[other].name, name));
    if (other != WR_NONE)
        wr_throw(k->env, WR_BAD_INPUT, name_offset(k, name), "duplicate export name \"%.*s\"",
                 (int)(name.n < 100 ? name.n : 100), (const char *)name.p);
    wr_map_add(names, &k->env->temp, hash, index);
}

static void check_exports(module_check *k) {
    wr_module *m = k->m;
    k->section = WR_SEC_EXPORT;
    wr_map names = {0};
    wr_map_reserve(&names, &k->env->temp, m->nexports);
    for (uint32_t i = 0; i < m->nexports; i++) {
        check_export_index(k, &m->exports[i]);
        check_export_name(k, &names, i);
    }
}

static void check_start(module_check *k) {
    const wr_module *m = k->m;
    k->section = WR_SEC_START;
    if (m->start == WR_NONE) return;
    if (m->start >= m->nfuncs) BAD(k, "start function %u is out of range: there are %u", m->start, m->nfuncs);
    const wr_type *type = wr_func_type(m, m->start);
    if (type->nparams || type->nresults) BAD(k, "start function %u has parameters or results", m->start);
}

// --- Segments ---

static void check_elem_target(module_check *k, const wr_elem *elem, uint32_t index) {
    wr_module *m = k->m;
    if (elem->table >= m->ntables)
        BAD(k, "element segment %u is for table %u, which is out of range: there are %u", index, elem->table,
            m->ntables);
    const wr_table *table = &m->tables[elem->table];
    if (!wr_valtype_is_subtype(m, elem->type, table->type))
        BAD(k, "type mismatch: expected elements of %s in segment %u, found %s",
            wr_valtype_text(table->type).s, index, wr_valtype_text(elem->type).s);
    wr_validate_constant(&k->v, &elem->at, wr_address_type(table->limits), m->nglobals);
}

static void declare_funcs(module_check *k, const wr_elem *elem, uint32_t index) {
    for (uint32_t i = 0; i < elem->count; i++) {
        if (elem->funcs[i] >= k->m->nfuncs)
            BAD(k, "element segment %u has function %u, which is out of range: there are %u", index,
                elem->funcs[i], k->m->nfuncs);
        k->m->funcs[elem->funcs[i]].declared = true;
    }
}

static void check_elem(module_check *k, uint32_t index) {
    wr_module *m = k->m;
    const wr_elem *elem = &m->elems[index];
    if (wr_heap_of(elem->type) != WR_ABS(WR_HEAP_FUNC)) check_type_of_value(k, elem->type);
    if (elem->mode == WR_ACTIVE) check_elem_target(k, elem, index);
    if (elem->mode != WR_ACTIVE) m->features |= WR_F(BULK) | WR_F(REF_TYPES); // wasm-opt wants both
    if (elem->funcs) declare_funcs(k, elem, index);
    if (!elem->exprs) return;
    m->features |= WR_F(BULK) | WR_F(REF_TYPES);
    for (uint32_t i = 0; i < elem->count; i++)
        wr_validate_constant(&k->v, &elem->exprs[i], elem->type, m->nglobals);
}

static void check_data(module_check *k, uint32_t index) {
    wr_module *m = k->m;
    const wr_data *data = &m->datas[index];
    if (data->mode != WR_ACTIVE) {
        m->features |= WR_F(BULK);
        return;
    }
    if (data->memory >= m->nmemories)
        BAD(k, "data segment %u is for memory %u, which is out of range: there are %u", index, data->memory,
            m->nmemories);
    wr_validate_constant(&k->v, &data->at, wr_address_type(m->memories[data->memory].limits), m->nglobals);
}

static void check_segments(module_check *k) {
    wr_module *m = k->m;
    check_each(k, m->nelems, 0, WR_SEC_ELEMENT, check_elem);
    check_each(k, m->ndatas, 0, WR_SEC_DATA, check_data);
    if (m->has_data_count) m->features |= WR_F(BULK);
}

static void note_custom_features(wr_module *m) {
    for (uint32_t i = 0; i < m->ncustoms; i++)
        if (wr_slice_is(m->customs[i].name, "metadata.code.branch_hint")) m->features |= WR_F(BRANCH_HINTS);
    if (m->compact_imports) m->features |= WR_F(COMPACT_IMPORTS);
}

void wr_validate_module(wr_env *env, wr_module *m) {
    module_check k = {.env = env, .m = m};
    wr_validate_begin_constants(&k.v, env, m);
    m->features |= WR_F(MVP);
    check_definitions(&k);
    check_exports(&k);
    check_start(&k);
    check_segments(&k);
    m->features |= k.v.features;
    note_custom_features(m);
}
