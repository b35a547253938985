// What the files of the fold pass share: the body that is being written, as cells that hold an instruction
// and what is known of the expression that ends there. What a rule takes away becomes a nop until the end, so
// nothing ever moves.
//
// A rule gets the cell of an expression that was just completed. It may change the instruction, take
// expressions away that lie within it, and put the result into another of its cells, the one that then leaves
// the value.
#ifndef WR_PASSES_PEEPHOLE_INSTCOMBINE_H
#define WR_PASSES_PEEPHOLE_INSTCOMBINE_H

#include "passes/manager/bodies.h"

typedef struct wr_cell {
    wr_ins ins;
    uint32_t start;   // where the expression begins, WR_NONE if not known
    uint32_t kid[3];  // the cells of the first operands, WR_NONE for none or if not known
    uint32_t effects; // of the whole expression, and WR_E_STATEMENT
    uint64_t bits;    // that may be set in its value; of 32-bit values the upper half is clear
} wr_cell;

typedef struct wr_instcombine_frame {
    uint32_t block;  // in the input, WR_NONE for the body
    uint32_t start;  // cell where its expression begins, WR_NONE if not known
    uint32_t height; // of the stack below its parameters
    uint32_t passes; // how many values a branch to it takes along
    bool is_dead;    // the whole block is in code that is never reached
    bool skips_else; // its condition is known: the second arm goes
} wr_instcombine_frame;

typedef struct wr_instcombine {
    wr_arena *arena;
    const wr_context *c;
    wr_body *body;              // the input
    const uint64_t *local_bits; // that may be set in any value of a local
    WR_VEC(wr_cell) cells;
    WR_VEC(wr_instcombine_frame) frames;
    wr_u32s vals;       // cells of the values on the stack, WR_NONE if not known
    uint32_t statement; // cell of the last instruction that leaves no value
    bool dead, changed;
} wr_instcombine;

#define WR_MASK32 UINT64_C(0xffffffff)
#define WR_E_STATEMENT (UINT32_C(1) << 31) // there are statements between operands, or operands are not known
// Effects that keep an expression from being left out.
#define WR_E_LASTING \
    ~(uint32_t)(WR_E_READ_LOCAL | WR_E_READ_GLOBAL | WR_E_READ_MEM | WR_E_READ_TABLE | WR_E_READ_HEAP | \
                WR_E_READ_SEGMENT)

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
// Whether the expression can go with its value.
static inline bool wr_cell_is_removable(const wr_instcombine *f, uint32_t i) {
    return i != WR_NONE && f->cells.v[i].start != WR_NONE && !(f->cells.v[i].effects & WR_E_LASTING);
}

// Whether all of the expression can go if only its first operand, with a constant behind it, is what may do
// something.
static inline bool wr_cell_operand_is_removable(const wr_instcombine *f, uint32_t i) {
    return wr_cell_is_removable(f, f->cells.v[i].kid[0]) && !(f->cells.v[i].effects & WR_E_STATEMENT);
}

// Rules are written for 32-bit operations. The one that is like op, WR_OP_NOP for others than integer
// arithmetic:
#define WR_ARITHMETIC_64 (WR_OP_I64_CLZ - WR_OP_I32_CLZ)
static inline unsigned wr_instcombine_narrow(unsigned op) {
    if (op >= WR_OP_I32_CLZ && op <= WR_OP_I32_ROTR) return op;
    return op >= WR_OP_I64_CLZ && op <= WR_OP_I64_ROTR ? op - WR_ARITHMETIC_64 : WR_OP_NOP;
}
static inline unsigned wr_cell_narrow(const wr_instcombine *f, uint32_t i) {
    return wr_instcombine_narrow(wr_cell_op(f, i));
}
// The operation op32 of the width of op.
static inline unsigned wr_instcombine_like(unsigned op, unsigned op32) {
    return wr_instcombine_is_64(op) ? op32 + WR_ARITHMETIC_64 : op32;
}
static inline uint64_t wr_instcombine_sign_extended(unsigned op, uint64_t value) {
    return wr_instcombine_is_64(op) ? value : (uint64_t)(int64_t)(int32_t)value;
}
static inline unsigned wr_instcombine_const_size(uint64_t value) { return wr_sleb_size((int64_t)value); }
// Whether both operands are reads of one local, with nothing between them.
static inline bool wr_cell_same_local(const wr_instcombine *f, uint32_t i) {
    uint32_t a = wr_cell_operand(f, i, 0), b = wr_cell_operand(f, i, 1);
    return wr_cell_op(f, a) == WR_OP_LOCAL_GET && wr_cell_op(f, b) == WR_OP_LOCAL_GET &&
           f->cells.v[a].ins.a == f->cells.v[b].ins.a && wr_cell_is_removable(f, i);
}

// fold.c
void wr_instcombine_remove(wr_instcombine *f, uint32_t i); // the expression at i
void wr_instcombine_keep(wr_instcombine *f, uint32_t *i,
                         uint32_t k); // of *i only its operand k; the others are taken away
void wr_instcombine_set(wr_instcombine *f, uint32_t i,
                        unsigned op); // another instruction with the same operands
void wr_instcombine_to_const(wr_instcombine *f, uint32_t i,
                             uint64_t value); // an integer in place of the expression
void wr_instcombine_set_const(wr_instcombine *f, uint32_t i,
                              uint64_t value); // another value of the constant at i
void wr_instcombine_bypass(wr_instcombine *f, uint32_t i,
                           unsigned k);                    // operand k, of one operand, gives way to its own
void wr_instcombine_update(wr_instcombine *f, uint32_t i); // bits and effects after a change below
unsigned wr_instcombine_const_op(unsigned type);           // of a number type
// What an instruction itself may do, by its operands. Divisions by most constants don't trap.
uint32_t wr_instcombine_own_effects(const wr_instcombine *f, const wr_ins *ins, const uint32_t *operands,
                                    uint32_t npop);

// Appends a leaf, a computation of one value or a branch, which take the last npop values.
void wr_instcombine_put(wr_instcombine *f, const wr_ins *ins, uint32_t npop);

// instcombine_tables.c: compares and branches instead of a br_table, whose index is the last value. Whether
// that was done.
bool wr_instcombine_table(wr_instcombine *f, const wr_ins *table);

// fold_eval.c: false if there is no one result, or it isn't folded. i32 values are sign-extended, floats are
// bits.
bool wr_instcombine_eval_unary(unsigned op, uint64_t x, uint64_t *result);
bool wr_instcombine_eval_binary(unsigned op, uint64_t x, uint64_t y, uint64_t *result);

// fold_bits.c
uint64_t wr_known_bits_at(const wr_instcombine *f, uint32_t i);
const uint64_t *wr_known_bits_locals(wr_arena *arena, const wr_body *body);
// Takes instructions out of the expression at i that change only bits outside mask. Returns its new cell.
uint32_t wr_instcombine_demand(wr_instcombine *f, uint32_t i, uint64_t mask);

// The rules, by operation. They return whether something changed; *i is then where the value is left.
bool wr_instcombine_numbers(wr_instcombine *f, uint32_t *i);    // fold_numbers.c: arithmetic
bool wr_instcombine_sum(wr_instcombine *f, uint32_t *i);        // fold_sums.c
bool wr_instcombine_comparison(wr_instcombine *f, uint32_t *i); // fold_compare.c
bool wr_instcombine_conversion(wr_instcombine *f, uint32_t *i); // fold_convert.c
bool wr_instcombine_access(wr_instcombine *f, uint32_t *i);     // fold_access.c: loads and stores
unsigned wr_instcombine_joined_load(unsigned conversion,
                                    unsigned load); // fold_convert.c: the load that does both, or WR_OP_NOP
bool wr_instcombine_is_safe_load(const wr_instcombine *f,
                                 uint32_t i);               // fold_access.c: whether the load can't trap
bool wr_instcombine_select(wr_instcombine *f, uint32_t *i); // fold_compare.c
// fold_drop.c: the expression at i was dropped. Returns whether nothing is left of its value.
bool wr_instcombine_discard(wr_instcombine *f, uint32_t i);
uint32_t wr_instcombine_condition(
    wr_instcombine *f, uint32_t i); // fold_compare.c: of which only zero or not counts; returns its cell

#endif
