// directize: turns call_indirect with a constant index into a direct call if the table slot is known.
//
//   (call_indirect (type $t) (i32.const 3))    ->    (call $f)    ;; (elem (i32.const 3) $f)
//
// A slot is known if the table is neither imported nor exported, no code writes to it, and its segments are
// at constant offsets. No segment before them may trap: instantiation would end before the slots are written,
// and functions that are in an imported table by then can still be called. A call_ref of a ref.func becomes a
// direct call as well. The function's type must be the one that the call names.
#include "ir/body.h"
#include "ir/edit.h"
#include "passes/manager/pass.h"
#include "analysis/segments.h"

#define MAX_SLOTS (1u << 20) // the largest table that is looked at

typedef struct direct {
    wr_context *c;
    wr_module *m;
    uint8_t *worker_wrote; // by worker and table: some code writes to it
    uint8_t *worker_found; // by worker: there is a call that may become direct
    uint32_t **slots;      // by table: its functions, WR_NONE for unknown slots; NULL: nothing is known
    uint32_t *nslots;
    wr_collector *collectors; // by worker
} direct;

static bool is_table_call(unsigned op) {
    return op == WR_OP_CALL_INDIRECT || op == WR_OP_RETURN_CALL_INDIRECT;
}

static bool is_reference_call(unsigned op) { return op == WR_OP_CALL_REF || op == WR_OP_RETURN_CALL_REF; }

static bool is_candidate(const wr_ins *ins, const wr_ins *before) {
    if (is_table_call(ins->op)) return before->op == WR_OP_I32_CONST || before->op == WR_OP_I64_CONST;
    return is_reference_call(ins->op) && before->op == WR_OP_REF_FUNC;
}

static bool uses(const wr_func *func, unsigned space, uint64_t feature) {
    if (!func->live || func->import != WR_NONE) return false;
    if (func->summary.features & feature) return true;
    for (uint32_t i = 0; i < func->summary.nuses; i++)
        if (wr_ref_space(func->summary.uses[i].ref) == space) return true;
    return false;
}

// --- Looking ---

static void look_for_calls(wr_env *env, unsigned worker, void *arg, size_t item) {
    direct *d = arg;
    const wr_func *func = &d->m->funcs[item];
    if (!wr_pass_is_new(d->c, (uint32_t)item) || d->worker_found[worker] ||
        !uses(func, WR_TABLE, WR_F(FUNC_REFS)))
        return;
    wr_arena_reset(&env->temp);
    wr_body body;
    wr_body_decode(env, &env->temp, d->m, (uint32_t)item, &body);
    for (uint32_t i = 1; i < body.n; i++)
        d->worker_found[worker] |= is_candidate(&body.ins[i], &body.ins[i - 1]);
}

static void look_for_writes(wr_env *env, unsigned worker, void *arg, size_t item) {
    direct *d = arg;
    uint8_t *wrote = d->worker_wrote + (size_t)worker * d->m->ntables;
    if (!uses(&d->m->funcs[item], WR_TABLE, 0)) return;
    wr_arena_reset(&env->temp);
    wr_body body;
    wr_body_decode(env, &env->temp, d->m, (uint32_t)item, &body);
    for (uint32_t i = 0; i < body.n; i++) {
        const wr_ins *ins = &body.ins[i];
        switch (ins->op) {
        case WR_OP_TABLE_SET:
        case WR_OP_TABLE_GROW:
        case WR_OP_TABLE_FILL:
        case WR_OP_TABLE_COPY: wrote[wr_ins_table(ins)] = 1; break;
        case WR_OP_TABLE_INIT: wrote[wr_ins_table(ins)] = 1; break;
        default: break;
        }
    }
}

// --- What tables hold ---

// Writes an active segment to the slots. Once a segment may trap, nothing is known of the tables that later
// ones write to.
static void fill(direct *d, const wr_elem *elem, bool *may_have_trapped) {
    uint32_t *slots = d->slots[elem->table];
    if (*may_have_trapped ||
        (slots && !wr_segments_fill_slots(d->c->env, d->m, elem, slots, d->nslots[elem->table])))
        d->slots[elem->table] = NULL;
    *may_have_trapped |= !wr_segments_elem_in_bounds(d->c->env, d->m, elem);
}

static bool is_constant(const direct *d, uint32_t table) {
    if (!d->m->tables[table].live || d->m->tables[table].import != WR_NONE) return false;
    for (unsigned i = 0; i < d->c->pool->jobs; i++)
        if (d->worker_wrote[(size_t)i * d->m->ntables + table]) return false;
    for (uint32_t i = 0; i < d->m->nexports; i++)
        if (d->m->exports[i].live && d->m->exports[i].space == WR_TABLE && d->m->exports[i].index == table)
            return false;
    return true;
}

static void find_slots(direct *d) {
    wr_arena *pass = &d->c->env->pass;
    d->slots = WR_NEW0(pass, uint32_t *, d->m->ntables);
    d->nslots = WR_NEW0(pass, uint32_t, d->m->ntables);
    for (uint32_t i = 0; i < d->m->ntables; i++) {
        if (!is_constant(d, i)) continue;
        uint64_t n = d->m->tables[i].limits.min;
        d->nslots[i] = n < MAX_SLOTS ? (uint32_t)n : MAX_SLOTS;
        d->slots[i] = memset(WR_NEW(pass, uint32_t, d->nslots[i]), 0xff, d->nslots[i] * sizeof(uint32_t));
    }
    bool may_have_trapped = false;
    for (uint32_t i = 0; i < d->m->nelems; i++)
        if (d->m->elems[i].live && d->m->elems[i].mode == WR_ACTIVE)
            fill(d, &d->m->elems[i], &may_have_trapped);
}

// --- Calls ---

// The callee, or WR_NONE if it is not known.
static uint32_t target_of(const direct *d, const wr_ins *ins, const wr_ins *before) {
    if (is_reference_call(ins->op)) return wr_ins_func(before);
    uint32_t table = wr_ins_table(ins);
    uint64_t at = before->op == WR_OP_I32_CONST ? (uint32_t)before->b : before->b;
    if (!d->slots[table] || at >= d->nslots[table]) return WR_NONE;
    uint32_t func = d->slots[table][at];
    if (func == WR_NONE || d->m->types[d->m->funcs[func].type].canon != d->m->types[wr_ins_type(ins)].canon)
        return WR_NONE;
    return func;
}

static void rewrite(wr_env *env, unsigned worker, void *arg, size_t item) {
    direct *d = arg;
    wr_func *func = &d->m->funcs[item];
    if (!wr_pass_is_new(d->c, (uint32_t)item) || !uses(func, WR_TABLE, WR_F(FUNC_REFS))) return;
    wr_arena_reset(&env->temp);
    wr_body body;
    wr_body_decode(env, &env->temp, d->m, (uint32_t)item, &body);
    uint32_t n = 0;
    for (uint32_t i = 0; i < body.n; i++) {
        wr_ins ins = body.ins[i];
        uint32_t to =
            n && is_candidate(&ins, &body.ins[n - 1]) ? target_of(d, &ins, &body.ins[n - 1]) : WR_NONE;
        bool tail = ins.op == WR_OP_RETURN_CALL_INDIRECT || ins.op == WR_OP_RETURN_CALL_REF;
        if (to != WR_NONE) {
            ins = (wr_ins){.op = tail ? WR_OP_RETURN_CALL : WR_OP_CALL, .a = to, .origin = ins.origin};
            n--;
        }
        body.ins[n++] = ins;
    }
    if (n == body.n) return;
    body.n = n;
    wr_module_store_body(env, &d->collectors[worker], d->m, (uint32_t)item, &body);
    wr_pass_mark_edited(d->c, (uint32_t)item, d->c->iteration);
}

void wr_pass_directize(wr_context *c) {
    wr_arena *pass = &c->env->pass;
    unsigned jobs = c->pool->jobs;
    direct d = {.c = c, .m = c->m, .worker_found = WR_NEW0(pass, uint8_t, jobs)};
    d.worker_wrote = WR_NEW0(pass, uint8_t, (size_t)jobs * c->m->ntables);
    d.collectors = WR_NEW(pass, wr_collector, jobs);
    for (unsigned i = 0; i < jobs; i++) wr_collector_init(&d.collectors[i], &c->pool->envs[i].pass);
    wr_parallel(c->pool, c->m->nfuncs, look_for_calls, &d);
    bool found = false;
    for (unsigned i = 0; i < jobs; i++) found |= d.worker_found[i];
    if (!found) return;
    wr_parallel(c->pool, c->m->nfuncs, look_for_writes, &d);
    wr_arena_reset(&c->env->temp);
    find_slots(&d);
    wr_parallel(c->pool, c->m->nfuncs, rewrite, &d);
}
