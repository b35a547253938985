// Writing a component after its core modules were optimized and some of its definitions were found to do
// nothing.
#ifndef WR_COMPONENT_COMPONENT_WRITE_H
#define WR_COMPONENT_COMPONENT_WRITE_H

#include "component_uses.h"

typedef struct wr_component_output {
    const wr_component_uses *uses;
    const wr_slice *modules;                                // the bytes of each core module
    bool (*keeps_section)(const void *user, wr_slice name); // whether a custom section stays
    const void *user;
    uint32_t removed; // definitions and entries that were left out
} wr_component_output;

// Definitions that are not live are left out and the rest is renumbered; all else is as it was, byte for
// byte. In the perm arena.
wr_slice wr_component_write(wr_env *env, wr_component_output *output);

#endif
