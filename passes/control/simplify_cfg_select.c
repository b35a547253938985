// If-conversion: an if between two short values without effects becomes a select.
//
//   (if (result i32) (c) (then (i32.const 1)) (else (local.get 0)))
//     ->  (select (i32.const 1) (local.get 0) (c))
//
// The condition moves behind the values, so it must not write the locals or globals that they read. Looks at
// a bounded number of instructions.
#include "simplify_cfg.h"
#include "analysis/effects.h"
#include "analysis/exprs.h"

#define MAX_CONDITION 96 // the most instructions of a condition that moves

// Whether the places in [from, to) write a local or global that those in [start, end) read.
static bool disturbs(const wr_simplify_cfg *b, uint32_t from, uint32_t to, uint32_t start, uint32_t end) {
    uint32_t read = wr_exprs_effects(b->body, start, end), done = wr_exprs_effects(b->body, from, to);
    if (wr_effects_interfere(read, done, false)) return true;
    if (!(read & WR_E_READ_LOCAL) || !(done & WR_E_WRITE_LOCAL)) return false;
    for (uint32_t i = from; i < to; i++) {
        const wr_ins *write = &b->body->ins[i];
        if (!(wr_opinfos[write->op].effects & WR_E_WRITE_LOCAL)) continue;
        for (uint32_t k = start; k < end; k++)
            if (b->body->ins[k].op == WR_OP_LOCAL_GET &&
                wr_ins_local(&b->body->ins[k]) == wr_ins_local(write))
                return true;
    }
    return false;
}

// Where the condition of the if at i starts; WR_NONE if it is too long, contains control instructions, or
// takes or leaves values that are below it on the stack, as the rest of what a call with several results
// returns.
static uint32_t condition_start(const wr_simplify_cfg *b, uint32_t i) {
    uint32_t height = b->height[i] - 1, npop, npush;
    for (uint32_t n = 0; n < MAX_CONDITION && i-- > 0; n++) {
        const wr_ins *ins = &b->body->ins[i];
        if (wr_opinfos[ins->op].effects & WR_E_CONTROL) return WR_NONE;
        if (!wr_exprs_arity(b->c->m, ins, &npop, &npush) || b->height[i] < height + npop) return WR_NONE;
        if (b->height[i] == height && b->body->ins[i].op != WR_OP_NOP) return i;
    }
    return WR_NONE;
}

static void find_heights(wr_simplify_cfg *b, uint32_t start, uint32_t end) {
    uint32_t npop, npush;
    for (uint32_t i = start; i + 1 < end; i++) {
        bool known = wr_exprs_arity(b->c->m, &b->body->ins[i], &npop, &npush);
        b->height[i + 1] = b->height[i] + (known ? npush - npop : 0);
    }
}

static bool is_number(const wr_ins *ins) { return ins->x == WR_BLOCK_VALUE && wr_is_num(ins->a); }

// Replaces the if by its first value, its second value, the condition and a select.
static void write_select(wr_simplify_cfg *b, uint32_t start, uint32_t i, const wr_simplify_cfg_block *block) {
    wr_ins *ins = b->body->ins, condition[MAX_CONDITION], *out = ins + start, arm[WR_MAX_SPECULATED];
    uint32_t n = i - start, one = block->other - i - 1, two = block->end - block->other - 1;
    memcpy(condition, ins + start, n * sizeof *ins);
    if (ins[i].y) {
        memcpy(arm, ins + i + 1, one * sizeof *ins);
        memmove(out, ins + block->other + 1, two * sizeof *ins);
        memcpy(out + two, arm, one * sizeof *ins);
    } else {
        memmove(out, ins + i + 1, one * sizeof *ins);
        memmove(out + one, ins + block->other + 1, two * sizeof *ins);
    }
    memcpy(out + one + two, condition, n * sizeof *ins);
    out += one + two + n;
    *out++ = (wr_ins){.op = WR_OP_SELECT};
    while (out <= ins + block->end) *out++ = (wr_ins){.op = WR_OP_NOP};
}

bool wr_simplify_cfg_if_conversion(wr_simplify_cfg *b, uint32_t i) {
    const wr_simplify_cfg_block *block = &b->blocks[wr_block_name(&b->body->ins[i])];
    unsigned cost = 0;
    if (block->other == WR_NONE || block->uses || (b->body->ins[i].y & ~WR_Y_NEGATED) ||
        !is_number(&b->body->ins[i]))
        return false;
    if (!wr_simplify_cfg_is_speculatable(b, i + 1, block->other, &cost) ||
        !wr_simplify_cfg_is_speculatable(b, block->other + 1, block->end, &cost))
        return false;
    if (!wr_simplify_cfg_is_cheap(b, cost)) return false;
    uint32_t start = condition_start(b, i);
    if (start == WR_NONE) return false;
    if (disturbs(b, start, i, i + 1, block->other) || disturbs(b, start, i, block->other + 1, block->end))
        return false;
    write_select(b, start, i, block);
    find_heights(b, start, block->end + 1);
    b->any = true;
    return true;
}
