// Demanded bits: removes the parts of an expression that only change bits which are not used.
//
//   (i32.store8 P (i32.and X (i32.const 255)))    ->    (i32.store8 P X)
#include "instcombine.h"

#define MAX_DEPTH 6 // the most nested instructions that are examined

static uint32_t demand(wr_instcombine *f, uint32_t i, uint64_t mask, unsigned depth);

static void demand_kid(wr_instcombine *f, uint32_t i, unsigned k, uint64_t mask, unsigned depth) {
    uint32_t kid = demand(f, wr_cell_operand(f, i, k), mask, depth + 1);
    wr_cell_at(f, i)->kid[k] = kid;
}

// Whether the instruction changes no demanded bits: its constant only affects other bits, or it extends
// beyond them.
static bool is_undemanded(const wr_instcombine *f, uint32_t i, uint64_t mask) {
    uint32_t b = wr_cell_operand(f, i, 1);
    switch (wr_cell_op(f, i)) {
    case WR_OP_I32_EXTEND8_S:
    case WR_OP_I64_EXTEND8_S: return mask <= 0xff;
    case WR_OP_I32_EXTEND16_S:
    case WR_OP_I64_EXTEND16_S: return mask <= 0xffff;
    case WR_OP_I64_EXTEND32_S: return mask <= WR_MASK32;
    case WR_OP_I32_AND:
    case WR_OP_I64_AND: return wr_cell_is_const(f, b) && (wr_cell_const(f, b) & mask) == mask;
    case WR_OP_I32_OR:
    case WR_OP_I64_OR:
    case WR_OP_I32_XOR:
    case WR_OP_I64_XOR: return wr_cell_is_const(f, b) && (wr_cell_const(f, b) & mask) == 0;
    default: return false;
    }
}

static void demand_operands(wr_instcombine *f, uint32_t i, uint64_t mask, unsigned depth) {
    uint32_t b = wr_cell_operand(f, i, 1);
    switch (wr_cell_op(f, i)) {
    case WR_OP_I32_ADD:
    case WR_OP_I64_ADD:
    case WR_OP_I32_SUB:
    case WR_OP_I64_SUB:
    case WR_OP_I32_MUL:
    case WR_OP_I64_MUL:
        mask = wr_known_bits_fill(mask); // carries only go up
        break;
    case WR_OP_I32_AND:
    case WR_OP_I64_AND:
    case WR_OP_I32_OR:
    case WR_OP_I64_OR:
    case WR_OP_I32_XOR:
    case WR_OP_I64_XOR:
    case WR_OP_SELECT: break;
    case WR_OP_I32_WRAP_I64: mask &= WR_MASK32; break;
    case WR_OP_I32_SHL:
    case WR_OP_I64_SHL:
        if (wr_cell_is_const(f, b))
            demand_kid(f, i, 0,
                       mask >> (wr_cell_const(f, b) & (wr_instcombine_is_64(wr_cell_op(f, i)) ? 63 : 31)),
                       depth);
        return;
    default: return;
    }
    demand_kid(f, i, 0, mask, depth);
    if (b != WR_NONE) demand_kid(f, i, 1, mask, depth);
}

static uint32_t demand(wr_instcombine *f, uint32_t i, uint64_t mask, unsigned depth) {
    while (i != WR_NONE && is_undemanded(f, i, mask)) {
        wr_instcombine_keep(f, &i, 0);
        f->changed = true;
    }
    if (i == WR_NONE || depth == MAX_DEPTH) return i;
    demand_operands(f, i, mask, depth);
    wr_instcombine_update(f, i);
    return i;
}

uint32_t wr_instcombine_demand(wr_instcombine *f, uint32_t i, uint64_t mask) { return demand(f, i, mask, 0); }
