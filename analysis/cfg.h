// What the passes on locals share: the control flow of a body, and where the values of locals are read for
// the last time.
#ifndef WR_ANALYSIS_CFG_H
#define WR_ANALYSIS_CFG_H

#include "ir/body.h"

// Instructions of which all run if the first one does, unless one traps, throws or calls what does.
typedef struct wr_cfg_block {
    uint32_t first;                   // instruction
    uint32_t edges;                   // the first of its edges; they end where those of the next block start
    uint32_t try;                     // the innermost try whose handlers get what it throws, or WR_NONE
    bool falls;                       // may go on to the next block
    bool is_header;                   // of a loop
    uint32_t outer_first, outer_last; // blocks of the outermost loop that it is in, or itself
} wr_cfg_block;

typedef struct wr_cfg_try {
    uint32_t outer; // the next try outside, or WR_NONE
    uint32_t block; // whose edges go to the handlers
} wr_cfg_try;

typedef struct wr_cfg {
    WR_VEC(wr_cfg_block) blocks; // in order, and one behind the last
    wr_u32s edges;               // blocks
    WR_VEC(wr_cfg_try) tries;    // outer ones first
    uint32_t *block_of;          // by instruction
    uint8_t *targeted; // by instruction that opens a block: a branch or an exception may go to its end
    uint32_t *places, nplaces; // instructions that have effects, or are drops: all but plain computation
} wr_cfg;

// The control flow of a body, in arena. Matches the body's blocks.
void wr_cfg_build(wr_arena *arena, wr_body *body, wr_cfg *flow);

// Instructions between which a local has a value that is still to be read, from start on and before end.
typedef struct wr_live_range {
    uint32_t local, start, end;
} wr_live_range;
typedef WR_VEC(wr_live_range) wr_live_ranges;

// By instruction that names a local, in arena: whether the value that the local has behind it is never read.
// With ranges, these are appended: of each local in order, though not together. They touch where a branch
// goes on to what stands behind it; the range of a value that is never read holds the instruction that sets
// it.
const uint8_t *wr_last_uses_find(wr_arena *arena, const wr_body *body, const wr_cfg *flow,
                                 wr_live_ranges *ranges);

#endif
