// dead-argument-elimination: removes parameters that nothing reads, or that are the same constant in every
// call, and results that no call uses.
//
//   (call $f (i32.const 1))  (func $f (param i32) (call $g (local.get 0)))
//     ->  both functions lose their parameter, and $g knows that it is 1
//
// Only functions with direct calls and no other uses are changed, where this makes callers and function
// shorter in sum, or costs a few bytes for a constant that the function then knows. Constants are propagated
// through parameters that are passed on unchanged (interprocedural constant propagation).
//
// One sweep over the bodies notes how each function uses its parameters, and what the arguments of each call
// are; then the notes are weighed, function by function, and the affected bodies are rewritten. What becomes
// useless elsewhere is removed by the next round of passes.
#include "dead_arguments.h"

#include "ir/edit.h"
#include "analysis/exprs.h"
#include "passes/dedupe/merge.h"

#define MAX_NEW_TYPES 1000
#define FEW_CALLERS 8
#define KNOWN_WORTH \
    6 // bytes that a constant may cost here, for what knowing it saves where the parameter is used

// One argument of one call.
typedef struct noted_arg {
    wr_ins constant; // NOP: no constant
    uint16_t size;   // of a pure argument
    bool is_pure;
    bool is_own;     // the caller calls itself and passes on the same parameter
    uint32_t passed; // the caller's parameter that is passed on as it came in, or WR_NONE
} noted_arg;

typedef struct noted_call {
    uint32_t callee;
    uint32_t first;  // the first parameter from which on all arguments are known
    bool is_dropped; // the result is dropped
    bool is_tail;
    const noted_arg *args; // from the first one on
} noted_call;

// One parameter over all calls, a lattice: NOP as long as no call is known to pass anything, then a constant,
// and finally `varies`.
typedef struct weighed {
    bool is_fixed, varies;
    wr_ins constant;
    uint32_t nown;
    int64_t saved; // bytes saved in the callers
} weighed;

typedef WR_VEC(noted_call) noted_calls;

typedef struct notes {
    noted_calls calls;
    // About the function itself, if it is a candidate:
    uint32_t *gets; // by parameter
    uint8_t *is_written;
    uint32_t nreturns; // returns, each of which would need a drop of the result
    bool tail_calls, is_branched_to;
} notes;

typedef struct trimmer {
    wr_context *c;
    wr_module *m;
    const uint8_t *is_named;
    uint8_t *is_candidate; // by function
    notes *notes;          // by function
    wr_collector *collectors;
    weighed **params;                     // by function
    uint32_t *ncalls, *ndropped, *ntails; // by function
    wr_new_signature **changes;           // by function
    uint32_t nnew_types;
} trimmer;

// --- Notes ---

static bool calls_candidate(const trimmer *t, uint32_t func) {
    const wr_summary *summary = &t->m->funcs[func].summary;
    for (uint32_t i = 0; i < summary->nuses; i++)
        if (wr_ref_space(summary->uses[i].ref) == WR_FUNC &&
            t->is_candidate[wr_ref_index(summary->uses[i].ref)])
            return true;
    return false;
}

static noted_arg note_arg(const wr_param_use *self, const wr_argument *arg, uint32_t param, bool is_self) {
    const wr_body *body = &self->body;
    noted_arg note = {.constant = arg->constant, .is_pure = arg->is_pure, .passed = WR_NONE};
    for (uint32_t i = arg->start; arg->is_pure && i < arg->end; i++)
        note.size = (uint16_t)(note.size + wr_ins_size(&body->ins[i], body->ext.v));
    if (arg->end - arg->start != 1) return note;
    const wr_ins *ins = &body->ins[arg->start];
    if (ins->op != WR_OP_LOCAL_GET || wr_ins_local(ins) >= body->nparams ||
        self->is_written[wr_ins_local(ins)])
        return note;
    note.passed = wr_ins_local(ins);
    note.is_own = is_self && ins->a == param;
    return note;
}

static void note_call(wr_env *env, const trimmer *t, const wr_param_use *self, const uint32_t *starts,
                      uint32_t i) {
    const wr_body *body = &self->body;
    uint32_t callee = wr_ins_func(&body->ins[i]), n = wr_func_type(t->m, callee)->nparams, first = 0;
    wr_mark mark = wr_arena_mark(&env->temp);
    wr_argument *args = WR_NEW(&env->temp, wr_argument, n);
    wr_dead_arguments_find(t->m, body, starts, i, args);
    while (first < n && !args[first].is_known) first++;
    noted_arg *noted = WR_NEW(&env->pass, noted_arg, n - first);
    for (uint32_t p = first; p < n; p++) noted[p - first] = note_arg(self, &args[p], p, callee == body->func);
    wr_arena_release(&env->temp, &mark);
    noted_call call = {.callee = callee, .first = first, .args = noted};
    call.is_tail = body->ins[i].op == WR_OP_RETURN_CALL;
    call.is_dropped = !call.is_tail && starts[i] != WR_NONE && body->ins[i + 1].op == WR_OP_DROP;
    WR_PUSH(&env->pass, t->notes[body->func].calls, call);
}

static void note_function(wr_env *env, unsigned worker, void *arg, size_t item) {
    (void)worker;
    const trimmer *t = arg;
    const wr_func *func = &t->m->funcs[item];
    bool calls = func->live && calls_candidate(t, (uint32_t)item);
    if (!func->live || func->import != WR_NONE || (!calls && !t->is_candidate[item])) return;
    wr_arena_reset(&env->temp);
    wr_param_use self;
    wr_param_use_find(env, &env->temp, t->m, (uint32_t)item, &self);
    wr_body *body = &self.body;
    notes *n = &t->notes[item];
    if (body->nparams) {
        n->gets = WR_NEW(&env->pass, uint32_t, body->nparams);
        n->is_written = WR_NEW(&env->pass, uint8_t, body->nparams);
        memcpy(n->gets, self.gets, body->nparams * sizeof *n->gets);
        memcpy(n->is_written, self.is_written, body->nparams);
    }
    n->nreturns = self.nreturns + self.ends_with_return;
    n->tail_calls = self.tail_calls, n->is_branched_to = self.is_branched_to;
    if (!calls) return;
    wr_body_match_blocks(&env->temp, body);
    const uint32_t *starts = wr_exprs_find(&env->temp, t->m, body);
    for (uint32_t i = 0; i < body->n; i++)
        if (wr_opinfos[body->ins[i].op].imm == WR_IMM_FUNC && t->is_candidate[wr_ins_func(&body->ins[i])])
            note_call(env, t, &self, starts, i);
}

// --- Weighing ---

static bool same_constant(const wr_ins *a, const wr_ins *b) {
    return a->op == b->op && a->a == b->a && a->b == b->b;
}

static void weigh_arg(weighed *w, const noted_arg *arg) {
    w->saved += arg->is_pure ? arg->size : -1;
    w->nown += arg->is_own;
}

static void weigh_calls(trimmer *t) {
    for (uint32_t i = 0; i < t->m->nfuncs; i++)
        for (uint32_t k = 0; k < t->notes[i].calls.n; k++) {
            const noted_call *call = &t->notes[i].calls.v[k];
            t->ncalls[call->callee]++;
            t->ndropped[call->callee] += call->is_dropped;
            t->ntails[call->callee] += call->is_tail;
            for (uint32_t p = 0; p < call->first; p++)
                t->params[call->callee][p].is_fixed = t->params[call->callee][p].varies = true;
            for (uint32_t p = call->first; p < wr_func_type(t->m, call->callee)->nparams; p++)
                weigh_arg(&t->params[call->callee][p], &call->args[p - call->first]);
        }
}

// Adds a value that a parameter may have. Returns whether the lattice value changed.
static bool meet(weighed *w, const weighed *value) {
    if (w->varies || (!value->varies && value->constant.op == WR_OP_NOP)) return false;
    if (!value->varies && w->constant.op != WR_OP_NOP && same_constant(&w->constant, &value->constant))
        return false;
    w->varies = value->varies || w->constant.op != WR_OP_NOP;
    w->constant = value->constant;
    return true;
}

static weighed value_of_arg(const trimmer *t, uint32_t caller, const noted_arg *arg) {
    if (arg->constant.op != WR_OP_NOP) return (weighed){.constant = arg->constant};
    if (arg->passed != WR_NONE && t->is_candidate[caller]) return t->params[caller][arg->passed];
    return (weighed){.varies = true, .constant = {.op = WR_OP_NOP}};
}

static void propagate_from(trimmer *t, uint32_t caller, wr_u32s *work, uint8_t *is_waiting) {
    for (uint32_t k = 0; k < t->notes[caller].calls.n; k++) {
        const noted_call *call = &t->notes[caller].calls.v[k];
        bool any = false;
        for (uint32_t p = call->first; p < wr_func_type(t->m, call->callee)->nparams; p++) {
            weighed value = value_of_arg(t, caller, &call->args[p - call->first]);
            any |= meet(&t->params[call->callee][p], &value);
        }
        if (!any || is_waiting[call->callee]) continue;
        is_waiting[call->callee] = 1;
        WR_PUSH(&t->c->env->pass, *work, call->callee);
    }
}

// Interprocedural constant propagation: the values that functions are called with, also through parameters
// that are passed on unchanged. Starts with no value for any parameter and only moves up the lattice, so each
// function is visited again at most twice per parameter.
static void propagate_constants(trimmer *t) {
    wr_u32s work = {0};
    uint8_t *is_waiting = WR_NEW(&t->c->env->pass, uint8_t, t->m->nfuncs);
    memset(is_waiting, 1, t->m->nfuncs);
    for (uint32_t i = t->m->nfuncs; i-- > 0;) WR_PUSH(&t->c->env->pass, work, i);
    while (work.n) {
        uint32_t func = work.v[--work.n];
        is_waiting[func] = 0;
        propagate_from(t, func, &work, is_waiting);
    }
}

// The bytes saved by removing a parameter; negative: it stays.
static int64_t weigh_param(const notes *n, uint32_t p, const weighed *w, wr_ins *constant) {
    *constant = (wr_ins){.op = WR_OP_NOP};
    if (w->is_fixed) return -1;
    if (n->gets[p] == w->nown) return w->saved;
    if (w->varies || w->constant.op == WR_OP_NOP) return -1;
    *constant = w->constant;
    int64_t size = (int64_t)wr_ins_size(constant, NULL), in_place = (size - 2) * n->gets[p],
            in_local = size + 3;
    return w->saved + KNOWN_WORTH - (in_place < in_local && !n->is_written[p] ? in_place : in_local);
}

static bool may_lose_result(const trimmer *t, uint32_t func) {
    const notes *n = &t->notes[func];
    if (wr_func_type(t->m, func)->nresults != 1 || n->tail_calls || t->ntails[func]) return false;
    return t->ndropped[func] == t->ncalls[func] &&
           t->ncalls[func] + 2 >= n->nreturns + 3u * n->is_branched_to;
}

static uint32_t new_type(trimmer *t, uint32_t func, const wr_new_signature *sig) {
    const wr_type *type = wr_func_type(t->m, func);
    wr_valtype *params = WR_NEW(&t->c->env->temp, wr_valtype, type->nparams);
    uint32_t n = 0, ntypes = t->m->ntypes;
    for (uint32_t p = 0; p < type->nparams; p++)
        if (!sig->gone[p]) params[n++] = type->values[p];
    uint32_t nresults = sig->no_result ? 0 : type->nresults;
    uint32_t index =
        wr_module_intern_func_type(t->c->env, t->m, params, n, type->values + type->nparams, nresults);
    t->nnew_types += t->m->ntypes != ntypes;
    return index;
}

static void weigh_function(trimmer *t, uint32_t func) {
    wr_arena *pass = &t->c->env->pass;
    uint32_t n = wr_func_type(t->m, func)->nparams;
    wr_mark mark = wr_arena_mark(pass);
    wr_new_signature sig = {.gone = WR_NEW0(pass, uint8_t, n), .constant = WR_NEW(pass, wr_ins, n)};
    sig.no_result = may_lose_result(t, func);
    bool any = sig.no_result;
    for (uint32_t p = 0; p < n; p++) {
        sig.gone[p] = weigh_param(&t->notes[func], p, &t->params[func][p], &sig.constant[p]) >= 0;
        any |= sig.gone[p];
    }
    if (!any || t->nnew_types >= MAX_NEW_TYPES) {
        wr_arena_release(pass, &mark);
        return;
    }
    sig.type = new_type(t, func, &sig);
    t->changes[func] = WR_NEW(pass, wr_new_signature, 1);
    *t->changes[func] = sig;
}

// --- Changing ---

static void change_function(wr_env *env, unsigned worker, void *arg, size_t item) {
    trimmer *t = arg;
    const wr_summary *summary = &t->m->funcs[item].summary;
    bool any = t->changes[item] != NULL;
    for (uint32_t i = 0; !any && i < summary->nuses; i++)
        any = wr_ref_space(summary->uses[i].ref) == WR_FUNC && t->changes[wr_ref_index(summary->uses[i].ref)];
    if (!any || !t->m->funcs[item].live) return;
    wr_arena_reset(&env->temp);
    env->func = (uint32_t)item;
    wr_body body;
    wr_dead_arguments_rewrite(env, t->m, t->changes, (uint32_t)item, &body);
    wr_module_store_body(env, &t->collectors[worker], t->m, (uint32_t)item, &body);
    wr_pass_mark_edited(t->c, (uint32_t)item, t->c->iteration);
}

// Marks the callees in a summary that have few callers.
static void mark_callees(const wr_summary *summary, const uint32_t *ncallers, uint8_t *worth) {
    for (uint32_t k = 0; k < summary->nuses; k++) {
        uint32_t callee = wr_ref_index(summary->uses[k].ref);
        if (wr_ref_space(summary->uses[k].ref) == WR_FUNC && ncallers[callee] <= FEW_CALLERS)
            worth[callee] = 1;
    }
}

// By function, whether to look at it: in later rounds only functions that changed, and those of their callees
// that have few callers.
static uint8_t *find_worth_a_look(const wr_context *c) {
    const wr_module *m = c->m;
    uint8_t *worth = WR_NEW0(&c->env->pass, uint8_t, m->nfuncs);
    uint32_t *ncallers = WR_NEW0(&c->env->pass, uint32_t, m->nfuncs);
    for (uint32_t i = 0; i < m->nfuncs; i++)
        for (uint32_t k = 0; m->funcs[i].live && k < m->funcs[i].summary.nuses; k++) {
            wr_ref ref = m->funcs[i].summary.uses[k].ref;
            if (wr_ref_space(ref) == WR_FUNC) ncallers[wr_ref_index(ref)]++;
        }
    for (uint32_t i = 0; i < m->nfuncs; i++) {
        if (!m->funcs[i].live || !wr_pass_is_new(c, i)) continue;
        worth[i] = 1;
        mark_callees(&m->funcs[i].summary, ncallers, worth);
    }
    return worth;
}

static void begin(trimmer *t) {
    const uint8_t *worth = find_worth_a_look(t->c);
    wr_arena *pass = &t->c->env->pass;
    uint32_t n = t->m->nfuncs;
    t->is_named = wr_merge_address_taken(t->c);
    t->is_candidate = WR_NEW0(pass, uint8_t, n);
    t->notes = WR_NEW0(pass, notes, n);
    t->params = WR_NEW0(pass, weighed *, n);
    t->changes = WR_NEW0(pass, wr_new_signature *, n);
    t->ncalls = WR_NEW0(pass, uint32_t, n), t->ndropped = WR_NEW0(pass, uint32_t, n),
    t->ntails = WR_NEW0(pass, uint32_t, n);
    t->collectors = WR_NEW(pass, wr_collector, t->c->pool->jobs);
    for (unsigned i = 0; i < t->c->pool->jobs; i++)
        wr_collector_init(&t->collectors[i], &t->c->pool->envs[i].pass);
    for (uint32_t i = 0; i < n; i++) {
        const wr_func *func = &t->m->funcs[i];
        const wr_type *type = wr_func_type(t->m, i);
        if (!func->live || func->import != WR_NONE || t->is_named[i] || !worth[i] ||
            type->nparams + type->nresults == 0)
            continue;
        t->is_candidate[i] = 1;
        if (type->nparams) t->params[i] = WR_NEW(pass, weighed, type->nparams);
        for (uint32_t p = 0; p < type->nparams; p++)
            t->params[i][p] = (weighed){.constant = {.op = WR_OP_NOP}};
    }
}

void wr_pass_dead_arguments(wr_context *c) {
    trimmer t = {.c = c, .m = c->m};
    uint32_t n = c->m->nfuncs;
    begin(&t);
    wr_parallel(c->pool, n, note_function, &t);
    weigh_calls(&t);
    propagate_constants(&t);
    wr_arena_reset(&c->env->temp);
    for (uint32_t i = 0; i < n; i++)
        if (t.is_candidate[i] && t.ncalls[i]) weigh_function(&t, i);
    wr_parallel(c->pool, n, change_function, &t);
    for (uint32_t i = 0; i < n; i++)
        if (t.changes[i]) c->m->funcs[i].type = t.changes[i]->type;
}
