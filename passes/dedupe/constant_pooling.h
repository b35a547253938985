// Shared by the files of the constants pass; nobody else includes it.
#ifndef WR_PASSES_DEDUPE_CONSTANT_POOLING_H
#define WR_PASSES_DEDUPE_CONSTANT_POOLING_H

#include "ir/ins.h"

// A constant: an instruction's op and bits, the low half first.
typedef struct wr_constant {
    uint64_t low, high;
    uint16_t op;
} wr_constant;

enum { WR_SYNTHESIS_MAX = 3 };

// The shortest instructions known that make the constant otherwise, all without immediates in ext. 0 if there
// is none shorter than the constant itself.
unsigned wr_constant_synthesize(const wr_constant *c, wr_ins out[WR_SYNTHESIS_MAX]);

#endif
