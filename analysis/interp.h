// What a start function makes of the initial memory, where it does nothing but calculate and write there:
// wring stores some of a Go module's tables in a shorter form that a start function undoes.
#ifndef WR_ANALYSIS_INTERP_H
#define WR_ANALYSIS_INTERP_H

#include "ir/module.h"

typedef struct wr_memory_image {
    uint8_t *bytes; // from address 0, with 16 bytes of zeros behind; beyond all is zero
    uint32_t n;
} wr_memory_image;

// The initial memory: active segments at known places. False if there are others, or if it is spread too far.
bool wr_interp_initial_memory(wr_env *env, wr_arena *arena, const wr_module *m, wr_memory_image *image);
// Runs the start function on the image. False, and the image of no use, if it does more than is understood
// here (calls of imports, tables, floating point, …), traps, or takes long. Uses env->pass.
bool wr_interp_run_start(wr_env *env, wr_arena *arena, const wr_module *m, wr_memory_image *image);

#endif
