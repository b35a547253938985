// What things cost in the output, in bytes, under the layout that the module would get as it stands: the one
// byte-cost model of the passes that trade size. Indices are counted at their lengths in that layout;
// entities added later, and functions that are still a plan, are placed by how often they would be used.
#ifndef WR_ANALYSIS_COST_H
#define WR_ANALYSIS_COST_H

#include "ir/ins.h"
#include "ir/encode/layout.h"

typedef struct wr_cost {
    const wr_module *m;
    uint8_t *index_size[WR_SPACES]; // by index in the module's numbering
    uint32_t n[WR_SPACES];          // of those tables
    // limit[space][i]: the uses of the least used entity whose index has at most i + 1 bytes, 0 while there
    // is room.
    uint64_t limit[WR_SPACES][4];
    uint32_t ntypes_live; // that the layout keeps
} wr_cost;

// From the live bits and the summaries. Tables go to env->pass; uses env->temp.
void wr_cost_init(wr_cost *cost, wr_env *env, const wr_module *m);

// Bytes of the index when code names the entity.
size_t wr_cost_index(const wr_cost *cost, unsigned space, uint32_t index);
// Bytes of the instruction.
size_t wr_cost_ins(const wr_cost *cost, const wr_ins *ins, const uint32_t *ext);
// Bytes of all the indices in the places that would name a new entity, including what it takes from the
// entity that loses its short index to it.
uint64_t wr_cost_new_indices(const wr_cost *cost, unsigned space, uint64_t uses);
// Bytes of one of those indices.
unsigned wr_cost_new_index(const wr_cost *cost, unsigned space, uint64_t uses);
// Bytes of a new function outside of its body's bytes: the length before them and the entry in the function
// section.
size_t wr_cost_func(const wr_cost *cost, size_t body_size);
// Bytes of a function type: 0 if the module has it.
size_t wr_cost_func_type(const wr_cost *cost, const wr_valtype *params, uint32_t nparams,
                         const wr_valtype *results, uint32_t nresults);

#endif
