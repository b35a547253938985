// Heat. Each function's frequency is spread over its calls: a place counts for the callee as often as the loops around it
// say, an indirect call for all functions of its type whose address is taken, in equal parts. A few sweeps do; what
// recursion would add without end stops there. Guesses of this kind are far off in places, so they are brought nearer to
// each other by a square root. A profile's counts stand in place of the guess for the functions that it knows, and need
// less of that, since only the frequencies inside of functions are still guessed; what it knows and never saw called is
// free, in loops too. Loops are counted apart, and close places in them whatever the guess says: at -Oz those
// around a place and one more if a loop calls its function directly, at smaller trades those that calls pass through too;
// small functions that loops lead to are hot at any. Nor is a call free in flat code, for what calls the function may be
// a loop that can't be seen, the host's or one that goes through a table; much arithmetic on floats tells of one. Calls are
// free in what runs only on the way to a trap. Where few loops are seen, the guess says no more than so much.
//
// Time is traded for bytes at a rate: if a call takes the share t of all the time there is, it must save RATE times t of
// all the bytes of code. So the time lost is at most the share of bytes saved, divided by the rate, as far as the guess
// goes, in modules of any size.
#include "heat.h"

#include <math.h>

#include "callgraph.h"

#define SWEEPS 10
#define MOST 1e60           // a frequency's bound
#define CALL_INSTRUCTIONS 8 // what a call takes: as many instructions
#define FAR 2     // loops around a function's calls, through whatever calls lead to it, that make it hot
#define SMALL 50  // where it does so little that a call more shows
#define NUMERIC 8 // one instruction in so many is arithmetic on floats or vectors: as in a loop
#define COLD UINT8_MAX // as loops: the profile has no call, or none is seen but on the way to a trap

typedef struct flow {
    uint32_t to; // a function, or behind those a canonical type: all of the type whose address is taken
    double weight;
    int level;
} flow;

typedef struct flows {
    flow *v;
    uint32_t n;
    double work; // instructions, times how often they run when the function is called
    bool numeric;
} flows;

typedef struct heater {
    wr_context *c;
    flows *of; // by function
    uint32_t *targets_at, *targets; // by canonical type: functions whose address is taken
    double *now, *next;             // by function
    double *by_type;
    double weights[WR_LEVELS]; // by level less the lowest
    atomic_bool loop_calls_any; // some loop calls indirectly
} heater;

// Whether all ways from each instruction lead to a trap, with no loop in between.
static uint8_t *find_doomed(wr_arena *arena, const wr_body *body) {
    uint8_t *doomed = WR_NEW0(arena, uint8_t, (size_t)body->n + 1);
    for (uint32_t i = body->n; i-- > 0;) {
        switch (body->ins[i].op) {
        case WR_OP_UNREACHABLE:
        case WR_OP_THROW: doomed[i] = 1; break;
        case WR_OP_IF: doomed[i] = doomed[i + 1] && doomed[body->arm[i] + 1]; break;
        case WR_OP_ELSE: doomed[i] = doomed[body->match[body->match[i]]]; break;
        case WR_OP_END: doomed[i] = body->match[i] != WR_NONE && doomed[i + 1]; break;
        default:
            doomed[i] = !(wr_opinfos[body->ins[i].op].effects & WR_E_CONTROL) && doomed[i + 1];
            break;
        }
    }
    return doomed;
}

int8_t *wr_code_levels(wr_arena *arena, const wr_body *body) {
    int8_t *levels = WR_NEW(arena, int8_t, body->n);
    const uint8_t *doomed = find_doomed(arena, body);
    int depth = 0;
    for (uint32_t i = 0; i < body->n; i++) {
        unsigned op = body->ins[i].op;
        levels[i] = (int8_t)((depth < WR_HEAT_DEEPEST ? depth : WR_HEAT_DEEPEST) - (doomed[i] ? WR_HEAT_COLD : 0));
        if (op == WR_OP_LOOP) depth++;
        if (op == WR_OP_END && body->match[i] != WR_NONE && body->ins[body->match[i]].op == WR_OP_LOOP) depth--;
    }
    return levels;
}

static double weight_of(int level) {
    double weight = 1;
    for (; level > 0; level--) weight *= WR_HEAT_LOOP;
    for (; level < 0; level++) weight /= WR_HEAT_LOOP;
    return weight;
}

static void weigh_levels(double *weights) {
    for (int level = 0; level < WR_LEVELS; level++) weights[level] = weight_of(level + WR_LOWEST_LEVEL);
}

// Whom an instruction calls, WR_NONE for nobody known.
static uint32_t callee_of(const wr_module *m, const wr_ins *ins) {
    if (!(wr_opinfos[ins->op].effects & WR_E_CALL)) return WR_NONE;
    unsigned imm = wr_opinfos[ins->op].imm;
    if (imm == WR_IMM_FUNC) return ins->a;
    return imm == WR_IMM_TYPE_TABLE || imm == WR_IMM_TYPE ? m->nfuncs + m->types[ins->a].canon : WR_NONE;
}

// On floats and vectors.
static bool is_arithmetic(unsigned op) {
    return (op >= WR_OP_F32_ABS && op <= WR_OP_F64_COPYSIGN) || wr_opinfos[op].prefix == 0xfd;
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
    const int8_t *levels = wr_code_levels(&env->temp, &body);
    flows *to = &h->of[item];
    uint32_t floats = 0;
    for (uint32_t i = 0; i < body.n; i++) {
        flow f = {callee_of(m, &body.ins[i]), h->weights[levels[i] - WR_LOWEST_LEVEL], levels[i]};
        to->work += f.weight;
        floats += is_arithmetic(body.ins[i].op);
        if (f.to != WR_NONE && f.to >= m->nfuncs && f.level > 0)
            atomic_store_explicit(&h->loop_calls_any, true, memory_order_relaxed);
        if (f.to != WR_NONE) WR_PUSH(&env->temp, list, f);
    }
    to->numeric = floats * NUMERIC > body.n;
    to->n = list.n;
    to->v = WR_NEW(&env->pass, flow, list.n);
    if (list.n) memcpy(to->v, list.v, list.n * sizeof *list.v);
}

static void list_targets(heater *h) {
    const wr_module *m = h->c->m;
    wr_arena *arena = &h->c->env->pass;
    wr_u32s all = wr_indirect_targets(arena, m);
    uint8_t *seen = WR_NEW0(arena, uint8_t, m->nfuncs);
    h->targets_at = WR_NEW0(arena, uint32_t, (size_t)m->ntypes + 2);
    h->targets = WR_NEW(arena, uint32_t, m->nfuncs);
    for (uint32_t i = 0; i < all.n; i++) seen[all.v[i]] = 1;
    for (uint32_t i = 0; i < m->nfuncs; i++)
        if (seen[i]) h->targets_at[m->types[m->funcs[i].type].canon + 2]++;
    for (uint32_t t = 0; t < m->ntypes; t++) h->targets_at[t + 2] += h->targets_at[t + 1];
    for (uint32_t i = 0; i < m->nfuncs; i++)
        if (seen[i]) h->targets[h->targets_at[m->types[m->funcs[i].type].canon + 1]++] = i;
}

static void call_roots(const heater *h) {
    const wr_module *m = h->c->m;
    for (uint32_t i = 0; i < m->nexports; i++)
        if (m->exports[i].live && m->exports[i].space == WR_FUNC) h->next[m->exports[i].index] += 1;
    if (m->start != WR_NONE) h->next[m->start] += 1;
}

static void call_targets(const heater *h) {
    for (uint32_t t = 0; t < h->c->m->ntypes; t++) {
        uint32_t first = h->targets_at[t], n = h->targets_at[t + 1] - first;
        for (uint32_t i = first; i < first + n; i++) h->next[h->targets[i]] += h->by_type[t] / n;
    }
}

static bool is_counted(const wr_module *m, uint32_t func) {
    return func < m->ncalls && m->calls[func] != WR_UNCOUNTED;
}

static void sweep(heater *h) {
    const wr_module *m = h->c->m;
    memset(h->next, 0, m->nfuncs * sizeof *h->next);
    memset(h->by_type, 0, m->ntypes * sizeof *h->by_type);
    call_roots(h);
    for (uint32_t i = 0; i < m->nfuncs; i++)
        for (uint32_t k = 0; k < h->of[i].n; k++) {
            flow f = h->of[i].v[k];
            *(f.to < m->nfuncs ? &h->next[f.to] : &h->by_type[f.to - m->nfuncs]) += h->now[i] * f.weight;
        }
    call_targets(h);
    for (uint32_t i = 0; i < m->nfuncs; i++) {
        if (is_counted(m, i)) h->next[i] = (double)m->calls[i];
        if (h->next[i] > MOST) h->next[i] = MOST;
        h->now[i] = h->next[i];
    }
}

// The share of all bytes that all the time is worth.
static double rate_of(const wr_context *c) { return c->config->level == WR_LZ ? 12 : 100; }

static void set_prices(heater *h, wr_heat *heat) {
    double time = 1, bytes = 0;
    for (uint32_t i = 0; i < heat->n; i++) {
        h->now[i] = pow(h->now[i], heat->root);
        time += h->now[i] * h->of[i].work;
        if (h->c->m->funcs[i].live) bytes += (double)h->c->m->funcs[i].body.n;
    }
    double price = rate_of(h->c) * bytes / time * CALL_INSTRUCTIONS;
    for (uint32_t i = 0; i < heat->n; i++) heat->func[i].price = h->now[i] * price;
}

// How many loops are around a function's calls, counted through direct calls; those of one circle count once.
static bool spread_loops(const heater *h, const uint32_t *circles, uint8_t *loops) {
    bool changed = false;
    for (uint32_t i = 0; i < h->c->m->nfuncs; i++)
        for (uint32_t k = 0; k < h->of[i].n; k++) {
            flow f = h->of[i].v[k];
            if (f.to >= h->c->m->nfuncs || f.level < 0) continue;
            int n = loops[i] + (circles[f.to] == circles[i] ? loops[i] == 0 && f.level : f.level);
            if (n > WR_HEAT_LOOPS) n = WR_HEAT_LOOPS;
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
            if (h->of[i].v[k].to < nfuncs && h->of[i].v[k].level > 0) loops[h->of[i].v[k].to] = 1;
}

// Any function whose address is taken may be what a loop calls: in Go modules that is every function.
static void warm_targets(const heater *h, uint8_t *loops) {
    for (uint32_t i = 0; i < h->targets_at[h->c->m->ntypes]; i++) loops[h->targets[i]] = 1;
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
        if (m->exports[i].live && m->exports[i].space == WR_FUNC) reach(h, reached, &open, m->exports[i].index);
    if (m->start != WR_NONE) reach(h, reached, &open, m->start);
    for (uint32_t i = 0; i < h->targets_at[m->ntypes]; i++) reach(h, reached, &open, h->targets[i]);
    while (open.n) {
        const flows *of = &h->of[open.v[--open.n]];
        for (uint32_t i = 0; i < of->n; i++)
            if (of->v[i].to < m->nfuncs && of->v[i].level >= 0) reach(h, reached, &open, of->v[i].to);
    }
    return reached;
}

static void find_cold(const heater *h, const wr_heat *heat) {
    const uint8_t *reached = find_reached(h);
    for (uint32_t i = 0; i < heat->n; i++)
        if (h->c->m->calls ? h->now[i] == 0 : !reached[i]) heat->func[i].loops = COLD;
}

static void find_loops(heater *h, wr_heat *heat) {
    wr_arena *arena = &h->c->env->pass;
    const uint32_t *circles = wr_call_circles(arena, h->c->m, true);
    uint8_t *near = WR_NEW0(arena, uint8_t, heat->n), *far = WR_NEW(arena, uint8_t, heat->n);
    if (h->loop_calls_any) warm_targets(h, near);
    if (!heat->cold_only) {
        see_near(h, near);
        for (uint32_t i = 0; i < heat->n; i++) near[i] += h->of[i].numeric;
    }
    if (heat->n) memcpy(far, near, heat->n);
    // Each sweep raises a function, which happens at most WR_HEAT_LOOPS times to each; in practice a few sweeps do.
    while (spread_loops(h, circles, far)) {}
    for (uint32_t i = 0; i < heat->n; i++)
        heat->func[i].loops = heat->cold_only || (far[i] >= FAR && h->of[i].work <= SMALL) ? far[i] : near[i];
    find_cold(h, heat);
}

void wr_find_heat(wr_context *c, wr_heat *heat) {
    wr_arena *arena = &c->env->pass;
    *heat = (wr_heat){.n = c->m->nfuncs, .root = c->m->calls ? 0.75 : 0.5};
    heat->cold_only = c->config->level != WR_LZ;
    heat->func = WR_NEW(arena, wr_heat_func, heat->n);
    wr_mark mark = wr_arena_mark(arena);
    heater h = {.c = c, .of = WR_NEW0(arena, flows, heat->n)};
    h.now = WR_NEW0(arena, double, heat->n);
    h.next = WR_NEW(arena, double, heat->n);
    h.by_type = WR_NEW(arena, double, c->m->ntypes);
    weigh_levels(h.weights);
    wr_parallel(c->pool, heat->n, list_flows, &h);
    list_targets(&h);
    for (unsigned i = 0; i < SWEEPS; i++) sweep(&h);
    set_prices(&h, heat);
    find_loops(&h, heat);
    wr_arena_release(arena, &mark);
}

// --- Functions that are cut out of others ---

// NULL if nothing is known of it.
static const wr_heat_func *heat_of(const wr_heat *heat, uint32_t func) {
    if (func < heat->n) return &heat->func[func];
    return func - heat->n < heat->added.n ? &heat->added.v[func - heat->n] : NULL;
}

static bool is_cold(const wr_heat_func *f, int level) { return level < 0 || (f && f->loops == COLD); }

void wr_heat_add(wr_env *env, wr_heat *heat) {
    wr_heat_func part = {.loops = COLD};
    WR_PUSH(&env->perm, heat->added, part);
}

void wr_heat_add_place(wr_heat *heat, uint32_t part, uint32_t func, int level) {
    const wr_heat_func *from = heat_of(heat, func);
    wr_heat_func *to = &heat->added.v[part - heat->n];
    if (is_cold(from, level)) return;
    unsigned loops = wr_heat_loops(heat, func, level);
    if (to->loops == COLD || loops > to->loops) to->loops = (uint8_t)loops;
    double old = pow(to->price, 1 / heat->root), more = pow(from->price, 1 / heat->root) * weight_of(level);
    to->price = pow(old + more, heat->root);
}

// --- Prices ---

int wr_heat_price(unsigned class) {
    static const int bytes[WR_HEAT_MAX + 1] = {1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32, 48, 64, WR_HEAT_NEVER};
    return bytes[class];
}

unsigned wr_heat_loops(const wr_heat *heat, uint32_t func, int level) {
    const wr_heat_func *f = heat_of(heat, func);
    if (is_cold(f, level)) return 0;
    level += f ? f->loops : 0;
    return level < WR_HEAT_LOOPS ? (unsigned)level : WR_HEAT_LOOPS;
}

// Whatever the guess says: loops inside of loops are hot, and so is what they call; and what isn't on the way to a trap
// may run often.
static int least_price(const wr_heat *heat, uint32_t func, int level) {
    static const int least[WR_HEAT_LOOPS + 1] = {8, 8, 12, WR_HEAT_NEVER};
    unsigned loops = wr_heat_loops(heat, func, level);
    if (heat->cold_only) return loops ? WR_HEAT_NEVER : 0;
    return is_cold(heat_of(heat, func), level) ? 0 : least[loops];
}

static int most_price(const wr_heat *heat, uint32_t func, int level) {
    static const int most[WR_HEAT_LOOPS + 1] = {12, 20, WR_HEAT_NEVER, WR_HEAT_NEVER};
    return heat->cold_only ? WR_HEAT_NEVER : most[wr_heat_loops(heat, func, level)];
}

unsigned wr_heat_at(const wr_heat *heat, uint32_t func, int level) {
    const wr_heat_func *f = heat_of(heat, func);
    if (!f) return 0;
    double price = f->price * weight_of(level);
    int least = least_price(heat, func, level), most = most_price(heat, func, level);
    if (price > most) price = most;
    unsigned class = 0;
    while (class < WR_HEAT_MAX && (wr_heat_price(class) < price || wr_heat_price(class) < least)) class++;
    return class;
}
