// load-pre: elimination of loads that are redundant on all paths, and in loops.
//
//   (i32.store offset=8 $fp A)
//   (loop … (i32.load offset=8 $fp) … (i32.store offset=8 $fp B) … (br_if 0 …))
//     ->  (i32.store offset=8 $fp (local.tee $v A))
//         (loop … (local.get $v) … (i32.store offset=8 $fp (local.tee $v B)) … (br_if 0 …))
//
// cse finds what an earlier instruction computed that dominates; this finds what every path leaves in one
// local: the value of a slot, which is what a load reads relative to a local. A slot's value is known behind
// a load or store of it, until something may write it or its base gets another value. Code of -O0 keeps all
// variables in slots of its frame. Stores stay, since others may read what they write. A slot that a loop
// reads and always knows where it begins again is loaded before the loop, if it is known to lie inside the
// memory there.
//
// Sound, as whatever writes memory is taken to write all slots, but for stores relative to the same value of
// the same local, which write what their offset and size say (the addresses don't wrap around, as accesses
// that would leave the memory trap). Shared memories, and bodies with try blocks, are left alone. The data
// flow is in load_pre_flow.c. A slot takes part if that saves bytes.
#include "load_pre.h"

#include "analysis/effects.h"
#include "analysis/exprs.h"
#include "cse.h"
#include "support/hash.h"

#define MAX_SLOTS (64 * WR_LOAD_PRE_WORDS)
#define MIN_USES 2
#define MIN_LOADS 2   // through one local, for a search to be worth while,
#define FRAME_SHARE 3 // and their share of all loads

static bool is_shared(const wr_load_pre *r, const wr_ins *ins) {
    return r->m->memories[wr_ins_memory(ins)].limits.shared;
}

// --- Slots ---

static bool is_place(const wr_load_slot *slot, const wr_ins *load, uint32_t base) {
    return slot->base == base && slot->load.op == load->op && slot->load.b == load->b &&
           wr_ins_memory(&slot->load) == wr_ins_memory(load);
}

static uint32_t find_slot(const wr_load_pre *r, const wr_ins *load, uint32_t base, uint64_t *hash) {
    uint32_t slot;
    *hash = wr_hash_word(wr_hash_word(base, load->b), (uint64_t)wr_ins_memory(load) << 16 | load->op);
    WR_MAP_FIND(&r->by_place, *hash, slot, is_place(&r->slots.v[slot], load, base));
    return slot;
}

// The local that an address is the value of, which ends with this instruction; WR_NONE if it is something
// else.
static uint32_t base_of(const wr_ins *last) {
    return last->op == WR_OP_LOCAL_GET || last->op == WR_OP_LOCAL_TEE ? wr_ins_local(last) : WR_NONE;
}

static void find_slots(wr_load_pre *r) {
    for (uint32_t p = 0; p < r->flow.nplaces; p++) {
        uint32_t i = r->flow.places[p];
        const wr_ins *ins = &r->body->ins[i];
        if (!i || !wr_is_scalar_load(ins->op) || is_shared(r, ins)) continue;
        uint32_t base = base_of(&r->body->ins[i - 1]);
        if (base == WR_NONE) continue;
        uint64_t hash;
        uint32_t slot = find_slot(r, ins, base, &hash);
        if (slot == WR_NONE) {
            wr_load_slot made = {.load = *ins, .base = base, .number = WR_NONE, .local = WR_NONE};
            wr_map_add(&r->by_place, r->arena, hash, slot = r->slots.n);
            WR_PUSH(r->arena, r->slots, made);
        }
        r->slots.v[slot].uses++;
    }
}

// The base of a store's address, WR_NONE if it is none, or has another value when the store is executed.
// written: by local, after the last instruction that writes it.
static uint32_t base_of_store(const wr_load_pre *r, const uint32_t *start, const uint32_t *written,
                              uint32_t i) {
    uint32_t value = wr_exprs_second(start, i);
    if (value == WR_NONE) return WR_NONE;
    uint32_t base = base_of(&r->body->ins[value - 1]);
    return base != WR_NONE && written[base] <= value ? base : WR_NONE;
}

// Gives the slots with enough accesses numbers. Returns whether there are any.
static bool number_slots(wr_load_pre *r) {
    r->numbered = WR_NEW(r->arena, uint32_t, MAX_SLOTS);
    for (uint32_t k = 0; k < r->slots.n && r->nslots < MAX_SLOTS; k++) {
        if (r->slots.v[k].uses < MIN_USES) continue;
        r->numbered[r->nslots] = k;
        r->slots.v[k].number = r->nslots++;
    }
    r->nwords = (r->nslots + 63) / 64;
    return r->nslots > 0;
}

static wr_load_slot *slot_of(const wr_load_pre *r, uint32_t number) {
    return &r->slots.v[r->numbered[number]];
}

// --- Events ---

// Counts the stores that leave a slot known.
static void count_stores(wr_load_pre *r, const uint32_t *bases) {
    for (uint32_t p = 0; p < r->flow.nplaces; p++) {
        uint32_t i = r->flow.places[p];
        wr_ins load = r->body->ins[i];
        if (!wr_is_scalar_store(load.op) || bases[p] == WR_NONE || is_shared(r, &load)) continue;
        load.op = (uint16_t)wr_cse_load_of(load.op);
        uint64_t hash;
        uint32_t slot = load.op == WR_OP_NOP ? WR_NONE : find_slot(r, &load, bases[p], &hash);
        if (slot != WR_NONE) r->slots.v[slot].uses++;
    }
}

// By place: the base of a store.
static uint32_t *find_bases(wr_load_pre *r) {
    uint32_t *bases = WR_NEW(r->arena, uint32_t, r->flow.nplaces),
             *written = WR_NEW0(r->arena, uint32_t, r->body->nlocals);
    const uint32_t *start = wr_exprs_find(r->arena, r->m, r->body);
    for (uint32_t p = 0; p < r->flow.nplaces; p++) {
        uint32_t i = r->flow.places[p];
        const wr_ins *ins = &r->body->ins[i];
        if (ins->op == WR_OP_LOCAL_SET || ins->op == WR_OP_LOCAL_TEE) written[wr_ins_local(ins)] = i + 1;
        bases[p] = wr_is_scalar_store(ins->op) ? base_of_store(r, start, written, i) : WR_NONE;
    }
    return bases;
}

// Adds the masks of an access to `size` bytes relative to a base: what it leaves known if it writes, and what
// it proves.
static uint32_t add_masks(wr_load_pre *r, const wr_ins *ins, uint32_t base) {
    wr_load_set keeps = {0}, proves = {0};
    uint64_t from = ins->b, size = wr_access_size(ins->op);
    for (uint32_t k = 0; k < r->nslots; k++) {
        const wr_load_slot *slot = slot_of(r, k);
        uint64_t at = slot->load.b, length = wr_access_size(slot->load.op);
        if (slot->base != base || wr_ins_memory(&slot->load) != wr_ins_memory(ins)) continue;
        bool apart = at < from ? from - at >= length : at - from >= size;
        if (apart) wr_load_set_add(&keeps, k);
        if (at <= from && length <= size + (from - at)) wr_load_set_add(&proves, k);
    }
    WR_PUSH(r->arena, r->keeps, keeps);
    WR_PUSH(r->arena, r->proves, proves);
    return r->keeps.n - 1;
}

static void add_event(wr_load_pre *r, wr_load_event e) { WR_PUSH(r->arena, r->events, e); }

static void note_load(wr_load_pre *r, uint32_t i) {
    const wr_ins *ins = &r->body->ins[i];
    uint32_t base = i && !is_shared(r, ins) ? base_of(&r->body->ins[i - 1]) : WR_NONE;
    if (base == WR_NONE) return;
    uint64_t hash;
    uint32_t slot = find_slot(r, ins, base, &hash);
    if (r->slots.v[slot].number == WR_NONE) return;
    add_event(r, (wr_load_event){.kind = WR_LOAD_READ,
                                 .at = i,
                                 .slot = r->slots.v[slot].number,
                                 .masks = add_masks(r, ins, base)});
}

static void note_store(wr_load_pre *r, uint32_t i, uint32_t base) {
    const wr_ins *ins = &r->body->ins[i];
    if (base == WR_NONE || is_shared(r, ins)) {
        add_event(r, (wr_load_event){.kind = WR_LOAD_CLOBBERED, .at = i});
        return;
    }
    wr_ins load = *ins;
    load.op = (uint16_t)wr_cse_load_of(load.op);
    uint64_t hash;
    uint32_t slot = load.op == WR_OP_NOP ? WR_NONE : find_slot(r, &load, base, &hash);
    add_event(r, (wr_load_event){.kind = WR_LOAD_WRITTEN,
                                 .at = i,
                                 .slot = slot == WR_NONE ? WR_NONE : r->slots.v[slot].number,
                                 .masks = add_masks(r, ins, base)});
}

// By local: the index in `keeps` of the slots that it is the base of; WR_NONE if there are none.
static uint32_t *find_moves(wr_load_pre *r) {
    uint32_t *moves = WR_NEW(r->arena, uint32_t, r->body->nlocals);
    memset(moves, 0xff, r->body->nlocals * sizeof *moves);
    for (uint32_t k = 0; k < r->nslots; k++) {
        uint32_t base = slot_of(r, k)->base;
        if (moves[base] == WR_NONE) {
            moves[base] = r->keeps.n;
            WR_PUSH(r->arena, r->keeps, ((wr_load_set){0}));
            WR_PUSH(r->arena, r->proves, ((wr_load_set){0}));
        }
        wr_load_set_add(&r->keeps.v[moves[base]], k);
    }
    return moves;
}

static void find_events(wr_load_pre *r, const uint32_t *bases) {
    const uint32_t *moves = find_moves(r);
    for (uint32_t p = 0; p < r->flow.nplaces; p++) {
        uint32_t i = r->flow.places[p], effects = wr_opinfos[r->body->ins[i].op].effects;
        const wr_ins *ins = &r->body->ins[i];
        if (wr_is_scalar_load(ins->op)) {
            note_load(r, i);
        } else if (wr_is_scalar_store(ins->op)) {
            note_store(r, i, bases[p]);
        } else if (ins->op == WR_OP_LOCAL_SET || ins->op == WR_OP_LOCAL_TEE) {
            uint32_t masks = moves[wr_ins_local(ins)];
            if (masks != WR_NONE)
                add_event(r, (wr_load_event){.kind = WR_LOAD_MOVED, .at = i, .masks = masks});
        } else if (effects & (WR_E_CALL | WR_E_ATOMIC | WR_E_WRITE_MEM)) {
            add_event(r, (wr_load_event){.kind = WR_LOAD_CLOBBERED, .at = i});
        }
    }
}

static void find_loops(wr_load_pre *r) {
    for (uint32_t b = 0; b + 1 < r->flow.blocks.n; b++) {
        if (!r->flow.blocks.v[b].is_header) continue;
        uint32_t start = r->flow.blocks.v[b].first;
        wr_load_loop loop = {.header = b, .start = start, .end = r->body->match[start]};
        WR_PUSH(r->arena, r->loops, loop);
    }
}

// --- Choice ---

static uint32_t access_size(const wr_load_pre *r) { return r->body->nlocals < 128 ? 2 : 3; }

static int64_t size_of_load(const wr_load_pre *r, const wr_load_slot *slot) {
    wr_ins get = {.op = WR_OP_LOCAL_GET, .a = slot->base};
    return (int64_t)wr_ins_size(&get, NULL) + (int64_t)wr_ins_size(&slot->load, r->body->ext.v);
}

// Gives the slots where that saves bytes a local. Returns whether there are any.
static bool choose(wr_load_pre *r) {
    int64_t *saved = WR_NEW0(r->arena, int64_t, r->nslots), access = access_size(r);
    for (uint32_t e = 0; e < r->events.n; e++) {
        const wr_load_event *event = &r->events.v[e];
        if (event->is_known) saved[event->slot] += size_of_load(r, slot_of(r, event->slot)) - access;
        if (event->is_kept) saved[event->slot] -= access;
    }
    bool any = false;
    for (uint32_t k = 0; k < r->nslots; k++) {
        wr_load_slot *slot = slot_of(r, k);
        for (uint32_t l = 0; l < r->loops.n; l++)
            if (wr_load_set_has(&r->loops.v[l].entered, k)) saved[k] -= size_of_load(r, slot) + access;
        if (saved[k] <= 0 || r->body->nlocals >= WR_MAX_LOCALS) continue;
        wr_local_run run = {1, wr_opinfos[slot->load.op].push};
        WR_PUSH(r->arena, r->body->runs, run);
        slot->local = r->body->nlocals++;
        any = true;
    }
    return any;
}

// --- Rewriting ---

typedef struct writer {
    wr_load_pre *r;
    WR_VEC(wr_ins) out;
    uint32_t event, loop; // the next ones
} writer;

static void put(writer *w, unsigned op, uint32_t local, uint32_t origin) {
    wr_ins ins = {.op = (uint16_t)op, .a = local, .origin = origin};
    WR_PUSH(w->r->arena, w->out, ins);
}

static void load_before_loop(writer *w, const wr_load_loop *loop) {
    for (uint32_t k = 0; k < w->r->nslots; k++) {
        const wr_load_slot *slot = slot_of(w->r, k);
        if (slot->local == WR_NONE || !wr_load_set_has(&loop->entered, k)) continue;
        put(w, WR_OP_LOCAL_GET, slot->base, slot->load.origin);
        WR_PUSH(w->r->arena, w->out, slot->load);
        put(w, WR_OP_LOCAL_SET, slot->local, slot->load.origin);
    }
}

static void put_event(writer *w, const wr_load_event *e) {
    const wr_ins *ins = &w->r->body->ins[e->at];
    uint32_t local = e->is_known || e->is_kept ? slot_of(w->r, e->slot)->local : WR_NONE;
    if (local == WR_NONE) {
        WR_PUSH(w->r->arena, w->out, *ins);
    } else if (e->is_known) {
        w->out.n--; // the address
        put(w, WR_OP_LOCAL_GET, local, ins->origin);
    } else if (e->kind == WR_LOAD_READ) {
        WR_PUSH(w->r->arena, w->out, *ins);
        put(w, WR_OP_LOCAL_TEE, local, ins->origin);
    } else {
        put(w, WR_OP_LOCAL_TEE, local, ins->origin);
        WR_PUSH(w->r->arena, w->out, *ins);
    }
}

static void rewrite(wr_load_pre *r) {
    writer w = {.r = r};
    WR_RESERVE(r->arena, w.out, r->body->n);
    for (uint32_t i = 0; i < r->body->n; i++) {
        if (w.loop < r->loops.n && r->loops.v[w.loop].start == i) load_before_loop(&w, &r->loops.v[w.loop++]);
        if (w.event < r->events.n && r->events.v[w.event].at == i)
            put_event(&w, &r->events.v[w.event++]);
        else
            WR_PUSH(r->arena, w.out, r->body->ins[i]);
    }
    r->body->ins = w.out.v;
    r->body->n = w.out.n;
}

// Whether instruction i sets a local to a global less a constant: a frame on the stack that compilers keep in
// memory.
static bool sets_frame(const wr_body *body, uint32_t i) {
    const wr_ins *ins = &body->ins[i];
    return (ins->op == WR_OP_LOCAL_TEE || ins->op == WR_OP_LOCAL_SET) && i >= 3 &&
           ins[-3].op == WR_OP_GLOBAL_GET &&
           (ins[-1].op == WR_OP_I32_SUB || ins[-1].op == WR_OP_I32_ADD || ins[-1].op == WR_OP_I64_SUB ||
            ins[-1].op == WR_OP_I64_ADD);
}

// Whether frames are the base of many of the loads, as in code of -O0: elsewhere there is hardly anything to
// find, and the search takes time.
static bool has_frame(wr_arena *arena, const wr_body *body) {
    uint8_t *is_frame = WR_NEW0(arena, uint8_t, body->nlocals);
    uint32_t nloads = 0, all = 0;
    for (uint32_t i = 1; i < body->n; i++) {
        unsigned op = body->ins[i].op;
        if (sets_frame(body, i)) {
            is_frame[wr_ins_local(&body->ins[i])] = 1;
        } else if (wr_is_scalar_load(op)) {
            all++;
            uint32_t base = base_of(&body->ins[i - 1]);
            nloads += base != WR_NONE && is_frame[base];
        }
    }
    return nloads >= MIN_LOADS && nloads >= all / FRAME_SHARE;
}

bool wr_edit_load_pre(wr_env *env, const wr_context *c, wr_body *body) {
    if (!has_frame(&env->temp, body)) return false;
    wr_load_pre r = {.arena = &env->temp, .m = c->m, .body = body};
    wr_cfg_build(&env->temp, body, &r.flow);
    if (r.flow.blocks.n < 4 || r.flow.tries.n) return false;
    find_slots(&r);
    if (!r.slots.n) return false;
    const uint32_t *bases = find_bases(&r);
    count_stores(&r, bases);
    if (!number_slots(&r)) return false;
    find_events(&r, bases);
    find_loops(&r);
    if (!wr_load_pre_flow(&r) || !choose(&r)) return false;
    rewrite(&r);
    return true;
}
