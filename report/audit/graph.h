// The reference graph of a module. Its nodes are functions, tables, memories, globals, tags, segments and
// types; its roots are exports, the start function and segments that the host can see. On it are computed
// dominators (what goes if this goes) and the best paths (why is this here): those with the fewest calls
// through tables, and of these the shortest. The edges are those of dead code elimination, so retained sizes
// are what a removal really frees.
//
// Linear memory has no such edges. If pieces are requested, active segments are cut at every address that a
// constant in the code, a global or a pointer-sized word of data names, and whatever names an address is
// taken to refer to the piece that begins there. This is an estimate, and it is kept apart in the sums.
#ifndef WR_REPORT_AUDIT_GRAPH_H
#define WR_REPORT_AUDIT_GRAPH_H

#include "analysis/body_stats.h"
#include "size_map.h"
#include "report/readers/linking.h"
#include "passes/manager/config.h"

typedef struct wr_piece {
    uint64_t address;
    uint32_t data;   // segment
    uint32_t offset; // in its bytes
    uint32_t size;
} wr_piece;

typedef struct wr_graph {
    uint32_t n;               // nodes; 0 is the root
    uint32_t base[WR_SPACES]; // node of entity 0 of each space; types by their canonical numbers
    uint32_t first_piece;
    wr_piece *pieces; // by address
    uint32_t npieces;
    uint32_t *start, *edges; // successors of node v: edges[start[v] .. start[v + 1])
    uint32_t *size;          // own bytes of each node
    uint32_t *parent;        // on the best path from the root; WR_NONE: dead
    uint32_t *idom;          // immediate dominator; WR_NONE for the root and dead nodes
    uint32_t *order;         // live nodes, each after its dominator
    uint32_t norder;
    uint64_t *retained;      // bytes retained by the node, its own included, without pieces
    uint64_t *retained_data; // bytes of pieces retained by the node
} wr_graph;

typedef struct wr_edge {
    uint32_t from, to;
} wr_edge;

typedef struct wr_graph_options {
    const wr_patterns *keep_exports; // roots among the exports; NULL or not given: all
    bool pieces;
    const wr_linking *linking; // symbols of data are pieces; an object's functions that others may refer to
                               // are roots. May be NULL
} wr_graph_options;

// Needs a validated module, its size map and its sweep. Results are in env->perm.
void wr_graph_make(wr_env *env, const wr_module *m, const wr_size_map *inv, const wr_body_sweep *sweep,
                   const wr_graph_options *options, wr_graph *graph);

// Fills in successors, parents and dominators from the nodes and these edges. Results are in env->perm.
void wr_graph_connect(wr_env *env, wr_graph *graph, const wr_edge *edges, uint32_t nedges);

// Sums what each node retains. By node, `stays` are bytes of it that go only with the node that holds them,
// and `holds` the bytes that a node so holds.
void wr_graph_sum(wr_env *env, wr_graph *graph, const uint32_t *stays, const uint32_t *holds);

// The node of the piece that begins at the address, WR_NONE if none does.
uint32_t wr_graph_piece_at(const wr_graph *graph, uint64_t address);

// Whether the edge stands for a call that only a table or a pointer in data makes possible.
bool wr_graph_is_dispatch(const wr_graph *graph, uint32_t from, uint32_t to);

// The space of a node, WR_NO_SPACE for the root and pieces; *index is the entity's or the piece's.
unsigned wr_graph_node_space(const wr_graph *graph, uint32_t node, uint32_t *index);

// Whether the export is a root with these options.
bool wr_graph_is_kept_export(const wr_graph_options *options, const wr_export *export);

#endif
