// Writes a component after its core modules were optimized and dead definitions were found.
#ifndef WR_COMPONENT_COMPONENT_WRITE_H
#define WR_COMPONENT_COMPONENT_WRITE_H

#include "component_uses.h"

typedef struct wr_component_output {
    const wr_component_uses *uses;
    const wr_slice *modules;                                // by core module: its bytes
    bool (*keeps_section)(const void *user, wr_slice name); // whether a custom section stays
    const void *user;
    uint32_t removed; // number of definitions and entries left out
} wr_component_output;

// Leaves out definitions that are not live and renumbers the rest. Everything else is copied byte for byte.
// The result is in the perm arena.
wr_slice wr_component_write(wr_env *env, wr_component_output *output);

#endif
