// Liveness after each access of a local and behind the blocks around it, from the live ranges that
// last_uses.c finds over the control-flow graph.
//
//   block
//     local.set $x ..   ;; WR_LIVE_AFTER: $x is read in the block
//     local.get $x      ;; not WR_LIVE_AFTER, as $x is set before it is read again; but live behind the
//     local.set $x ..   ;; block if it is read there
//   end
//
// The ranges of one local are in code order and do not overlap. The walk drops those that end before it, and
// the one that holds the end of a block is found from there by binary search.
#include "liveness.h"

#include "cfg.h"
#include "ir/walk.h"
#include "support/search.h"

typedef struct finder {
    const wr_body *body;
    const wr_live_range *ranges; // by local
    uint32_t *first;             // by local: its first range that does not end before the current instruction
    const uint32_t *last;        // by local: the end of its ranges
    uint32_t longest;            // blocks from this length on have no bits
    wr_walk walk;
} finder;

// Outlining relies on it only in bodies without exception handlers and with the branches of WebAssembly 1.0.
static bool is_plain_control(const wr_body *body) {
    for (uint32_t i = 0; i < body->n; i++) {
        unsigned op = body->ins[i].op;
        if (wr_is_try(op)) return false;
        if (wr_names_labels(op) && op != WR_OP_BR && op != WR_OP_BR_IF && op != WR_OP_BR_TABLE) return false;
    }
    return true;
}

static void group_by_local(wr_arena *arena, const wr_live_ranges *list, finder *f) {
    uint32_t nlocals = f->body->nlocals, *first = WR_NEW0(arena, uint32_t, nlocals + 2);
    wr_live_range *ranges = WR_NEW(arena, wr_live_range, list->n);
    for (uint32_t i = 0; i < list->n; i++) first[list->v[i].local + 2]++;
    for (uint32_t i = 0; i < nlocals; i++) first[i + 2] += first[i + 1];
    for (uint32_t i = 0; i < list->n; i++) ranges[first[list->v[i].local + 1]++] = list->v[i];
    f->ranges = ranges;
    f->first = first;
    f->last = memcpy(WR_NEW(arena, uint32_t, nlocals), first + 1, nlocals * sizeof *first);
}

// The bits that say whether the local is live at the ends of the innermost open blocks.
static unsigned live_behind(const finder *f, uint32_t local) {
    uint32_t at = f->first[local], last = f->last[local], block;
    unsigned bits = 0;
    while (at < last && f->ranges[at].end <= f->walk.i) at++;
    f->first[local] = at;
    for (uint32_t k = 0; k < WR_LIVE_BLOCKS && (block = wr_walk_block(&f->walk, k)) != WR_NONE; k++) {
        uint32_t end = f->body->match[block], from = at;
        if (end - block >= f->longest) break;
        if (at < last && f->ranges[at].end <= end) WR_SEARCH(at, from, last, f->ranges[at].end <= end);
        if (at == last) break;
        if (f->ranges[at].start <= end) bits |= (unsigned)WR_LIVE_AFTER << (k + 1);
    }
    return bits;
}

uint8_t *wr_liveness_find(wr_arena *arena, wr_body *body, uint32_t longest) {
    uint8_t *live = WR_NEW0(arena, uint8_t, body->n);
    if (!is_plain_control(body)) {
        wr_body_match_blocks(arena, body);
        for (uint32_t i = 0; i < body->n; i++) live[i] = wr_names_local(body->ins[i].op) ? WR_LIVE_ALL : 0;
        return live;
    }
    wr_cfg flow;
    wr_live_ranges ranges = {0};
    wr_cfg_build(arena, body, &flow);
    const uint8_t *dies = wr_last_uses_find(arena, body, &flow, &ranges);
    finder f = {.body = body, .longest = longest, .walk = wr_walk_begin(arena, body)};
    group_by_local(arena, &ranges, &f);
    for (uint32_t p = 0; p < flow.nplaces; p++) {
        uint32_t i = flow.places[p];
        wr_walk_to(&f.walk, i);
        if (!wr_names_local(body->ins[i].op)) continue;
        live[i] = (uint8_t)(live_behind(&f, wr_ins_local(&body->ins[i])) | (dies[i] ? 0 : WR_LIVE_AFTER));
    }
    return live;
}
