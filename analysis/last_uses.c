// Finds where each value of a local is read for the last time, and the live ranges of locals. See cfg.h.
//
//   local.set $x   ;; a range of $x starts
//   local.get $x   ;; not the last use
//   local.get $x   ;; the last use: the range ends
//
// Locals that live within one basic block, which in large functions are most, need a single walk backward.
// All others (or all locals, if there are at most 64) are handled 64 at a time, in order of their first
// occurrence: each block has one word of bits, and only blocks between the first and the last occurrence,
// extended to whole loops, are visited. Work is limited; locals for which the limit does not suffice are
// assumed to be live everywhere. Everything that an exception handler may read is live throughout its try.
#include "cfg.h"

#define GROUP 64
#define MAX_SWEEPS 24
#define WORK_PER_INSTRUCTION 64 // block words that may be visited, per instruction

typedef struct group {
    uint32_t first, end; // range in `place`
    uint32_t low, high;  // range of blocks
} group;

// An access of a local.
typedef struct access {
    uint32_t at;
    uint32_t what; // in `all`: the local; in `place`: its number within the group; plus READS
} access;

#define READS UINT32_C(0x80000000)

typedef struct live {
    wr_arena *arena;
    const wr_body *body;
    const wr_cfg *flow;
    wr_live_ranges *ranges; // NULL if not asked for
    uint8_t *dies;
    uint32_t *number; // by local that lives in several blocks: its number; else WR_NONE
    uint32_t *local;  // by number: the local
    uint32_t nmany;
    access *all; // all accesses in code order
    uint32_t nall;
    access *place;             // accesses of numbered locals, those of one group next to each other
    uint64_t *read, *set, *in; // by block: read before being set, set, live-in
    uint32_t *earliest;        // by block: the first block that branches to it, or itself
    uint64_t *handled;         // by try: live-in of its handlers and of those of enclosing tries
    uint64_t work;
} live;

static uint32_t local_of(const access *a) { return a->what & ~READS; }

static void list_accesses(live *l) {
    const wr_cfg *flow = l->flow;
    l->all = WR_NEW(l->arena, access, flow->nplaces + 1);
    for (uint32_t p = 0; p < flow->nplaces; p++) {
        const wr_ins *ins = &l->body->ins[flow->places[p]];
        l->all[l->nall] = (access){flow->places[p], ins->a | (ins->op == WR_OP_LOCAL_GET ? READS : 0)};
        l->nall += wr_names_local(ins->op);
    }
}

static void add_range(live *l, uint32_t local, uint32_t start, uint32_t end) {
    wr_live_range range = {local, start, end > start ? end : start + 1};
    if (l->ranges) WR_PUSH(l->arena, *l->ranges, range);
}

// --- Locals of one block ---

// Numbers the locals that occur in several blocks, or that are read before they are set in their only block.
static void find_many(live *l) {
    uint32_t nlocals = l->body->nlocals;
    uint32_t *home = WR_NEW(l->arena, uint32_t, nlocals);
    memset(home, 0xff, nlocals * sizeof *home);
    memset(l->number, 0xff, nlocals * sizeof *home);
    for (uint32_t p = 0; p < l->nall; p++) {
        uint32_t local = local_of(&l->all[p]), block = l->flow->block_of[l->all[p].at];
        if (l->number[local] != WR_NONE) continue;
        if (home[local] == WR_NONE && !(l->all[p].what & READS))
            home[local] = block;
        else if (home[local] != block)
            l->local[l->number[local] = l->nmany++] = local;
    }
}

static void walk_single(live *l) {
    // By local: the last use of its current value, plus one.
    uint32_t *last = WR_NEW0(l->arena, uint32_t, l->body->nlocals);
    for (uint32_t p = l->nall; p-- > 0;) {
        uint32_t local = local_of(&l->all[p]), i = l->all[p].at;
        if (l->number[local] != WR_NONE) continue;
        l->dies[i] = !last[local];
        if (l->all[p].what & READS) {
            if (!last[local]) last[local] = i + 1;
        } else {
            add_range(l, local, i, last[local] ? last[local] - 1 : i);
            last[local] = 0;
        }
    }
}

// --- Groups ---

static void sort_places(live *l, uint32_t ngroups, uint32_t *first) {
    memset(first, 0, (ngroups + 1) * sizeof *first);
    uint32_t n = 0;
    for (uint32_t p = 0; p < l->nall; p++) {
        access a = l->all[p];
        uint32_t number = l->number[local_of(&a)];
        if (number == WR_NONE) continue;
        first[number / GROUP + 1]++;
        l->all[n++] = (access){a.at, number | (a.what & READS)};
    }
    for (uint32_t g = 0; g < ngroups; g++) first[g + 1] += first[g];
    uint32_t *next = WR_NEW(l->arena, uint32_t, ngroups);
    memcpy(next, first, ngroups * sizeof *next);
    l->place = WR_NEW(l->arena, access, n);
    for (uint32_t p = 0; p < n; p++) {
        access a = l->all[p];
        l->place[next[local_of(&a) / GROUP]++] = (access){a.at, local_of(&a) % GROUP | (a.what & READS)};
    }
}

static uint64_t bit_of(const access *a) { return (uint64_t)1 << (a->what % GROUP); }
// All ones for a read, zero for a write.
static uint64_t if_read(const access *a) { return -(uint64_t)(a->what >> 31); }

// Fills `read` and `set` of the group's blocks, and clears `in`.
static void summarize(live *l, const group *g) {
    size_t size = (g->high - g->low + 1) * sizeof *l->in;
    memset(l->read + g->low, 0, size);
    memset(l->set + g->low, 0, size);
    memset(l->in + g->low, 0, size);
    for (uint32_t p = g->end; p-- > g->first;) {
        const access *a = &l->place[p];
        uint32_t block = l->flow->block_of[a->at];
        uint64_t bit = bit_of(a), reads = if_read(a);
        l->read[block] = (l->read[block] & ~bit) | (bit & reads);
        l->set[block] |= bit & ~reads;
    }
}

static uint64_t in_handlers(const live *l, uint32_t block) {
    uint32_t try = l->flow->blocks.v[block].try;
    return try == WR_NONE ? 0 : l->handled[try];
}

static uint64_t behind(const live *l, uint32_t block) {
    const wr_cfg_block *b = &l->flow->blocks.v[block];
    uint64_t out = b->falls ? l->in[block + 1] : 0;
    for (uint32_t e = b->edges; e < b[1].edges; e++) out |= l->in[l->flow->edges.v[e]];
    return out | in_handlers(l, block);
}

static bool find_handled(live *l) {
    bool any = false;
    for (uint32_t t = 0; t < l->flow->tries.n; t++) {
        const wr_cfg_try *try = &l->flow->tries.v[t];
        const wr_cfg_block *b = &l->flow->blocks.v[try->block];
        uint64_t word = try->outer == WR_NONE ? 0 : l->handled[try->outer];
        for (uint32_t e = b->edges; e < b[1].edges; e++) word |= l->in[l->flow->edges.v[e]];
        any |= word != l->handled[t];
        l->handled[t] = word;
    }
    return any;
}

// One backward sweep over the group's blocks. Returns whether another one is needed.
static bool sweep(live *l, const group *g) {
    bool again = false;
    for (uint32_t block = g->high + 1; block-- > g->low;) {
        uint64_t in = l->read[block] | (behind(l, block) & ~l->set[block]) | in_handlers(l, block);
        again |= in != l->in[block] && l->flow->blocks.v[block].is_header;
        l->in[block] = in;
    }
    l->work += g->high - g->low + 1;
    return find_handled(l) || again;
}

// The block in which the group's live ranges begin: the function's first if something is live-in at the
// group's first block; an earlier one if a branch from before the group targets a block with live-in locals.
static uint32_t begin_of_lives(const live *l, const group *g) {
    uint32_t low = g->low;
    if (l->in[low]) return 0;
    for (uint32_t block = low + 1; block <= g->high; block++)
        if (l->in[block] && l->earliest[block] < low) low = l->earliest[block];
    return l->flow->blocks.v[low].outer_first;
}

// Solves the data-flow equations for the group. Returns false if the work limit was reached.
static bool solve(live *l, group *g) {
    uint64_t limit = (uint64_t)WORK_PER_INSTRUCTION * l->body->n;
    summarize(l, g);
    memset(l->handled, 0, l->flow->tries.n * sizeof *l->handled);
    for (unsigned n = 0; n < MAX_SWEEPS && l->work < limit; n++) {
        if (sweep(l, g)) continue;
        uint32_t low = begin_of_lives(l, g);
        if (low == g->low) return true;
        g->low = low;
        summarize(l, g);
    }
    return false;
}

static void mark_deaths(live *l, const group *g) {
    uint32_t block = WR_NONE;
    uint64_t now = 0, handled = 0;
    for (uint32_t p = g->end; p-- > g->first;) {
        const access *a = &l->place[p];
        uint64_t bit = bit_of(a), reads = if_read(a);
        if (block != l->flow->block_of[a->at]) {
            block = l->flow->block_of[a->at];
            now = behind(l, block);
            handled = in_handlers(l, block);
        }
        l->dies[a->at] = !(now & bit);
        now = (now & ~bit) | (bit & reads) | (handled & ~reads);
    }
}

// --- Ranges ---

typedef struct opened {
    live *l;
    uint32_t base;         // number of the group's first local
    uint64_t now;          // the locals that have an open range
    uint32_t start[GROUP]; // where each of these ranges starts
} opened;

static void open_ranges(opened *o, uint64_t bits, uint32_t i) {
    o->now |= bits;
    for (; bits; bits &= bits - 1) o->start[__builtin_ctzll(bits)] = i;
}

static void close_ranges(opened *o, uint64_t bits, uint32_t i) {
    o->now &= ~bits;
    for (; bits; bits &= bits - 1) {
        unsigned k = (unsigned)__builtin_ctzll(bits);
        add_range(o->l, o->l->local[o->base + k], o->start[k], i);
    }
}

static void range_at(opened *o, const access *a) {
    uint64_t bit = bit_of(a);
    bool dies = o->l->dies[a->at];
    if (a->what & READS) {
        if (dies) close_ranges(o, bit & o->now, a->at);
    } else {
        if (!(o->now & bit)) open_ranges(o, bit, a->at);
        if (dies) close_ranges(o, bit, a->at + 1);
    }
}

static void list_ranges(live *l, const group *g, uint32_t base) {
    opened o = {.l = l, .base = base};
    uint32_t p = g->first;
    for (uint32_t block = g->low; block <= g->high; block++) {
        uint32_t first = l->flow->blocks.v[block].first;
        close_ranges(&o, o.now & ~l->in[block], first);
        open_ranges(&o, l->in[block] & ~o.now, first);
        for (; p < g->end && l->flow->block_of[l->place[p].at] == block; p++) range_at(&o, &l->place[p]);
    }
    close_ranges(&o, o.now, l->flow->blocks.v[g->high + 1].first);
}

// --- All ---

// By block: the earliest block that has an edge to it, or itself.
static uint32_t *find_earliest(wr_arena *arena, const wr_cfg *flow) {
    uint32_t *earliest = WR_NEW(arena, uint32_t, flow->blocks.n);
    for (uint32_t i = 0; i < flow->blocks.n; i++) earliest[i] = i;
    for (uint32_t i = 0; i + 1 < flow->blocks.n; i++)
        for (uint32_t e = flow->blocks.v[i].edges; e < flow->blocks.v[i + 1].edges; e++)
            if (i < earliest[flow->edges.v[e]]) earliest[flow->edges.v[e]] = i;
    return earliest;
}

static void live_everywhere(live *l, uint32_t base) {
    for (uint32_t k = base; k < base + GROUP && k < l->nmany; k++) add_range(l, l->local[k], 0, l->body->n);
}

// Handles one group. Returns false if that takes too much work.
static bool work_on(live *l, uint32_t base, uint32_t first, uint32_t end) {
    const wr_cfg *flow = l->flow;
    group g = {first, end, flow->blocks.v[flow->block_of[l->place[first].at]].outer_first,
               flow->blocks.v[flow->block_of[l->place[end - 1].at]].outer_last};
    bool solved = solve(l, &g);
    if (solved) mark_deaths(l, &g);
    if (solved && l->ranges) list_ranges(l, &g, base);
    memset(l->in + g.low, 0, (g.high - g.low + 1) * sizeof *l->in);
    return solved;
}

// Handles all locals as one group, numbered by their own indices.
static bool work_on_few(live *l) {
    l->place = l->all;
    l->nmany = l->body->nlocals;
    for (uint32_t i = 0; i < l->nmany; i++) l->local[i] = i;
    return l->nall == 0 || work_on(l, 0, 0, l->nall);
}

static void work_on_many(live *l) {
    l->nmany = 0;
    l->work = 0;
    find_many(l);
    walk_single(l);
    uint32_t ngroups = (l->nmany + GROUP - 1) / GROUP, *first = WR_NEW(l->arena, uint32_t, ngroups + 1);
    sort_places(l, ngroups, first);
    for (uint32_t g = 0; g < ngroups; g++)
        if (!work_on(l, g * GROUP, first[g], first[g + 1])) live_everywhere(l, g * GROUP);
}

const uint8_t *wr_last_uses_find(wr_arena *arena, const wr_body *body, const wr_cfg *flow,
                                 wr_live_ranges *ranges) {
    wr_mark mark;
    live l = {.arena = arena,
              .body = body,
              .flow = flow,
              .ranges = ranges,
              .dies = WR_NEW0(arena, uint8_t, body->n)};
    if (!ranges) mark = wr_arena_mark(arena);
    list_accesses(&l);
    l.number = WR_NEW(arena, uint32_t, body->nlocals);
    l.local = WR_NEW(arena, uint32_t, body->nlocals);
    l.earliest = find_earliest(arena, flow);
    l.read = WR_NEW(arena, uint64_t, flow->blocks.n);
    l.set = WR_NEW(arena, uint64_t, flow->blocks.n);
    l.in = WR_NEW0(arena, uint64_t, flow->blocks.n);
    l.handled = WR_NEW0(arena, uint64_t, flow->tries.n);
    if (body->nlocals > GROUP || !work_on_few(&l)) work_on_many(&l);
    if (!ranges) wr_arena_release(arena, &mark);
    return l.dies;
}
