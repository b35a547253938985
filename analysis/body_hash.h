// The shape of a body: what is left when types are canonical, alignment hints are gone, and the functions
// that it names are taken out. Functions of one shape differ at most in those names (and in constants, for
// who takes them out too).
#ifndef WR_ANALYSIS_BODY_HASH_H
#define WR_ANALYSIS_BODY_HASH_H

#include "ir/refs.h"

typedef struct wr_body_hash {
    wr_reader r;
    wr_remap map;    // types to their canonical ones
    wr_arena *arena; // scratch
    wr_local_runs runs;
    wr_u32s ext;
    wr_ins ins;    // canonical, without the function
    uint32_t func; // what the instruction named, or WR_NONE
} wr_body_hash;

// The table from types to canonical types, for the functions below.
uint32_t *wr_body_hash_canon_types(wr_arena *arena, const wr_module *m);

// Starts at the head of a function's body: reads its locals, neighbours of one type joined. arena is for
// scratch.
void wr_body_hash_begin(wr_body_hash *s, wr_env *env, wr_arena *arena, const wr_module *m,
                        const uint32_t *canon, uint32_t func);
// The next instruction; false at the end of the body.
bool wr_body_hash_next(wr_body_hash *s);

// What decides about equality: of the locals, and of the instruction in hand.
uint64_t wr_body_hash_locals(const wr_body_hash *s, uint64_t hash);
uint64_t wr_body_hash_ins(const wr_body_hash *s, uint64_t hash);
bool wr_body_hash_same_locals(const wr_body_hash *a, const wr_body_hash *b);
bool wr_body_hash_same_ins(const wr_body_hash *a, const wr_body_hash *b);

#endif
