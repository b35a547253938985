// The state of spilling, shared by its two walks: asyncify_operands.c finds operands and calls,
// asyncify_spill.c writes the code.
#ifndef WR_INSTRUMENT_ASYNCIFY_ASYNCIFY_SPILL_H
#define WR_INSTRUMENT_ASYNCIFY_ASYNCIFY_SPILL_H

#include "analysis/typing.h"
#include "asyncify_parts.h"

// An operand: `below` is the one under it on the stack; the instructions first to last compute it, if first
// is not WR_NONE.
typedef struct wr_async_operand {
    uint32_t below, depth, first, last;
    wr_valtype type;
    uint8_t wanted; // it is on the stack at a call that may be suspended: see enum
} wr_async_operand;
enum { WR_WANTED_AS_ARGUMENT = 1, WR_WANTED_LATER = 2 };

// An open block.
typedef struct wr_async_frame {
    uint32_t start;  // the instruction that opens it, WR_NONE for the body
    uint32_t base;   // the operand under it
    bool raw;        // opened where operands are unknown
    bool dead;       // opened in code that is never reached
    bool in_handler; // in a handler of exceptions
    bool has_points;
    uint32_t hidden; // second walk: operands of the frame below this depth are not on the stack
} wr_async_frame;

enum { WR_NO_POINT, WR_POINT, WR_POINT_IN_HANDLER };
enum { WR_ON_STACK, WR_IN_LOCAL, WR_DELAYED };

typedef struct wr_async_slot {
    uint8_t where;
    uint32_t what; // the local, or the operand
} wr_async_slot;

typedef struct wr_async_spilling {
    wr_async_work *w;
    wr_arena *arena;
    wr_body *body;
    wr_typer typer;
    WR_VEC(wr_async_operand) operands; // operands.v[0] stands for the empty stack
    WR_VEC(wr_async_frame) frames;
    uint32_t top;      // the operand on top
    bool dead;         // code here is never reached
    uint32_t *top_at;  // by instruction: the top in front of it
    uint32_t *low;     // by instruction: the depth below which it leaves operands alone
    uint8_t *raw;      // by instruction: operands are unknown, as in dead code
    uint8_t *point;    // by instruction
    uint8_t *with;     // by instruction that opens a block: it has calls in it that may be suspended
    uint32_t *delayed; // by instruction: the operand that begins here and is computed later, or 0
    // The second walk:
    WR_VEC(wr_ins) out;
    WR_VEC(wr_async_slot) slots; // by depth
    wr_u32s reading;             // depths of delayed operands that read locals
    wr_async_points points;
} wr_async_spilling;

static inline uint32_t wr_async_depth(const wr_async_spilling *s, uint32_t top) {
    return s->operands.v[top].depth;
}

static inline wr_async_frame *wr_async_inner(wr_async_spilling *s) { return &s->frames.v[s->frames.n - 1]; }
static inline bool wr_async_calls_instrumented(const wr_async_spilling *s, const wr_ins *ins) {
    return ins->op == WR_OP_CALL && s->w->reach->instrumented[wr_ins_func(ins)];
}

// The first walk.
void wr_async_find_operands(wr_async_spilling *s);

#endif
