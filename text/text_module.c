// A module's sections in the text format, in the order of the binary one.
#include <inttypes.h>

#include "text_parts.h"

static void put_limits(wr_text_writer *w, const wr_limits *limits) {
    if (limits->is64) wr_text_put(w, " i64");
    wr_text_put(w, " %" PRIu64, limits->min);
    if (limits->has_max) wr_text_put(w, " %" PRIu64, limits->max);
}

static void put_memory_type(wr_text_writer *w, const wr_memory *memory) {
    const wr_limits *limits = &memory->limits;
    put_limits(w, limits);
    if (limits->shared) wr_text_put(w, " shared");
    if (limits->page_log2 != 16) wr_text_put(w, " (pagesize %" PRIu64 ")", (uint64_t)1 << limits->page_log2);
}

static void put_table_type(wr_text_writer *w, const wr_table *table) {
    if (table->limits.shared) wr_text_put(w, " shared");
    put_limits(w, &table->limits);
    wr_text_put(w, " ");
    wr_text_valtype(w, table->type);
}

static void put_global_type(wr_text_writer *w, const wr_global *global) {
    if (global->shared)
        wr_text_put(w, global->mutable ? " (shared mut " : " (shared ");
    else
        wr_text_put(w, global->mutable ? " (mut " : " ");
    wr_text_valtype(w, global->type);
    if (global->shared || global->mutable) wr_text_put(w, ")");
}

// --- Imports and exports ---

static const char *const space_words[] = {"func", "table", "memory", "global", "tag"};

static void put_import(wr_text_writer *w, const wr_import *import) {
    const wr_module *m = w->m;
    uint32_t i = import->index;
    wr_text_put(w, "  (import ");
    wr_text_string(w, import->module);
    wr_text_put(w, " ");
    wr_text_string(w, import->name);
    wr_text_put(w, " (%s ", space_words[import->space]);
    if (import->space == WR_FUNC && w->names[i].n) wr_text_func(w, i), wr_text_put(w, " ");
    wr_text_put(w, "(;%u;)", i);
    switch (import->space) {
    case WR_FUNC:
        if (m->funcs[i].exact) wr_text_put(w, " (exact");
        wr_text_type_use(w, m->funcs[i].type);
        if (m->funcs[i].exact) wr_text_put(w, ")");
        break;
    case WR_TABLE: put_table_type(w, &m->tables[i]); break;
    case WR_MEMORY: put_memory_type(w, &m->memories[i]); break;
    case WR_GLOBAL: put_global_type(w, &m->globals[i]); break;
    default: wr_text_type_use(w, m->tags[i].type);
    }
    wr_text_put(w, "))\n");
}

static void put_export(wr_text_writer *w, const wr_export *export) {
    wr_text_put(w, "  (export ");
    wr_text_string(w, export->name);
    wr_text_put(w, " (%s ", space_words[export->space]);
    if (export->space == WR_FUNC)
        wr_text_func(w, export->index);
    else
        wr_text_put(w, "%u", export->index);
    wr_text_put(w, "))\n");
}

// --- Definitions ---

static void put_tables(wr_text_writer *w) {
    const wr_module *m = w->m;
    for (uint32_t i = m->ntable_imports; i < m->ntables; i++) {
        wr_text_put(w, "  (table (;%u;)", i);
        put_table_type(w, &m->tables[i]);
        if (m->tables[i].has_init) {
            wr_text_put(w, " ");
            wr_text_constant(w, m->tables[i].init.code);
        }
        wr_text_put(w, ")\n");
    }
}

static void put_memories(wr_text_writer *w) {
    for (uint32_t i = w->m->nmemory_imports; i < w->m->nmemories; i++) {
        wr_text_put(w, "  (memory (;%u;)", i);
        put_memory_type(w, &w->m->memories[i]);
        wr_text_put(w, ")\n");
    }
}

static void put_tags(wr_text_writer *w) {
    for (uint32_t i = w->m->ntag_imports; i < w->m->ntags; i++) {
        wr_text_put(w, "  (tag (;%u;)", i);
        wr_text_type_use(w, w->m->tags[i].type);
        wr_text_put(w, ")\n");
    }
}

static void put_globals(wr_text_writer *w) {
    for (uint32_t i = w->m->nglobal_imports; i < w->m->nglobals; i++) {
        wr_text_put(w, "  (global (;%u;)", i);
        put_global_type(w, &w->m->globals[i]);
        wr_text_put(w, " ");
        wr_text_constant(w, w->m->globals[i].init.code);
        wr_text_put(w, ")\n");
    }
}

static void put_funcs(wr_text_writer *w) {
    const wr_module *m = w->m;
    for (uint32_t i = m->nfunc_imports; i < m->nfuncs; i++) {
        wr_check(w->env);
        wr_text_put(w, "  (func ");
        if (w->names[i].n) wr_text_func(w, i), wr_text_put(w, " ");
        wr_text_put(w, "(;%u;)", i);
        wr_text_body(w, i);
        wr_text_put(w, ")\n");
    }
}

// --- Segments ---

static void put_offset(wr_text_writer *w, const wr_expr *at) {
    wr_text_put(w, " (offset ");
    wr_text_constant(w, at->code);
    wr_text_put(w, ")");
}

static void put_elem(wr_text_writer *w, uint32_t index) {
    const wr_elem *elem = &w->m->elems[index];
    wr_text_put(w, "  (elem (;%u;)", index);
    if (elem->mode == WR_DECLARATIVE) wr_text_put(w, " declare");
    if (elem->mode == WR_ACTIVE && elem->table) wr_text_put(w, " (table %u)", elem->table);
    if (elem->mode == WR_ACTIVE) put_offset(w, &elem->at);
    bool as_funcs =
        elem->funcs && (elem->type == WR_FUNCREF || elem->type == (WR_REF | WR_ABS(WR_HEAP_FUNC)));
    wr_text_put(w, " ");
    if (as_funcs)
        wr_text_put(w, "func");
    else
        wr_text_valtype(w, elem->type);
    for (uint32_t i = 0; i < elem->count; i++) {
        wr_text_put(w, as_funcs ? " " : elem->funcs ? " (ref.func " : " (item ");
        if (elem->funcs)
            wr_text_func(w, elem->funcs[i]);
        else
            wr_text_constant(w, elem->exprs[i].code);
        if (!as_funcs) wr_text_put(w, ")");
    }
    wr_text_put(w, ")\n");
}

static void put_data(wr_text_writer *w, uint32_t index) {
    const wr_data *data = &w->m->datas[index];
    wr_text_put(w, "  (data (;%u;)", index);
    if (data->mode == WR_ACTIVE && data->memory) wr_text_put(w, " (memory %u)", data->memory);
    if (data->mode == WR_ACTIVE) put_offset(w, &data->at);
    wr_text_put(w, " ");
    wr_text_string(w, data->bytes);
    wr_text_put(w, ")\n");
}

void wr_text_put_module(wr_env *env, const wr_module *m, wr_buf *out) {
    wr_text_writer w = {.env = env, .m = m, .out = out};
    wr_text_find_names(&w);
    wr_text_put(&w, "(module\n");
    wr_text_types(&w);
    for (uint32_t i = 0; i < m->nimports; i++) put_import(&w, &m->imports[i]);
    put_tables(&w);
    put_memories(&w);
    put_tags(&w);
    put_globals(&w);
    for (uint32_t i = 0; i < m->nexports; i++) put_export(&w, &m->exports[i]);
    if (m->start != WR_NONE) {
        wr_text_put(&w, "  (start ");
        wr_text_func(&w, m->start);
        wr_text_put(&w, ")\n");
    }
    for (uint32_t i = 0; i < m->nelems; i++) put_elem(&w, i);
    put_funcs(&w);
    for (uint32_t i = 0; i < m->ndatas; i++) put_data(&w, i);
    wr_text_put(&w, ")\n");
}
