// The sweep: one pass of the instruction reader over each body. A stack of open blocks tells what is inside a
// loop. A loop that only dispatches (blocks, then a br_table on a local, as Go's functions and other state
// machines are built) doesn't count as a loop.
#include "body_stats.h"

#include <stdlib.h>

#include "support/hash.h"

typedef struct sweeper {
    wr_module *m;
    wr_body_sweep *sweep;
    wr_collector *collectors; // one a worker
    size_t chunk;
} sweeper;

typedef struct body_state {
    const wr_module *m;
    wr_arena *temp;
    WR_VEC(uint8_t) open; // 1 for a loop that counts
    uint32_t loop_depth;
    WR_VEC(wr_import_call) import_calls;
    WR_VEC(uint64_t) constants;
    wr_body_stats facts;
} body_state;

static bool is_dispatch(wr_env *env, const wr_reader *after_loop) {
    wr_reader r = *after_loop;
    wr_u32s ext = {0};
    wr_ins ins;
    do {
        if (wr_at_end(&r)) return false;
        wr_ins_read(&r, &env->temp, &ext, &ins);
    } while (ins.op == WR_OP_BLOCK);
    if (ins.op != WR_OP_LOCAL_GET || wr_at_end(&r)) return false;
    wr_ins_read(&r, &env->temp, &ext, &ins);
    return ins.op == WR_OP_BR_TABLE;
}

static void open_block(body_state *s, bool loop) {
    WR_PUSH(s->temp, s->open, loop);
    s->loop_depth += loop;
    s->facts.loops += loop;
}

static void close_block(body_state *s) {
    if (s->open.n) s->loop_depth -= s->open.v[--s->open.n];
}

static void note_call(body_state *s, uint32_t callee) {
    s->facts.calls++;
    if (callee >= s->m->nfunc_imports) return;
    wr_import_call crossing = {.import = callee, .sites = 1, .loop_sites = s->loop_depth > 0};
    WR_PUSH(s->temp, s->import_calls, crossing);
}

static void note_constant(body_state *s, const wr_body_sweep *sweep, uint64_t value) {
    bool of_go = value < sweep->go_high && value >= sweep->high && !(value & 0xffff);
    if ((value >= sweep->low && value < sweep->high) || of_go) WR_PUSH(s->temp, s->constants, value);
}

static void note_control(wr_env *env, body_state *s, const wr_ins *ins, const wr_reader *r) {
    s->facts.branching++;
    if (wr_opens_block(ins->op)) open_block(s, ins->op == WR_OP_LOOP && !is_dispatch(env, r));
    if (wr_closes_block(ins->op)) close_block(s);
}

static void note_ins(wr_env *env, body_state *s, const wr_body_sweep *sweep, const wr_ins *ins,
                     const wr_reader *r) {
    const wr_opinfo *info = &wr_opinfos[ins->op];
    if (info->effects & WR_E_CONTROL) note_control(env, s, ins, r);
    s->facts.binary += info->npop == 2 && info->npush == 1;
    switch (ins->op) {
    case WR_OP_CALL:
    case WR_OP_RETURN_CALL: note_call(s, wr_ins_func(ins)); break;
    case WR_OP_CALL_INDIRECT:
    case WR_OP_RETURN_CALL_INDIRECT:
    case WR_OP_CALL_REF:
    case WR_OP_RETURN_CALL_REF: s->facts.indirect_calls++; break;
    case WR_OP_I32_CONST: note_constant(s, sweep, (uint32_t)ins->b); break;
    case WR_OP_I64_CONST: note_constant(s, sweep, ins->b); break;
    default:
        if (wr_is_memarg(info->imm) && ins->b) note_constant(s, sweep, ins->b);
    }
}

static int by_value(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

static int by_import(const void *a, const void *b) {
    const wr_import_call *x = a, *y = b;
    return x->import < y->import ? -1 : x->import > y->import;
}

static void keep_constants(wr_env *env, body_state *s) {
    uint32_t n = 0;
    if (!s->constants.n) return;
    qsort(s->constants.v, s->constants.n, sizeof(uint64_t), by_value);
    for (uint32_t i = 0; i < s->constants.n; i++)
        if (!i || s->constants.v[i] != s->constants.v[i - 1]) s->constants.v[n++] = s->constants.v[i];
    uint64_t *kept = WR_NEW(&env->perm, uint64_t, n);
    memcpy(kept, s->constants.v, n * sizeof *kept);
    s->facts.constants = kept;
    s->facts.nconstants = n;
}

static void keep_import_calls(wr_env *env, body_state *s) {
    if (!s->import_calls.n) return;
    wr_import_call *all = s->import_calls.v;
    qsort(all, s->import_calls.n, sizeof *all, by_import);
    uint32_t n = 1;
    for (uint32_t i = 1; i < s->import_calls.n; i++) {
        if (all[i].import != all[n - 1].import) {
            all[n++] = all[i];
            continue;
        }
        all[n - 1].sites += all[i].sites;
        all[n - 1].loop_sites += all[i].loop_sites;
    }
    s->facts.import_calls = memcpy(WR_NEW(&env->perm, wr_import_call, n), all, n * sizeof *all);
    s->facts.nimport_calls = n;
}

static void sweep_locals(wr_env *env, wr_reader *r, wr_collector *c, body_state *s) {
    wr_local_runs runs = {0};
    const uint8_t *start = r->p;
    wr_ins_read_locals(r, &env->temp, &runs);
    size_t least = wr_uleb_size(runs.n);
    for (uint32_t i = 0; i < runs.n; i++) {
        wr_collector_add_valtype(c, runs.v[i].type);
        least += wr_uleb_size(runs.v[i].n) + wr_valtype_size(runs.v[i].type);
        s->facts.shape =
            wr_hash_word(s->facts.shape, (uint64_t)runs.v[i].n << 32 |
                                             (wr_has_index(runs.v[i].type) ? WR_REF : runs.v[i].type));
    }
    size_t size = (size_t)(r->p - start);
    s->facts.padding += size > least ? (uint32_t)(size - least) : 0;
}

static void sweep_code(wr_env *env, wr_reader *r, wr_collector *c, body_state *s,
                       const wr_body_sweep *sweep) {
    wr_u32s ext = {0};
    wr_ins ins;
    while (!wr_at_end(r)) {
        ext.n = 0;
        const uint8_t *start = r->p;
        r->padded = false;
        wr_ins_read(r, &env->temp, &ext, &ins);
        if (r->padded) s->facts.padding += (uint32_t)((size_t)(r->p - start) - wr_ins_size(&ins, ext.v));
        wr_collector_add_ins(c, &ins, ext.v);
        note_ins(env, s, sweep, &ins, r);
        s->facts.shape = wr_hash_word(s->facts.shape, ins.op);
        c->features |= (uint64_t)1 << wr_opinfos[ins.op].feature;
        c->ninstructions++;
    }
}

// Comparable between modules: type indices in it are left out.
static uint64_t hash_signature(const wr_type *type) {
    uint64_t hash = type->nparams;
    for (uint32_t i = 0; i < type->nparams + type->nresults; i++)
        hash = wr_hash_word(hash, wr_has_index(type->values[i]) ? WR_REF : type->values[i]);
    return hash;
}

static void sweep_func(wr_env *env, sweeper *w, wr_collector *c, uint32_t index) {
    wr_func *func = &w->m->funcs[index];
    if (func->import != WR_NONE) return;
    env->func = index;
    body_state s = {.m = w->m, .temp = &env->temp};
    uint64_t type = hash_signature(wr_func_type(w->m, index));
    s.facts.hash = wr_hash_word(wr_hash_bytes(func->body.p, func->body.n), type);
    s.facts.shape = type;
    wr_reader r = wr_reader_of(env, func->body, wr_func_offset(w->m, index));
    wr_collector_begin(c, w->m);
    sweep_locals(env, &r, c, &s);
    sweep_code(env, &r, c, &s, w->sweep);
    wr_collector_end(c, &env->perm, &func->summary);
    keep_constants(env, &s);
    keep_import_calls(env, &s);
    w->sweep->facts[index] = s.facts;
    env->func = WR_NONE;
}

static void sweep_chunk(wr_env *env, unsigned worker, void *arg, size_t item) {
    sweeper *w = arg;
    size_t end = (item + 1) * w->chunk;
    if (end > w->m->nfuncs) end = w->m->nfuncs;
    for (size_t i = item * w->chunk; i < end; i++) {
        wr_arena_reset(&env->temp);
        sweep_func(env, w, &w->collectors[worker], (uint32_t)i);
    }
}

void wr_body_stats_sweep(wr_pool *pool, wr_module *m, wr_body_sweep *sweep) {
    wr_env *env = wr_main_env(pool);
    sweep->facts = WR_NEW0(&env->perm, wr_body_stats, m->nfuncs);
    sweeper w = {.m = m, .sweep = sweep, .chunk = 64};
    w.collectors = WR_NEW(&env->perm, wr_collector, pool->jobs);
    for (unsigned i = 0; i < pool->jobs; i++) wr_collector_init(&w.collectors[i], &pool->envs[i].perm);
    wr_parallel(pool, (m->nfuncs + w.chunk - 1) / w.chunk, sweep_chunk, &w);
}
