// Reaching constants: which locals hold a known constant at the start of each block of the control-flow
// graph. A forward data-flow problem.
//
//   (local.set $x (i32.const 9))
//   (loop … (local.get $x) … (if … (local.set $x …) (br $out)) … (br_if 0))    ;; every read gives 9
//
// The state of a block is the meet over all edges into it, including those into exception handlers: they are
// entered from any instruction of their try that may throw, with what the locals hold there. What is not a
// constant has an identity all the same: that of the set that made it, or, where different values meet, of
// the block and the local. So two locals of one identity at the start of a block are equal there. (Not so at
// another time: a loop may make a value anew. But then the loop's header, where old and new meet, has given
// the old one an identity of its own.) The analysis starts optimistically, with no edge known to be taken,
// and sweeps over the blocks in order until nothing changes; only then is the result true. If it takes more
// than MAX_SWEEPS sweeps, nothing is known.
//
// Only blocks that begin where control may come together have a state of their own; those that continue the
// one before, as behind a br_if, are passed through along with it.
#include "analysis/effects.h"
#include "simplify_locals_parts.h"

#define MAX_SWEEPS 32
#define NOT_REACHED UINT32_MAX

typedef struct reaching {
    const wr_reaching *q;
    const wr_cfg *flow;
    uint32_t n, nblocks;
    uint32_t *state;  // the state within the current block
    uint32_t *thrown; // by try: the states that went to its handlers, met; NULL if no try is inside another
    uint32_t *first;  // by block: the first of its sets
    uint8_t *is_due;  // by block: its state at the start has changed
    uint8_t *npreds;  // by block: the edges into it, 2 at most
    // By block, and behind these by set: whether something from there to the next set in the block may throw.
    uint8_t *throws;
    bool again; // a block at or before the current one is due
} reaching;

// All ones if the two are equal, else zero. With it the loop below has no branches, so compilers make vector
// code of it.
static inline uint32_t if_equal(uint32_t a, uint32_t b) { return -(uint32_t)(a == b); }

static inline uint32_t choose(uint32_t mask, uint32_t yes, uint32_t no) {
    return (yes & mask) | (no & ~mask);
}

static inline uint32_t meet(uint32_t a, uint32_t b, uint32_t identity) {
    uint32_t other = choose(if_equal(a, b), a, identity);
    return choose(if_equal(b, NOT_REACHED), a, choose(if_equal(a, NOT_REACHED), b, other));
}

// Meets `in` with the state. Returns whether it changed.
static bool meet_all(uint32_t *restrict in, const uint32_t *restrict state, uint32_t n, uint32_t identity) {
    uint32_t any = 0;
    for (uint32_t k = 0; k < n; k++) {
        uint32_t met = meet(in[k], state[k], identity + k);
        any |= met ^ in[k];
        in[k] = met;
    }
    return any != 0;
}

static uint32_t identity_at(uint32_t n, uint32_t block, uint32_t local) {
    return WR_REACHING_MET + block * n + local;
}

// Whether a block follows the one before as behind a br_if: it begins with no loop, arm or end, so nothing
// else leads to it.
static bool continues(const wr_reaching *q, uint32_t block) {
    unsigned op = q->body->ins[q->flow->blocks.v[block].first].op;
    return block && q->flow->blocks.v[block - 1].falls && op != WR_OP_LOOP && !wr_begins_arm(op) &&
           !wr_closes_block(op);
}

static void mark_due(reaching *r, uint32_t block, uint32_t from) {
    r->is_due[block] = 1;
    r->again |= block <= from;
}

static void flow_to(reaching *r, uint32_t block, uint32_t from) {
    uint32_t *in = r->q->in[block];
    size_t size = r->n * sizeof *in;
    bool is_only_edge = r->npreds[block] == 1, changed;
    if (is_only_edge) {
        changed = memcmp(in, r->state, size) != 0;
        memcpy(in, r->state, size);
    } else {
        changed = meet_all(in, r->state, r->n, identity_at(r->n, block, 0));
    }
    if (changed) mark_due(r, block, from);
}

// Meets the state that a try is left with into those that it was left with before. Returns whether that says
// something new to its handlers, and so to those around.
static bool is_news(reaching *r, uint32_t try) {
    uint32_t n = r->n, several = identity_at(n, r->nblocks, 0);
    return !r->thrown || meet_all(r->thrown + (size_t)try * n, r->state, n, several);
}

// Propagates the current state to the handlers of all enclosing tries.
static void flow_to_handlers(reaching *r, uint32_t block) {
    const wr_cfg *flow = r->flow;
    for (uint32_t t = flow->blocks.v[block].try; t != WR_NONE && is_news(r, t); t = flow->tries.v[t].outer) {
        uint32_t b = flow->tries.v[t].block;
        for (uint32_t e = flow->blocks.v[b].edges; e < flow->blocks.v[b + 1].edges; e++)
            flow_to(r, flow->edges.v[e], block);
    }
}

// Whether the block ends by opening a try: its edges lead to the handlers, where control goes from elsewhere.
static bool opens_try(const reaching *r, uint32_t block) {
    return wr_is_try(r->q->body->ins[r->flow->blocks.v[block + 1].first - 1].op);
}

static void pass_through(reaching *r, uint32_t block) {
    const wr_cfg *flow = r->flow;
    const wr_cfg_block *b = &flow->blocks.v[block];
    if (r->throws[block]) flow_to_handlers(r, block);
    for (uint32_t s = r->first[block]; s < r->first[block + 1]; s++) {
        const wr_local_set *set = &r->q->sets[s];
        uint32_t made = set->value ? set->value : WR_REACHING_SET + s;
        r->state[set->number] = set->is_copy ? r->state[set->value] : made;
        if (r->throws[r->nblocks + s]) flow_to_handlers(r, block);
    }
    if (opens_try(r, block)) return;
    for (uint32_t e = b->edges; e < flow->blocks.v[block + 1].edges; e++) flow_to(r, flow->edges.v[e], block);
}

// Passes through a block and those that continue it.
static void pass_on(reaching *r, uint32_t block) {
    memcpy(r->state, r->q->in[block], r->n * sizeof *r->state);
    pass_through(r, block);
    for (; r->flow->blocks.v[block].falls; block++) {
        if (r->q->in[block + 1]) {
            flow_to(r, block + 1, block);
            return;
        }
        pass_through(r, block + 1);
    }
}

static void count_edge(reaching *r, uint32_t block) {
    if (r->npreds[block] < 2) r->npreds[block]++;
}

// Handlers are entered with many states from one try, so they count as having several edges.
static void count_preds(reaching *r, uint32_t nblocks) {
    const wr_cfg *flow = r->flow;
    for (uint32_t b = 0; b < nblocks; b++) {
        const wr_cfg_block *block = &flow->blocks.v[b];
        for (uint32_t e = block->edges; e < flow->blocks.v[b + 1].edges; e++) count_edge(r, flow->edges.v[e]);
        if (block->falls) count_edge(r, b + 1);
    }
    for (uint32_t t = 0; t < flow->tries.n; t++) {
        uint32_t b = flow->tries.v[t].block;
        for (uint32_t e = flow->blocks.v[b].edges; e < flow->blocks.v[b + 1].edges; e++)
            r->npreds[flow->edges.v[e]] = 2;
    }
    r->npreds[0] = 2;
}

static void list_sets(reaching *r, uint32_t nblocks) {
    const wr_reaching *q = r->q;
    for (uint32_t b = 0, s = 0; b <= nblocks; b++) {
        while (s < q->nsets && r->flow->block_of[q->sets[s].at] < b) s++;
        r->first[b] = s;
    }
    r->first[nblocks] = q->nsets;
}

// Finds where the blocks inside of tries may throw: at calls, and where they do so themselves. Nothing
// catches traps.
static void find_throws(reaching *r) {
    const wr_cfg *flow = r->flow;
    uint32_t s = 0, from = 0, block = WR_NONE;
    for (uint32_t p = 0; flow->tries.n && p < flow->nplaces; p++) {
        uint32_t i = flow->places[p];
        if (flow->block_of[i] != block) from = block = flow->block_of[i];
        while (s < r->q->nsets && r->q->sets[s].at < i) s++;
        if (s < r->q->nsets && r->q->sets[s].at == i)
            from = r->nblocks + s;
        else if (wr_effects_may_throw(wr_opinfos[r->q->body->ins[i].op].effects))
            r->throws[from] = 1;
    }
}

// Makes room for the states.
static void make_states(wr_arena *arena, wr_reaching *q, uint32_t nblocks) {
    uint32_t rows = 0, n = q->n;
    q->in = WR_NEW0(arena, uint32_t *, nblocks + 1);
    for (uint32_t b = 0; b < nblocks; b++) rows += !continues(q, b);
    uint32_t *row = WR_NEW(arena, uint32_t, (size_t)rows * n);
    memset(row, 0xff, (size_t)rows * n * sizeof *row);
    for (uint32_t b = 0; b < nblocks; b++) {
        if (continues(q, b)) continue;
        q->in[b] = row;
        row += n;
    }
    for (uint32_t k = 0; k < n; k++) q->in[0][k] = q->initial[k] ? q->initial[k] : identity_at(n, 0, k);
}

// Where tries nest, each set would be told to the handlers of all of them, were it not known what these know.
static uint32_t *make_thrown(wr_arena *arena, const wr_cfg *flow, uint32_t n) {
    uint32_t t = 0;
    while (t < flow->tries.n && flow->tries.v[t].outer == WR_NONE) t++;
    if (t == flow->tries.n) return NULL;
    size_t size = (size_t)flow->tries.n * n * sizeof(uint32_t);
    return memset(WR_NEW(arena, uint32_t, (size_t)flow->tries.n * n), 0xff, size);
}

bool wr_reaching_constants(wr_arena *arena, wr_reaching *q) {
    uint32_t nblocks = q->flow->blocks.n - 1;
    if ((uint64_t)(nblocks + 1) * q->n >= WR_REACHING_SET - WR_REACHING_MET ||
        q->nsets >= WR_REACHING_SET / 4)
        return false;
    make_states(arena, q, nblocks);
    reaching r = {.q = q, .flow = q->flow, .n = q->n, .nblocks = nblocks, .again = true};
    r.thrown = make_thrown(arena, q->flow, q->n);
    r.npreds = WR_NEW0(arena, uint8_t, nblocks + 1);
    r.state = WR_NEW(arena, uint32_t, q->n);
    r.first = WR_NEW(arena, uint32_t, nblocks + 1);
    r.is_due = WR_NEW0(arena, uint8_t, nblocks + 1);
    count_preds(&r, nblocks);
    list_sets(&r, nblocks);
    r.throws = WR_NEW0(arena, uint8_t, (size_t)nblocks + q->nsets + 1);
    find_throws(&r);
    r.is_due[0] = 1;
    for (unsigned sweep = 0; r.again; sweep++) {
        if (sweep == MAX_SWEEPS) return false;
        r.again = false;
        for (uint32_t b = 0; b < nblocks; b++) {
            if (!r.is_due[b]) continue;
            r.is_due[b] = 0;
            pass_on(&r, b);
        }
    }
    return true;
}
