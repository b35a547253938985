// Liveness over structured control flow, without a control-flow graph: one sweep backward from the end, with
// the live set of each open label at hand. Loops are swept again until the live sets at their headers no
// longer change. The sets are bit vectors, one for each open block.
//
//   loop                   ;; live at the header: $i
//     local.get $i         ;; WR_LIVE_AFTER: $i is read again in the next iteration
//     ...
//     br 0
//   end
#include "liveness.h"

#include "ir/labels.h"

// Analysis stops once it has touched more bit-vector words than FREE_WORK plus this times the instructions.
#define WORK_PER_INSTRUCTION 256
#define FREE_WORK ((uint64_t)1 << 20)

typedef struct open_label {
    uint32_t start;  // the instruction that opens the block; WR_NONE for the body
    uint64_t *after; // live after the block
    uint64_t *other; // live at the start of the else arm; NULL until an else is met
} open_label;

typedef struct sweep {
    wr_arena *arena;
    const wr_body *body;
    size_t words;
    uint64_t *now;
    uint64_t **heads; // by loop instruction: live at the loop's header
    WR_VEC(open_label) labels;
    WR_VEC(uint64_t *) spare;
    uint8_t *live;
    uint64_t work, limit;
    bool changed, given_up;
} sweep;

static uint64_t *take(sweep *s) {
    if (s->spare.n) return s->spare.v[--s->spare.n];
    return WR_NEW(s->arena, uint64_t, s->words);
}

static void give(sweep *s, uint64_t *set) {
    if (set) WR_PUSH(s->arena, s->spare, set);
}

static void copy(sweep *s, uint64_t *to, const uint64_t *from) {
    memcpy(to, from, s->words * sizeof *to);
    s->work += s->words;
}

static void unite(sweep *s, uint64_t *to, const uint64_t *from) {
    for (size_t i = 0; i < s->words; i++) to[i] |= from[i];
    s->work += s->words;
}

static void clear(sweep *s, uint64_t *set) {
    memset(set, 0, s->words * sizeof *set);
    s->work += s->words;
}

// The set that is live where a branch to the label goes; NULL if it is empty.
static const uint64_t *target(const sweep *s, uint32_t label) {
    const open_label *l = &s->labels.v[s->labels.n - 1 - label];
    if (l->start == WR_NONE) return NULL;
    return s->body->ins[l->start].op == WR_OP_LOOP ? s->heads[l->start] : l->after;
}

static void unite_target(sweep *s, uint32_t label) {
    const uint64_t *set = target(s, label);
    if (set) unite(s, s->now, set);
}

static void enter_from_end(sweep *s, uint32_t end) {
    open_label label = {.start = s->body->match[end], .after = take(s)};
    copy(s, label.after, s->now);
    WR_PUSH(s->arena, s->labels, label);
    if (label.start == WR_NONE || s->body->ins[label.start].op != WR_OP_LOOP || s->heads[label.start]) return;
    s->heads[label.start] = WR_NEW0(s->arena, uint64_t, s->words);
}

static void meet_else(sweep *s) {
    open_label *label = &s->labels.v[s->labels.n - 1];
    label->other = take(s);
    copy(s, label->other, s->now);
    copy(s, s->now, label->after);
}

static void meet_head(sweep *s, uint64_t *head) {
    for (size_t i = 0; i < s->words; i++) {
        if (!(s->now[i] & ~head[i])) continue;
        head[i] |= s->now[i];
        s->changed = true;
    }
    s->work += s->words;
}

static void leave_at_start(sweep *s, uint32_t i) {
    open_label label = s->labels.v[--s->labels.n];
    if (s->body->ins[i].op == WR_OP_IF) unite(s, s->now, label.other ? label.other : label.after);
    if (s->body->ins[i].op == WR_OP_LOOP) meet_head(s, s->heads[i]);
    give(s, label.after);
    give(s, label.other);
}

// The bits that say whether a local is live after each of the innermost open blocks.
static unsigned live_behind(const sweep *s, uint32_t local) {
    unsigned bits = 0;
    for (uint32_t k = 1; k <= WR_LIVE_BLOCKS && k < s->labels.n; k++)
        bits |= (unsigned)(s->labels.v[s->labels.n - k].after[local >> 6] >> (local & 63) & 1) << k;
    return bits;
}

static void meet_access(sweep *s, uint32_t i) {
    uint32_t local = wr_ins_local(&s->body->ins[i]);
    uint64_t bit = (uint64_t)1 << (local & 63), *word = &s->now[local >> 6];
    s->live[i] = (uint8_t)(live_behind(s, local) | (*word & bit ? WR_LIVE_AFTER : 0));
    if (s->body->ins[i].op == WR_OP_LOCAL_GET)
        *word |= bit;
    else
        *word &= ~bit;
}

static void meet(sweep *s, uint32_t i) {
    const wr_ins *ins = &s->body->ins[i];
    const uint32_t *label;
    switch (ins->op) {
    case WR_OP_LOCAL_GET:
    case WR_OP_LOCAL_SET:
    case WR_OP_LOCAL_TEE: meet_access(s, i); break;
    case WR_OP_END: enter_from_end(s, i); break;
    case WR_OP_ELSE: meet_else(s); break;
    case WR_OP_BLOCK:
    case WR_OP_LOOP:
    case WR_OP_IF: leave_at_start(s, i); break;
    case WR_OP_BR_IF: unite_target(s, wr_ins_label(ins)); break;
    case WR_OP_BR:
    case WR_OP_BR_TABLE:
        clear(s, s->now);
        for (uint32_t k = 0; (label = wr_nth_label(ins, s->body->ext.v, k)); k++) unite_target(s, *label);
        break;
    default:
        if (wr_never_goes_on(ins->op)) clear(s, s->now);
        break;
    }
}

// Whether meet handles all control instructions of the body: no exception handlers, and only the branches of
// WebAssembly 1.0.
static bool is_plain_control(const wr_body *body) {
    for (uint32_t i = 0; i < body->n; i++) {
        unsigned op = body->ins[i].op;
        if (wr_is_try(op)) return false;
        if (wr_names_labels(op) && op != WR_OP_BR && op != WR_OP_BR_IF && op != WR_OP_BR_TABLE) return false;
    }
    return true;
}

static void sweep_once(sweep *s) {
    s->changed = false;
    s->labels.n = 0;
    clear(s, s->now);
    for (uint32_t i = s->body->n; i-- > 0 && !s->given_up;) {
        meet(s, i);
        s->given_up = s->work > s->limit;
    }
    while (s->labels.n) {
        open_label label = s->labels.v[--s->labels.n];
        give(s, label.after);
        give(s, label.other);
    }
}

static void all_live(const wr_body *body, uint8_t *live) {
    for (uint32_t i = 0; i < body->n; i++) live[i] = wr_names_local(body->ins[i].op) ? WR_LIVE_ALL : 0;
}

uint8_t *wr_liveness_find(wr_arena *arena, const wr_body *body) {
    uint8_t *live = WR_NEW0(arena, uint8_t, body->n);
    sweep s = {.arena = arena, .body = body, .live = live, .words = ((size_t)body->nlocals + 63) / 64};
    s.limit = FREE_WORK + (uint64_t)body->n * WORK_PER_INSTRUCTION;
    s.given_up = !is_plain_control(body) || s.words > s.limit;
    if (!s.given_up) {
        s.now = WR_NEW(arena, uint64_t, s.words);
        s.heads = WR_NEW0(arena, uint64_t *, body->n);
        do sweep_once(&s);
        while (s.changed && !s.given_up);
    }
    if (s.given_up) all_live(body, live);
    return live;
}
