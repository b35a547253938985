// Reads the address ranges of an entry: DW_AT_ranges, in the form of DWARF 2 to 4 (.debug_ranges) or that of
// DWARF 5 (.debug_rnglists).
#include "dwarf.h"

static void add_range(wr_dwarf *d, wr_dwarf_ranges *ranges, uint64_t low, uint64_t high) {
    wr_dwarf_range range = {low, high};
    if (wr_dwarf_is_code(low, high)) WR_PUSH(&d->env->temp, *ranges, range);
}

static void read_old_ranges(wr_dwarf *d, uint64_t offset, wr_dwarf_ranges *ranges) {
    wr_reader r = wr_dwarf_section_from(d, WR_DWARF_RANGES, offset);
    unsigned size = d->unit.address_size;
    uint64_t base = d->unit.low_pc, most = size == 4 ? UINT32_MAX : UINT64_MAX;
    for (;;) {
        uint64_t low = wr_dwarf_fixed(&r, size), high = wr_dwarf_fixed(&r, size);
        if (!low && !high) return;
        if (low == most)
            base = high;
        else if (low < most - 1)
            add_range(d, ranges, base + low, base + high);
    }
}

static void read_range_list(wr_dwarf *d, uint64_t offset, wr_dwarf_ranges *ranges) {
    wr_reader r = wr_dwarf_section_from(d, WR_DWARF_RNGLISTS, offset);
    unsigned size = d->unit.address_size;
    for (uint64_t base = d->unit.low_pc, low, high;;) {
        switch (wr_read_u8(&r)) {
        case 0: return;
        case 1: base = wr_dwarf_address(d, wr_read_u64(&r)); break;
        case 2:
            low = wr_dwarf_address(d, wr_read_u64(&r));
            high = wr_dwarf_address(d, wr_read_u64(&r));
            add_range(d, ranges, low, high);
            break;
        case 3:
            low = wr_dwarf_address(d, wr_read_u64(&r));
            add_range(d, ranges, low, low + wr_read_u64(&r));
            break;
        case 4:
            low = base + wr_read_u64(&r);
            high = base + wr_read_u64(&r);
            if (!wr_dwarf_is_gone(base) || !base) add_range(d, ranges, low, high);
            break;
        case 5: base = wr_dwarf_fixed(&r, size); break;
        case 6:
            low = wr_dwarf_fixed(&r, size);
            high = wr_dwarf_fixed(&r, size);
            add_range(d, ranges, low, high);
            break;
        case 7:
            low = wr_dwarf_fixed(&r, size);
            add_range(d, ranges, low, low + wr_read_u64(&r));
            break;
        default: wr_reader_fail(&r, "an unknown entry of a range list");
        }
    }
}

void wr_dwarf_read_ranges(wr_dwarf *d, const wr_dwarf_value *value, wr_dwarf_ranges *ranges) {
    ranges->n = 0;
    if (d->unit.version < 5) {
        read_old_ranges(d, value->n, ranges);
        return;
    }
    uint64_t offset = value->n, base = d->unit.rnglists_base;
    if (value->form == WR_FORM_RNGLISTX) {
        uint64_t relative = wr_dwarf_indexed(d, d->sections[WR_DWARF_RNGLISTS], base, value->n, 4);
        if (relative == UINT64_MAX) return;
        offset = base + relative;
    }
    read_range_list(d, offset, ranges);
}
