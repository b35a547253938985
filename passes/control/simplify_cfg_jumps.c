// Jump threading. A branch to a place that only branches on goes to the final target; a branch to where
// control flow goes anyway is removed; a conditional branch over an unconditional one is inverted.
//
//   br_if $next  br $m  end (of $next)    ->    i32.eqz  br_if $m  end
#include "simplify_cfg.h"

// The final target of a branch to the label.
static wr_jump_target target_of(const wr_simplify_cfg *b, uint32_t label) {
    const wr_simplify_cfg_block *block = &b->blocks[label];
    uint32_t k = wr_simplify_cfg_label_arity(b, label);
    if (block->ins.op == WR_OP_LOOP)
        return k == 0 ? (wr_jump_target){block->start, label} : (wr_jump_target){WR_NONE, WR_NONE};
    if (k >= WR_JUMP_TARGET_VALUES || (k && !block->plain_results)) return (wr_jump_target){WR_NONE, WR_NONE};
    return b->targets[k][block->end];
}

// A label whose depth takes two bytes does not replace one whose depth takes one.
static bool is_near(const wr_simplify_cfg *b, uint32_t inside, uint32_t label) {
    return b->blocks[inside].depth - b->blocks[label].depth < 128;
}

static void retarget(wr_simplify_cfg *b, uint32_t inside, uint32_t *label) {
    wr_jump_target target = target_of(b, *label);
    if (target.label == WR_NONE || target.label == *label) return;
    if (!is_near(b, inside, target.label) && is_near(b, inside, *label)) return;
    *label = target.label;
    b->any = true;
}

// How many values the br or return at i carries; WR_NONE if there are no targets for so many.
static uint32_t taken_along(const wr_simplify_cfg *b, uint32_t i) {
    const wr_ins *ins = &b->body->ins[i];
    if (ins->op == WR_OP_UNREACHABLE) return 0;
    uint32_t k = wr_simplify_cfg_label_arity(b, ins->op == WR_OP_RETURN ? 0 : wr_ins_label(ins));
    return k < WR_JUMP_TARGET_VALUES ? k : WR_NONE;
}

// Whether it is a br or return that ends the block that it leaves, with nothing but its results on the stack.
// These are of the block's types, references too.
static bool ends_own_block(const wr_simplify_cfg *b, uint32_t i, uint32_t inside) {
    const wr_ins *ins = &b->body->ins[i], *next = &b->body->ins[wr_simplify_cfg_place_after(b, i)];
    const wr_simplify_cfg_block *block = &b->blocks[inside];
    if (ins->op == WR_OP_BR ? wr_ins_label(ins) != inside : ins->op != WR_OP_RETURN || inside) return false;
    return block->ins.op != WR_OP_LOOP && (next->op == WR_OP_END || next->op == WR_OP_ELSE) &&
           wr_block_name(next) == inside && b->height[i] == block->height + block->nresults;
}

// Shortens a br, return or unreachable at the end of an arm or block.
static void shorten_leaving(wr_simplify_cfg *b, uint32_t i, uint32_t inside) {
    wr_ins *ins = &b->body->ins[i];
    uint32_t k = taken_along(b, i);
    if (ends_own_block(b, i, inside)) {
        wr_simplify_cfg_remove_place(b, i);
        return;
    }
    if (ins->op == WR_OP_BR) {
        retarget(b, inside, &ins->a);
        bool returns = wr_ins_label(ins) == 0, traps = target_of(b, wr_ins_label(ins)).place == WR_TRAP;
        if (returns || traps) {
            *ins = (wr_ins){.op = returns ? WR_OP_RETURN : WR_OP_UNREACHABLE, .origin = ins->origin};
            b->any = true;
        }
    }
    if (k == WR_NONE || ins->y || b->height[i] != b->blocks[inside].height + k) return;
    if (wr_jump_target_same(b->targets[k][i], b->targets[k][i + 1], k) && b->targets[k][i].place != i)
        wr_simplify_cfg_remove_place(b, i);
}

// `br_if L; br M`, where L is the place after the two, becomes `br_if M` with its condition negated. The
// second one may be a return.
static void turn_around(wr_simplify_cfg *b, uint32_t i, uint32_t inside) {
    wr_ins *ins = &b->body->ins[i];
    uint32_t next = wr_simplify_cfg_place_after(b, i);
    const wr_ins *leave = &b->body->ins[next];
    if (leave->op != WR_OP_BR && leave->op != WR_OP_RETURN) return;
    uint32_t target = leave->op == WR_OP_RETURN ? 0 : leave->a;
    if (wr_simplify_cfg_label_arity(b, wr_ins_label(ins)) || wr_simplify_cfg_label_arity(b, target)) return;
    if (b->height[next] != b->blocks[inside].height ||
        target_of(b, wr_ins_label(ins)).place != b->targets[0][next + 1].place)
        return;
    int saved = (leave->op == WR_OP_BR) + 1 - wr_simplify_cfg_negation_cost(b, i);
    if (saved + (b->blocks[wr_ins_label(ins)].uses == 1) <= 0) return;
    ins->a = target;
    ins->y ^= WR_Y_NEGATED;
    wr_simplify_cfg_remove_place(b, next);
}

static void shorten_br_if(wr_simplify_cfg *b, uint32_t i, uint32_t inside) {
    wr_ins *ins = &b->body->ins[i];
    retarget(b, inside, &ins->a);
    wr_jump_target target = target_of(b, wr_ins_label(ins));
    uint32_t k = wr_simplify_cfg_label_arity(b, wr_ins_label(ins));
    if (target.place == WR_NONE) return;
    bool never = b->c->config->traps_never_happen && k == 0 && target.place == WR_TRAP;
    if (never || target.place == b->targets[k][i + 1].place) {
        *ins = (wr_ins){.op = WR_OP_DROP};
        b->any = true;
    } else {
        turn_around(b, i, inside);
    }
}

void wr_simplify_cfg_thread_jumps(wr_simplify_cfg *b) {
    uint32_t inside = 0;
    wr_simplify_cfg_find_targets(b);
    for (uint32_t at = 0; at < b->ncontrol; at++) {
        uint32_t i = b->control[at];
        wr_ins *ins = &b->body->ins[i];
        switch (ins->op) {
        case WR_OP_BR:
        case WR_OP_RETURN:
        case WR_OP_UNREACHABLE: shorten_leaving(b, i, inside); break;
        case WR_OP_BR_IF: shorten_br_if(b, i, inside); break;
        case WR_OP_BR_TABLE:
            for (uint32_t k = 0; k <= ins->a; k++) retarget(b, inside, wr_label_at(b->body, ins, k));
            break;
        default: break;
        }
        inside = wr_simplify_cfg_inside_after(b, i, inside);
    }
}
