// Reads the header, checks the order of sections, and reads custom sections and those that define, import or
// export entities. Types, element segments and data segments have files of their own. Nothing bulky is
// copied: bodies, expressions, names and data are slices of the input.
#include "decode.h"
#include "not_wasm.h"

#include "decode_parts.h"

static const char *const section_names[WR_SECTIONS] = {
    "custom", "type",  "import",  "function", "table", "memory",     "global",
    "export", "start", "element", "code",     "data",  "data count", "tag",
};

// Rank of each section in the required order.
static const uint8_t section_rank[WR_SECTIONS] = {
    [WR_SEC_TYPE] = 1,   [WR_SEC_IMPORT] = 2,   [WR_SEC_FUNCTION] = 3,    [WR_SEC_TABLE] = 4,
    [WR_SEC_MEMORY] = 5, [WR_SEC_TAG] = 6,      [WR_SEC_GLOBAL] = 7,      [WR_SEC_EXPORT] = 8,
    [WR_SEC_START] = 9,  [WR_SEC_ELEMENT] = 10, [WR_SEC_DATA_COUNT] = 11, [WR_SEC_CODE] = 12,
    [WR_SEC_DATA] = 13,
};

static void read_header(wr_reader *r) {
    static const uint8_t magic[4] = {0, 'a', 's', 'm'};
    const uint8_t *at = r->p;
    if (wr_left(r) < 8 || memcmp(at, magic, 4) != 0) {
        const char *reason = wr_not_wasm_reason(wr_slice_of(at, wr_left(r)));
        wr_reader_fail_at(
            r, at, "expected a WebAssembly module, which begins with the bytes 00 61 73 6d and a version%s%s",
            reason ? "; " : "", reason ? reason : "");
    }
    r->p += 4;
    uint32_t version = wr_read_le32(r);
    if (version == 1) return;
    if (version >> 16 == 1)
        wr_reader_fail_at(r, at + 4,
                          "expected a core module, found a component; extract its core modules first");
    wr_reader_fail_at(r, at + 4, "expected version 1, found version %u", version);
}

// --- Definitions ---

static void read_functions(wr_decoder *d, wr_reader *r) {
    uint32_t count = wr_read_count(r, 1, "functions");
    for (uint32_t i = 0; i < count; i++) {
        wr_func func = {.type = wr_read_u32(r), .import = WR_NONE, .live = true};
        WR_PUSH(&d->env->perm, d->parts.funcs, func);
    }
    d->declared = count;
}

static void read_tables(wr_decoder *d, wr_reader *r) {
    uint32_t count = wr_read_count(r, 3, "tables");
    for (uint32_t i = 0; i < count; i++) {
        bool has_init = wr_left(r) >= 2 && r->p[0] == 0x40 && r->p[1] == 0x00;
        if (has_init) r->p += 2;
        wr_table table = wr_decode_table_type(r);
        table.has_init = has_init;
        if (has_init) table.init = wr_decode_expr(r, &d->env->temp);
        WR_PUSH(&d->env->perm, d->parts.tables, table);
    }
}

static void read_memories(wr_decoder *d, wr_reader *r) {
    uint32_t count = wr_read_count(r, 2, "memories");
    for (uint32_t i = 0; i < count; i++) {
        wr_memory memory = {.limits = wr_decode_limits(r, true), .import = WR_NONE, .live = true};
        WR_PUSH(&d->env->perm, d->parts.memories, memory);
    }
}

static void read_globals(wr_decoder *d, wr_reader *r) {
    uint32_t count = wr_read_count(r, 3, "globals");
    for (uint32_t i = 0; i < count; i++) {
        wr_global global = {.type = wr_valtype_read(r), .import = WR_NONE, .live = true};
        wr_decode_mutability(r, &global);
        global.init = wr_decode_expr(r, &d->env->temp);
        WR_PUSH(&d->env->perm, d->parts.globals, global);
    }
}

static void read_tags(wr_decoder *d, wr_reader *r) {
    uint32_t count = wr_read_count(r, 2, "tags");
    for (uint32_t i = 0; i < count; i++) {
        wr_tag tag = {.type = wr_decode_tag_type(r), .import = WR_NONE, .live = true};
        WR_PUSH(&d->env->perm, d->parts.tags, tag);
    }
}

static void read_exports(wr_decoder *d, wr_reader *r) {
    wr_module *m = d->m;
    m->nexports = wr_read_count(r, 3, "exports");
    m->exports = WR_NEW(&d->env->perm, wr_export, m->nexports);
    for (uint32_t i = 0; i < m->nexports; i++) {
        wr_export export = {.name = wr_read_name(r), .live = true};
        const uint8_t *at = r->p;
        export.space = wr_read_u8(r);
        if (export.space > WR_TAG)
            wr_reader_fail_at(r, at, "expected an export kind 0 to 4, found 0x%02x", export.space);
        export.index = wr_read_u32(r);
        m->exports[i] = export;
    }
}

static void read_code(wr_decoder *d, wr_reader *r) {
    uint32_t count = wr_read_count(r, 2, "function bodies");
    if (count != d->declared)
        wr_reader_fail(r, "expected as many bodies as the function section declares, %u, found %u",
                       d->declared, count);
    uint32_t first = d->parts.funcs.n - count;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t size = wr_read_u32(r);
        d->env->func = first + i;
        wr_func *func = &d->parts.funcs.v[first + i];
        func->body = wr_read_bytes(r, size);
    }
    d->env->func = WR_NONE;
    d->has_code = true;
}

// --- Custom sections ---

static void read_custom(wr_decoder *d, wr_reader *r, uint8_t after) {
    wr_custom custom = {.after = after, .live = true};
    custom.name = wr_read_name(r);
    custom.offset = wr_offset(r);
    custom.payload = wr_read_bytes(r, wr_left(r));
    WR_PUSH(&d->env->perm, d->parts.customs, custom);
}

// --- Sections ---

static void read_section_body(wr_decoder *d, wr_reader *r, uint8_t id) {
    wr_module *m = d->m;
    switch (id) {
    case WR_SEC_TYPE: wr_decode_types(d->env, r, m); break;
    case WR_SEC_IMPORT: wr_decode_imports(d, r); break;
    case WR_SEC_FUNCTION: read_functions(d, r); break;
    case WR_SEC_TABLE: read_tables(d, r); break;
    case WR_SEC_MEMORY: read_memories(d, r); break;
    case WR_SEC_TAG: read_tags(d, r); break;
    case WR_SEC_GLOBAL: read_globals(d, r); break;
    case WR_SEC_EXPORT: read_exports(d, r); break;
    case WR_SEC_START: m->start = wr_read_u32(r); break;
    case WR_SEC_ELEMENT: wr_decode_elems(d->env, r, m); break;
    case WR_SEC_DATA_COUNT:
        m->has_data_count = true;
        m->data_count_offset = wr_offset(r);
        m->data_count = wr_read_u32(r);
        break;
    case WR_SEC_CODE: read_code(d, r); break;
    default: wr_decode_datas(d->env, r, m); break;
    }
}

// Reads one section. Returns the id of the last non-custom section so far.
static uint8_t read_section(wr_decoder *d, wr_reader *r, uint8_t last) {
    const uint8_t *at = r->p;
    wr_section section = {.offset = wr_offset(r)};
    section.id = wr_read_u8(r);
    if (section.id >= WR_SECTIONS)
        wr_reader_fail_at(r, at, "expected a section id 0 to 13, found %u", section.id);
    uint32_t size = wr_read_u32(r);
    uint64_t offset = wr_offset(r);
    if (size > wr_left(r))
        wr_reader_fail_at(r, at, "the %s section wants %u bytes, but %zu are left; is the file cut off?",
                          section_names[section.id], size, wr_left(r));
    wr_reader body = wr_reader_of(d->env, wr_read_bytes(r, size), offset);
    section.size = wr_offset(r) - section.offset;
    WR_PUSH(&d->env->perm, d->parts.sections, section);
    if (section.id == WR_SEC_CUSTOM) {
        read_custom(d, &body, last);
        return last;
    }
    if (section_rank[section.id] <= section_rank[last])
        wr_reader_fail_at(r, at, "unexpected %s section: it must come before the %s section, and once",
                          section_names[section.id], section_names[last]);
    read_section_body(d, &body, section.id);
    if (!wr_at_end(&body))
        wr_reader_fail(&body, "expected the end of the %s section, found %zu more bytes",
                       section_names[section.id], wr_left(&body));
    return section.id;
}

// --- Whole modules ---

static uint32_t count_imports(const wr_import *imports, uint32_t n, uint8_t space) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < n; i++) count += imports[i].space == space;
    return count;
}

static void publish_parts(wr_decoder *d) {
    wr_module *m = d->m;
    wr_decoded_parts *p = &d->parts;
    m->imports = p->imports.v, m->nimports = p->imports.n;
    m->funcs = p->funcs.v, m->nfuncs = p->funcs.n;
    m->tables = p->tables.v, m->ntables = p->tables.n;
    m->memories = p->memories.v, m->nmemories = p->memories.n;
    m->globals = p->globals.v, m->nglobals = p->globals.n;
    m->tags = p->tags.v, m->ntags = p->tags.n;
    m->customs = p->customs.v, m->ncustoms = p->customs.n;
    m->sections = p->sections.v, m->nsections = p->sections.n;
    m->nfunc_imports = count_imports(m->imports, m->nimports, WR_FUNC);
    m->ntable_imports = count_imports(m->imports, m->nimports, WR_TABLE);
    m->nmemory_imports = count_imports(m->imports, m->nimports, WR_MEMORY);
    m->nglobal_imports = count_imports(m->imports, m->nimports, WR_GLOBAL);
    m->ntag_imports = count_imports(m->imports, m->nimports, WR_TAG);
}

static void check_counts(wr_decoder *d, wr_reader *r) {
    wr_module *m = d->m;
    if (!d->has_code && d->declared)
        wr_reader_fail(r, "expected a code section with %u bodies, found the end of the module", d->declared);
    if (m->has_data_count && m->data_count != m->ndatas)
        wr_throw(d->env, WR_BAD_INPUT, m->data_count_offset,
                 "the data count section says %u, but there are %u data segments", m->data_count, m->ndatas);
    if (m->nfuncs >= 1u << WR_REF_INDEX_BITS || m->ntypes >= 1u << WR_REF_INDEX_BITS ||
        m->ndatas >= 1u << WR_REF_INDEX_BITS || m->nelems >= 1u << WR_REF_INDEX_BITS ||
        m->nglobals >= 1u << WR_REF_INDEX_BITS)
        wr_reader_fail(r, "more than %u entities of a kind are not handled", 1u << WR_REF_INDEX_BITS);
}

void wr_decode_module(wr_env *env, wr_slice input, wr_module *m) {
    *m = (wr_module){.input = input, .start = WR_NONE};
    wr_decoder d = {.env = env, .m = m};
    wr_reader r = wr_reader_of(env, input, 0);
    read_header(&r);
    uint8_t last = WR_SEC_CUSTOM;
    while (!wr_at_end(&r)) last = read_section(&d, &r, last);
    publish_parts(&d);
    check_counts(&d, &r);
}

void wr_decode_refuse_objects(wr_env *env, const wr_module *m) {
    for (uint32_t i = 0; i < m->ncustoms; i++) {
        wr_slice name = m->customs[i].name;
        if (wr_slice_is(name, "linking") || wr_slice_starts(name, "reloc."))
            wr_throw(env, WR_BAD_INPUT, m->customs[i].offset,
                     "expected a linked module, found a relocatable object (it has a section \"%.*s\"); link "
                     "it first",
                     (int)name.n, (const char *)name.p);
    }
}
