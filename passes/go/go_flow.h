// The control flow of a Go function: the segments between the ends of the blocks that its dispatch branches
// to, the jumps between them, and its loops. Places to resume at are no edges: what enters a loop through one
// is the business of whoever lays the segments out.
#ifndef WR_PASSES_GO_GO_FLOW_H
#define WR_PASSES_GO_GO_FLOW_H

#include "go_code.h"

#define WR_GO_DEEPEST_LOOP 64

typedef struct wr_go_edge {
    uint32_t from, to; // segments
    uint32_t pc_b;     // by which the dispatch finds `to`, an index in the table
} wr_go_edge;

typedef struct wr_go_segment {
    uint32_t from, to;   // its instructions are list[from .. to)
    uint32_t label;      // of the block that ends before it
    uint32_t pc_b;       // one that continues here
    uint32_t first_edge; // in edges, up to that of the next segment
    bool falls;          // into the next segment, or out of the loop if it is the last
    bool resumes;        // it is a place to resume at
    bool reached;        // from the entry or from a place to resume at
    uint32_t loop;       // the head of its innermost loop (for a head, that is itself), or WR_NONE
    uint32_t outer;      // of a head: the head of the loop around its loop, or WR_NONE
} wr_go_segment;

typedef struct wr_go_flow {
    wr_go_code *code;
    wr_go_segment *segments; // one more than n; the last one only has first_edge
    uint32_t n;
    WR_VEC(wr_go_edge) edges; // by from
    uint32_t *by_label;       // segment, or WR_NONE
    uint32_t tail;            // in list: the end of the loop around the dispatch
    uint32_t *postorder;      // filled by wr_go_find_loops: the segments that are reached
    uint32_t nreached;
} wr_go_flow;

// False if the function has not the shape that is known: segments behind each other in one loop, each in the
// table.
bool wr_go_read_flow(wr_go_code *code, const uint8_t *resumes, wr_go_flow *flow);
// Fills reached, and, if loops are wanted, loop and outer with the natural loops; without those that have a
// place to resume at past the head, and not if it would take too long or if they are nested too deep. Returns
// whether there are any.
bool wr_go_find_loops(wr_go_flow *flow, bool wants_them);

static inline bool wr_go_is_head(const wr_go_flow *flow, uint32_t s) { return flow->segments[s].loop == s; }

// Whether segment s is in the loop of a head, or in one within it. All are in WR_NONE.
static inline bool wr_go_in_loop(const wr_go_flow *flow, uint32_t s, uint32_t head) {
    uint32_t loop = flow->segments[s].loop;
    while (loop != head && loop != WR_NONE) loop = flow->segments[loop].outer;
    return loop == head;
}

#endif
