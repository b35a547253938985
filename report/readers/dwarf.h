// Reads the names of functions, and the source files they were compiled from, out of DWARF sections.
#ifndef WR_REPORT_READERS_DWARF_H
#define WR_REPORT_READERS_DWARF_H

#include "ir/module.h"

typedef struct wr_dwarf_names {
    wr_slice *names; // by function: linkage names where there are any; NULL without DWARF
    wr_slice *files; // by function: the name of its compile unit
} wr_dwarf_names;

// A malformed section gives what was read before the fault. Results in env->perm, scratch in env->temp.
void wr_dwarf_names_read(wr_env *env, const wr_module *m, wr_dwarf_names *dwarf);

#endif
