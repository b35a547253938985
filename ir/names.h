// The name section: its subsections are the module's name, maps from indices to names, and indirect maps from
// (function, index) to names. Here they are looked up; ir/encode/encode_names.c writes them.
#ifndef WR_IR_NAMES_H
#define WR_IR_NAMES_H

#include "module.h"

enum { // subsections
    WR_NAMES_MODULE,
    WR_NAMES_FUNCTION,
    WR_NAMES_LOCAL,
    WR_NAMES_LABEL,
    WR_NAMES_TYPE,
    WR_NAMES_TABLE,
    WR_NAMES_MEMORY,
    WR_NAMES_GLOBAL,
    WR_NAMES_ELEM,
    WR_NAMES_DATA,
    WR_NAMES_FIELD,
    WR_NAMES_TAG,
    WR_NAMES_SUBSECTIONS
};

// The index space of the (outer) indices of each subsection.
extern const uint8_t wr_names_space[WR_NAMES_SUBSECTIONS];

static inline bool wr_names_is_indirect(uint8_t sub) {
    return sub == WR_NAMES_LOCAL || sub == WR_NAMES_LABEL || sub == WR_NAMES_FIELD;
}

// Returns the names of a space's entities, by index, in env->perm; an empty slice where there is no name. Of
// a malformed section, the names before the fault count.
wr_slice *wr_names_of(wr_env *env, const wr_module *m, wr_space space);

// Returns the inner maps of the subsection of locals or labels, by function, in the arena: a count, then as
// often an index and a name; an empty slice where there is none. Of a malformed section, the maps before the
// fault count.
wr_slice *wr_names_maps_of(wr_env *env, wr_arena *arena, const wr_module *m, unsigned sub);

#endif
