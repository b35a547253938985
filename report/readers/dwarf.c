// Walks over .debug_info once and takes from each function's entry only its names and the address of its
// code. Addresses are offsets from the start of the code section's contents.
#include "dwarf.h"

#include "debuginfo/dwarf.h"

typedef struct placed { // a function with an address
    uint32_t func;
    uint64_t entry;
} placed;

typedef struct name_reader {
    wr_dwarf d;
    wr_dwarf_names *out;
    wr_dwarf_name_list names;
    WR_VEC(placed) functions;
} name_reader;

static void read_entry(name_reader *n, wr_reader *r, wr_dwarf_entry *entry) {
    wr_dwarf_name name = {.offset = entry->offset};
    wr_dwarf_value v;
    uint64_t low_pc = 0;
    while (wr_dwarf_next_attribute(&n->d, r, entry, &v)) {
        if (v.attribute == WR_AT_NAME) name.name = v.text;
        if (v.attribute == WR_AT_LINKAGE_NAME || v.attribute == WR_AT_MIPS_LINKAGE_NAME)
            name.linkage_name = v.text;
        if (v.attribute == WR_AT_LOW_PC) low_pc = v.n;
        if ((v.attribute == WR_AT_ABSTRACT_ORIGIN || v.attribute == WR_AT_SPECIFICATION) && v.is_reference)
            name.refers = v.n;
    }
    if (entry->abbrev->tag != WR_TAG_SUBPROGRAM) return;
    WR_PUSH(&n->d.env->temp, n->names, name);
    if (wr_dwarf_is_gone(low_pc) || low_pc > UINT32_MAX - n->d.code) return;
    placed p = {wr_source_input_func(n->d.m, (uint32_t)(low_pc + n->d.code)), entry->offset};
    if (p.func == WR_NONE) return;
    WR_PUSH(&n->d.env->temp, n->functions, p);
    n->out->files[p.func] = n->d.unit.name;
}

static void read_units(wr_env *env, void *arg) {
    name_reader *n = arg;
    wr_reader info = wr_reader_of(env, n->d.sections[WR_DWARF_INFO], 0);
    while (wr_dwarf_next_unit(&n->d, &info)) {
        wr_reader r = wr_dwarf_entries(&n->d);
        while (!wr_at_end(&r)) {
            wr_dwarf_entry entry;
            wr_dwarf_next_entry(&n->d, &r, &entry);
            if (entry.abbrev) read_entry(n, &r, &entry);
        }
    }
}

void wr_dwarf_names_read(wr_env *env, const wr_module *m, wr_dwarf_names *out) {
    name_reader n = {.out = out};
    *out = (wr_dwarf_names){0};
    if (!wr_dwarf_open(env, m, &n.d)) return;
    out->names = WR_NEW0(&env->perm, wr_slice, m->nfuncs);
    out->files = WR_NEW0(&env->perm, wr_slice, m->nfuncs);
    wr_try_input(env, read_units, &n, NULL); // what was read before the fault counts
    for (uint32_t i = 0; i < n.functions.n; i++) {
        placed p = n.functions.v[i];
        if (!out->names[p.func].n) out->names[p.func] = wr_dwarf_name_at(&n.names, p.entry);
    }
}
