// Adds functions whose code passes write by hand.
#include "bytecode.h"

#include "ir/edit.h"

uint32_t wr_bytecode_add_func(wr_context *c, wr_buf *code, uint32_t nparams, uint32_t nresults) {
    static const wr_valtype types[] = {WR_I32, WR_I32};
    wr_put_u8(code, END);
    uint32_t type = wr_find_or_add_func_type(c->env, c->m, types, nparams, types, nresults);
    uint32_t func = wr_add_func(c->env, c->m, type, wr_buf_slice(code));
    wr_collector collector;
    wr_collector_init(&collector, &c->env->temp);
    wr_summarize(&collector, c->env, c->m, &c->m->funcs[func]);
    return func;
}
