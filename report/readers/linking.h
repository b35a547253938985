// Reads LLVM's `linking` section, which relocatable objects and the output of wasm-ld --emit-relocs have:
// symbols of functions and data, and names of segments. A table that doesn't fit the module, as after a tool
// that moved things and left the section unchanged, is treated as absent.
#ifndef WR_REPORT_READERS_LINKING_H
#define WR_REPORT_READERS_LINKING_H

#include "ir/module.h"

typedef struct wr_data_symbol {
    wr_slice name;         // as the section has it
    uint32_t data;         // segment
    uint32_t offset, size; // in its bytes
} wr_data_symbol;

typedef struct wr_linking {
    wr_slice *funcs;    // names by function, empty where there is none; NULL: no symbols of functions
    uint8_t *outside;   // by function: 1 if other objects may refer to it; NULL with funcs
    wr_slice *segments; // names by segment; NULL: none
    wr_data_symbol
        *v; // by segment and offset; of those at the same place only the largest, and none is empty
    uint32_t n;
} wr_linking;

// Needs a decoded module. Results in env->perm.
void wr_read_linking(wr_env *env, const wr_module *m, wr_linking *linking);

// The symbol that has the byte of a segment, NULL if none.
const wr_data_symbol *wr_linking_find_data_symbol(const wr_linking *linking, uint32_t data, uint32_t offset);

#endif
