// The state of writing one body, shared by the files that do it: asyncify_regions.c plans where rewinding
// enters, asyncify_frames.c saves and restores locals, asyncify_emit.c writes the code.
#ifndef WR_INSTRUMENT_ASYNCIFY_ASYNCIFY_EMIT_H
#define WR_INSTRUMENT_ASYNCIFY_ASYNCIFY_EMIT_H

#include "asyncify_parts.h"
#include "ir/labels.h"
#include "ir/walk.h"

// A block that begins at the start of its region. They are kept in the order in which they end.
typedef struct wr_async_opening {
    wr_ins ins;    // the instruction that opens it, named
    bool is_entry; // it ends at an entry
} wr_async_opening;

// Where rewinding enters: at a point, or at an inner region with the points from `first` on.
typedef struct wr_async_entry {
    uint32_t label, first;
} wr_async_entry;

typedef struct wr_async_region {
    uint32_t first, end; // its points
    uint32_t next;       // the next entry to come, when the body is written
    bool starts;         // so far there is no code in it
    bool at_once;        // it starts with its first entry
    WR_VEC(wr_async_opening) openings;
    WR_VEC(wr_async_entry) entries;
} wr_async_region;

typedef struct wr_async_emitter {
    wr_async_work *w;
    wr_arena *arena;
    wr_body *body;
    const wr_u32s *saved;
    const wr_valtype *types; // of locals
    uint32_t names;          // of labels, so far
    uint32_t unwind;         // the label where frames are saved
    bool numbered;           // frames have the number of the call
    uint32_t pointer;        // local: the address of the frame
    uint8_t *with;           // by instruction that opens a block: there are points in it
    uint32_t *region_of;     // by instruction that opens a region with points: the region
    uint32_t *else_label;    // by if with points: the block that ends where its else begins
    WR_VEC(wr_async_region) regions;
    wr_walk walk; // the state of an open block: the region that its code is in
    WR_VEC(wr_ins) out;
} wr_async_emitter;

// Appends an instruction to the output.
static inline void wr_async_put(wr_async_emitter *e, wr_ins ins) { WR_PUSH(e->arena, e->out, ins); }
static inline void wr_async_put_op(wr_async_emitter *e, wr_op op) {
    wr_async_put(e, (wr_ins){.op = (uint16_t)op});
}
static inline void wr_async_put_index(wr_async_emitter *e, wr_op op, uint32_t index) {
    wr_async_put(e, (wr_ins){.op = (uint16_t)op, .a = index});
}
static inline void wr_async_put_const(wr_async_emitter *e, uint64_t value, bool is64) {
    wr_async_put(e, (wr_ins){.op = is64 ? WR_OP_I64_CONST : WR_OP_I32_CONST, .b = value});
}
static inline void wr_async_put_end(wr_async_emitter *e, uint32_t label) {
    wr_ins end = {.op = WR_OP_END};
    wr_set_block_name(&end, label);
    wr_async_put(e, end);
}

// A block, loop or if without parameters and results, named.
static inline wr_ins wr_async_block(wr_op op, uint32_t label) {
    wr_ins ins = {.op = (uint16_t)op, .x = WR_BLOCK_EMPTY};
    wr_set_block_name(&ins, label);
    return ins;
}

static inline bool wr_async_begins_region(unsigned op) { return op == WR_OP_LOOP || wr_is_try(op); }

static inline wr_async_region *wr_async_region_here(wr_async_emitter *e) {
    const uint32_t *region = wr_walk_state(&e->walk, 0);
    return &e->regions.v[*region];
}
// Enters the block that begins here: a region of its own, or 0 for part of the region around it.
static inline void wr_async_enter(wr_async_emitter *e, uint32_t region) {
    uint32_t *inner = wr_walk_enter(&e->walk), *outer = wr_walk_state(&e->walk, 0);
    *inner = region ? region : *outer;
}

// Whether a block of the program begins at the start of its region.
static inline bool wr_async_is_hoisted(const wr_async_emitter *e, uint32_t i) {
    return e->with[i] && !wr_async_begins_region(e->body->ins[i].op);
}

// Plans the regions, their entries, and the blocks that begin at their starts.
void wr_async_plan(wr_async_emitter *e);

// The bytes of a frame.
uint32_t wr_async_frame_size(const wr_async_emitter *e);
// Takes the frame off and sets locals to what it holds.
void wr_async_put_restore(wr_async_emitter *e);
// Adds a frame with the values of locals. The number of the call is on the stack, if frames have it.
void wr_async_put_save(wr_async_emitter *e);
// The zero of a type; refuses references that cannot be null.
void wr_async_put_zero(wr_async_emitter *e, wr_valtype type);

#endif
