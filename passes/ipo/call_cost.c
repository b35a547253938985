// Heat. What is called from outside (exports, and whatever has its address taken) passes that on to what it
// calls, as often as the calls run by its blocks and loops (code_levels.h); an indirect call is for all
// functions of its type whose address is taken, in equal parts. That goes once through the circles of the
// call graph, callers first; in a circle what comes in goes round a few times, and is no more at each.
// Guesses of this kind are far off in places, and more so the further they go, so roots are taken of
// frequencies, inside of functions and of functions. A profile's counts stand in place of the guess for the
// functions that it knows, and need less of that; what it knows and never saw called is free, in loops too.
// Calls are free in what runs only on the way to a trap.
//
// At smaller trades than that of -Oz, nothing in loops gets a call more, nor anything that loops lead to by
// direct calls.
//
// Time is traded for bytes at a rate: if a call takes the share t of all the time there is, it must save RATE
// times t of all the bytes of code. So the time lost is at most the share of bytes saved, divided by the
// rate, as far as the guess goes, in modules of any size.
#include "call_cost.h"

#include <math.h>

#include "analysis/callgraph.h"

#define TURNS 10  // of what a circle of calls passes on to itself
#define KEPT 0.9  // of it, at most, at each
#define MOST 1e60 // a frequency's bound
#define LEAST \
    5 // bytes that a call must save in code that isn't on the way to a trap, whatever the guess says
#define CALL_INSTRUCTIONS 8 // what a call takes: as many instructions
#define COLD UINT8_MAX      // as loops: the profile has no call, or none is seen but on the way to a trap

typedef struct flow {
    uint32_t
        to; // a function, or behind those a canonical type: all functions of the type whose address is taken
    int level;
    double weight; // times that it happens for each that its node runs
} flow;

typedef struct flows {
    flow *v;
    uint32_t n;
    double work; // instructions, times how often they run when the function is called
} flows;

// Nodes are functions, and behind those types.
typedef struct heater {
    wr_context *c;
    const wr_call_cost *heat;
    uint32_t nnodes;
    flows *of;
    const uint32_t *circles;
    wr_u32s targets;                // functions whose address is taken, each once
    double *now;                    // how often each is called
    double *wave, *next;            // of that, what goes round in its circle
    double weights[WR_FREQUENCIES]; // by level less the lowest
    atomic_bool loop_calls_any;     // some loop calls indirectly
} heater;

// A guess is a mean; of a place in a loop that the guess takes for seldom reached, too low a one costs most.
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

// The square root: guesses are often far off, more so the further they go.
static double weight_of(int level) {
    static const double half = 1.4142135623730951;
    double weight = level & 1 ? half : 1;
    return ldexp(weight, (level - (level & 1)) / 2);
}

static void weigh_levels(double *weights) {
    for (int level = 0; level < WR_FREQUENCIES; level++) weights[level] = weight_of(level + WR_FREQUENCY_MIN);
}

// Whom an instruction calls, WR_NONE for nobody known.
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

// Types pass what is called through them on to all functions that may be meant, in equal parts.
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

// From outside: exports, and any function whose address is taken.
static void call_roots(const heater *h) {
    const wr_module *m = h->c->m;
    for (uint32_t i = 0; i < m->nexports; i++)
        if (m->exports[i].live && m->exports[i].space == WR_FUNC) h->now[m->exports[i].index] += 1;
    if (m->start != WR_NONE) h->now[m->start] += 1;
    for (uint32_t i = 0; i < h->targets.n; i++) h->now[h->targets.v[i]] += 1;
}

// All types are in the circle of the hub of indirect calls.
static uint32_t circle_of(const heater *h, uint32_t node) {
    uint32_t nfuncs = h->c->m->nfuncs;
    return h->circles[node < nfuncs ? node : nfuncs];
}

// Nodes by circle, callers first; those that are in none, since nothing leads to them, are left out.
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

// What the nodes of one circle pass on to each other. Returns the sum.
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

// Recursion would add without end, and nobody knows how deep it goes: it is what comes into the circle, and a
// little less at each turn.
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

// The share of all bytes that all the time is worth.
static double rate_of(const wr_context *c) { return c->config->level == WR_LZ ? 0.8 : 12; }

// By roots, which are the same on every machine: counts to the power of 3/4, guesses to that of 1/2.
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

// How many loops are around a function's calls, counted through direct calls; those of one circle count once.
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

// Any function whose address is taken may be what a loop calls: in Go modules that is every function.
static void warm_targets(const heater *h, uint8_t *loops) {
    for (uint32_t i = 0; i < h->targets.n; i++) loops[h->targets.v[i]] = 1;
}

static void reach(const heater *h, uint8_t *reached, wr_u32s *open, uint32_t func) {
    if (reached[func]) return;
    reached[func] = 1;
    WR_PUSH(&h->c->env->pass, *open, func);
}

// The functions that calls lead to, from outside or a table, which aren't on the way to a trap.
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
    // Each sweep raises a function, which happens at most WR_CALL_COST_LOOPS times to each; in practice a few
    // sweeps do.
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

// NULL if nothing is known of it.
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

// --- Prices ---

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
