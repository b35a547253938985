// cross-jumping: shares code that several exits of a block end with. The exits of a block are the branches to
// its end and that end itself; those of the body include returns.
//
//   block X .. T; br X .. T; br X .. T; end X    ->    block X; block .. br 0 .. br 0 .. end; T; end X
//
// A tail T takes nothing from the stack, and holds only whole blocks; see cross_jumping_tails.c. For each
// block the pass chooses the one tail that saves most at some of its exits; the next iteration may find more.
// If control flow reaches the end of the block without the tail, a branch past the tail is needed, which is
// permitted at -Os and -Oz only; past the body's tail it is a return, which costs nothing. Left alone are
// bodies with try blocks, where code must stay inside its block, and bodies with locals that are not
// nullable, which would have to be initialized before each use.
#include <stdlib.h>

#include "cross_jumping.h"
#include "passes/manager/pass.h"

#define MAX_TAIL 64
#define MAX_EXITS 4096 // the most exits of one block

typedef struct leave {
    uint32_t block, at; // the target, and the place of the br, return or end
    bool ended;         // the tail cannot get longer
    uint32_t nest;      // blocks that the tail so far holds only the end of
    uint64_t hash;
    uint32_t size;
} leave;

// The tail chosen for a block.
typedef struct shared_tail {
    // `length` instructions (0: no tail) that end before `at`, in one of their occurrences.
    uint32_t length, at;
    uint32_t name; // of the new block around the rest of the code
    uint64_t hash;
    bool falls, falls_in; // control flow reaches the end of the block; and does so through the tail
    int saved;
} shared_tail;

enum { PLACE_GOES = 1, PLACE_BRANCHES, PLACE_ENDS };

typedef struct exits {
    wr_simplify_cfg b;
    WR_VEC(leave) leaves;
    shared_tail *shares; // by name of block
    uint8_t *marks;      // by place
    uint8_t *claimed;    // by place: it is part of a tail that is shared
    wr_cross_jumping_names names;
    bool may_jump; // one more branch may be executed
} exits;

static bool is_exit(const exits *e, uint32_t block) {
    return block == 0 || (e->b.blocks[block].ins.op == WR_OP_BLOCK && e->b.blocks[block].nparams == 0);
}

static void note_exit(exits *e, uint32_t block, uint32_t at) {
    leave l = {.block = block, .at = at};
    if (is_exit(e, block)) WR_PUSH(&e->b.env->temp, e->leaves, l);
}

static void find_exits(exits *e) {
    for (uint32_t i = 0; i < e->b.body->n; i++) {
        const wr_ins *ins = &e->b.body->ins[i];
        if (ins->op == WR_OP_BR && is_exit(e, wr_ins_label(ins))) note_exit(e, wr_ins_label(ins), i);
        if (ins->op == WR_OP_RETURN) note_exit(e, 0, i);
        if (ins->op != WR_OP_END || i == 0 || wr_never_goes_on(ins[-1].op)) continue;
        uint32_t name = wr_block_name(ins);
        if (is_exit(e, name)) {
            note_exit(e, name, i);
            e->shares[name].falls = true;
        }
    }
}

static int by_block(const void *a, const void *b) {
    const leave *x = a, *y = b;
    if (x->block != y->block) return x->block < y->block ? -1 : 1;
    return x->at < y->at ? -1 : x->at > y->at;
}

static int by_hash(const void *a, const void *b) {
    const leave *x = *(const leave *const *)a, *y = *(const leave *const *)b;
    if (x->hash != y->hash) return x->hash < y->hash ? -1 : 1;
    return x->at < y->at ? -1 : x->at > y->at;
}

// Lengthens the tail by one instruction. Returns false if that instruction cannot be part of a tail.
static bool lengthen(const exits *e, leave *l, uint32_t length) {
    const wr_ins *ins = &e->b.body->ins[l->at - length];
    if (l->ended || l->at < length || !wr_cross_jumping_fits(&e->b, ins, &l->nest)) return false;
    l->hash = wr_cross_jumping_hash(l->hash, ins);
    l->size += wr_cross_jumping_size(&e->b, ins);
    return true;
}

static bool is_end(const exits *e, const leave *l) { return e->b.body->ins[l->at].op == WR_OP_END; }

static bool is_whole(const exits *e, const leave *l, uint32_t length) {
    const wr_simplify_cfg *b = &e->b;
    uint32_t height = b->height[l->at - length];
    if (!wr_cross_jumping_is_whole(b, l->at - length, l->at)) return false;
    if (b->height[l->at] != height + b->blocks[l->block].nresults) return false;
    return !is_end(e, l) || height == b->blocks[l->block].height;
}

static bool same_tails(exits *e, uint32_t block, uint32_t a, uint32_t b, uint32_t length) {
    return wr_cross_jumping_same(&e->b, &e->names, block, a, b, length);
}

// Computes what sharing the tail of these n exits, which have equal hashes, would save; keeps it if it is the
// best so far.
static void weigh(exits *e, leave **group, uint32_t n, uint32_t length) {
    shared_tail *share = &e->shares[group[0]->block];
    int saved = -WR_SHARE_COST - (int)group[0]->size;
    bool falls_in = false;
    for (uint32_t i = 0; i < n; i++) {
        if (group[i]->nest || !is_whole(e, group[i], length)) continue;
        if (!same_tails(e, group[0]->block, group[0]->at, group[i]->at, length)) continue;
        saved += (int)group[i]->size - (e->b.body->ins[group[i]->at].op == WR_OP_RETURN);
        falls_in |= is_end(e, group[i]);
    }
    bool jumps = share->falls && !falls_in;
    if (jumps) saved -= group[0]->block ? 2 : 1;
    if (saved <= share->saved || (jumps && group[0]->block && !e->may_jump)) return;
    *share = (struct shared_tail){.length = length,
                                  .at = group[0]->at,
                                  .hash = group[0]->hash,
                                  .falls = share->falls,
                                  .falls_in = falls_in,
                                  .saved = saved};
}

// Chooses the best tail of a block, whose n exits start at `first`.
static void choose_tail(exits *e, leave *first, uint32_t n) {
    leave **order = WR_NEW(&e->b.env->temp, leave *, n);
    for (uint32_t length = 1; length <= MAX_TAIL && n > 1; length++) {
        uint32_t left = 0;
        for (uint32_t i = 0; i < n; i++)
            if (lengthen(e, &first[i], length))
                order[left++] = &first[i];
            else
                first[i].ended = true;
        qsort(order, left, sizeof *order, by_hash);
        bool any = false;
        for (uint32_t i = 0, k; i < left; i = k) {
            for (k = i + 1; k < left && order[k]->hash == order[i]->hash; k++) {}
            if (k - i == 1) order[i]->ended = true;
            if (k - i > 1) weigh(e, &order[i], k - i, length);
            any |= k - i > 1;
        }
        if (!any) break;
    }
}

static void choose_tails(exits *e) {
    leave *v = e->leaves.v;
    if (e->leaves.n) qsort(v, e->leaves.n, sizeof *v, by_block);
    for (uint32_t i = 0, k; i < e->leaves.n; i = k) {
        for (k = i + 1; k < e->leaves.n && v[k].block == v[i].block; k++) {}
        if (k - i > 1 && k - i <= MAX_EXITS) choose_tail(e, &v[i], k - i);
    }
}

static bool is_suited(const wr_module *m, const wr_body *body) {
    for (uint32_t i = 0; i < body->nlocals && i < body->nparams; i++)
        if (!wr_is_defaultable(wr_func_type(m, body->func)->values[i])) return false;
    for (uint32_t i = 0; i < body->runs.n; i++)
        if (!wr_is_defaultable(body->runs.v[i].type)) return false;
    for (uint32_t i = 0; i < body->n; i++) {
        unsigned op = body->ins[i].op;
        if (wr_is_try(op)) return false;
    }
    return true;
}

// --- Writing ---

static bool shares_tail(exits *e, const leave *l) {
    const shared_tail *share = &e->shares[l->block];
    uint32_t n = share->length;
    return n && l->at >= n && is_whole(e, l, n) && same_tails(e, l->block, share->at, l->at, n);
}

// Claims the tail before an exit. If part of it is claimed, which a tail with blocks in it may have been for
// another block, the exit's block shares nothing.
static void claim(exits *e, const leave *l) {
    uint32_t n = e->shares[l->block].length;
    if (!shares_tail(e, l)) return;
    for (uint32_t i = l->at - n; i <= l->at; i++) {
        if (e->claimed[i]) e->shares[l->block].length = 0;
        e->claimed[i] = 1;
    }
}

static void mark_exit(exits *e, const leave *l) {
    const shared_tail *share = &e->shares[l->block];
    uint32_t n = share->length;
    if (!shares_tail(e, l)) return;
    if (is_end(e, l)) {
        e->marks[l->at - n] = PLACE_ENDS;
    } else {
        memset(&e->marks[l->at - n], PLACE_GOES, n);
        e->marks[l->at] = PLACE_BRANCHES;
    }
}

static void put(wr_ins **out, unsigned op, uint32_t label, uint32_t name) {
    **out = (wr_ins){.op = (uint16_t)op, .a = label};
    wr_set_block_name((*out)++, name);
}

// Writes the tail before the end of a block, unless the code there ends with it already.
static void put_tail(const exits *e, wr_ins **out, uint32_t block) {
    const shared_tail *share = &e->shares[block];
    if (!share->length || share->falls_in) return;
    if (share->falls) put(out, block ? WR_OP_BR : WR_OP_RETURN, block, 0);
    put(out, WR_OP_END, 0, share->name);
    memcpy(*out, &e->b.body->ins[share->at - share->length], share->length * sizeof **out);
    *out += share->length;
}

static void write_places(exits *e, wr_ins *out) {
    wr_body *body = e->b.body;
    wr_ins *start = out;
    uint32_t inside = 0;
    if (e->shares[0].length) put(&out, WR_OP_BLOCK, 0, e->shares[0].name);
    for (uint32_t i = 0; i < body->n; i++) {
        const wr_ins *ins = &body->ins[i];
        if (e->marks[i] == PLACE_ENDS) put(&out, WR_OP_END, 0, e->shares[inside].name);
        if (ins->op == WR_OP_END) put_tail(e, &out, wr_block_name(ins));
        if (e->marks[i] == PLACE_BRANCHES)
            put(&out, WR_OP_BR, e->shares[ins->op == WR_OP_BR ? wr_ins_label(ins) : 0].name, 0);
        else if (e->marks[i] != PLACE_GOES)
            *out++ = *ins;
        if (ins->op == WR_OP_BLOCK && e->shares[wr_block_name(ins)].length)
            put(&out, WR_OP_BLOCK, 0, e->shares[wr_block_name(ins)].name);
        inside = wr_simplify_cfg_inside_after(&e->b, i, inside);
    }
    body->ins = start;
    body->n = (uint32_t)(out - start);
}

// Names the new blocks; returns how many instructions they and their tails may add.
static uint32_t name_blocks(exits *e, uint32_t *names) {
    uint32_t more = 0, known = *names;
    for (uint32_t i = 0; i < known; i++) {
        if (!e->shares[i].length) continue;
        e->shares[i].name = (*names)++;
        more += 3 + e->shares[i].length;
    }
    return more;
}

bool wr_edit_cross_jumping(wr_env *env, const wr_context *c, wr_body *body) {
    exits e = {.b = {.env = env, .c = c, .body = body}, .may_jump = c->config->level & (WR_LS | WR_LZ)};
    wr_arena *temp = &env->temp;
    if (!is_suited(c->m, body) || !wr_cross_jumping_may_share(temp, c->m, body) ||
        !wr_simplify_cfg_begin(&e.b))
        return false;
    e.shares = WR_NEW0(temp, shared_tail, e.b.names);
    find_exits(&e);
    wr_cross_jumping_names_init(&e.names, temp, e.b.names);
    choose_tails(&e);
    e.claimed = WR_NEW0(temp, uint8_t, body->n);
    for (uint32_t i = 0; i < e.leaves.n; i++) claim(&e, &e.leaves.v[i]);
    uint32_t more = name_blocks(&e, &e.b.names);
    if (!more) return false;
    e.marks = WR_NEW0(temp, uint8_t, body->n);
    for (uint32_t i = 0; i < e.leaves.n; i++) mark_exit(&e, &e.leaves.v[i]);
    write_places(&e, WR_NEW(temp, wr_ins, body->n + more));
    if (!wr_simplify_cfg_restart(&e.b)) return false;
    wr_simplify_cfg_finish(&e.b);
    return true;
}
