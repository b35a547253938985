// Shared by constant_pooling.c and constant_synthesis.c; no other file includes it.
#ifndef WR_PASSES_DEDUPE_CONSTANT_POOLING_H
#define WR_PASSES_DEDUPE_CONSTANT_POOLING_H

#include "ir/ins.h"

// A constant: its opcode and its bits, low half first.
typedef struct wr_constant {
    uint64_t low, high;
    uint16_t op;
} wr_constant;

enum { WR_SYNTHESIS_MAX = 3 };

// The shortest known sequence of instructions that computes the constant; none of them has extra words.
// Returns their number, or 0 if no sequence is shorter than the constant itself.
unsigned wr_constant_synthesize(const wr_constant *c, wr_ins out[WR_SYNTHESIS_MAX]);

#endif
