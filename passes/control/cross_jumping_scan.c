// The quick test of cross-jumping: whether two exits of one block may share a tail that is worth its cost. In
// most bodies none do, and those need no analysis. One walk, which compares the last instructions before each
// exit with those before earlier exits of the same block, found by their hash.
#include "cross_jumping.h"
#include "ir/walk.h"
#include "support/hash.h"
#include "support/map.h"

#define NEAR 4 // of a tail that ends with a block, how many instructions are compared

// The exits met so far that are alike: of one block, after code with equal hashes.
typedef struct alike {
    uint64_t key;
    uint32_t at, times; // the last such exit; how many there are
} alike;

typedef struct scan {
    wr_arena *temp;
    const wr_module *m;
    const wr_body *body;
    WR_VEC(alike) alikes;
    wr_map by_key;
} scan;

static bool looks_same(const wr_body *body, const wr_ins *a, const wr_ins *b) {
    return wr_is_control(a->op) ? a->op == b->op : wr_body_same_ins(body, a, b);
}

// Whether the code before both places is equal for so many bytes that sharing it may pay off.
static bool pays(const wr_body *body, uint32_t a, uint32_t b) {
    size_t size = 0;
    for (; a && b && size <= WR_SHARE_COST; a--, b--) {
        const wr_ins *last = &body->ins[a - 1];
        if (!looks_same(body, last, &body->ins[b - 1])) break;
        size += wr_ins_size(last, body->ext.v);
    }
    return size > WR_SHARE_COST;
}

// Of the code before place i, what alike exits have in common.
static uint64_t key_of(const scan *s, uint32_t block, uint32_t i) {
    const wr_ins *last = &s->body->ins[i - 1];
    uint64_t key = wr_cross_jumping_hash(block, last);
    for (uint32_t k = 2; wr_is_control(last->op) && k <= NEAR && k <= i; k++)
        key = wr_cross_jumping_hash(key, &s->body->ins[i - k]);
    return key;
}

// Records the exit at i. Returns whether it may share a tail with an earlier one.
static bool note_last(scan *s, uint32_t block, uint32_t i) {
    if (i == 0 || block == WR_NONE) return false;
    const wr_ins *last = &s->body->ins[i - 1];
    if (wr_is_control(last->op) && last->op != WR_OP_END) return false;
    uint64_t key = key_of(s, block, i);
    uint32_t k;
    WR_MAP_FIND(&s->by_key, wr_mix(key), k, s->alikes.v[k].key == key);
    if (k == WR_NONE) {
        alike first = {key, i, 1};
        wr_map_add(&s->by_key, s->temp, wr_mix(key), s->alikes.n);
        WR_PUSH(s->temp, s->alikes, first);
        return false;
    }
    alike *found = &s->alikes.v[k];
    bool may_share = (found->times > 1 && last->op != WR_OP_END) || pays(s->body, found->at, i);
    found->at = i;
    found->times++;
    return may_share;
}

// Tells the exits of one block from those of others, by the instruction that opens it: 0 for the body,
// WR_NONE for blocks whose exits don't count.
static uint32_t exits_of(const scan *s, uint32_t block) {
    if (block == WR_NONE) return 0;
    const wr_ins *ins = &s->body->ins[block];
    return ins->op == WR_OP_BLOCK && (ins->x != WR_BLOCK_TYPE || !s->m->types[wr_ins_block_type(ins)].nparams)
               ? block + 1
               : WR_NONE;
}

// Returns whether the current instruction is an exit that may share a tail with an earlier one.
static bool scan_exit(scan *s, const wr_walk *walk) {
    const wr_ins *ins = &s->body->ins[walk->i];
    switch (ins->op) {
    case WR_OP_END: return note_last(s, exits_of(s, wr_walk_block(walk, 0)), walk->i);
    case WR_OP_BR: return note_last(s, exits_of(s, wr_walk_block(walk, wr_ins_label(ins))), walk->i);
    case WR_OP_RETURN: return note_last(s, 0, walk->i);
    default: return false;
    }
}

bool wr_cross_jumping_may_share(wr_arena *temp, const wr_module *m, const wr_body *body) {
    scan s = {.temp = temp, .m = m, .body = body};
    wr_walk walk = wr_walk_begin(temp, body);
    while (wr_walk_next(&walk))
        if (scan_exit(&s, &walk)) return true;
    return false;
}
