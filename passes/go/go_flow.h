// The control-flow graph of a Go function. Its nodes are segments: the code between the ends of the blocks
// that the dispatch branches to. Its edges are jumps between segments; loops are found in it.
//
// Resume points are not edges: a loop that is entered through one is handled by whoever lays the segments
// out.
#ifndef WR_PASSES_GO_GO_FLOW_H
#define WR_PASSES_GO_GO_FLOW_H

#include "go_code.h"

#define WR_GO_DEEPEST_LOOP 64

typedef struct wr_go_edge {
    uint32_t from, to; // segments
    uint32_t pc_b;     // the PC_B by which the dispatch finds `to`: an index in the table
} wr_go_edge;

typedef struct wr_go_segment {
    uint32_t from, to;   // its instructions are list[from .. to)
    uint32_t label;      // label of the block that ends before it
    uint32_t pc_b;       // a PC_B that continues here
    uint32_t first_edge; // its first edge; its edges end where those of the next segment start
    bool falls;          // control may fall into the next segment, or out of the loop if it is the last one
    bool resumes;        // it is a resume point
    bool reached;        // reachable from the entry or from a resume point
    uint32_t loop;       // the header of its innermost loop (a header's is its own), or WR_NONE
    uint32_t outer;      // of a header: the header of the enclosing loop, or WR_NONE
} wr_go_segment;

typedef struct wr_go_flow {
    wr_go_code *code;
    wr_go_segment *segments; // n segments and a sentinel that only has first_edge
    uint32_t n;
    WR_VEC(wr_go_edge) edges; // sorted by `from`
    uint32_t *by_label;       // by label: the segment, or WR_NONE
    uint32_t tail;            // position in list of the end of the loop around the dispatch
    uint32_t *postorder;      // the reached segments in postorder; filled by wr_go_find_loops
    uint32_t nreached;
} wr_go_flow;

// Reads the control-flow graph. Returns false if the function does not have the known shape: consecutive
// segments in one loop, each of them in the table.
bool wr_go_read_flow(wr_go_code *code, const uint8_t *resumes, wr_go_flow *flow);
// Fills in `reached` and, if loops are wanted, `loop` and `outer` with the natural loops. Loops with a resume
// point other than the header are left out; no loop is found if that would take too long or the nesting is
// too deep. Returns whether there are any loops.
bool wr_go_find_loops(wr_go_flow *flow, bool wants_them);

static inline bool wr_go_is_head(const wr_go_flow *flow, uint32_t s) { return flow->segments[s].loop == s; }

// Whether segment s is in the loop of this header, or in a loop nested in it. All segments are in WR_NONE.
static inline bool wr_go_in_loop(const wr_go_flow *flow, uint32_t s, uint32_t head) {
    uint32_t loop = flow->segments[s].loop;
    while (loop != head && loop != WR_NONE) loop = flow->segments[loop].outer;
    return loop == head;
}

#endif
