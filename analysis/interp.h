// Computes the initial memory of a module, including what a start function writes to it if that function only
// calculates and stores. (wring stores some tables of Go modules in a shorter form that a start function
// expands.)
#ifndef WR_ANALYSIS_INTERP_H
#define WR_ANALYSIS_INTERP_H

#include "ir/module.h"

typedef struct wr_memory_image {
    uint8_t *bytes; // from address 0, followed by 16 bytes of zeros; memory beyond is zero
    uint32_t n;
} wr_memory_image;

// The initial memory as the active segments write it. Returns false if a segment is not active, not in memory
// 0, without a constant offset or not known to be in bounds, or if the segments are too far apart.
bool wr_interp_initial_memory(wr_env *env, wr_arena *arena, const wr_module *m, wr_memory_image *image);
// Runs the start function on the image. Returns false, and leaves the image unusable, if the function does
// more than the interpreter supports (calls of imports, tables, floating point, …), traps, or takes too long.
// Uses env->pass and resets it; works under wr_try.
bool wr_interp_run_start(wr_env *env, wr_arena *arena, const wr_module *m, wr_memory_image *image);

#endif
