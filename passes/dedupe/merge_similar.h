// Merging of functions that differ in holes: constants, and direct callees of one type. Parts of
// merge_similar.c.
#ifndef WR_PASSES_DEDUPE_MERGE_SIMILAR_H
#define WR_PASSES_DEDUPE_MERGE_SIMILAR_H

#include "analysis/cost.h"
#include "passes/ipo/call_cost.h"
#include "passes/manager/pass.h"

// By function: the same for functions that differ in holes only, 0 for those that are too short to merge. In
// env->pass.
uint64_t *wr_merge_similar_hash(wr_context *c, const uint32_t *canon);

// The functions of a group, and for each its holes' contents in order of the body: a constant's bits or a
// function.
typedef struct wr_similar_func {
    uint32_t n, nholes;
    const uint32_t *funcs;
    const uint16_t *ops;          // by hole: of the constant, or WR_OP_CALL or WR_OP_RETURN_CALL
    const uint64_t *const *holes; // by function, then hole
    const int8_t *levels;         // by hole: see wr_block_frequency
} wr_similar_func;

enum { WR_HOLE_SAME = -1 }; // the column of a hole with the same contents everywhere

// How some functions of a group would become one. Holes with the same contents in every function share a
// column.
typedef struct wr_parameterized {
    uint32_t n, ncolumns;
    const uint32_t *members; // places in the group
    const int32_t *column;   // by hole: its column, or WR_HOLE_SAME
    const uint32_t *first;   // by column: its first hole
    bool selects;            // callees differ and are chosen by a number that the caller passes
    int64_t saving;          // bytes
} wr_parameterized;

typedef struct wr_parameterizer {
    wr_context *c;
    wr_collector *collector; // of the calling thread
    wr_cost cost;
    wr_call_cost heat;
    const uint64_t *uses;    // by function
    uint8_t *named;          // by function: by more than direct calls
    uint8_t *gone;           // by function: merged, its calls redirected
    const uint8_t *circular; // by function: calls itself, perhaps by way of others
    bool by_reference;       // callees may be passed as typed references
} wr_parameterizer;

static inline bool wr_merge_similar_is_callee(const wr_similar_func *group, uint32_t hole) {
    return group->ops[hole] == WR_OP_CALL || group->ops[hole] == WR_OP_RETURN_CALL;
}

// Bytes of the call with its constants that stands for a function: as a body, or at all its call sites;
// whether the call sites are changed, which they can be if nothing else names the function.
typedef struct wr_similar_thunk {
    uint64_t bytes;
    bool at_sites;
} wr_similar_thunk;

// The arguments that a member passes beyond its own parameters, one a column, then the selector. In arena.
wr_ins *wr_merge_similar_arguments(wr_arena *arena, const wr_similar_func *group,
                                   const wr_parameterized *blend, uint32_t member, uint32_t *n);
wr_similar_thunk wr_merge_similar_thunk(const wr_parameterizer *b, const wr_similar_func *group,
                                        const wr_parameterized *blend, uint32_t member);

// The best way to merge these members of the group, as blends appended to the list. Uses and keeps env->temp.
typedef WR_VEC(wr_parameterized) wr_parameterized_list;
int64_t wr_merge_similar_plan(const wr_parameterizer *b, wr_env *env, const wr_similar_func *group,
                              const uint32_t *members, uint32_t n, wr_parameterized_list *blends);

// Notes that the functions to which the blend passes references must stay.
void wr_merge_similar_keep_referenced(const wr_parameterizer *b, const wr_similar_func *group,
                                      const wr_parameterized *blend);

// What becomes of a function: its calls are calls of `to` with these arguments appended.
typedef struct wr_redirect {
    uint32_t to, nargs;
    const wr_ins *args;
} wr_redirect;

// Adds the blend's function and its dispatchers to the module.
uint32_t wr_merge_similar_build(const wr_parameterizer *b, const wr_similar_func *group,
                                const wr_parameterized *blend);

#endif
