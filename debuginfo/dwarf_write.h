// Writes DWARF anew for a module whose code was moved: line tables and entries of the output, from those of
// the input.
//
// Each function that is left gets its new place, blocks and inlined functions the ranges that their code has
// now, and what wring inlined an entry of its own, inside the block of the call. Functions that are gone lose
// their addresses and what is inside of them but types. Line tables are written from the rows that moved with
// the code.
//
// What goes: locations of variables in locals or relative to the frame, as locals are renumbered and shared
// (variables in memory keep theirs); call sites; indices of names, and macros; type units. `.dwo` files stay
// what they were.
#ifndef WR_DEBUGINFO_DWARF_WRITE_H
#define WR_DEBUGINFO_DWARF_WRITE_H

#include "code_map.h"
#include "dwarf.h"
#include "support/buf.h"

typedef struct wr_dwarf_section {
    const char *name;
    wr_slice bytes;
} wr_dwarf_section;

typedef struct wr_dwarf_output {
    wr_dwarf_section sections[WR_DWARF_SECTION_COUNT];
    uint32_t n;
} wr_dwarf_output;

typedef struct wr_dwarf_source {
    const wr_module *input;     // as it was decoded
    const wr_code_map *map;     // of the output
    uint64_t code;              // offset of the code section's contents in the output
    const wr_sources *sources;  // of the input
    const wr_source_rows *rows; // those of the sources, moved
} wr_dwarf_source;

// False if the input's DWARF is malformed. In env->perm.
bool wr_dwarf_write(wr_env *env, const wr_dwarf_source *from, wr_dwarf_output *out);

#endif
