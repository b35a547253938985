// Evaluates number instructions on constants, as the WebAssembly specification defines them. Not folded are
// operations that trap, and floating-point results that are NaN, whose bits may differ from run to run (those
// of neg, abs and copysign may not).
#include "eval.h"

#include <float.h>
#include <math.h>

#include "support/floats.h"

static uint64_t of_i32(uint32_t x) { return (uint64_t)(int64_t)(int32_t)x; }

static bool give_f32(float x, uint64_t *result) {
    *result = wr_f32_bits(x);
    return !isnan(x) && FLT_EVAL_METHOD == 0;
}

static bool give_f64(double x, uint64_t *result) {
    *result = wr_f64_bits(x);
    return !isnan(x) && FLT_EVAL_METHOD == 0;
}

#define SIGN32 UINT64_C(0x80000000)
#define SIGN64 UINT64_C(0x8000000000000000)

// --- One operand ---

static bool eval_i32_unary(unsigned op, uint32_t x, uint64_t *result) {
    switch (op) {
    case WR_OP_I32_EQZ: *result = x == 0; return true;
    case WR_OP_I32_CLZ: *result = x ? (unsigned)__builtin_clz(x) : 32; return true;
    case WR_OP_I32_CTZ: *result = x ? (unsigned)__builtin_ctz(x) : 32; return true;
    case WR_OP_I32_POPCNT: *result = (unsigned)__builtin_popcount(x); return true;
    case WR_OP_I32_EXTEND8_S: *result = (uint64_t)(int64_t)(int8_t)x; return true;
    case WR_OP_I32_EXTEND16_S: *result = (uint64_t)(int64_t)(int16_t)x; return true;
    case WR_OP_I64_EXTEND_I32_S: *result = of_i32(x); return true;
    case WR_OP_I64_EXTEND_I32_U: *result = x; return true;
    case WR_OP_F32_CONVERT_I32_S: return give_f32((float)(int32_t)x, result);
    case WR_OP_F32_CONVERT_I32_U: return give_f32((float)x, result);
    case WR_OP_F64_CONVERT_I32_S: return give_f64((double)(int32_t)x, result);
    case WR_OP_F64_CONVERT_I32_U: return give_f64((double)x, result);
    case WR_OP_F32_REINTERPRET_I32: *result = x; return true;
    default: return false;
    }
}

static bool eval_i64_unary(unsigned op, uint64_t x, uint64_t *result) {
    switch (op) {
    case WR_OP_I64_EQZ: *result = x == 0; return true;
    case WR_OP_I64_CLZ: *result = x ? (unsigned)__builtin_clzll(x) : 64; return true;
    case WR_OP_I64_CTZ: *result = x ? (unsigned)__builtin_ctzll(x) : 64; return true;
    case WR_OP_I64_POPCNT: *result = (unsigned)__builtin_popcountll(x); return true;
    case WR_OP_I64_EXTEND8_S: *result = (uint64_t)(int64_t)(int8_t)x; return true;
    case WR_OP_I64_EXTEND16_S: *result = (uint64_t)(int64_t)(int16_t)x; return true;
    case WR_OP_I32_WRAP_I64:
    case WR_OP_I64_EXTEND32_S: *result = of_i32((uint32_t)x); return true;
    case WR_OP_F32_CONVERT_I64_S: return give_f32((float)(int64_t)x, result);
    case WR_OP_F32_CONVERT_I64_U: return give_f32((float)x, result);
    case WR_OP_F64_CONVERT_I64_S: return give_f64((double)(int64_t)x, result);
    case WR_OP_F64_CONVERT_I64_U: return give_f64((double)x, result);
    case WR_OP_F64_REINTERPRET_I64: *result = x; return true;
    default: return false;
    }
}

// Truncations to integers, if the type can hold the result. x is exact for both widths of float.
static bool eval_truncation(unsigned op, double x, uint64_t *result) {
    double t = trunc(x);
    switch (op) {
    case WR_OP_I32_TRUNC_F32_S:
    case WR_OP_I32_TRUNC_F64_S:
        if (!(t >= -2147483648.0 && t <= 2147483647.0)) return false;
        *result = of_i32((uint32_t)(int32_t)t);
        return true;
    case WR_OP_I32_TRUNC_F32_U:
    case WR_OP_I32_TRUNC_F64_U:
        if (!(t >= 0.0 && t <= 4294967295.0)) return false;
        *result = of_i32((uint32_t)t);
        return true;
    case WR_OP_I64_TRUNC_F32_S:
    case WR_OP_I64_TRUNC_F64_S:
        if (!(t >= -9223372036854775808.0 && t < 9223372036854775808.0)) return false;
        *result = (uint64_t)(int64_t)t;
        return true;
    case WR_OP_I64_TRUNC_F32_U:
    case WR_OP_I64_TRUNC_F64_U:
        if (!(t >= 0.0 && t < 18446744073709551616.0)) return false;
        *result = (uint64_t)t;
        return true;
    default: return false;
    }
}

static bool eval_f32_unary(unsigned op, uint64_t bits, uint64_t *result) {
    float x = wr_f32_of((uint32_t)bits);
    switch (op) {
    case WR_OP_F32_ABS: *result = bits & ~SIGN32; return true;
    case WR_OP_F32_NEG: *result = bits ^ SIGN32; return true;
    case WR_OP_F32_CEIL: return give_f32(ceilf(x), result);
    case WR_OP_F32_FLOOR: return give_f32(floorf(x), result);
    case WR_OP_F32_TRUNC: return give_f32(truncf(x), result);
    case WR_OP_F32_NEAREST: return give_f32(rintf(x), result);
    case WR_OP_F32_SQRT: return give_f32(sqrtf(x), result);
    case WR_OP_F64_PROMOTE_F32: return give_f64((double)x, result);
    case WR_OP_I32_REINTERPRET_F32: *result = of_i32((uint32_t)bits); return true;
    default: return eval_truncation(op, (double)x, result);
    }
}

static bool eval_f64_unary(unsigned op, uint64_t bits, uint64_t *result) {
    double x = wr_f64_of(bits);
    switch (op) {
    case WR_OP_F64_ABS: *result = bits & ~SIGN64; return true;
    case WR_OP_F64_NEG: *result = bits ^ SIGN64; return true;
    case WR_OP_F64_CEIL: return give_f64(ceil(x), result);
    case WR_OP_F64_FLOOR: return give_f64(floor(x), result);
    case WR_OP_F64_TRUNC: return give_f64(trunc(x), result);
    case WR_OP_F64_NEAREST: return give_f64(rint(x), result);
    case WR_OP_F64_SQRT: return give_f64(sqrt(x), result);
    case WR_OP_F32_DEMOTE_F64: return give_f32((float)x, result);
    case WR_OP_I64_REINTERPRET_F64: *result = bits; return true;
    default: return eval_truncation(op, x, result);
    }
}

bool wr_eval_unary(unsigned op, uint64_t x, uint64_t *result) {
    switch (wr_opinfos[op].pop[0]) {
    case WR_I32: return eval_i32_unary(op, (uint32_t)x, result);
    case WR_I64: return eval_i64_unary(op, x, result);
    case WR_F32: return eval_f32_unary(op, x, result);
    case WR_F64: return eval_f64_unary(op, x, result);
    default: return false;
    }
}

// --- Two operands ---

// x and y are the unsigned operands, s and t the signed ones.
#define COMPARE(prefix) \
    case WR_OP_##prefix##_EQ: *result = x == y; return true; \
    case WR_OP_##prefix##_NE: *result = x != y; return true; \
    case WR_OP_##prefix##_LT_S: *result = s < t; return true; \
    case WR_OP_##prefix##_LT_U: *result = x < y; return true; \
    case WR_OP_##prefix##_GT_S: *result = s > t; return true; \
    case WR_OP_##prefix##_GT_U: *result = x > y; return true; \
    case WR_OP_##prefix##_LE_S: *result = s <= t; return true; \
    case WR_OP_##prefix##_LE_U: *result = x <= y; return true; \
    case WR_OP_##prefix##_GE_S: *result = s >= t; return true; \
    case WR_OP_##prefix##_GE_U: *result = x >= y; return true;

static bool eval_i32_binary(unsigned op, uint32_t x, uint32_t y, uint64_t *result) {
    int32_t s = (int32_t)x, t = (int32_t)y;
    unsigned n = y & 31;
    switch (op) {
        COMPARE(I32)
    case WR_OP_I32_ADD: *result = of_i32(x + y); return true;
    case WR_OP_I32_SUB: *result = of_i32(x - y); return true;
    case WR_OP_I32_MUL: *result = of_i32(x * y); return true;
    case WR_OP_I32_DIV_S:
        if (y == 0 || (s == INT32_MIN && t == -1)) return false;
        *result = of_i32((uint32_t)(s / t));
        return true;
    case WR_OP_I32_DIV_U: *result = y ? of_i32(x / y) : 0; return y != 0;
    case WR_OP_I32_REM_S: *result = y == 0 || t == -1 ? 0 : of_i32((uint32_t)(s % t)); return y != 0;
    case WR_OP_I32_REM_U: *result = y ? of_i32(x % y) : 0; return y != 0;
    case WR_OP_I32_AND: *result = of_i32(x & y); return true;
    case WR_OP_I32_OR: *result = of_i32(x | y); return true;
    case WR_OP_I32_XOR: *result = of_i32(x ^ y); return true;
    case WR_OP_I32_SHL: *result = of_i32(x << n); return true;
    case WR_OP_I32_SHR_S: *result = of_i32((uint32_t)(s >> n)); return true;
    case WR_OP_I32_SHR_U: *result = of_i32(x >> n); return true;
    case WR_OP_I32_ROTL: *result = of_i32(x << n | x >> (-n & 31)); return true;
    case WR_OP_I32_ROTR: *result = of_i32(x >> n | x << (-n & 31)); return true;
    default: return false;
    }
}

static bool eval_i64_binary(unsigned op, uint64_t x, uint64_t y, uint64_t *result) {
    int64_t s = (int64_t)x, t = (int64_t)y;
    unsigned n = y & 63;
    switch (op) {
        COMPARE(I64)
    case WR_OP_I64_ADD: *result = x + y; return true;
    case WR_OP_I64_SUB: *result = x - y; return true;
    case WR_OP_I64_MUL: *result = x * y; return true;
    case WR_OP_I64_DIV_S:
        if (y == 0 || (s == INT64_MIN && t == -1)) return false;
        *result = (uint64_t)(s / t);
        return true;
    case WR_OP_I64_DIV_U: *result = y ? x / y : 0; return y != 0;
    case WR_OP_I64_REM_S: *result = y == 0 || t == -1 ? 0 : (uint64_t)(s % t); return y != 0;
    case WR_OP_I64_REM_U: *result = y ? x % y : 0; return y != 0;
    case WR_OP_I64_AND: *result = x & y; return true;
    case WR_OP_I64_OR: *result = x | y; return true;
    case WR_OP_I64_XOR: *result = x ^ y; return true;
    case WR_OP_I64_SHL: *result = x << n; return true;
    case WR_OP_I64_SHR_S: *result = (uint64_t)(s >> n); return true;
    case WR_OP_I64_SHR_U: *result = x >> n; return true;
    case WR_OP_I64_ROTL: *result = x << n | x >> (-n & 63); return true;
    case WR_OP_I64_ROTR: *result = x >> n | x << (-n & 63); return true;
    default: return false;
    }
}

#define FLOAT_BINARY(prefix, give) \
    case WR_OP_##prefix##_EQ: *result = x == y; return true; \
    case WR_OP_##prefix##_NE: *result = x != y; return true; \
    case WR_OP_##prefix##_LT: *result = x < y; return true; \
    case WR_OP_##prefix##_GT: *result = x > y; return true; \
    case WR_OP_##prefix##_LE: *result = x <= y; return true; \
    case WR_OP_##prefix##_GE: *result = x >= y; return true; \
    case WR_OP_##prefix##_ADD: return give(x + y, result); \
    case WR_OP_##prefix##_SUB: return give(x - y, result); \
    case WR_OP_##prefix##_MUL: return give(x * y, result); \
    case WR_OP_##prefix##_DIV: return give(x / y, result);

// Of two zeros the smaller is the negative one; neither operand may be NaN.
static bool eval_f32_binary(unsigned op, uint64_t a, uint64_t b, uint64_t *result) {
    float x = wr_f32_of((uint32_t)a), y = wr_f32_of((uint32_t)b);
    switch (op) {
        FLOAT_BINARY(F32, give_f32)
    case WR_OP_F32_MIN: *result = x < y || (x == y && a & SIGN32) ? a : b; return !isnan(x) && !isnan(y);
    case WR_OP_F32_MAX: *result = x > y || (x == y && !(a & SIGN32)) ? a : b; return !isnan(x) && !isnan(y);
    case WR_OP_F32_COPYSIGN: *result = (a & ~SIGN32) | (b & SIGN32); return true;
    default: return false;
    }
}

static bool eval_f64_binary(unsigned op, uint64_t a, uint64_t b, uint64_t *result) {
    double x = wr_f64_of(a), y = wr_f64_of(b);
    switch (op) {
        FLOAT_BINARY(F64, give_f64)
    case WR_OP_F64_MIN: *result = x < y || (x == y && a & SIGN64) ? a : b; return !isnan(x) && !isnan(y);
    case WR_OP_F64_MAX: *result = x > y || (x == y && !(a & SIGN64)) ? a : b; return !isnan(x) && !isnan(y);
    case WR_OP_F64_COPYSIGN: *result = (a & ~SIGN64) | (b & SIGN64); return true;
    default: return false;
    }
}

bool wr_eval_binary(unsigned op, uint64_t x, uint64_t y, uint64_t *result) {
    switch (wr_opinfos[op].pop[0]) {
    case WR_I32: return eval_i32_binary(op, (uint32_t)x, (uint32_t)y, result);
    case WR_I64: return eval_i64_binary(op, x, y, result);
    case WR_F32: return eval_f32_binary(op, x, y, result);
    case WR_F64: return eval_f64_binary(op, x, y, result);
    default: return false;
    }
}
