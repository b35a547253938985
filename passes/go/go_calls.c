// The code of calls in Go functions. See go_calls.h.
#include "go_calls.h"

// --- Shapes ---

bool wr_go_is_push(const wr_go_list *l, uint32_t i) {
    return wr_go_is_a(l, i, WR_OP_LOCAL_GET, 1) && wr_go_is_const(l, i + 1, WR_OP_I32_CONST, 8) &&
           wr_go_is(l, i + 2, WR_OP_I32_SUB) && wr_go_is_a(l, i + 3, WR_OP_LOCAL_TEE, 1) &&
           wr_go_is_a(l, i + 4, WR_OP_GLOBAL_SET, 0) && wr_go_is_a(l, i + 5, WR_OP_LOCAL_GET, 1) &&
           wr_go_is(l, i + 6, WR_OP_I64_CONST) && wr_go_is(l, i + 7, WR_OP_I64_STORE) &&
           l->v[i + 7].ins.b == 0;
}

bool wr_go_is_reload(const wr_go_list *l, uint32_t i) {
    return wr_go_is_a(l, i, WR_OP_GLOBAL_GET, 0) && wr_go_is_a(l, i + 1, WR_OP_LOCAL_SET, 1);
}

bool wr_go_is_call(const wr_module *m, const wr_go *go, const wr_go_list *l, uint32_t i) {
    if (!wr_go_is_const(l, i, WR_OP_I32_CONST, 0) || !wr_go_is(l, i + 1, WR_OP_CALL) ||
        !wr_go_is_reload(l, i + 2))
        return false;
    uint32_t callee = l->v[i + 1].ins.a;
    return callee < go->nby_func && m->types[m->funcs[callee].type].canon == go->type;
}

bool wr_go_is_pop(const wr_go_list *l, uint32_t i) {
    return wr_go_is_a(l, i, WR_OP_LOCAL_GET, 1) && wr_go_is(l, i + 1, WR_OP_I32_CONST) &&
           wr_go_is(l, i + 2, WR_OP_I32_ADD) && wr_go_is_a(l, i + 3, WR_OP_LOCAL_TEE, 1) &&
           wr_go_is_a(l, i + 4, WR_OP_GLOBAL_SET, 0);
}

// --- Functions that leave the stack pointer alone ---

enum { WRITES_SP, CALLS, KEEPS_SP };

typedef struct keeping {
    const wr_module *m;
    uint8_t *first; // by function: one of the above, from its own code
    uint8_t *keeps;
} keeping;

// The verdict on a function from one of its instructions.
static unsigned judge(const wr_ins *ins) {
    switch (ins->op) {
    case WR_OP_GLOBAL_SET: return ins->a == 0 ? WRITES_SP : KEEPS_SP;
    case WR_OP_CALL: return CALLS;
    default: return wr_opinfos[ins->op].effects & WR_E_CALL ? WRITES_SP : KEEPS_SP;
    }
}

static void judge_function(wr_env *env, unsigned worker, void *arg, size_t item) {
    (void)worker;
    keeping *k = arg;
    const wr_func *f = &k->m->funcs[item];
    k->first[item] = WRITES_SP;
    if (f->import != WR_NONE || !f->live) return;
    wr_arena_reset(&env->temp);
    wr_reader r = wr_ins_reader(env, f->body, 0);
    wr_u32s ext = {0};
    unsigned verdict = KEEPS_SP;
    while (!wr_at_end(&r) && verdict != WRITES_SP) {
        wr_ins ins;
        ext.n = 0;
        wr_ins_read(&r, &env->temp, &ext, &ins);
        unsigned one = judge(&ins);
        if (one < verdict) verdict = one;
    }
    k->first[item] = (uint8_t)verdict;
}

static void judge_callees(wr_env *env, unsigned worker, void *arg, size_t item) {
    (void)worker;
    keeping *k = arg;
    k->keeps[item] = k->first[item] == KEEPS_SP;
    if (k->first[item] != CALLS) return;
    wr_arena_reset(&env->temp);
    wr_body body;
    wr_body_decode(env, &env->temp, k->m, (uint32_t)item, &body);
    for (uint32_t i = 0; i < body.n; i++)
        if (body.ins[i].op == WR_OP_CALL && k->first[body.ins[i].a] != KEEPS_SP) return;
    k->keeps[item] = 1;
}

const uint8_t *wr_go_keep_sp(wr_context *c) {
    keeping k = {.m = c->m};
    k.first = WR_NEW0(&c->env->pass, uint8_t, c->m->nfuncs);
    k.keeps = WR_NEW0(&c->env->pass, uint8_t, c->m->nfuncs);
    wr_parallel(c->pool, c->m->nfuncs, judge_function, &k);
    wr_parallel(c->pool, c->m->nfuncs, judge_callees, &k);
    return k.keeps;
}

// --- Local 1 ---

static bool begins_with_reload(const wr_go_list *l) {
    uint32_t i = 0;
    while (wr_go_is(l, i, WR_OP_BLOCK) || wr_go_is(l, i, WR_OP_LOOP)) {
        if (wr_go_is(l, i, WR_OP_LOOP)) return false;
        i++;
    }
    return wr_go_is_reload(l, i);
}

static bool leaves(const wr_go_list *l, uint32_t i) {
    return wr_go_is(l, i, WR_OP_RETURN) || wr_go_is(l, i, WR_OP_UNREACHABLE);
}

bool wr_go_caches_sp(const uint8_t *keeps_sp, const wr_go_list *l) {
    if (!begins_with_reload(l)) return false;
    for (uint32_t i = 1; i < l->n; i++) {
        switch (l->v[i].ins.op) {
        case WR_OP_GLOBAL_SET:
            if (l->v[i].ins.a == 0 && !wr_go_is_a(l, i - 1, WR_OP_LOCAL_TEE, 1)) return false;
            break;
        case WR_OP_LOCAL_TEE:
            if (l->v[i].ins.a == 1 && !wr_go_is_a(l, i + 1, WR_OP_GLOBAL_SET, 0)) return false;
            break;
        case WR_OP_LOCAL_SET:
            if (l->v[i].ins.a == 1 && !wr_go_is_a(l, i - 1, WR_OP_GLOBAL_GET, 0)) return false;
            break;
        case WR_OP_CALL:
            if (!wr_go_is_reload(l, i + 1) && !leaves(l, i + 1) && !keeps_sp[l->v[i].ins.a]) return false;
            break;
        case WR_OP_CALL_INDIRECT:
            if (!wr_go_is_reload(l, i + 1) && !leaves(l, i + 1)) return false;
            break;
        default: break;
        }
    }
    return true;
}
