// Turns control instructions into tokens for the outliner, and decides which blocks a window may contain.
//
// A window may contain whole blocks, loops and ifs, branches to their labels, and unreachable. Every other
// instruction that begins, ends or leaves something is a barrier. After an instruction that control never
// passes, the stack is as it was at the start of its block: that instruction's token pops everything above
// that, and the block's end pushes the results. So stack heights can be added up without looking back.
//
// Most blocks are too long for a window, or contain a barrier. Their starts and ends become barriers too,
// which saves the search from following windows that can never be completed.
#include "ir/labels.h"
#include "ir/walk.h"
#include "outline.h"

// --- Tokens ---

static bool set_shape(wr_token *t, uint32_t pops, uint32_t pushes, unsigned flow) {
    t->shape = (uint8_t)(pops | pushes << 4);
    t->prev = (uint8_t)flow;
    return pops < 16 && pushes < 4 && flow < 256;
}

static bool end_arm(const wr_typer *typer, const wr_ins *ins, wr_token *t) {
    const wr_typed_frame *frame = &typer->frames.v[typer->frames.n - 1];
    wr_block_sig sig;
    if (frame->is_dead || frame->start == WR_NONE) return false;
    wr_typing_block_sig(typer->m, &typer->body->ins[frame->start], &sig);
    uint32_t pops = typer->lost ? 0 : sig.nresults;
    if (ins->op == WR_OP_ELSE) return set_shape(t, pops, sig.nparams, WR_FLOW_ELSE);
    return set_shape(t, pops, sig.nresults, WR_FLOW_END);
}

static bool open_block(const wr_typer *typer, const wr_ins *ins, wr_token *t) {
    wr_block_sig sig;
    wr_typing_block_sig(typer->m, ins, &sig);
    return set_shape(t, sig.nparams + (ins->op == WR_OP_IF), sig.nparams, WR_FLOW_OPEN);
}

static uint32_t furthest_label(const wr_body *body, const wr_ins *ins) {
    uint32_t most = 0;
    const uint32_t *label;
    for (uint32_t k = 0; (label = wr_nth_label(ins, body->ext.v, k)); k++)
        if (*label > most) most = *label;
    return most;
}

static bool leave_block(const wr_typer *typer, const wr_ins *ins, wr_token *t) {
    uint32_t all = typer->vals.n - typer->frames.v[typer->frames.n - 1].height,
             label = furthest_label(typer->body, ins);
    return label < WR_WINDOW_MAX && set_shape(t, ins->op == WR_OP_BR_IF ? 1 : all, 0, WR_FLOW_LEAVE + label);
}

bool wr_outline_flow(const wr_typer *typer, const wr_ins *ins, wr_token *t) {
    if (ins->op == WR_OP_ELSE || ins->op == WR_OP_END) return end_arm(typer, ins, t);
    if (typer->lost) return false;
    switch (ins->op) {
    case WR_OP_BLOCK:
    case WR_OP_LOOP:
    case WR_OP_IF: return open_block(typer, ins, t);
    case WR_OP_BR:
    case WR_OP_BR_IF:
    case WR_OP_BR_TABLE:
    case WR_OP_UNREACHABLE: return leave_block(typer, ins, t);
    default: return false;
    }
}

// --- Blocks that windows may have ---

enum { NOT_WHOLE = 0xff };

typedef struct settler {
    const wr_typer *typer;
    wr_token *tokens;
    // By the start of a block: how many of the enclosing blocks the branches in it leave, or NOT_WHOLE.
    uint8_t *outs;
} settler;

static void note_out(settler *s, uint32_t block, uint32_t out) {
    if (block != WR_NONE && out > s->outs[block]) s->outs[block] = (uint8_t)out;
}

// A local without a default value is a barrier: it must be set before a helper's caller could pass it, and it
// may be set on one path only.
static bool is_barrier(const settler *s, uint32_t i) {
    const wr_ins *ins = &s->typer->body->ins[i];
    if (!s->tokens[i].key) return true;
    return wr_names_local(ins->op) && !wr_is_defaultable(s->typer->locals[wr_ins_local(ins)]);
}

// The innermost block that the instruction is part of, which it may open or close itself.
static uint32_t block_at(const wr_walk *walk) {
    return wr_opens_block(walk->body->ins[walk->i].op) ? walk->i : wr_walk_block(walk, 0);
}

static void close_block(settler *s, uint32_t block, uint32_t outer, uint32_t end) {
    if (block == WR_NONE) return;
    if (end - block >= WR_WINDOW_MAX) s->outs[block] = NOT_WHOLE;
    uint32_t out = s->outs[block];
    note_out(s, outer, out == NOT_WHOLE ? NOT_WHOLE : out - (out > 0));
}

// From the innermost blocks outward: finds which blocks contain no barrier, and how far branches leave them.
static void find_outs(settler *s) {
    const wr_body *body = s->typer->body;
    wr_walk walk = wr_walk_begin(s->typer->arena, body);
    s->outs = WR_NEW0(s->typer->arena, uint8_t, body->n);
    for (uint32_t i = 0; i < body->n; i++) {
        bool bars = is_barrier(s, i);
        if (!bars && !wr_is_control(body->ins[i].op)) continue;
        wr_walk_to(&walk, i);
        unsigned flow = wr_token_flow(&s->tokens[i]);
        uint32_t block = block_at(&walk);
        if (bars)
            note_out(s, block, NOT_WHOLE);
        else if (flow >= WR_FLOW_LEAVE)
            note_out(s, block, flow - WR_FLOW_LEAVE);
        if (wr_closes_block(body->ins[i].op)) close_block(s, block, wr_walk_block(&walk, 1), i);
    }
}

// Whether a label leads out of all windows: from there on inward, no window can have the block.
static bool leaves_windows(const settler *s, const wr_walk *walk, uint32_t label) {
    uint32_t block = wr_walk_block(walk, label);
    return block == WR_NONE || s->outs[block] == NOT_WHOLE;
}

// From the outermost blocks inward: a block may be in a window if all blocks that its branches leave may be.
static void set_barriers(settler *s) {
    const wr_body *body = s->typer->body;
    wr_walk walk = wr_walk_begin(s->typer->arena, body);
    for (uint32_t i = 0; i < body->n; i++) {
        if (!wr_is_control(body->ins[i].op)) continue;
        wr_walk_to(&walk, i);
        wr_token *token = &s->tokens[i];
        unsigned flow = wr_token_flow(token);
        uint32_t block = block_at(&walk);
        if (block == i && s->outs[block] && leaves_windows(s, &walk, s->outs[block] - 1u))
            s->outs[block] = NOT_WHOLE;
        bool in_none = block == WR_NONE || s->outs[block] == NOT_WHOLE;
        if (flow >= WR_FLOW_LEAVE ? leaves_windows(s, &walk, flow - WR_FLOW_LEAVE) : flow && in_none)
            token->key = 0;
    }
}

void wr_outline_settle_blocks(const wr_typer *typer, wr_token *tokens) {
    settler s = {.typer = typer, .tokens = tokens};
    find_outs(&s);
    set_barriers(&s);
}
