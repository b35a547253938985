// The control-flow graph of a body, and where each value of a local is read for the last time. Shared by the
// passes on locals.
//
// All functions here are thread-safe: they write only to the arena and the structures that they are given.
#ifndef WR_ANALYSIS_CFG_H
#define WR_ANALYSIS_CFG_H

#include "ir/body.h"

// A basic block: if its first instruction runs, all do, unless one traps, throws, or calls a function that
// does.
typedef struct wr_cfg_block {
    uint32_t first; // index of the first instruction
    uint32_t edges; // index of its first edge; its edges end where those of the next block start
    uint32_t try;   // innermost try whose handlers catch what the block throws, or WR_NONE
    bool falls;     // control may fall through to the next block
    bool is_header; // it is a loop header
    uint32_t outer_first, outer_last; // blocks of the outermost loop around it; itself if there is none
} wr_cfg_block;

typedef struct wr_cfg_try {
    uint32_t outer; // the enclosing try, or WR_NONE
    uint32_t block; // the block whose edges lead to the handlers
} wr_cfg_try;

typedef struct wr_cfg {
    WR_VEC(wr_cfg_block) blocks; // in code order, followed by one sentinel
    wr_u32s edges;               // indices of target blocks
    WR_VEC(wr_cfg_try) tries;    // outer ones first
    uint32_t *block_of;          // by instruction: the block that it is in
    // By instruction that opens a block: whether a branch or an exception may go to its end.
    uint8_t *targeted;
    uint32_t *places, nplaces; // instructions that have effects, and drops: everything but pure computation
} wr_cfg;

// Builds the control-flow graph of a body, in arena. Also matches the body's blocks (wr_body_match_blocks).
void wr_cfg_build(wr_arena *arena, wr_body *body, wr_cfg *flow);

// A live range: the local holds a value that is still to be read from instruction start up to, but not
// including, end.
typedef struct wr_live_range {
    uint32_t local, start, end;
} wr_live_range;
typedef WR_VEC(wr_live_range) wr_live_ranges;

// By instruction that accesses a local, in arena: whether the value that the local holds after it is never
// read. If ranges is given, live ranges are appended to it: those of one local in code order, though not next
// to each other. Two ranges touch where a branch continues at what comes next in the code. The range of a
// value that is never read consists of the instruction that sets it.
const uint8_t *wr_last_uses_find(wr_arena *arena, const wr_body *body, const wr_cfg *flow,
                                 wr_live_ranges *ranges);

#endif
