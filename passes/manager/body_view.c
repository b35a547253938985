// Copies what passes on one body may see into a module of its own, and hashes the same. See body_view.h.
#include "body_view.h"

// An entity that is imported is so by number 0, whichever its import is.
static uint32_t seen_import(uint32_t import) { return import == WR_NONE ? WR_NONE : 0; }

// --- Types ---

static void add_values(wr_blake2b *hash, const wr_type *t) {
    for (uint32_t i = 0; i < t->nparams + t->nresults; i++) wr_blake2b_add_number(hash, t->values[i]);
}

static void add_fields(wr_blake2b *hash, const wr_type *t) {
    for (uint32_t i = 0; i < t->nparams; i++)
        wr_blake2b_add_number(hash, (uint64_t)t->fields[i].type << 1 | t->fields[i].mutable);
}

static void add_type(wr_blake2b *hash, const wr_type *t) {
    const uint64_t words[] = {t->kind,       t->is_final, t->is_shared, t->super,   t->describes,
                              t->descriptor, t->group,    t->canon,     t->nparams, t->nresults};
    for (size_t i = 0; i < WR_COUNT(words); i++) wr_blake2b_add_number(hash, words[i]);
    if (t->kind == WR_TYPE_FUNC)
        add_values(hash, t);
    else
        add_fields(hash, t);
}

static void see_types(wr_body_view *view, wr_blake2b *hash, const wr_module *m) {
    view->m.types = m->types;
    view->m.ntypes = m->ntypes;
    wr_blake2b_add_number(hash, m->ntypes);
    for (uint32_t i = 0; i < m->ntypes; i++) add_type(hash, &m->types[i]);
}

// --- Memories, tables and tags ---

static void add_limits(wr_blake2b *hash, const wr_limits *l) {
    const uint64_t words[] = {l->min, l->max, l->has_max, l->shared, l->is64, l->page_log2};
    for (size_t i = 0; i < WR_COUNT(words); i++) wr_blake2b_add_number(hash, words[i]);
}

static void see_memories(wr_body_view *view, wr_blake2b *hash, wr_arena *arena, const wr_module *m) {
    view->m.memories = WR_NEW0(arena, wr_memory, m->nmemories);
    view->m.nmemories = m->nmemories;
    wr_blake2b_add_number(hash, m->nmemories);
    for (uint32_t i = 0; i < m->nmemories; i++) {
        wr_memory *seen = &view->m.memories[i];
        *seen = (wr_memory){.limits = m->memories[i].limits, .import = seen_import(m->memories[i].import)};
        add_limits(hash, &seen->limits);
        wr_blake2b_add_number(hash, seen->import);
    }
}

static void see_tables(wr_body_view *view, wr_blake2b *hash, wr_arena *arena, const wr_module *m) {
    view->m.tables = WR_NEW0(arena, wr_table, m->ntables);
    view->m.ntables = m->ntables;
    wr_blake2b_add_number(hash, m->ntables);
    for (uint32_t i = 0; i < m->ntables; i++) {
        const wr_table *t = &m->tables[i];
        wr_table *seen = &view->m.tables[i];
        *seen = (wr_table){.type = t->type, .limits = t->limits, .import = seen_import(t->import)};
        wr_blake2b_add_number(hash, seen->type);
        add_limits(hash, &seen->limits);
        wr_blake2b_add_number(hash, seen->import);
    }
}

static void see_tags(wr_body_view *view, wr_blake2b *hash, wr_arena *arena, const wr_module *m) {
    view->m.tags = WR_NEW0(arena, wr_tag, m->ntags);
    view->m.ntags = m->ntags;
    wr_blake2b_add_number(hash, m->ntags);
    for (uint32_t i = 0; i < m->ntags; i++) {
        wr_tag *seen = &view->m.tags[i];
        *seen = (wr_tag){.type = m->tags[i].type, .import = seen_import(m->tags[i].import)};
        wr_blake2b_add_number(hash, seen->type);
        wr_blake2b_add_number(hash, seen->import);
    }
}

// --- Functions and globals: hashed where a body names them ---

// Function indices have no bound that a pass could ask for.
static void see_functions(wr_body_view *view, wr_arena *arena, const wr_module *m) {
    view->m.nfuncs = 1u << WR_REF_INDEX_BITS;
    view->m.funcs = m->nfuncs <= WR_BODY_VIEW_FUNCS ? WR_NEW0(arena, wr_func, m->nfuncs) : m->funcs;
    if (view->m.funcs == m->funcs) return;
    for (uint32_t i = 0; i < m->nfuncs; i++) view->m.funcs[i].type = m->funcs[i].type;
}

static void see_globals(wr_body_view *view, wr_arena *arena, const wr_module *m) {
    view->m.globals = WR_NEW0(arena, wr_global, m->nglobals);
    view->m.nglobals = 1u << WR_REF_INDEX_BITS;
    for (uint32_t i = 0; i < m->nglobals; i++) {
        const wr_global *g = &m->globals[i];
        view->m.globals[i] = (wr_global){
            .type = g->type, .mutable = g->mutable, .shared = g->shared, .import = seen_import(g->import)};
    }
}

static void add_global(wr_blake2b *hash, const wr_global *g) {
    const uint64_t words[] = {g->type, g->mutable, g->shared, g->import};
    for (size_t i = 0; i < WR_COUNT(words); i++) wr_blake2b_add_number(hash, words[i]);
}

void wr_body_view_hash(wr_blake2b *hash, const wr_body_view *view, const wr_module *m, uint32_t func) {
    const wr_summary *summary = &m->funcs[func].summary;
    wr_blake2b_add_number(hash, view->m.funcs[func].type);
    for (uint32_t i = 0; i < summary->nuses; i++) {
        wr_ref ref = summary->uses[i].ref;
        uint32_t index = wr_ref_index(ref);
        unsigned space = wr_ref_space(ref);
        if (space == WR_FUNC || space == WR_FUNC_ADDR)
            wr_blake2b_add_number(hash, (uint64_t)index << 32 | view->m.funcs[index].type);
        else if (space == WR_GLOBAL)
            add_global(hash, &view->m.globals[index]);
    }
}

// --- The rest ---

// Names of custom sections: whether some annotate code matters to one pass.
static void see_customs(wr_body_view *view, wr_blake2b *hash, wr_arena *arena, const wr_module *m) {
    view->m.customs = WR_NEW0(arena, wr_custom, m->ncustoms);
    for (uint32_t i = 0; i < m->ncustoms; i++) {
        if (!m->customs[i].live) continue;
        view->m.customs[view->m.ncustoms++] = (wr_custom){.name = m->customs[i].name, .live = true};
        wr_blake2b_add_piece(hash, m->customs[i].name);
    }
    wr_blake2b_add_number(hash, view->m.ncustoms);
}

static void see_config(wr_body_view *view, wr_blake2b *hash, const wr_config *config) {
    view->config = (wr_config){.level = config->level,
                               .objective = config->objective,
                               .allow = config->allow,
                               .low_memory_unused = config->low_memory_unused,
                               .ignore_implicit_traps = config->ignore_implicit_traps,
                               .traps_never_happen = config->traps_never_happen,
                               .fast_math = config->fast_math};
    const uint64_t words[] = {config->level,
                              config->objective,
                              config->allow,
                              config->low_memory_unused,
                              config->ignore_implicit_traps,
                              config->traps_never_happen,
                              config->fast_math};
    for (size_t i = 0; i < WR_COUNT(words); i++) wr_blake2b_add_number(hash, words[i]);
}

void wr_body_view_make(const wr_context *c, wr_body_view *view) {
    wr_arena *arena = &c->env->pass;
    const wr_module *m = c->m;
    wr_blake2b hash;
    wr_blake2b_start(&hash);
    *view = (wr_body_view){.m = {.start = WR_NONE, .features = m->features}};
    wr_blake2b_add_number(&hash, m->features);
    see_types(view, &hash, m);
    see_memories(view, &hash, arena, m);
    see_tables(view, &hash, arena, m);
    see_tags(view, &hash, arena, m);
    see_functions(view, arena, m);
    see_globals(view, arena, m);
    see_customs(view, &hash, arena, m);
    see_config(view, &hash, c->config);
    view->c = (wr_context){.env = c->env, .m = &view->m, .config = &view->config};
    view->digest = wr_blake2b_end(&hash);
}
