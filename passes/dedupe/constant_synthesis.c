// Computes constants from shorter ones: floats by conversion from integers or by promotion, 64-bit integers
// by extension or by a shift, vectors by a splat. Engines fold these sequences when they compile.
//
//   f64.const 1       ;; 9 bytes
// becomes
//   i32.const 1  f64.convert_i32_s   ;; 3 bytes
#include <math.h>

#include "constant_pooling.h"
#include "support/floats.h"

typedef struct synthesis {
    wr_ins *out;
    unsigned n;
    size_t size;
} synthesis;

static void offer(synthesis *s, const wr_ins *list, unsigned n) {
    size_t size = 0;
    for (unsigned i = 0; i < n; i++) size += wr_ins_size(&list[i], NULL);
    if (size >= s->size) return;
    memcpy(s->out, list, n * sizeof *list);
    s->n = n;
    s->size = size;
}

static wr_ins make_const(unsigned op, int64_t value) {
    return (wr_ins){.op = (uint16_t)op, .b = (uint64_t)value};
}
static wr_ins make_op(unsigned op) { return (wr_ins){.op = (uint16_t)op}; }

// Accepts only values that convert back to the same bits, so neither -0 nor NaN.
static void synthesize_f64(synthesis *s, uint64_t bits) {
    double x = wr_f64_of(bits);
    if (!isfinite(x)) {
        if (!isinf(x)) return;
        wr_ins promoted[] = {make_const(WR_OP_F32_CONST, wr_f32_bits((float)x)),
                             make_op(WR_OP_F64_PROMOTE_F32)};
        offer(s, promoted, 2);
        return;
    }
    if (x >= -2147483648.0 && x <= 2147483647.0 && wr_f64_bits((double)(int32_t)x) == bits) {
        wr_ins converted[] = {make_const(WR_OP_I32_CONST, (int32_t)x), make_op(WR_OP_F64_CONVERT_I32_S)};
        offer(s, converted, 2);
    }
    if (fabs(x) <= 3.0e38 && wr_f64_bits((double)(float)x) == bits) {
        wr_ins promoted[] = {make_const(WR_OP_F32_CONST, wr_f32_bits((float)x)),
                             make_op(WR_OP_F64_PROMOTE_F32)};
        offer(s, promoted, 2);
    }
}

static void synthesize_f32(synthesis *s, uint32_t bits) {
    float x = wr_f32_of(bits);
    if (!(x >= -1048576.0f && x <= 1048576.0f) || wr_f32_bits((float)(int32_t)x) != bits) return;
    wr_ins converted[] = {make_const(WR_OP_I32_CONST, (int32_t)x), make_op(WR_OP_F32_CONVERT_I32_S)};
    offer(s, converted, 2);
}

static void synthesize_i64(synthesis *s, uint64_t value) {
    if (value >> 32 == 0) {
        wr_ins extended[] = {make_const(WR_OP_I32_CONST, (int32_t)(uint32_t)value),
                             make_op(WR_OP_I64_EXTEND_I32_U)};
        offer(s, extended, 2);
    }
    if (!value) return;
    unsigned zeros = (unsigned)__builtin_ctzll(value);
    int64_t odd = (int64_t)value >> zeros;
    wr_ins left[] = {make_const(WR_OP_I64_CONST, odd), make_const(WR_OP_I64_CONST, (int64_t)zeros),
                     make_op(WR_OP_I64_SHL)};
    offer(s, left, 3);
    unsigned head = (unsigned)__builtin_clzll(value);
    if (head == 0 || value != UINT64_MAX >> head) return;
    wr_ins right[] = {make_const(WR_OP_I64_CONST, -1), make_const(WR_OP_I64_CONST, (int64_t)head),
                      make_op(WR_OP_I64_SHR_U)};
    offer(s, right, 3);
}

static void synthesize_v128(synthesis *s, uint64_t low, uint64_t high) {
    if (low != high) return;
    if ((uint32_t)low != low >> 32) {
        wr_ins wide[] = {make_const(WR_OP_I64_CONST, (int64_t)low), make_op(WR_OP_I64X2_SPLAT)};
        offer(s, wide, 2);
        return;
    }
    uint32_t lane = (uint32_t)low;
    wr_ins words[] = {make_const(WR_OP_I32_CONST, (int32_t)lane), make_op(WR_OP_I32X4_SPLAT)};
    offer(s, words, 2);
    if (lane >> 16 != (lane & 0xffff)) return;
    wr_ins halves[] = {make_const(WR_OP_I32_CONST, (int16_t)lane), make_op(WR_OP_I16X8_SPLAT)};
    offer(s, halves, 2);
    if ((lane >> 8 & 0xff) != (lane & 0xff)) return;
    wr_ins bytes[] = {make_const(WR_OP_I32_CONST, (int8_t)lane), make_op(WR_OP_I8X16_SPLAT)};
    offer(s, bytes, 2);
}

static size_t size_of(const wr_constant *c) {
    wr_ins ins = {.op = c->op, .b = c->low};
    return wr_ins_size(&ins, NULL);
}

unsigned wr_constant_synthesize(const wr_constant *c, wr_ins out[WR_SYNTHESIS_MAX]) {
    synthesis s = {.out = out, .size = size_of(c)};
    switch (c->op) {
    case WR_OP_F64_CONST: synthesize_f64(&s, c->low); break;
    case WR_OP_F32_CONST: synthesize_f32(&s, (uint32_t)c->low); break;
    case WR_OP_I64_CONST: synthesize_i64(&s, c->low); break;
    case WR_OP_V128_CONST: synthesize_v128(&s, c->low, c->high); break;
    default: break;
    }
    return s.n;
}
