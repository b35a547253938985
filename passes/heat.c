// Heat of functions. Seen near: 1 for what some loop calls directly. Seen deep: that of the hottest place that calls it,
// where a place's heat is the caller's and the depth of the loops around it; a loop inside a circle of calls makes its
// callees warm but adds no more, round after round. The order of work does not matter.
#include "heat.h"

#include "callgraph.h"

typedef struct call_place {
    uint32_t callee;
    uint32_t depth;
} call_place;

typedef struct call_places {
    call_place *v;
    uint32_t n;
} call_places;

typedef struct heater {
    wr_context *c;
    call_places *of; // by function: callees in loops
    atomic_bool indirect; // some loop calls indirectly
} heater;

uint8_t *wr_loop_depths(wr_arena *arena, const wr_body *body) {
    uint8_t *depths = WR_NEW(arena, uint8_t, body->n);
    unsigned depth = 0;
    for (uint32_t i = 0; i < body->n; i++) {
        unsigned op = body->ins[i].op;
        if (op == WR_OP_LOOP) depth++;
        depths[i] = (uint8_t)(depth < 255 ? depth : 255);
        if (op == WR_OP_END && body->match[i] != WR_NONE && body->ins[body->match[i]].op == WR_OP_LOOP) depth--;
    }
    return depths;
}

static void list_calls(wr_env *env, unsigned worker, void *arg, size_t item) {
    (void)worker;
    heater *h = arg;
    const wr_module *m = h->c->m;
    if (!m->funcs[item].live || m->funcs[item].import != WR_NONE) return;
    wr_body body;
    WR_VEC(call_place) places = {0};
    wr_arena_reset(&env->temp);
    env->func = (uint32_t)item;
    wr_decode_body(env, &env->temp, m, (uint32_t)item, &body);
    wr_match_blocks(&env->temp, &body);
    const uint8_t *depths = wr_loop_depths(&env->temp, &body);
    for (uint32_t i = 0; i < body.n; i++) {
        if (!depths[i] || !(wr_opinfos[body.ins[i].op].effects & WR_E_CALL)) continue;
        if (body.ins[i].op != WR_OP_CALL) {
            atomic_store_explicit(&h->indirect, true, memory_order_relaxed);
            continue;
        }
        call_place place = {body.ins[i].a, depths[i]};
        WR_PUSH(&env->temp, places, place);
    }
    call_places *to = &h->of[item];
    to->n = places.n;
    to->v = WR_NEW(&env->pass, call_place, places.n);
    if (places.n) memcpy(to->v, places.v, places.n * sizeof *places.v);
}

// Raises the callee to the heat of a place. True if that changed anything.
static bool raise_heat(wr_heat *heat, uint32_t callee, unsigned value) {
    if (value > WR_HEAT_MAX) value = WR_HEAT_MAX;
    if (heat->func[callee] >= value) return false;
    heat->func[callee] = (uint8_t)value;
    return true;
}

static bool spread_from(const heater *h, const uint32_t *circles, wr_heat *heat, uint32_t func) {
    const wr_summary *summary = &h->c->m->funcs[func].summary;
    bool changed = false;
    for (uint32_t i = 0; i < summary->nuses; i++)
        if (wr_ref_space(summary->uses[i].ref) == WR_FUNC)
            changed |= raise_heat(heat, wr_ref_index(summary->uses[i].ref), heat->func[func]);
    for (uint32_t i = 0; i < h->of[func].n; i++) {
        call_place place = h->of[func].v[i];
        bool circular = circles[place.callee] == circles[func];
        unsigned within = heat->func[func] ? heat->func[func] : 1;
        changed |= raise_heat(heat, place.callee, circular ? within : heat->func[func] + place.depth);
    }
    return changed;
}

static void spread_near(const heater *h, wr_heat *heat) {
    for (uint32_t i = 0; i < heat->n; i++)
        for (uint32_t k = 0; k < h->of[i].n; k++) heat->func[h->of[i].v[k].callee] = 1;
}

// Any function whose address is taken may be what a loop calls: in Go modules that is every function.
static void warm_targets(const heater *h, wr_heat *heat) {
    wr_u32s targets = wr_indirect_targets(&h->c->env->temp, h->c->m);
    for (uint32_t i = 0; i < targets.n; i++) raise_heat(heat, targets.v[i], 1);
}

void wr_find_heat(wr_context *c, bool deep, wr_heat *heat) {
    heat->n = c->m->nfuncs;
    heat->func = WR_NEW0(&c->env->pass, uint8_t, heat->n);
    heater h = {.c = c, .of = WR_NEW0(&c->env->pass, call_places, heat->n)};
    const uint32_t *circles = wr_call_circles(&c->env->pass, c->m);
    wr_parallel(c->pool, heat->n, list_calls, &h);
    bool changed = deep;
    if (!deep) spread_near(&h, heat);
    if (atomic_load(&h.indirect)) warm_targets(&h, heat);
    // Each sweep that changes something raises a function, which happens at most WR_HEAT_MAX times to each; in practice
    // a few sweeps do.
    while (changed) {
        changed = false;
        for (uint32_t i = 0; i < heat->n; i++)
            if (c->m->funcs[i].live) changed |= spread_from(&h, circles, heat, i);
    }
}
