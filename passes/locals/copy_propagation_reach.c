// What copy propagation asks of the data-flow analysis (reaching_constants.c), and what it does with the
// answers: locals that are set to constants are tracked, and those that are copied to each other more than
// once. Where the walk forgets what it knew of locals, at the start of a block, tracked ones get the
// constants that reach it, and locals that are equal there get one value. Of all others the walk knows as
// much as the analysis does.
#include "copy_propagation.h"
#include "support/hash.h"

#define STATES_PER_INSTRUCTION 64 // the limit of the analysis: states of locals at blocks
#define FEW 16

static bool is_copy(const wr_body *body, uint32_t i) {
    const wr_ins *ins = &body->ins[i];
    return i > 0 && (ins->op == WR_OP_LOCAL_SET || ins->op == WR_OP_LOCAL_TEE) &&
           (ins[-1].op == WR_OP_LOCAL_GET || ins[-1].op == WR_OP_LOCAL_TEE);
}

static void track(wr_copy_values *v, uint32_t local) {
    if (v->number[local] != WR_NONE) return;
    v->number[local] = v->ntracked;
    v->tracked[v->ntracked++] = local;
}

// Tracks locals that are copied to each other again.
static void track_copies(wr_copy_values *v, uint64_t most) {
    uint32_t *from = WR_NEW(v->arena, uint32_t, v->body->nlocals), constants = v->ntracked;
    memset(from, 0xff, v->body->nlocals * sizeof *from);
    for (uint32_t p = 0; p < v->flow->nplaces && v->ntracked + 1 < most; p++) {
        uint32_t i = v->flow->places[p];
        if (!is_copy(v->body, i)) continue;
        uint32_t to = wr_ins_local(&v->body->ins[i]), source = wr_ins_local(&v->body->ins[i - 1]);
        if (from[to] == source || from[source] == to) {
            track(v, source); // first, so that it stands for the other
            track(v, to);
        }
        from[to] = source;
    }
    v->tracks_copies = v->ntracked > constants;
}

// Numbers the tracked locals, as many as the work limit permits.
static void number_tracked(wr_copy_values *v) {
    const wr_cfg *flow = v->flow;
    v->number = WR_NEW(v->arena, uint32_t, v->body->nlocals);
    uint64_t most = (uint64_t)STATES_PER_INSTRUCTION * v->body->n / flow->blocks.n;
    memset(v->number, 0xff, v->body->nlocals * sizeof *v->number);
    v->tracked = WR_NEW(v->arena, uint32_t, v->body->nlocals);
    for (uint32_t p = 0; p < flow->nplaces && v->ntracked < most; p++) {
        uint32_t i = flow->places[p];
        const wr_ins *ins = &v->body->ins[i];
        if (i == 0 || (ins->op != WR_OP_LOCAL_SET && ins->op != WR_OP_LOCAL_TEE)) continue;
        if (wr_is_number_const(ins[-1].op)) track(v, wr_ins_local(ins));
    }
    track_copies(v, most);
}

// The tracked local that instruction i, a set, copies to another tracked one; else WR_NONE.
static uint32_t copied_by(const wr_copy_values *v, uint32_t i) {
    if (!is_copy(v->body, i) || v->number[v->body->ins[i].a] == WR_NONE) return WR_NONE;
    return v->number[v->body->ins[i - 1].a];
}

// Gives the tracked locals that are copied from one to the other the lowest numbers. The order stays
// otherwise.
static void number_linked_first(wr_copy_values *v) {
    uint8_t *is_linked = WR_NEW0(v->arena, uint8_t, v->ntracked);
    uint32_t *tracked = WR_NEW(v->arena, uint32_t, v->ntracked), n = 0;
    for (uint32_t p = 0; p < v->flow->nplaces; p++) {
        uint32_t i = v->flow->places[p], source = copied_by(v, i);
        if (source != WR_NONE) is_linked[source] = is_linked[v->number[v->body->ins[i].a]] = 1;
    }
    for (uint32_t k = 0; k < v->ntracked; k++)
        if (is_linked[k]) tracked[n++] = v->tracked[k];
    v->nlinked = n;
    for (uint32_t k = 0; k < v->ntracked; k++)
        if (!is_linked[k]) tracked[n++] = v->tracked[k];
    for (uint32_t k = 0; k < n; k++) v->number[tracked[k]] = k;
    v->tracked = tracked;
}

static wr_local_set describe_set(wr_copy_values *v, uint32_t i) {
    const wr_ins *ins = &v->body->ins[i];
    wr_local_set set = {.at = i, .number = v->number[wr_ins_local(ins)]};
    if (i == 0) return set;
    if (wr_is_number_const(ins[-1].op)) {
        set.value = wr_copy_constant(v, ins[-1].op, ins[-1].b);
    } else if (copied_by(v, i) != WR_NONE) {
        set.value = copied_by(v, i);
        set.is_copy = true;
    }
    return set;
}

// Runs the data-flow analysis. The structured walk alone knows little where distant paths meet, and in loops.
void wr_copy_find_reaching(wr_copy_values *v) {
    const wr_cfg *flow = v->flow;
    number_tracked(v);
    if (!v->ntracked || flow->blocks.n < 3) return;
    if (v->tracks_copies) number_linked_first(v);
    uint32_t nsets = 0, *initial = WR_NEW(v->arena, uint32_t, v->ntracked);
    wr_local_set *sets = WR_NEW(v->arena, wr_local_set, flow->nplaces);
    for (uint32_t k = 0; k < v->ntracked; k++) initial[k] = v->value[v->tracked[k]];
    for (uint32_t p = 0; p < flow->nplaces; p++) {
        unsigned op = v->body->ins[flow->places[p]].op;
        if ((op == WR_OP_LOCAL_SET || op == WR_OP_LOCAL_TEE) &&
            v->number[v->body->ins[flow->places[p]].a] != WR_NONE)
            sets[nsets++] = describe_set(v, flow->places[p]);
    }
    v->reaching = (wr_reaching){
        .body = v->body, .flow = flow, .sets = sets, .nsets = nsets, .n = v->ntracked, .initial = initial};
    if (!wr_reaching_constants(v->arena, &v->reaching)) v->reaching.in = NULL;
}

// Gives locals that are equal at the start of a block the same value.
static void equate(wr_copy_values *v, const uint32_t *in) {
    wr_map_clear(&v->same);
    for (uint32_t k = 0; k < v->nlinked; k++) {
        if (in[k] < WR_REACHING_MET || in[k] == UINT32_MAX) continue;
        uint64_t hash = wr_hash_word(0, in[k]);
        uint32_t first;
        WR_MAP_FIND(&v->same, hash, first, in[first] == in[k]);
        if (first == WR_NONE) {
            wr_map_add(&v->same, v->arena, hash, k);
            continue;
        }
        uint32_t number = wr_copy_value_of(v, v->tracked[first]);
        if (v->value[v->tracked[k]] != number) wr_copy_set(v, v->tracked[k], number);
    }
}

// Whether a linked local that the walk has forgotten may be equal to another one. Hardly any is, which takes
// a few comparisons to see if there are few.
static bool may_be_equal(const wr_copy_values *v, const uint32_t *in, uint32_t since, uint32_t end) {
    for (uint32_t i = since, left = FEW; i < end; i++) {
        uint32_t k = v->number[v->log.v[i].local], equal = 0;
        if (k >= v->nlinked || in[k] < WR_REACHING_MET) continue;
        for (uint32_t other = 0; other < v->nlinked; other++) equal += in[other] == in[k];
        if (equal > 1 || !left--) return true;
    }
    return false;
}

void wr_copy_enter_block(wr_copy_values *v, uint32_t block, uint32_t since) {
    const uint32_t *in = v->reaching.in[block];
    uint32_t end = v->log.n;
    if (!in) return;
    for (uint32_t i = since; i < end; i++) {
        uint32_t local = v->log.v[i].local, k = v->number[local];
        if (k != WR_NONE && in[k] < WR_REACHING_MET && in[k] != v->value[local]) wr_copy_set(v, local, in[k]);
    }
    if (v->nlinked && may_be_equal(v, in, since, end)) equate(v, in);
}
