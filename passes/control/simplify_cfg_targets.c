// Finds the jump target of each place of a body with named labels: where control flow ends up after following
// ends of blocks, ends of arms and unconditional branches, up to the first instruction with an effect. One
// backward walk over the control instructions, which meets the target of each forward branch before the
// branch.
#include "simplify_cfg.h"

static wr_jump_target stays_at(uint32_t place) { return (wr_jump_target){place, WR_NONE}; }

// The k values that are used behind a block must be all of its results. They must not be references: a
// reference may get a wider type on the way.
static bool passes(const wr_simplify_cfg_block *block, uint32_t values) {
    return block->nresults == values && (values == 0 || block->plain_results);
}

static wr_jump_target target_through_end(const wr_simplify_cfg *b, uint32_t k, uint32_t i) {
    uint32_t name = wr_block_name(&b->body->ins[i]);
    const wr_simplify_cfg_block *block = &b->blocks[name];
    if (!passes(block, k)) return stays_at(i);
    if (name == 0) return (wr_jump_target){WR_EXIT, 0};
    wr_jump_target target = b->targets[k][i + 1];
    if (target.label == WR_NONE && block->ins.op != WR_OP_LOOP) target.label = name;
    return target;
}

static wr_jump_target target_of_branch(const wr_simplify_cfg *b, uint32_t k, uint32_t i) {
    uint32_t name = wr_ins_label(&b->body->ins[i]);
    const wr_simplify_cfg_block *block = &b->blocks[name];
    if (block->ins.op == WR_OP_LOOP)
        return k == 0 && block->nparams == 0 ? (wr_jump_target){block->start, name} : stays_at(i);
    return passes(block, k) ? b->targets[k][block->end] : stays_at(i);
}

// Flow is followed through an unreachable that only says that the end of the block before it is never
// reached: the instruction is removed once the end is reached.
static wr_jump_target target_of_unreachable(const wr_simplify_cfg *b, uint32_t k, uint32_t i) {
    return wr_simplify_cfg_is_implied(b, i) ? b->targets[k][i + 1] : stays_at(WR_TRAP);
}

static wr_jump_target target_from(const wr_simplify_cfg *b, uint32_t k, uint32_t i) {
    const wr_ins *ins = &b->body->ins[i];
    switch (ins->op) {
    case WR_OP_END: return target_through_end(b, k, i);
    case WR_OP_ELSE: return b->targets[k][b->blocks[wr_block_name(ins)].end];
    case WR_OP_BR: return target_of_branch(b, k, i);
    case WR_OP_RETURN: return passes(&b->blocks[0], k) ? (wr_jump_target){WR_EXIT, 0} : stays_at(i);
    case WR_OP_UNREACHABLE: return target_of_unreachable(b, k, i);
    default: return stays_at(i);
    }
}

_Static_assert(sizeof(wr_jump_target[WR_JUMP_TARGET_VALUES]) <= sizeof(wr_ins),
               "targets fit where the next tidying writes");

void wr_simplify_cfg_find_targets(wr_simplify_cfg *b) {
    if (b->has_targets) return;
    for (uint32_t k = 0; k < WR_JUMP_TARGET_VALUES; k++) {
        b->targets[k] = (wr_jump_target *)(void *)b->spare + (size_t)k * b->cap;
        for (uint32_t at = b->ncontrol, i; at-- > 0;) {
            i = b->control[at];
            if (i + 1 < b->body->n && !wr_is_control(b->body->ins[i + 1].op))
                b->targets[k][i + 1] = stays_at(i + 1);
            b->targets[k][i] = target_from(b, k, i);
        }
    }
    b->has_targets = true;
}
