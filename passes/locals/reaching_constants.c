// Reaching constants: which locals hold a known constant at the start of each block of the control-flow
// graph. A forward data-flow problem.
//
//   (local.set $x (i32.const 9))
//   (loop … (local.get $x) … (if … (local.set $x …) (br $out)) … (br_if 0))    ;; every read gives 9
//
// The state of a block is the meet over all edges into it, including those into exception handlers: they may
// be entered before or after each set in their try. What is not a constant has an identity all the same: that
// of the set that made it, or, where different values meet, of the block and the local. So two locals of one
// identity at the start of a block are equal there. (Not so at another time: a loop may make a value anew.
// But then the loop's header, where old and new meet, has given the old one an identity of its own.) The
// analysis starts optimistically, with no edge known to be taken, and sweeps over the blocks in order until
// nothing changes; only then is the result true. If it takes more than MAX_SWEEPS sweeps, nothing is known.
#include "simplify_locals_parts.h"

#define MAX_SWEEPS 32
#define NOT_REACHED UINT32_MAX

typedef struct reaching {
    const wr_cfg *flow;
    const wr_local_set *sets;
    uint32_t nsets, n;
    uint32_t *in;    // by block: the state at its start, n values each
    uint32_t *state; // the state within the current block
    uint32_t *first; // by block: the first of its sets
    uint8_t *is_due; // by block: its state at the start has changed
    uint8_t *npreds; // by block: the edges into it, 2 at most
    bool again;      // a block at or before the current one is due
} reaching;

// Without branches, so that compilers make vector code of the loop around it.
static uint32_t meet(uint32_t a, uint32_t b, uint32_t identity) {
    uint32_t other = a == b ? a : identity;
    return b == NOT_REACHED ? a : a == NOT_REACHED ? b : other;
}

static uint32_t identity_at(const reaching *r, uint32_t block, uint32_t local) {
    return WR_REACHING_MET + block * r->n + local;
}

static void mark_due(reaching *r, uint32_t block, uint32_t from) {
    r->is_due[block] = 1;
    r->again |= block <= from;
}

static void flow_to(reaching *r, uint32_t block, uint32_t from) {
    uint32_t any = 0, *in = r->in + (size_t)block * r->n;
    bool is_only_edge = r->npreds[block] == 1;
    for (uint32_t k = 0; k < r->n; k++) {
        uint32_t met = is_only_edge ? r->state[k] : meet(in[k], r->state[k], identity_at(r, block, k));
        any |= met ^ in[k];
        in[k] = met;
    }
    if (any) mark_due(r, block, from);
}

// Propagates the current state to the handlers of all enclosing tries, since any instruction of the block may
// throw.
static void flow_to_handlers(reaching *r, uint32_t block) {
    const wr_cfg *flow = r->flow;
    for (uint32_t t = flow->blocks.v[block].try; t != WR_NONE; t = flow->tries.v[t].outer) {
        uint32_t b = flow->tries.v[t].block;
        for (uint32_t e = flow->blocks.v[b].edges; e < flow->blocks.v[b + 1].edges; e++)
            flow_to(r, flow->edges.v[e], block);
    }
}

static void pass_through(reaching *r, uint32_t block) {
    const wr_cfg *flow = r->flow;
    const wr_cfg_block *b = &flow->blocks.v[block];
    memcpy(r->state, r->in + (size_t)block * r->n, r->n * sizeof *r->state);
    flow_to_handlers(r, block);
    for (uint32_t s = r->first[block]; s < r->first[block + 1]; s++) {
        const wr_local_set *set = &r->sets[s];
        uint32_t made = set->value ? set->value : WR_REACHING_SET + s;
        r->state[set->number] = set->is_copy ? r->state[set->value] : made;
        flow_to_handlers(r, block);
    }
    for (uint32_t e = b->edges; e < flow->blocks.v[block + 1].edges; e++) flow_to(r, flow->edges.v[e], block);
    if (b->falls) flow_to(r, block + 1, block);
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

const uint32_t *wr_reaching_constants(wr_arena *arena, const wr_cfg *flow, const wr_local_set *sets,
                                      uint32_t nsets, const uint32_t *initial, uint32_t n) {
    uint32_t nblocks = flow->blocks.n - 1;
    reaching r = {.flow = flow, .sets = sets, .nsets = nsets, .n = n};
    if ((uint64_t)(nblocks + 1) * n >= WR_REACHING_SET - WR_REACHING_MET || nsets >= WR_REACHING_SET / 4)
        return NULL;
    r.in = WR_NEW(arena, uint32_t, (size_t)(nblocks + 1) * n);
    r.npreds = WR_NEW0(arena, uint8_t, nblocks + 1);
    count_preds(&r, nblocks);
    r.state = WR_NEW(arena, uint32_t, n);
    r.first = WR_NEW0(arena, uint32_t, nblocks + 1);
    r.is_due = WR_NEW0(arena, uint8_t, nblocks + 1);
    memset(r.in, 0xff, (size_t)(nblocks + 1) * n * sizeof *r.in);
    for (uint32_t k = 0; k < n; k++) r.in[k] = initial[k] ? initial[k] : identity_at(&r, 0, k);
    for (uint32_t b = 0, s = 0; b <= nblocks; b++) {
        while (s < nsets && flow->block_of[sets[s].at] < b) s++;
        r.first[b] = s;
    }
    r.first[nblocks] = nsets;
    r.is_due[0] = 1;
    r.again = true;
    for (unsigned sweep = 0; r.again; sweep++) {
        if (sweep == MAX_SWEEPS) return NULL;
        r.again = false;
        for (uint32_t b = 0; b < nblocks; b++) {
            if (!r.is_due[b]) continue;
            r.is_due[b] = 0;
            pass_through(&r, b);
        }
    }
    return r.in;
}
