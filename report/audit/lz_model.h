// A model of what each byte of a file costs once the file is compressed. It stands for any of the usual
// compressors: a parse into literals and matches over the whole file, whose symbols cost what their frequency
// so far makes them cost. So what repeats something earlier is cheap, and the costs of all bytes add up.
#ifndef WR_REPORT_AUDIT_LZ_MODEL_H
#define WR_REPORT_AUDIT_LZ_MODEL_H

#include "support/env.h"

typedef struct wr_lz_model {
    uint16_t *cost;   // by byte, in units of 1/256 bit
    uint64_t *before; // by block of 64 bytes: the costs of all bytes before it
    size_t n;
    uint64_t total;
} wr_lz_model;

// Room for a model of `n` bytes, which may be filled on another thread.
wr_lz_model wr_lz_model_room(wr_arena *arena, size_t n);

// In time linear in the bytes, about 25 ns for each. Scratch in env->temp.
void wr_lz_model_fill(wr_env *env, wr_slice bytes, wr_lz_model *model);

// The cost of `n` bytes at `at`, in units of 1/256 bit.
uint64_t wr_lz_model_cost(const wr_lz_model *model, size_t at, size_t n);

#endif
