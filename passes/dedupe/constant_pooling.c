// Shortens long constants. Each distinct constant is counted over all bodies. Then it stays as it is, becomes
// an immutable global that code reads, or is computed from shorter constants (constant_synthesis.c),
// whichever takes the fewest bytes in total.
//
//   f64.const 3.141592653589793      ;; 9 bytes at each use
// becomes
//   (global $pi f64 (f64.const 3.141592653589793))
//   global.get $pi                   ;; 2 bytes at each use
//
// Sound because the global is immutable and has the same bits. Reading a global takes time, so frequently
// executed places keep their constants or have them computed.
#include "constant_pooling.h"

#include <stdlib.h>

#include "ir/body.h"
#include "ir/asm.h"
#include "ir/edit.h"
#include "passes/manager/call_cost.h"
#include "passes/manager/pass.h"
#include "support/hash.h"
#include "support/map.h"

#define CHUNK_FUNCS 32
#define SHORT_INDICES 128

typedef struct entry {
    wr_constant constant;
    uint32_t cold;   // uses at places that are not frequent, where a global may be read
    uint32_t global; // its global; WR_NONE if it has none
} entry;

typedef struct table {
    wr_arena *arena;
    WR_VEC(entry) entries;
    wr_map map; // of the entries
} table;

typedef struct plan {
    wr_context *c;
    wr_call_cost call_cost;
    table *counts; // by worker; in the end the first has the totals
    wr_collector *collectors;
    uint8_t *has_constants; // by function: whether it has constants that may become shorter
} plan;

// --- Tables ---

static bool same(const wr_constant *a, const wr_constant *b) {
    return a->op == b->op && a->low == b->low && a->high == b->high;
}

static uint64_t hash_of(const wr_constant *c) {
    return wr_hash_word(wr_hash_word(wr_hash_word(0, c->op), c->low), c->high);
}

static uint32_t look_up(const table *t, const wr_constant *c) {
    uint32_t i;
    WR_MAP_FIND(&t->map, hash_of(c), i, same(&t->entries.v[i].constant, c));
    return i;
}

static void count(table *t, const wr_constant *c, uint32_t cold) {
    uint32_t i = look_up(t, c);
    if (i == WR_NONE) {
        entry e = {.constant = *c, .global = WR_NONE};
        wr_map_add(&t->map, t->arena, hash_of(c), i = t->entries.n);
        WR_PUSH(t->arena, t->entries, e);
    }
    t->entries.v[i].cold += cold;
}

// --- Counting ---

// Fills in the constant if the instruction is one that may become shorter.
static bool read_constant(const wr_ins *ins, const uint32_t *ext, wr_constant *c) {
    *c = (wr_constant){.op = ins->op, .low = ins->b};
    switch (ins->op) {
    case WR_OP_I32_CONST:
    case WR_OP_I64_CONST: return wr_ins_size(ins, ext) >= 4;
    case WR_OP_F32_CONST:
    case WR_OP_F64_CONST: return true;
    case WR_OP_V128_CONST:
        c->low = ext[ins->b] | (uint64_t)ext[ins->b + 1] << 32;
        c->high = ext[ins->b + 2] | (uint64_t)ext[ins->b + 3] << 32;
        return true;
    default: return false;
    }
}

// A function that is being read or rewritten.
typedef struct function {
    wr_env *env;
    const plan *p;
    uint32_t func;
    wr_body body;
    const int8_t *levels; // block frequency levels; NULL until one is asked for
} function;

static void open_function(function *f, wr_env *env, const plan *p, uint32_t func) {
    *f = (function){.env = env, .p = p, .func = func};
    wr_arena_reset(&env->temp);
    env->func = func;
    wr_body_decode(env, &env->temp, p->c->m, func, &f->body);
}

static bool is_cold(function *f, uint32_t i) {
    if (!f->levels) {
        wr_body_match_blocks(&f->env->temp, &f->body);
        f->levels = wr_call_cost_frequencies(&f->env->temp, &f->p->call_cost, &f->body);
    }
    unsigned loops = wr_call_cost_loops(&f->p->call_cost, f->func, f->levels[i]);
    return loops < (f->p->c->config->level == WR_LZ ? 2 : 1);
}

static void count_func(wr_env *env, const plan *p, uint32_t func, table *t) {
    function f;
    wr_constant constant;
    open_function(&f, env, p, func);
    for (uint32_t i = 0; i < f.body.n; i++) {
        if (!read_constant(&f.body.ins[i], f.body.ext.v, &constant)) continue;
        count(t, &constant, is_cold(&f, i));
        p->has_constants[func] = 1;
    }
}

static bool has_body(const wr_module *m, uint32_t func) {
    return m->funcs[func].live && m->funcs[func].import == WR_NONE;
}

static void count_chunk(wr_env *env, unsigned worker, void *arg, size_t item) {
    plan *p = arg;
    uint32_t end = (uint32_t)(item + 1) * CHUNK_FUNCS;
    for (uint32_t i = (uint32_t)item * CHUNK_FUNCS; i < end && i < p->c->m->nfuncs; i++)
        if (has_body(p->c->m, i)) count_func(env, p, i, &p->counts[worker]);
}

// --- Deciding ---

static size_t constant_size(const wr_constant *c) {
    wr_ins ins = {.op = c->op, .b = c->low};
    return wr_ins_size(&ins, NULL);
}

static size_t shortest_without_global(const entry *e) {
    wr_ins list[WR_SYNTHESIS_MAX];
    size_t size = 0;
    unsigned n = wr_constant_synthesize(&e->constant, list);
    for (unsigned i = 0; i < n; i++) size += wr_ins_size(&list[i], NULL);
    return n ? size : constant_size(&e->constant);
}

// What a global saves if its index has this many bytes. The 3 bytes are for its type, mutability and end.
static int64_t global_saving(const entry *e, unsigned index) {
    int64_t each = (int64_t)shortest_without_global(e) - 1 - index;
    return each * e->cold - (int64_t)constant_size(&e->constant) - 3;
}

static int by_saving(const void *a, const void *b) {
    const entry *x = *(entry *const *)a, *y = *(entry *const *)b;
    int64_t p = global_saving(x, 1), q = global_saving(y, 1);
    if (p != q) return p < q ? 1 : -1;
    if (x->constant.op != y->constant.op) return x->constant.op < y->constant.op ? -1 : 1;
    if (x->constant.low != y->constant.low) return x->constant.low < y->constant.low ? -1 : 1;
    return x->constant.high < y->constant.high ? -1 : x->constant.high > y->constant.high;
}

static wr_valtype type_of(unsigned op) {
    switch (op) {
    case WR_OP_I32_CONST: return WR_I32;
    case WR_OP_I64_CONST: return WR_I64;
    case WR_OP_F32_CONST: return WR_F32;
    case WR_OP_F64_CONST: return WR_F64;
    default: return WR_V128;
    }
}

static void add_global(wr_context *c, entry *e) {
    uint32_t words[4] = {(uint32_t)e->constant.low, (uint32_t)(e->constant.low >> 32),
                         (uint32_t)e->constant.high, (uint32_t)(e->constant.high >> 32)};
    wr_ins ins = {.op = e->constant.op, .b = e->constant.op == WR_OP_V128_CONST ? 0 : e->constant.low};
    wr_buf init = wr_buf_in(&c->env->perm);
    wr_ins_write(&init, &ins, words);
    WR_ASM(&init, END);
    e->global = wr_module_add_global(c->env, c->m, type_of(e->constant.op), false, wr_buf_slice(&init));
}

static uint32_t live_globals(const wr_module *m) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < m->nglobals; i++) n += m->globals[i].live;
    return n;
}

static void decide(plan *p) {
    table *t = &p->counts[0];
    entry **list = WR_NEW(&p->c->env->pass, entry *, t->entries.n);
    uint32_t n = 0, nglobals = live_globals(p->c->m);
    for (uint32_t i = 0; i < t->entries.n; i++)
        if (global_saving(&t->entries.v[i], 1) > 0) list[n++] = &t->entries.v[i];
    if (n) qsort(list, n, sizeof *list, by_saving);
    for (uint32_t i = 0; i < n; i++) {
        if (global_saving(list[i], nglobals < SHORT_INDICES ? 1 : 2) <= 0) continue;
        add_global(p->c, list[i]);
        nglobals++;
    }
}

// --- Rewriting ---

typedef WR_VEC(wr_ins) instructions;

// Appends the replacement of the constant at i. Returns false if it stays.
static bool replace(function *f, const entry *e, uint32_t i, instructions *out) {
    if (e->global != WR_NONE && is_cold(f, i)) {
        wr_ins get = {.op = WR_OP_GLOBAL_GET, .a = e->global};
        WR_PUSH(&f->env->temp, *out, get);
        return true;
    }
    wr_ins list[WR_SYNTHESIS_MAX];
    unsigned n = wr_constant_synthesize(&e->constant, list);
    for (unsigned k = 0; k < n; k++) WR_PUSH(&f->env->temp, *out, list[k]);
    return n > 0;
}

static void rewrite_func(wr_env *env, const plan *p, uint32_t func, wr_collector *collector) {
    function f;
    wr_constant constant;
    instructions out = {0};
    bool changed = false;
    if (!p->has_constants[func]) return;
    open_function(&f, env, p, func);
    const table *t = &p->counts[0];
    WR_RESERVE(&env->temp, out, f.body.n);
    for (uint32_t i = 0; i < f.body.n; i++) {
        bool done = read_constant(&f.body.ins[i], f.body.ext.v, &constant) &&
                    replace(&f, &t->entries.v[look_up(t, &constant)], i, &out);
        if (!done) WR_PUSH(&env->temp, out, f.body.ins[i]);
        changed |= done;
    }
    if (!changed) return;
    f.body.ins = out.v;
    f.body.n = out.n;
    wr_module_store_body(env, collector, p->c->m, func, &f.body);
}

static void rewrite_chunk(wr_env *env, unsigned worker, void *arg, size_t item) {
    plan *p = arg;
    uint32_t end = (uint32_t)(item + 1) * CHUNK_FUNCS;
    for (uint32_t i = (uint32_t)item * CHUNK_FUNCS; i < end && i < p->c->m->nfuncs; i++)
        if (has_body(p->c->m, i)) rewrite_func(env, p, i, &p->collectors[worker]);
}

void wr_pass_constant_pooling(wr_context *c) {
    if (!c->config->tuning.constants) return;
    plan p = {.c = c};
    unsigned jobs = c->pool->jobs;
    size_t chunks = (c->m->nfuncs + CHUNK_FUNCS - 1) / CHUNK_FUNCS;
    wr_call_cost_find(c, &p.call_cost);
    p.counts = WR_NEW0(&c->env->pass, table, jobs);
    p.has_constants = WR_NEW0(&c->env->pass, uint8_t, c->m->nfuncs);
    p.collectors = WR_NEW(&c->env->pass, wr_collector, jobs);
    for (unsigned i = 0; i < jobs; i++) {
        p.counts[i].arena = &c->pool->envs[i].pass;
        wr_collector_init(&p.collectors[i], &c->pool->envs[i].pass);
    }
    wr_parallel(c->pool, chunks, count_chunk, &p);
    for (unsigned i = 1; i < jobs; i++)
        for (uint32_t k = 0; k < p.counts[i].entries.n; k++) {
            const entry *e = &p.counts[i].entries.v[k];
            count(&p.counts[0], &e->constant, e->cold);
        }
    decide(&p);
    if (p.counts[0].entries.n) wr_parallel(c->pool, chunks, rewrite_chunk, &p);
    wr_call_cost_hand_on(c, &p.call_cost);
}
