// Shared by the outliner's files; nobody else includes it.
//
//   outline.c         the rounds
//   outline_stream.c  all bodies as one stream of tokens
//   outline_flow.c    control instructions as tokens, and which blocks windows may have
//   outline_find.c    sequences that occur more than once: a walk over the trie of all windows
//   outline_shape.c   what a window takes, leaves and keeps to itself
//   outline_choose.c  which sequences become helpers: by saving, without overlap
//   outline_emit.c    helpers' bodies, and calls in place of the sequences
//
// One token is one instruction. Two windows match when their tokens have the same keys and each access to a
// local is as far from the access to the same local before it (or that one is outside of both windows): so
// locals may have other numbers. What can't be outlined is a barrier, key 0. A window has whole blocks only,
// and no branch out of it.
#ifndef WR_PASSES_DEDUPE_OUTLINE_H
#define WR_PASSES_DEDUPE_OUTLINE_H

#include "analysis/typing.h"
#include "analysis/cost.h"
#include "passes/ipo/call_cost.h"
#include "passes/manager/pass.h"

enum {
    WR_WINDOW_MAX = 200, // tokens
    WR_WINDOW_LOCALS = 12,
    WR_HELPER_PARAMS = 12,
    WR_HELPER_CONSTS = 3, // of them that stand for constants
    WR_HELPER_RESULTS = 3,
};

enum { WR_TOKEN_OTHER, WR_TOKEN_GET, WR_TOKEN_SET, WR_TOKEN_TEE };
// What control instructions do to a window; WR_FLOW_LEAVE + n leaves n blocks and the one around them.
enum { WR_FLOW_NONE, WR_FLOW_OPEN, WR_FLOW_ELSE, WR_FLOW_END, WR_FLOW_LEAVE };
enum { WR_TOKEN_WANTED = 1, WR_TOKEN_CONST = 2, WR_TOKEN_WIDE = 4, WR_TOKEN_START = 8, WR_TOKEN_HEAT = 16 };

typedef struct wr_token {
    uint32_t key;  // hash of the instruction, with the type in place of a local; 0: a barrier
    uint8_t size;  // bytes
    uint8_t shape; // kind << 6 | operands | results << 4; of an access to a local: kind << 6 | whether the
                   // local is read later behind the blocks around it, a bit for each, the innermost first
    uint8_t prev; // how many tokens back the same local was accessed, 0: not within 255; of others: WR_FLOW_*
    uint8_t
        flags; // WANTED: the local is read later;
               // CONST: a constant that may become a parameter, WIDE: of 64 bits; HEAT times a class of heat
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
    uint16_t *starts; // by token: bytes of its function before it, of which a window needs only the low bits
    uint32_t n;
    uint32_t *base; // by function: its first token; one more at the end
    uint32_t nfuncs;
} wr_stream;

// What a round knows of the module.
typedef struct wr_outline_facts {
    wr_cost cost;
    wr_call_cost heat;
    const uint32_t *circles; // see wr_callgraph_sccs
    const uint32_t *counts;  // by function: instructions, 0 for those that the round leaves out
    uint32_t since;          // only windows that call functions from here on are wanted; 0: all
} wr_outline_facts;

// Reads the functions from first to end: tokens stand at base[f] + index of the instruction.
void wr_outline_read(wr_context *c, const wr_outline_facts *facts, uint32_t first, uint32_t end,
                     wr_stream *stream);
uint32_t wr_outline_func_at(const wr_stream *stream, uint32_t at);

// The token of a control instruction, but for its key and size. False if that is a barrier.
bool wr_outline_flow(const wr_typer *typer, const wr_ins *ins, wr_token *t);
// Makes the ends, arms and starts of blocks that no window can have whole barriers, and branches to them.
void wr_outline_settle_blocks(const wr_typer *typer, wr_token *tokens);

static inline unsigned wr_token_call_cost(const wr_token *t) { return t->flags / WR_TOKEN_HEAT; }

// --- Windows ---

enum { WR_UNCOVERED = 0xff };

// A local is covered where all ways from the window's start set it. What is read where it isn't, must come
// in.
typedef struct wr_window_local {
    uint8_t first, last; // accesses
    uint8_t last_nest;   // blocks around the last one
    uint8_t cover,
        arm; // the blocks around the set that covers it, or WR_UNCOVERED, and the arm that the set is in
    bool is_in, is_set;
} wr_window_local;

// A window as it grows token by token.
typedef struct wr_window {
    int height, lowest; // of the stack against the start
    unsigned length, bytes;
    unsigned nest; // blocks that are open
    unsigned nlocals, nconsts;
    unsigned ninputs;                // locals that are read where they aren't covered
    uint8_t arms[WR_WINDOW_MAX + 1]; // by nesting: the token that began the arm
    wr_window_local locals[WR_WINDOW_LOCALS];
    uint8_t local_at[WR_WINDOW_MAX]; // by token
    uint8_t consts[WR_WINDOW_MAX];   // tokens that are constants
} wr_window;

// What growing changed, to take it back.
typedef struct wr_window_undo {
    int height, lowest;
    unsigned bytes, nest;
    wr_window_local local;
    uint8_t arm;
    unsigned slot; // WR_WINDOW_LOCALS: none
    bool is_new, is_const;
} wr_window_undo;

// False if the window would have too many locals, or control would leave it; then it is unchanged.
bool wr_window_grow(wr_window *w, const wr_token *t, wr_window_undo *undo);
void wr_window_shrink(wr_window *w, const wr_window_undo *undo);
void wr_window_read(wr_window *w, const wr_token *tokens, unsigned length);

static inline unsigned wr_window_takes(const wr_window *w) { return (unsigned)-w->lowest; }
static inline unsigned wr_window_leaves(const wr_window *w) { return (unsigned)(w->height - w->lowest); }
// Whether it can be a function of its own.
bool wr_window_may_be_helper(const wr_window *w);
// Whether the local's value must come in: also if it is one that the helper gives back (outputs: bits by
// slot), but is not set on all ways.
bool wr_window_is_in(const wr_window *w, unsigned slot, unsigned outputs);
unsigned wr_window_inputs(const wr_window *w, unsigned outputs);
// Locals that are set inside and wanted behind the window that starts at t: bits by slot.
unsigned wr_window_outputs(const wr_window *w, const wr_token *t);

// --- Candidates ---

typedef struct wr_candidate {
    uint32_t first, n; // in the list of places
    uint32_t saving;
    uint16_t outputs; // the locals that are results: bits by slot
    uint8_t length;
    struct wr_spot *spots; // see outline_choose.c: n of them, once it has been priced; else NULL
} wr_candidate;

typedef WR_VEC(wr_candidate) wr_candidates;

typedef struct wr_found {
    bool loose;       // constants may differ
    uint32_t *places; // window starts; a candidate's are consecutive
    wr_candidates candidates;
} wr_found;

// Fills what is found, exactly or loosely as it says.
void wr_outline_find(wr_context *c, const wr_cost *cost, const wr_stream *stream, wr_found *found);

// What a helper for the window saves. `bytes` are those of its instructions without the constants that are
// parameters.
typedef struct wr_price {
    int site;   // saved at each place, with indices of one byte
    int helper; // what the helper costs, and longer indices at n places
} wr_price;
wr_price wr_outline_price(const wr_cost *cost, const wr_window *w, unsigned bytes, uint32_t n,
                          unsigned outputs, unsigned nconsts);

// Constants that are not the same at all places.
typedef struct wr_variation {
    unsigned n;
    uint8_t at[WR_HELPER_CONSTS];
} wr_variation;
// False if there are too many.
bool wr_outline_variation(const wr_stream *stream, const wr_window *w, const uint32_t *places, uint32_t n,
                          wr_variation *v);
// Bytes of the window at this place, without what varies.
unsigned wr_outline_fixed_bytes(const wr_stream *stream, uint32_t place, unsigned length,
                                const wr_variation *v);

// --- Choice ---

typedef struct wr_helper {
    uint32_t at; // a place of it
    uint32_t nsites;
    uint16_t outputs;
    uint8_t length;
    uint8_t nconsts, consts[WR_HELPER_CONSTS]; // constants that are parameters: tokens
    uint32_t func;                             // once it is in the module, else WR_NONE
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

// Adds helpers and rewrites bodies.
void wr_outline_emit(wr_context *c, const wr_stream *stream, wr_choice *choice);

#endif
