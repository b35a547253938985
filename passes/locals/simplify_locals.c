// simplify-locals: copy and constant propagation, dead store elimination and forward substitution, in this
// order; see copy_propagation.c and forward_substitution.c. Dead store elimination is in this file:
//
//   (local.set $x (i32.const 1))  ;; $x is not read before it is set again    ->    nothing
//
// The code is never longer than before. The steps run a few times, since each opens opportunities for the
// others.
#include "analysis/effects.h"
#include "analysis/exprs.h"
#include "simplify_locals_parts.h"
#include "passes/manager/pass.h"

#define MAX_ROUNDS 2

// Removes the expression that ends before instruction i, and i itself, if the expression has no effects.
static bool take_out(const wr_config *config, wr_body *body, uint32_t start, uint32_t i) {
    if (start == WR_NONE) return false;
    for (uint32_t k = i; k-- > start;)
        if (!wr_effects_is_removable(wr_pass_effects(config, body->ins[k].op))) return false;
    for (uint32_t k = start; k <= i; k++) body->ins[k] = (wr_ins){.op = WR_OP_NOP};
    return true;
}

// Whether the set may be removed. Locals without a default value must be set before each read for validation,
// even on paths that are never executed.
static bool is_dead_set(const wr_ins *ins, const wr_valtype *types) {
    return (ins->op == WR_OP_LOCAL_SET || ins->op == WR_OP_LOCAL_TEE) &&
           wr_is_defaultable(types[wr_ins_local(ins)]);
}

bool wr_simplify_locals_drop_dead_stores(const wr_config *config, wr_body *body, const wr_cfg *flow,
                                         const wr_valtype *types, const uint8_t *dies,
                                         const uint32_t *start) {
    bool any = false;
    for (uint32_t p = flow->nplaces; p-- > 0;) {
        uint32_t i = flow->places[p];
        wr_ins *ins = &body->ins[i];
        if (dies[i] && is_dead_set(ins, types)) {
            ins->op = ins->op == WR_OP_LOCAL_TEE ? WR_OP_NOP : WR_OP_DROP;
            any = true;
        }
        if (ins->op == WR_OP_DROP) any |= take_out(config, body, start[i], i);
    }
    return any;
}

// Removes all nops. Returns whether there were any.
static bool take_out_nops(wr_body *body) {
    uint32_t n = 0;
    while (n < body->n && body->ins[n].op != WR_OP_NOP) n++;
    for (uint32_t i = n; i < body->n; i++) {
        body->ins[n] = body->ins[i];
        n += body->ins[i].op != WR_OP_NOP;
    }
    bool any = n != body->n;
    body->n = n;
    return any;
}

enum { PROPAGATE = 1, SUBSTITUTE = 2 };

// Runs dead store elimination once, and these steps.
static bool improve_once(wr_env *env, const wr_context *c, wr_body *body, unsigned steps) {
    const wr_module *m = c->m;
    wr_arena *temp = &env->temp;
    wr_cfg flow;
    wr_cfg_build(temp, body, &flow);
    const wr_valtype *types = wr_typing_locals(temp, m, body);
    bool any = (steps & PROPAGATE) && wr_copy_propagation(temp, types, body, &flow);
    const uint8_t *dies = wr_last_uses_find(temp, body, &flow, NULL);
    const uint32_t *start = wr_exprs_find(temp, m, body);
    any |= wr_simplify_locals_drop_dead_stores(c->config, body, &flow, types, dies, start);
    if (steps & SUBSTITUTE) any |= wr_forward_substitution(temp, c, body, &flow, types, dies, start);
    return take_out_nops(body) || any;
}

bool wr_simplify_locals_substitute(wr_env *env, const wr_context *c, wr_body *body) {
    return improve_once(env, c, body, SUBSTITUTE);
}

bool wr_simplify_locals_drop_stores(wr_env *env, const wr_context *c, wr_body *body) {
    return improve_once(env, c, body, 0);
}

static bool names_locals(const wr_body *body) {
    for (uint32_t i = 0; i < body->n; i++)
        if (wr_names_local(body->ins[i].op)) return true;
    return false;
}

bool wr_edit_simplify_locals(wr_env *env, const wr_context *c, wr_body *body) {
    unsigned round = 0;
    if (!names_locals(body)) return false;
    wr_mark mark = wr_arena_mark(&env->temp);
    for (bool any = true; any && round < MAX_ROUNDS; round += any) {
        any = improve_once(env, c, body, PROPAGATE | SUBSTITUTE);
        wr_arena_release(&env->temp, &mark);
    }
    return round > 0;
}
