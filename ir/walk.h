// A walk over a body that knows the blocks around each instruction:
//
//     wr_walk walk = wr_walk_begin(arena, body);
//     while (wr_walk_next(&walk)) {
//         const wr_ins *ins = &body->ins[walk.i];
//         uint32_t block = wr_walk_block(&walk, 0);    // the instruction that opens the block around it
//         ...
//     }
//
// An instruction that opens a block stands outside of it; arms and the end stand inside.
//
// A walk may keep a state for each open block, and one for the function itself:
//
//     wr_walk walk = wr_walk_with(arena, body, sizeof(state));
//     while (wr_walk_next(&walk)) {
//         state *around = wr_walk_state(&walk, 0);     // of the block that label 0 names
//         if (wr_opens_block(op)) {
//             state *inner = wr_walk_enter(&walk);     // of the block that begins here
//             ...
//
// Simulations of the operand stack have frames that belong to that stack: docs/ARCHITECTURE.md lists them.
#ifndef WR_IR_WALK_H
#define WR_IR_WALK_H

#include "body.h"

typedef struct wr_walk {
    wr_arena *arena;
    const wr_body *body;
    uint32_t i;   // the current instruction
    wr_u32s open; // the instructions that open the blocks around it, outermost first
    // The states: first that of the function, then those of the open blocks.
    uint8_t *states;
    size_t state_size, states_cap;
} wr_walk;

// How the number of open blocks changes at an instruction.
static inline uint32_t wr_depth_change(unsigned op) {
    return (uint32_t)wr_opens_block(op) - (uint32_t)wr_closes_block(op);
}

static inline wr_walk wr_walk_begin(wr_arena *arena, const wr_body *body) {
    return (wr_walk){.arena = arena, .body = body, .i = WR_NONE};
}

// Goes on to instruction i. Those between may be left out if they neither open nor close a block: so fast
// walks go from one control instruction to the next.
static inline void wr_walk_to(wr_walk *w, uint32_t i) {
    unsigned op = w->i == WR_NONE ? WR_OP_NOP : w->body->ins[w->i].op;
    if (op <= WR_LAST_BLOCK_OP) {
        if (wr_opens_block(op))
            WR_PUSH(w->arena, w->open, w->i);
        else if (wr_closes_block(op) && w->open.n)
            w->open.n--;
    }
    w->i = i;
}

// Goes on to the next instruction. Returns false behind the last.
static inline bool wr_walk_next(wr_walk *w) {
    wr_walk_to(w, w->i + 1);
    return w->i < w->body->n;
}

// The instruction that opens the block with this label, seen from the current instruction; WR_NONE for the
// function's own label. Label 0 is the innermost block.
static inline uint32_t wr_walk_block(const wr_walk *w, uint32_t label) {
    return label < w->open.n ? w->open.v[w->open.n - 1 - label] : WR_NONE;
}

// --- States ---

static inline void *wr_walk_new_state(wr_walk *w, size_t at) {
    at *= w->state_size;
    if (WR_UNLIKELY(at >= w->states_cap)) {
        size_t cap = at ? 2 * at : 8 * w->state_size;
        w->states = (uint8_t *)wr_grow(w->arena, w->states, w->states_cap, cap);
        w->states_cap = cap;
    }
    return memset(w->states + at, 0, w->state_size);
}

// Begins a walk with states of this size. That of the function is zero.
static inline wr_walk wr_walk_with(wr_arena *arena, const wr_body *body, size_t state_size) {
    wr_walk walk = wr_walk_begin(arena, body);
    walk.state_size = state_size;
    wr_walk_new_state(&walk, 0);
    return walk;
}

// The state, zero at first, of the block that the current instruction opens. To be called at each of those;
// states that the walk gave before may have moved.
static inline void *wr_walk_enter(wr_walk *w) { return wr_walk_new_state(w, (size_t)w->open.n + 1); }

// The state of the block with this label, seen from the current instruction; that of the function for all
// labels beyond.
static inline void *wr_walk_state(const wr_walk *w, uint32_t label) {
    return w->states + (label < w->open.n ? w->open.n - label : 0) * w->state_size;
}

#endif
