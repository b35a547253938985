// The entities of the module that instructions name: collecting them into summaries, and renaming them.
#ifndef WR_IR_REFS_H
#define WR_IR_REFS_H

#include "body.h"

// Collects the entities that a run of instructions names, each once, with counts. A collector belongs to one
// thread and is reused from function to function; its tables grow with the module, not with the number of
// functions.
typedef struct wr_collector {
    wr_arena *arena;              // of the tables
    uint32_t *slot[WR_REF_KINDS]; // by index: position in `uses`, valid only if in range and the use there
                                  // points back
    uint32_t size[WR_REF_KINDS];
    WR_VEC(wr_use) uses;
    uint64_t features;
    uint32_t ninstructions;
    bool takes_refs;
} wr_collector;

void wr_collector_init(wr_collector *c, wr_arena *arena);
void wr_collector_begin(wr_collector *c, const wr_module *m);
void wr_collector_add(wr_collector *c, unsigned space, uint32_t index);
void wr_collector_add_many(wr_collector *c, unsigned space, uint32_t index, uint32_t count);
void wr_collector_add_valtype(wr_collector *c, wr_valtype type);
void wr_collector_add_ins(wr_collector *c, const wr_ins *ins, const uint32_t *ext);
// Collects from a constant expression, or from code without local declarations.
void wr_collector_add_code(wr_collector *c, wr_env *env, wr_slice code, uint64_t offset);
// Collects from a whole body, local declarations included.
void wr_collector_add_body(wr_collector *c, wr_env *env, wr_slice body, uint64_t offset);
// Copies what was collected into the summary; its uses are in the arena.
void wr_collector_end(wr_collector *c, wr_arena *arena, wr_summary *summary);

// Computes the summary of a body that a pass wrote; its uses are in env->code. Its features are those of the
// instructions.
void wr_collector_summarize(wr_collector *c, wr_env *env, const wr_module *m, wr_func *func);
// The same for a body that is still at hand in its working form; its branches name depths.
void wr_collector_summarize_body(wr_collector *c, wr_env *env, const wr_module *m, wr_func *func,
                                 const wr_body *body);

// Maps old indices to new ones, by space; WR_NONE for entities that were removed. A NULL table is the
// identity.
typedef struct wr_remap {
    const uint32_t *to[WR_SPACES];
} wr_remap;

static inline uint32_t wr_remap_index(const wr_remap *map, unsigned space, uint32_t index) {
    return map->to[space] ? map->to[space][index] : index;
}
wr_valtype wr_remap_valtype(const wr_remap *map, wr_valtype type);
// Renames what the instruction names, in place. Returns whether anything changed.
bool wr_remap_ins(const wr_remap *map, wr_ins *ins, uint32_t *ext);

#endif
