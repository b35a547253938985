// The state of building a graph, shared by its parts: graph_pieces.c cuts data, graph.c does the rest.
#ifndef WR_REPORT_AUDIT_GRAPH_PARTS_H
#define WR_REPORT_AUDIT_GRAPH_PARTS_H

#include "graph.h"

// An active segment at a constant address.
typedef struct wr_graph_range {
    uint64_t low, high;
    uint32_t data;
} wr_graph_range;

typedef struct wr_graph_builder {
    wr_env *env;
    const wr_module *m;
    const wr_size_map *inv;
    const wr_body_sweep *sweep;
    const wr_graph_options *options;
    wr_graph *g;
    WR_VEC(wr_edge) edges;
    WR_VEC(wr_graph_range) ranges;
    wr_collector collector;
    uint32_t *stays; // by node: bytes of a function that its segment keeps when nothing calls it
    uint32_t *holds; // by node: all of those that go with it
} wr_graph_builder;

// Cuts active segments of memory 0 into pieces, if the options ask for them.
void wr_graph_make_pieces(wr_graph_builder *b);
// Calls fn for the aligned words of a run of data that may be addresses.
void wr_graph_each_pointer(wr_graph_builder *b, uint64_t address, wr_slice bytes,
                           void (*fn)(wr_graph_builder *, void *, uint64_t), void *arg);
// The constant that a global of the module's own begins with. Returns false if it is none.
bool wr_graph_global_address(wr_graph_builder *b, uint32_t global, uint64_t *address);

#endif
