// Rules for arithmetic on floats.
//
//   (f64.add X (f64.neg Y))                          ->    (f64.sub X Y)
//   (f64.mul (local.get $x) (f64.const 2))           ->    (f64.add (local.get $x) (local.get $x))
//
// These are exact: only signs change, or the sum is the same number as the product, and where the result is a
// NaN the specification leaves its sign open. The following are exact too, but for what they do to NaNs,
// which arithmetic makes quiet, and to zeros: 0 + -0 is 0, and 0 - 0 is 0 rather than -0. So they are left to
// --fast-math, which says that the program tells neither NaNs apart nor zeros. Binaryen's --fast-math is
// much the same.
//
//   (f64.sub X (f64.const 0))     ->    X
//   (f64.mul X (f64.const 1))     ->    X
//   (f64.div X (f64.const -1))    ->    (f64.neg X)
//   (f64.sub (f64.const 0) X)     ->    (f64.neg X)
#include "instcombine.h"

#include "support/floats.h"

// neg(neg x), abs(neg x), abs(abs x): these only change the sign bit, so they are exact for NaN too.
static bool fold_sign(wr_instcombine *f, uint32_t *i) {
    unsigned op = wr_cell_op(f, *i), inner = wr_cell_op(f, wr_cell_operand(f, *i, 0));
    unsigned neg = op >= WR_OP_F64_ABS ? WR_OP_F64_NEG : WR_OP_F32_NEG,
             abs = neg - (WR_OP_F32_NEG - WR_OP_F32_ABS);
    if (op == abs && (inner == neg || inner == abs)) {
        wr_instcombine_bypass(f, *i, 0);
        return true;
    }
    if (op != neg || inner != neg) return false;
    wr_instcombine_bypass(f, *i, 0);
    wr_instcombine_keep(f, i, 0);
    return true;
}

// x + neg y is x - y, x - neg y is x + y.
static bool fold_negated(wr_instcombine *f, uint32_t i, unsigned neg, unsigned to) {
    if (wr_cell_op(f, wr_cell_operand(f, i, 1)) != neg) return false;
    wr_instcombine_bypass(f, i, 1);
    wr_instcombine_set(f, i, to);
    return true;
}

static bool is_float_const(const wr_instcombine *f, uint32_t i, double *value) {
    unsigned op = wr_cell_op(f, i);
    if (op == WR_OP_F32_CONST)
        *value = wr_f32_of((uint32_t)wr_cell_const(f, i));
    else if (op == WR_OP_F64_CONST)
        *value = wr_f64_of(wr_cell_const(f, i));
    return op == WR_OP_F32_CONST || op == WR_OP_F64_CONST;
}

// x * 2 is x + x if x is read from a local, and nothing comes between the operands.
static bool fold_doubled(wr_instcombine *f, uint32_t i, unsigned add) {
    uint32_t a = wr_cell_operand(f, i, 0), b = wr_cell_operand(f, i, 1), read = a, constant = b;
    double value;
    if (wr_cell_op(f, b) == WR_OP_LOCAL_GET) read = b, constant = a;
    unsigned op = wr_cell_op(f, read);
    if ((op != WR_OP_LOCAL_GET && op != WR_OP_LOCAL_TEE) || (wr_cell_at(f, i)->effects & WR_E_STATEMENT) ||
        !is_float_const(f, constant, &value) || value != 2)
        return false;
    wr_cell *copy = wr_cell_at(f, constant);
    copy->ins = (wr_ins){.op = WR_OP_LOCAL_GET, .a = wr_ins_local(&wr_cell_at(f, read)->ins)};
    copy->effects = wr_opinfos[WR_OP_LOCAL_GET].effects;
    wr_instcombine_set(f, i, add);
    return true;
}

// --- With --fast-math ---

typedef struct float_ops {
    unsigned neg, add, sub, mul, div;
} float_ops;

// Makes neg of operand k, whose other operand is a constant.
static bool negate(wr_instcombine *f, uint32_t i, unsigned k, unsigned neg) {
    wr_cell *cell = wr_cell_at(f, i);
    wr_instcombine_remove(f, cell->kid[!k]);
    cell->kid[0] = cell->kid[k];
    cell->kid[1] = WR_NONE;
    wr_instcombine_set(f, i, neg);
    return true;
}

static bool keep(wr_instcombine *f, uint32_t *i, unsigned k) {
    wr_instcombine_keep(f, i, k);
    return true;
}

// The second operand is a constant.
static bool fold_with_const(wr_instcombine *f, uint32_t *i, const float_ops *ops, double value) {
    unsigned op = wr_cell_op(f, *i);
    if (value == 0 && (op == ops->add || op == ops->sub)) return keep(f, i, 0);
    if (op != ops->mul && op != ops->div) return false;
    if (value == 1) return keep(f, i, 0);
    return value == -1 && negate(f, *i, 0, ops->neg);
}

// The first operand is a constant.
static bool fold_const_with(wr_instcombine *f, uint32_t *i, const float_ops *ops, double value) {
    unsigned op = wr_cell_op(f, *i);
    if ((value == 0 && op == ops->add) || (value == 1 && op == ops->mul)) return keep(f, i, 1);
    return ((value == 0 && op == ops->sub) || (value == -1 && op == ops->mul)) && negate(f, *i, 1, ops->neg);
}

static bool fold_fast(wr_instcombine *f, uint32_t *i, const float_ops *ops) {
    double value;
    if (!f->c->config->fast_math) return false;
    if (is_float_const(f, wr_cell_operand(f, *i, 1), &value)) return fold_with_const(f, i, ops, value);
    return is_float_const(f, wr_cell_operand(f, *i, 0), &value) && fold_const_with(f, i, ops, value);
}

static bool fold_arithmetic(wr_instcombine *f, uint32_t *i, const float_ops *ops) {
    unsigned op = wr_cell_op(f, *i);
    if (op == ops->add && fold_negated(f, *i, ops->neg, ops->sub)) return true;
    if (op == ops->sub && fold_negated(f, *i, ops->neg, ops->add)) return true;
    if (op == ops->mul && fold_doubled(f, *i, ops->add)) return true;
    return fold_fast(f, i, ops);
}

bool wr_instcombine_floats(wr_instcombine *f, uint32_t *i) {
    static const float_ops f32 = {WR_OP_F32_NEG, WR_OP_F32_ADD, WR_OP_F32_SUB, WR_OP_F32_MUL, WR_OP_F32_DIV},
                           f64 = {WR_OP_F64_NEG, WR_OP_F64_ADD, WR_OP_F64_SUB, WR_OP_F64_MUL, WR_OP_F64_DIV};
    switch (wr_cell_op(f, *i)) {
    case WR_OP_F32_NEG:
    case WR_OP_F32_ABS:
    case WR_OP_F64_NEG:
    case WR_OP_F64_ABS: return fold_sign(f, i);
    case WR_OP_F32_ADD:
    case WR_OP_F32_SUB:
    case WR_OP_F32_MUL:
    case WR_OP_F32_DIV: return fold_arithmetic(f, i, &f32);
    case WR_OP_F64_ADD:
    case WR_OP_F64_SUB:
    case WR_OP_F64_MUL:
    case WR_OP_F64_DIV: return fold_arithmetic(f, i, &f64);
    default: return false;
    }
}
