// Parses the file once more, section by section, only to learn where each entry begins and ends. The decoder
// has already read all of it, so malformed input cannot occur here.
#include "size_map.h"

#include "ir/ins.h"
#include "support/reader.h"

const char *const wr_size_map_part_keys[WR_PARTS] = {
#define X(id, key, label) key,
    WR_PARTS_OF_FILES(X)
#undef X
};

const char *const wr_size_map_part_labels[WR_PARTS] = {
#define X(id, key, label) label,
    WR_PARTS_OF_FILES(X)
#undef X
};

typedef struct taker {
    wr_env *env;
    const wr_module *m;
    wr_size_map *inv;
    wr_reader *r;    // of the section in hand
    uint64_t begin;  // where the next item begins
    uint32_t custom; // the next custom section
} taker;

// Makes an item of all bytes since the last one. Returns its size.
static uint32_t take(taker *t, wr_size_map_part part, uint32_t index) {
    uint64_t end = wr_offset(t->r);
    wr_size_map_item item = {
        .offset = t->begin, .size = (uint32_t)(end - t->begin), .index = index, .part = (uint8_t)part};
    WR_PUSH(&t->env->perm, t->inv->items, item);
    t->inv->bytes[part] += item.size;
    t->inv->count[part]++;
    t->begin = end;
    return item.size;
}

static void take_entity(taker *t, wr_size_map_part part, wr_space space, uint32_t index) {
    t->inv->size[space][index] += take(t, part, index);
}

// --- Skipping entries ---

static void skip_leb(wr_reader *r) {
    while (wr_read_u8(r) & 0x80) {}
}

static void skip_bytes(wr_reader *r) { wr_read_bytes(r, wr_read_u32(r)); }

static void skip_limits(wr_reader *r) {
    uint8_t flags = wr_read_u8(r);
    skip_leb(r);
    if (flags & 1) skip_leb(r);
    if (flags & 8) skip_leb(r);
}

static void skip_values(wr_reader *r) {
    for (uint32_t n = wr_read_u32(r); n; n--) wr_valtype_read(r);
}

static void skip_field(wr_reader *r) {
    wr_valtype_read_storage(r);
    wr_read_u8(r);
}

static void skip_subtype(wr_reader *r) {
    if (*r->p == 0x50 || *r->p == 0x4f) {
        r->p++;
        for (uint32_t n = wr_read_u32(r); n; n--) skip_leb(r);
    }
    for (; *r->p == 0x4c || *r->p == 0x4d; skip_leb(r)) r->p++; // describes, descriptor
    switch (wr_read_u8(r)) {
    case 0x60:
        skip_values(r);
        skip_values(r);
        break;
    case 0x5f:
        for (uint32_t n = wr_read_u32(r); n; n--) skip_field(r);
        break;
    default: skip_field(r);
    }
}

static void skip_type_group(wr_reader *r) {
    uint32_t n = 1;
    if (*r->p == 0x4e) {
        r->p++;
        n = wr_read_u32(r);
    }
    while (n--) skip_subtype(r);
}

static void skip_import_type(wr_reader *r) {
    switch (wr_read_u8(r)) {
    case WR_FUNC:
    case WR_EXACT_FUNC: skip_leb(r); break;
    case WR_TABLE:
        wr_valtype_read(r);
        skip_limits(r);
        break;
    case WR_MEMORY: skip_limits(r); break;
    case WR_GLOBAL:
        wr_valtype_read(r);
        wr_read_u8(r);
        break;
    default: wr_read_u8(r); skip_leb(r);
    }
}

static void skip_expr(taker *t) {
    wr_u32s ext = {0};
    wr_ins ins;
    do {
        ext.n = 0;
        wr_ins_read(t->r, &t->env->temp, &ext, &ins);
    } while (ins.op != WR_OP_END);
}

static void skip_table(taker *t) {
    bool has_init = t->r->p[0] == 0x40;
    if (has_init) t->r->p += 2;
    wr_valtype_read(t->r);
    skip_limits(t->r);
    if (has_init) skip_expr(t);
}

static void skip_elem(taker *t) {
    uint32_t flags = wr_read_u32(t->r);
    if (!(flags & 1)) {
        if (flags & 2) skip_leb(t->r);
        skip_expr(t);
    }
    if (flags & 3) {
        if (flags & 4)
            wr_valtype_read(t->r);
        else
            wr_read_u8(t->r);
    }
    for (uint32_t n = wr_read_u32(t->r); n; n--) {
        if (flags & 4)
            skip_expr(t);
        else
            skip_leb(t->r);
    }
}

static void skip_data(taker *t) {
    uint32_t flags = wr_read_u32(t->r);
    if (flags == 2) skip_leb(t->r);
    if (flags != 1) skip_expr(t);
    skip_bytes(t->r);
}

// --- Sections ---

static void take_import(taker *t, uint32_t index) {
    const wr_import *import = &t->m->imports[index];
    t->inv->size[import->space][import->index] += take(t, WR_PART_IMPORT, index);
}

// A group of the compact form: what the names share goes to the first of them.
static uint32_t take_compact_imports(taker *t, uint32_t index) {
    bool same_type = wr_read_u8(t->r) == 0x7e;
    if (same_type) skip_import_type(t->r);
    for (uint32_t n = wr_read_u32(t->r); n; n--) {
        skip_bytes(t->r);
        if (!same_type) skip_import_type(t->r);
        take_import(t, index++);
    }
    return index;
}

static void take_imports(taker *t, uint32_t count) {
    uint32_t index = 0;
    while (count--) {
        skip_bytes(t->r);
        wr_slice name = wr_read_name(t->r);
        if (name.n == 0 && (*t->r->p == 0x7f || *t->r->p == 0x7e)) {
            index = take_compact_imports(t, index);
            continue;
        }
        skip_import_type(t->r);
        take_import(t, index++);
    }
}

static void take_export(taker *t, uint32_t index) {
    skip_bytes(t->r);
    wr_read_u8(t->r);
    skip_leb(t->r);
    t->inv->export_size[index] = take(t, WR_PART_EXPORT, index);
}

static void take_entry(taker *t, uint8_t section, uint32_t i) {
    const wr_module *m = t->m;
    wr_reader *r = t->r;
    switch (section) {
    case WR_SEC_TYPE:
        skip_type_group(r);
        take(t, WR_PART_TYPE, i);
        break;
    case WR_SEC_FUNCTION:
        skip_leb(r);
        take_entity(t, WR_PART_DECLARATION, WR_FUNC, m->nfunc_imports + i);
        break;
    case WR_SEC_TABLE:
        skip_table(t);
        take_entity(t, WR_PART_TABLE, WR_TABLE, m->ntable_imports + i);
        break;
    case WR_SEC_MEMORY:
        skip_limits(r);
        take_entity(t, WR_PART_MEMORY, WR_MEMORY, m->nmemory_imports + i);
        break;
    case WR_SEC_TAG:
        wr_read_u8(r);
        skip_leb(r);
        take_entity(t, WR_PART_TAG, WR_TAG, m->ntag_imports + i);
        break;
    case WR_SEC_GLOBAL:
        wr_valtype_read(r);
        wr_read_u8(r);
        skip_expr(t);
        take_entity(t, WR_PART_GLOBAL, WR_GLOBAL, m->nglobal_imports + i);
        break;
    case WR_SEC_EXPORT: take_export(t, i); break;
    case WR_SEC_ELEMENT:
        skip_elem(t);
        take_entity(t, WR_PART_ELEM, WR_ELEM, i);
        break;
    case WR_SEC_CODE:
        skip_bytes(r);
        take_entity(t, WR_PART_CODE, WR_FUNC, m->nfunc_imports + i);
        break;
    default: skip_data(t); take_entity(t, WR_PART_DATA, WR_DATA, i);
    }
}

static void take_plain_section(taker *t, uint8_t id) {
    if (id == WR_SEC_START || id == WR_SEC_DATA_COUNT) {
        take(t, WR_PART_FRAMING, 0);
        skip_leb(t->r);
        take(t, id == WR_SEC_START ? WR_PART_START : WR_PART_DATA_COUNT, 0);
        return;
    }
    uint32_t count = wr_read_u32(t->r);
    take(t, WR_PART_FRAMING, 0);
    if (id == WR_SEC_IMPORT)
        take_imports(t, count);
    else
        for (uint32_t i = 0; i < count; i++) take_entry(t, id, i);
}

static void take_section(taker *t, const wr_section *section) {
    wr_slice bytes = {t->m->input.p + section->offset, section->size};
    wr_reader r = wr_reader_of(t->env, bytes, section->offset);
    t->r = &r;
    if (section->id == WR_SEC_CUSTOM) {
        r.p = r.end;
        t->inv->custom_size[t->custom] = take(t, WR_PART_CUSTOM, t->custom);
        t->custom++;
        return;
    }
    wr_read_u8(&r);
    skip_leb(&r);
    take_plain_section(t, section->id);
}

void wr_size_map_make(wr_env *env, const wr_module *m, wr_size_map *inv) {
    *inv = (wr_size_map){0};
    for (unsigned space = 0; space < WR_SPACES; space++)
        inv->size[space] = WR_NEW0(&env->perm, uint32_t, wr_space_size(m, (wr_space)space));
    inv->export_size = WR_NEW0(&env->perm, uint32_t, m->nexports);
    inv->custom_size = WR_NEW0(&env->perm, uint32_t, m->ncustoms);
    WR_RESERVE(&env->perm, inv->items,
               (size_t)m->nfuncs * 2 + m->ndatas + m->nglobals + m->nexports + m->nsections + 16);
    wr_reader header = wr_reader_of(env, m->input, 0);
    wr_read_bytes(&header, 8);
    taker t = {.env = env, .m = m, .inv = inv, .r = &header};
    take(&t, WR_PART_HEADER, 0);
    for (uint32_t i = 0; i < m->nsections; i++) take_section(&t, &m->sections[i]);
}
