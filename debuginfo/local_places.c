// Finds where the output keeps the values of the input's locals. See local_places.h.
#include "local_places.h"

enum { MOST_WRITES = 60, MOST_SWEEPS = 24, MOST_PLACES = 6 };

static const uint64_t AT_ENTRY = UINT64_C(1) << 62, OTHER = UINT64_C(1) << 63;
enum { CODE_OTHER = 64 };

// --- Which writes may have given a local its value ---

static bool spend(wr_local_places *p, uint64_t work) {
    if (work > p->work) p->work = 0;
    if (p->work) p->work -= work;
    return p->work > 0;
}

static uint64_t bit_of(uint8_t code) { return UINT64_C(1) << (code - 1); }

// A write anywhere inside a try may be what its handlers see.
static bool reach_handlers(const wr_cfg *flow, const wr_cfg_block *block, uint64_t what, uint64_t *in) {
    bool any = false;
    for (uint32_t t = block->try; t != WR_NONE; t = flow->tries.v[t].outer) {
        const wr_cfg_block *b = &flow->blocks.v[flow->tries.v[t].block];
        for (uint32_t e = b->edges; e < b[1].edges; e++) {
            any |= (what & ~in[flow->edges.v[e]]) != 0;
            in[flow->edges.v[e]] |= what;
        }
    }
    return any;
}

static bool sweep(const wr_cfg *flow, const uint64_t *last, const uint64_t *all, uint64_t *in) {
    bool any = false;
    for (uint32_t k = 0; k + 1 < flow->blocks.n; k++) {
        const wr_cfg_block *b = &flow->blocks.v[k];
        uint64_t out = last[k] ? last[k] : in[k];
        for (uint32_t e = b->edges; e < b[1].edges; e++) {
            any |= flow->edges.v[e] <= k && (out & ~in[flow->edges.v[e]]);
            in[flow->edges.v[e]] |= out;
        }
        if (b->falls && k + 2 < flow->blocks.n) in[k + 1] |= out;
        any |= reach_handlers(flow, b, in[k] | all[k], in);
    }
    return any;
}

// Fills `known` from `code`. Returns false if it takes too long.
static bool find_known(wr_local_places *p, wr_local_side *side, uint64_t entry) {
    const wr_cfg *flow = &side->flow;
    uint32_t n = side->body.n, nblocks = flow->blocks.n;
    wr_mark mark = wr_arena_mark(p->arena);
    uint64_t *in = WR_NEW0(p->arena, uint64_t, nblocks), *last = WR_NEW0(p->arena, uint64_t, nblocks),
             *all = WR_NEW0(p->arena, uint64_t, nblocks);
    for (uint32_t i = 0; i < n; i++) {
        if (!side->code[i]) continue;
        last[flow->block_of[i]] = bit_of(side->code[i]);
        all[flow->block_of[i]] |= bit_of(side->code[i]);
    }
    in[0] = entry;
    unsigned sweeps = 1;
    while (sweep(flow, last, all, in) && sweeps < MOST_SWEEPS) sweeps++;
    uint64_t known = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (i == flow->blocks.v[flow->block_of[i]].first) known = in[flow->block_of[i]];
        side->known[i] = known;
        if (side->code[i]) known = bit_of(side->code[i]);
    }
    wr_arena_release(p->arena, &mark);
    return spend(p, n + (uint64_t)nblocks * sweeps) && sweeps < MOST_SWEEPS;
}

// Numbers the writes of a local of one side. Returns false if there are too many.
static bool number_writes(wr_local_places *p, wr_local_side *side, uint32_t local, uint32_t *nwrites) {
    const wr_body *body = &side->body;
    *nwrites = 0;
    for (uint32_t i = 0; i < body->n; i++) {
        bool is_write = wr_local_places_is_write(&body->ins[i]) && wr_ins_local(&body->ins[i]) == local;
        side->code[i] = 0;
        if (is_write && ++*nwrites > MOST_WRITES) return false;
        if (is_write) side->code[i] = (uint8_t)*nwrites;
    }
    return spend(p, body->n);
}

// Whether the instruction writes what a numbered write of the input does.
static bool writes_value(const wr_local_places *p, uint32_t i, bool safely) {
    return p->write[i] != WR_NONE && p->before.code[p->write[i]] && (p->is_safe[i] || !safely);
}

// Marks the writes of a local of the output, those of other values as such.
static void mark_writes(wr_local_places *p, uint32_t place, bool safely) {
    const wr_body *body = &p->after.body;
    for (uint32_t i = 0; i < body->n; i++) {
        bool is_write = wr_local_places_is_write(&body->ins[i]) && wr_ins_local(&body->ins[i]) == place;
        p->after.code[i] = !is_write                    ? 0
                           : writes_value(p, i, safely) ? p->before.code[p->write[i]]
                                                        : CODE_OTHER;
    }
}

// Lists the locals of the output that ever get the value.
static uint32_t list_places(wr_local_places *p, uint32_t local, bool safely, uint32_t *places) {
    const wr_body *body = &p->after.body;
    uint32_t n = 0;
    if (p->same_params && local < p->before.body.nparams) places[n++] = local;
    for (uint32_t i = 0; i < body->n && n < MOST_PLACES; i++) {
        uint32_t k = 0;
        if (!writes_value(p, i, safely)) continue;
        while (k < n && places[k] != wr_ins_local(&body->ins[i])) k++;
        if (k == n) places[n++] = wr_ins_local(&body->ins[i]);
    }
    return spend(p, body->n) ? n : 0;
}

// What a place holds at the start: an argument, or zero like the local. Where a site starts, places hold
// anything.
static uint64_t entry_of(const wr_local_places *p, uint32_t local, uint32_t place) {
    if (p->site) return OTHER;
    uint32_t before = p->before.body.nparams, after = p->after.body.nparams;
    if (local < before) return p->same_params && place == local ? AT_ENTRY : OTHER;
    return place < after ? OTHER : AT_ENTRY;
}

// --- Comparing ---

// Whether an instruction of the output stands before and behind the same writes as in the input. `position`
// has the places of these writes in the output.
static bool is_in_order(const wr_local_places *p, uint32_t i, uint64_t writes, const uint32_t *position) {
    for (writes &= ~AT_ENTRY; writes; writes &= writes - 1) {
        uint32_t at = position[__builtin_ctzll(writes)];
        if ((at < i) != (p->write[at] < p->from[i])) return false;
    }
    return true;
}

static bool compare(wr_local_places *p, uint32_t place, uint32_t *found) {
    uint32_t position[MOST_WRITES] = {0}, n = p->after.body.n;
    bool any = false;
    for (uint32_t i = 0; i < n; i++)
        if (p->after.code[i] && p->after.code[i] != CODE_OTHER) position[p->after.code[i] - 1] = i;
    for (uint32_t i = 0; i < n; i++) {
        uint64_t known = p->after.known[i];
        if (found[i] != WR_NONE || p->from[i] == WR_NONE || !known || known & OTHER) continue;
        if (known != p->before.known[p->from[i]] || !is_in_order(p, i, known, position)) continue;
        found[i] = place;
        any = true;
    }
    return any;
}

static uint32_t *no_places(wr_local_places *p) {
    uint32_t *found = WR_NEW(p->arena, uint32_t, p->after.body.n);
    memset(found, 0xff, p->after.body.n * sizeof *found);
    return found;
}

static const uint32_t none_found;

// --- Parameters of inlined functions ---

static bool reads(const wr_body *body, uint32_t i, uint32_t local) {
    return body->ins[i].op == WR_OP_LOCAL_GET && wr_ins_local(&body->ins[i]) == local;
}

// The values that a place has where the code of the site reads the parameter there: those that one write, or
// the function's own start, gives it. Values that the site's code gives it are left out.
static uint64_t argument_values(const wr_local_places *p, uint32_t param, uint32_t place) {
    uint64_t values = 0, own = 0;
    for (uint32_t i = 0; i < p->after.body.n; i++) {
        uint64_t known = p->after.known[i];
        if (p->after.code[i] && p->from[i] != WR_NONE) own |= bit_of(p->after.code[i]);
        if (!p->is_own[i] || !reads(&p->after.body, i, place) || !reads(&p->before.body, p->from[i], param))
            continue;
        if (known & (known - 1)) return 0;
        values |= known;
    }
    return values & ~own;
}

static bool compare_argument(wr_local_places *p, uint32_t param, uint32_t place, uint32_t *found) {
    uint64_t values = argument_values(p, param, place);
    bool any = false;
    for (uint32_t i = 0; i < p->after.body.n; i++) {
        uint64_t known = p->after.known[i];
        if (found[i] != WR_NONE || p->from[i] == WR_NONE || known & (known - 1) || !(known & values))
            continue;
        found[i] = place;
        any = true;
    }
    return any;
}

static const uint32_t *find_argument(wr_local_places *p, uint32_t param) {
    uint32_t *found = no_places(p), places[MOST_PLACES], n = 0, nwrites;
    bool any = false;
    for (uint32_t i = 0; i < p->after.body.n && n < MOST_PLACES; i++) {
        const wr_ins *ins = &p->after.body.ins[i];
        if (!p->is_own[i] || ins->op != WR_OP_LOCAL_GET || !reads(&p->before.body, p->from[i], param))
            continue;
        uint32_t k = 0;
        while (k < n && places[k] != wr_ins_local(ins)) k++;
        if (k == n) places[n++] = wr_ins_local(ins);
    }
    for (uint32_t k = 0; k < n && spend(p, p->after.body.n); k++) {
        if (!number_writes(p, &p->after, places[k], &nwrites) || !find_known(p, &p->after, AT_ENTRY)) break;
        any |= compare_argument(p, param, places[k], found);
    }
    return any ? found : &none_found;
}

// --- Finding ---

static const uint32_t *find(wr_local_places *p, uint32_t local) {
    uint32_t places[MOST_PLACES], nwrites;
    if (!number_writes(p, &p->before, local, &nwrites)) return &none_found;
    if (p->site && !nwrites) return local < p->before.body.nparams ? find_argument(p, local) : &none_found;
    if (!find_known(p, &p->before, AT_ENTRY)) return &none_found;
    uint32_t *found = no_places(p), n = list_places(p, local, true, places);
    bool any = false;
    for (uint32_t k = 0; k < n; k++) {
        mark_writes(p, places[k], true);
        if (!find_known(p, &p->after, entry_of(p, local, places[k]))) break;
        any |= compare(p, places[k], found);
    }
    return any ? found : &none_found;
}

const uint32_t *wr_local_places_find(wr_local_places *p, uint32_t local) {
    if (!p->is_usable || local >= p->before.body.nlocals || !p->work) return NULL;
    if (!p->found[local]) p->found[local] = find(p, local);
    return p->found[local] == &none_found ? NULL : p->found[local];
}

const uint32_t *wr_local_places_find_constant(wr_local_places *p, uint32_t local, uint32_t *whole_local) {
    uint32_t places[MOST_PLACES], nwrites;
    *whole_local = WR_NONE;
    if (!p->is_usable || local >= p->before.body.nlocals || !number_writes(p, &p->before, local, &nwrites))
        return NULL;
    bool is_param = local < p->before.body.nparams;
    if (nwrites != !is_param) return NULL;
    uint32_t *found = no_places(p), n = list_places(p, local, false, places);
    uint64_t wanted = is_param ? AT_ENTRY : 1;
    bool any = false;
    for (uint32_t k = 0; k < n; k++) {
        bool whole = true;
        mark_writes(p, places[k], false);
        if (!find_known(p, &p->after, entry_of(p, local, places[k]))) break;
        for (uint32_t i = 0; i < p->after.body.n; i++) {
            uint64_t known = p->after.known[i];
            whole &= !known || known == wanted || known == AT_ENTRY;
            if (known != wanted || found[i] != WR_NONE) continue;
            found[i] = places[k];
            any = true;
        }
        if (whole && *whole_local == WR_NONE) *whole_local = places[k];
    }
    return any ? found : NULL;
}
