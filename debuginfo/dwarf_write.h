// Writes DWARF for a module whose code was moved: line tables and entries of the output, made from those of
// the input.
//
// Each remaining function gets its new address, blocks and inlined functions get the ranges that their code
// has now, and each call that wring inlined gets an entry inside the block of the call, with the variables of
// the inlined function that have a location there. Removed functions
// lose their addresses and everything inside them except types. Line tables are written from the rows that
// moved with the code.
//
// Locations of variables in locals follow the locals as far as that can be shown (local_places.h). What is
// dropped: locations on the operand stack; arguments at call sites; name indices and macros; type units.
// Skeletons lose the link to their `.dwo` files, which describe the input's code.
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
    const wr_module *input;     // the freshly decoded input, and the output; their bodies know offsets
    const wr_module *output;    // (wr_module_track_origins)
    const wr_code_map *map;     // code map of the output
    uint64_t code;              // offset of the code section's contents in the output
    const wr_sources *sources;  // debug information of the input
    const wr_source_rows *rows; // the rows of `sources`, moved to the output
} wr_dwarf_source;

// Returns false if the input's DWARF can't be read, and sets *bad to the reason. In env->perm.
bool wr_dwarf_write(wr_env *env, const wr_dwarf_source *from, wr_dwarf_output *out, wr_diag *bad);

#endif
