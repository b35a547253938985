// Internal interface of the files that write DWARF.
#ifndef WR_DEBUGINFO_DWARF_WRITE_PARTS_H
#define WR_DEBUGINFO_DWARF_WRITE_PARTS_H

#include "dwarf_lines.h"
#include "dwarf_write.h"
#include "local_places.h"
#include "support/map.h"

// A reference in the output's .debug_info to an entry of the input, to be resolved.
typedef struct wr_dwarf_fixup {
    uint64_t at;     // place of its four bytes
    uint64_t target; // offset in the input's .debug_info
    uint64_t unit;   // offset of the output's unit, for references relative to it; UINT64_MAX: absolute
} wr_dwarf_fixup;

typedef struct wr_dwarf_moved {
    uint64_t from, to; // offsets of an entry in the input's and the output's .debug_info
} wr_dwarf_moved;

typedef struct wr_dwarf_writer {
    wr_env *env;
    const wr_dwarf_source *from;
    wr_dwarf d;
    wr_buf info, abbrev, line, ranges, rnglists, loc, loclists, aranges;
    wr_local_places places;
    uint64_t location_work;  // spent on locations so far
    uint64_t site_work;      // likewise, on those of variables in inlined functions
    uint32_t *out_of;        // by function of the input: its number in the map, WR_NONE if it was removed
    uint32_t *unit_of;       // by function of the map: number of its unit, or WR_NONE
    uint64_t *entry_of;      // by function of the input: offset of the entry with its name, 0 if none
    uint64_t *own_entry;     // by function of the input: offset of its own entry
    uint32_t *unit_of_input; // by function of the input: number of its unit
    bool uses_addresses;     // expressions may refer to .debug_addr, which is copied then
    bool only_blocks;        // the entries being copied are inside an inlined function
    WR_VEC(wr_dwarf_fixup) fixups;
    WR_VEC(wr_dwarf_moved) moved;
    // Abbreviations, one list for all units, in the order of their codes.
    WR_VEC(wr_slice) shapes;
    wr_map shape_map;     // of shapes
    wr_map file_map;      // of the sources' files, by name
    uint8_t *is_placed;   // by site: whether it has an entry
    wr_u32s unit_offsets; // by unit: its offset in the input
    // The current unit:
    uint32_t unit;    // its number
    unsigned version; // of DWARF
    uint32_t
        read_unit; // the unit that entries are read from: another one while its function's code is inlined
    wr_line_table read_lines; // then its line table
    uint64_t unit_at;         // its offset in the output
    wr_line_table lines;
    wr_u32s number_of; // by file of the sources: its number in the unit's table, plus 1
    wr_u32s added;     // files of the sources to be added to the unit's table
} wr_dwarf_writer;

// Finds out_of, unit_of and entry_of.
void wr_dwarf_place_functions(wr_dwarf_writer *w);
void wr_dwarf_write_unit(wr_dwarf_writer *w);
// Read the files of the unit's table before its entries are written, and write the table afterwards.
void wr_dwarf_open_lines(wr_dwarf_writer *w);
void wr_dwarf_write_lines(wr_dwarf_writer *w);
// Goes on reading entries of another unit, or of the current one.
void wr_dwarf_read_from(wr_dwarf_writer *w, uint32_t unit);
// Translates the number of a file in the table of the unit that is read. Returns false if there is none.
bool wr_dwarf_translate_file(wr_dwarf_writer *w, uint64_t number, uint32_t *translated);
// Returns the number of a file of the sources in the unit's table.
uint32_t wr_dwarf_file_number(wr_dwarf_writer *w, uint32_t file);

// The place of a function in the output, as DWARF addresses.
static inline wr_dwarf_range wr_dwarf_out_range(const wr_dwarf_writer *w, uint32_t out) {
    const wr_code_func *f = &w->from->map->funcs[out];
    return (wr_dwarf_range){f->at - w->from->code, f->at + f->size - w->from->code};
}

#endif
