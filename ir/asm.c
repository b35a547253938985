// Writes code by hand. See asm.h.
#include "asm.h"

#include "edit.h"
#include "refs.h"

void wr_asm(wr_buf *b, const wr_ins *list, size_t n) {
    for (size_t i = 0; i < n; i++) wr_ins_write(b, &list[i], NULL);
}

void wr_asm_locals(wr_buf *b, uint32_t n) {
    wr_put_uleb(b, n ? 1 : 0);
    if (!n) return;
    wr_put_uleb(b, n);
    wr_valtype_write(b, WR_I32);
}

wr_expr wr_asm_const(wr_arena *arena, wr_ins ins) {
    wr_buf b = wr_buf_in(arena);
    WR_ASM(&b, ins, END);
    return (wr_expr){wr_buf_slice(&b), WR_NO_OFFSET};
}

wr_slice wr_asm_trap_body(void) {
    static const uint8_t body[] = {0x00, 0x00, 0x0b}; // no locals, unreachable, end
    return wr_slice_of(body, sizeof body);
}

uint32_t wr_asm_add_func(wr_env *env, wr_module *m, wr_buf *code, const wr_valtype *params, uint32_t nparams,
                         uint32_t nresults) {
    static const wr_valtype results[] = {WR_I32, WR_I32};
    WR_ASM(code, END);
    uint32_t type = wr_module_intern_func_type(env, m, params, nparams, results, nresults);
    uint32_t func = wr_module_add_func(env, m, type, wr_buf_slice(code));
    wr_collector collector;
    wr_collector_init(&collector, &env->temp);
    wr_collector_summarize(&collector, env, m, &m->funcs[func]);
    return func;
}
