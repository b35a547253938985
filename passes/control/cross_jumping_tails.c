// What may be a tail, and which tails are equal; see cross_jumping.c.
//
//   (if (c) (then A (br $inner) B))    ;; a whole block, with a branch in it
//
// A tail may hold blocks, loops and ifs, if all of each: its branches then lead to blocks within it, or to
// blocks around the place that the tail moves to. Two tails are equal if their instructions are, and if each
// branch leads to blocks at the same place of both tails, or to the same block outside. Blocks have other
// names in each tail, so names are paired while both are read.
#include "cross_jumping.h"
#include "analysis/exprs.h"
#include "support/hash.h"
#include "tail_merging.h"

void wr_cross_jumping_names_init(wr_cross_jumping_names *names, wr_arena *arena, uint32_t n) {
    *names =
        (wr_cross_jumping_names){.other = WR_NEW(arena, uint32_t, n), .stamp = WR_NEW0(arena, uint32_t, n)};
}

static bool opens_plain_block(unsigned op) { return op == WR_OP_BLOCK || op == WR_OP_LOOP || op == WR_OP_IF; }

bool wr_cross_jumping_fits(const wr_simplify_cfg *b, const wr_ins *ins, uint32_t *nest) {
    uint32_t npop, npush;
    if (!wr_is_control(ins->op)) return wr_exprs_arity(b->c->m, ins, &npop, &npush);
    switch (ins->op) {
    case WR_OP_END: ++*nest; return true;
    case WR_OP_BLOCK:
    case WR_OP_LOOP:
    case WR_OP_IF: return (*nest)-- > 0;
    case WR_OP_BR_IF: return true;
    case WR_OP_ELSE:
    case WR_OP_BR:
    case WR_OP_RETURN:
    case WR_OP_UNREACHABLE: return *nest > 0;
    default: return false;
    }
}

uint64_t wr_cross_jumping_hash(uint64_t hash, const wr_ins *ins) {
    if (wr_is_control(ins->op)) return wr_hash_word(hash, ins->op | (uint64_t)ins->y << 16);
    return wr_hash_word(wr_hash_word(hash, ins->op | (uint64_t)ins->x << 16 | (uint64_t)ins->a << 32),
                        ins->b);
}

uint32_t wr_cross_jumping_size(const wr_simplify_cfg *b, const wr_ins *ins) {
    if (!wr_is_control(ins->op)) return (uint32_t)wr_ins_size(ins, b->body->ext.v);
    bool has_operand = opens_plain_block(ins->op) || ins->op == WR_OP_BR || ins->op == WR_OP_BR_IF;
    return has_operand ? 2 : 1;
}

// How many values an instruction outside of the tail's blocks takes; false if that is not known.
static bool takes(const wr_simplify_cfg *b, const wr_ins *ins, uint32_t *npop) {
    uint32_t npush;
    if (!wr_is_control(ins->op)) return wr_exprs_arity(b->c->m, ins, npop, &npush);
    if (ins->op == WR_OP_BR_IF)
        *npop = 1 + wr_simplify_cfg_label_arity(b, wr_ins_label(ins));
    else
        *npop = b->blocks[wr_block_name(ins)].nparams + (ins->op == WR_OP_IF);
    return ins->op == WR_OP_BR_IF || opens_plain_block(ins->op);
}

bool wr_cross_jumping_is_whole(const wr_simplify_cfg *b, uint32_t start, uint32_t end) {
    uint32_t height = b->height[start], npop;
    for (uint32_t i = start; i < end; i++) {
        const wr_ins *ins = &b->body->ins[i];
        if (!takes(b, ins, &npop) || b->height[i] < height + npop) return false;
        if (!wr_opens_block(ins->op)) continue;
        i = b->blocks[wr_block_name(ins)].end;
        if (i >= end) return false;
    }
    return true;
}

static bool encloses(const wr_simplify_cfg *b, uint32_t name, uint32_t block) {
    while (b->blocks[block].depth > b->blocks[name].depth) block = b->blocks[block].outer;
    return block == name;
}

// Whether the two stand for each other: as blocks of the tails, or as the same block around them.
static bool same_block(const wr_simplify_cfg *b, const wr_cross_jumping_names *names, uint32_t block,
                       uint32_t x, uint32_t y) {
    if (names->stamp[x] == names->comparison) return names->other[x] == y;
    return x == y && encloses(b, x, block);
}

static bool same_control(const wr_simplify_cfg *b, wr_cross_jumping_names *names, uint32_t block,
                         const wr_ins *x, const wr_ins *y) {
    if (x->op != y->op || x->y != y->y) return false;
    if (x->op == WR_OP_BR || x->op == WR_OP_BR_IF)
        return same_block(b, names, block, wr_ins_label(x), wr_ins_label(y));
    if (x->op == WR_OP_RETURN || x->op == WR_OP_UNREACHABLE) return true;
    uint32_t name = wr_block_name(x);
    if (x->op == WR_OP_END) {
        names->stamp[name] = names->comparison;
        names->other[name] = wr_block_name(y);
        return true;
    }
    if (names->stamp[name] != names->comparison || names->other[name] != wr_block_name(y)) return false;
    return x->op == WR_OP_ELSE || (x->x == y->x && x->a == y->a);
}

bool wr_cross_jumping_same(const wr_simplify_cfg *b, wr_cross_jumping_names *names, uint32_t block,
                           uint32_t x, uint32_t y, uint32_t length) {
    names->comparison++;
    for (uint32_t k = 1; k <= length; k++) {
        const wr_ins *one = &b->body->ins[x - k], *two = &b->body->ins[y - k];
        bool same = wr_is_control(one->op) ? same_control(b, names, block, one, two)
                                           : wr_tail_merging_same_ins(b->body, one, two);
        if (!same) return false;
    }
    return true;
}
