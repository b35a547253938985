// Shared by the two files of cse: cse_find.c finds redundant expressions, cse.c chooses which to replace.
#ifndef WR_PASSES_CSE_CSE_H
#define WR_PASSES_CSE_CSE_H

#include "ir/walk.h"
#include "passes/manager/bodies.h"

#define WR_CSE_SIZE 64 // the most instructions of an expression

// An available expression, or the value of a store that a load may find.
typedef struct wr_cse_computed {
    uint64_t hash;
    uint32_t end;   // the expression's last instruction; of a store that of its address
    uint32_t store; // the store, WR_NONE for expressions
    uint32_t next;  // in its bucket, WR_NONE at the end
} wr_cse_computed;

typedef struct wr_cse_scope { // of an open block
    uint32_t computed;        // entries that were available when the block began
    uint32_t barrier;         // the barrier outside of the block
} wr_cse_scope;

typedef struct wr_cse {
    wr_arena *arena;
    const wr_module *m;
    wr_body *body;
    const uint32_t *start; // by the last instruction of an expression: its first
    uint64_t *hash;        // by instruction: the hash of all instructions before it
    uint64_t power[WR_CSE_SIZE + 1];
    uint32_t *bucket, mask;
    WR_VEC(wr_cse_computed) computed;
    wr_walk walk;       // its states are scopes
    wr_u32s stores;     // stores that each write one known place, all since the last other write
    uint32_t barrier;   // nothing before this is available: the start of the innermost loop
    uint32_t forbidden; // after the last instruction that cannot be part of an expression
    // After the last instruction that reads, or writes, more than locals; without the stores above.
    uint32_t read, written;
    uint32_t *local_written; // by local: after the last instruction that writes it
    // By the last instruction of an expression, WR_NONE if there is none:
    uint32_t *same;   // the earlier expression or store that has its value
    uint32_t *source; // where the value is found now: a constant, or the set, tee or get of a local
    uint32_t *local;  // the new local that holds the value
    uint32_t *saved;  // bytes that replacing its repetitions would save
    uint8_t *needed;  // a replaced repetition relies on it
    uint8_t *gone;
} wr_cse;

// Fills `same` and `source`.
void wr_cse_find(wr_cse *r);
// The number type of the expression's value; WR_BOTTOM for expressions that are not considered: single
// instructions and references.
wr_valtype wr_cse_type(const wr_cse *r, uint32_t i);

// The load that gives back what a store stored, WR_OP_NOP if the store keeps only part of its value.
unsigned wr_cse_load_of(unsigned store);

#endif
