// Derives the call cost from call frequencies (analysis/call_frequency.h).
//
// Frequencies are damped: of guesses the square root is taken. Counts of a profile need less damping; a
// function that it knows and never saw called is free, also in loops. Calls are free in code that only leads
// to a trap.
//
// At all levels but -Oz no additional call is made in loops, nor in functions that loops reach by direct
// calls, or by an indirect call in a loop, whose callees are of its type. If a loop merely reaches a function
// that calls something indirectly, nearly all functions of many modules would be out of bounds: there a call
// must save MAYBE bytes.
//
// Time is traded for bytes at a rate: a call that takes the share t of all time must save RATE * t of all
// bytes of code. So the share of time that is lost is at most the share of bytes saved divided by RATE, as
// far as the guess holds, in modules of any size. Who asks for the smallest file (--for=raw) pays twice as
// much.
#include "call_cost.h"

#include <math.h>

#include "analysis/call_frequency.h"

// Bytes that a call must save, whatever the guess says, in code that does not only lead to a trap: usually,
// and where raw bytes alone count.
enum { LEAST = 5, LEAST_FOR_RAW = 2 };

#define MAYBE 32            // bytes that a call must save in a function that loops may reach, see above
#define CALL_INSTRUCTIONS 8 // the time that a call takes, in instructions
#define COLD UINT8_MAX      // as `loops`: the profile saw no call, or all known calls only lead to a trap

// What a pass left to the next one.
typedef struct wr_handed_call_cost {
    uint32_t by; // the number of the pass
    wr_call_cost cost;
} wr_handed_call_cost;

typedef struct pricing {
    wr_context *c;
    wr_call_frequency calls;
} pricing;

// A place in a loop counts as at most one loop level less frequent than its loops say: the guess is an
// average, and too low a guess for a place in a loop costs most.
int8_t *wr_call_cost_frequencies(wr_arena *arena, const wr_call_cost *call_cost, const wr_body *body) {
    int8_t *loops = wr_block_frequency_loops(arena, body);
    if (call_cost->cold_only) return loops;
    const int8_t *levels = wr_block_frequency(arena, body);
    for (uint32_t i = 0, n = body->n; i < n; i++) {
        int least = loops[i] - WR_FREQUENCIES_PER_LOOP;
        loops[i] = (int8_t)(loops[i] == WR_FREQUENCY_MIN || levels[i] > least ? levels[i] : least);
    }
    return loops;
}

// RATE: the share of all bytes that the share 1 of the time is worth.
static double rate_of(const wr_context *c) {
    if (c->config->level != WR_LZ) return 12;
    return c->config->objective == WR_FOR_RAW ? 0.4 : 0.8;
}

// Damps a frequency: counts to the power of 3/4, guesses to the power of 1/2. Computed by square roots, which
// give the same bits on every machine.
static double damped(const pricing *h, double times) {
    double root = sqrt(times);
    return h->c->state->calls ? root * sqrt(root) : root;
}

static void set_prices(pricing *h, wr_call_cost *call_cost) {
    double time = 1, bytes = 0;
    for (uint32_t i = 0; i < call_cost->n; i++) {
        h->calls.times[i] = damped(h, h->calls.times[i]);
        time += h->calls.times[i] * h->calls.of[i].work;
        if (h->c->m->funcs[i].live) bytes += (double)h->c->m->funcs[i].body.n;
    }
    double price = rate_of(h->c) * bytes / time * CALL_INSTRUCTIONS;
    for (uint32_t i = 0; i < call_cost->n; i++) call_cost->func[i].price = h->calls.times[i] * price;
}

// Propagates loop depth along direct calls: how many loops are around the calls of a function. The loops of
// one SCC count once.
static bool spread_loops(const pricing *h, uint8_t *loops) {
    bool changed = false;
    for (uint32_t i = 0; i < h->c->m->nfuncs; i++)
        for (uint32_t k = 0; k < h->calls.of[i].n; k++) {
            wr_call_edge f = h->calls.of[i].v[k];
            if (f.to >= h->c->m->nfuncs || f.level < 0) continue;
            int around = f.level / WR_FREQUENCIES_PER_LOOP;
            int n = loops[i] + (h->calls.scc[f.to] == h->calls.scc[i] ? loops[i] == 0 && around : around);
            if (n > WR_CALL_COST_LOOPS) n = WR_CALL_COST_LOOPS;
            if (n <= loops[f.to]) continue;
            loops[f.to] = (uint8_t)n;
            changed = true;
        }
    return changed;
}

static void see_near(const pricing *h, uint8_t *loops) {
    uint32_t nfuncs = h->c->m->nfuncs;
    for (uint32_t i = 0; i < nfuncs; i++)
        for (uint32_t k = 0; k < h->calls.of[i].n; k++)
            if (h->calls.of[i].v[k].to < nfuncs && h->calls.of[i].v[k].level >= WR_FREQUENCIES_PER_LOOP)
                loops[h->calls.of[i].v[k].to] = 1;
}

// A loop may reach any address-taken function; in Go modules that is every function.
static void warm_targets(const pricing *h, uint8_t *loops) {
    for (uint32_t i = 0; i < h->calls.targets.n; i++) loops[h->calls.targets.v[i]] = 1;
}

static void warm_functions_of(const pricing *h, uint32_t type, uint8_t *loops) {
    const wr_call_edges *targets = &h->calls.of[type];
    for (uint32_t i = 0; i < targets->n; i++) loops[targets->v[i].to] = 1;
}

// An indirect call in a loop may call the address-taken functions of its type.
static void warm_called_types(const pricing *h, uint8_t *loops) {
    uint32_t nfuncs = h->c->m->nfuncs;
    for (uint32_t i = 0; i < nfuncs; i++)
        for (uint32_t k = 0; k < h->calls.of[i].n; k++) {
            wr_call_edge f = h->calls.of[i].v[k];
            if (f.to >= nfuncs && f.level >= WR_FREQUENCIES_PER_LOOP) warm_functions_of(h, f.to, loops);
        }
}

static void reach(const pricing *h, uint8_t *reached, wr_u32s *open, uint32_t func) {
    if (reached[func]) return;
    reached[func] = 1;
    WR_PUSH(&h->c->env->pass, *open, func);
}

// The functions that are reachable from exports, the start function or a table by calls that do not just lead
// to a trap.
static const uint8_t *find_reached(const pricing *h) {
    const wr_module *m = h->c->m;
    uint8_t *reached = WR_NEW0(&h->c->env->pass, uint8_t, m->nfuncs);
    wr_u32s open = {0};
    for (uint32_t i = 0; i < m->nexports; i++)
        if (m->exports[i].live && m->exports[i].space == WR_FUNC)
            reach(h, reached, &open, m->exports[i].index);
    if (m->start != WR_NONE) reach(h, reached, &open, m->start);
    for (uint32_t i = 0; i < h->calls.targets.n; i++) reach(h, reached, &open, h->calls.targets.v[i]);
    while (open.n) {
        const wr_call_edges *of = &h->calls.of[open.v[--open.n]];
        for (uint32_t i = 0; i < of->n; i++)
            if (of->v[i].to < m->nfuncs && of->v[i].level > WR_FREQUENCY_MIN)
                reach(h, reached, &open, of->v[i].to);
    }
    return reached;
}

static void find_cold(const pricing *h, const wr_call_cost *call_cost) {
    const uint8_t *reached = find_reached(h);
    for (uint32_t i = 0; i < call_cost->n; i++)
        if (h->c->state->calls ? h->calls.times[i] == 0 : !reached[i]) call_cost->func[i].loops = COLD;
}

// The functions that loops may reach if any indirect call in what they reach may call any function.
static void find_may_loop(const pricing *h, wr_call_cost *call_cost) {
    uint8_t *loops = WR_NEW0(&h->c->env->pass, uint8_t, call_cost->n);
    warm_targets(h, loops);
    while (spread_loops(h, loops)) {}
    for (uint32_t i = 0; i < call_cost->n; i++) call_cost->func[i].may_loop = loops[i] > 0;
}

static void find_loops(pricing *h, wr_call_cost *call_cost) {
    uint8_t *loops = WR_NEW0(&h->c->env->pass, uint8_t, call_cost->n);
    if (call_cost->cold_only) {
        if (h->calls.loops_call_any) find_may_loop(h, call_cost);
        warm_called_types(h, loops);
        // This terminates: each sweep raises some function, and each can be raised WR_CALL_COST_LOOPS times
        // at most. In practice a few sweeps suffice.
        while (spread_loops(h, loops)) {}
    } else {
        if (h->calls.loops_call_any) warm_targets(h, loops);
        see_near(h, loops);
    }
    for (uint32_t i = 0; i < call_cost->n; i++) call_cost->func[i].loops = loops[i];
    find_cold(h, call_cost);
}

void wr_call_cost_hand_on(wr_context *c, const wr_call_cost *call_cost) {
    wr_handed_call_cost *handed = WR_NEW(&c->env->perm, wr_handed_call_cost, 1);
    *handed = (wr_handed_call_cost){.by = c->state->npasses, .cost = *call_cost};
    handed->cost.func = WR_NEW(&c->env->perm, wr_func_call_cost, call_cost->n);
    memcpy(handed->cost.func, call_cost->func, call_cost->n * sizeof *call_cost->func);
    c->state->call_cost = handed;
}

static bool take_handed(wr_context *c, wr_call_cost *call_cost) {
    const wr_handed_call_cost *handed = c->state->call_cost;
    if (!handed || handed->by + 1 != c->state->npasses || handed->cost.n != c->m->nfuncs) return false;
    wr_arena *perm = &c->env->perm;
    size_t size = handed->cost.n * sizeof(wr_func_call_cost);
    *call_cost = handed->cost;
    call_cost->func =
        memcpy(WR_NEW(&c->env->pass, wr_func_call_cost, handed->cost.n), handed->cost.func, size);
    if (size >= WR_BIG_BLOCK) wr_arena_give_back(perm, handed->cost.func);
    c->state->call_cost = NULL;
    return true;
}

void wr_call_cost_find(wr_context *c, wr_call_cost *call_cost) {
    wr_arena *arena = &c->env->pass;
    if (take_handed(c, call_cost)) return;
    *call_cost = (wr_call_cost){.n = c->m->nfuncs,
                                .cold_only = c->config->level != WR_LZ,
                                .least = c->config->objective == WR_FOR_RAW ? LEAST_FOR_RAW : LEAST};
    call_cost->func = WR_NEW0(arena, wr_func_call_cost, call_cost->n);
    wr_mark mark = wr_arena_mark(arena);
    pricing h = {.c = c};
    wr_call_frequency_find(c->env, c->pool, c->m, c->state->calls, c->state->ncalls, call_cost->cold_only,
                           &h.calls);
    set_prices(&h, call_cost);
    find_loops(&h, call_cost);
    wr_arena_release(arena, &mark);
}

// --- Functions that are cut out of others ---

// The call cost of the function, or NULL if nothing is known of it.
static const wr_func_call_cost *cost_of(const wr_call_cost *call_cost, uint32_t func) {
    if (func < call_cost->n) return &call_cost->func[func];
    return func - call_cost->n < call_cost->added.n ? &call_cost->added.v[func - call_cost->n] : NULL;
}

static bool is_cold(const wr_func_call_cost *f, int level) {
    return level == WR_FREQUENCY_MIN || (f && f->loops == COLD);
}

void wr_call_cost_add(wr_env *env, wr_call_cost *call_cost) {
    wr_func_call_cost part = {.loops = COLD};
    WR_PUSH(&env->perm, call_cost->added, part);
}

void wr_call_cost_add_site(wr_call_cost *call_cost, uint32_t part, uint32_t func, int level) {
    const wr_func_call_cost *from = cost_of(call_cost, func);
    wr_func_call_cost *to = &call_cost->added.v[part - call_cost->n];
    if (is_cold(from, level)) return;
    unsigned loops = wr_call_cost_loops(call_cost, func, level);
    if (to->loops == COLD || loops > to->loops) to->loops = (uint8_t)loops;
    to->may_loop |= from->may_loop;
    to->price += from->price * wr_call_frequency_weight(level);
}

// --- Costs ---

int wr_call_cost_bytes(unsigned class) {
    static const int bytes[WR_CALL_COST_MAX + 1] = {1,  2,  3,  4,  5,  6,  8,  10,
                                                    12, 16, 20, 24, 32, 48, 64, WR_CALL_COST_NEVER};
    return bytes[class];
}

unsigned wr_call_cost_loops(const wr_call_cost *call_cost, uint32_t func, int level) {
    const wr_func_call_cost *f = cost_of(call_cost, func);
    if (is_cold(f, level)) return 0;
    unsigned around = level > 0 ? (unsigned)level / WR_FREQUENCIES_PER_LOOP : 0;
    around += f ? f->loops : 0;
    return around < WR_CALL_COST_LOOPS ? around : WR_CALL_COST_LOOPS;
}

static double least_price(const wr_call_cost *call_cost, uint32_t func, int level) {
    if (!call_cost->cold_only) return call_cost->least;
    if (wr_call_cost_loops(call_cost, func, level)) return WR_CALL_COST_NEVER;
    const wr_func_call_cost *f = cost_of(call_cost, func);
    return f && f->may_loop ? MAYBE : 0;
}

unsigned wr_call_cost_class(const wr_call_cost *call_cost, uint32_t func, int level) {
    const wr_func_call_cost *f = cost_of(call_cost, func);
    if (!f || is_cold(f, level)) return 0;
    double price = f->price * wr_call_frequency_weight(level), least = least_price(call_cost, func, level);
    if (price < least) price = least;
    unsigned class = 0;
    while (class < WR_CALL_COST_MAX && wr_call_cost_bytes(class) < price) class ++;
    return class;
}
