// Matches the bodies of local_places.h: which instruction of the output stands for which of the input.
#include "local_places.h"

#include "ir/origins.h"
#include "sources.h"
#include "support/search.h"

enum { WORK_PER_INSTRUCTION = 400, LEAST_WORK = 1 << 20 };
#define SEVERAL (WR_NONE - 1)

static bool open_side(wr_local_places *p, const wr_module *m, uint32_t func, wr_local_side *side) {
    const wr_func *f = &m->funcs[func];
    wr_body *body = &side->body;
    wr_body_decode(p->env, p->arena, m, func, body);
    if (body->nlocals > WR_MAX_LOCALS) return false;
    wr_cfg_build(p->arena, body, &side->flow);
    side->at = WR_NEW(p->arena, uint32_t, (size_t)body->n + 1);
    side->code = WR_NEW0(p->arena, uint8_t, body->n);
    side->known = WR_NEW(p->arena, uint64_t, body->n);
    for (uint32_t i = 0; i < body->n; i++) side->at[i] = body->origins.v[body->ins[i].origin - 1].at;
    side->at[body->n] = (uint32_t)(wr_func_offset(m, func) + f->body.n);
    return true;
}

static uint32_t instruction_at(const wr_local_side *side, uint32_t at) {
    uint32_t low;
    if (at < side->at[0] || at >= side->at[side->body.n]) return WR_NONE;
    WR_SEARCH(low, 0, side->body.n, side->at[low] <= at);
    return low - 1;
}

// The call in the code of site `outer` (0: the function itself) that a site belongs to; 0: in none.
static uint32_t outermost_call(const wr_code_map *map, uint32_t site, uint32_t outer) {
    while (site && map->sites.v[site - 1].outer != outer) site = map->sites.v[site - 1].outer;
    return site ? map->sites.v[site - 1].call : 0;
}

static bool is_call(const wr_ins *ins) {
    return (wr_opinfos[ins->op].effects & WR_E_CALL) && !wr_is_tail_call(ins->op);
}

static void match_call(wr_local_places *p, uint32_t i, uint32_t from) {
    if (!is_call(&p->after.body.ins[i]) || !is_call(&p->before.body.ins[from])) return;
    p->call[from] = p->call[from] == WR_NONE ? i : SEVERAL;
}

static void match_instruction(wr_local_places *p, uint32_t i, const wr_code_row *row) {
    p->from[i] = p->write[i] = WR_NONE;
    if (!row->origin) return;
    bool is_own = row->site == p->site;
    uint32_t origin =
        is_own ? row->origin + (p->after.at[i] - row->at) : outermost_call(p->map, row->site, p->site);
    uint32_t from = p->from[i] = instruction_at(&p->before, origin);
    if (from == WR_NONE || !is_own || row->is_made || p->before.at[from] != origin) return;
    p->is_own[i] = true;
    if (wr_local_places_is_write(&p->after.body.ins[i]) &&
        wr_local_places_is_write(&p->before.body.ins[from]))
        p->write[i] = from;
    match_call(p, i, from);
}

static void match_instructions(wr_local_places *p) {
    const wr_code_map *map = p->map;
    uint32_t row = map->funcs[p->func].first, end = wr_code_rows_end(map, p->func), n = p->after.body.n;
    p->from = WR_NEW(p->arena, uint32_t, n);
    p->write = WR_NEW(p->arena, uint32_t, n);
    p->is_own = WR_NEW0(p->arena, uint8_t, n);
    p->call = WR_NEW(p->arena, uint32_t, p->before.body.n);
    memset(p->call, 0xff, p->before.body.n * sizeof *p->call);
    p->has_tail_calls = false;
    for (uint32_t i = 0; i < n; i++) {
        static const wr_code_row none = {0};
        p->has_tail_calls |= wr_is_tail_call(p->after.body.ins[i].op);
        while (row + 1 < end && map->rows.v[row + 1].at <= p->after.at[i]) row++;
        bool any = row < end && map->rows.v[row].at <= p->after.at[i];
        match_instruction(p, i, any ? &map->rows.v[row] : &none);
    }
}

// Whether it decides where control goes on. Blocks and their ends may be put anywhere.
static bool is_decision(const wr_ins *ins) {
    return wr_is_control(ins->op) && ins->op != WR_OP_BLOCK && ins->op != WR_OP_END;
}

// Finds the writes that occur once, and that no decision has passed.
static void find_safe_writes(wr_local_places *p) {
    uint32_t n = p->after.body.n, passed = 0, ahead = WR_NONE;
    uint32_t *times = WR_NEW0(p->arena, uint32_t, p->before.body.n);
    p->is_safe = WR_NEW0(p->arena, uint8_t, n);
    for (uint32_t i = 0; i < n; i++)
        if (p->write[i] != WR_NONE) times[p->write[i]]++;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t from = p->from[i];
        if (from != WR_NONE && from > passed && is_decision(&p->after.body.ins[i])) passed = from;
        if (p->write[i] != WR_NONE) p->is_safe[i] = times[p->write[i]] == 1 && passed <= p->write[i];
    }
    for (uint32_t i = n; i-- > 0;) {
        uint32_t from = p->from[i];
        if (from < ahead && is_decision(&p->after.body.ins[i])) ahead = from;
        if (p->is_safe[i] && ahead < p->write[i]) p->is_safe[i] = 0;
    }
}

static bool has_same_params(const wr_local_places *p, uint32_t before, uint32_t after) {
    const wr_type *x = wr_func_type(p->input, before), *y = wr_func_type(p->output, after);
    if (x->nparams != y->nparams) return false;
    for (uint32_t i = 0; i < x->nparams; i++)
        if (x->values[i] != y->values[i]) return false;
    return true;
}

void wr_local_places_init(wr_local_places *p, wr_env *env, const wr_module *input, const wr_module *output,
                          const wr_code_map *map) {
    *p = (wr_local_places){
        .env = env, .arena = &env->pass, .input = input, .output = output, .map = map, .func = WR_NONE};
}

static bool enter(wr_local_places *p, uint32_t func, uint32_t site, uint32_t from) {
    if (p->func == func && p->site == site) return p->is_usable;
    uint32_t index = p->map->nimports + func;
    wr_arena_reset(p->arena);
    p->func = func, p->site = site, p->is_usable = false;
    if (from == WR_NONE || index >= p->output->nfuncs) return false;
    if (!open_side(p, p->input, from, &p->before) || !open_side(p, p->output, index, &p->after)) return false;
    match_instructions(p);
    find_safe_writes(p);
    p->same_params = !site && has_same_params(p, from, index);
    p->found = WR_NEW0(p->arena, const uint32_t *, p->before.body.nlocals);
    p->work = (uint64_t)(p->before.body.n + p->after.body.n) * WORK_PER_INSTRUCTION + LEAST_WORK;
    return p->is_usable = true;
}

bool wr_local_places_enter(wr_local_places *p, uint32_t func) {
    return enter(p, func, 0, p->map->funcs[func].from);
}

bool wr_local_places_enter_site(wr_local_places *p, uint32_t func, uint32_t site, uint32_t callee) {
    return enter(p, func, site, callee);
}

bool wr_local_places_find_call(const wr_local_places *p, uint64_t at, uint32_t *call, uint32_t *behind) {
    uint32_t from = p->is_usable && at < UINT32_MAX ? instruction_at(&p->before, (uint32_t)at) : WR_NONE;
    if (from == WR_NONE || p->call[from] >= SEVERAL) return false;
    *call = p->after.at[p->call[from]], *behind = p->after.at[p->call[from] + 1];
    return true;
}
