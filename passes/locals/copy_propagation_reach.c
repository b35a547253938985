// What copy propagation asks of the data-flow analysis (reaching_constants.c), and what it does with the
// answers: locals that are set to constants are tracked, and those that are copied to each other more than
// once. At the start of each block, tracked locals get the constants that reach it, and locals that are equal
// there get one value.
#include "copy_propagation.h"
#include "support/hash.h"

#define STATES_PER_INSTRUCTION 64 // the limit of the analysis: states of locals at blocks

static bool is_copy(const wr_body *body, uint32_t i) {
    const wr_ins *ins = &body->ins[i];
    return i > 0 && (ins->op == WR_OP_LOCAL_SET || ins->op == WR_OP_LOCAL_TEE) &&
           (ins[-1].op == WR_OP_LOCAL_GET || ins[-1].op == WR_OP_LOCAL_TEE);
}

static void track(wr_copy_values *v, uint32_t *number, uint32_t local) {
    if (number[local] != WR_NONE) return;
    number[local] = v->ntracked;
    v->tracked[v->ntracked++] = local;
}

// Tracks locals that are copied to each other again.
static void track_copies(wr_copy_values *v, uint32_t *number, uint64_t most) {
    uint32_t *from = WR_NEW(v->arena, uint32_t, v->body->nlocals), constants = v->ntracked;
    memset(from, 0xff, v->body->nlocals * sizeof *from);
    for (uint32_t p = 0; p < v->flow->nplaces && v->ntracked + 1 < most; p++) {
        uint32_t i = v->flow->places[p];
        if (!is_copy(v->body, i)) continue;
        uint32_t to = wr_ins_local(&v->body->ins[i]), source = wr_ins_local(&v->body->ins[i - 1]);
        if (from[to] == source || from[source] == to) {
            track(v, number, source); // first, so that it stands for the other
            track(v, number, to);
        }
        from[to] = source;
    }
    v->tracks_copies = v->ntracked > constants;
}

// Numbers the tracked locals, as many as the work limit permits; by local, WR_NONE for the others.
static uint32_t *number_tracked(wr_copy_values *v) {
    const wr_cfg *flow = v->flow;
    uint32_t *number = WR_NEW(v->arena, uint32_t, v->body->nlocals);
    uint64_t most = (uint64_t)STATES_PER_INSTRUCTION * v->body->n / flow->blocks.n;
    memset(number, 0xff, v->body->nlocals * sizeof *number);
    v->tracked = WR_NEW(v->arena, uint32_t, v->body->nlocals);
    for (uint32_t p = 0; p < flow->nplaces && v->ntracked < most; p++) {
        uint32_t i = flow->places[p];
        const wr_ins *ins = &v->body->ins[i];
        if (i == 0 || (ins->op != WR_OP_LOCAL_SET && ins->op != WR_OP_LOCAL_TEE)) continue;
        if (wr_is_number_const(ins[-1].op)) track(v, number, wr_ins_local(ins));
    }
    track_copies(v, number, most);
    return number;
}

static wr_local_set describe_set(wr_copy_values *v, const uint32_t *number, uint32_t i) {
    const wr_ins *ins = &v->body->ins[i];
    wr_local_set set = {.at = i, .number = number[wr_ins_local(ins)]};
    if (i == 0) return set;
    if (wr_is_number_const(ins[-1].op)) {
        set.value = wr_copy_constant(v, ins[-1].op, ins[-1].b);
    } else if (is_copy(v->body, i) && number[ins[-1].a] != WR_NONE) {
        set.value = number[ins[-1].a];
        set.is_copy = true;
    }
    return set;
}

// Lists the tracked locals that are copied from one to the other, in order.
static void link_copies(wr_copy_values *v, const wr_local_set *sets, uint32_t nsets) {
    uint8_t *is_linked = WR_NEW0(v->arena, uint8_t, v->ntracked);
    for (uint32_t s = 0; s < nsets; s++)
        if (sets[s].is_copy) is_linked[sets[s].number] = is_linked[sets[s].value] = 1;
    v->linked = WR_NEW(v->arena, uint32_t, v->ntracked);
    for (uint32_t k = 0; k < v->ntracked; k++)
        if (is_linked[k]) v->linked[v->nlinked++] = k;
}

// Runs the data-flow analysis. The structured walk alone knows little where distant paths meet, and in loops.
void wr_copy_find_reaching(wr_copy_values *v) {
    const wr_cfg *flow = v->flow;
    const uint32_t *number = number_tracked(v);
    if (!v->ntracked || flow->blocks.n < 3) return;
    uint32_t nsets = 0, *initial = WR_NEW(v->arena, uint32_t, v->ntracked);
    wr_local_set *sets = WR_NEW(v->arena, wr_local_set, flow->nplaces);
    for (uint32_t k = 0; k < v->ntracked; k++) initial[k] = v->value[v->tracked[k]];
    for (uint32_t p = 0; p < flow->nplaces; p++) {
        unsigned op = v->body->ins[flow->places[p]].op;
        if ((op == WR_OP_LOCAL_SET || op == WR_OP_LOCAL_TEE) &&
            number[v->body->ins[flow->places[p]].a] != WR_NONE)
            sets[nsets++] = describe_set(v, number, flow->places[p]);
    }
    v->reaching = wr_reaching_constants(v->arena, flow, sets, nsets, initial, v->ntracked);
    if (v->reaching && v->tracks_copies) link_copies(v, sets, nsets);
}

// Gives locals that are equal at the start of a block the same value.
static void equate(wr_copy_values *v, const uint32_t *in) {
    wr_map_clear(&v->same);
    for (uint32_t i = 0; i < v->nlinked; i++) {
        uint32_t k = v->linked[i];
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

void wr_copy_enter_block(wr_copy_values *v, uint32_t block) {
    const uint32_t *in = v->reaching + (size_t)block * v->ntracked;
    v->block = block;
    for (uint32_t k = 0; k < v->ntracked; k++)
        if (in[k] < WR_REACHING_MET && in[k] != v->value[v->tracked[k]]) wr_copy_set(v, v->tracked[k], in[k]);
    if (v->nlinked) equate(v, in);
}
