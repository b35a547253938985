// The rules of instcombine that hold for all operations on numbers: an operation on constants becomes its
// result, and a constant first operand changes places with the second. Chooses the file whose rules come
// next.
//
//   (i32.mul (i32.const 6) (i32.const 7))    ->    (i32.const 42)
//   (i32.lt_s (i32.const 4) X)               ->    (i32.gt_s X (i32.const 4))
#include "instcombine.h"

#define MAX_STEPS 32 // the most rules that are applied to one expression

bool wr_instcombine_is_known(const wr_instcombine *f, uint32_t i, uint64_t *value) {
    uint32_t kid = wr_cell_op(f, i) == WR_OP_LOCAL_TEE ? wr_cell_operand(f, i, 0) : i;
    if (!wr_is_number_const(wr_cell_op(f, kid))) return false;
    *value = wr_cell_const(f, kid);
    return true;
}

// The bytes that are saved by removing a constant operand; a tee remains as a set of the constant.
static size_t size_known(const wr_instcombine *f, uint32_t i) {
    return wr_cell_op(f, i) == WR_OP_LOCAL_TEE ? 0 : wr_ins_size(&wr_cell_at(f, i)->ins, NULL);
}

void wr_instcombine_take_known(wr_instcombine *f, uint32_t i) {
    if (wr_cell_op(f, i) != WR_OP_LOCAL_TEE) {
        wr_instcombine_remove(f, i);
        return;
    }
    wr_cell_at(f, i)->ins.op = WR_OP_LOCAL_SET;
    if (f->statement == WR_NONE || f->statement < i) f->statement = i;
}

// Replaces an operation on constants by its result, unless that is longer.
static bool evaluate(wr_instcombine *f, uint32_t i) {
    const wr_cell *cell = wr_cell_at(f, i);
    const wr_opinfo *info = &wr_opinfos[cell->ins.op];
    uint32_t a = cell->kid[0], b = cell->kid[1];
    uint64_t x, y, result;
    if (!info->npop || info->npop > 2 || cell->start == WR_NONE || (cell->effects & WR_E_STATEMENT) ||
        !wr_instcombine_is_known(f, a, &x))
        return false;
    size_t size = 1 + size_known(f, a);
    if (info->npop == 1) {
        if (!wr_eval_unary(cell->ins.op, x, &result)) return false;
    } else {
        if (!wr_instcombine_is_known(f, b, &y) || !wr_eval_binary(cell->ins.op, x, y, &result)) return false;
        size += size_known(f, b);
    }
    wr_ins ins = {.op = (uint16_t)wr_instcombine_const_op(info->push), .b = result};
    if (wr_ins_size(&ins, NULL) > size) return false;
    wr_instcombine_take_known(f, a);
    if (info->npop == 2) wr_instcombine_take_known(f, b);
    *wr_cell_at(f, i) = (wr_cell){.ins = ins, .start = i, .kid = {WR_NONE, WR_NONE, WR_NONE}};
    wr_instcombine_set_const(f, i, result);
    return true;
}

unsigned wr_instcombine_mirrored(unsigned op) {
    switch (op) {
#define BOTH(id, other) \
    case WR_OP_I32_##id: return WR_OP_I32_##other; \
    case WR_OP_I64_##id: return WR_OP_I64_##other;
        BOTH(ADD, ADD)
        BOTH(MUL, MUL)
        BOTH(AND, AND)
        BOTH(OR, OR)
        BOTH(XOR, XOR)
        BOTH(EQ, EQ)
        BOTH(NE, NE)
        BOTH(LT_S, GT_S)
        BOTH(LT_U, GT_U)
        BOTH(GT_S, LT_S)
        BOTH(GT_U, LT_U)
        BOTH(LE_S, GE_S)
        BOTH(LE_U, GE_U)
        BOTH(GE_S, LE_S)
        BOTH(GE_U, LE_U)
#undef BOTH
    default: return WR_OP_NOP;
    }
}

// Moves a constant first operand behind the second one.
static bool put_const_second(wr_instcombine *f, uint32_t *i) {
    uint32_t a = wr_cell_operand(f, *i, 0), b = wr_cell_operand(f, *i, 1);
    unsigned op = wr_instcombine_mirrored(wr_cell_op(f, *i));
    if (op == WR_OP_NOP || !wr_cell_is_const(f, a) || b == WR_NONE || wr_cell_is_const(f, b) ||
        *i + 1 != f->cells.n)
        return false;
    wr_cell cell = *wr_cell_at(f, *i), constant = *wr_cell_at(f, a);
    wr_cell_at(f, a)->ins = (wr_ins){.op = WR_OP_NOP};
    constant.start = *i;
    *wr_cell_at(f, *i) = constant;
    cell.ins.op = (uint16_t)op;
    cell.kid[0] = b;
    cell.kid[1] = (*i)++;
    WR_PUSH(f->arena, f->cells, cell);
    return true;
}

static bool apply_rule(wr_instcombine *f, uint32_t *i) {
    unsigned op = wr_cell_op(f, *i);
    if (op >= WR_OP_I32_LOAD && op <= WR_OP_I64_STORE32) return wr_instcombine_access(f, i);
    if (op == WR_OP_SELECT || op == WR_OP_SELECT_T) return wr_instcombine_select(f, i);
    if (op < WR_OP_I32_EQZ || op > WR_OP_I64_EXTEND32_S) return false;
    if (evaluate(f, *i)) return true;
    if (put_const_second(f, i)) return true;
    if (op <= WR_OP_I64_GE_U) return wr_instcombine_comparison(f, i);
    if (op >= WR_OP_I32_WRAP_I64) return wr_instcombine_conversion(f, i);
    return wr_instcombine_numbers(f, i);
}

uint32_t wr_instcombine_simplify(wr_instcombine *f, uint32_t i) {
    for (unsigned n = 0; n < MAX_STEPS && i != WR_NONE && apply_rule(f, &i); n++) f->changed = true;
    return i;
}
