// Rules for integer arithmetic: constants of nested operations become one, operations that change nothing go, and
// multiplications, divisions and shifts take their shorter forms. A constant is the second operand here.
//
// Rules are written for 32-bit operations; `like` is the same operation of the width in hand.
#include "fold.h"

#define TO_64 (WR_OP_I64_CLZ - WR_OP_I32_CLZ)

// The 32-bit operation that is like op, WR_OP_NOP for others than integer arithmetic.
static unsigned narrow(unsigned op) {
    if (op >= WR_OP_I32_CLZ && op <= WR_OP_I32_ROTR) return op;
    return op >= WR_OP_I64_CLZ && op <= WR_OP_I64_ROTR ? op - TO_64 : WR_OP_NOP;
}

static unsigned like(unsigned op, unsigned op32) { return wr_is_64(op) ? op32 + TO_64 : op32; }

static unsigned narrow_at(const wr_fold *f, uint32_t i) { return narrow(wr_cell_op(f, i)); }

static uint64_t sign_extended(unsigned op, uint64_t value) {
    return wr_is_64(op) ? value : (uint64_t)(int64_t)(int32_t)value;
}

static unsigned size_of(uint64_t value) { return wr_sleb_size((int64_t)value); }

// Whether both are reads of one local, with nothing between them.
static bool same_local(const wr_fold *f, uint32_t i) {
    uint32_t a = wr_kid(f, i, 0), b = wr_kid(f, i, 1);
    return wr_cell_op(f, a) == WR_OP_LOCAL_GET && wr_cell_op(f, b) == WR_OP_LOCAL_GET &&
           f->cells.v[a].ins.a == f->cells.v[b].ins.a && wr_can_go(f, i);
}

// --- Sums ---

static bool is_sum(unsigned op32) { return op32 == WR_OP_I32_ADD || op32 == WR_OP_I32_SUB; }

// What a sum with a constant adds.
static uint64_t addend(const wr_fold *f, uint32_t i) {
    uint64_t c = wr_const_of(f, wr_kid(f, i, 1));
    return narrow_at(f, i) == WR_OP_I32_ADD ? c : sign_extended(wr_cell_op(f, i), 0 - c);
}

// Makes a sum add c, in its shorter form. Returns whether that is shorter than it was.
static bool set_addend(wr_fold *f, uint32_t i, uint64_t c) {
    unsigned op = wr_cell_op(f, i), to = op;
    uint64_t plain = narrow(op) == WR_OP_I32_ADD ? c : sign_extended(op, 0 - c), minus = sign_extended(op, 0 - plain);
    uint32_t constant = wr_kid(f, i, 1);
    unsigned before = size_of(wr_const_of(f, constant));
    if (size_of(minus) < size_of(plain)) {
        to = like(op, narrow(op) == WR_OP_I32_ADD ? WR_OP_I32_SUB : WR_OP_I32_ADD);
        plain = minus;
    }
    wr_fold_set_const(f, constant, plain);
    wr_fold_set(f, i, to);
    return size_of(plain) < before;
}

static bool fold_sum_with_const(wr_fold *f, uint32_t *i) {
    uint32_t a = wr_kid(f, *i, 0);
    uint64_t c = addend(f, *i);
    unsigned op = wr_cell_op(f, *i), inner = narrow_at(f, a);
    if (c == 0) {
        wr_fold_keep(f, i, 0);
        return true;
    }
    if (is_sum(inner) && wr_is_const(f, wr_kid(f, a, 1))) {
        c = sign_extended(op, c + addend(f, a));
        wr_fold_bypass(f, *i, 0);
        set_addend(f, *i, c);
        return true;
    }
    if (inner == WR_OP_I32_SUB && wr_is_const(f, wr_kid(f, a, 0))) { // (c' - x) + c
        wr_fold_set_const(f, wr_kid(f, a, 0), wr_const_of(f, wr_kid(f, a, 0)) + c);
        wr_fold_keep(f, i, 0);
        wr_fold_update(f, *i);
        return true;
    }
    return set_addend(f, *i, c);
}

// c - (x + c') is (c - c') - x.
static bool fold_sub_from_const(wr_fold *f, uint32_t i) {
    uint32_t a = wr_kid(f, i, 0), b = wr_kid(f, i, 1);
    if (!wr_is_const(f, a) || !is_sum(narrow_at(f, b)) || !wr_is_const(f, wr_kid(f, b, 1))) return false;
    uint64_t c = sign_extended(wr_cell_op(f, i), wr_const_of(f, a) - addend(f, b));
    if (size_of(c) > size_of(wr_const_of(f, a)) + 2) return false;
    wr_fold_set_const(f, a, c);
    wr_fold_bypass(f, i, 1);
    return true;
}

// x + (0 - y) is x - y, x - (0 - y) is x + y.
static bool fold_negated(wr_fold *f, uint32_t i) {
    uint32_t b = wr_kid(f, i, 1);
    if (narrow_at(f, b) != WR_OP_I32_SUB || !wr_is_zero(f, wr_kid(f, b, 0))) return false;
    unsigned to = narrow_at(f, i) == WR_OP_I32_ADD ? WR_OP_I32_SUB : WR_OP_I32_ADD;
    wr_fold_keep(f, &b, 1);
    wr_cell_at(f, i)->kid[1] = b;
    wr_fold_set(f, i, like(wr_cell_op(f, i), to));
    return true;
}

static bool fold_sum(wr_fold *f, uint32_t *i) {
    unsigned op32 = narrow_at(f, *i);
    if (wr_is_const(f, wr_kid(f, *i, 1))) return fold_sum_with_const(f, i);
    if (fold_negated(f, *i)) return true;
    if (op32 != WR_OP_I32_SUB) return false;
    if (same_local(f, *i)) {
        wr_fold_to_const(f, *i, 0);
        return true;
    }
    return fold_sub_from_const(f, *i);
}

// --- Bits ---

// The constant that does the same as c on the bits that x may have, in its shortest form.
static uint64_t shortest_mask(unsigned op, uint64_t c, uint64_t bits) {
    uint64_t low = sign_extended(op, c & bits), high = sign_extended(op, c | ~bits);
    uint64_t best = size_of(low) < size_of(c) ? low : c;
    return size_of(high) < size_of(best) ? high : best;
}

static bool fold_and(wr_fold *f, uint32_t *i) {
    uint32_t a = wr_kid(f, *i, 0), b = wr_kid(f, *i, 1);
    unsigned op = wr_cell_op(f, *i);
    uint64_t width = wr_width_mask(op), bits = wr_bits_at(f, a) & width, c = wr_const_of(f, b);
    if ((bits & c) == bits) {
        wr_fold_keep(f, i, 0);
        return true;
    }
    if ((bits & c) == 0 && wr_can_go(f, a)) {
        wr_fold_to_const(f, *i, 0);
        return true;
    }
    if (narrow_at(f, a) == WR_OP_I32_AND && wr_is_const(f, wr_kid(f, a, 1))) {
        wr_fold_set_const(f, b, c & wr_const_of(f, wr_kid(f, a, 1)));
        wr_fold_bypass(f, *i, 0);
        return true;
    }
    uint64_t better = shortest_mask(op, c, bits);
    if (better != c) {
        wr_fold_set_const(f, b, better);
        wr_fold_update(f, *i);
        return true;
    }
    uint32_t demanded = wr_fold_demand(f, a, c & width);
    wr_cell_at(f, *i)->kid[0] = demanded;
    wr_fold_update(f, *i);
    return demanded != a;
}

// Nested or, xor, mul: both constants in one.
static bool join_consts(wr_fold *f, uint32_t i) {
    uint32_t a = wr_kid(f, i, 0), b = wr_kid(f, i, 1);
    uint64_t c;
    if (wr_cell_op(f, a) != wr_cell_op(f, i) || !wr_is_const(f, wr_kid(f, a, 1))) return false;
    if (!wr_eval_binary(wr_cell_op(f, i), wr_const_of(f, wr_kid(f, a, 1)), wr_const_of(f, b), &c)) return false;
    if (size_of(c) > size_of(wr_const_of(f, b)) + size_of(wr_const_of(f, wr_kid(f, a, 1))) + 2) return false;
    wr_fold_set_const(f, b, c);
    wr_fold_bypass(f, i, 0);
    return true;
}

static bool fold_or_xor(wr_fold *f, uint32_t *i) {
    uint32_t a = wr_kid(f, *i, 0), b = wr_kid(f, *i, 1);
    unsigned op = wr_cell_op(f, *i);
    uint64_t c = wr_const_of(f, b);
    if (c == 0) {
        wr_fold_keep(f, i, 0);
        return true;
    }
    if (narrow(op) == WR_OP_I32_OR && c == UINT64_MAX && wr_can_go(f, a)) {
        wr_fold_to_const(f, *i, UINT64_MAX);
        return true;
    }
    if (op == WR_OP_I32_XOR && c == 1 && (wr_bits_at(f, a) & WR_MASK32) <= 1) {
        wr_fold_remove(f, b);
        wr_cell_at(f, *i)->kid[1] = WR_NONE;
        wr_fold_set(f, *i, WR_OP_I32_EQZ);
        return true;
    }
    return join_consts(f, *i);
}

// --- Shifts ---

static bool is_shift(unsigned op32) {
    return op32 == WR_OP_I32_SHL || op32 == WR_OP_I32_SHR_S || op32 == WR_OP_I32_SHR_U;
}

// Twice the same shift. Together they may shift everything out.
static bool join_shifts(wr_fold *f, uint32_t *i, unsigned n, unsigned inner, unsigned width) {
    unsigned sum = n + inner;
    if (sum >= width && narrow_at(f, *i) == WR_OP_I32_SHR_S) sum = width - 1;
    if (sum >= width && !wr_can_go(f, wr_kid(f, *i, 0))) return false;
    if (sum >= width) {
        wr_fold_to_const(f, *i, 0);
        return true;
    }
    wr_fold_set_const(f, wr_kid(f, *i, 1), sum);
    wr_fold_bypass(f, *i, 0);
    return true;
}

// A shift to one side and back by n: an and, or an extension of the sign.
static bool fold_there_and_back(wr_fold *f, uint32_t i, unsigned inner_op, unsigned n, unsigned width) {
    unsigned op = wr_cell_op(f, i), op32 = narrow(op), kept = width - n;
    uint64_t mask = op32 == WR_OP_I32_SHL ? UINT64_MAX << n : UINT64_MAX >> (64 - kept);
    if (op32 == WR_OP_I32_SHR_S) {
        if (inner_op != WR_OP_I32_SHL || (kept != 8 && kept != 16 && kept != 32)) return false;
        if (!wr_may_use(f->c, WR_F(SIGN_EXT))) return false;
        wr_fold_bypass(f, i, 0);
        wr_fold_remove(f, wr_kid(f, i, 1));
        wr_cell_at(f, i)->kid[1] = WR_NONE;
        unsigned to = kept == 32 ? WR_OP_I64_EXTEND32_S : kept == 16 ? WR_OP_I32_EXTEND16_S : WR_OP_I32_EXTEND8_S;
        wr_fold_set(f, i, kept == 32 || width == 32 ? to : to + (WR_OP_I64_EXTEND8_S - WR_OP_I32_EXTEND8_S));
        return true;
    }
    bool turns = op32 == WR_OP_I32_SHL ? inner_op != WR_OP_I32_SHL : inner_op == WR_OP_I32_SHL;
    if (!turns || size_of(sign_extended(op, mask)) > 3) return false;
    wr_fold_set_const(f, wr_kid(f, i, 1), mask);
    wr_fold_bypass(f, i, 0);
    wr_fold_set(f, i, like(op, WR_OP_I32_AND));
    return true;
}

static bool fold_shift(wr_fold *f, uint32_t *i) {
    uint32_t a = wr_kid(f, *i, 0), b = wr_kid(f, *i, 1);
    unsigned op = wr_cell_op(f, *i), width = wr_is_64(op) ? 64 : 32, n = wr_const_of(f, b) & (width - 1);
    if (n == 0) {
        wr_fold_keep(f, i, 0);
        return true;
    }
    if (n != wr_const_of(f, b)) {
        wr_fold_set_const(f, b, n);
        return true;
    }
    unsigned inner_op = narrow_at(f, a);
    if (!is_shift(narrow(op)) || !is_shift(inner_op) || !wr_is_const(f, wr_kid(f, a, 1))) return false;
    unsigned inner = wr_const_of(f, wr_kid(f, a, 1)) & (width - 1);
    if (inner_op == narrow(op)) return join_shifts(f, i, n, inner, width);
    return inner == n && fold_there_and_back(f, *i, inner_op, n, width);
}

// --- Multiplication and division ---

// The exponent if c is a power of two above one, else 0.
static unsigned exponent(unsigned op, uint64_t c) {
    c &= wr_width_mask(op);
    return c > 1 && (c & (c - 1)) == 0 ? (unsigned)__builtin_ctzll(c) : 0;
}

static bool set_with_const(wr_fold *f, uint32_t i, unsigned op32, uint64_t c) {
    uint32_t b = wr_kid(f, i, 1);
    unsigned op = wr_cell_op(f, i);
    if (size_of(sign_extended(op, c)) >= size_of(wr_const_of(f, b))) return false;
    wr_fold_set_const(f, b, c);
    wr_fold_set(f, i, like(op, op32));
    return true;
}

static bool fold_mul(wr_fold *f, uint32_t *i) {
    uint32_t a = wr_kid(f, *i, 0), b = wr_kid(f, *i, 1);
    unsigned op = wr_cell_op(f, *i);
    uint64_t c = wr_const_of(f, b);
    if (c == 1) {
        wr_fold_keep(f, i, 0);
        return true;
    }
    if (c == 0 && wr_can_go(f, a)) {
        wr_fold_to_const(f, *i, 0);
        return true;
    }
    if (join_consts(f, *i)) return true;
    return exponent(op, c) && set_with_const(f, *i, WR_OP_I32_SHL, exponent(op, c));
}

static bool fold_division(wr_fold *f, uint32_t *i) {
    unsigned op = wr_cell_op(f, *i), op32 = narrow(op);
    uint64_t c = wr_const_of(f, wr_kid(f, *i, 1));
    bool divides = op32 == WR_OP_I32_DIV_S || op32 == WR_OP_I32_DIV_U;
    if (c == 1 && divides) {
        wr_fold_keep(f, i, 0);
        return true;
    }
    if (c == 1 && wr_can_go(f, wr_kid(f, *i, 0))) {
        wr_fold_to_const(f, *i, 0);
        return true;
    }
    unsigned n = exponent(op, c);
    if (n && op32 == WR_OP_I32_DIV_U) return set_with_const(f, *i, WR_OP_I32_SHR_U, n);
    return n && op32 == WR_OP_I32_REM_U && set_with_const(f, *i, WR_OP_I32_AND, c - 1);
}

// --- All ---

// and, or, xor of one local with itself.
static bool fold_same(wr_fold *f, uint32_t *i, unsigned op32) {
    if (!same_local(f, *i)) return false;
    if (op32 == WR_OP_I32_XOR)
        wr_fold_to_const(f, *i, 0);
    else
        wr_fold_keep(f, i, 0);
    return true;
}

// neg(neg x), abs(neg x), abs(abs x): bits only, so exact for NaN too.
static bool fold_sign(wr_fold *f, uint32_t *i) {
    unsigned op = wr_cell_op(f, *i), inner = wr_cell_op(f, wr_kid(f, *i, 0));
    unsigned neg = op >= WR_OP_F64_ABS ? WR_OP_F64_NEG : WR_OP_F32_NEG, abs = neg - (WR_OP_F32_NEG - WR_OP_F32_ABS);
    if (op == abs && (inner == neg || inner == abs)) {
        wr_fold_bypass(f, *i, 0);
        return true;
    }
    if (op != neg || inner != neg) return false;
    wr_fold_bypass(f, *i, 0);
    wr_fold_keep(f, i, 0);
    return true;
}

bool wr_fold_numbers(wr_fold *f, uint32_t *i) {
    unsigned op = wr_cell_op(f, *i), op32 = narrow(op);
    bool with_const = wr_is_const(f, wr_kid(f, *i, 1));
    if (op == WR_OP_F32_NEG || op == WR_OP_F32_ABS || op == WR_OP_F64_NEG || op == WR_OP_F64_ABS) return fold_sign(f, i);
    switch (op32) {
    case WR_OP_I32_ADD: case WR_OP_I32_SUB: return fold_sum(f, i);
    case WR_OP_I32_AND: return with_const ? fold_and(f, i) : fold_same(f, i, op32);
    case WR_OP_I32_OR: case WR_OP_I32_XOR: return with_const ? fold_or_xor(f, i) : fold_same(f, i, op32);
    case WR_OP_I32_MUL: return with_const && fold_mul(f, i);
    case WR_OP_I32_DIV_S: case WR_OP_I32_DIV_U: case WR_OP_I32_REM_S: case WR_OP_I32_REM_U:
        return with_const && fold_division(f, i);
    case WR_OP_I32_SHL: case WR_OP_I32_SHR_S: case WR_OP_I32_SHR_U: case WR_OP_I32_ROTL: case WR_OP_I32_ROTR:
        return with_const && fold_shift(f, i);
    default: return false;
    }
}
