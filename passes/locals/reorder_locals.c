// reorder-locals: renumbers locals so that the most used ones get the indices that take one byte, those of
// one type are declared together, and unused ones are removed.
//
//   (local i32 i64 i32)    ->    (local i32 i32 i64)    ;; two runs in place of three
//
// The new body is kept if it is no longer.
#include <stdlib.h>

#include "analysis/typing.h"
#include "passes/manager/pass.h"

#define SHORT_INDICES 128

typedef struct local {
    uint32_t index, uses, bucket;
    wr_valtype type;
} local;

static int by_uses(const void *a, const void *b) {
    const local *x = a, *y = b;
    if (x->uses != y->uses) return x->uses < y->uses ? 1 : -1;
    return x->index < y->index ? -1 : x->index > y->index;
}

static int by_type(const void *a, const void *b) {
    const local *x = a, *y = b;
    if (x->bucket != y->bucket) return x->bucket < y->bucket ? -1 : 1;
    if (x->type != y->type) return x->type < y->type ? -1 : 1;
    return by_uses(a, b);
}

static uint32_t *count_uses(wr_arena *arena, const wr_body *body) {
    uint32_t *uses = WR_NEW0(arena, uint32_t, body->nlocals);
    for (uint32_t i = 0; i < body->n; i++)
        if (wr_names_local(body->ins[i].op)) uses[wr_ins_local(&body->ins[i])]++;
    return uses;
}

// The declared locals that are used, in their new order.
static local *order_locals(wr_arena *arena, const wr_module *m, const wr_body *body, uint32_t *n) {
    const wr_valtype *types = wr_typing_locals(arena, m, body);
    const uint32_t *uses = count_uses(arena, body);
    local *list = WR_NEW(arena, local, body->nlocals);
    *n = 0;
    for (uint32_t i = body->nparams; i < body->nlocals; i++)
        if (uses[i]) list[(*n)++] = (local){i, uses[i], 0, types[i]};
    if (*n) qsort(list, *n, sizeof *list, by_uses);
    for (uint32_t i = 0; i < *n; i++) list[i].bucket = body->nparams + i >= SHORT_INDICES;
    if (*n) qsort(list, *n, sizeof *list, by_type);
    return list;
}

static void renumber(wr_arena *arena, wr_body *body, const local *list, uint32_t n) {
    uint32_t *to = WR_NEW(arena, uint32_t, body->nlocals);
    for (uint32_t i = 0; i < body->nparams; i++) to[i] = i;
    body->runs.n = 0;
    for (uint32_t i = 0; i < n; i++) {
        to[list[i].index] = body->nparams + i;
        wr_local_run run = {1, list[i].type};
        if (body->runs.n && body->runs.v[body->runs.n - 1].type == run.type)
            body->runs.v[body->runs.n - 1].n++;
        else
            WR_PUSH(arena, body->runs, run);
    }
    for (uint32_t i = 0; i < body->n; i++)
        if (wr_names_local(body->ins[i].op)) body->ins[i].a = to[wr_ins_local(&body->ins[i])];
    body->nlocals = body->nparams + n;
}

bool wr_edit_reorder_locals(wr_env *env, const wr_context *c, wr_body *body) {
    uint32_t n;
    if (body->nlocals == body->nparams && !body->runs.n) return false;
    const local *list = order_locals(&env->temp, c->m, body, &n);
    renumber(&env->temp, body, list, n);
    return true;
}
