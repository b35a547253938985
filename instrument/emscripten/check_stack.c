// Checks each new value of the stack pointer against limits that JavaScript sets:
//
//   (global.set $__stack_pointer V)
//     ->
//   (if (i32.or (i32.gt_u (local.tee $new V) (global.get $base))
//               (i32.lt_u (local.get $new) (global.get $limit)))
//     (then (call $__handle_stack_overflow (local.get $new))))
//   (global.set $__stack_pointer (local.get $new))
#include "emscripten_parts.h"
#include "ir/asm.h"
#include "ir/names.h"

enum { CHECK = 11 };

typedef struct checking {
    wr_finalizing *f;
    uint32_t pointer, base, limit, handler; // the last WR_NONE: trap
    wr_valtype type;
} checking;

// Imported by that name, so named, or as the linker lays it out the first one.
static uint32_t find_pointer(const wr_finalizing *f) {
    const wr_module *m = f->m;
    const wr_slice *names = wr_names_of(f->c->env, m, WR_GLOBAL);
    for (uint32_t i = 0; i < m->nglobals; i++)
        if (wr_slice_is(i < m->nglobal_imports ? m->imports[m->globals[i].import].name : names[i],
                        "__stack_pointer"))
            return i;
    for (uint32_t i = m->nglobal_imports; i < m->nglobals; i++)
        if (m->globals[i].mutable && (m->globals[i].type == WR_I32 || m->globals[i].type == WR_I64)) return i;
    return WR_NONE;
}

static uint32_t put_check(const checking *k, uint32_t local, wr_ins *out) {
    bool wide = k->type == WR_I64;
    wr_ins failing = k->handler == WR_NONE ? WR_INS(UNREACHABLE) : CALL(k->handler);
    const wr_ins check[] = {TEE(local),
                            GLOBAL_GET(k->base),
                            wide ? WR_INS(I64_GT_U) : GT_U,
                            GET(local),
                            GLOBAL_GET(k->limit),
                            wide ? WR_INS(I64_LT_U) : LT_U,
                            OR,
                            IF,
                            k->handler == WR_NONE ? WR_INS(NOP) : GET(local),
                            failing,
                            END,
                            GET(local)};
    _Static_assert(sizeof check == (CHECK + 1) * sizeof *check, "its length");
    memcpy(out, check, sizeof check);
    return WR_COUNT(check);
}

static bool sets_pointer(const checking *k, const wr_ins *ins) {
    return ins->op == WR_OP_GLOBAL_SET && wr_ins_global(ins) == k->pointer;
}

static void check_func(const checking *k, uint32_t func) {
    wr_env *env = k->f->c->env;
    wr_body body;
    uint32_t sets = 0, n = 0;
    wr_arena_reset(&env->temp);
    wr_body_decode(env, &env->temp, k->f->m, func, &body);
    for (uint32_t i = 0; i < body.n; i++) sets += sets_pointer(k, &body.ins[i]);
    if (!sets) return;
    uint32_t local = body.nlocals++;
    wr_local_run run = {1, k->type};
    WR_PUSH(&env->temp, body.runs, run);
    wr_ins *out = WR_NEW(&env->temp, wr_ins, body.n + (size_t)sets * (CHECK + 1));
    for (uint32_t i = 0; i < body.n; i++) {
        if (sets_pointer(k, &body.ins[i])) n += put_check(k, local, out + n);
        out[n++] = body.ins[i];
    }
    body.ins = out;
    body.n = n;
    wr_module_store_body(env, &k->f->collector, k->f->m, func, &body);
}

static void add_setter(const checking *k) {
    wr_finalizing *f = k->f;
    const wr_valtype params[] = {k->type, k->type};
    wr_slice name = wr_slice_str("__set_stack_limits");
    wr_buf b = wr_buf_in(&f->c->env->perm);
    wr_asm_locals(&b, 0);
    WR_ASM(&b, GET(0), GLOBAL_SET(k->base), GET(1), GLOBAL_SET(k->limit), END);
    uint32_t type = wr_module_intern_func_type(f->c->env, f->m, params, 2, NULL, 0);
    wr_finalizing_add_export(f, name, wr_finalizing_add_func(f, name, type, wr_buf_slice(&b)));
}

void wr_finalizing_check_stack(wr_finalizing *f) {
    wr_env *env = f->c->env;
    checking k = {.f = f, .pointer = find_pointer(f), .handler = WR_NONE};
    if (k.pointer == WR_NONE) return;
    k.type = f->m->globals[k.pointer].type;
    wr_slice zero = wr_asm_const(&env->perm, k.type == WR_I64 ? I64(0) : I32(0)).code;
    k.base = wr_module_add_global(env, f->m, k.type, true, zero);
    k.limit = wr_module_add_global(env, f->m, k.type, true, zero);
    if (f->options->on_overflow)
        k.handler = wr_finalizing_env(f, f->options->on_overflow, &k.type, 1, NULL, 0);
    for (uint32_t i = f->m->nfunc_imports; i < f->nnames; i++) check_func(&k, i);
    add_setter(&k);
}
