// The state of inlining into one function, shared by its two files: inline_expand.c copies code, and
// inline_locals.c turns arguments and the callee's locals into locals of the function.
#ifndef WR_PASSES_IPO_INLINE_EXPAND_H
#define WR_PASSES_IPO_INLINE_EXPAND_H

#include "inline.h"

// A body that is being copied: the function's own, or that of a callee.
typedef struct wr_inline_frame {
    const struct wr_inline_frame *caller; // NULL for the function itself
    const wr_param_use *callee;           // NULL for the function itself
    const wr_body *body;
    wr_ins *as;       // by local: the instruction that reads it; NOP: not decided yet
    uint32_t ext;     // where its words start in `ext` of the output
    uint32_t depth;   // open blocks of this body, and the one around it
    uint32_t first;   // its first instruction in the output
    bool is_tail;     // leaving it leaves the function as well
    uint32_t site;    // its call site in the output; 0: the function itself
    uint32_t origins; // the number of origins in the output before its own
} wr_inline_frame;

typedef struct wr_inline_expander {
    wr_env *env;
    wr_arena *arena;
    const wr_inlining *in;
    WR_VEC(wr_ins) out;
    // Bytes of `out`, less those of the functions that are gone since they were inlined. Only differences
    // within inlined code count: see copy_body.
    int64_t cost;
    wr_u32s ext;
    wr_u32s open;             // instructions of open blocks of the output
    uint32_t nloops, ntries;  // how many of those are loops, and tries
    uint32_t first_new;       // the index of the first new local
    WR_VEC(wr_valtype) types; // of new locals
    wr_inline_sites sites;    // of the output
    wr_origins origins;
    bool any;
} wr_inline_expander;

// Appends an instruction to the output.
void wr_inline_put(wr_inline_expander *x, wr_ins ins);
void wr_inline_put_op(wr_inline_expander *x, unsigned op, uint32_t a);
// Removes the last n instructions from the output and returns them.
wr_ins *wr_inline_take_back(wr_inline_expander *x, uint32_t n);

// The instruction that reads a local of the frame; allocates a local of the output if it has none yet.
wr_ins wr_inline_local(wr_inline_expander *x, wr_inline_frame *f, uint32_t local);
// How many of the last arguments are single instructions at the end of the output.
uint32_t wr_inline_plain_args(const wr_inline_expander *x, uint32_t nparams);
// Takes the arguments beyond the first `kept` from the stack.
void wr_inline_take_args(wr_inline_expander *x, wr_inline_frame *f, uint32_t kept);
// Zeroes the callee's locals if the place is in a loop; elsewhere new locals are zero.
void wr_inline_zero_locals(wr_inline_expander *x, wr_inline_frame *f);
// Declares the new locals, grouped by type.
void wr_inline_declare_locals(wr_inline_expander *x, wr_body *body);

#endif
