// A walk over a body that knows the blocks around each instruction:
//
//     wr_walk walk = wr_walk_begin(arena, body);
//     while (wr_walk_next(&walk)) {
//         const wr_ins *ins = &body->ins[walk.i];
//         uint32_t block = wr_walk_block(&walk, 0);    // the instruction that opens the block around it
//         ...
//     }
//
// An instruction that opens a block stands outside of it; arms and the end stand inside. Passes that keep
// more for each open block than where it begins have stacks of their own: docs/ARCHITECTURE.md lists them.
#ifndef WR_IR_WALK_H
#define WR_IR_WALK_H

#include "body.h"

typedef struct wr_walk {
    wr_arena *arena;
    const wr_body *body;
    uint32_t i;   // the current instruction
    wr_u32s open; // the instructions that open the blocks around it, outermost first
} wr_walk;

// How the number of open blocks changes at an instruction.
static inline uint32_t wr_depth_change(unsigned op) {
    return (uint32_t)wr_opens_block(op) - (uint32_t)wr_closes_block(op);
}

static inline wr_walk wr_walk_begin(wr_arena *arena, const wr_body *body) {
    return (wr_walk){.arena = arena, .body = body, .i = WR_NONE};
}

// Goes on to the next instruction. Returns false behind the last.
static inline bool wr_walk_next(wr_walk *w) {
    unsigned op = w->i == WR_NONE ? WR_OP_NOP : w->body->ins[w->i].op;
    if (wr_opens_block(op))
        WR_PUSH(w->arena, w->open, w->i);
    else if (wr_closes_block(op) && w->open.n)
        w->open.n--;
    return ++w->i < w->body->n;
}

// The instruction that opens the block with this label, seen from the current instruction; WR_NONE for the
// function's own label. Label 0 is the innermost block.
static inline uint32_t wr_walk_block(const wr_walk *w, uint32_t label) {
    return label < w->open.n ? w->open.v[w->open.n - 1 - label] : WR_NONE;
}

#endif
