// Hashes and compares the canonical shape of a body: its instructions with canonical types, without alignment
// hints, and with the functions that it names taken out. Two functions of one shape differ at most in the
// functions that they name (and in constants, if the caller takes these out as well).
#ifndef WR_ANALYSIS_BODY_HASH_H
#define WR_ANALYSIS_BODY_HASH_H

#include "ir/refs.h"

typedef struct wr_body_hash {
    wr_reader r;
    wr_remap map;    // from types to canonical types
    wr_arena *arena; // scratch
    wr_local_runs runs;
    wr_u32s ext;
    wr_ins ins;    // the current instruction, canonical and without the function
    uint32_t func; // the function that the instruction named, or WR_NONE
} wr_body_hash;

// The table from types to canonical types that wr_body_hash_begin takes.
uint32_t *wr_body_hash_canon_types(wr_arena *arena, const wr_module *m);

// By function, in arena: whether another live function has its type and its number of instructions. If not,
// none has its shape, and there is no need to read the body to find out. In rare cases says so of others too.
uint8_t *wr_body_hash_may_repeat(wr_arena *arena, const wr_module *m, const uint32_t *canon);

// Starts at the beginning of a function's body: reads its locals and joins neighbouring runs of one type.
// arena is scratch space.
void wr_body_hash_begin(wr_body_hash *s, wr_env *env, wr_arena *arena, const wr_module *m,
                        const uint32_t *canon, uint32_t func);
// Reads the next instruction into s->ins. Returns false at the end of the body.
bool wr_body_hash_next(wr_body_hash *s);

// Hash and compare the locals, and the current instruction.
uint64_t wr_body_hash_locals(const wr_body_hash *s, uint64_t hash);
uint64_t wr_body_hash_ins(const wr_body_hash *s, uint64_t hash);
// A quicker hash of the current instruction and the function that it names, for statistics on short runs.
uint64_t wr_body_hash_token(const wr_body_hash *s);
// The hash of a run of tokens, extended by one more. Its high bits are the good ones.
static inline uint64_t wr_body_hash_run(uint64_t run, uint64_t token) {
    return run * 0x9e3779b97f4a7c15u + token;
}
bool wr_body_hash_same_locals(const wr_body_hash *a, const wr_body_hash *b);
bool wr_body_hash_same_ins(const wr_body_hash *a, const wr_body_hash *b);

#endif
