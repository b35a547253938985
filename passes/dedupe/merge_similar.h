// Shared by merge_similar*.c, which merge functions that differ only in operand slots: constants, and direct
// callees of one type. No other file includes it.
//
// `merged` is the parameterized function, and its members are the functions of the group that it stands for.
#ifndef WR_PASSES_DEDUPE_MERGE_SIMILAR_H
#define WR_PASSES_DEDUPE_MERGE_SIMILAR_H

#include "analysis/cost.h"
#include "passes/manager/call_cost.h"
#include "passes/manager/pass.h"

// By function: a hash that is equal for functions that differ only in operand slots; 0 for functions that are
// too short to merge. In env->pass.
uint64_t *wr_merge_similar_hash(wr_context *c, const uint32_t *canon);

// A group of functions of one shape, with the contents of each function's slots in code order: the bits of a
// constant, or a callee.
typedef struct wr_similar_func {
    uint32_t n, nslots;
    const uint32_t *funcs;
    const uint16_t *ops;          // by slot: the constant's opcode, or WR_OP_CALL or WR_OP_RETURN_CALL
    const uint64_t *const *slots; // by function, then slot
    const int8_t *levels;         // by slot: see wr_block_frequency
} wr_similar_func;

enum { WR_SLOT_SAME = -1 }; // the parameter of a slot whose contents are the same in all members

// How some functions of a group would be merged into one. Slots whose contents agree in every function share
// a parameter.
typedef struct wr_parameterized {
    uint32_t n, nparameters;
    const uint32_t *members;  // their positions in the group
    const int32_t *parameter; // by slot: its parameter, or WR_SLOT_SAME
    const uint32_t *first;    // by parameter: its first slot
    bool selects;             // callees differ, and are chosen by a selector that the caller passes
    int64_t saving;           // bytes saved
} wr_parameterized;

typedef struct wr_parameterizer {
    wr_context *c;
    wr_collector *collector; // the calling thread's
    wr_cost cost;
    wr_call_cost call_cost;
    const uint64_t *uses;     // number of uses, by function
    uint8_t *named;           // by function: address-taken, or named otherwise than by direct calls
    uint8_t *gone;            // by function: merged, and its calls redirected
    const uint8_t *recursive; // by function: recursive, directly or through others
    bool by_reference;        // callees may be passed as typed references
} wr_parameterizer;

static inline bool wr_merge_similar_is_callee(const wr_similar_func *group, uint32_t slot) {
    return group->ops[slot] == WR_OP_CALL || group->ops[slot] == WR_OP_RETURN_CALL;
}

// The size of what replaces a function: of a thunk, or of the additional arguments at all its call sites.
// Call sites can be changed only if nothing else names the function.
typedef struct wr_similar_thunk {
    uint64_t bytes;
    bool at_sites;
} wr_similar_thunk;

// The arguments that a member passes in addition to its own parameters: one for each of its parameters, then
// the selector. In arena.
wr_ins *wr_merge_similar_arguments(wr_arena *arena, const wr_similar_func *group,
                                   const wr_parameterized *merged, uint32_t member, uint32_t *n);
wr_similar_thunk wr_merge_similar_thunk(const wr_parameterizer *b, const wr_similar_func *group,
                                        const wr_parameterized *merged, uint32_t member);

// Finds the best way to merge these members of the group and appends the merges to the list, which is in
// env->temp. Returns the bytes saved.
typedef WR_VEC(wr_parameterized) wr_parameterized_list;
int64_t wr_merge_similar_plan(const wr_parameterizer *b, wr_env *env, const wr_similar_func *group,
                              const uint32_t *members, uint32_t n, wr_parameterized_list *merges);

// Marks the callees that are passed by reference as named, so that they stay.
void wr_merge_similar_keep_referenced(const wr_parameterizer *b, const wr_similar_func *group,
                                      const wr_parameterized *merged);

// Calls of the function become calls of `to` with these arguments appended.
typedef struct wr_redirect {
    uint32_t to, nargs;
    const wr_ins *args;
} wr_redirect;

// Adds the parameterized function and its dispatchers to the module. Returns the function's index.
uint32_t wr_merge_similar_build(const wr_parameterizer *b, const wr_similar_func *group,
                                const wr_parameterized *merged);

#endif
