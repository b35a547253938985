// Shared by the files of the outliner; no other file includes it.
//
//   outline.c         the rounds
//   outline_stream.c  all bodies as one stream of tokens
//   outline_flow.c    tokens of control instructions; which blocks a window may contain
//   outline_find.c    finds repeated sequences by walking the trie of all windows
//   outline_shape.c   inputs and outputs of a window, on the stack and in locals
//   outline_choose.c  chooses sequences to outline, without overlap, by what they save
//   outline_emit.c    bodies of helpers, and calls in place of the sequences
//
// A token stands for one instruction; a window is a sequence of tokens. Two windows match if their tokens
// have equal keys, and if each access to a local is equally far from the previous access to the same local
// (or that one is outside the window in both). So the local numbers of matching windows may differ. An
// instruction that cannot be outlined is a barrier and has key 0. A window contains only whole blocks, and no
// branch out of itself.
#ifndef WR_PASSES_DEDUPE_OUTLINE_H
#define WR_PASSES_DEDUPE_OUTLINE_H

#include "analysis/typing.h"
#include "analysis/cost.h"
#include "passes/manager/call_cost.h"
#include "passes/manager/pass.h"

enum {
    WR_WINDOW_MAX = 200, // tokens
    WR_WINDOW_LOCALS = 12,
    WR_HELPER_PARAMS = 12,
    WR_HELPER_CONSTS = 3, // of these, parameters that stand for constants
    WR_HELPER_RESULTS = 3,
};

enum { WR_TOKEN_OTHER, WR_TOKEN_GET, WR_TOKEN_SET, WR_TOKEN_TEE };
// What a control instruction does in a window. WR_FLOW_LEAVE + n branches to the label of the n-th enclosing
// block, counted from 0.
enum { WR_FLOW_NONE, WR_FLOW_OPEN, WR_FLOW_ELSE, WR_FLOW_END, WR_FLOW_LEAVE };
enum { WR_TOKEN_LIVE = 1, WR_TOKEN_CONST = 2, WR_TOKEN_WIDE = 4, WR_TOKEN_START = 8, WR_TOKEN_COST = 16 };

typedef struct wr_token {
    uint32_t key;  // hash of the instruction, with the local's type in place of its number; 0 for a barrier
    uint8_t size;  // bytes
    uint8_t shape; // kind << 6 | results << 4 | operands; for an access to a local: kind << 6 | a bit for
                   // each enclosing block, innermost first: whether the local is live after that block
    uint8_t prev;  // how many tokens back the same local was accessed, 0 if not within 255; for other
                   // instructions: WR_FLOW_*
    uint8_t flags; // LIVE: the local is live after the access; CONST: a constant that may become a
                   // parameter; WIDE: one of 64 bits; plus COST times the call-cost class
} wr_token;

static inline unsigned wr_token_kind(const wr_token *t) { return t->shape >> 6; }
static inline unsigned wr_token_flow(const wr_token *t) {
    return wr_token_kind(t) == WR_TOKEN_OTHER ? t->prev : WR_FLOW_NONE;
}
static inline unsigned wr_token_pops(const wr_token *t) {
    return wr_token_kind(t) == WR_TOKEN_OTHER ? t->shape & 15 : wr_token_kind(t) != WR_TOKEN_GET;
}
static inline unsigned wr_token_pushes(const wr_token *t) {
    return wr_token_kind(t) == WR_TOKEN_OTHER ? t->shape >> 4 & 3 : wr_token_kind(t) != WR_TOKEN_SET;
}
static inline bool wr_token_same_shape(const wr_token *a, const wr_token *b) {
    return wr_token_kind(a) == wr_token_kind(b) &&
           (wr_token_kind(a) != WR_TOKEN_OTHER || a->shape == b->shape);
}

typedef struct wr_stream {
    wr_token *tokens;
    uint16_t *starts; // by token: bytes of its function before it; windows need only the low 16 bits
    uint32_t n;
    uint32_t *base; // by function: its first token; plus one entry for the end
    uint32_t nfuncs;
} wr_stream;

// The facts about the module that a round uses.
typedef struct wr_outline_facts {
    wr_cost cost;
    wr_call_cost call_cost;
    const uint32_t *sccs;   // SCC numbers, see wr_callgraph_sccs
    const uint32_t *counts; // by function: number of instructions; 0 if the round skips it
    uint32_t since; // only windows that call functions from this index on are considered; 0: all windows
} wr_outline_facts;

// Reads the functions [first, end) into the stream: the token of instruction i of function f is at base[f] +
// i.
void wr_outline_read(wr_context *c, const wr_outline_facts *facts, uint32_t first, uint32_t end,
                     wr_stream *stream);
uint32_t wr_outline_func_at(const wr_stream *stream, uint32_t at);

// Fills in the token of a control instruction, except its key and size. Returns false if it is a barrier.
bool wr_outline_flow(const wr_typer *typer, const wr_ins *ins, wr_token *t);
// Turns the starts, arms and ends of blocks that no window can contain whole, and branches to them, into
// barriers.
void wr_outline_settle_blocks(const wr_typer *typer, wr_token *tokens);

static inline unsigned wr_token_call_cost(const wr_token *t) { return t->flags / WR_TOKEN_COST; }

// --- Windows ---

enum { WR_UNCOVERED = 0xff };

// A local is covered at a place if every path from the window's start to it sets the local. A local that is
// read where it is not covered is an input.
typedef struct wr_window_local {
    uint8_t first, last; // tokens of its first and last access
    uint8_t last_nest;   // number of blocks around the last access
    // The nesting depth of the set that covers the local, or WR_UNCOVERED; the arm that this set is in.
    uint8_t cover, arm;
    bool is_in, is_set;
} wr_window_local;

// The state of a window, which grows and shrinks token by token at its end.
typedef struct wr_window {
    int height, lowest; // stack height now, and the lowest so far, relative to the start
    unsigned length, bytes;
    unsigned nest; // number of open blocks
    unsigned nlocals, nconsts;
    unsigned ninputs;                // locals that are read where they are not covered
    uint8_t arms[WR_WINDOW_MAX + 1]; // by nesting depth: the token that began the current arm
    wr_window_local locals[WR_WINDOW_LOCALS];
    uint8_t local_at[WR_WINDOW_MAX]; // by token: the slot of its local
    uint8_t consts[WR_WINDOW_MAX];   // tokens that are constants
} wr_window;

// What growing by one token changed, so that shrinking can restore it.
typedef struct wr_window_undo {
    int height, lowest;
    unsigned bytes, nest;
    wr_window_local local;
    uint8_t arm;
    unsigned slot; // WR_WINDOW_LOCALS if there is none
    bool is_new, is_const;
} wr_window_undo;

// Appends a token. Returns false, and leaves the window unchanged, if it would have too many locals or
// control would leave it.
bool wr_window_grow(wr_window *w, const wr_token *t, wr_window_undo *undo);
void wr_window_shrink(wr_window *w, const wr_window_undo *undo);
void wr_window_read(wr_window *w, const wr_token *tokens, unsigned length);

static inline unsigned wr_window_takes(const wr_window *w) { return (unsigned)-w->lowest; }
static inline unsigned wr_window_leaves(const wr_window *w) { return (unsigned)(w->height - w->lowest); }
// Whether the window can be a function of its own.
bool wr_window_may_be_helper(const wr_window *w);
// Whether the local is an input. That also holds for an output (outputs has a bit for each slot) that is not
// set on every path.
bool wr_window_is_in(const wr_window *w, unsigned slot, unsigned outputs);
unsigned wr_window_inputs(const wr_window *w, unsigned outputs);
// Locals that are set in the window that starts at t and live after it: a bit for each slot.
unsigned wr_window_outputs(const wr_window *w, const wr_token *t);

// --- Candidates ---

typedef struct wr_candidate {
    uint32_t first, n; // range in the list of places
    uint32_t saving;
    uint16_t outputs; // the locals that are results: a bit for each slot
    uint8_t length;
    struct wr_spot *spots; // n spots, once it has been evaluated (see outline_choose.c); else NULL
} wr_candidate;

typedef WR_VEC(wr_candidate) wr_candidates;

typedef struct wr_found {
    bool loose;       // constants may differ between the places
    uint32_t *places; // window starts; those of a candidate are consecutive
    wr_candidates candidates;
} wr_found;

// Finds repeated sequences, exact or loose as found->loose says.
void wr_outline_find(wr_context *c, const wr_cost *cost, const wr_stream *stream, wr_found *found);

// What a helper for the window saves. `bytes` is the size of its instructions without the constants that
// become parameters.
typedef struct wr_price {
    int site;   // bytes saved at each place, if all indices take one byte
    int helper; // bytes of the helper, and of longer indices at n places
} wr_price;
wr_price wr_outline_price(const wr_cost *cost, const wr_window *w, unsigned bytes, uint32_t n,
                          unsigned outputs, unsigned nconsts);

// The constants that differ between places.
typedef struct wr_variation {
    unsigned n;
    uint8_t at[WR_HELPER_CONSTS];
} wr_variation;
// Returns false if there are more than WR_HELPER_CONSTS.
bool wr_outline_variation(const wr_stream *stream, const wr_window *w, const uint32_t *places, uint32_t n,
                          wr_variation *v);
// Bytes of the window at this place, without the constants that vary.
unsigned wr_outline_fixed_bytes(const wr_stream *stream, uint32_t place, unsigned length,
                                const wr_variation *v);

// What a round searches for, and in what.
typedef struct wr_outline_search {
    const wr_cost *cost;
    const wr_stream *stream;
    bool loose; // constants may differ between the places
    unsigned most_results;
} wr_outline_search;

typedef struct wr_offer {
    int64_t saving;   // in bytes
    unsigned outputs; // the locals that are results: a bit for each slot
} wr_offer;

// The most that a helper for the window at these places could save: for those with no output, those with at
// most one given output, or all with as many outputs as a helper can have results. Nothing if that can't
// exceed `least`.
wr_offer wr_outline_best_offer(const wr_outline_search *s, const wr_window *window, const uint32_t *places,
                               uint32_t n, int64_t least);

// --- Choice ---

typedef struct wr_helper {
    uint32_t at; // one of its places
    uint32_t nsites;
    uint16_t outputs;
    uint8_t length;
    uint8_t nconsts, consts[WR_HELPER_CONSTS]; // the tokens whose constants are parameters
    uint32_t func;                             // its function once it is in the module; else WR_NONE
    const struct wr_built *built;              // see outline_emit.c
} wr_helper;

typedef struct wr_site {
    uint32_t at, helper;
} wr_site;

typedef struct wr_choice {
    WR_VEC(wr_helper) helpers;
    WR_VEC(wr_site) sites; // sorted by place once all are chosen
} wr_choice;

void wr_outline_choose(wr_context *c, const wr_cost *cost, const wr_stream *stream, wr_found *found,
                       wr_choice *choice);

// Adds the helpers to the module and replaces the sites by calls.
void wr_outline_emit(wr_context *c, const wr_stream *stream, wr_choice *choice);

#endif
