// The data flow of load-pre. Three problems over the control-flow graph, with a bit for each slot:
//
//   known    forward, on all paths: the slot's local holds what the slot does
//   proven   forward, on all paths: the slot is known to lie inside the memory, as something at or behind it
//            was accessed from the same value of its base, and memories don't shrink
//   needed   backward, on some path: a read that finds the value known comes next
//
// Known and proven start with all bits set everywhere but at the function's start, and lose some until
// nothing changes. Before a loop, a slot that is proven there and read inside may be loaded. At first that is
// assumed of all such slots; those which are not known any more where the loop begins again are given up, and
// the problem is solved again.
#include "load_pre.h"

#define MAX_SWEEPS 24
#define MAX_ROUNDS 4
#define LOOP_WORK 16 // events that are looked at for loops, times the number of events

typedef struct solver {
    wr_load_pre *r;
    uint32_t nblocks;
    uint32_t *first;               // by block: the first of its events
    uint32_t *loop_of;             // by block: the loop that it is the header of, or WR_NONE
    wr_load_set *known, *proven;   // by block, at its start
    wr_load_set *needed;           // by block, at its start
    wr_load_set *again;            // by loop: what is known wherever it begins again
    wr_load_set *entry, *entry_in; // by loop: what is known, and what is proven, before it
    uint8_t *is_due;
    bool has_due_before;
} solver;

static bool meet(const wr_load_pre *r, wr_load_set *in, const wr_load_set *with) {
    uint64_t lost = 0;
    for (unsigned w = 0; w < r->nwords; w++) {
        lost |= in->bits[w] & ~with->bits[w];
        in->bits[w] &= with->bits[w];
    }
    return lost != 0;
}

static void join(const wr_load_pre *r, wr_load_set *set, const wr_load_set *with) {
    for (unsigned w = 0; w < r->nwords; w++) set->bits[w] |= with->bits[w];
}

static void take_out(const wr_load_pre *r, wr_load_set *set, const wr_load_set *what) {
    for (unsigned w = 0; w < r->nwords; w++) set->bits[w] &= ~what->bits[w];
}

static bool is_empty(const wr_load_pre *r, const wr_load_set *set) {
    uint64_t any = 0;
    for (unsigned w = 0; w < r->nwords; w++) any |= set->bits[w];
    return !any;
}

// --- Forward ---

static void pass(const wr_load_pre *r, const wr_load_event *e, wr_load_set *known, wr_load_set *proven) {
    switch (e->kind) {
    case WR_LOAD_READ: wr_load_set_add(known, e->slot); break;
    case WR_LOAD_CLOBBERED: *known = (wr_load_set){0}; return;
    case WR_LOAD_MOVED:
        take_out(r, known, &r->keeps.v[e->masks]);
        take_out(r, proven, &r->keeps.v[e->masks]);
        return;
    case WR_LOAD_WRITTEN:
        meet(r, known, &r->keeps.v[e->masks]);
        if (e->slot != WR_NONE) wr_load_set_add(known, e->slot);
        break;
    }
    join(r, proven, &r->proves.v[e->masks]);
}

static void flow_to(solver *s, uint32_t block, uint32_t from, const wr_load_set *known,
                    const wr_load_set *proven) {
    bool lost = meet(s->r, &s->known[block], known);
    lost |= meet(s->r, &s->proven[block], proven);
    if (!lost && s->is_due[block] != 2) return;
    s->is_due[block] = 1;
    s->has_due_before |= block <= from;
}

// Control that enters a loop from before it: what is loaded there is known then.
static void enter_loop(solver *s, uint32_t block, wr_load_set *known, const wr_load_set *proven) {
    uint32_t loop = s->loop_of[block];
    if (loop == WR_NONE) return;
    s->entry[loop] = *known;
    s->entry_in[loop] = *proven;
    join(s->r, known, &s->r->loops.v[loop].entered);
}

static void flow_from(solver *s, uint32_t block) {
    const wr_load_pre *r = s->r;
    const wr_cfg_block *b = &r->flow.blocks.v[block];
    wr_load_set known = s->known[block], proven = s->proven[block];
    for (uint32_t e = s->first[block]; e < s->first[block + 1]; e++)
        pass(r, &r->events.v[e], &known, &proven);
    for (uint32_t e = b->edges; e < b[1].edges; e++) {
        uint32_t to = r->flow.edges.v[e];
        if (to <= block && s->loop_of[to] != WR_NONE) meet(r, &s->again[s->loop_of[to]], &known);
        flow_to(s, to, block, &known, &proven);
    }
    if (!b->falls) return;
    enter_loop(s, block + 1, &known, &proven);
    flow_to(s, block + 1, block, &known, &proven);
}

// Blocks that control hasn't been seen to reach are due (2) when it first does.
static bool solve(solver *s) {
    const wr_load_pre *r = s->r;
    memset(s->known, 0xff, s->nblocks * sizeof *s->known);
    memset(s->proven, 0xff, s->nblocks * sizeof *s->proven);
    memset(s->again, 0xff, r->loops.n * sizeof *s->again);
    memset(s->is_due, 2, s->nblocks);
    s->known[0] = s->proven[0] = (wr_load_set){0};
    s->is_due[0] = 1;
    s->has_due_before = true;
    for (unsigned sweep = 0; s->has_due_before; sweep++) {
        if (sweep == MAX_SWEEPS) return false;
        s->has_due_before = false;
        for (uint32_t b = 0; b < s->nblocks; b++) {
            if (s->is_due[b] != 1) continue;
            s->is_due[b] = 0;
            flow_from(s, b);
        }
    }
    return true;
}

// --- Loops ---

// Adds the slots that are read in the loop.
static uint32_t read_in(const solver *s, const wr_load_loop *loop, wr_load_set *read) {
    const wr_load_pre *r = s->r;
    uint32_t e = s->first[loop->header], from = e;
    for (; e < r->events.n && r->events.v[e].at < loop->end; e++)
        if (r->events.v[e].kind == WR_LOAD_READ) wr_load_set_add(read, r->events.v[e].slot);
    return e - from;
}

// Assumes that all slots which a loop reads, and which may be loaded before it, are.
static bool assume_entered(solver *s) {
    wr_load_pre *r = s->r;
    bool any = false;
    uint64_t work = 0;
    for (uint32_t l = 0; l < r->loops.n && work <= (uint64_t)LOOP_WORK * r->events.n; l++) {
        wr_load_set read = {0};
        work += read_in(s, &r->loops.v[l], &read);
        meet(r, &read, &s->entry_in[l]);
        take_out(r, &read, &s->entry[l]);
        r->loops.v[l].entered = read;
        any |= !is_empty(r, &read);
    }
    return any;
}

// Gives up slots that are not known where their loop begins again. Returns whether there are any.
static bool give_up(solver *s) {
    wr_load_pre *r = s->r;
    bool any = false;
    for (uint32_t l = 0; l < r->loops.n; l++) any |= meet(r, &r->loops.v[l].entered, &s->again[l]);
    return any;
}

static bool solve_with_loops(solver *s) {
    if (!solve(s)) return false;
    if (!assume_entered(s)) return true;
    for (unsigned round = 0; round < MAX_ROUNDS; round++) {
        if (!solve(s)) return false;
        if (!give_up(s)) return true;
    }
    for (uint32_t l = 0; l < s->r->loops.n; l++) s->r->loops.v[l].entered = (wr_load_set){0};
    return solve(s);
}

// --- Backward ---

static void mark_known(solver *s) {
    wr_load_pre *r = s->r;
    for (uint32_t b = 0; b < s->nblocks; b++) {
        wr_load_set known = s->known[b], proven = s->proven[b];
        for (uint32_t e = s->first[b]; e < s->first[b + 1]; e++) {
            wr_load_event *event = &r->events.v[e];
            event->is_known = event->kind == WR_LOAD_READ && wr_load_set_has(&known, event->slot);
            pass(r, event, &known, &proven);
        }
    }
}

// What is needed at a block's end.
static wr_load_set needed_behind(const solver *s, uint32_t block) {
    const wr_load_pre *r = s->r;
    const wr_cfg_block *b = &r->flow.blocks.v[block];
    wr_load_set needed = {0};
    if (b->falls) {
        needed = s->needed[block + 1];
        if (s->loop_of[block + 1] != WR_NONE)
            take_out(r, &needed, &r->loops.v[s->loop_of[block + 1]].entered);
    }
    for (uint32_t e = b->edges; e < b[1].edges; e++) join(r, &needed, &s->needed[r->flow.edges.v[e]]);
    return needed;
}

static bool find_needed(solver *s, uint32_t block) {
    wr_load_pre *r = s->r;
    wr_load_set needed = needed_behind(s, block);
    for (uint32_t e = s->first[block + 1]; e-- > s->first[block];) {
        wr_load_event *event = &r->events.v[e];
        bool has_slot = event->kind == WR_LOAD_READ || event->kind == WR_LOAD_WRITTEN;
        if (!has_slot || event->slot == WR_NONE) continue;
        event->is_kept = !event->is_known && wr_load_set_has(&needed, event->slot);
        if (event->is_known)
            wr_load_set_add(&needed, event->slot);
        else
            wr_load_set_remove(&needed, event->slot);
    }
    bool changed = memcmp(&needed, &s->needed[block], sizeof needed) != 0;
    s->needed[block] = needed;
    return changed;
}

static bool solve_backward(solver *s) {
    memset(s->needed, 0, (s->nblocks + 1) * sizeof *s->needed);
    for (unsigned sweep = 0; sweep < MAX_SWEEPS; sweep++) {
        bool any = false;
        for (uint32_t b = s->nblocks; b-- > 0;) any |= find_needed(s, b);
        if (!any) return true;
    }
    return false;
}

bool wr_load_pre_flow(wr_load_pre *r) {
    uint32_t n = r->flow.blocks.n - 1;
    solver s = {.r = r, .nblocks = n};
    s.first = WR_NEW(r->arena, uint32_t, n + 1), s.loop_of = WR_NEW(r->arena, uint32_t, n + 1);
    s.known = WR_NEW(r->arena, wr_load_set, n + 1), s.proven = WR_NEW(r->arena, wr_load_set, n + 1);
    s.needed = WR_NEW(r->arena, wr_load_set, n + 1), s.is_due = WR_NEW(r->arena, uint8_t, n + 1);
    s.again = WR_NEW(r->arena, wr_load_set, r->loops.n), s.entry = WR_NEW0(r->arena, wr_load_set, r->loops.n);
    s.entry_in = WR_NEW0(r->arena, wr_load_set, r->loops.n);
    memset(s.loop_of, 0xff, (n + 1) * sizeof *s.loop_of);
    for (uint32_t l = 0; l < r->loops.n; l++) s.loop_of[r->loops.v[l].header] = l;
    for (uint32_t b = 0, e = 0; b <= n; b++) {
        while (e < r->events.n && r->flow.block_of[r->events.v[e].at] < b) e++;
        s.first[b] = e;
    }
    s.first[n] = r->events.n;
    if (!solve_with_loops(&s)) return false;
    mark_known(&s);
    if (!solve_backward(&s)) return false;
    for (uint32_t l = 0; l < r->loops.n; l++)
        meet(r, &r->loops.v[l].entered, &s.needed[r->loops.v[l].header]);
    return true;
}
