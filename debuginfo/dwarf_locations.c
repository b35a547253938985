// Reads where variables are: location lists, in the form of DWARF 2 to 4 (.debug_loc) or that of DWARF 5
// (.debug_loclists), and what location expressions depend on.
#include "dwarf.h"

// --- Lists ---

static void add_location(wr_dwarf *d, wr_dwarf_locations *list, uint64_t low, uint64_t high,
                         wr_slice expression) {
    wr_dwarf_location location = {low, high, expression};
    if (wr_dwarf_is_code(low, high)) WR_PUSH(&d->env->temp, *list, location);
}

static wr_slice read_block(wr_reader *r, uint64_t n) {
    if (n > wr_left(r)) wr_reader_fail(r, "unexpected end of debug information");
    return wr_read_bytes(r, (size_t)n);
}

static void read_old_list(wr_dwarf *d, uint64_t offset, wr_dwarf_locations *list) {
    wr_reader r = wr_dwarf_section_from(d, WR_DWARF_LOC, offset);
    unsigned size = d->unit.address_size;
    uint64_t base = d->unit.low_pc, most = size == 4 ? UINT32_MAX : UINT64_MAX;
    for (;;) {
        uint64_t low = wr_dwarf_fixed(&r, size), high = wr_dwarf_fixed(&r, size);
        if (!low && !high) return;
        if (low == most) {
            base = high;
            continue;
        }
        wr_slice expression = read_block(&r, wr_dwarf_fixed(&r, 2));
        if (low < most - 1) add_location(d, list, base + low, base + high, expression);
    }
}

// Reads the addresses of an entry of a newer list. Returns false if the entry only sets the base.
static bool read_bounds(wr_dwarf *d, wr_reader *r, unsigned kind, uint64_t *base, wr_dwarf_location *entry) {
    unsigned size = d->unit.address_size;
    switch (kind) {
    case 1: *base = wr_dwarf_address(d, wr_read_u64(r)); return false;
    case 2:
        entry->low = wr_dwarf_address(d, wr_read_u64(r));
        entry->high = wr_dwarf_address(d, wr_read_u64(r));
        return true;
    case 3:
        entry->low = wr_dwarf_address(d, wr_read_u64(r));
        entry->high = entry->low + wr_read_u64(r);
        return true;
    case 4: {
        uint64_t low = wr_read_u64(r), high = wr_read_u64(r);
        if (!wr_dwarf_is_gone(*base) || !*base) entry->low = *base + low, entry->high = *base + high;
        return true;
    }
    case 5: return true; // a default location, which applies to no addresses of its own
    case 6: *base = wr_dwarf_fixed(r, size); return false;
    case 7:
        entry->low = wr_dwarf_fixed(r, size);
        entry->high = wr_dwarf_fixed(r, size);
        return true;
    case 8:
        entry->low = wr_dwarf_fixed(r, size);
        entry->high = entry->low + wr_read_u64(r);
        return true;
    default: wr_reader_fail(r, "an unknown entry of a location list");
    }
}

static void read_new_list(wr_dwarf *d, uint64_t offset, wr_dwarf_locations *list) {
    wr_reader r = wr_dwarf_section_from(d, WR_DWARF_LOCLISTS, offset);
    uint64_t base = d->unit.low_pc;
    for (unsigned kind; (kind = wr_read_u8(&r));) {
        wr_dwarf_location entry = {0};
        if (!read_bounds(d, &r, kind, &base, &entry)) continue;
        wr_slice expression = read_block(&r, wr_read_u64(&r));
        add_location(d, list, entry.low, entry.high, expression);
    }
}

void wr_dwarf_read_locations(wr_dwarf *d, const wr_dwarf_value *value, wr_dwarf_locations *locations) {
    locations->n = 0;
    if (d->unit.version < 5) {
        read_old_list(d, value->n, locations);
        return;
    }
    uint64_t offset = value->n, base = d->unit.loclists_base;
    if (value->form == WR_FORM_LOCLISTX) {
        uint64_t relative = wr_dwarf_indexed(d, d->sections[WR_DWARF_LOCLISTS], base, value->n, 4);
        if (relative == UINT64_MAX) return;
        offset = base + relative;
    }
    read_new_list(d, offset, locations);
}

// --- Expressions ---

bool wr_dwarf_is_expression(const wr_dwarf_value *value) {
    return value->form == WR_FORM_EXPRLOC || value->form == WR_FORM_BLOCK || value->form == WR_FORM_BLOCK1 ||
           value->form == WR_FORM_BLOCK2 || value->form == WR_FORM_BLOCK4;
}

enum {
    OP_ADDR = 0x03,
    OP_DEREF = 0x06,
    OP_CONST1U = 0x08,
    OP_CONST8S = 0x0f,
    OP_CONSTU = 0x10,
    OP_CONSTS = 0x11,
    OP_DUP = 0x12,
    OP_PICK = 0x15,
    OP_PLUS_UCONST = 0x23,
    OP_BRA = 0x28,
    OP_NE = 0x2e,
    OP_LIT0 = 0x30,
    OP_LIT31 = 0x4f,
    OP_FBREG = 0x91,
    OP_PIECE = 0x93,
    OP_DEREF_SIZE = 0x94,
    OP_NOP = 0x96,
    OP_FORM_TLS_ADDRESS = 0x9b,
    OP_BIT_PIECE = 0x9d,
    OP_IMPLICIT_VALUE = 0x9e,
    OP_STACK_VALUE = 0x9f,
    OP_ADDRX = 0xa1,
    OP_CONSTX = 0xa2,
    OP_GNU_PUSH_TLS_ADDRESS = 0xe0,
    OP_WASM_LOCATION = 0xed,
};

static bool read_wasm_location(wr_reader *r, wr_slice expression, wr_dwarf_needs *needs) {
    if (wr_read_u8(r) != 0 || needs->nlocals == WR_DWARF_MOST_LOCALS) return false; // 0: a local
    uint32_t at = (uint32_t)(r->p - expression.p), local = wr_read_u32(r);
    needs->locals[needs->nlocals].local = local;
    needs->locals[needs->nlocals].at = at;
    needs->locals[needs->nlocals++].end = (uint32_t)(r->p - expression.p);
    return true;
}

static bool read_operation(wr_dwarf *d, wr_reader *r, wr_slice expression, wr_dwarf_needs *needs) {
    const uint8_t *at = r->p;
    unsigned op = wr_read_u8(r);
    if ((op >= OP_LIT0 && op <= OP_LIT31) ||
        (op >= OP_DUP && op <= OP_NE && op != OP_PICK && op != OP_BRA && op != OP_PLUS_UCONST))
        return true;
    if (op >= OP_CONST1U && op <= OP_CONST8S) {
        wr_dwarf_fixed(r, 1u << (op - OP_CONST1U) / 2);
        return true;
    }
    switch (op) {
    case OP_DEREF:
    case OP_NOP:
    case OP_STACK_VALUE:
    case OP_FORM_TLS_ADDRESS:
    case OP_GNU_PUSH_TLS_ADDRESS: return true;
    case OP_ADDR: wr_dwarf_fixed(r, d->unit.address_size); return true;
    case OP_PICK:
    case OP_DEREF_SIZE: wr_read_u8(r); return true;
    case OP_CONSTU:
    case OP_PLUS_UCONST:
    case OP_PIECE:
    case OP_ADDRX:
    case OP_CONSTX: wr_read_u64(r); return true;
    case OP_BIT_PIECE: wr_read_u64(r), wr_read_u64(r); return true;
    case OP_CONSTS: wr_read_s64(r); return true;
    case OP_IMPLICIT_VALUE: read_block(r, wr_read_u64(r)); return true;
    case OP_FBREG:
        needs->offset = wr_read_s64(r);
        needs->is_offset = r->start == at && wr_at_end(r);
        needs->frame = true;
        return true;
    case OP_WASM_LOCATION: return read_wasm_location(r, expression, needs);
    default: return false;
    }
}

bool wr_dwarf_read_needs(wr_dwarf *d, wr_slice expression, wr_dwarf_needs *needs) {
    wr_reader r = wr_reader_of(d->env, expression, 0);
    *needs = (wr_dwarf_needs){0};
    while (!wr_at_end(&r))
        if (!read_operation(d, &r, expression, needs)) return false;
    return expression.n > 0;
}
