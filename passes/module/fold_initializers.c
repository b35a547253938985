// fold-initializers: folds constant expressions, that is initial values of globals and tables, and offsets of
// segments.
//
//   (global $a i32 (i32.const 1024))
//   (global $b i32 (global.get $a))                        ->    (global $b i32 (i32.const 1024))
//   (data (i32.add (global.get $b) (i32.const 16)) …)      ->    (data (i32.const 1040) …)
//
// The initial value of an immutable global of the module is known to all later expressions, since the global
// never has another one; a global that begins with another's value equals that other one. Sums, differences
// and products are computed as in code. An offset is folded even if the constant is longer, but by no more
// bytes than one of 32 bits can be: the passes that lay out data need to know it. So is a global, since the
// one that it reads may then be removed. Others only get shorter.
#include "ir/asm.h"
#include "ir/edit.h"
#include "passes/manager/pass.h"
#include "passes/peephole/instcombine.h"

#define MAX_STACK 64
#define MOST_GROWTH 4 // of an expression, in bytes: i32.const takes up to 6, global.get at least 2

typedef struct folder {
    wr_context *c;
    wr_ins *known; // by global: the one instruction of its initial value, NOP if there are more
    wr_ins stack[MAX_STACK];
    uint32_t n;
} folder;

// The instruction that may replace a read of a global.
static wr_ins resolve(const folder *f, const wr_ins *ins) {
    const wr_global *global = &f->c->m->globals[ins->a];
    if (global->mutable || global->import != WR_NONE || f->known[ins->a].op == WR_OP_NOP) return *ins;
    return f->known[ins->a];
}

static bool compute(folder *f, const wr_ins *ins) {
    uint64_t result;
    if (wr_opinfos[ins->op].npop != 2 || f->n < 2) return false;
    const wr_ins *x = &f->stack[f->n - 2], *y = &f->stack[f->n - 1];
    if (!wr_is_number_const(x->op) || !wr_is_number_const(y->op)) return false;
    if (!wr_eval_binary(ins->op, x->b, y->b, &result)) return false;
    f->n--;
    f->stack[f->n - 1] =
        (wr_ins){.op = (uint16_t)wr_instcombine_const_op(wr_opinfos[ins->op].push), .b = result};
    return true;
}

// The one instruction that the expression evaluates to, or NOP.
static wr_ins evaluate(folder *f, wr_expr expr) {
    wr_reader r = wr_reader_of(f->c->env, expr.code, expr.offset);
    const wr_ins none = {.op = WR_OP_NOP};
    wr_u32s ext = {0};
    f->n = 0;
    for (;;) {
        wr_ins ins;
        ext.n = 0;
        wr_ins_read(&r, &f->c->env->temp, &ext, &ins);
        if (ins.op == WR_OP_END) return f->n == 1 ? f->stack[0] : none;
        if (ins.op == WR_OP_GLOBAL_GET || wr_is_number_const(ins.op)) {
            if (f->n == MAX_STACK) return none;
            f->stack[f->n++] = ins.op == WR_OP_GLOBAL_GET ? resolve(f, &ins) : ins;
        } else if (!compute(f, &ins)) {
            return none;
        }
    }
}

// Replaces an expression by its value, if that is known; returns the value.
static wr_ins fold(folder *f, wr_expr *expr, bool may_grow) {
    wr_ins ins = evaluate(f, *expr);
    if (ins.op == WR_OP_NOP) return ins;
    size_t size = wr_ins_size(&ins, NULL) + 1;
    if (size > expr->code.n + (may_grow && wr_is_number_const(ins.op) ? MOST_GROWTH : 0)) return ins;
    expr->code = wr_asm_const(&f->c->env->perm, ins).code;
    return ins;
}

// Whether a global may replace another: it must be of its type, since a reference may be of a subtype.
static bool may_stand_for(const folder *f, const wr_ins *ins, const wr_global *global) {
    return ins->op != WR_OP_GLOBAL_GET || f->c->m->globals[ins->a].type == global->type;
}

void wr_pass_fold_initializers(wr_context *c) {
    wr_module *m = c->m;
    folder f = {.c = c, .known = WR_NEW(&c->env->pass, wr_ins, m->nglobals)};
    for (uint32_t i = 0; i < m->nglobals; i++) {
        f.known[i] = (wr_ins){.op = WR_OP_NOP};
        if (!m->globals[i].live || m->globals[i].import != WR_NONE) continue;
        wr_ins ins = fold(&f, &m->globals[i].init, true);
        if (ins.op != WR_OP_NOP && may_stand_for(&f, &ins, &m->globals[i])) f.known[i] = ins;
    }
    for (uint32_t i = 0; i < m->ntables; i++)
        if (m->tables[i].live && m->tables[i].has_init) fold(&f, &m->tables[i].init, false);
    for (uint32_t i = 0; i < m->ndatas; i++)
        if (m->datas[i].live && m->datas[i].mode == WR_ACTIVE) fold(&f, &m->datas[i].at, true);
    for (uint32_t i = 0; i < m->nelems; i++)
        if (m->elems[i].live && m->elems[i].mode == WR_ACTIVE) fold(&f, &m->elems[i].at, true);
}
