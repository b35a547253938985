// Writes a module: the sections in order with custom sections in their places, and the sections that are
// plain lists. encode_segments.c, encode_types.c and encode_code.c write the others.
#include "encode.h"

#include "encode_parts.h"

// Returns how many live entities of a space are defined rather than imported. *first is the position of the
// first of them in the layout's order.
static uint32_t defined(const wr_encoder *e, wr_space space, bool (*imported)(const wr_module *, uint32_t),
                        uint32_t *first) {
    const uint32_t *order = e->layout->order[space];
    uint32_t n = 0;
    while (n < e->layout->count[space] && imported(e->m, order[n])) n++;
    *first = n;
    return e->layout->count[space] - n;
}

static bool func_imported(const wr_module *m, uint32_t i) { return m->funcs[i].import != WR_NONE; }
static bool table_imported(const wr_module *m, uint32_t i) { return m->tables[i].import != WR_NONE; }
static bool memory_imported(const wr_module *m, uint32_t i) { return m->memories[i].import != WR_NONE; }
static bool global_imported(const wr_module *m, uint32_t i) { return m->globals[i].import != WR_NONE; }
static bool tag_imported(const wr_module *m, uint32_t i) { return m->tags[i].import != WR_NONE; }

// Writes the number of defined entities of a space, then one after another.
static void put_list(wr_encoder *e, wr_buf *out, wr_space space,
                     bool (*imported)(const wr_module *, uint32_t),
                     void (*put)(wr_encoder *, wr_buf *, uint32_t)) {
    uint32_t first, n = defined(e, space, imported, &first);
    if (!n) return;
    wr_put_uleb(out, n);
    for (uint32_t i = 0; i < n; i++) put(e, out, e->layout->order[space][first + i]);
}

static void put_function(wr_encoder *e, wr_buf *out, uint32_t i) {
    wr_put_uleb(out, wr_remap_index(e->rewrite.map, WR_TYPE, e->m->funcs[i].type));
}

static void put_table(wr_encoder *e, wr_buf *out, uint32_t i) {
    const wr_table *table = &e->m->tables[i];
    if (table->has_init) wr_put_bytes(out, "\x40\x00", 2);
    wr_encode_valtype(e, out, table->type);
    wr_encode_limits(out, &table->limits, false);
    if (table->has_init) wr_encode_expr(e, out, table->init);
}

static void put_memory(wr_encoder *e, wr_buf *out, uint32_t i) {
    wr_encode_limits(out, &e->m->memories[i].limits, true);
}

static void put_tag(wr_encoder *e, wr_buf *out, uint32_t i) {
    wr_put_u8(out, 0);
    wr_put_uleb(out, wr_remap_index(e->rewrite.map, WR_TYPE, e->m->tags[i].type));
}

static void put_global(wr_encoder *e, wr_buf *out, uint32_t i) {
    const wr_global *global = &e->m->globals[i];
    wr_encode_valtype(e, out, global->type);
    wr_encode_mutability(out, global);
    wr_encode_expr(e, out, global->init);
}

static void encode_exports(wr_encoder *e, wr_buf *out) {
    const wr_module *m = e->m;
    uint32_t n = 0;
    for (uint32_t i = 0; i < m->nexports; i++) n += m->exports[i].live;
    if (!n) return;
    wr_put_uleb(out, n);
    for (uint32_t i = 0; i < m->nexports; i++) {
        const wr_export *export = &m->exports[i];
        if (!export->live) continue;
        wr_put_sized(out, export->name);
        wr_put_u8(out, export->space);
        wr_put_uleb(out, wr_remap_index(e->rewrite.map, export->space, export->index));
    }
}

// Whether code refers to data segments: then the data count section must come before the code.
static bool needs_data_count(const wr_module *m) {
    for (uint32_t i = 0; i < m->nfuncs; i++) {
        const wr_func *func = &m->funcs[i];
        for (uint32_t k = 0; func->live && k < func->summary.nuses; k++)
            if (wr_ref_space(func->summary.uses[k].ref) == WR_DATA) return true;
    }
    return false;
}

// --- Custom sections ---

static bool custom_payload(wr_encoder *e, uint32_t index, wr_buf *payload) {
    const wr_custom *custom = &e->m->customs[index];
    if (wr_slice_is(custom->name, "name")) return wr_encode_names(e->env, e->m, e->layout, custom, payload);
    if (wr_code_metadata_is(custom->name))
        return wr_code_metadata_write(e->env, e->m, &e->metadata, index, e->rewrite.map->to[WR_FUNC],
                                      payload);
    wr_put_slice(payload, custom->payload);
    return true;
}

static void put_custom(wr_encoder *e, uint32_t index) {
    wr_buf payload = wr_buf_in(&e->env->temp);
    wr_put_sized(&payload, e->m->customs[index].name);
    if (custom_payload(e, index, &payload)) wr_encode_section(&e->out, WR_SEC_CUSTOM, &payload);
}

static void put_customs_after(wr_encoder *e, uint8_t section) {
    for (uint32_t i = 0; i < e->m->ncustoms; i++)
        if (e->m->customs[i].live && e->m->customs[i].after == section) put_custom(e, i);
}

// --- Whole modules ---

static void encode_section(wr_encoder *e, uint8_t id, wr_buf *out) {
    switch (id) {
    case WR_SEC_TYPE: wr_encode_types(e, out); break;
    case WR_SEC_IMPORT: wr_encode_imports(e, out); break;
    case WR_SEC_FUNCTION: put_list(e, out, WR_FUNC, func_imported, put_function); break;
    case WR_SEC_TABLE: put_list(e, out, WR_TABLE, table_imported, put_table); break;
    case WR_SEC_MEMORY: put_list(e, out, WR_MEMORY, memory_imported, put_memory); break;
    case WR_SEC_TAG: put_list(e, out, WR_TAG, tag_imported, put_tag); break;
    case WR_SEC_GLOBAL: put_list(e, out, WR_GLOBAL, global_imported, put_global); break;
    case WR_SEC_EXPORT: encode_exports(e, out); break;
    case WR_SEC_START:
        if (e->m->start != WR_NONE) wr_put_uleb(out, wr_remap_index(e->rewrite.map, WR_FUNC, e->m->start));
        break;
    case WR_SEC_ELEMENT: wr_encode_elems(e, out); break;
    case WR_SEC_DATA_COUNT:
        if (needs_data_count(e->m)) wr_put_uleb(out, e->layout->count[WR_DATA]);
        break;
    default: wr_encode_datas(e, out); break;
    }
}

static const uint8_t section_order[] = {
    WR_SEC_TYPE,       WR_SEC_IMPORT, WR_SEC_FUNCTION, WR_SEC_TABLE, WR_SEC_MEMORY,
    WR_SEC_TAG,        WR_SEC_GLOBAL, WR_SEC_EXPORT,   WR_SEC_START, WR_SEC_ELEMENT,
    WR_SEC_DATA_COUNT, WR_SEC_CODE,   WR_SEC_DATA,
};

static void put_all_sections(wr_encoder *e, wr_code *code) {
    wr_put_bytes(&e->out, "\0asm\1\0\0\0", 8);
    put_customs_after(e, WR_SEC_CUSTOM);
    for (size_t i = 0; i < WR_COUNT(section_order); i++) {
        uint8_t id = section_order[i];
        if (id == WR_SEC_CODE) {
            wr_encode_put_code(e, code);
        } else {
            wr_buf payload = wr_buf_in(&e->env->temp);
            encode_section(e, id, &payload);
            wr_encode_section(&e->out, id, &payload);
        }
        put_customs_after(e, id);
    }
}

wr_slice wr_encode_module(wr_pool *pool, const wr_module *m, const wr_layout *layout,
                          const wr_encode_options *options) {
    wr_env *env = wr_main_env(pool);
    wr_encoder e = {.pool = pool, .env = env, .m = m, .layout = layout, .out = wr_buf_in(&env->perm)};
    e.origins = m->origins ? options->origins : NULL;
    e.rewrite = (wr_rewrite){.map = &layout->map, .zero_alignment = options->zero_alignment};
    wr_code_metadata_read(env, m, &e.metadata);
    wr_code code;
    wr_encode_code(&e, &code);
    size_t guess = code.size + m->input.n / 8;
    wr_buf_room(&e.out, guess);
    put_all_sections(&e, &code);
    return wr_buf_slice(&e.out);
}
