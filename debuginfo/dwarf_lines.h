// Line tables: .debug_line of DWARF 2 to 5.
#ifndef WR_DEBUGINFO_DWARF_LINES_H
#define WR_DEBUGINFO_DWARF_LINES_H

#include "dwarf.h"

enum {
    WR_LINE_IS_STMT = 1,
    WR_LINE_BASIC_BLOCK = 2,
    WR_LINE_END_SEQUENCE = 4,
    WR_LINE_PROLOGUE_END = 8,
    WR_LINE_EPILOGUE_BEGIN = 16,
};

typedef struct wr_line_row {
    uint64_t address;
    uint32_t file; // in the table's own numbering
    uint32_t line, column, discriminator;
    uint8_t flags;
} wr_line_row;
typedef WR_VEC(wr_line_row) wr_line_rows;

typedef struct wr_line_file {
    wr_slice name;
    uint64_t dir;
} wr_line_file;

typedef struct wr_line_table {
    uint64_t offset, end; // in .debug_line
    uint64_t program;     // offset of the line number program
    unsigned version, address_size, min_length, line_range, opcode_base;
    int line_base;
    bool default_is_stmt;
    const uint8_t *operands; // number of operands of each standard opcode, from opcode 1 on
    WR_VEC(wr_slice) dirs;
    WR_VEC(wr_slice) files; // joined with their directories; the first has number first_file
    uint32_t first_file;
    WR_VEC(wr_slice) plain_dirs; // as written; `dirs` are joined with the unit's own
    WR_VEC(wr_line_file) plain_files;
} wr_line_table;

// Reads the header of the table at an offset of .debug_line. In env->temp.
void wr_dwarf_line_table_read(wr_dwarf *d, uint64_t offset, wr_slice comp_dir, wr_line_table *table);
// Appends the rows of its program, sequence by sequence in their order. In env->temp.
void wr_dwarf_line_table_rows(wr_dwarf *d, const wr_line_table *table, wr_line_rows *rows);

// Returns the path of a file of the table; empty if the number is bad.
static inline wr_slice wr_line_table_file(const wr_line_table *table, uint64_t file) {
    uint64_t i = file - table->first_file;
    return i < table->files.n ? table->files.v[i] : (wr_slice){0};
}

#endif
