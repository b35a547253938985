// Shared by the files of instcombine: the output as cells, each of which holds an instruction and what is
// known of the expression that ends with it. What a rule removes becomes a nop until the end, so nothing ever
// moves.
//
// A rule gets the cell of an expression that was just completed. It may change the instruction, remove
// expressions within it, and let another of its cells compute the result. Everything belongs to one body on
// one thread.
#ifndef WR_PASSES_PEEPHOLE_INSTCOMBINE_H
#define WR_PASSES_PEEPHOLE_INSTCOMBINE_H

#include "analysis/effects.h"
#include "analysis/eval.h"
#include "analysis/known_bits.h"
#include "passes/manager/bodies.h"

typedef struct wr_cell {
    wr_ins ins;
    uint32_t start;   // where the expression begins, WR_NONE if not known
    uint32_t kid[3];  // the cells of its first operands; WR_NONE if there is none, or if it is not known
    uint32_t effects; // of the whole expression, and WR_E_STATEMENT
    // Known bits: those that may be set in its value; the upper half is clear for 32-bit values.
    uint64_t bits;
} wr_cell;

typedef struct wr_instcombine_frame {
    uint32_t block;  // the instruction in the input, WR_NONE for the body
    uint32_t start;  // the cell where its expression begins, WR_NONE if not known
    uint32_t height; // of the stack below its parameters
    uint32_t passes; // how many values a branch to it carries
    bool is_dead;    // the whole block is unreachable
    bool skips_else; // its condition is known to hold: the second arm is removed
    // For instcombine_bounds.c:
    bool is_branched_to;
    uint16_t op; // that opens it in the output
    uint32_t opened, nlogged,
        loop; // the numbers of cells and of logged changes when it opened; the loop around
} wr_instcombine_frame;

// What accesses prove of locals, see instcombine_bounds.c.
typedef struct wr_local_bounds {
    uint64_t room;   // local + room is at most 2^32
    uint32_t proved; // the last cell when that became known
    uint32_t set;    // the cell of its last set so far
} wr_local_bounds;

typedef struct wr_bounds_change {
    uint32_t local, proved; // and what was known before
    uint64_t room;
} wr_bounds_change;

typedef struct wr_bounds {
    wr_local_bounds *locals; // by local
    WR_VEC(wr_bounds_change) log;
    uint32_t loop;                  // where the innermost open loop begins, a number of cells
    uint32_t waiting[16], nwaiting; // the last loads whose address has a constant
} wr_bounds;

typedef struct wr_instcombine {
    wr_arena *arena;
    const wr_context *c;
    wr_body *body;              // the input
    const uint64_t *local_bits; // by local: the bits that may be set in any of its values
    WR_VEC(wr_cell) cells;
    WR_VEC(wr_instcombine_frame) frames;
    wr_u32s vals;       // the cells of the values on the stack, WR_NONE if not known
    uint32_t statement; // the cell of the last instruction without a result
    bool dead, changed;
    wr_bounds bounds;
} wr_instcombine;

#define WR_MASK32 UINT64_C(0xffffffff)
// An effect: there are statements between the operands, or some operand is not known.
#define WR_E_STATEMENT (UINT32_C(1) << 31)

static inline wr_cell *wr_cell_at(const wr_instcombine *f, uint32_t i) { return &f->cells.v[i]; }
static inline unsigned wr_cell_op(const wr_instcombine *f, uint32_t i) {
    return i == WR_NONE ? WR_OP_NOP : f->cells.v[i].ins.op;
}
static inline uint32_t wr_cell_operand(const wr_instcombine *f, uint32_t i, unsigned k) {
    return i == WR_NONE ? i : f->cells.v[i].kid[k];
}
// Whether the operands are i64 rather than i32.
static inline bool wr_instcombine_is_64(unsigned op) {
    return wr_opinfos[op].npop && wr_opinfos[op].pop[0] == WR_I64;
}
static inline uint64_t wr_instcombine_width_mask(unsigned op) {
    return wr_instcombine_is_64(op) ? UINT64_MAX : WR_MASK32;
}
static inline bool wr_cell_is_const(const wr_instcombine *f, uint32_t i) {
    unsigned op = wr_cell_op(f, i);
    return op == WR_OP_I32_CONST || op == WR_OP_I64_CONST;
}
static inline uint64_t wr_cell_const(const wr_instcombine *f, uint32_t i) { return f->cells.v[i].ins.b; }
static inline bool wr_cell_is_zero(const wr_instcombine *f, uint32_t i) {
    return wr_cell_is_const(f, i) && wr_cell_const(f, i) == 0;
}
static inline uint64_t wr_cell_bits(const wr_instcombine *f, uint32_t i) {
    return i == WR_NONE ? UINT64_MAX : f->cells.v[i].bits;
}
// The known bits of the expression at i, from those of its operands.
static inline uint64_t wr_cell_find_bits(const wr_instcombine *f, uint32_t i) {
    const wr_cell *cell = &f->cells.v[i];
    return wr_known_bits(&cell->ins, wr_cell_bits(f, cell->kid[0]), wr_cell_bits(f, cell->kid[1]),
                         wr_cell_is_const(f, cell->kid[1]), f->local_bits);
}
// Whether the expression can be removed if its value is not used.
static inline bool wr_cell_is_removable(const wr_instcombine *f, uint32_t i) {
    return i != WR_NONE && f->cells.v[i].start != WR_NONE && wr_effects_is_pure(f->cells.v[i].effects);
}

// Whether all of an expression can be removed whose second operand is a constant, so that only the first one
// may have effects.
static inline bool wr_cell_operand_is_removable(const wr_instcombine *f, uint32_t i) {
    return wr_cell_is_removable(f, f->cells.v[i].kid[0]) && !(f->cells.v[i].effects & WR_E_STATEMENT);
}

// Rules are written in terms of 32-bit operations. Gives the 32-bit counterpart of op, WR_OP_NOP if op is not
// integer arithmetic.
#define WR_ARITHMETIC_64 (WR_OP_I64_CLZ - WR_OP_I32_CLZ)
static inline unsigned wr_instcombine_narrow(unsigned op) {
    if (op >= WR_OP_I32_CLZ && op <= WR_OP_I32_ROTR) return op;
    return op >= WR_OP_I64_CLZ && op <= WR_OP_I64_ROTR ? op - WR_ARITHMETIC_64 : WR_OP_NOP;
}
static inline unsigned wr_cell_narrow(const wr_instcombine *f, uint32_t i) {
    return wr_instcombine_narrow(wr_cell_op(f, i));
}
// The counterpart of op32 in the width of op.
static inline unsigned wr_instcombine_like(unsigned op, unsigned op32) {
    return wr_instcombine_is_64(op) ? op32 + WR_ARITHMETIC_64 : op32;
}
static inline uint64_t wr_instcombine_sign_extended(unsigned op, uint64_t value) {
    return wr_instcombine_is_64(op) ? value : (uint64_t)(int64_t)(int32_t)value;
}
static inline unsigned wr_instcombine_const_size(uint64_t value) { return wr_sleb_size((int64_t)value); }
// Whether both operands read the same local, with nothing between them.
static inline bool wr_cell_same_local(const wr_instcombine *f, uint32_t i) {
    uint32_t a = wr_cell_operand(f, i, 0), b = wr_cell_operand(f, i, 1);
    return wr_cell_op(f, a) == WR_OP_LOCAL_GET && wr_cell_op(f, b) == WR_OP_LOCAL_GET &&
           f->cells.v[a].ins.a == f->cells.v[b].ins.a && wr_cell_is_removable(f, i);
}

// --- instcombine_cells.c ---

// Removes the expression at i.
void wr_instcombine_remove(wr_instcombine *f, uint32_t i);
// Reduces the expression at *i to its operand k; removes the other operands. *i is then the operand's cell.
void wr_instcombine_keep(wr_instcombine *f, uint32_t *i, uint32_t k);
// Replaces the instruction at i; it keeps its operands.
void wr_instcombine_set(wr_instcombine *f, uint32_t i, unsigned op);
// Replaces the expression at i by an integer constant.
void wr_instcombine_to_const(wr_instcombine *f, uint32_t i, uint64_t value);
// Changes the constant at i.
void wr_instcombine_set_const(wr_instcombine *f, uint32_t i, uint64_t value);
// Replaces operand k of the expression at i by that operand's own first operand; removes the rest of it.
void wr_instcombine_bypass(wr_instcombine *f, uint32_t i, unsigned k);
// Recomputes known bits and effects after a change below.
void wr_instcombine_update(wr_instcombine *f, uint32_t i);
// The const instruction of a number type.
unsigned wr_instcombine_const_op(unsigned type);
// --- instcombine_rules.c ---

// Whether the value at i is a constant, or a tee of one.
bool wr_instcombine_is_known(const wr_instcombine *f, uint32_t i, uint64_t *value);
// Removes a constant operand. Of (local.tee $x (c)) a statement is left: (local.set $x (c)).
void wr_instcombine_take_known(wr_instcombine *f, uint32_t i);
// Applies rules to the expression that ends at i. Returns the cell of its result.
uint32_t wr_instcombine_simplify(wr_instcombine *f, uint32_t i);

// --- instcombine.c ---

// The effects of an instruction itself, given its operands: divisions by most constants don't trap.
uint32_t wr_instcombine_own_effects(const wr_instcombine *f, const wr_ins *ins, const uint32_t *operands,
                                    uint32_t npop);

// Appends a leaf, a computation of one value, or a branch, which takes the last npop values.
void wr_instcombine_put(wr_instcombine *f, const wr_ins *ins, uint32_t npop);

// --- The other files ---

// instcombine_tables.c: replaces a br_table, whose index is the last value, by compares and branches. Returns
// whether it did.
bool wr_instcombine_table(wr_instcombine *f, const wr_ins *table);

// instcombine_demand.c: removes instructions of the expression at i that only change bits outside the mask.
// Returns its new cell.
uint32_t wr_instcombine_demand(wr_instcombine *f, uint32_t i, uint64_t mask);

// The rules, by operation; each is in the file of that name. They return whether something changed;
// afterwards *i is the cell of the result.
bool wr_instcombine_numbers(wr_instcombine *f, uint32_t *i);
bool wr_instcombine_floats(wr_instcombine *f, uint32_t *i);
bool wr_instcombine_sum(wr_instcombine *f, uint32_t *i);
bool wr_instcombine_comparison(wr_instcombine *f, uint32_t *i);
bool wr_instcombine_conversion(wr_instcombine *f, uint32_t *i);
bool wr_instcombine_access(wr_instcombine *f, uint32_t *i);
// instcombine_convert.c: the load that also does the conversion, or WR_OP_NOP.
unsigned wr_instcombine_joined_load(unsigned conversion, unsigned load);
// instcombine_access.c: moves the constant of the sum that is the access's address into the offset. Returns
// whether it could.
bool wr_instcombine_fold_address(wr_instcombine *f, uint32_t i);
// The same file: whether the load can't trap.
bool wr_instcombine_is_safe_load(const wr_instcombine *f, uint32_t i);
// instcombine_bounds.c: what accesses prove of addresses. Opening a frame, ending an arm of it that is not
// the last one, and closing it, before the instruction is appended. Labels are noted before a block opens,
// sets and accesses once rules have been applied to them; nothing in dead code.
void wr_instcombine_begin_bounds(wr_instcombine *f);
void wr_instcombine_open_bounds(wr_instcombine *f, wr_instcombine_frame *frame, unsigned op);
void wr_instcombine_end_arm_bounds(wr_instcombine *f, const wr_instcombine_frame *frame);
void wr_instcombine_close_bounds(wr_instcombine *f, const wr_instcombine_frame *frame);
void wr_instcombine_note_labels(wr_instcombine *f, const wr_ins *ins);
void wr_instcombine_note(wr_instcombine *f, uint32_t i);
// Whether wr_instcombine_note has anything to note of it.
static inline bool wr_may_tell_bounds(unsigned op) {
    return op - WR_OP_LOCAL_SET <= WR_OP_I64_STORE32 - WR_OP_LOCAL_SET || op > WR_OP_I64_EXTEND32_S;
}
// A constant below this can be added to the value at i without wrapping.
uint64_t wr_instcombine_room(wr_instcombine *f, uint32_t i);
// instcombine_select.c.
bool wr_instcombine_select(wr_instcombine *f, uint32_t *i);
// instcombine_drop.c: the expression at i is dropped. Returns whether nothing is left of its value.
bool wr_instcombine_discard(wr_instcombine *f, uint32_t i);
// instcombine_select.c: shortens a value of which only zero or not zero counts; returns its cell.
uint32_t wr_instcombine_condition(wr_instcombine *f, uint32_t i);

// The operation for swapped operands, or WR_OP_NOP.
unsigned wr_instcombine_mirrored(unsigned op);

#endif
