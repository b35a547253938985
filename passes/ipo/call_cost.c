// Estimates call frequency, and derives the call cost from it.
//
// Frequency is seeded at exports, the start function and address-taken functions, and propagated along call
// edges, callers first: a call passes on its caller's frequency times its block's frequency. An indirect call
// goes in equal parts to the address-taken functions of its type. SCCs of the call graph iterate a few times
// with damping. Guesses of this kind are far off in places, and more so the further they are propagated, so
// square roots are taken, of block frequencies and of call frequencies. A profile's counts replace the guess
// for the functions that it knows, and need less damping; a function that it knows and never saw called is
// free, also in loops. Calls are free in code that only leads to a trap.
//
// At all levels but -Oz no additional call is made in loops, nor in functions that loops reach by direct
// calls.
//
// Time is traded for bytes at a rate: a call that takes the share t of all time must save RATE * t of all
// bytes of code. So the share of time that is lost is at most the share of bytes saved divided by RATE, as
// far as the guess holds, in modules of any size.
#include "call_cost.h"

#include <math.h>

#include "analysis/callgraph.h"

#define TURNS 10  // iterations over an SCC
#define KEPT 0.9  // the most that an iteration may pass on, as a share of the one before
#define MOST 1e60 // the upper bound of a frequency
#define LEAST \
    5 // bytes that a call must save, whatever the guess says, in code that does not only lead to a trap
#define CALL_INSTRUCTIONS 8 // the time that a call takes, in instructions
#define COLD UINT8_MAX      // as `loops`: the profile saw no call, or all known calls only lead to a trap

typedef struct flow {
    // The callee's node: a function, or nfuncs + a canonical type (the address-taken functions of that type).
    uint32_t to;
    int level;
    double weight; // how often the call is executed per execution of its node
} flow;

typedef struct flows {
    flow *v;
    uint32_t n;
    double work; // instructions, weighted by their frequency per call of the function
} flows;

// The call graph. Nodes are the functions, followed by the canonical types.
typedef struct heater {
    wr_context *c;
    const wr_call_cost *heat;
    uint32_t nnodes;
    flows *of;
    const uint32_t *circles;
    wr_u32s targets;                // functions whose address is taken, each once
    double *now;                    // by node: call frequency
    double *wave, *next;            // by node: the part of it that circulates in its SCC
    double weights[WR_FREQUENCIES]; // by block frequency level minus the lowest one
    atomic_bool loop_calls_any;     // some loop contains an indirect call
} heater;

// A place in a loop counts as at most one loop level less frequent than its loops say: the guess is an
// average, and too low a guess for a place in a loop costs most.
int8_t *wr_call_cost_frequencies(wr_arena *arena, const wr_call_cost *heat, const wr_body *body) {
    int8_t *loops = wr_block_frequency_loops(arena, body);
    if (heat->cold_only) return loops;
    const int8_t *levels = wr_block_frequency(arena, body);
    for (uint32_t i = 0; i < body->n; i++) {
        int least = loops[i] - WR_FREQUENCIES_PER_LOOP;
        loops[i] = (int8_t)(loops[i] == WR_FREQUENCY_MIN || levels[i] > least ? levels[i] : least);
    }
    return loops;
}

// The square root of the frequency: guesses are often far off, and more so the further they are propagated.
static double weight_of(int level) {
    static const double half = 1.4142135623730951;
    double weight = level & 1 ? half : 1;
    return ldexp(weight, (level - (level & 1)) / 2);
}

static void weigh_levels(double *weights) {
    for (int level = 0; level < WR_FREQUENCIES; level++) weights[level] = weight_of(level + WR_FREQUENCY_MIN);
}

// The callee's node, or WR_NONE.
static uint32_t callee_of(const wr_module *m, const wr_ins *ins) {
    if (!(wr_opinfos[ins->op].effects & WR_E_CALL)) return WR_NONE;
    unsigned imm = wr_opinfos[ins->op].imm;
    if (imm == WR_IMM_FUNC) return wr_ins_func(ins);
    return imm == WR_IMM_TYPE_TABLE || imm == WR_IMM_TYPE ? m->nfuncs + m->types[wr_ins_type(ins)].canon
                                                          : WR_NONE;
}

static void list_flows(wr_env *env, unsigned worker, void *arg, size_t item) {
    (void)worker;
    heater *h = arg;
    const wr_module *m = h->c->m;
    if (!m->funcs[item].live || m->funcs[item].import != WR_NONE) return;
    wr_body body;
    WR_VEC(flow) list = {0};
    wr_arena_reset(&env->temp);
    env->func = (uint32_t)item;
    wr_decode_body(env, &env->temp, m, (uint32_t)item, &body);
    wr_match_blocks(&env->temp, &body);
    const int8_t *levels = h->heat->cold_only ? wr_block_frequency_loops(&env->temp, &body)
                                              : wr_block_frequency(&env->temp, &body);
    flows *to = &h->of[item];
    for (uint32_t i = 0; i < body.n; i++) {
        flow f = {callee_of(m, &body.ins[i]), levels[i], h->weights[levels[i] - WR_FREQUENCY_MIN]};
        to->work += f.weight;
        if (f.to == WR_NONE) continue;
        if (f.to >= m->nfuncs && f.level >= WR_FREQUENCIES_PER_LOOP)
            atomic_store_explicit(&h->loop_calls_any, true, memory_order_relaxed);
        WR_PUSH(&env->temp, list, f);
    }
    to->n = list.n;
    to->v = WR_NEW(&env->pass, flow, list.n);
    if (list.n) memcpy(to->v, list.v, list.n * sizeof *list.v);
}

static uint32_t type_node(const heater *h, uint32_t func) {
    const wr_module *m = h->c->m;
    return m->nfuncs + m->types[m->funcs[func].type].canon;
}

// Types pass the frequency of calls through them on to all functions that may be the callee, in equal parts.
static void list_targets(heater *h) {
    const wr_module *m = h->c->m;
    wr_arena *arena = &h->c->env->pass;
    wr_u32s all = wr_callgraph_address_taken(arena, m);
    uint8_t *seen = WR_NEW0(arena, uint8_t, m->nfuncs);
    for (uint32_t i = 0; i < all.n; i++) {
        if (seen[all.v[i]]) continue;
        seen[all.v[i]] = 1;
        WR_PUSH(arena, h->targets, all.v[i]);
        h->of[type_node(h, all.v[i])].n++;
    }
    for (uint32_t i = m->nfuncs; i < h->nnodes; i++) {
        h->of[i].v = WR_NEW(arena, flow, h->of[i].n);
        h->of[i].n = 0;
    }
    for (uint32_t i = 0; i < h->targets.n; i++) {
        flows *of = &h->of[type_node(h, h->targets.v[i])];
        of->v[of->n++] = (flow){.to = h->targets.v[i]};
    }
    for (uint32_t i = m->nfuncs; i < h->nnodes; i++)
        for (uint32_t k = 0; k < h->of[i].n; k++) h->of[i].v[k].weight = 1.0 / h->of[i].n;
}

// Calls from outside: of exports, the start function, and any address-taken function.
static void call_roots(const heater *h) {
    const wr_module *m = h->c->m;
    for (uint32_t i = 0; i < m->nexports; i++)
        if (m->exports[i].live && m->exports[i].space == WR_FUNC) h->now[m->exports[i].index] += 1;
    if (m->start != WR_NONE) h->now[m->start] += 1;
    for (uint32_t i = 0; i < h->targets.n; i++) h->now[h->targets.v[i]] += 1;
}

// The SCC of a node. All types are in the SCC of the hub that stands for indirect calls.
static uint32_t circle_of(const heater *h, uint32_t node) {
    uint32_t nfuncs = h->c->m->nfuncs;
    return h->circles[node < nfuncs ? node : nfuncs];
}

// The nodes by SCC, callers first; unreachable nodes, which have no SCC, are left out.
static wr_u32s order_nodes(const heater *h) {
    wr_arena *arena = &h->c->env->pass;
    uint32_t ncircles = h->c->m->nfuncs + 1;
    uint32_t *end = WR_NEW0(arena, uint32_t, (size_t)ncircles + 1);
    wr_u32s order = {0};
    for (uint32_t i = 0; i < h->nnodes; i++)
        if (circle_of(h, i) != WR_NONE) end[ncircles - circle_of(h, i)]++;
    for (uint32_t i = 0; i < ncircles; i++) end[i + 1] += end[i];
    order.n = end[ncircles];
    order.v = WR_NEW(arena, uint32_t, order.n);
    for (uint32_t i = h->nnodes; i-- > 0;)
        if (circle_of(h, i) != WR_NONE) order.v[--end[ncircles - circle_of(h, i)]] = i;
    return order;
}

// One iteration: what the nodes of an SCC pass on to each other. Returns the sum.
static double turn(heater *h, const uint32_t *nodes, uint32_t n) {
    double sum = 0;
    for (uint32_t i = 0; i < n; i++) h->next[nodes[i]] = 0;
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t k = 0; k < h->of[nodes[i]].n; k++) {
            flow f = h->of[nodes[i]].v[k];
            if (circle_of(h, f.to) == circle_of(h, nodes[i])) h->next[f.to] += h->wave[nodes[i]] * f.weight;
        }
    for (uint32_t i = 0; i < n; i++) sum += h->next[nodes[i]];
    return sum;
}

// Iterates over an SCC. Undamped recursion would diverge, and its depth is unknown; so each iteration passes
// on less than the one before.
static void go_round(heater *h, const uint32_t *nodes, uint32_t n) {
    double before = 0;
    for (uint32_t i = 0; i < n; i++) before += h->wave[nodes[i]] = h->now[nodes[i]];
    for (unsigned t = 0; t < TURNS; t++) {
        double sum = turn(h, nodes, n), scale = sum > before * KEPT ? before * KEPT / sum : 1;
        if (sum == 0) return;
        for (uint32_t i = 0; i < n; i++) h->now[nodes[i]] += h->wave[nodes[i]] = h->next[nodes[i]] * scale;
        before = sum * scale;
    }
}

static bool is_counted(const wr_context *c, uint32_t func) {
    const wr_pass_state *s = c->state;
    return func < c->m->nfuncs && func < s->ncalls && s->calls[func] != WR_UNCOUNTED;
}

static void pass_on(heater *h, uint32_t node) {
    const flows *of = &h->of[node];
    if (is_counted(h->c, node)) h->now[node] = (double)h->c->state->calls[node];
    if (h->now[node] > MOST) h->now[node] = MOST;
    for (uint32_t k = 0; k < of->n; k++)
        if (circle_of(h, of->v[k].to) != circle_of(h, node))
            h->now[of->v[k].to] += h->now[node] * of->v[k].weight;
}

static void spread_calls(heater *h) {
    wr_u32s order = order_nodes(h);
    for (uint32_t i = 0, end; i < order.n; i = end) {
        for (end = i + 1; end < order.n && circle_of(h, order.v[end]) == circle_of(h, order.v[i]);) end++;
        go_round(h, order.v + i, end - i);
        for (uint32_t k = i; k < end; k++) pass_on(h, order.v[k]);
    }
}

// RATE: the share of all bytes that the share 1 of the time is worth.
static double rate_of(const wr_context *c) { return c->config->level == WR_LZ ? 0.8 : 12; }

// Damps a frequency: counts to the power of 3/4, guesses to the power of 1/2. Computed by square roots, which
// give the same bits on every machine.
static double damped(const heater *h, double times) {
    double root = sqrt(times);
    return h->c->state->calls ? root * sqrt(root) : root;
}

static void set_prices(heater *h, wr_call_cost *heat) {
    double time = 1, bytes = 0;
    for (uint32_t i = 0; i < heat->n; i++) {
        h->now[i] = damped(h, h->now[i]);
        time += h->now[i] * h->of[i].work;
        if (h->c->m->funcs[i].live) bytes += (double)h->c->m->funcs[i].body.n;
    }
    double price = rate_of(h->c) * bytes / time * CALL_INSTRUCTIONS;
    for (uint32_t i = 0; i < heat->n; i++) heat->func[i].price = h->now[i] * price;
}

// Propagates loop depth along direct calls: how many loops are around the calls of a function. The loops of
// one SCC count once.
static bool spread_loops(const heater *h, uint8_t *loops) {
    bool changed = false;
    for (uint32_t i = 0; i < h->c->m->nfuncs; i++)
        for (uint32_t k = 0; k < h->of[i].n; k++) {
            flow f = h->of[i].v[k];
            if (f.to >= h->c->m->nfuncs || f.level < 0) continue;
            int around = f.level / WR_FREQUENCIES_PER_LOOP;
            int n = loops[i] + (h->circles[f.to] == h->circles[i] ? loops[i] == 0 && around : around);
            if (n > WR_CALL_COST_LOOPS) n = WR_CALL_COST_LOOPS;
            if (n <= loops[f.to]) continue;
            loops[f.to] = (uint8_t)n;
            changed = true;
        }
    return changed;
}

static void see_near(const heater *h, uint8_t *loops) {
    uint32_t nfuncs = h->c->m->nfuncs;
    for (uint32_t i = 0; i < nfuncs; i++)
        for (uint32_t k = 0; k < h->of[i].n; k++)
            if (h->of[i].v[k].to < nfuncs && h->of[i].v[k].level >= WR_FREQUENCIES_PER_LOOP)
                loops[h->of[i].v[k].to] = 1;
}

// A loop may call any address-taken function; in Go modules that is every function.
static void warm_targets(const heater *h, uint8_t *loops) {
    for (uint32_t i = 0; i < h->targets.n; i++) loops[h->targets.v[i]] = 1;
}

static void reach(const heater *h, uint8_t *reached, wr_u32s *open, uint32_t func) {
    if (reached[func]) return;
    reached[func] = 1;
    WR_PUSH(&h->c->env->pass, *open, func);
}

// The functions that are reachable from exports, the start function or a table by calls that do not just lead
// to a trap.
static const uint8_t *find_reached(const heater *h) {
    const wr_module *m = h->c->m;
    uint8_t *reached = WR_NEW0(&h->c->env->pass, uint8_t, m->nfuncs);
    wr_u32s open = {0};
    for (uint32_t i = 0; i < m->nexports; i++)
        if (m->exports[i].live && m->exports[i].space == WR_FUNC)
            reach(h, reached, &open, m->exports[i].index);
    if (m->start != WR_NONE) reach(h, reached, &open, m->start);
    for (uint32_t i = 0; i < h->targets.n; i++) reach(h, reached, &open, h->targets.v[i]);
    while (open.n) {
        const flows *of = &h->of[open.v[--open.n]];
        for (uint32_t i = 0; i < of->n; i++)
            if (of->v[i].to < m->nfuncs && of->v[i].level > WR_FREQUENCY_MIN)
                reach(h, reached, &open, of->v[i].to);
    }
    return reached;
}

static void find_cold(const heater *h, const wr_call_cost *heat) {
    const uint8_t *reached = find_reached(h);
    for (uint32_t i = 0; i < heat->n; i++)
        if (h->c->state->calls ? h->now[i] == 0 : !reached[i]) heat->func[i].loops = COLD;
}

static void find_loops(heater *h, wr_call_cost *heat) {
    uint8_t *loops = WR_NEW0(&h->c->env->pass, uint8_t, heat->n);
    if (h->loop_calls_any) warm_targets(h, loops);
    if (!heat->cold_only) see_near(h, loops);
    // This terminates: each sweep raises some function, and each can be raised WR_CALL_COST_LOOPS times at
    // most. In practice a few sweeps suffice.
    while (heat->cold_only && spread_loops(h, loops)) {}
    for (uint32_t i = 0; i < heat->n; i++) heat->func[i].loops = loops[i];
    find_cold(h, heat);
}

void wr_call_cost_find(wr_context *c, wr_call_cost *heat) {
    wr_arena *arena = &c->env->pass;
    *heat = (wr_call_cost){.n = c->m->nfuncs, .cold_only = c->config->level != WR_LZ};
    heat->func = WR_NEW(arena, wr_func_call_cost, heat->n);
    wr_mark mark = wr_arena_mark(arena);
    heater h = {.c = c, .heat = heat, .nnodes = heat->n + c->m->ntypes};
    h.of = WR_NEW0(arena, flows, h.nnodes);
    h.now = WR_NEW0(arena, double, h.nnodes);
    h.wave = WR_NEW(arena, double, h.nnodes);
    h.next = WR_NEW(arena, double, h.nnodes);
    h.circles = wr_callgraph_sccs(arena, c->m, true);
    weigh_levels(h.weights);
    wr_parallel(c->pool, heat->n, list_flows, &h);
    list_targets(&h);
    call_roots(&h);
    spread_calls(&h);
    set_prices(&h, heat);
    find_loops(&h, heat);
    wr_arena_release(arena, &mark);
}

// --- Functions that are cut out of others ---

// The call cost of the function, or NULL if nothing is known of it.
static const wr_func_call_cost *heat_of(const wr_call_cost *heat, uint32_t func) {
    if (func < heat->n) return &heat->func[func];
    return func - heat->n < heat->added.n ? &heat->added.v[func - heat->n] : NULL;
}

static bool is_cold(const wr_func_call_cost *f, int level) {
    return level == WR_FREQUENCY_MIN || (f && f->loops == COLD);
}

void wr_call_cost_add(wr_env *env, wr_call_cost *heat) {
    wr_func_call_cost part = {.loops = COLD};
    WR_PUSH(&env->perm, heat->added, part);
}

void wr_call_cost_add_site(wr_call_cost *heat, uint32_t part, uint32_t func, int level) {
    const wr_func_call_cost *from = heat_of(heat, func);
    wr_func_call_cost *to = &heat->added.v[part - heat->n];
    if (is_cold(from, level)) return;
    unsigned loops = wr_call_cost_loops(heat, func, level);
    if (to->loops == COLD || loops > to->loops) to->loops = (uint8_t)loops;
    to->price += from->price * weight_of(level);
}

// --- Costs ---

int wr_call_cost_bytes(unsigned class) {
    static const int bytes[WR_CALL_COST_MAX + 1] = {1,  2,  3,  4,  5,  6,  8,  10,
                                                    12, 16, 20, 24, 32, 48, 64, WR_CALL_COST_NEVER};
    return bytes[class];
}

unsigned wr_call_cost_loops(const wr_call_cost *heat, uint32_t func, int level) {
    const wr_func_call_cost *f = heat_of(heat, func);
    if (is_cold(f, level)) return 0;
    unsigned around = level > 0 ? (unsigned)level / WR_FREQUENCIES_PER_LOOP : 0;
    around += f ? f->loops : 0;
    return around < WR_CALL_COST_LOOPS ? around : WR_CALL_COST_LOOPS;
}

static double least_price(const wr_call_cost *heat, uint32_t func, int level) {
    if (!heat->cold_only) return LEAST;
    return wr_call_cost_loops(heat, func, level) ? WR_CALL_COST_NEVER : 0;
}

unsigned wr_call_cost_class(const wr_call_cost *heat, uint32_t func, int level) {
    const wr_func_call_cost *f = heat_of(heat, func);
    if (!f || is_cold(f, level)) return 0;
    double price = f->price * weight_of(level), least = least_price(heat, func, level);
    if (price < least) price = least;
    unsigned class = 0;
    while (class < WR_CALL_COST_MAX && wr_call_cost_bytes(class) < price) class ++;
    return class;
}
