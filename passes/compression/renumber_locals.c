// Renumbers locals for the benefit of compressors, so that what a body does to its locals looks like what
// other bodies do to theirs.
//
//   local.get 7 local.get 9 i32.add local.set 7   ;; before
//   local.get 2 local.get 3 i32.add local.set 2   ;; after, if this run is common elsewhere in the module
//
// The module is gone through once, in batches of functions. In every function, the numbers of two declared
// locals of one type are swapped as long as the function's short runs of instructions become more common in
// the functions of earlier batches; then its own runs are counted. At the end, the functions of the first
// batches, which had little to go by, have a second turn; where compressed bytes alone count, all have three
// more. Sound because locals of one type are interchangeable. The size before compression does not change.
//
// All functions of a batch see the counts as they were before the batch, so the result does not depend on the
// number of threads. The counts share a table without collision checks: a wrong count costs a little
// compression, and nothing else.
#include <stdatomic.h>

#include "ir/edit.h"
#include "analysis/typing.h"
#include "passes/manager/pass.h"
#include "support/hash.h"
#include "support/log2.h"

#define SHORTEST 2 // shortest run, in instructions
#define LONGEST 4
#define BATCHES 16
#define AHEAD 16  // a key's count is fetched this many keys ahead
#define FETCHED 8 // the counts of this many places are fetched ahead
#define LOGS 1024

// How hard to try.
typedef struct effort {
    uint32_t neighbours; // distance up to which a local may swap with another one
    uint32_t sample;     // number of evenly spread places; a swap that loses there is not evaluated further
    unsigned sweeps;
    uint32_t turns; // of batches; those after the first BATCHES are second turns, and so on
} effort;

typedef WR_VEC(uint32_t) key_list;

// An occurrence of a local.
typedef struct local_place {
    uint32_t at, kind; // the instruction, and its access_kind()
} local_place;

enum { ACCESS_KINDS = 3 }; // local.get, local.set, local.tee

// The runs that begin at an instruction: where their counts are, shortest run first.
typedef struct runs {
    uint32_t keys[LONGEST - 1];
} runs;

typedef struct alike {
    wr_context *c;
    effort effort;
    _Atomic uint16_t *counts; // by key: how often its run occurs in the functions that had their turn
    unsigned shift;           // from the hash of a run to its key
    uint32_t turn, batch;
    key_list *keys;    // by worker: the runs of the functions of this batch that it worked on
    uint16_t by;       // what is added to their counts
    int32_t log[LOGS]; // in 1/64 bit
} alike;

// The state of one function.
typedef struct numbering {
    const alike *a;
    wr_arena *arena;
    wr_body body;
    const wr_valtype *types;
    uint32_t *to;            // by local: its new number
    local_place *place;      // the occurrences of locals, grouped by local
    uint32_t *first;         // by local: the start of its group in `place`
    uint64_t *token;         // by instruction
    uint64_t *access_tokens; // by number of a local: the tokens of its accesses, by access_kind()
    int32_t *score;          // by instruction: the score of the runs that begin there
    wr_u32s touched;         // instructions whose runs the swap changes, first those for its first local
    uint32_t *stamp, own;    // by instruction: the last first local, `own`, that touched it
} numbering;

static uint64_t token_of(const wr_ins *ins, uint32_t index) {
    uint64_t word = ins->op | (uint64_t)ins->y << 24 | (uint64_t)index << 32;
    if (!wr_is_memarg(wr_opinfos[ins->op].imm)) word |= (uint64_t)ins->x << 16;
    return wr_hash_word(word, ins->b);
}

static uint32_t access_kind(unsigned op) { return op - WR_OP_LOCAL_GET; }

// Returns false, and does nothing else, for a body that has too many locals.
static bool open_body(numbering *n, wr_env *env, const alike *a, uint32_t func) {
    *n = (numbering){.a = a, .arena = &env->temp};
    wr_arena_reset(n->arena);
    env->func = func;
    wr_body_decode(env, n->arena, a->c->m, func, &n->body);
    if (n->body.nlocals > WR_MAX_LOCALS) return false;
    n->to = WR_NEW(n->arena, uint32_t, n->body.nlocals);
    n->token = WR_NEW(n->arena, uint64_t, n->body.n + LONGEST);
    for (uint32_t i = 0; i < n->body.nlocals; i++) n->to[i] = i;
    for (uint32_t i = 0; i < n->body.n; i++) n->token[i] = token_of(&n->body.ins[i], n->body.ins[i].a);
    return true;
}

// --- Counts ---

static uint64_t longer(uint64_t hash, uint64_t token) { return hash * 0x9e3779b97f4a7c15u + token; }

// Appends the keys of all runs of the body.
static void list_keys(const numbering *n, wr_arena *arena, key_list *list) {
    WR_RESERVE(arena, *list, (size_t)n->body.n * (LONGEST - 1));
    for (uint32_t i = 0; i < n->body.n; i++) {
        uint64_t hash = n->token[i];
        for (uint32_t k = 1; k < LONGEST && i + k < n->body.n; k++) {
            hash = longer(hash, n->token[i + k]);
            list->v[list->n++] = (uint32_t)(hash >> n->a->shift);
        }
    }
}

// Finds where the counts of the runs that begin at i are, and fetches them: they are spread over megabytes.
// Inlined by force, since gcc leaves out calls of functions that do nothing but fetch.
static inline __attribute__((always_inline)) runs fetch(const numbering *n, uint32_t i) {
    uint64_t hash = n->token[i];
    runs r;
    for (uint32_t k = 1; k < LONGEST; k++) {
        hash = longer(hash, n->token[i + k]);
        r.keys[k - 1] = (uint32_t)(hash >> n->a->shift);
        __builtin_prefetch(&n->a->counts[r.keys[k - 1]]);
    }
    return r;
}

// How common the runs that begin at i are. If a run does not occur, no longer run does.
static int32_t score_of(const numbering *n, const runs *r, uint32_t i) {
    int32_t score = 0;
    for (uint32_t k = 1; k < LONGEST && i + k < n->body.n; k++) {
        uint32_t count = atomic_load_explicit(&n->a->counts[r->keys[k - 1]], memory_order_relaxed);
        if (!count) break;
        int32_t bits = n->a->log[count < LOGS ? count : LOGS - 1];
        score += k + 1 == SHORTEST ? bits / 4 : bits;
    }
    return score;
}

// --- Swaps ---

static void list_places(numbering *n) {
    uint32_t *next = WR_NEW0(n->arena, uint32_t, n->body.nlocals + 1);
    n->first = WR_NEW0(n->arena, uint32_t, n->body.nlocals + 1);
    for (uint32_t i = 0; i < n->body.n; i++)
        if (wr_names_local(n->body.ins[i].op)) n->first[wr_ins_local(&n->body.ins[i]) + 1]++;
    for (uint32_t i = 0; i < n->body.nlocals; i++) next[i + 1] = n->first[i + 1] += n->first[i];
    n->place = WR_NEW(n->arena, local_place, n->first[n->body.nlocals]);
    for (uint32_t i = 0; i < n->body.n; i++) {
        const wr_ins *ins = &n->body.ins[i];
        if (wr_names_local(ins->op))
            n->place[next[wr_ins_local(ins)]++] = (local_place){i, access_kind(ins->op)};
    }
}

static void list_access_tokens(numbering *n) {
    n->access_tokens = WR_NEW(n->arena, uint64_t, (size_t)n->body.nlocals * ACCESS_KINDS);
    for (uint32_t i = 0; i < n->body.nlocals; i++)
        for (uint32_t kind = 0; kind < ACCESS_KINDS; kind++) {
            wr_ins ins = {.op = (uint16_t)(WR_OP_LOCAL_GET + kind)};
            n->access_tokens[i * ACCESS_KINDS + kind] = token_of(&ins, i);
        }
}

// Lists the instructions whose runs contain the local, but not those that the first local of the swap
// touches.
static void touch(numbering *n, uint32_t local, bool is_first) {
    uint32_t first = n->first[local], end = n->first[local + 1], next = 0;
    WR_RESERVE(n->arena, n->touched, (size_t)(end - first) * LONGEST);
    uint32_t *touched = n->touched.v, count = n->touched.n;
    for (uint32_t k = first; k < end; k++) {
        uint32_t i = n->place[k].at, from = i < LONGEST - 1 ? 0 : i - (LONGEST - 1);
        for (uint32_t p = from > next ? from : next; p <= i; p++) {
            touched[count] = p;
            count += n->stamp[p] != n->own;
            if (is_first) n->stamp[p] = n->own;
        }
        next = i + 1;
    }
    n->touched.n = count;
}

static void swap_numbers(numbering *n, uint32_t x, uint32_t y) {
    uint32_t number = n->to[x];
    n->to[x] = n->to[y];
    n->to[y] = number;
}

// Writes the tokens of the local's accesses for its number.
static void renumber(numbering *n, uint32_t local) {
    const uint64_t *tokens = n->access_tokens + (size_t)n->to[local] * ACCESS_KINDS;
    for (uint32_t k = n->first[local]; k < n->first[local + 1]; k++)
        n->token[n->place[k].at] = tokens[n->place[k].kind];
}

// The gain of an exchange, summed over every step-th place that it touched.
static int32_t gain_at(const numbering *n, uint32_t step) {
    const uint32_t *touched = n->touched.v, count = n->touched.n;
    runs ahead[FETCHED];
    int32_t gain = 0;
    unsigned slot = 0;
    for (uint32_t i = 0; i < count && i < FETCHED * step; i += step) ahead[slot++] = fetch(n, touched[i]);
    slot = 0;
    for (uint32_t i = 0; i < count; i += step) {
        gain += score_of(n, &ahead[slot], touched[i]) - n->score[touched[i]];
        if (count - i > FETCHED * step) ahead[slot] = fetch(n, touched[i + FETCHED * step]);
        slot = (slot + 1) % FETCHED;
    }
    return gain;
}

static bool pays(const numbering *n) {
    uint32_t step = n->touched.n / n->a->effort.sample + 1;
    if (step > 1 && gain_at(n, step) <= 0) return false;
    return gain_at(n, 1) > 0;
}

// Swaps the numbers of two locals; what the first one touches is known.
static void exchange(numbering *n, uint32_t x, uint32_t y) {
    swap_numbers(n, x, y);
    renumber(n, x);
    renumber(n, y);
}

// Swaps the numbers of two locals if that pays.
static bool try_swap(numbering *n, uint32_t x, uint32_t y) {
    touch(n, y, false);
    exchange(n, x, y);
    if (!pays(n)) {
        exchange(n, x, y);
        return false;
    }
    for (uint32_t i = 0; i < n->touched.n; i++) {
        runs r = fetch(n, n->touched.v[i]);
        n->score[n->touched.v[i]] = score_of(n, &r, n->touched.v[i]);
    }
    return true;
}

static bool sweep(numbering *n) {
    bool any = false;
    for (uint32_t x = n->body.nparams; x + 1 < n->body.nlocals; x++) {
        n->touched.n = 0;
        n->own++;
        touch(n, x, true);
        uint32_t own = n->touched.n;
        for (uint32_t y = x + 1; y < n->body.nlocals && y <= x + n->a->effort.neighbours; y++) {
            if (n->types[x] == n->types[y]) any |= try_swap(n, x, y);
            n->touched.n = own;
        }
    }
    return any;
}

static void score_all(numbering *n) {
    runs ahead[FETCHED];
    for (uint32_t i = 0; i < n->body.n && i < FETCHED; i++) ahead[i] = fetch(n, i);
    for (uint32_t i = 0; i < n->body.n; i++) {
        n->score[i] = score_of(n, &ahead[i % FETCHED], i);
        if (i + FETCHED < n->body.n) ahead[i % FETCHED] = fetch(n, i + FETCHED);
    }
}

static bool find_numbers(numbering *n) {
    bool any = false;
    n->types = wr_typing_locals(n->arena, n->a->c->m, &n->body);
    n->stamp = WR_NEW0(n->arena, uint32_t, n->body.n);
    n->score = WR_NEW(n->arena, int32_t, n->body.n);
    list_places(n);
    list_access_tokens(n);
    score_all(n);
    for (unsigned i = 0; i < n->a->effort.sweeps && sweep(n); i++) any = true;
    return any;
}

// --- The module ---

static bool is_defined(const wr_module *m, size_t func) {
    return m->funcs[func].live && m->funcs[func].import == WR_NONE;
}

// The function that is the item-th of the current batch, or WR_NONE.
static uint32_t func_of(const alike *a, size_t item) {
    size_t func = item * BATCHES + a->batch;
    return func < a->c->m->nfuncs && is_defined(a->c->m, func) ? (uint32_t)func : WR_NONE;
}

static void store(wr_env *env, numbering *n, wr_module *m, uint32_t func) {
    for (uint32_t i = 0; i < n->body.n; i++)
        if (wr_names_local(n->body.ins[i].op)) n->body.ins[i].a = n->to[n->body.ins[i].a];
    wr_buf out = wr_buf_in(&env->temp);
    wr_body_encode(&n->body, &out);
    wr_module_replace_body(m, func, wr_slice_copy(&env->code, wr_buf_slice(&out)));
    wr_module_keep_origins(env, m, func, &n->body);
}

static void number_func(wr_env *env, unsigned worker, void *arg, size_t item) {
    alike *a = arg;
    uint32_t func = func_of(a, item);
    numbering n;
    if (func == WR_NONE || !open_body(&n, env, a, func)) return;
    if (a->turn && n.body.nlocals >= n.body.nparams + 2 && find_numbers(&n)) store(env, &n, a->c->m, func);
    list_keys(&n, &env->pass, &a->keys[worker]);
}

static void list_func(wr_env *env, unsigned worker, void *arg, size_t item) {
    alike *a = arg;
    uint32_t func = func_of(a, item);
    numbering n;
    if (func != WR_NONE && open_body(&n, env, a, func)) list_keys(&n, &env->pass, &a->keys[worker]);
}

// One thread alone needs no locked additions, which take ten times as long.
static inline void add_to(_Atomic uint16_t *count, uint16_t by, bool alone) {
    if (alone)
        atomic_store_explicit(count, (uint16_t)(atomic_load_explicit(count, memory_order_relaxed) + by),
                              memory_order_relaxed);
    else
        atomic_fetch_add_explicit(count, by, memory_order_relaxed);
}

static void count_keys(wr_env *env, unsigned worker, void *arg, size_t item) {
    alike *a = arg;
    (void)env, (void)worker;
    const key_list *list = &a->keys[item];
    bool alone = a->c->pool->jobs == 1;
    for (uint32_t i = 0; i < list->n; i++) {
        if (i + AHEAD < list->n) __builtin_prefetch(&a->counts[list->v[i + AHEAD]], 1);
        add_to(&a->counts[list->v[i]], a->by, alone);
    }
}

static unsigned table_bits(const wr_module *m) {
    size_t code = 0;
    unsigned bits = 12;
    for (uint32_t i = 0; i < m->nfuncs; i++)
        if (m->funcs[i].live) code += m->funcs[i].body.n;
    while (((size_t)1 << bits) < 2 * code && bits < 24) bits++;
    return bits;
}

// The nearest neighbours bring most of the gain: with 4 instead of 16, output grows by 0.1 % for a quarter of
// the time, with 2 by 0.2 % for an eighth.
static effort effort_of(const wr_config *config) {
    enum { ONCE_AND_HALF = BATCHES * 3 / 2, FOUR_TIMES = BATCHES * 4 };
    if (wr_config_is_for_transit(config)) return (effort){16, 64, 2, FOUR_TIMES};
    return (effort){config->level & (WR_L2 | WR_L3) ? 2 : 4, 8, 1, ONCE_AND_HALF};
}

// Runs fn on the functions of the batch, then adds `by` to the counts of the runs that it listed.
static void run_batch(alike *a, wr_item_fn *fn, uint16_t by) {
    wr_context *c = a->c;
    for (unsigned i = 0; i < c->pool->jobs; i++) a->keys[i].n = 0;
    wr_parallel(c->pool, c->m->nfuncs / BATCHES + 1, fn, a);
    a->by = by;
    wr_parallel(c->pool, c->pool->jobs, count_keys, a);
}

void wr_pass_renumber_locals(wr_context *c) {
    if (c->config->objective == WR_FOR_RAW) return;
    alike *a = wr_alloc(&c->env->pass, sizeof *a);
    unsigned bits = table_bits(c->m);
    *a = (alike){.c = c,
                 .effort = effort_of(c->config),
                 .shift = 64 - bits,
                 .counts = WR_NEW0(&c->env->pass, _Atomic uint16_t, (size_t)1 << bits)};
    a->keys = WR_NEW0(&c->env->pass, key_list, c->pool->jobs);
    for (uint32_t i = 0; i < LOGS; i++) a->log[i] = (int32_t)(wr_log2(1 + i) * 64);
    for (a->turn = 0; a->turn < a->effort.turns; a->turn++) {
        a->batch = a->turn % BATCHES;
        if (a->turn >= BATCHES) run_batch(a, list_func, UINT16_MAX);
        run_batch(a, number_func, 1);
    }
}
