// Merges two conditions that are tested one after the other: an if that holds nothing but an if, two br_ifs
// to the same label, and an if that starts with a br_if to its end.
//
//   (br_if $l X) (br_if $l Y)    ->    (br_if $l (i32.or X Y))
//
// Sound, since the second condition is free of effects and traps, so that it may be executed speculatively,
// and takes nothing from the stack that was there before it, where the first condition is now. Joined
// conditions are bits of `y` until the body is written, since there is no place for more instructions.
#include "analysis/effects.h"
#include "simplify_cfg.h"
#include "analysis/exprs.h"

bool wr_simplify_cfg_is_speculatable(const wr_simplify_cfg *b, uint32_t start, uint32_t end, unsigned *cost) {
    uint32_t npop, npush;
    if (end - start > WR_MAX_SPECULATED) return false;
    for (uint32_t i = start; i < end; i++) {
        const wr_ins *ins = &b->body->ins[i];
        const wr_opinfo *info = &wr_opinfos[ins->op];
        if (!wr_effects_is_speculatable(info->effects)) return false;
        if (!wr_exprs_arity(b->c->m, ins, &npop, &npush) || b->height[i] < b->height[start] + npop)
            return false;
        *cost += info->cost;
    }
    return true;
}

#define MAX_SPEED_COST 3 // cycles that may be executed speculatively at the speed levels

bool wr_simplify_cfg_is_cheap(const wr_simplify_cfg *b, unsigned cost) {
    return (b->c->config->level & (WR_LS | WR_LZ)) != 0 || cost <= MAX_SPEED_COST;
}

// --- How two conditions join ---

typedef struct operand {
    unsigned op; // the instruction that computes the condition
    bool negated;
} operand;

typedef struct joint {
    unsigned op; // 0: the conditions cannot be joined
    bool negates[2], negates_result;
    int cost; // bytes of the negations and of the instruction that joins
} joint;

static operand operand_of(const wr_simplify_cfg *b, uint32_t i) {
    return (operand){b->body->ins[wr_simplify_cfg_place_before(b, i)].op, b->body->ins[i].y & WR_Y_NEGATED};
}

// Whether the instruction's result is 0 or 1.
static bool is_truth(unsigned op) {
    return op == WR_OP_I32_EQZ || op == WR_OP_I64_EQZ || (op >= WR_OP_I32_EQ && op <= WR_OP_F64_GE);
}

static int price(operand o, bool negates) { return negates && !wr_op_opposite(o.op); }

// Joins by OR, or by AND, which requires truth values as operands.
static joint join_by(unsigned op, operand first, operand second, bool opposite) {
    joint j = {op, {first.negated != opposite, second.negated != opposite}, opposite, 0};
    bool truths = (j.negates[0] || is_truth(first.op)) && (j.negates[1] || is_truth(second.op));
    j.cost = price(first, j.negates[0]) + price(second, j.negates[1]) + 1 + opposite;
    if (op == WR_OP_I32_AND && !truths) j.op = 0;
    return j;
}

// The shorter of the two forms, by De Morgan's laws, of the test that both conditions hold, or that either
// does.
static joint find_joint(operand first, operand second, bool both) {
    joint direct = join_by(both ? WR_OP_I32_AND : WR_OP_I32_OR, first, second, false);
    joint turned = join_by(both ? WR_OP_I32_OR : WR_OP_I32_AND, first, second, true);
    return turned.op && (!direct.op || turned.cost < direct.cost) ? turned : direct;
}

// Puts the joined condition before the instruction at `second`, which is replaced by `last`.
static void join(wr_simplify_cfg *b, uint32_t first, uint32_t second, const joint *j, wr_ins last) {
    wr_ins *ins = b->body->ins;
    wr_ins *before = &ins[wr_simplify_cfg_place_before(b, first)];
    unsigned opposite = wr_op_opposite(before->op);
    b->room -= 2;
    wr_simplify_cfg_remove_place(b, first);
    if (j->negates[0] && opposite)
        before->op = (uint16_t)opposite;
    else if (j->negates[0])
        ins[first].op = WR_OP_I32_EQZ;
    last.y = j->op == WR_OP_I32_OR ? WR_Y_OR : WR_Y_AND;
    if (j->negates[1]) last.y |= WR_Y_NEGATED_OPERAND;
    if (j->negates_result) last.y |= WR_Y_NEGATED;
    ins[second] = last;
}

// --- Where they join ---

// The next if or br_if after i if the code before it may be executed speculatively; 0 if it may not.
static uint32_t next_condition(const wr_simplify_cfg *b, uint32_t i) {
    const wr_ins *ins = b->body->ins;
    uint32_t k = i + 1;
    unsigned cost = 0;
    while (k - i <= WR_MAX_SPECULATED && !(wr_opinfos[ins[k].op].effects & WR_E_CONTROL)) k++;
    if ((ins[k].op != WR_OP_IF && ins[k].op != WR_OP_BR_IF) || (ins[k].y & ~WR_Y_NEGATED)) return 0;
    if (!wr_simplify_cfg_is_speculatable(b, i + 1, k, &cost) || !wr_simplify_cfg_is_cheap(b, cost) ||
        b->height[i + 1] + 1 != b->height[k])
        return 0;
    return k;
}

// `if (x) { if (y) A }`
static bool join_ifs(wr_simplify_cfg *b, uint32_t i, uint32_t k, const wr_simplify_cfg_block *outer) {
    wr_ins *ins = b->body->ins;
    uint32_t end = wr_simplify_cfg_place_before(b, outer->end);
    const wr_simplify_cfg_block *inner = &b->blocks[wr_block_name(&ins[k])];
    if (inner->end != end || inner->other != WR_NONE || inner->nresults || inner->nparams || inner->uses)
        return false;
    operand first = operand_of(b, i), second = operand_of(b, k);
    joint j = find_joint(first, second, true);
    if (!j.op || j.cost >= price(first, first.negated) + price(second, second.negated) + 3) return false;
    wr_simplify_cfg_remove_place(b, end);
    join(b, i, k, &j, ins[i]);
    return true;
}

// `if (x) { br_if (y) 0; A }`
static bool join_exit(wr_simplify_cfg *b, uint32_t i, uint32_t k) {
    operand first = operand_of(b, i), second = operand_of(b, k);
    if (wr_ins_label(&b->body->ins[k]) != wr_block_name(&b->body->ins[i])) return false;
    int before = price(first, first.negated) + price(second, second.negated) + 2;
    second.negated = !second.negated;
    joint j = find_joint(first, second, true);
    if (!j.op || j.cost >= before) return false;
    join(b, i, k, &j, b->body->ins[i]);
    return true;
}

// `br_if (x) L; br_if (y) L`
static bool join_branches(wr_simplify_cfg *b, uint32_t i, uint32_t k) {
    wr_ins *ins = b->body->ins;
    if (ins[k].op != WR_OP_BR_IF || wr_ins_label(&ins[i]) != wr_ins_label(&ins[k]) ||
        wr_simplify_cfg_label_arity(b, wr_ins_label(&ins[i])))
        return false;
    joint j = find_joint(operand_of(b, i), operand_of(b, k), false);
    join(b, i, k, &j, ins[k]);
    return true;
}

bool wr_simplify_cfg_merge_conditions(wr_simplify_cfg *b, uint32_t i) {
    const wr_ins *ins = &b->body->ins[i];
    uint32_t k = (ins->y & ~WR_Y_NEGATED) || b->room < 2 ? 0 : next_condition(b, i);
    if (!k) return false;
    if (ins->op == WR_OP_BR_IF) return join_branches(b, i, k);
    const wr_simplify_cfg_block *block = &b->blocks[wr_block_name(ins)];
    if (block->other != WR_NONE || block->nresults || block->nparams) return false;
    return b->body->ins[k].op == WR_OP_IF ? join_ifs(b, i, k, block) : join_exit(b, i, k);
}
