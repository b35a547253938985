// Reads DWARF 2 to 5 (32-bit) as compilers write it into custom sections of a module: units, their entries
// one by one, and attributes. Addresses are offsets in the contents of the code section.
//
// The sections come from the input and are not trusted: every read is bounded, and faults are thrown as
// WR_BAD_INPUT. The readers of line tables (dwarf_lines.c) and of functions (dwarf_funcs.c) build on this.
//
// Why no library: libdw requires ELF files, libdwarf allocates outside the job's limits, and neither can
// write a modified copy of what it has read.
#ifndef WR_DEBUGINFO_DWARF_H
#define WR_DEBUGINFO_DWARF_H

#include "sources.h"
#include "support/reader.h"

#define WR_DWARF_SECTIONS(X) \
    X(INFO, ".debug_info") \
    X(ABBREV, ".debug_abbrev") \
    X(LINE, ".debug_line") X(STR, ".debug_str") X(LINE_STR, ".debug_line_str") \
        X(STR_OFFSETS, ".debug_str_offsets") X(ADDR, ".debug_addr") X(RANGES, ".debug_ranges") \
            X(RNGLISTS, ".debug_rnglists") X(LOC, ".debug_loc") X(LOCLISTS, ".debug_loclists") \
                X(ARANGES, ".debug_aranges")

enum {
#define X(id, name) WR_DWARF_##id,
    WR_DWARF_SECTIONS(X)
#undef X
        WR_DWARF_SECTION_COUNT,
};

extern const char *const wr_dwarf_section_names[WR_DWARF_SECTION_COUNT];

enum {
    WR_TAG_INLINED_SUBROUTINE = 0x1d,
    WR_TAG_COMPILE_UNIT = 0x11,
    WR_TAG_SUBPROGRAM = 0x2e,
    WR_TAG_SKELETON_UNIT = 0x4a,
};

enum {
    WR_AT_LOCATION = 0x02,
    WR_AT_NAME = 0x03,
    WR_AT_STMT_LIST = 0x10,
    WR_AT_LOW_PC = 0x11,
    WR_AT_HIGH_PC = 0x12,
    WR_AT_COMP_DIR = 0x1b,
    WR_AT_ABSTRACT_ORIGIN = 0x31,
    WR_AT_FRAME_BASE = 0x40,
    WR_AT_SPECIFICATION = 0x47,
    WR_AT_ENTRY_PC = 0x52,
    WR_AT_RANGES = 0x55,
    WR_AT_CALL_COLUMN = 0x57,
    WR_AT_CALL_FILE = 0x58,
    WR_AT_CALL_LINE = 0x59,
    WR_AT_LINKAGE_NAME = 0x6e,
    WR_AT_STR_OFFSETS_BASE = 0x72,
    WR_AT_ADDR_BASE = 0x73,
    WR_AT_RNGLISTS_BASE = 0x74,
    WR_AT_CALL_ALL_TAIL_CALLS = 0x7c,
    WR_AT_CALL_RETURN_PC = 0x7d,
    WR_AT_CALL_PC = 0x81,
    WR_AT_LOCLISTS_BASE = 0x8c,
    WR_AT_MIPS_LINKAGE_NAME = 0x2007,
    WR_AT_GNU_ALL_TAIL_CALL_SITES = 0x2116,
};

enum {
    WR_FORM_ADDR = 0x01,
    WR_FORM_BLOCK2 = 0x03,
    WR_FORM_BLOCK4 = 0x04,
    WR_FORM_DATA4 = 0x06,
    WR_FORM_DATA8 = 0x07,
    WR_FORM_BLOCK = 0x09,
    WR_FORM_BLOCK1 = 0x0a,
    WR_FORM_FLAG = 0x0c,
    WR_FORM_SDATA = 0x0d,
    WR_FORM_UDATA = 0x0f,
    WR_FORM_REF_ADDR = 0x10,
    WR_FORM_REF4 = 0x13,
    WR_FORM_IMPLICIT_CONST = 0x21,
    WR_FORM_SEC_OFFSET = 0x17,
    WR_FORM_EXPRLOC = 0x18,
    WR_FORM_LOCLISTX = 0x22,
    WR_FORM_RNGLISTX = 0x23
};

// Whether an address stands for code that the linker dropped (a tombstone).
static inline bool wr_dwarf_is_gone(uint64_t address) { return address == 0 || address >= 0xfffffffe; }
// Whether some code may be at these addresses.
static inline bool wr_dwarf_is_code(uint64_t low, uint64_t high) {
    return low < high && high <= UINT32_MAX && !wr_dwarf_is_gone(low);
}

// An abbreviation: the shape of an entry.
typedef struct wr_dwarf_abbrev {
    uint64_t tag;
    bool has_children;
    wr_slice attributes; // pairs of attribute and form (implicit constants after it); ends with 0 0
} wr_dwarf_abbrev;

typedef struct wr_dwarf_unit {
    uint64_t offset, end; // in .debug_info
    uint64_t first;       // offset of its first entry
    unsigned version, address_size, type;
    uint64_t abbrevs; // offset of its abbreviation table
    uint64_t str_base, addr_base, rnglists_base, loclists_base, low_pc;
    uint64_t stmt_list; // UINT64_MAX: none
    wr_slice comp_dir, name;
} wr_dwarf_unit;

typedef struct wr_dwarf {
    wr_env *env;
    wr_arena *lists; // of abbreviations; env->temp
    const wr_module *m;
    wr_slice sections[WR_DWARF_SECTION_COUNT];
    uint64_t code; // offset of the code section's contents in the file
    wr_dwarf_unit unit;
    WR_VEC(wr_dwarf_abbrev) abbrevs; // of the current unit, by code - 1
    uint64_t abbrevs_at;             // the offset that `abbrevs` was read from
    bool has_abbrevs;
} wr_dwarf;

// The value of an attribute.
typedef struct wr_dwarf_value {
    uint64_t attribute, form;
    uint64_t at;       // offset of the value's bytes in .debug_info
    uint64_t n;        // value of a number, address or unresolved index (rnglistx, loclistx)
    wr_slice text;     // value of a string or block
    bool is_reference; // n is an offset in .debug_info
    bool is_indexed;   // n was looked up in .debug_addr
    uint64_t index;    // the index there
} wr_dwarf_value;

typedef struct wr_dwarf_entry {
    uint64_t offset;
    const wr_dwarf_abbrev *abbrev; // NULL: the end of a list of children
    wr_reader attributes;          // the attributes not yet read
} wr_dwarf_entry;

// Returns where the contents of the code section begin in the file; 0 if there is none.
uint64_t wr_dwarf_code_start(const wr_module *m);
// Prepares reading. Returns false if the module has no DWARF. Scratch is in env->temp.
bool wr_dwarf_open(wr_env *env, const wr_module *m, wr_dwarf *d);
// Goes to the next unit and reads the attributes of its own entry. `info` is a reader of .debug_info. Returns
// false at the end. Skips type units and units of an unknown version.
bool wr_dwarf_next_unit(wr_dwarf *d, wr_reader *info);
// Goes to the unit at an offset of .debug_info, which wr_dwarf_next_unit has found before.
void wr_dwarf_enter_unit(wr_dwarf *d, uint64_t offset);
// Returns a reader of a section (WR_DWARF_...) from an offset on; at the section's end if the offset is bad.
wr_reader wr_dwarf_section_from(wr_dwarf *d, unsigned section, uint64_t offset);
// Returns a reader of the unit's entries.
wr_reader wr_dwarf_entries(wr_dwarf *d);
// Begins an entry. All its attributes must be read before the next entry.
void wr_dwarf_next_entry(wr_dwarf *d, wr_reader *r, wr_dwarf_entry *entry);
// Reads the next attribute. Returns false after the last one.
bool wr_dwarf_next_attribute(wr_dwarf *d, wr_reader *r, wr_dwarf_entry *entry, wr_dwarf_value *value);

uint64_t wr_dwarf_fixed(wr_reader *r, unsigned bytes);
// Reads the length of a unit or table, which fits what is left to read.
uint64_t wr_dwarf_length(wr_reader *r);
// Returns a string of a section; empty if the offset is bad.
wr_slice wr_dwarf_string(wr_slice section, uint64_t offset);
// Returns entry i of a table that begins at `base`; UINT64_MAX if i is bad.
uint64_t wr_dwarf_indexed(wr_dwarf *d, wr_slice table, uint64_t base, uint64_t i, unsigned size);
// Returns entry i of .debug_addr; UINT64_MAX if i is bad.
uint64_t wr_dwarf_address(wr_dwarf *d, uint64_t i);

typedef struct wr_dwarf_range {
    uint64_t low, high;
} wr_dwarf_range;
typedef WR_VEC(wr_dwarf_range) wr_dwarf_ranges;

// Reads the ranges that a value of DW_AT_ranges refers to, without dropped and empty ones. In env->temp.
void wr_dwarf_read_ranges(wr_dwarf *d, const wr_dwarf_value *value, wr_dwarf_ranges *ranges);

// An entry of a location list: while the code at these addresses runs, this expression says where the
// variable is.
typedef struct wr_dwarf_location {
    uint64_t low, high;
    wr_slice expression;
} wr_dwarf_location;
typedef WR_VEC(wr_dwarf_location) wr_dwarf_locations;

// Reads the list that a value of DW_AT_location or the like refers to, without dropped and empty entries. In
// env->temp.
void wr_dwarf_read_locations(wr_dwarf *d, const wr_dwarf_value *value, wr_dwarf_locations *locations);
// Whether the value is an expression rather than the place of a list.
bool wr_dwarf_is_expression(const wr_dwarf_value *value);

// What an expression depends on.
enum { WR_DWARF_MOST_LOCALS = 4 };
typedef struct wr_dwarf_needs {
    bool frame;     // the frame base
    bool is_offset; // it is nothing but this offset from the frame base
    int64_t offset;
    uint32_t nlocals;
    struct {
        uint32_t local, at, end; // the local's number, and where it is in the expression
    } locals[WR_DWARF_MOST_LOCALS];
} wr_dwarf_needs;

// Returns false if an expression depends on anything else that the optimizer may have changed, such as values
// on the operand stack, or has unknown operations.
bool wr_dwarf_read_needs(wr_dwarf *d, wr_slice expression, wr_dwarf_needs *needs);

// The names in entries of functions, by offset. An entry of an inlined instance refers to its abstract entry,
// which may refer to a declaration in a class.
typedef struct wr_dwarf_name {
    uint64_t offset, refers; // offset of the entry, and of the one that it takes its name from (0: none)
    wr_slice name, linkage_name;
} wr_dwarf_name;
typedef WR_VEC(wr_dwarf_name) wr_dwarf_name_list;

// Returns the linkage name of the entry at an offset, else its name, else an empty slice.
wr_slice wr_dwarf_name_at(const wr_dwarf_name_list *names, uint64_t offset);

// --- Readers built on this ---

// Reads the rows of all line tables, sorted, with file offsets. File names are joined with their directories.
// In env->perm.
void wr_dwarf_read_lines(wr_dwarf *d, wr_sources *sources);
// Reads functions and those inlined into them. Call files are looked up in the unit's line table. In
// env->perm.
void wr_dwarf_read_funcs(wr_dwarf *d, wr_sources *sources);

// Reads both. Returns false, with empty sources, if the module has no DWARF, or if it can't be read: then
// *bad says why, and else its status is WR_OK.
bool wr_dwarf_read_sources(wr_env *env, const wr_module *m, wr_sources *sources, wr_diag *bad);

#endif
