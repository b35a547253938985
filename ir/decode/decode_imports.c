// Reads types of entities (limits, tables, globals, tags), and the import section, which adds entities of all
// kinds; the compact forms of that section too.
#include "decode_parts.h"

// --- Types of entities ---

wr_limits wr_decode_limits(wr_reader *r, bool is_memory) {
    const uint8_t *at = r->p;
    uint32_t flags = wr_read_u8(r);
    if (flags > (is_memory ? 15u : 7u)) wr_reader_fail_at(r, at, "expected limits flags, found 0x%x", flags);
    wr_limits limits = {.has_max = flags & 1, .shared = flags & 2, .is64 = flags & 4, .page_log2 = 16};
    limits.min = limits.is64 ? wr_read_u64(r) : wr_read_u32(r);
    if (limits.has_max) limits.max = limits.is64 ? wr_read_u64(r) : wr_read_u32(r);
    if (flags & 8) {
        at = r->p;
        uint32_t log2 = wr_read_u32(r);
        if (log2 > 63) wr_reader_fail_at(r, at, "expected log2 of a page size, found %u", log2);
        limits.page_log2 = (uint8_t)log2;
    }
    return limits;
}

void wr_decode_mutability(wr_reader *r, wr_global *global) {
    const uint8_t *at = r->p;
    uint8_t flags = wr_read_u8(r);
    if (flags > 3) wr_reader_fail_at(r, at, "expected mutability 0 to 3, found 0x%02x", flags);
    global->mutable = flags & 1;
    global->shared = flags & 2;
}

uint32_t wr_decode_tag_type(wr_reader *r) {
    const uint8_t *at = r->p;
    uint8_t attribute = wr_read_u8(r);
    if (attribute != 0)
        wr_reader_fail_at(r, at, "expected tag attribute 0 (exception), found 0x%02x", attribute);
    return wr_read_u32(r);
}

wr_table wr_decode_table_type(wr_reader *r) {
    wr_table table = {.import = WR_NONE, .live = true};
    const uint8_t *at = r->p;
    table.type = wr_valtype_read(r);
    if (!wr_is_ref(table.type)) wr_reader_fail_at(r, at, "expected a reference type for a table's elements");
    table.limits = wr_decode_limits(r, false);
    return table;
}

// --- Imports ---

// Reads what follows an import's kind byte and adds the entity to its index space. Returns its index.
static uint32_t add_import(wr_decoder *d, wr_reader *r, uint8_t kind, uint32_t import) {
    wr_arena *arena = &d->env->perm;
    wr_decoded_parts *p = &d->parts;
    switch (kind) {
    case WR_FUNC:
    case WR_EXACT_FUNC: {
        wr_func func = {.type = wr_read_u32(r), .import = import, .live = true};
        func.exact = kind == WR_EXACT_FUNC;
        WR_PUSH(arena, p->funcs, func);
        return p->funcs.n - 1;
    }
    case WR_TABLE: {
        wr_table table = wr_decode_table_type(r);
        table.import = import;
        WR_PUSH(arena, p->tables, table);
        return p->tables.n - 1;
    }
    case WR_MEMORY: {
        wr_memory memory = {.limits = wr_decode_limits(r, true), .import = import, .live = true};
        WR_PUSH(arena, p->memories, memory);
        return p->memories.n - 1;
    }
    case WR_GLOBAL: {
        wr_global global = {.type = wr_valtype_read(r), .import = import, .live = true};
        wr_decode_mutability(r, &global);
        WR_PUSH(arena, p->globals, global);
        return p->globals.n - 1;
    }
    case WR_TAG: {
        wr_tag tag = {.type = wr_decode_tag_type(r), .import = import, .live = true};
        WR_PUSH(arena, p->tags, tag);
        return p->tags.n - 1;
    }
    default: wr_reader_fail_at(r, r->p - 1, "expected an import kind 0 to 4 or 0x20, found 0x%02x", kind);
    }
}

static void read_import_of(wr_decoder *d, wr_reader *r, wr_slice module, wr_slice name) {
    uint8_t kind = wr_read_u8(r);
    wr_import import = {.module = module, .name = name, .space = kind == WR_EXACT_FUNC ? WR_FUNC : kind};
    import.index = add_import(d, r, kind, d->parts.imports.n);
    WR_PUSH(&d->env->perm, d->parts.imports, import);
}

// Reads the compact forms: one module name for many imports (0x7f), or one module name and one type (0x7e).
static void read_compact_imports(wr_decoder *d, wr_reader *r, wr_slice module) {
    bool same_type = wr_read_u8(r) == 0x7e;
    d->m->compact_imports = true;
    const uint8_t *type = r->p;
    if (same_type) { // skip the type now and read it again for each name
        wr_decoded_parts saved = d->parts;
        add_import(d, r, wr_read_u8(r), WR_NONE);
        d->parts.funcs.n = saved.funcs.n, d->parts.tables.n = saved.tables.n,
        d->parts.memories.n = saved.memories.n;
        d->parts.globals.n = saved.globals.n, d->parts.tags.n = saved.tags.n;
    }
    uint32_t count = wr_read_count(r, 1, "imports");
    for (uint32_t i = 0; i < count; i++) {
        wr_slice name = wr_read_name(r);
        const uint8_t *after = r->p;
        if (same_type) r->p = type;
        read_import_of(d, r, module, name);
        if (same_type) r->p = after;
    }
}

void wr_decode_imports(wr_decoder *d, wr_reader *r) {
    uint32_t count = wr_read_count(r, 3, "imports");
    for (uint32_t i = 0; i < count; i++) {
        wr_slice module = wr_read_name(r);
        wr_slice name = wr_read_name(r);
        if (name.n == 0 && wr_left(r) && (*r->p == 0x7f || *r->p == 0x7e))
            read_compact_imports(d, r, module);
        else
            read_import_of(d, r, module, name);
    }
}
