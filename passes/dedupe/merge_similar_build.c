// Builds parameterized functions and their dispatchers. See merge_similar.h.
#include "ir/body.h"
#include "ir/edit.h"
#include "merge_similar.h"

typedef struct building {
    const wr_parameterizer *b;
    const wr_similar_func *group;
    const wr_parameterized *merged;
    wr_env *env;
    wr_module *m;
    uint32_t nparams, nextra; // parameters of the members, and additional ones
    uint32_t param[33];       // by parameter: its index in the merged function
    uint32_t dispatcher[33];  // by parameter of callees: its dispatcher, if the merged function selects
    WR_VEC(wr_ins) out;
    wr_u32s ext;
} building;

static void put(building *g, wr_ins ins) { WR_PUSH(&g->env->temp, g->out, ins); }

// Adds a function made of the instructions that were put, with the locals, sites and origins of `like`.
static uint32_t add_func(building *g, uint32_t type, const wr_body *like) {
    wr_body body = {.runs = like->runs,
                    .ins = g->out.v,
                    .n = g->out.n,
                    .ext = g->ext,
                    .sites = like->sites,
                    .origins = like->origins};
    wr_buf bytes = wr_buf_in(&g->env->temp);
    wr_body_encode(&body, &bytes);
    uint32_t func =
        wr_module_add_func(g->env, g->m, type, wr_slice_copy(&g->env->code, wr_buf_slice(&bytes)));
    wr_module_keep_origins(g->env, g->m, func, &body);
    wr_collector_summarize(g->b->collector, g->env, g->m, &g->m->funcs[func]);
    return func;
}

static uint32_t type_with(building *g, const wr_type *base, const wr_valtype *extra, uint32_t nextra) {
    wr_valtype *params = WR_NEW(&g->env->temp, wr_valtype, base->nparams + nextra);
    if (base->nparams) memcpy(params, base->values, base->nparams * sizeof *params);
    if (nextra) memcpy(params + base->nparams, extra, nextra * sizeof *params);
    return wr_module_intern_func_type(g->env, g->m, params, base->nparams + nextra,
                                      base->values + base->nparams, base->nresults);
}

// --- Dispatchers ---

static uint32_t callee_of(const building *g, uint32_t member, uint32_t slot) {
    return (uint32_t)g->group->slots[g->merged->members[member]][slot];
}

static void put_call(building *g, uint32_t callee, bool tail) {
    uint32_t nparams = wr_func_type(g->m, callee)->nparams;
    for (uint32_t i = 0; i < nparams; i++) put(g, (wr_ins){.op = WR_OP_LOCAL_GET, .a = i});
    put(g, (wr_ins){.op = tail ? WR_OP_RETURN_CALL : WR_OP_CALL, .a = callee});
}

// A br_table on the selector out of n nested blocks; after each block's end, one callee is called.
static void put_table(building *g, const uint32_t *callees, uint32_t n, const uint32_t *choice, bool tail) {
    uint32_t nparams = wr_func_type(g->m, callees[0])->nparams;
    for (uint32_t i = 0; i < n; i++) put(g, (wr_ins){.op = WR_OP_BLOCK, .x = WR_BLOCK_EMPTY});
    put(g, (wr_ins){.op = WR_OP_LOCAL_GET, .a = nparams});
    put(g, (wr_ins){.op = WR_OP_BR_TABLE, .a = g->merged->n - 1, .b = g->ext.n});
    for (uint32_t i = 0; i < g->merged->n; i++) WR_PUSH(&g->env->temp, g->ext, choice[i]);
    for (uint32_t i = 0; i < n; i++) {
        put(g, (wr_ins){.op = WR_OP_END});
        put_call(g, callees[i], tail);
        if (!tail && i + 1 < n) put(g, (wr_ins){.op = WR_OP_RETURN});
    }
}

static void put_choice(building *g, const uint32_t *callees, const wr_type *type, bool tail) {
    wr_ins branch = {.op = WR_OP_IF, .x = type->nresults ? WR_BLOCK_VALUE : WR_BLOCK_EMPTY};
    if (type->nresults) branch.a = type->values[type->nparams];
    put(g, (wr_ins){.op = WR_OP_LOCAL_GET, .a = type->nparams});
    put(g, branch);
    put_call(g, callees[1], tail);
    put(g, (wr_ins){.op = WR_OP_ELSE});
    put_call(g, callees[0], tail);
    put(g, (wr_ins){.op = WR_OP_END});
}

static uint32_t build_dispatcher(building *g, uint32_t slot) {
    uint32_t *callees = WR_NEW(&g->env->temp, uint32_t, g->merged->n), n = 0;
    uint32_t *choice = WR_NEW(&g->env->temp, uint32_t, g->merged->n);
    bool tail = (g->m->features & WR_F(TAIL_CALL)) != 0;
    for (uint32_t i = 0; i < g->merged->n; i++) {
        uint32_t callee = callee_of(g, i, slot);
        for (choice[i] = 0; choice[i] < n && callees[choice[i]] != callee;) choice[i]++;
        if (choice[i] == n) callees[n++] = callee;
    }
    wr_type type = *wr_func_type(g->m, callees[0]);
    g->out.n = 0;
    g->ext.n = 0;
    if (g->merged->n == 2 && type.nresults <= 1)
        put_choice(g, callees, &type, tail);
    else
        put_table(g, callees, n, choice, tail);
    put(g, (wr_ins){.op = WR_OP_END});
    return add_func(g, type_with(g, &type, (wr_valtype[]){WR_I32}, 1), &(wr_body){0});
}

// --- The merged body ---

static wr_valtype type_of_constant(unsigned op) {
    return op == WR_OP_I32_CONST   ? WR_I32
           : op == WR_OP_I64_CONST ? WR_I64
           : op == WR_OP_F32_CONST ? WR_F32
                                   : WR_F64;
}

// Gives the parameters their indices, and fills in their types.
static void assign_params(building *g, wr_valtype *extra) {
    const wr_parameterized *merged = g->merged;
    for (uint32_t i = 0; i < merged->nparameters; i++) {
        uint32_t slot = merged->first[i];
        bool callee = wr_merge_similar_is_callee(g->group, slot);
        if (callee && merged->selects) continue;
        uint32_t type = callee ? g->m->funcs[callee_of(g, 0, slot)].type : 0;
        g->param[i] = g->nparams + g->nextra;
        extra[g->nextra++] = callee ? wr_ref_to(type, false) : type_of_constant(g->group->ops[slot]);
    }
    if (!merged->selects) return;
    for (uint32_t i = 0; i < merged->nparameters; i++)
        if (wr_merge_similar_is_callee(g->group, merged->first[i])) g->param[i] = g->nparams + g->nextra;
    extra[g->nextra++] = WR_I32;
}

static void put_slot(building *g, wr_ins ins, uint32_t slot) {
    int32_t parameter = g->merged->parameter[slot];
    if (parameter == WR_SLOT_SAME) {
        put(g, ins);
        return;
    }
    put(g, (wr_ins){.op = WR_OP_LOCAL_GET, .a = g->param[parameter], .origin = ins.origin});
    if (!wr_merge_similar_is_callee(g->group, slot)) return;
    bool tail = ins.op == WR_OP_RETURN_CALL;
    if (g->merged->selects)
        put(g, (wr_ins){.op = ins.op, .a = g->dispatcher[parameter]});
    else
        put(g, (wr_ins){.op = tail ? WR_OP_RETURN_CALL_REF : WR_OP_CALL_REF, .a = g->m->funcs[ins.a].type});
}

static bool is_slot(unsigned op) {
    return op == WR_OP_I32_CONST || op == WR_OP_I64_CONST || op == WR_OP_F32_CONST || op == WR_OP_F64_CONST ||
           op == WR_OP_CALL || op == WR_OP_RETURN_CALL;
}

static void put_body(building *g, const wr_body *body) {
    uint32_t slot = 0;
    for (uint32_t i = 0; i < body->n; i++) {
        wr_ins ins = body->ins[i];
        if (wr_names_local(ins.op) && wr_ins_local(&ins) >= g->nparams) ins.a += g->nextra;
        if (is_slot(ins.op))
            put_slot(g, ins, slot++);
        else
            put(g, ins);
    }
}

uint32_t wr_merge_similar_build(const wr_parameterizer *b, const wr_similar_func *group,
                                const wr_parameterized *merged) {
    uint32_t first = group->funcs[merged->members[0]];
    building g = {.b = b, .group = group, .merged = merged, .env = b->c->env, .m = b->c->m};
    wr_valtype extra[34];
    g.nparams = wr_func_type(g.m, first)->nparams;
    assign_params(&g, extra);
    for (uint32_t i = 0; i < merged->nparameters; i++)
        if (merged->selects && wr_merge_similar_is_callee(group, merged->first[i]))
            g.dispatcher[i] = build_dispatcher(&g, merged->first[i]);
    wr_body body;
    wr_body_decode(g.env, &g.env->temp, g.m, first, &body);
    g.out.n = 0;
    g.ext = body.ext;
    put_body(&g, &body);
    wr_type type = *wr_func_type(g.m, first);
    return add_func(&g, type_with(&g, &type, extra, g.nextra), &body);
}
