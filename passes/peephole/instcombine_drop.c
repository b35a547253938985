// Dropped expressions: only what has effects is left. A tee becomes a set.
//
//   (drop (i32.add (call $f) (local.get 0)))    ->    (drop (call $f))
#include "instcombine.h"

// Whether the instruction only computes a value from its operands, all of which are known.
static bool only_computes(const wr_instcombine *f, uint32_t i) {
    const wr_cell *cell = wr_cell_at(f, i);
    unsigned op = cell->ins.op, npop = op == WR_OP_SELECT || op == WR_OP_SELECT_T ? 3 : wr_opinfos[op].npop;
    if (wr_instcombine_own_effects(f, &cell->ins, cell->kid, npop) || npop == 0 || npop > WR_COUNT(cell->kid))
        return false;
    for (unsigned k = 0; k < npop; k++)
        if (cell->kid[k] == WR_NONE) return false;
    return true;
}

// Removes the instruction, and those operands that can be removed. Returns the operand that can't, WR_NONE if
// there is none.
static uint32_t strip(wr_instcombine *f, uint32_t i) {
    wr_cell *cell = wr_cell_at(f, i);
    uint32_t left = WR_NONE;
    cell->ins = (wr_ins){.op = WR_OP_NOP};
    for (unsigned k = 0; k < WR_COUNT(cell->kid) && cell->kid[k] != WR_NONE; k++) {
        if (!wr_cell_is_removable(f, cell->kid[k]))
            left = cell->kid[k];
        else
            wr_instcombine_remove(f, cell->kid[k]);
    }
    return left;
}

static unsigned count_lasting(const wr_instcombine *f, uint32_t i) {
    unsigned n = 0;
    for (unsigned k = 0; k < 3 && wr_cell_operand(f, i, k) != WR_NONE; k++)
        n += !wr_cell_is_removable(f, wr_cell_operand(f, i, k));
    return n;
}

bool wr_instcombine_discard(wr_instcombine *f, uint32_t i) {
    while (i != WR_NONE) {
        if (wr_cell_is_removable(f, i)) {
            wr_instcombine_remove(f, i);
            f->changed = true;
            return true;
        }
        if (wr_cell_op(f, i) == WR_OP_LOCAL_TEE) {
            wr_cell_at(f, i)->ins.op = WR_OP_LOCAL_SET;
            f->changed = true;
            return true;
        }
        if (!only_computes(f, i) || count_lasting(f, i) > 1) return false;
        i = strip(f, i);
        f->changed = true;
        if (i == WR_NONE) return true;
    }
    return false;
}
