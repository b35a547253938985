// Shortens br_table: drops the targets at its end that equal the default, and those at its start if a
// constant is added to the index anyway.
//
//   (br_table $d $a $d $d (i32.sub (local.get 0) (i32.const 4)))   ;; the last one is the default
//   (br_table $a $d (i32.add (local.get 0) (i32.const -5)))
#include "simplify_cfg.h"

// Whether the operand of the instruction at i is a value plus or minus a constant; sets the place of the
// constant, and what is added.
static bool adds_constant(const wr_simplify_cfg *b, uint32_t i, uint32_t *constant, int64_t *value) {
    const wr_ins *ins = b->body->ins;
    uint32_t op = wr_simplify_cfg_place_before(b, i);
    *constant = wr_simplify_cfg_place_before(b, op);
    if ((ins[op].op != WR_OP_I32_ADD && ins[op].op != WR_OP_I32_SUB) || ins[*constant].op != WR_OP_I32_CONST)
        return false;
    *value = ins[op].op == WR_OP_I32_ADD ? (int32_t)ins[*constant].b : -(int64_t)(int32_t)ins[*constant].b;
    return true;
}

// Drops the n targets at the start that equal the default by subtracting n from the index: smaller indices
// wrap around to large ones, which select the default.
static void shift_start(wr_simplify_cfg *b, uint32_t i, uint32_t n) {
    wr_ins *ins = b->body->ins;
    uint32_t constant;
    int64_t value;
    if (!n || !adds_constant(b, i, &constant, &value)) return;
    ins[wr_simplify_cfg_place_before(b, i)].op = WR_OP_I32_ADD;
    ins[constant].b = (uint64_t)(int64_t)(int32_t)(uint32_t)(value - n);
    ins[i].a -= n;
    ins[i].b += n;
    b->any = true;
}

void wr_simplify_cfg_shorten_table(wr_simplify_cfg *b, uint32_t i) {
    wr_ins *ins = &b->body->ins[i];
    const uint32_t *labels = wr_label_at(b->body, ins, 0);
    uint32_t usual = labels[ins->a], n = 0, end = ins->a;
    while (end && labels[end - 1] == usual) end--;
    while (n < end && labels[n] == usual) n++;
    if (end < ins->a) {
        *wr_label_at(b->body, ins, end) = usual;
        ins->a = end;
        b->any = true;
    }
    shift_start(b, i, n);
}
