// Rules for arithmetic on integers: merges the constants of nested operations, removes operations
// without effect, and gives multiplications, divisions and shifts their shorter forms. Constants are the
// second operand here, see put_const_second in instcombine_rules.c.
//
//   (i32.mul X (i32.const 1024))                              ->    (i32.shl X (i32.const 10))
//   (i32.and (i32.load8_u P) (i32.const 255))                 ->    (i32.load8_u P)
#include "instcombine.h"

#define LOW_WORD_STEPS 8

// --- Bits ---

// The shortest constant that has the same effect as c on a value in which only `bits` may be set.
static uint64_t shortest_mask(unsigned op, uint64_t c, uint64_t bits) {
    uint64_t low = wr_instcombine_sign_extended(op, c & bits),
             high = wr_instcombine_sign_extended(op, c | ~bits);
    uint64_t best = wr_instcombine_const_size(low) < wr_instcombine_const_size(c) ? low : c;
    return wr_instcombine_const_size(high) < wr_instcombine_const_size(best) ? high : best;
}

// Masking the low word: wraps and extends again, which takes fewer bytes than the mask; often the wrapped
// value is all that is used.
static bool fold_low_word(wr_instcombine *f, uint32_t i, uint64_t mask) {
    uint32_t a = wr_cell_operand(f, i, 0), b = wr_cell_operand(f, i, 1);
    if (wr_cell_op(f, i) != WR_OP_I64_AND || mask != WR_MASK32 || a == WR_NONE) return false;
    uint32_t effects = wr_cell_at(f, i)->effects & WR_E_STATEMENT;
    *wr_cell_at(f, b) = (wr_cell){.ins = {.op = WR_OP_I32_WRAP_I64},
                                  .start = wr_cell_at(f, a)->start,
                                  .kid = {a, WR_NONE, WR_NONE},
                                  .effects = effects};
    wr_instcombine_update(f, b);
    for (unsigned n = 0; n < LOW_WORD_STEPS && wr_instcombine_conversion(f, &b); n++) continue;
    wr_cell_at(f, i)->kid[0] = b;
    wr_cell_at(f, i)->kid[1] = WR_NONE;
    wr_instcombine_set(f, i, WR_OP_I64_EXTEND_I32_U);
    return true;
}

static bool fold_and(wr_instcombine *f, uint32_t *i) {
    uint32_t a = wr_cell_operand(f, *i, 0), b = wr_cell_operand(f, *i, 1);
    unsigned op = wr_cell_op(f, *i);
    uint64_t width = wr_instcombine_width_mask(op), bits = wr_cell_bits(f, a) & width,
             c = wr_cell_const(f, b);
    if ((bits & c) == bits) {
        wr_instcombine_keep(f, i, 0);
        return true;
    }
    if ((bits & c) == 0 && wr_cell_operand_is_removable(f, *i)) {
        wr_instcombine_to_const(f, *i, 0);
        return true;
    }
    if (wr_cell_narrow(f, a) == WR_OP_I32_AND && wr_cell_is_const(f, wr_cell_operand(f, a, 1))) {
        wr_instcombine_set_const(f, b, c & wr_cell_const(f, wr_cell_operand(f, a, 1)));
        wr_instcombine_bypass(f, *i, 0);
        return true;
    }
    uint64_t better = shortest_mask(op, c, bits);
    if (better != c) {
        wr_instcombine_set_const(f, b, better);
        wr_instcombine_update(f, *i);
        return true;
    }
    uint32_t demanded = wr_instcombine_demand(f, a, c & width);
    wr_cell_at(f, *i)->kid[0] = demanded;
    wr_instcombine_update(f, *i);
    return demanded != a || fold_low_word(f, *i, c);
}

// Nested or, xor, mul: merges both constants.
static bool join_consts(wr_instcombine *f, uint32_t i) {
    uint32_t a = wr_cell_operand(f, i, 0), b = wr_cell_operand(f, i, 1);
    uint64_t c;
    if (wr_cell_op(f, a) != wr_cell_op(f, i) || !wr_cell_is_const(f, wr_cell_operand(f, a, 1))) return false;
    if (!wr_eval_binary(wr_cell_op(f, i), wr_cell_const(f, wr_cell_operand(f, a, 1)), wr_cell_const(f, b),
                        &c))
        return false;
    if (wr_instcombine_const_size(c) >
        wr_instcombine_const_size(wr_cell_const(f, b)) +
            wr_instcombine_const_size(wr_cell_const(f, wr_cell_operand(f, a, 1))) + 2)
        return false;
    wr_instcombine_set_const(f, b, c);
    wr_instcombine_bypass(f, i, 0);
    return true;
}

static bool fold_or_xor(wr_instcombine *f, uint32_t *i) {
    uint32_t a = wr_cell_operand(f, *i, 0), b = wr_cell_operand(f, *i, 1);
    unsigned op = wr_cell_op(f, *i);
    uint64_t c = wr_cell_const(f, b);
    if (c == 0) {
        wr_instcombine_keep(f, i, 0);
        return true;
    }
    if (wr_instcombine_narrow(op) == WR_OP_I32_OR && c == UINT64_MAX && wr_cell_operand_is_removable(f, *i)) {
        wr_instcombine_to_const(f, *i, UINT64_MAX);
        return true;
    }
    if (op == WR_OP_I32_XOR && c == 1 && (wr_cell_bits(f, a) & WR_MASK32) <= 1) {
        wr_instcombine_remove(f, b);
        wr_cell_at(f, *i)->kid[1] = WR_NONE;
        wr_instcombine_set(f, *i, WR_OP_I32_EQZ);
        return true;
    }
    return join_consts(f, *i);
}

// --- Shifts ---

static bool is_shift(unsigned op32) {
    return op32 == WR_OP_I32_SHL || op32 == WR_OP_I32_SHR_S || op32 == WR_OP_I32_SHR_U;
}

// Merges two shifts in the same direction. Together they may shift all bits out.
static bool join_shifts(wr_instcombine *f, uint32_t *i, unsigned n, unsigned inner, unsigned width) {
    unsigned sum = n + inner;
    if (sum >= width && wr_cell_narrow(f, *i) == WR_OP_I32_SHR_S) sum = width - 1;
    if (sum >= width && !wr_cell_operand_is_removable(f, *i)) return false;
    if (sum >= width) {
        wr_instcombine_to_const(f, *i, 0);
        return true;
    }
    wr_instcombine_set_const(f, wr_cell_operand(f, *i, 1), sum);
    wr_instcombine_bypass(f, *i, 0);
    return true;
}

// A shift up and an arithmetic shift back: a sign extension, by the load if there is one.
static bool fold_sign_shift(wr_instcombine *f, uint32_t *i, unsigned kept, unsigned width) {
    if (kept != 8 && kept != 16 && kept != 32) return false;
    unsigned to = kept == 32 ? WR_OP_I64_EXTEND32_S : kept == 16 ? WR_OP_I32_EXTEND16_S : WR_OP_I32_EXTEND8_S;
    if (kept != 32 && width == 64) to += WR_OP_I64_EXTEND8_S - WR_OP_I32_EXTEND8_S;
    unsigned load =
        wr_instcombine_joined_load(to, wr_cell_op(f, wr_cell_operand(f, wr_cell_operand(f, *i, 0), 0)));
    if (load == WR_OP_NOP && !wr_pass_may_use(f->c, WR_F(SIGN_EXT))) return false;
    wr_instcombine_bypass(f, *i, 0);
    wr_instcombine_remove(f, wr_cell_operand(f, *i, 1));
    wr_cell_at(f, *i)->kid[1] = WR_NONE;
    if (load != WR_OP_NOP) wr_instcombine_keep(f, i, 0);
    wr_instcombine_set(f, *i, load != WR_OP_NOP ? load : to);
    return true;
}

// A shift by n and back: an and, or a sign extension.
static bool fold_there_and_back(wr_instcombine *f, uint32_t *i, unsigned inner_op, unsigned n,
                                unsigned width) {
    unsigned op = wr_cell_op(f, *i), op32 = wr_instcombine_narrow(op), kept = width - n;
    uint64_t mask = op32 == WR_OP_I32_SHL ? UINT64_MAX << n : UINT64_MAX >> (64 - kept);
    if (op32 == WR_OP_I32_SHR_S) return inner_op == WR_OP_I32_SHL && fold_sign_shift(f, i, kept, width);
    bool turns = op32 == WR_OP_I32_SHL ? inner_op != WR_OP_I32_SHL : inner_op == WR_OP_I32_SHL;
    if (!turns || wr_instcombine_const_size(wr_instcombine_sign_extended(op, mask)) > 3) return false;
    wr_instcombine_set_const(f, wr_cell_operand(f, *i, 1), mask);
    wr_instcombine_bypass(f, *i, 0);
    wr_instcombine_set(f, *i, wr_instcombine_like(op, WR_OP_I32_AND));
    return true;
}

static bool fold_shift(wr_instcombine *f, uint32_t *i) {
    uint32_t a = wr_cell_operand(f, *i, 0), b = wr_cell_operand(f, *i, 1);
    unsigned op = wr_cell_op(f, *i), width = wr_instcombine_is_64(op) ? 64 : 32,
             n = (unsigned)wr_cell_const(f, b) & (width - 1);
    if (n == 0) {
        wr_instcombine_keep(f, i, 0);
        return true;
    }
    if (n != wr_cell_const(f, b)) {
        wr_instcombine_set_const(f, b, n);
        return true;
    }
    unsigned inner_op = wr_cell_narrow(f, a);
    if (!is_shift(wr_instcombine_narrow(op)) || !is_shift(inner_op) ||
        !wr_cell_is_const(f, wr_cell_operand(f, a, 1)))
        return false;
    unsigned inner = (unsigned)wr_cell_const(f, wr_cell_operand(f, a, 1)) & (width - 1);
    if (inner_op == wr_instcombine_narrow(op)) return join_shifts(f, i, n, inner, width);
    return inner == n && fold_there_and_back(f, i, inner_op, n, width);
}

// --- Multiplication and division ---

// The exponent if c is a power of two greater than one, else 0.
static unsigned exponent(unsigned op, uint64_t c) {
    c &= wr_instcombine_width_mask(op);
    return c > 1 && (c & (c - 1)) == 0 ? (unsigned)__builtin_ctzll(c) : 0;
}

static bool set_with_const(wr_instcombine *f, uint32_t i, unsigned op32, uint64_t c) {
    uint32_t b = wr_cell_operand(f, i, 1);
    unsigned op = wr_cell_op(f, i);
    if (wr_instcombine_const_size(wr_instcombine_sign_extended(op, c)) >=
        wr_instcombine_const_size(wr_cell_const(f, b)))
        return false;
    wr_instcombine_set_const(f, b, c);
    wr_instcombine_set(f, i, wr_instcombine_like(op, op32));
    return true;
}

static bool fold_mul(wr_instcombine *f, uint32_t *i) {
    uint32_t b = wr_cell_operand(f, *i, 1);
    unsigned op = wr_cell_op(f, *i);
    uint64_t c = wr_cell_const(f, b);
    if (c == 1) {
        wr_instcombine_keep(f, i, 0);
        return true;
    }
    if (c == 0 && wr_cell_operand_is_removable(f, *i)) {
        wr_instcombine_to_const(f, *i, 0);
        return true;
    }
    if (join_consts(f, *i)) return true;
    return exponent(op, c) && set_with_const(f, *i, WR_OP_I32_SHL, exponent(op, c));
}

static bool fold_division(wr_instcombine *f, uint32_t *i) {
    unsigned op = wr_cell_op(f, *i), op32 = wr_instcombine_narrow(op);
    uint64_t c = wr_cell_const(f, wr_cell_operand(f, *i, 1));
    bool divides = op32 == WR_OP_I32_DIV_S || op32 == WR_OP_I32_DIV_U;
    if (c == 1 && divides) {
        wr_instcombine_keep(f, i, 0);
        return true;
    }
    if (c == 1 && wr_cell_operand_is_removable(f, *i)) {
        wr_instcombine_to_const(f, *i, 0);
        return true;
    }
    unsigned n = exponent(op, c);
    if (n && op32 == WR_OP_I32_DIV_U) return set_with_const(f, *i, WR_OP_I32_SHR_U, n);
    return n && op32 == WR_OP_I32_REM_U && set_with_const(f, *i, WR_OP_I32_AND, c - 1);
}

// --- All ---

// and, or, xor of a local with itself.
static bool fold_same(wr_instcombine *f, uint32_t *i, unsigned op32) {
    if (!wr_cell_same_local(f, *i)) return false;
    if (op32 == WR_OP_I32_XOR)
        wr_instcombine_to_const(f, *i, 0);
    else
        wr_instcombine_keep(f, i, 0);
    return true;
}

bool wr_instcombine_numbers(wr_instcombine *f, uint32_t *i) {
    unsigned op = wr_cell_op(f, *i), op32 = wr_instcombine_narrow(op);
    bool with_const = wr_cell_is_const(f, wr_cell_operand(f, *i, 1));
    switch (op32) {
    case WR_OP_I32_ADD:
    case WR_OP_I32_SUB: return wr_instcombine_sum(f, i);
    case WR_OP_I32_AND: return with_const ? fold_and(f, i) : fold_same(f, i, op32);
    case WR_OP_I32_OR:
    case WR_OP_I32_XOR: return with_const ? fold_or_xor(f, i) : fold_same(f, i, op32);
    case WR_OP_I32_MUL: return with_const && fold_mul(f, i);
    case WR_OP_I32_DIV_S:
    case WR_OP_I32_DIV_U:
    case WR_OP_I32_REM_S:
    case WR_OP_I32_REM_U: return with_const && fold_division(f, i);
    case WR_OP_I32_SHL:
    case WR_OP_I32_SHR_S:
    case WR_OP_I32_SHR_U:
    case WR_OP_I32_ROTL:
    case WR_OP_I32_ROTR: return with_const && fold_shift(f, i);
    default: return wr_instcombine_floats(f, i);
    }
}
