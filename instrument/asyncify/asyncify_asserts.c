// With the argument `asserts`, a function that is not prepared to be suspended traps where a call that it
// makes begins or ends unwinding, in place of going wrong later: lists of functions are easily too short.
//
//   (call $import)   =>   (call $import)
//                         (if (i32.ne (global.get $state) (local.get $before)) (then unreachable))
#include "asyncify_parts.h"

enum { AT_START = 2, PER_CALL = 6 };

// Whether what is called may change the state: an import, a function that may be suspended, or anything.
static bool is_checked(const wr_async_work *w, const wr_ins *ins) {
    if (ins->op == WR_OP_CALL)
        return wr_ins_func(ins) < w->m->nfunc_imports ||
               wr_async_may_suspend(w->reach, w->m, w->body->func, ins);
    return ins->op == WR_OP_CALL_INDIRECT || ins->op == WR_OP_CALL_REF;
}

static uint32_t put_check(const wr_async_work *w, uint32_t before, wr_ins *out) {
    const wr_ins check[PER_CALL] = {{.op = WR_OP_GLOBAL_GET, .a = w->runtime->state},
                                    {.op = WR_OP_LOCAL_GET, .a = before},
                                    {.op = WR_OP_I32_NE},
                                    {.op = WR_OP_IF, .x = WR_BLOCK_EMPTY},
                                    {.op = WR_OP_UNREACHABLE},
                                    {.op = WR_OP_END}};
    memcpy(out, check, sizeof check);
    return PER_CALL;
}

void wr_async_assert(wr_async_work *w) {
    wr_body *body = w->body;
    uint32_t calls = 0, n = 0;
    for (uint32_t i = 0; i < body->n; i++) calls += is_checked(w, &body->ins[i]);
    if (!calls) return;
    uint32_t before = wr_async_add_local(w, WR_I32);
    wr_ins *out = WR_NEW(w->arena, wr_ins, body->n + (size_t)calls * PER_CALL + AT_START);
    out[n++] = (wr_ins){.op = WR_OP_GLOBAL_GET, .a = w->runtime->state};
    out[n++] = (wr_ins){.op = WR_OP_LOCAL_SET, .a = before};
    for (uint32_t i = 0; i < body->n; i++) {
        out[n++] = body->ins[i];
        if (is_checked(w, &body->ins[i])) n += put_check(w, before, out + n);
    }
    body->ins = out;
    body->n = n;
}
