// The reference graph outside a module, as wasm-metadce receives it: nodes that refer to each other, some of
// which are imports and exports of the module, and some roots.
#ifndef WR_CLI_WASM_METADCE_GRAPH_H
#define WR_CLI_WASM_METADCE_GRAPH_H

#include "support/env.h"

typedef struct wr_graph_node {
    const char *name;
    const char *export;          // NULL: no export
    const char *module, *import; // NULL: no import
    uint32_t *reaches;
    uint32_t nreaches;
    bool reached;
} wr_graph_node;

typedef struct wr_graph {
    wr_graph_node *nodes;
    uint32_t nnodes;
    wr_u32s queue; // nodes that are reached but whose successors have not been visited
} wr_graph;

// Reads the description, JSON as emcc writes it, into env->perm, and marks what the roots reach. Throws if it
// is malformed.
void wr_graph_read(wr_env *env, wr_slice text, wr_graph *graph);

// Marks a node and all that it reaches.
void wr_graph_reach(wr_env *env, wr_graph *graph, uint32_t node);

#endif
