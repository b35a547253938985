// The steps of the pass `locals`, in the order that they run. types is what wr_typing_locals says.
#ifndef WR_PASSES_LOCALS_SIMPLIFY_LOCALS_PARTS_H
#define WR_PASSES_LOCALS_SIMPLIFY_LOCALS_PARTS_H

#include "analysis/typing.h"
#include "analysis/cfg.h"

// Puts what is known of the values of locals where they are read, and takes out sets that change nothing:
// instructions become others or nops, in place. Returns whether there was anything to do.
bool wr_copy_propagation(wr_arena *arena, const wr_valtype *types, wr_body *body, const wr_cfg *flow);

// An instruction that sets a local of interest, those in order.
typedef struct wr_local_set {
    uint32_t at;     // instruction
    uint32_t number; // of the local among those of interest
    uint32_t value;  // of a constant, 0 if it is none; of a copy the number of the local that is read
    bool is_copy;
} wr_local_set;

// The values of n locals where each block begins, block by block: 0 if not known, UINT32_MAX in what is never
// reached. NULL if that would take too long.
const uint32_t *wr_reaching_constants(wr_arena *arena, const wr_cfg *flow, const wr_local_set *sets,
                                      uint32_t nsets, const uint32_t *initial, uint32_t n);

// Takes out sets of values that are never read, with the value's expression if it has no effect; dies is what
// wr_last_uses_find says, start what wr_exprs_find says. In place, with nops. Returns whether there was
// anything to do.
bool wr_dead_store_elimination(wr_body *body, const wr_cfg *flow, const wr_valtype *types,
                               const uint8_t *dies, const uint32_t *start);

// Moves expressions whose value is set to a local to where it is read first. In place, though
// start and dies no longer fit. Returns whether there was anything to do.
bool wr_forward_substitution(wr_arena *arena, const wr_module *m, wr_body *body, const wr_cfg *flow,
                             const wr_valtype *types, const uint8_t *dies, const uint32_t *start);

#endif
