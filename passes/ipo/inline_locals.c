// The locals of inlined code. Arguments become locals, which are set in reverse order; constants and locals
// that are pushed right before the call are instead read in place of the parameter, and parameters that the
// callee reads first stay on the stack. Locals are zeroed where the place may run more than once.
//
//   (call $f (call $g) (i32.const 8))    ->    (local.set $new (call $g)) ... (local.get $new) (i32.const 8)
//   ...
#include <stdlib.h>

#include "inline_expand.h"

static uint32_t new_local(wr_inline_expander *x, wr_valtype type) {
    WR_PUSH(x->arena, x->types, type);
    return x->first_new + x->types.n - 1;
}

wr_ins wr_inline_local(wr_inline_expander *x, wr_inline_frame *f, uint32_t local) {
    if (f->as[local].op != WR_OP_NOP) return f->as[local];
    f->as[local] =
        (wr_ins){.op = WR_OP_LOCAL_GET, .a = new_local(x, wr_body_local_type(x->in->m, f->body, local))};
    return f->as[local];
}

static void put_zero(wr_inline_expander *x, wr_valtype type) {
    wr_ins zero = {0};
    switch (type) {
    case WR_I32: zero.op = WR_OP_I32_CONST; break;
    case WR_I64: zero.op = WR_OP_I64_CONST; break;
    case WR_F32: zero.op = WR_OP_F32_CONST; break;
    case WR_F64: zero.op = WR_OP_F64_CONST; break;
    case WR_V128:
        zero = (wr_ins){.op = WR_OP_V128_CONST, .b = x->ext.n};
        for (unsigned i = 0; i < 4; i++) WR_PUSH(x->arena, x->ext, 0);
        break;
    default: zero = (wr_ins){.op = WR_OP_REF_NULL, .a = wr_heap_of(type)};
    }
    wr_inline_put(x, zero);
}

void wr_inline_zero_locals(wr_inline_expander *x, wr_inline_frame *f) {
    for (uint32_t i = f->body->nparams; x->nloops && i < f->body->nlocals; i++) {
        wr_valtype type = wr_body_local_type(x->in->m, f->body, i);
        // Others are always written before they are read.
        if (!f->callee->needs_zero[i] || !wr_is_defaultable(type)) continue;
        put_zero(x, type);
        wr_inline_put_op(x, WR_OP_LOCAL_SET, wr_inline_local(x, f, i).a);
    }
}

// --- Arguments ---

static wr_valtype type_of_local(const wr_inline_expander *x, const wr_inline_frame *f, uint32_t local) {
    if (local >= x->first_new) return x->types.v[local - x->first_new];
    while (f->caller) f = f->caller;
    return wr_body_local_type(x->in->m, f->body, local);
}

// Whether reads of the parameter may be replaced by the argument itself.
static bool may_name(const wr_inline_expander *x, const wr_inline_frame *f, uint32_t param,
                     const wr_ins *arg) {
    uint32_t gets = f->callee->gets[param];
    if (f->callee->is_written[param]) return false;
    if (arg->op == WR_OP_LOCAL_GET)
        return type_of_local(x, f, wr_ins_local(arg)) == f->callee->type->values[param];
    return gets <= 1 || gets * wr_ins_size(arg, NULL) <= 2 * gets + 2;
}

uint32_t wr_inline_plain_args(const wr_inline_expander *x, uint32_t nparams) {
    uint32_t n = 0;
    while (n < nparams && x->out.n > n) {
        unsigned op = x->out.v[x->out.n - 1 - n].op;
        if (op != WR_OP_LOCAL_GET && !wr_is_number_const(op)) break;
        n++;
    }
    return n;
}

// Takes a parameter from the top of the stack.
static void take_arg(wr_inline_expander *x, wr_inline_frame *f, uint32_t param) {
    if (f->callee->gets[param] == 0 && !f->callee->is_written[param])
        wr_inline_put_op(x, WR_OP_DROP, 0);
    else
        wr_inline_put_op(x, WR_OP_LOCAL_SET, wr_inline_local(x, f, param).a);
}

void wr_inline_take_args(wr_inline_expander *x, wr_inline_frame *f, uint32_t kept) {
    uint32_t nparams = f->body->nparams, plain = wr_inline_plain_args(x, nparams - kept);
    const wr_ins *args = wr_inline_take_back(x, plain);
    for (uint32_t i = 0; i < plain; i++) {
        uint32_t param = nparams - plain + i;
        if (may_name(x, f, param, &args[i]))
            f->as[param] = args[i];
        else
            wr_inline_put(x, args[i]);
    }
    for (uint32_t i = nparams; i-- > kept;)
        if (f->as[i].op == WR_OP_NOP) take_arg(x, f, i);
}

// --- Declarations ---

typedef struct typed_local {
    uint32_t index;
    wr_valtype type;
} typed_local;

static int by_type(const void *a, const void *b) {
    const typed_local *x = a, *y = b;
    if (x->type != y->type) return x->type < y->type ? -1 : 1;
    return x->index < y->index ? -1 : x->index > y->index;
}

void wr_inline_declare_locals(wr_inline_expander *x, wr_body *body) {
    uint32_t n = x->types.n, *to = WR_NEW(x->arena, uint32_t, n);
    typed_local *list = WR_NEW(x->arena, typed_local, n);
    for (uint32_t i = 0; i < n; i++) list[i] = (typed_local){i, x->types.v[i]};
    if (n) qsort(list, n, sizeof *list, by_type);
    for (uint32_t i = 0; i < n; i++) {
        to[list[i].index] = x->first_new + i;
        wr_local_run run = {1, list[i].type};
        if (body->runs.n && body->runs.v[body->runs.n - 1].type == run.type)
            body->runs.v[body->runs.n - 1].n++;
        else
            WR_PUSH(x->arena, body->runs, run);
    }
    for (uint32_t i = 0; i < x->out.n; i++) {
        wr_ins *ins = &x->out.v[i];
        if (wr_names_local(ins->op) && wr_ins_local(ins) >= x->first_new)
            ins->a = to[wr_ins_local(ins) - x->first_new];
    }
}
