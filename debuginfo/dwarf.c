// Reads units, entries and attributes. See dwarf.h.
#include "dwarf.h"

#include "support/search.h"

const char *const wr_dwarf_section_names[WR_DWARF_SECTION_COUNT] = {
#define X(id, name) name,
    WR_DWARF_SECTIONS(X)
#undef X
};

uint64_t wr_dwarf_code_start(const wr_module *m) {
    for (uint32_t i = 0; i < m->nsections; i++) {
        uint64_t at = m->sections[i].offset + 1;
        if (m->sections[i].id != WR_SEC_CODE) continue;
        while (m->input.p[at] & 0x80) at++;
        return at + 1;
    }
    return 0;
}

bool wr_dwarf_open(wr_env *env, const wr_module *m, wr_dwarf *d) {
    *d = (wr_dwarf){.env = env, .lists = &env->temp, .m = m, .code = wr_dwarf_code_start(m)};
    for (uint32_t i = 0; i < m->ncustoms; i++)
        for (unsigned k = 0; k < WR_DWARF_SECTION_COUNT; k++)
            if (wr_slice_is(m->customs[i].name, wr_dwarf_section_names[k]))
                d->sections[k] = m->customs[i].payload;
    return d->code && d->sections[WR_DWARF_INFO].n && d->sections[WR_DWARF_ABBREV].n;
}

// --- Primitives ---

wr_slice wr_dwarf_string(wr_slice s, uint64_t offset) {
    if (offset >= s.n) return (wr_slice){0};
    const uint8_t *p = s.p + offset, *end = memchr(p, 0, s.n - (size_t)offset);
    return end ? wr_slice_of(p, (size_t)(end - p)) : (wr_slice){0};
}

uint64_t wr_dwarf_fixed(wr_reader *r, unsigned bytes) {
    wr_slice s = wr_read_bytes(r, bytes);
    uint64_t value = 0;
    for (size_t i = s.n; i--;) value = value << 8 | s.p[i];
    return value;
}

uint64_t wr_dwarf_length(wr_reader *r) {
    uint64_t length = wr_dwarf_fixed(r, 4);
    if (length == UINT32_MAX) wr_reader_fail(r, "64-bit DWARF is not supported");
    if (length > wr_left(r)) wr_reader_fail(r, "unexpected end of debug information");
    return length;
}

uint64_t wr_dwarf_indexed(wr_dwarf *d, wr_slice table, uint64_t base, uint64_t i, unsigned size) {
    if (i > table.n || base > table.n || base + (i + 1) * size > table.n) return UINT64_MAX;
    wr_reader r = wr_reader_of(d->env, wr_slice_of(table.p + base + i * size, size), 0);
    return wr_dwarf_fixed(&r, size);
}

uint64_t wr_dwarf_address(wr_dwarf *d, uint64_t i) {
    return wr_dwarf_indexed(d, d->sections[WR_DWARF_ADDR], d->unit.addr_base, i, d->unit.address_size);
}

static wr_slice skip_bytes(wr_reader *r, uint64_t n) {
    if (n > wr_left(r)) wr_reader_fail(r, "unexpected end of debug information");
    return wr_read_bytes(r, (size_t)n);
}

static wr_slice inline_text(wr_reader *r) {
    wr_slice text = wr_dwarf_string(wr_slice_of(r->p, wr_left(r)), 0);
    wr_read_bytes(r, text.n + 1);
    return text;
}

// --- Forms ---

static void indexed_text(wr_dwarf *d, wr_dwarf_value *v, uint64_t i) {
    v->text = wr_dwarf_string(d->sections[WR_DWARF_STR],
                              wr_dwarf_indexed(d, d->sections[WR_DWARF_STR_OFFSETS], d->unit.str_base, i, 4));
}

static void indexed_address(wr_dwarf *d, wr_dwarf_value *v, uint64_t i) {
    v->n = wr_dwarf_address(d, i);
    v->is_indexed = true;
    v->index = i;
}

static void reference(wr_dwarf_value *v, uint64_t offset) {
    v->n = offset;
    v->is_reference = true;
}

static void read_form(wr_dwarf *d, wr_reader *r, wr_dwarf_value *v) {
    switch (v->form) {
    case 0x01: v->n = wr_dwarf_fixed(r, d->unit.address_size); break;
    case 0x03: v->text = skip_bytes(r, wr_dwarf_fixed(r, 2)); break; // block2
    case 0x04: v->text = skip_bytes(r, wr_dwarf_fixed(r, 4)); break; // block4
    case 0x05: v->n = wr_dwarf_fixed(r, 2); break;                   // data2
    case 0x06:
    case 0x17: v->n = wr_dwarf_fixed(r, 4); break; // data4, sec_offset
    case 0x07:
    case 0x20:
    case 0x24: v->n = wr_dwarf_fixed(r, 8); break; // data8, ref_sig8, ref_sup8
    case 0x08: v->text = inline_text(r); break;
    case 0x09:
    case 0x18: v->text = skip_bytes(r, wr_read_u64(r)); break;       // block, exprloc
    case 0x0a: v->text = skip_bytes(r, wr_dwarf_fixed(r, 1)); break; // block1
    case 0x0b:
    case 0x0c: v->n = wr_dwarf_fixed(r, 1); break; // data1, flag
    case 0x0d: v->n = (uint64_t)wr_read_s64(r); break;
    case 0x0e: v->text = wr_dwarf_string(d->sections[WR_DWARF_STR], wr_dwarf_fixed(r, 4)); break;
    case 0x0f:
    case 0x22:
    case 0x23: v->n = wr_read_u64(r); break; // udata, loclistx, rnglistx
    case 0x10: reference(v, wr_dwarf_fixed(r, d->unit.version <= 2 ? d->unit.address_size : 4)); break;
    case 0x11: reference(v, d->unit.offset + wr_dwarf_fixed(r, 1)); break;
    case 0x12: reference(v, d->unit.offset + wr_dwarf_fixed(r, 2)); break;
    case 0x13: reference(v, d->unit.offset + wr_dwarf_fixed(r, 4)); break;
    case 0x14: reference(v, d->unit.offset + wr_dwarf_fixed(r, 8)); break;
    case 0x15: reference(v, d->unit.offset + wr_read_u64(r)); break;
    case 0x19:
    case 0x21: v->n = v->form == 0x19 ? 1 : v->n; break; // flag_present, implicit_const
    case 0x1a: indexed_text(d, v, wr_read_u64(r)); break;
    case 0x1b: indexed_address(d, v, wr_read_u64(r)); break;
    case 0x1c:
    case 0x1d: skip_bytes(r, 4); break; // supplementary file
    case 0x1e: v->text = skip_bytes(r, 16); break;
    case 0x1f: v->text = wr_dwarf_string(d->sections[WR_DWARF_LINE_STR], wr_dwarf_fixed(r, 4)); break;
    case 0x25:
    case 0x26:
    case 0x27:
    case 0x28: indexed_text(d, v, wr_dwarf_fixed(r, (unsigned)v->form - 0x24)); break;
    case 0x29:
    case 0x2a:
    case 0x2b:
    case 0x2c: indexed_address(d, v, wr_dwarf_fixed(r, (unsigned)v->form - 0x28)); break;
    default: wr_reader_fail(r, "an unknown form of debug information");
    }
}

// --- Abbreviations ---

#define MOST_ABBREVS (1u << 20)

static wr_slice skip_attributes(wr_reader *r) {
    const uint8_t *start = r->p;
    for (;;) {
        uint64_t attribute = wr_read_u64(r), form = wr_read_u64(r);
        if (form == WR_FORM_IMPLICIT_CONST) wr_read_s64(r);
        if (!attribute && !form) return wr_slice_of(start, (size_t)(r->p - start));
    }
}

static void read_abbrevs(wr_dwarf *d, uint64_t offset) {
    wr_slice s = d->sections[WR_DWARF_ABBREV];
    if (d->has_abbrevs && d->abbrevs_at == offset) return;
    d->has_abbrevs = true, d->abbrevs_at = offset;
    if (offset > s.n) offset = s.n;
    wr_reader r = wr_reader_of(d->env, wr_slice_of(s.p + offset, s.n - (size_t)offset), 0);
    d->abbrevs.n = 0;
    for (uint64_t code; (code = wr_read_u64(&r));) {
        wr_dwarf_abbrev a = {.tag = wr_read_u64(&r)};
        a.has_children = wr_read_u8(&r) != 0;
        a.attributes = skip_attributes(&r);
        if (code > MOST_ABBREVS) wr_reader_fail(&r, "debug abbreviation code too large");
        while (d->abbrevs.n < code) WR_PUSH(d->lists, d->abbrevs, (wr_dwarf_abbrev){0});
        d->abbrevs.v[code - 1] = a;
    }
}

// --- Entries ---

wr_reader wr_dwarf_section_from(wr_dwarf *d, unsigned section, uint64_t offset) {
    wr_slice s = d->sections[section];
    if (offset > s.n) offset = s.n;
    return wr_reader_of(d->env, wr_slice_of(s.p + offset, s.n - (size_t)offset), offset);
}

wr_reader wr_dwarf_entries(wr_dwarf *d) {
    const uint8_t *info = d->sections[WR_DWARF_INFO].p;
    return wr_reader_of(d->env, wr_slice_of(info + d->unit.first, (size_t)(d->unit.end - d->unit.first)),
                        d->unit.first);
}

void wr_dwarf_next_entry(wr_dwarf *d, wr_reader *r, wr_dwarf_entry *entry) {
    *entry = (wr_dwarf_entry){.offset = wr_offset(r)};
    uint64_t code = wr_read_u64(r);
    if (!code) return;
    if (code > d->abbrevs.n || !d->abbrevs.v[code - 1].attributes.p)
        wr_reader_fail(r, "an unknown debug abbreviation");
    entry->abbrev = &d->abbrevs.v[code - 1];
    entry->attributes = wr_reader_of(d->env, entry->abbrev->attributes, 0);
}

bool wr_dwarf_next_attribute(wr_dwarf *d, wr_reader *r, wr_dwarf_entry *entry, wr_dwarf_value *value) {
    wr_reader *list = &entry->attributes;
    *value = (wr_dwarf_value){.attribute = wr_read_u64(list), .form = wr_read_u64(list)};
    if (value->form == WR_FORM_IMPLICIT_CONST) value->n = (uint64_t)wr_read_s64(list);
    if (!value->attribute && !value->form) return false;
    if (value->form == 0x16) value->form = wr_read_u64(r); // indirect
    value->at = wr_offset(r);
    read_form(d, r, value);
    return true;
}

// --- Units ---

// Reads the unit's own entry. It contains the bases of indexed forms, maybe after attributes that need them,
// so it is read twice.
static void read_unit_entry(wr_dwarf *d) {
    wr_dwarf_unit *u = &d->unit;
    for (unsigned round = 0; round < 2; round++) {
        wr_dwarf_entry entry;
        wr_dwarf_value v;
        wr_reader r = wr_dwarf_entries(d);
        if (wr_at_end(&r)) return;
        wr_dwarf_next_entry(d, &r, &entry);
        while (entry.abbrev && wr_dwarf_next_attribute(d, &r, &entry, &v)) switch (v.attribute) {
            case WR_AT_STR_OFFSETS_BASE: u->str_base = v.n; break;
            case WR_AT_ADDR_BASE: u->addr_base = v.n; break;
            case WR_AT_RNGLISTS_BASE: u->rnglists_base = v.n; break;
            case WR_AT_LOCLISTS_BASE: u->loclists_base = v.n; break;
            case WR_AT_STMT_LIST: u->stmt_list = v.n; break;
            case WR_AT_LOW_PC: u->low_pc = v.n; break;
            case WR_AT_COMP_DIR: u->comp_dir = v.text; break;
            case WR_AT_NAME: u->name = v.text; break;
            default: break;
            }
    }
}

enum { UT_COMPILE = 1, UT_PARTIAL = 3, UT_SKELETON = 4 };

// Reads a unit's header. Returns false for units that do not describe code.
static bool read_unit_head(wr_dwarf *d, wr_reader *r) {
    wr_dwarf_unit *u = &d->unit;
    *u = (wr_dwarf_unit){
        .offset = wr_offset(r), .stmt_list = UINT64_MAX, .str_base = 8, .addr_base = 8, .type = UT_COMPILE};
    uint64_t length = wr_dwarf_length(r);
    u->end = wr_offset(r) + length;
    wr_reader head = wr_reader_of(d->env, wr_read_bytes(r, (size_t)length), u->end - length);
    u->version = (unsigned)wr_dwarf_fixed(&head, 2);
    if (u->version < 2 || u->version > 5) return false;
    if (u->version == 5) {
        u->type = (unsigned)wr_dwarf_fixed(&head, 1);
        u->address_size = (unsigned)wr_dwarf_fixed(&head, 1);
        u->abbrevs = wr_dwarf_fixed(&head, 4);
        if (u->type == UT_SKELETON) wr_read_bytes(&head, 8); // the number of its .dwo file
        if (u->type != UT_COMPILE && u->type != UT_PARTIAL && u->type != UT_SKELETON) return false;
        u->rnglists_base = 12;
    } else {
        u->abbrevs = wr_dwarf_fixed(&head, 4);
        u->address_size = (unsigned)wr_dwarf_fixed(&head, 1);
    }
    u->first = wr_offset(&head);
    return u->address_size == 4 || u->address_size == 8;
}

bool wr_dwarf_next_unit(wr_dwarf *d, wr_reader *info) {
    while (!wr_at_end(info)) {
        if (!read_unit_head(d, info)) continue;
        read_abbrevs(d, d->unit.abbrevs);
        read_unit_entry(d);
        return true;
    }
    return false;
}

void wr_dwarf_enter_unit(wr_dwarf *d, uint64_t offset) {
    wr_reader r = wr_dwarf_section_from(d, WR_DWARF_INFO, offset);
    wr_dwarf_next_unit(d, &r);
}

// --- Names ---

static const wr_dwarf_name *find_name(const wr_dwarf_name_list *names, uint64_t offset) {
    uint32_t low;
    WR_SEARCH(low, 0, names->n, names->v[low].offset < offset);
    return low < names->n && names->v[low].offset == offset ? &names->v[low] : NULL;
}

wr_slice wr_dwarf_name_at(const wr_dwarf_name_list *names, uint64_t offset) {
    wr_slice name = {0};
    for (unsigned step = 0; step < 4 && offset; step++) {
        const wr_dwarf_name *n = find_name(names, offset);
        if (!n) break;
        if (n->linkage_name.n) return n->linkage_name;
        if (!name.n) name = n->name;
        offset = n->refers;
    }
    return name;
}

// --- Lines and functions together ---

typedef struct source_reading {
    wr_dwarf d;
    const wr_module *m;
    wr_sources *sources;
    bool any;
} source_reading;

static void read_sources(wr_env *env, void *arg) {
    source_reading *r = arg;
    r->any = wr_dwarf_open(env, r->m, &r->d);
    if (!r->any) return;
    wr_dwarf_read_lines(&r->d, r->sources);
    wr_dwarf_read_funcs(&r->d, r->sources);
}

bool wr_dwarf_read_sources(wr_env *env, const wr_module *m, wr_sources *sources, wr_diag *bad) {
    source_reading r = {.m = m, .sources = sources};
    *sources = (wr_sources){0};
    if (wr_try_input(env, read_sources, &r, bad)) return r.any;
    *sources = (wr_sources){0};
    return false;
}
