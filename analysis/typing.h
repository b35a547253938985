// Tracks the operand types of a body that is known to be valid, for passes that move code to places where
// types must be written down. This is not the validator: nothing is checked. Some rare instructions, such as
// those on continuations and br_on_cast, are not supported; after one of these, as in dead code, types are
// unknown until the block ends.
#ifndef WR_ANALYSIS_TYPING_H
#define WR_ANALYSIS_TYPING_H

#include "ir/body.h"

// The types that an instruction pops and pushes, first operand first.
typedef struct wr_sig {
    const wr_valtype *pop, *push;
    uint32_t npop, npush;
    wr_valtype store[5];
} wr_sig;

typedef struct wr_typed_frame {
    uint32_t start;  // the instruction that opens it; WR_NONE for the body
    uint32_t height; // height of the stack below its parameters
    bool is_dead;    // the whole block is in code whose types are unknown
} wr_typed_frame;

typedef struct wr_typer {
    wr_arena *arena;
    const wr_module *m;
    const wr_body *body;
    const wr_valtype *locals; // their types, by index
    WR_VEC(wr_valtype) vals;
    WR_VEC(wr_typed_frame) frames;
    bool lost; // the types on the stack of the current block are unknown here
} wr_typer;

// The types of all locals, in arena.
const wr_valtype *wr_typing_locals(wr_arena *arena, const wr_module *m, const wr_body *body);

void wr_typer_begin(wr_typer *t, wr_arena *arena, const wr_module *m, const wr_body *body);
// The signature of ins, the next instruction. Returns false if it is unknown, and for control instructions.
bool wr_typer_sig(const wr_typer *t, const wr_ins *ins, wr_sig *sig);
// Advances past instruction i.
void wr_typer_step(wr_typer *t, uint32_t i);
// Advances past an instruction that is not a control instruction, with the signature that wr_typer_sig gave.
void wr_typer_apply(wr_typer *t, const wr_sig *sig);

// The parameter and result types of a block instruction (block, loop, if, try, try_table). `single` stores a
// single result.
typedef struct wr_block_sig {
    const wr_valtype *params, *results;
    uint32_t nparams, nresults;
    wr_valtype single;
} wr_block_sig;
void wr_typing_block_sig(const wr_module *m, const wr_ins *ins, wr_block_sig *sig);

#endif
