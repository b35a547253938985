// Builds the control-flow graph of a body. See cfg.h.
//
// A block begins at a loop, at an arm, at an `end` that something other than the instruction before may
// reach, and after each branch and `if`. Edges are collected as instruction indices and turned into block
// indices at the end. A try ends its block too: that block's edges to all handlers stand for the edges that
// every instruction inside the try would have.
#include "cfg.h"

#include "ir/labels.h"
#include "ir/walk.h"

typedef struct builder {
    wr_arena *arena;
    const wr_body *body;
    wr_cfg *flow;
    wr_walk walk;
    uint32_t try;        // the innermost open try
    uint32_t loops;      // number of open loops
    uint32_t first_loop; // the header of the outermost open loop
    bool ended;          // the last instruction ended its block
} builder;

static wr_cfg_block *last_block(builder *b) { return &b->flow->blocks.v[b->flow->blocks.n - 1]; }

static void begin_block(builder *b, uint32_t i) {
    uint32_t self = b->flow->blocks.n;
    wr_cfg_block block = {.first = i,
                          .edges = b->flow->edges.n,
                          .try = b->try,
                          .falls = true,
                          .outer_first = self,
                          .outer_last = self};
    WR_PUSH(b->arena, b->flow->blocks, block);
    b->ended = false;
}

static void add_edge(builder *b, uint32_t to) { WR_PUSH(b->arena, b->flow->edges, to); }

static void branch_to(builder *b, uint32_t label) {
    uint32_t start = wr_walk_block(&b->walk, label);
    if (start == WR_NONE) {
        add_edge(b, b->body->n - 1);
        return;
    }
    bool is_loop = b->body->ins[start].op == WR_OP_LOOP;
    if (!is_loop) b->flow->targeted[start] = 1;
    add_edge(b, is_loop ? start : b->body->match[start]);
}

// --- Blocks ---

static void enter_try(builder *b, uint32_t i) {
    const wr_ins *ins = &b->body->ins[i];
    const uint32_t *label;
    if (ins->op == WR_OP_TRY_TABLE)
        for (uint32_t k = 0; (label = wr_nth_label(ins, b->body->ext.v, k)); k++) branch_to(b, *label);
    else
        for (uint32_t a = b->body->arm[i]; wr_begins_arm(b->body->ins[a].op); a = b->body->arm[a])
            add_edge(b, a);
    wr_cfg_try try = {b->try, b->flow->blocks.n - 1};
    b->try = b->flow->tries.n;
    WR_PUSH(b->arena, b->flow->tries, try);
    b->ended = true;
}

static void enter(builder *b, uint32_t i) {
    unsigned op = b->body->ins[i].op;
    if (op == WR_OP_LOOP) {
        last_block(b)->is_header = true;
        if (!b->loops++) b->first_loop = b->flow->blocks.n - 1;
    } else if (op == WR_OP_IF) {
        add_edge(b, b->body->arm[i]);
        b->ended = true;
    } else if (op != WR_OP_BLOCK) {
        enter_try(b, i);
    }
}

// The try around the block that starts at this instruction.
static uint32_t outer_try(const builder *b, uint32_t start) {
    return b->flow->blocks.v[b->flow->block_of[start]].try;
}

// Called before the next arm's block begins: the previous arm continues after the matching end.
static void end_arm(builder *b) {
    uint32_t start = wr_walk_block(&b->walk, 0);
    b->try = outer_try(b, start);
    if (!last_block(b)->falls) return;
    add_edge(b, b->body->match[start]);
    last_block(b)->falls = false;
}

static void leave(builder *b, uint32_t start) {
    last_block(b)->try = b->try = outer_try(b, start);
    if (b->body->ins[start].op != WR_OP_LOOP || --b->loops) return;
    uint32_t last = b->flow->blocks.n - 1;
    for (uint32_t k = b->first_loop; k <= last; k++) {
        b->flow->blocks.v[k].outer_first = b->first_loop;
        b->flow->blocks.v[k].outer_last = last;
    }
}

// --- Instructions ---

static void branches(builder *b, const wr_ins *ins) {
    if (!wr_names_labels(ins->op) || wr_opens_block(ins->op)) return;
    const uint32_t *label;
    for (uint32_t k = 0; wr_is_branch(ins->op) && (label = wr_nth_label(ins, b->body->ext.v, k)); k++)
        branch_to(b, *label);
    b->ended = true;
}

// Whether instruction i may be reached from anywhere but the instruction before it.
static bool begins_block(const builder *b, uint32_t i) {
    unsigned op = b->body->ins[i].op;
    if (!wr_closes_block(op)) return op == WR_OP_LOOP || wr_begins_arm(op);
    uint32_t start = wr_walk_block(&b->walk, 0);
    if (start == WR_NONE) return true;
    unsigned opener = b->body->ins[start].op;
    return opener != WR_OP_LOOP && (opener != WR_OP_BLOCK || b->flow->targeted[start]);
}

static bool is_place(unsigned op) { return op <= WR_OP_LOCAL_TEE || wr_opinfos[op].effects; }

// Handles instruction i and those after it up to the next control instruction, whose index is returned.
static uint32_t step_plain(builder *b, uint32_t i) {
    const wr_ins *ins = b->body->ins;
    if (b->ended) begin_block(b, i);
    uint32_t block = b->flow->blocks.n - 1, *block_of = b->flow->block_of, *places = b->flow->places,
             n = b->flow->nplaces;
    do {
        block_of[i] = block;
        places[n] = i;
        n += is_place(ins[i].op);
        i++;
    } while (!wr_is_control(ins[i].op));
    b->flow->nplaces = n;
    return i;
}

static void step_control(builder *b, uint32_t i) {
    const wr_ins *ins = &b->body->ins[i];
    wr_walk_to(&b->walk, i);
    uint32_t around = wr_walk_block(&b->walk, 0);
    if (wr_begins_arm(ins->op)) end_arm(b);
    if (b->ended || begins_block(b, i)) begin_block(b, i);
    b->flow->block_of[i] = b->flow->blocks.n - 1;
    b->flow->places[b->flow->nplaces] = i;
    b->flow->nplaces += is_place(ins->op);
    if (wr_opens_block(ins->op))
        enter(b, i);
    else if (wr_closes_block(ins->op) && around != WR_NONE)
        leave(b, around);
    else
        branches(b, ins);
    if (!wr_never_goes_on(ins->op)) return;
    last_block(b)->falls = false;
    b->ended = true;
}

void wr_cfg_build(wr_arena *arena, wr_body *body, wr_cfg *flow) {
    builder b = {.arena = arena, .body = body, .flow = flow, .try = WR_NONE, .ended = true};
    *flow = (wr_cfg){.block_of = WR_NEW(arena, uint32_t, body->n),
                     .targeted = WR_NEW0(arena, uint8_t, body->n),
                     .places = WR_NEW(arena, uint32_t, body->n)};
    wr_body_match_blocks(arena, body);
    b.walk = wr_walk_begin(arena, body);
    for (uint32_t i = 0; i < body->n; i++) {
        if (!wr_is_control(body->ins[i].op)) i = step_plain(&b, i);
        step_control(&b, i);
    }
    last_block(&b)->falls = false;
    begin_block(&b, body->n);
    for (uint32_t i = 0; i < flow->edges.n; i++) flow->edges.v[i] = flow->block_of[flow->edges.v[i]];
}
