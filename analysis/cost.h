// The byte-cost model of the passes that trade size: what instructions, functions and indices cost in the
// output, under the layout that the module would get as it stands. The cost of an index is its LEB128 length
// in that layout. Entities that are added later, and functions that are only planned, are placed in the
// layout by the number of their uses.
#ifndef WR_ANALYSIS_COST_H
#define WR_ANALYSIS_COST_H

#include "ir/ins.h"
#include "ir/encode/layout.h"

typedef struct wr_cost {
    const wr_module *m;
    uint8_t *index_size[WR_SPACES]; // by index in the module's numbering
    uint32_t n[WR_SPACES];          // number of entries in these tables
    // limit[space][i]: the number of uses of the least used entity whose index has at most i + 1 bytes; 0
    // while there is room for more.
    uint64_t limit[WR_SPACES][4];
    uint32_t ntypes_live; // types that the layout keeps
} wr_cost;

// Builds the model from the live bits and the summaries. Its tables are in env->pass; uses env->temp.
void wr_cost_init(wr_cost *cost, wr_env *env, const wr_module *m);

// Bytes of the index where code names the entity.
size_t wr_cost_index(const wr_cost *cost, unsigned space, uint32_t index);
// Bytes of the instruction.
size_t wr_cost_ins(const wr_cost *cost, const wr_ins *ins, const uint32_t *ext);
// Bytes of all indices that would name a new entity with this many uses, including the bytes that are lost by
// the entity whose short index it takes.
uint64_t wr_cost_new_indices(const wr_cost *cost, unsigned space, uint64_t uses);
// Bytes of one such index.
unsigned wr_cost_new_index(const wr_cost *cost, unsigned space, uint64_t uses);
// Bytes of a new function besides those of its body: the body's length field and the entry in the function
// section.
size_t wr_cost_func(const wr_cost *cost, size_t body_size);

#endif
