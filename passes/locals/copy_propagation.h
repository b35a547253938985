// The state that the parts of copy propagation share: the values of locals at the place that the walk has
// reached, by number. 0 stands for a value of which nothing is known.
#ifndef WR_PASSES_LOCALS_COPY_PROPAGATION_H
#define WR_PASSES_LOCALS_COPY_PROPAGATION_H

#include "ir/walk.h"
#include "simplify_locals_parts.h"
#include "support/map.h"

typedef struct wr_copy_change {
    uint32_t local, before;
} wr_copy_change;

typedef struct wr_copy_value {
    uint16_t op; // NOP if the value is not a constant
    uint64_t bits;
    uint32_t holder; // the local that had the value first
} wr_copy_value;

typedef struct wr_copy_values {
    wr_arena *arena;
    wr_body *body;
    const wr_cfg *flow;
    const wr_valtype *types;
    uint32_t *value; // by local: the number of its value
    WR_VEC(wr_copy_value) values;
    WR_VEC(wr_copy_change) log;
    wr_walk walk;     // the state of an open block: where its changes begin in the log
    wr_map constants; // the numbers of constants
    uint32_t *forgotten; // by local: the last time that its value was forgotten, counted by `nforgotten`
    uint32_t nforgotten;
    uint64_t work;
    wr_reaching reaching;        // the values of tracked locals at the start of blocks; without, `in` is NULL
    uint32_t *tracked, ntracked; // the locals in it
    uint32_t *number;            // by local: its number among the tracked ones, or WR_NONE
    bool tracks_copies;          // some of them are copied to each other again
    uint32_t nlinked;            // those that are copied at all, and may be equal, have numbers below this
    wr_map same;                 // at the start of a block: of equal linked locals, the first
    bool any;
} wr_copy_values;

// The value number of a local; assigns a new one if it had none.
uint32_t wr_copy_value_of(wr_copy_values *v, uint32_t local);
// The value number of a constant.
uint32_t wr_copy_constant(wr_copy_values *v, unsigned op, uint64_t bits);
// Gives a local a value, and logs what it had before.
void wr_copy_set(wr_copy_values *v, uint32_t local, uint32_t number);

// copy_propagation_reach.c: runs the data-flow analysis, which sets `reaching`; and gives the tracked locals
// what it says of the start of a block, where the walk has forgotten those in the log from `since` on.
void wr_copy_find_reaching(wr_copy_values *v);
void wr_copy_enter_block(wr_copy_values *v, uint32_t block, uint32_t since);

#endif
