// The steps of simplify-locals, in the order in which they run. All edit the body in place; memory is in the
// arena. `types` is the result of wr_typing_locals.
#ifndef WR_PASSES_LOCALS_SIMPLIFY_LOCALS_PARTS_H
#define WR_PASSES_LOCALS_SIMPLIFY_LOCALS_PARTS_H

#include "analysis/typing.h"
#include "analysis/cfg.h"
#include "passes/manager/pass.h"

// Replaces reads of locals by what is known of their values, and removes sets that change nothing:
// instructions become others, or nops. Returns whether anything changed.
bool wr_copy_propagation(wr_arena *arena, const wr_valtype *types, wr_body *body, const wr_cfg *flow);

// An instruction that sets a tracked local. The sets are in the order of their instructions.
typedef struct wr_local_set {
    uint32_t at;     // index of the instruction
    uint32_t number; // number of the local among the tracked ones
    uint32_t value;  // number of the constant, 0 if it is none; of a copy: number of the local that is read
    bool is_copy;
} wr_local_set;

// Values that are not constants: set by a set, or met at the start of a block.
enum { WR_REACHING_MET = 1 << 29, WR_REACHING_SET = 1 << 30 };

// What reaching constants asks, and its answer: values of n locals at the start of blocks.
typedef struct wr_reaching {
    const wr_body *body;
    const wr_cfg *flow;
    const wr_local_set *sets;
    uint32_t nsets, n;
    const uint32_t *initial; // by local: its value at the start of the body; 0 for what is no constant
    // The answer, by block: n values each. They are numbers of constants; WR_REACHING_MET and up for others,
    // which are equal if their numbers are; UINT32_MAX in unreachable blocks. NULL for blocks that only
    // continue the one before, as behind a br_if: there the walk knows as much itself.
    uint32_t **in;
} wr_reaching;

// Fills `in`, in the arena. Returns false if the analysis would take too long.
bool wr_reaching_constants(wr_arena *arena, wr_reaching *q);

// Removes sets whose value is never read, together with the value's expression if that has no effects. `dies`
// is the result of wr_last_uses_find, `start` that of wr_exprs_find. Leaves nops. Returns whether anything
// changed.
bool wr_simplify_locals_drop_dead_stores(const wr_config *config, wr_body *body, const wr_cfg *flow,
                                         const wr_valtype *types, const uint8_t *dies, const uint32_t *start);

// Moves an expression whose value is set to a local to where the local is first read. Afterwards `start` and
// `dies` are out of date. Returns whether anything changed.
bool wr_forward_substitution(wr_arena *arena, const wr_context *c, wr_body *body, const wr_cfg *flow,
                             const wr_valtype *types, const uint8_t *dies, const uint32_t *start);

// Runs all steps but copy propagation once. Returns whether anything changed.
bool wr_simplify_locals_substitute(wr_env *env, const wr_context *c, wr_body *body);

// Runs dead store elimination once, and removes nops. Returns whether anything changed.
bool wr_simplify_locals_drop_stores(wr_env *env, const wr_context *c, wr_body *body);

#endif
