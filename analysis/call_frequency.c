// Propagates call frequencies along the call graph. See call_frequency.h.
#include "call_frequency.h"

#include <math.h>

#include "callgraph.h"
#include "ir/ins.h"

#define TURNS 10  // iterations over an SCC
#define KEPT 0.9  // the most that an iteration may pass on, as a share of the one before
#define MOST 1e60 // the upper bound of a frequency

typedef struct estimate {
    wr_env *env;
    const wr_module *m;
    wr_call_frequency *out;
    uint32_t nnodes;
    const uint64_t *calls; // the profile
    uint32_t ncalls;
    bool loops_only;
    double *wave, *next; // by node: the part of its frequency that circulates in its SCC; NULL: none does yet
    double weights[WR_FREQUENCIES]; // by block frequency level minus the lowest one
    atomic_bool loops_call_any;     // some loop contains an indirect call
} estimate;

// The square root of the frequency: guesses are often far off, and more so the further they are propagated.
double wr_call_frequency_weight(int level) {
    static const double half = 1.4142135623730951;
    double weight = level & 1 ? half : 1;
    return ldexp(weight, (level - (level & 1)) / 2);
}

static void weigh_levels(double *weights) {
    for (int level = 0; level < WR_FREQUENCIES; level++)
        weights[level] = wr_call_frequency_weight(level + WR_FREQUENCY_MIN);
}

// The callee's node, or WR_NONE.
static uint32_t callee_of(const wr_module *m, const wr_ins *ins) {
    if (!(wr_opinfos[ins->op].effects & WR_E_CALL)) return WR_NONE;
    unsigned imm = wr_opinfos[ins->op].imm;
    if (imm == WR_IMM_FUNC) return wr_ins_func(ins);
    return imm == WR_IMM_TYPE_TABLE || imm == WR_IMM_TYPE ? m->nfuncs + m->types[wr_ins_type(ins)].canon
                                                          : WR_NONE;
}

static void list_edges(wr_env *env, unsigned worker, void *arg, size_t item) {
    (void)worker;
    estimate *h = arg;
    const wr_module *m = h->m;
    if (!m->funcs[item].live || m->funcs[item].import != WR_NONE) return;
    wr_body body;
    WR_VEC(wr_call_edge) list = {0};
    wr_arena_reset(&env->temp);
    env->func = (uint32_t)item;
    wr_body_decode(env, &env->temp, m, (uint32_t)item, &body);
    wr_body_match_blocks(&env->temp, &body);
    const int8_t *levels =
        h->loops_only ? wr_block_frequency_loops(&env->temp, &body) : wr_block_frequency(&env->temp, &body);
    wr_call_edges *to = &h->out->of[item];
    for (uint32_t i = 0; i < body.n; i++) {
        wr_call_edge f = {callee_of(m, &body.ins[i]), levels[i], h->weights[levels[i] - WR_FREQUENCY_MIN]};
        to->work += f.weight;
        if (f.to == WR_NONE) continue;
        if (f.to >= m->nfuncs && f.level >= WR_FREQUENCIES_PER_LOOP)
            atomic_store_explicit(&h->loops_call_any, true, memory_order_relaxed);
        WR_PUSH(&env->temp, list, f);
    }
    to->n = list.n;
    if (!list.n) return;
    to->v = WR_NEW(&env->pass, wr_call_edge, list.n);
    memcpy(to->v, list.v, list.n * sizeof *list.v);
}

static uint32_t type_node(const estimate *h, uint32_t func) {
    const wr_module *m = h->m;
    return m->nfuncs + m->types[m->funcs[func].type].canon;
}

// Types pass the frequency of calls through them on to all functions that may be the callee, in equal parts.
static void list_targets(estimate *h) {
    const wr_module *m = h->m;
    wr_arena *arena = &h->env->pass;
    wr_u32s all = wr_callgraph_address_taken(arena, m);
    uint8_t *seen = WR_NEW0(arena, uint8_t, m->nfuncs);
    for (uint32_t i = 0; i < all.n; i++) {
        if (seen[all.v[i]]) continue;
        seen[all.v[i]] = 1;
        WR_PUSH(arena, h->out->targets, all.v[i]);
        h->out->of[type_node(h, all.v[i])].n++;
    }
    for (uint32_t i = m->nfuncs; i < h->nnodes; i++) {
        if (!h->out->of[i].n) continue;
        h->out->of[i].v = WR_NEW(arena, wr_call_edge, h->out->of[i].n);
        h->out->of[i].n = 0;
    }
    for (uint32_t i = 0; i < h->out->targets.n; i++) {
        wr_call_edges *of = &h->out->of[type_node(h, h->out->targets.v[i])];
        of->v[of->n++] = (wr_call_edge){.to = h->out->targets.v[i]};
    }
    for (uint32_t i = m->nfuncs; i < h->nnodes; i++)
        for (uint32_t k = 0; k < h->out->of[i].n; k++) h->out->of[i].v[k].weight = 1.0 / h->out->of[i].n;
}

// Calls from outside: of exports, the start function, and any address-taken function.
static void call_roots(const estimate *h) {
    const wr_module *m = h->m;
    for (uint32_t i = 0; i < m->nexports; i++)
        if (m->exports[i].live && m->exports[i].space == WR_FUNC) h->out->times[m->exports[i].index] += 1;
    if (m->start != WR_NONE) h->out->times[m->start] += 1;
    for (uint32_t i = 0; i < h->out->targets.n; i++) h->out->times[h->out->targets.v[i]] += 1;
}

// The SCC of a node. All types are in the SCC of the hub that stands for indirect calls.
static uint32_t scc_of(const estimate *h, uint32_t node) {
    uint32_t nfuncs = h->m->nfuncs;
    return h->out->scc[node < nfuncs ? node : nfuncs];
}

// The nodes by SCC, callers first; unreachable nodes, which have no SCC, are left out.
static wr_u32s order_nodes(const estimate *h) {
    wr_arena *arena = &h->env->pass;
    uint32_t nsccs = h->m->nfuncs + 1;
    uint32_t *end = WR_NEW0(arena, uint32_t, (size_t)nsccs + 1);
    wr_u32s order = {0};
    for (uint32_t i = 0; i < h->nnodes; i++)
        if (scc_of(h, i) != WR_NONE) end[nsccs - scc_of(h, i)]++;
    for (uint32_t i = 0; i < nsccs; i++) end[i + 1] += end[i];
    order.n = end[nsccs];
    order.v = WR_NEW(arena, uint32_t, order.n);
    for (uint32_t i = h->nnodes; i-- > 0;)
        if (scc_of(h, i) != WR_NONE) order.v[--end[nsccs - scc_of(h, i)]] = i;
    return order;
}

// One iteration: what the nodes of an SCC pass on to each other. Returns the sum.
static double turn(estimate *h, const uint32_t *nodes, uint32_t n) {
    double sum = 0;
    for (uint32_t i = 0; i < n; i++) h->next[nodes[i]] = 0;
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t k = 0; k < h->out->of[nodes[i]].n; k++) {
            wr_call_edge f = h->out->of[nodes[i]].v[k];
            if (scc_of(h, f.to) == scc_of(h, nodes[i])) h->next[f.to] += h->wave[nodes[i]] * f.weight;
        }
    for (uint32_t i = 0; i < n; i++) sum += h->next[nodes[i]];
    return sum;
}

// Whether some node of the SCC calls one of the same SCC.
static bool is_circular(const estimate *h, const uint32_t *nodes, uint32_t n) {
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t k = 0; k < h->out->of[nodes[i]].n; k++)
            if (scc_of(h, h->out->of[nodes[i]].v[k].to) == scc_of(h, nodes[i])) return true;
    return false;
}

// Iterates over an SCC. Undamped recursion would diverge, and its depth is unknown; so each iteration passes
// on less than the one before.
static void go_round(estimate *h, const uint32_t *nodes, uint32_t n) {
    double before = 0;
    if (!is_circular(h, nodes, n)) return;
    if (!h->wave) {
        h->wave = WR_NEW(&h->env->pass, double, h->nnodes);
        h->next = WR_NEW(&h->env->pass, double, h->nnodes);
    }
    for (uint32_t i = 0; i < n; i++) before += h->wave[nodes[i]] = h->out->times[nodes[i]];
    for (unsigned t = 0; t < TURNS; t++) {
        double sum = turn(h, nodes, n), scale = sum > before * KEPT ? before * KEPT / sum : 1;
        if (sum == 0) return;
        for (uint32_t i = 0; i < n; i++)
            h->out->times[nodes[i]] += h->wave[nodes[i]] = h->next[nodes[i]] * scale;
        before = sum * scale;
    }
}

static bool is_counted(const estimate *h, uint32_t func) {
    return func < h->m->nfuncs && func < h->ncalls && h->calls[func] != WR_UNCOUNTED;
}

static void pass_on(estimate *h, uint32_t node) {
    const wr_call_edges *of = &h->out->of[node];
    if (is_counted(h, node)) h->out->times[node] = (double)h->calls[node];
    if (h->out->times[node] > MOST) h->out->times[node] = MOST;
    for (uint32_t k = 0; k < of->n; k++)
        if (scc_of(h, of->v[k].to) != scc_of(h, node))
            h->out->times[of->v[k].to] += h->out->times[node] * of->v[k].weight;
}

static void spread_calls(estimate *h) {
    wr_u32s order = order_nodes(h);
    for (uint32_t i = 0, end; i < order.n; i = end) {
        for (end = i + 1; end < order.n && scc_of(h, order.v[end]) == scc_of(h, order.v[i]);) end++;
        go_round(h, order.v + i, end - i);
        for (uint32_t k = i; k < end; k++) pass_on(h, order.v[k]);
    }
}

void wr_call_frequency_find(wr_env *env, wr_pool *pool, const wr_module *m, const uint64_t *calls,
                            uint32_t ncalls, bool loops_only, wr_call_frequency *out) {
    wr_arena *arena = &env->pass;
    *out = (wr_call_frequency){0};
    estimate h = {.env = env, .m = m, .out = out, .nnodes = m->nfuncs + m->ntypes, .loops_only = loops_only};
    h.calls = calls;
    h.ncalls = calls ? ncalls : 0;
    out->of = WR_NEW0(arena, wr_call_edges, h.nnodes);
    out->times = WR_NEW0(arena, double, h.nnodes);
    out->scc = wr_callgraph_sccs(arena, m, true);
    weigh_levels(h.weights);
    wr_parallel(pool, m->nfuncs, list_edges, &h);
    list_targets(&h);
    call_roots(&h);
    spread_calls(&h);
    out->loops_call_any = h.loops_call_any;
}
