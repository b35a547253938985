// Attributes functions by those around them. There are two rules, each of which asks others of one mind:
//
//   callers      all functions that call it are of one group, and nothing else refers to it
//   neighbours   the nearest functions before and after it that have a group have the same (linkers keep the
//                functions of a file together; optimizers may not)
//
// How far a rule is to be trusted is measured in the module itself, on functions whose group is known from
// evidence: how often the rule gives that group. Where few functions have evidence, whole libraries may have
// none, and a rule cannot know them; so that number is multiplied by a power of the share of functions with
// evidence: the share itself for callers, since what has no evidence is often a library's that others call,
// its square root for neighbours (tests/evidence compares with the names that modules have). What a rule
// gives is as sure as the rule times the least sure of those that it was derived from; what is less sure than
// one in four is not said. Headers, Rust's standard library and panics that several functions share spread
// nothing: their code is inlined everywhere.
#include <math.h>

#include "finder.h"

enum { MOST_ROUNDS = 3, REACH = 4, LEAST_SAMPLES = 20, LEAST_CONFIDENCE = 25, RULES = 2 };

typedef struct spreader {
    wr_finder *f;
    uint32_t *start, *callers; // callers of function v: callers[start[v] .. start[v + 1])
    uint8_t *referred;         // by function: more than calls refer to it
    uint32_t *group, *next;    // by function
} spreader;

typedef struct guess {
    uint32_t group; // WR_NONE: none
    uint8_t confidence;
} guess;

// --- The call graph ---

static bool calls(const wr_use *use) { return wr_ref_space(use->ref) == WR_FUNC; }

static void count_callers(spreader *s) {
    const wr_module *m = s->f->m;
    for (uint32_t f = m->nfunc_imports; f < m->nfuncs; f++) {
        const wr_summary *summary = &m->funcs[f].summary;
        for (uint32_t i = 0; i < summary->nuses; i++) {
            uint32_t to = wr_ref_index(summary->uses[i].ref);
            if (calls(&summary->uses[i]))
                s->start[to + 1]++;
            else if (wr_ref_space(summary->uses[i].ref) == WR_FUNC_ADDR)
                s->referred[to] = 1;
        }
    }
    for (uint32_t f = 0; f < m->nfuncs; f++) s->start[f + 1] += s->start[f];
}

static void link_callers(spreader *s) {
    const wr_module *m = s->f->m;
    wr_arena *pass = &s->f->env->pass;
    s->start = WR_NEW0(pass, uint32_t, m->nfuncs + 1);
    s->referred = WR_NEW0(pass, uint8_t, m->nfuncs);
    count_callers(s);
    s->callers = WR_NEW(pass, uint32_t, s->start[m->nfuncs]);
    uint32_t *at = WR_NEW(pass, uint32_t, m->nfuncs);
    memcpy(at, s->start, m->nfuncs * sizeof *at);
    for (uint32_t f = m->nfunc_imports; f < m->nfuncs; f++)
        for (uint32_t i = 0; i < m->funcs[f].summary.nuses; i++)
            if (calls(&m->funcs[f].summary.uses[i]))
                s->callers[at[wr_ref_index(m->funcs[f].summary.uses[i].ref)]++] = f;
    for (uint32_t i = 0; i < s->f->places->nslots; i++)
        if (s->f->places->slots[i] != WR_NONE) s->referred[s->f->places->slots[i]] = 1;
    for (uint32_t i = 0; i < m->nexports; i++)
        if (m->exports[i].space == WR_FUNC) s->referred[m->exports[i].index] = 1;
}

// --- Rules ---

// Adds a function to those that must be of one mind. Returns false if it is not.
static bool agrees(const spreader *s, uint32_t func, guess *g) {
    uint32_t group = s->group[func];
    if (group == WR_NONE || (g->group != WR_NONE && g->group != group)) return false;
    uint8_t confidence = s->f->out->funcs[func].confidence;
    if (g->group == WR_NONE || confidence < g->confidence) g->confidence = confidence;
    g->group = group;
    return true;
}

static guess by_callers(const spreader *s, uint32_t func) {
    guess g = {.group = WR_NONE};
    if (s->referred[func]) return g;
    for (uint32_t i = s->start[func]; i < s->start[func + 1]; i++)
        if (s->callers[i] != func && !agrees(s, s->callers[i], &g)) return (guess){.group = WR_NONE};
    return g;
}

static guess by_neighbours(const spreader *s, uint32_t func) {
    const wr_module *m = s->f->m;
    guess g = {.group = WR_NONE}, none = g;
    uint32_t before = func, after = func, reach = REACH;
    do {
        if (before-- == m->nfunc_imports || !reach--) return none;
    } while (s->group[before] == WR_NONE);
    reach = REACH;
    do {
        if (++after == m->nfuncs || !reach--) return none;
    } while (s->group[after] == WR_NONE);
    return agrees(s, before, &g) && agrees(s, after, &g) ? g : none;
}

static const struct rule {
    guess (*apply)(const spreader *s, uint32_t func);
    uint8_t kind;
    bool is_doubted; // the less is known, the more
} rules[RULES] = {{by_callers, WR_EVIDENCE_CALLERS, true}, {by_neighbours, WR_EVIDENCE_NEIGHBOURS, false}};

// --- Trust ---

static uint8_t measure(const spreader *s, const struct rule *rule) {
    uint32_t tried = 0, right = 0, known = 0, all = s->f->m->nfuncs - s->f->m->nfunc_imports;
    for (uint32_t f = s->f->m->nfunc_imports; f < s->f->m->nfuncs; f++) {
        if (s->group[f] == WR_NONE) continue;
        known++;
        guess g = rule->apply(s, f);
        if (g.group == WR_NONE) continue;
        tried++;
        right += g.group == s->group[f];
    }
    if (tried < LEAST_SAMPLES) return 0;
    double share = (double)known / all;
    return (uint8_t)(100.0 * right / tried * (rule->is_doubted ? share : sqrt(share)));
}

// The rules, the most trusted first.
static void sort_rules(spreader *s, struct rule *sorted) {
    uint8_t *trust = s->f->out->trust;
    memcpy(sorted, rules, sizeof rules);
    for (unsigned i = 0; i < RULES; i++) trust[rules[i].kind] = measure(s, &rules[i]);
    for (unsigned i = 1; i < RULES; i++)
        for (unsigned k = i; k && trust[sorted[k].kind] > trust[sorted[k - 1].kind]; k--) {
            struct rule swap = sorted[k];
            sorted[k] = sorted[k - 1];
            sorted[k - 1] = swap;
        }
}

// --- Rounds ---

static void apply_rules(spreader *s, const struct rule *sorted, uint32_t func) {
    for (unsigned i = 0; i < RULES; i++) {
        unsigned trust = s->f->out->trust[sorted[i].kind];
        guess g = sorted[i].apply(s, func);
        unsigned confidence = g.confidence * trust / 100;
        if (g.group == WR_NONE || confidence < LEAST_CONFIDENCE) continue;
        s->next[func] = g.group;
        s->f->out->funcs[func] = (wr_attribution){
            .group = s->f->groups.v[g.group], .kind = sorted[i].kind, .confidence = (uint8_t)confidence};
        return;
    }
}

// One round works on the groups that the one before left. Returns whether it found any.
static bool run_round(spreader *s, const struct rule *sorted) {
    const wr_module *m = s->f->m;
    bool any = false;
    memcpy(s->next, s->group, m->nfuncs * sizeof *s->next);
    for (uint32_t f = m->nfunc_imports; f < m->nfuncs; f++) {
        if (!s->f->out->funcs[f].group.n) apply_rules(s, sorted, f);
        any |= s->next[f] != s->group[f];
    }
    memcpy(s->group, s->next, m->nfuncs * sizeof *s->next);
    return any;
}

static void leave_out_inlined(wr_finder *f, uint32_t *group) {
    for (uint32_t i = 0; i < f->m->nfuncs; i++) {
        unsigned kind = f->out->funcs[i].kind;
        if (kind == WR_EVIDENCE_STD || kind == WR_EVIDENCE_HEADER || kind == WR_EVIDENCE_EXPORT ||
            kind == WR_EVIDENCE_SHARED)
            group[i] = WR_NONE;
    }
}

void wr_evidence_spread(wr_finder *f, uint32_t *group) {
    spreader s = {.f = f, .group = group, .next = WR_NEW(&f->env->pass, uint32_t, f->m->nfuncs)};
    struct rule sorted[RULES];
    leave_out_inlined(f, group);
    link_callers(&s);
    sort_rules(&s, sorted);
    for (unsigned i = 0; i < MOST_ROUNDS && run_round(&s, sorted); i++) {}
}
