// Reads .debug_info of DWARF 2 to 5 (32-bit) once from front to back: of each entry only tag, names, address and the
// entry that it refers to for its name. An address is an offset from the code section's contents.
#include "dwarf.h"

#include <stdlib.h>

#include "support/reader.h"

enum { TAG_COMPILE_UNIT = 0x11, TAG_SUBPROGRAM = 0x2e };
enum { AT_NAME = 0x03, AT_LOW_PC = 0x11, AT_ABSTRACT_ORIGIN = 0x31, AT_SPECIFICATION = 0x47, AT_LINKAGE_NAME = 0x6e,
       AT_STR_OFFSETS_BASE = 0x72, AT_ADDR_BASE = 0x73, AT_MIPS_LINKAGE_NAME = 0x2007 };

typedef struct abbrev {
    uint64_t tag;
    wr_slice attributes; // pairs of attribute and form, up to 0 0
} abbrev;

// What one entry says.
typedef struct entry {
    uint64_t tag, refers; // offset of another entry in the section, 0: none
    uint64_t low_pc;
    bool has_low_pc;
    wr_slice name, linkage_name;
} entry;

typedef struct named {
    uint64_t offset, refers;
    wr_slice name;
} named;

typedef struct placed { // a function with an address
    uint32_t func;
    wr_slice name;
    uint64_t refers;
} placed;

typedef struct dwarf_reader {
    wr_env *env;
    const wr_module *m;
    wr_dwarf *out;
    wr_slice info, abbrevs, strings, line_strings, str_offsets, addresses;
    uint64_t code; // offset of the code section's contents in the file
    // Of the unit in hand:
    uint64_t unit, str_base, addr_base;
    unsigned version, address_size;
    WR_VEC(abbrev) table; // by code - 1
    wr_slice file;
    WR_VEC(named) entries; // subprograms, by offset
    WR_VEC(placed) functions;
} dwarf_reader;

static wr_slice section(const wr_module *m, const char *name) {
    for (uint32_t i = 0; i < m->ncustoms; i++)
        if (wr_slice_is(m->customs[i].name, name)) return m->customs[i].payload;
    return (wr_slice){0};
}

static wr_slice string_at(wr_slice s, uint64_t offset) {
    if (offset >= s.n) return (wr_slice){0};
    const uint8_t *p = s.p + offset, *end = memchr(p, 0, s.n - (size_t)offset);
    return end ? wr_slice_of(p, (size_t)(end - p)) : (wr_slice){0};
}

static uint64_t fixed(wr_reader *r, unsigned bytes) {
    wr_slice s = wr_read_bytes(r, bytes);
    uint64_t value = 0;
    for (size_t i = s.n; i--;) value = value << 8 | s.p[i];
    return value;
}

// Word i of a table of an indexed form.
static uint64_t indexed(dwarf_reader *d, wr_slice table, uint64_t base, uint64_t i, unsigned size) {
    if (i > table.n || base > table.n || base + (i + 1) * size > table.n) return UINT64_MAX;
    wr_reader r = wr_reader_of(d->env, wr_slice_of(table.p + base + i * size, size), 0);
    return fixed(&r, size);
}

// --- Forms ---

typedef struct value {
    uint64_t n;
    wr_slice text;
    bool is_reference; // n is an offset in .debug_info
} value;

static value text_value(wr_slice text) { return (value){.text = text}; }
static value reference(uint64_t offset) { return (value){.n = offset, .is_reference = true}; }
static value indexed_text(dwarf_reader *d, uint64_t i) {
    return text_value(string_at(d->strings, indexed(d, d->str_offsets, d->str_base, i, 4)));
}
static value indexed_address(dwarf_reader *d, uint64_t i) {
    return (value){.n = indexed(d, d->addresses, d->addr_base, i, d->address_size)};
}

static value inline_text(wr_reader *r) {
    wr_slice text = string_at(wr_slice_of(r->p, wr_left(r)), 0);
    wr_read_bytes(r, text.n + 1);
    return text_value(text);
}

static value skip(wr_reader *r, uint64_t n) {
    if (n > wr_left(r)) wr_bad(r, "unexpected end of debug information");
    wr_read_bytes(r, (size_t)n);
    return (value){0};
}

static value read_form(dwarf_reader *d, wr_reader *r, uint64_t form) {
    switch (form) {
    case 0x01: return (value){.n = fixed(r, d->address_size)};
    case 0x03: return skip(r, fixed(r, 2));                  // block2
    case 0x04: return skip(r, fixed(r, 4));                  // block4
    case 0x05: return (value){.n = fixed(r, 2)};             // data2
    case 0x06: case 0x17: return (value){.n = fixed(r, 4)};  // data4, sec_offset
    case 0x07: case 0x20: case 0x24: return (value){.n = fixed(r, 8)};
    case 0x08: return inline_text(r);
    case 0x09: case 0x18: return skip(r, wr_read_u64(r));    // block, exprloc
    case 0x0a: return skip(r, fixed(r, 1));                  // block1
    case 0x0b: case 0x0c: return (value){.n = fixed(r, 1)};  // data1, flag
    case 0x0d: return (value){.n = (uint64_t)wr_read_s64(r)};
    case 0x0e: return text_value(string_at(d->strings, fixed(r, 4)));
    case 0x0f: case 0x22: case 0x23: return (value){.n = wr_read_u64(r)}; // udata, loclistx, rnglistx
    case 0x10: return reference(fixed(r, d->version <= 2 ? d->address_size : 4));
    case 0x11: return reference(d->unit + fixed(r, 1));
    case 0x12: return reference(d->unit + fixed(r, 2));
    case 0x13: return reference(d->unit + fixed(r, 4));
    case 0x14: return reference(d->unit + fixed(r, 8));
    case 0x15: return reference(d->unit + wr_read_u64(r));
    case 0x16: return read_form(d, r, wr_read_u64(r));
    case 0x19: case 0x21: return (value){.n = 1}; // flag_present, implicit_const
    case 0x1a: return indexed_text(d, wr_read_u64(r));
    case 0x1b: return indexed_address(d, wr_read_u64(r));
    case 0x1c: case 0x1d: return skip(r, 4); // supplementary file
    case 0x1e: return skip(r, 16);
    case 0x1f: return text_value(string_at(d->line_strings, fixed(r, 4)));
    case 0x25: case 0x26: case 0x27: case 0x28: return indexed_text(d, fixed(r, (unsigned)form - 0x24));
    case 0x29: case 0x2a: case 0x2b: case 0x2c: return indexed_address(d, fixed(r, (unsigned)form - 0x28));
    default: wr_bad(r, "an unknown form of debug information");
    }
}

// --- Abbreviations ---

static wr_slice skip_attributes(wr_reader *r) {
    const uint8_t *start = r->p;
    for (;;) {
        uint64_t attribute = wr_read_u64(r), form = wr_read_u64(r);
        if (form == 0x21) wr_read_s64(r);
        if (!attribute && !form) return wr_slice_of(start, (size_t)(r->p - start));
    }
}

static void read_abbrevs(dwarf_reader *d, uint64_t offset) {
    if (offset > d->abbrevs.n) offset = d->abbrevs.n;
    wr_reader r = wr_reader_of(d->env, wr_slice_of(d->abbrevs.p + offset, d->abbrevs.n - (size_t)offset), 0);
    d->table.n = 0;
    for (uint64_t code; (code = wr_read_u64(&r));) {
        abbrev a = {.tag = wr_read_u64(&r)};
        wr_read_u8(&r); // has children: entries are read in a row, whatever their nesting
        a.attributes = skip_attributes(&r);
        if (code > 1u << 20) wr_bad(&r, "debug abbreviation code too large");
        while (d->table.n < code) WR_PUSH(&d->env->temp, d->table, (abbrev){0});
        d->table.v[code - 1] = a;
    }
}

// --- Entries ---

static void take_attribute(dwarf_reader *d, entry *e, uint64_t attribute, value v) {
    switch (attribute) {
    case AT_NAME: e->name = v.text; break;
    case AT_LINKAGE_NAME:
    case AT_MIPS_LINKAGE_NAME: e->linkage_name = v.text; break;
    case AT_LOW_PC:
        e->low_pc = v.n;
        e->has_low_pc = true;
        break;
    case AT_ABSTRACT_ORIGIN:
    case AT_SPECIFICATION:
        if (v.is_reference) e->refers = v.n;
        break;
    case AT_STR_OFFSETS_BASE: d->str_base = v.n; break;
    case AT_ADDR_BASE: d->addr_base = v.n; break;
    default: break;
    }
}

static void read_attributes(dwarf_reader *d, wr_reader *r, const abbrev *a, entry *e) {
    wr_reader list = wr_reader_of(d->env, a->attributes, 0);
    while (!wr_at_end(&list)) {
        uint64_t attribute = wr_read_u64(&list), form = wr_read_u64(&list);
        if (form == 0x21) wr_read_s64(&list);
        if (attribute || form) take_attribute(d, e, attribute, read_form(d, r, form));
    }
}

// The function whose entry in the code section holds the address, WR_NONE if none.
static uint32_t func_at(const dwarf_reader *d, uint64_t address) {
    const wr_module *m = d->m;
    uint32_t low = m->nfunc_imports, high = m->nfuncs;
    uint64_t offset = address + d->code;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (m->funcs[middle].offset + m->funcs[middle].body.n <= offset)
            low = middle + 1;
        else
            high = middle;
    }
    return address && low < m->nfuncs ? low : WR_NONE; // address 0: the linker dropped it
}

static void take_subprogram(dwarf_reader *d, const entry *e, uint64_t offset) {
    wr_slice name = e->linkage_name.n ? e->linkage_name : e->name;
    named n = {offset, e->refers, name};
    WR_PUSH(&d->env->temp, d->entries, n);
    uint32_t func = e->has_low_pc ? func_at(d, e->low_pc) : WR_NONE;
    if (func == WR_NONE) return;
    placed p = {func, name, e->refers};
    WR_PUSH(&d->env->temp, d->functions, p);
    d->out->files[func] = d->file;
}

static void read_entries(dwarf_reader *d, wr_reader *r) {
    while (!wr_at_end(r)) {
        uint64_t offset = wr_offset(r), code = wr_read_u64(r);
        if (!code) continue;
        if (code > d->table.n) wr_bad(r, "an unknown debug abbreviation");
        entry e = {.tag = d->table.v[code - 1].tag};
        read_attributes(d, r, &d->table.v[code - 1], &e);
        if (e.tag == TAG_COMPILE_UNIT) d->file = e.name;
        if (e.tag == TAG_SUBPROGRAM) take_subprogram(d, &e, offset);
    }
}

static void read_unit(dwarf_reader *d, wr_reader *r) {
    d->unit = wr_offset(r);
    uint64_t length = fixed(r, 4), offset = wr_offset(r);
    if (length > wr_left(r)) wr_bad(r, "debug information of an unknown kind");
    wr_reader body = wr_reader_of(d->env, wr_read_bytes(r, (size_t)length), offset);
    d->version = (unsigned)fixed(&body, 2);
    if (d->version < 2 || d->version > 5) return;
    d->str_base = 8, d->addr_base = 8; // of a unit that says nothing
    d->file = (wr_slice){0};
    uint64_t abbrevs = 0;
    if (d->version == 5) {
        uint64_t type = fixed(&body, 1);
        d->address_size = (unsigned)fixed(&body, 1);
        abbrevs = fixed(&body, 4);
        if (type != 1 && type != 3) return; // types and skeletons hold no functions
    } else {
        abbrevs = fixed(&body, 4);
        d->address_size = (unsigned)fixed(&body, 1);
    }
    if (d->address_size != 4 && d->address_size != 8) return;
    read_abbrevs(d, abbrevs);
    read_entries(d, &body);
}

// --- Names ---

static const named *find_entry(const dwarf_reader *d, uint64_t offset) {
    uint32_t low = 0, high = d->entries.n;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (d->entries.v[middle].offset < offset)
            low = middle + 1;
        else
            high = middle;
    }
    return low < d->entries.n && d->entries.v[low].offset == offset ? &d->entries.v[low] : NULL;
}

// An instance refers to its abstract entry, that perhaps to a declaration in a class.
static void resolve_names(dwarf_reader *d) {
    for (uint32_t i = 0; i < d->functions.n; i++) {
        placed *p = &d->functions.v[i];
        uint64_t refers = p->refers;
        for (unsigned step = 0; step < 4 && refers && !wr_slice_starts(p->name, "_Z"); step++) {
            const named *to = find_entry(d, refers);
            if (!to) break;
            if (to->name.n && (!p->name.n || wr_slice_starts(to->name, "_"))) p->name = to->name;
            refers = to->refers;
        }
        if (!d->out->names[p->func].n) d->out->names[p->func] = p->name;
    }
}

static void read_units(wr_env *env, void *arg) {
    dwarf_reader *d = arg;
    wr_reader r = wr_reader_of(env, d->info, 0);
    while (!wr_at_end(&r)) read_unit(d, &r);
}

static uint64_t code_contents(const wr_module *m) {
    for (uint32_t i = 0; i < m->nsections; i++) {
        uint64_t at = m->sections[i].offset + 1;
        if (m->sections[i].id != WR_SEC_CODE) continue;
        while (m->input.p[at] & 0x80) at++;
        return at + 1;
    }
    return 0;
}

void wr_read_dwarf(wr_env *env, const wr_module *m, wr_dwarf *out) {
    dwarf_reader d = {.env = env, .m = m, .out = out, .info = section(m, ".debug_info"),
                      .abbrevs = section(m, ".debug_abbrev"), .strings = section(m, ".debug_str"),
                      .line_strings = section(m, ".debug_line_str"), .str_offsets = section(m, ".debug_str_offsets"),
                      .addresses = section(m, ".debug_addr"), .code = code_contents(m)};
    *out = (wr_dwarf){0};
    if (!d.info.n || !d.abbrevs.n) return;
    out->names = WR_NEW0(&env->perm, wr_slice, m->nfuncs);
    out->files = WR_NEW0(&env->perm, wr_slice, m->nfuncs);
    wr_diag before = env->diag;
    wr_status status = wr_try(env, read_units, &d);
    if (status != WR_OK && status != WR_BAD_INPUT) {
        wr_diag diag = env->diag;
        wr_rethrow(env, &diag);
    }
    env->diag = before;
    resolve_names(&d);
}
