// Removes and narrows blocks. A block without branches to it is removed. Others start as late as possible, at
// the statement that holds the first branch to them. If that is a br_if, the block becomes an if; if it is an
// if or a loop that ends with the block, the two are merged.
//
//   block $l  A  local.get 0  br_if $l  B  end    ->    A  local.get 0  i32.eqz  if  B  end
#include "simplify_cfg.h"

static bool has_no_catches(const wr_simplify_cfg *b, const wr_ins *ins) {
    return b->body->ext.v[(uint32_t)ins->b] == 0;
}

static void drop_block(wr_simplify_cfg *b, const wr_simplify_cfg_block *block) {
    wr_simplify_cfg_remove_place(b, block->start);
    wr_simplify_cfg_remove_place(b, block->end);
}

// `block A; c; br_if 0; B end` becomes A and an if with the negated condition around B.
static bool make_if(wr_simplify_cfg *b, uint32_t name) {
    const wr_simplify_cfg_block *block = &b->blocks[name];
    wr_ins *user = &b->body->ins[block->first_user];
    if (user->op != WR_OP_BR_IF || wr_ins_label(user) != name || block->user_inside != name ||
        block->nresults)
        return false;
    if (b->height[block->first_user] != block->height + 1) return false;
    *user =
        (wr_ins){.op = WR_OP_IF, .x = WR_BLOCK_EMPTY, .y = user->y ^ WR_Y_NEGATED, .origin = user->origin};
    wr_set_block_name(user, name);
    wr_simplify_cfg_remove_place(b, block->start);
    return true;
}

static bool same_results(const wr_ins *a, const wr_ins *b) {
    return a->x != WR_BLOCK_TYPE && a->x == b->x && (a->x == WR_BLOCK_EMPTY || a->a == b->a);
}

// Merges the block with an if or loop that ends with it and holds all branches to it: the if takes the
// block's name, the block moves into the loop.
static bool merge_with_last(wr_simplify_cfg *b, uint32_t name) {
    const wr_simplify_cfg_block *block = &b->blocks[name];
    uint32_t end = wr_simplify_cfg_place_before(b, block->end);
    if (wr_simplify_cfg_is_implied(b, end)) end = wr_simplify_cfg_place_before(b, end);
    if (b->body->ins[end].op != WR_OP_END) return false;
    const uint32_t inner_name = wr_block_name(&b->body->ins[end]);
    const wr_simplify_cfg_block *inner = &b->blocks[inner_name];
    if (inner->start < block->start || inner->start > block->first_user ||
        !same_results(&block->ins, &inner->ins))
        return false;
    if (inner->height != block->height || inner->end != end) return false;
    if (inner->ins.op == WR_OP_IF && inner->uses == 0) {
        wr_set_block_name(&b->body->ins[inner->start], name);
        if (inner->other != WR_NONE) wr_set_block_name(&b->body->ins[inner->other], name);
        wr_simplify_cfg_remove_place(b, end);
    } else if (inner->ins.op == WR_OP_LOOP && inner->uses) {
        wr_set_block_name(&b->body->ins[end], name);
        wr_set_block_name(&b->body->ins[block->end], inner_name);
        wr_simplify_cfg_open_before(b, name, inner->start + 1);
    } else {
        return false;
    }
    wr_simplify_cfg_remove_place(b, block->start);
    return true;
}

static void start_late(wr_simplify_cfg *b, uint32_t name) {
    const wr_simplify_cfg_block *block = &b->blocks[name];
    if (block->user_start == WR_NONE || block->user_start <= block->start + 1) return;
    wr_simplify_cfg_remove_place(b, block->start);
    wr_simplify_cfg_open_before(b, name, block->user_start);
}

static void shorten_block(wr_simplify_cfg *b, uint32_t name) {
    const wr_simplify_cfg_block *block = &b->blocks[name];
    unsigned op = block->ins.op;
    bool simple =
        op == WR_OP_BLOCK || op == WR_OP_LOOP || (op == WR_OP_TRY_TABLE && has_no_catches(b, &block->ins));
    if (simple && block->uses == 0)
        drop_block(b, block);
    else if (op == WR_OP_BLOCK && !block->nparams && !make_if(b, name) && !merge_with_last(b, name))
        start_late(b, name);
}

// Inner blocks come first: of the blocks that start at one place, the outer one must be at the head of the
// chain, so it is added last.
void wr_simplify_cfg_merge_blocks(wr_simplify_cfg *b) {
    for (uint32_t at = b->ncontrol; at-- > 0;) {
        uint32_t i = b->control[at];
        const wr_ins *ins = &b->body->ins[i];
        if (wr_opens_block(ins->op) && b->blocks[wr_block_name(ins)].start == i)
            shorten_block(b, wr_block_name(ins));
    }
}
