// Merging of functions that differ in holes: constants, and direct callees of one type. Parts of merge_similar.c.
#ifndef WR_PASSES_MERGE_SIMILAR_H
#define WR_PASSES_MERGE_SIMILAR_H

#include "passes/cost.h"
#include "passes/heat.h"
#include "passes/pass.h"

// By function: the same for functions that differ in holes only, 0 for those that are too short to merge. In env->pass.
uint64_t *wr_hash_alike(wr_context *c, const uint32_t *canon);

// The functions of a group, and for each its holes' contents in order of the body: a constant's bits or a function.
typedef struct wr_alike {
    uint32_t n, nholes;
    const uint32_t *funcs;
    const uint16_t *ops;            // by hole: of the constant, or WR_OP_CALL or WR_OP_RETURN_CALL
    const uint64_t *const *holes;   // by function, then hole
    const int8_t *levels;           // by hole: see wr_code_levels
} wr_alike;

enum { WR_HOLE_SAME = -1 }; // the column of a hole with the same contents everywhere

// How some functions of a group would become one. Holes with the same contents in every function share a column.
typedef struct wr_blend {
    uint32_t n, ncolumns;
    const uint32_t *members; // places in the group
    const int32_t *column;   // by hole: its column, or WR_HOLE_SAME
    const uint32_t *first;   // by column: its first hole
    bool selects;            // callees differ and are chosen by a number that the caller passes
    int64_t saving;          // bytes
} wr_blend;

typedef struct wr_blender {
    wr_context *c;
    wr_collector *collector; // of the calling thread
    wr_cost cost;
    wr_heat heat;
    const uint64_t *uses;  // by function
    uint8_t *named;        // by function: by more than direct calls
    uint8_t *gone;         // by function: merged, its calls redirected
    const uint8_t *circular; // by function: calls itself, perhaps by way of others
    bool by_reference;     // callees may be passed as typed references
} wr_blender;

static inline bool wr_is_callee(const wr_alike *group, uint32_t hole) {
    return group->ops[hole] == WR_OP_CALL || group->ops[hole] == WR_OP_RETURN_CALL;
}

// Bytes of the call with its constants that stands for a function: as a body, or at all its call sites; whether the call
// sites are changed, which they can be if nothing else names the function.
typedef struct wr_standin {
    uint64_t bytes;
    bool at_sites;
} wr_standin;

// The arguments that a member passes beyond its own parameters, one a column, then the selector. In arena.
wr_ins *wr_blend_arguments(wr_arena *arena, const wr_alike *group, const wr_blend *blend, uint32_t member, uint32_t *n);
wr_standin wr_stand_in(const wr_blender *b, const wr_alike *group, const wr_blend *blend, uint32_t member);

// The best way to merge these members of the group, as blends appended to the list. Uses and keeps env->temp.
typedef WR_VEC(wr_blend) wr_blends;
int64_t wr_plan_blends(const wr_blender *b, wr_env *env, const wr_alike *group, const uint32_t *members, uint32_t n,
                       wr_blends *blends);

// Notes that the functions to which the blend passes references must stay.
void wr_keep_referenced(const wr_blender *b, const wr_alike *group, const wr_blend *blend);

// What becomes of a function: its calls are calls of `to` with these arguments appended.
typedef struct wr_redirect {
    uint32_t to, nargs;
    const wr_ins *args;
} wr_redirect;

// Adds the blend's function and its dispatchers to the module.
uint32_t wr_build_blend(const wr_blender *b, const wr_alike *group, const wr_blend *blend);

#endif
