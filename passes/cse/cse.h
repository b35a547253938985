// What the two files of the reuse pass share. reuse_find.c finds what is computed again, reuse.c chooses.
#ifndef WR_PASSES_CSE_CSE_H
#define WR_PASSES_CSE_CSE_H

#include "passes/manager/bodies.h"

#define WR_CSE_SIZE 64 // most instructions of an expression

// An expression that was computed, or the value that a store left where a load may find it.
typedef struct wr_cse_computed {
    uint64_t hash;
    uint32_t end;   // the expression's last instruction; of a store that of its address
    uint32_t store; // the store, WR_NONE for expressions
    uint32_t next;  // in its bucket, WR_NONE at the end
} wr_cse_computed;

typedef struct wr_cse_scope {
    uint32_t computed; // known when the block began
    uint32_t barrier;  // outside of it
} wr_cse_scope;

typedef struct wr_cse {
    wr_arena *arena;
    const wr_module *m;
    wr_body *body;
    const uint32_t *start; // of the expressions, by their last instruction
    uint64_t *hash;        // of all instructions before
    uint64_t power[WR_CSE_SIZE + 1];
    uint32_t *bucket, mask;
    WR_VEC(wr_cse_computed) computed;
    WR_VEC(wr_cse_scope) scopes;
    wr_u32s stores;          // that write one place each, all since the last other write
    uint32_t barrier;        // what is before it doesn't count: the innermost loop's start
    uint32_t forbidden;      // behind the last instruction that can't be in an expression
    uint32_t read, written;  // behind the last that reads or writes more than locals, but for those stores
    uint32_t *local_written; // likewise, by local
    // By last instruction of an expression, WR_NONE if there is none:
    uint32_t *same;   // the expression or store before that gives its value
    uint32_t *source; // what gives the value now: a constant, or the set, tee or get of a local
    uint32_t *local;  // the new local that gets the value
    uint32_t *saved;  // bytes that its repetitions would save
    uint8_t *needed;  // some repetition counts on it
    uint8_t *gone;
} wr_cse;

// Fills same and source.
void wr_cse_find(wr_cse *r);
// The type of a number that the expression leaves, WR_BOTTOM for what is not looked at: single instructions
// and references.
wr_valtype wr_cse_type(const wr_cse *r, uint32_t i);

#endif
