// Changes to cells that rules of instcombine are made of: removing an expression, keeping one operand of it,
// replacing an instruction or a constant. See instcombine.h.
#include "instcombine.h"

unsigned wr_instcombine_const_op(unsigned type) {
    switch (type) {
    case WR_I32: return WR_OP_I32_CONST;
    case WR_I64: return WR_OP_I64_CONST;
    case WR_F32: return WR_OP_F32_CONST;
    default: return WR_OP_F64_CONST;
    }
}

void wr_instcombine_update(wr_instcombine *f, uint32_t i) {
    wr_cell *cell = wr_cell_at(f, i);
    for (unsigned k = 0; k < WR_COUNT(cell->kid); k++)
        if (cell->kid[k] != WR_NONE) cell->effects |= wr_cell_at(f, cell->kid[k])->effects;
    cell->bits = wr_cell_find_bits(f, i);
}

void wr_instcombine_remove(wr_instcombine *f, uint32_t i) {
    for (uint32_t k = wr_cell_at(f, i)->start; k <= i; k++) wr_cell_at(f, k)->ins = (wr_ins){.op = WR_OP_NOP};
}

void wr_instcombine_keep(wr_instcombine *f, uint32_t *i, uint32_t k) {
    wr_cell *cell = wr_cell_at(f, *i);
    uint32_t kept = cell->kid[k], other = cell->kid[!k];
    cell->ins = (wr_ins){.op = WR_OP_NOP};
    if (other != WR_NONE) wr_instcombine_remove(f, other);
    *i = kept;
}

void wr_instcombine_bypass(wr_instcombine *f, uint32_t i, unsigned k) {
    uint32_t kid = wr_cell_operand(f, i, k);
    wr_instcombine_keep(f, &kid, 0);
    wr_cell_at(f, i)->kid[k] = kid;
    wr_instcombine_update(f, i);
}

void wr_instcombine_set(wr_instcombine *f, uint32_t i, unsigned op) {
    wr_cell *cell = wr_cell_at(f, i);
    bool traps_no_more = (wr_opinfos[cell->ins.op].effects & ~wr_opinfos[op].effects & WR_E_TRAP) != 0;
    cell->ins.op = (uint16_t)op;
    if (traps_no_more && !(cell->effects & WR_E_STATEMENT)) cell->effects = wr_opinfos[op].effects;
    wr_instcombine_update(f, i);
}

void wr_instcombine_set_const(wr_instcombine *f, uint32_t i, uint64_t value) {
    wr_cell *cell = wr_cell_at(f, i);
    cell->ins.b = cell->ins.op == WR_OP_I32_CONST ? (uint64_t)(int64_t)(int32_t)value : value;
    cell->bits = wr_cell_find_bits(f, i);
}

void wr_instcombine_to_const(wr_instcombine *f, uint32_t i, uint64_t value) {
    unsigned type = wr_opinfos[wr_cell_op(f, i)].push;
    wr_instcombine_remove(f, i);
    *wr_cell_at(f, i) = (wr_cell){.ins = {.op = (uint16_t)wr_instcombine_const_op(type)},
                                  .start = i,
                                  .kid = {WR_NONE, WR_NONE, WR_NONE}};
    wr_instcombine_set_const(f, i, value);
}
