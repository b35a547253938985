// Shortens ifs: removes empty arms, turns an if around a branch into a br_if, removes the else behind an arm
// that leaves the if, and turns code that the first arm jumps over into an else.
//
//   c  if  A  br $l  else  B  end    ->    c  if  A  br $l  end  B
//   c  if  A  br $l  end  B  end (of $l)    ->    c  if  A  else  B  end  end
#include "simplify_cfg.h"

typedef struct wr_if {
    uint32_t name, inside;
    uint32_t start, other, end; // places; other: WR_NONE if there is no else
} wr_if;

static uint32_t arm_end(const wr_if *f) { return f->other == WR_NONE ? f->end : f->other; }

// Whether control flow never reaches the end of the arm: its last instruction leaves it, and no block is
// about to end behind that instruction, not even at an empty place.
static bool leaves(const wr_simplify_cfg *b, uint32_t end) {
    uint32_t last = wr_simplify_cfg_place_before(b, end);
    for (uint32_t i = last + 1; i <= end; i++)
        if (b->moved[i] != WR_NONE) return false;
    return wr_never_goes_on(b->body->ins[last].op);
}

static void drop_type(wr_ins *ins) {
    ins->x = WR_BLOCK_EMPTY;
    ins->a = 0;
}

// Removes an empty arm; without any arm the if becomes a drop of its condition. Returns whether the if is
// gone.
static bool drop_empty_arms(wr_simplify_cfg *b, wr_if *f) {
    wr_ins *ins = &b->body->ins[f->start];
    if (b->blocks[f->name].nresults) return false;
    if (f->other != WR_NONE && wr_simplify_cfg_place_before(b, f->end) == f->other) {
        wr_simplify_cfg_remove_place(b, f->other);
        f->other = WR_NONE;
    }
    if (wr_simplify_cfg_place_after(b, f->start) != arm_end(f)) return false;
    if (f->other != WR_NONE) {
        wr_simplify_cfg_remove_place(b, f->other);
        f->other = WR_NONE;
        ins->y ^= WR_Y_NEGATED;
        return false;
    }
    *ins = (wr_ins){.op = WR_OP_DROP};
    wr_simplify_cfg_remove_place(b, f->end);
    return true;
}

// Whether the instruction is an unconditional branch that carries so many values; sets the label.
static bool is_branch(const wr_simplify_cfg *b, const wr_ins *ins, uint32_t values, uint32_t *label) {
    if (ins->op != WR_OP_BR && ins->op != WR_OP_RETURN) return false;
    *label = ins->op == WR_OP_BR ? wr_ins_label(ins) : 0;
    return wr_simplify_cfg_label_arity(b, *label) == values;
}

// Whether nothing but a branch stands between the place and the end of the arm.
static bool is_only_branch(const wr_simplify_cfg *b, uint32_t before, uint32_t end) {
    uint32_t i = wr_simplify_cfg_place_after(b, before), label = 0;
    return i < end && wr_simplify_cfg_place_after(b, i) == end && is_branch(b, &b->body->ins[i], 0, &label);
}

// Control flow reaches the end of an arm of the block now: removes the implied unreachables behind it, and
// behind the blocks around it.
static void reach_end(wr_simplify_cfg *b, uint32_t name) {
    for (; name && wr_simplify_cfg_is_implied(b, b->blocks[name].end + 1); name = b->blocks[name].outer)
        wr_simplify_cfg_remove_place(b, b->blocks[name].end + 1);
}

// Removes the unreachable that an arm consists of, which the user says is never reached.
static void drop_trap(wr_simplify_cfg *b, const wr_if *f, uint32_t start, uint32_t end) {
    uint32_t i = wr_simplify_cfg_place_after(b, start);
    if (!b->c->config->traps_never_happen || b->blocks[f->name].nresults) return;
    if (i >= end || b->body->ins[i].op != WR_OP_UNREACHABLE || wr_simplify_cfg_place_after(b, i) != end)
        return;
    wr_simplify_cfg_remove_place(b, i);
    reach_end(b, f->name);
}

static bool make_br_if(wr_simplify_cfg *b, const wr_if *f) {
    uint32_t label = 0;
    if (f->other != WR_NONE || !is_only_branch(b, f->start, f->end)) return false;
    uint32_t i = wr_simplify_cfg_place_after(b, f->start);
    is_branch(b, &b->body->ins[i], 0, &label);
    if (label == f->name) return false;
    wr_ins *ins = &b->body->ins[f->start];
    *ins = (wr_ins){.op = WR_OP_BR_IF, .y = ins->y, .a = label, .origin = ins->origin};
    wr_simplify_cfg_remove_place(b, i);
    wr_simplify_cfg_remove_place(b, f->end);
    return true;
}

// If one arm leaves the if, moves the other one behind it.
static bool drop_else(wr_simplify_cfg *b, const wr_if *f) {
    wr_simplify_cfg_block *block = &b->blocks[f->name];
    wr_ins *ins = &b->body->ins[f->start];
    if (f->other == WR_NONE || block->uses || block->nparams) return false;
    if (leaves(b, f->other)) {
        b->body->ins[f->other] = b->body->ins[f->end];
        wr_simplify_cfg_remove_place(b, f->end);
    } else if (leaves(b, f->end) &&
               (wr_simplify_cfg_negation_cost(b, f->start) <= 0 || is_only_branch(b, f->other, f->end))) {
        block->swap = WR_SWAP_BEHIND;
        ins->y ^= WR_Y_NEGATED;
        b->any = true;
    } else {
        return false;
    }
    drop_type(ins);
    return true;
}

// Swaps the arms if that makes the condition shorter.
static void swap_arms(wr_simplify_cfg *b, const wr_if *f) {
    wr_simplify_cfg_block *block = &b->blocks[f->name];
    if (f->other == WR_NONE || block->nparams || wr_simplify_cfg_negation_cost(b, f->start) >= 0) return;
    block->swap = WR_SWAP_ARMS;
    b->body->ins[f->start].y ^= WR_Y_NEGATED;
    b->any = true;
}

// The end of the arm, or block, of `inside` that holds the place.
static uint32_t end_around(const wr_simplify_cfg *b, uint32_t inside, uint32_t i) {
    const wr_simplify_cfg_block *block = &b->blocks[inside];
    return block->other != WR_NONE && i < block->other ? block->other : block->end;
}

// `if A; br L; end; B`, where the end of B and L have the same target: B becomes the else. A value that both
// arms compute becomes the if's result.
static bool make_else(wr_simplify_cfg *b, const wr_if *f) {
    const wr_simplify_cfg_block *block = &b->blocks[f->name], *outer = &b->blocks[f->inside];
    uint32_t label = 0, leave = wr_simplify_cfg_place_before(b, f->end),
             end = end_around(b, f->inside, f->start), k = outer->nresults;
    wr_ins type, *ins = &b->body->ins[f->start];
    if (f->other != WR_NONE || block->uses || block->nparams || outer->ins.op == WR_OP_TRY ||
        k >= WR_JUMP_TARGET_VALUES)
        return false;
    if (block->height != outer->height || !leaves(b, f->end) || b->height[leave] != block->height + k)
        return false;
    if (!is_branch(b, &b->body->ins[leave], k, &label) || !wr_simplify_cfg_result(b, f->inside, &type))
        return false;
    if (!wr_jump_target_same(b->targets[k][leave], b->targets[k][end], k) ||
        b->targets[k][leave].place == leave)
        return false;
    if (wr_simplify_cfg_place_after(b, f->end) >= end || (k && b->body->ins[leave].op == WR_OP_RETURN))
        return false;
    wr_simplify_cfg_remove_place(b, leave);
    b->body->ins[f->end].op = WR_OP_ELSE;
    ins->x = type.x;
    ins->a = type.a;
    wr_simplify_cfg_close_before(b, f->name, end);
    reach_end(b, f->inside);
    return true;
}

static void shorten_if(wr_simplify_cfg *b, uint32_t i, uint32_t inside) {
    uint32_t name = wr_block_name(&b->body->ins[i]);
    const wr_simplify_cfg_block *block = &b->blocks[name];
    wr_if f = {name, inside, i, block->other, block->end};
    drop_trap(b, &f, i, arm_end(&f));
    if (f.other != WR_NONE) drop_trap(b, &f, f.other, f.end);
    if (drop_empty_arms(b, &f) || make_br_if(b, &f) || wr_simplify_cfg_if_conversion(b, i)) return;
    if (wr_simplify_cfg_merge_conditions(b, i) || drop_else(b, &f) || make_else(b, &f)) return;
    swap_arms(b, &f);
}

void wr_simplify_cfg_shorten_ifs(wr_simplify_cfg *b) {
    wr_simplify_cfg_find_targets(b);
    for (uint32_t at = b->ncontrol; at-- > 0;) {
        uint32_t i = b->control[at];
        const wr_ins *ins = &b->body->ins[i];
        if (ins->op == WR_OP_IF)
            shorten_if(b, i, b->blocks[wr_block_name(ins)].outer);
        else if (ins->op == WR_OP_BR_IF)
            wr_simplify_cfg_merge_conditions(b, i);
        else if (ins->op == WR_OP_BR_TABLE)
            wr_simplify_cfg_shorten_table(b, i);
    }
}
