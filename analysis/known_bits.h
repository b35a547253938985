// Known bits: which bits of an integer may be set.
//
//     (i32.load8_u P)                                ;; 0xff
//     (i32.shl (i32.load8_u P) (i32.const 4))        ;; 0xff0
//     (i32.and X (i32.const 3))                      ;; 3
//
// The upper half is clear for 32-bit values. UINT64_MAX says that nothing is known.
#ifndef WR_ANALYSIS_KNOWN_BITS_H
#define WR_ANALYSIS_KNOWN_BITS_H

#include "ir/body.h"

// Those of the result, from those of the first two operands; y_is_const: the second is a constant, and has
// just these bits. `local_bits` is what wr_known_bits_locals gives.
uint64_t wr_known_bits(const wr_ins *ins, uint64_t x, uint64_t y, bool y_is_const,
                       const uint64_t *local_bits);

// By local, in arena: the bits that may be set in any of the values that it is set to.
const uint64_t *wr_known_bits_locals(wr_arena *arena, const wr_body *body);

// All bits up to the highest one of x.
static inline uint64_t wr_known_bits_fill(uint64_t x) { return x ? UINT64_MAX >> __builtin_clzll(x) : 0; }

#endif
