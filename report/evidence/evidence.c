// Collects votes for functions, takes the best of each, and spreads them.
#include <stdlib.h>

#include "finder.h"
#include "support/buf.h"
#include "support/hash.h"

const char *const wr_evidence_keys[WR_EVIDENCE_KINDS] = {
#define X(id, key, label, trust) key,
    WR_EVIDENCE_OF(X)
#undef X
};

const char *const wr_evidence_labels[WR_EVIDENCE_KINDS] = {
#define X(id, key, label, trust) label,
    WR_EVIDENCE_OF(X)
#undef X
};

static const uint8_t measured_trust[WR_EVIDENCE_KINDS] = {
#define X(id, key, label, trust) trust,
    WR_EVIDENCE_OF(X)
#undef X
};

// --- Groups ---

uint32_t wr_finder_group(wr_finder *f, wr_slice name) {
    uint32_t group;
    uint64_t hash = wr_hash_bytes(name.p, name.n);
    WR_MAP_FIND(&f->by_name, hash, group, wr_slice_eq(f->groups.v[group], name));
    if (group != WR_NONE) return group;
    wr_map_add(&f->by_name, &f->env->pass, hash, f->groups.n);
    WR_PUSH(&f->env->pass, f->groups, name);
    return f->groups.n - 1;
}

void wr_finder_vote(wr_finder *f, uint32_t func, wr_evidence_kind kind, wr_slice group, wr_slice name,
                    wr_slice why, uint32_t weight) {
    if (func < f->m->nfunc_imports || func >= f->m->nfuncs) return;
    wr_vote vote = {func, wr_finder_group(f, group), name, why, (uint8_t)kind, weight};
    WR_PUSH(&f->env->pass, f->votes, vote);
}

// --- The best of a function's votes ---

// By function, then the best kind, then the group, then those with a name first.
static int by_function(const void *a, const void *b) {
    const wr_vote *x = a, *y = b;
    if (x->func != y->func) return x->func < y->func ? -1 : 1;
    if (x->kind != y->kind) return x->kind < y->kind ? -1 : 1;
    if (x->group != y->group) return x->group < y->group ? -1 : 1;
    return (y->name.n > 0) - (x->name.n > 0);
}

// Of the votes of the best kind those for the group with most of them; ties go to the first that was met.
static const wr_vote *best_vote(const wr_vote *v, uint32_t n) {
    const wr_vote *best = v;
    uint32_t most = 0;
    for (uint32_t i = 0, k; i < n && v[i].kind == v->kind; i = k) {
        uint32_t weight = 0;
        for (k = i; k < n && v[k].kind == v->kind && v[k].group == v[i].group; k++) weight += v[k].weight;
        if (weight > most) most = weight, best = &v[i];
    }
    return best;
}

static void take_votes(wr_finder *f, uint32_t *group) {
    wr_vote *v = f->votes.v;
    if (f->votes.n) qsort(v, f->votes.n, sizeof *v, by_function);
    for (uint32_t i = 0, k; i < f->votes.n; i = k) {
        for (k = i; k < f->votes.n && v[k].func == v[i].func; k++) {}
        const wr_vote *best = best_vote(&v[i], k - i);
        group[v[i].func] = best->group;
        f->out->funcs[v[i].func] = (wr_attribution){f->groups.v[best->group], best->name, best->why,
                                                    best->kind, measured_trust[best->kind]};
    }
}

static void count(wr_finder *f) {
    wr_evidence *e = f->out;
    uint32_t rust = 0, cxx = 0;
    for (uint32_t i = f->m->nfunc_imports; i < f->m->nfuncs; i++) {
        const wr_attribution *a = &e->funcs[i];
        if (!a->group.n) continue;
        e->attributed++;
        e->named += a->name.n > 0;
        e->functions[a->kind]++;
        e->bytes[a->kind] += f->m->funcs[i].body.n;
        rust += a->kind == WR_EVIDENCE_CRATE || a->kind == WR_EVIDENCE_STD;
        cxx += a->kind == WR_EVIDENCE_VTABLE || a->kind == WR_EVIDENCE_TYPE;
    }
    e->rust = !e->kotlin && rust > cxx && rust * 20 > e->attributed;
    e->cxx = !e->rust && !e->kotlin && cxx * 20 > e->attributed;
}

// --- Paths ---

enum { MOST_OF_PATHS = 80 }; // percent

// The folder that at least four fifths of the paths begin with, up to and with its slash.
static wr_slice common_folder(const wr_slice *paths, uint32_t n) {
    wr_slice best = {0};
    for (uint32_t i = 0; i < n; i++) {
        for (size_t k = paths[i].n; k > best.n; k--) {
            uint32_t same = 0;
            if (paths[i].p[k - 1] != '/' && paths[i].p[k - 1] != '\\') continue;
            for (uint32_t j = 0; j < n; j++) same += paths[j].n > k && !memcmp(paths[j].p, paths[i].p, k);
            if ((uint64_t)same * 100 < (uint64_t)n * MOST_OF_PATHS) continue;
            best = wr_slice_of(paths[i].p, k);
            break;
        }
        if (i == 16) break; // the folder is that of most, so it is among the first few
    }
    return best;
}

static bool is_path(const wr_finder *f, const wr_vote *vote) {
    return f->groups.v[vote->group].p == vote->why.p && vote->why.n == f->groups.v[vote->group].n &&
           (vote->kind == WR_EVIDENCE_SOURCE || vote->kind == WR_EVIDENCE_HEADER ||
            vote->kind == WR_EVIDENCE_ASSERTION);
}

// Groups that are paths lose the folder that they have in common, and what leads out of the working
// directory.
static void shorten_paths(wr_finder *f) {
    uint8_t *path = WR_NEW0(&f->env->pass, uint8_t, f->groups.n);
    wr_slice *paths = WR_NEW(&f->env->pass, wr_slice, f->groups.n);
    uint32_t n = 0;
    for (uint32_t i = 0; i < f->votes.n; i++)
        if (is_path(f, &f->votes.v[i])) path[f->votes.v[i].group] = 1;
    for (uint32_t i = 0; i < f->groups.n; i++)
        if (path[i]) paths[n++] = f->groups.v[i];
    wr_slice folder = n > 2 ? common_folder(paths, n) : (wr_slice){0};
    for (uint32_t i = 0; i < f->groups.n; i++) {
        wr_slice *s = &f->groups.v[i];
        if (!path[i]) continue;
        if (folder.n && s->n > folder.n && !memcmp(s->p, folder.p, folder.n))
            *s = wr_slice_of(s->p + folder.n, s->n - folder.n);
        while (wr_slice_starts(*s, "../")) *s = wr_slice_of(s->p + 3, s->n - 3);
        if (wr_slice_starts(*s, "./")) *s = wr_slice_of(s->p + 2, s->n - 2);
    }
}

void wr_evidence_find(wr_pool *pool, const wr_module *m, const wr_body_stats *facts, const wr_places *places,
                      wr_evidence *evidence) {
    wr_env *env = wr_main_env(pool);
    *evidence = (wr_evidence){.funcs = WR_NEW0(&env->perm, wr_attribution, m->nfuncs)};
    memcpy(evidence->trust, measured_trust, sizeof measured_trust);
    for (uint32_t i = 0; i < m->nfuncs; i++) evidence->funcs[i].kind = WR_EVIDENCE_NONE;
    wr_finder f = {.env = env, .m = m, .facts = facts, .places = places, .out = evidence};
    uint32_t *group = WR_NEW(&env->pass, uint32_t, m->nfuncs);
    memset(group, 0xff, m->nfuncs * sizeof *group);
    wr_evidence_from_strings(&f);
    wr_evidence_from_assertions(&f);
    wr_evidence_from_types(&f);
    wr_evidence_from_kotlin(&f);
    wr_evidence_from_exports(&f);
    wr_evidence_from_constants(&f);
    wr_evidence_from_bodies(&f, pool);
    shorten_paths(&f);
    take_votes(&f, group);
    wr_evidence_spread(&f, group);
    count(&f);
    wr_arena_reset(&env->pass);
}

void wr_evidence_apply(wr_arena *arena, const wr_attribution *known, uint32_t func, wr_symbol *symbol) {
    if (!known->group.n) return;
    symbol->group = known->group;
    if (symbol->raw.n) return;
    wr_buf text = wr_buf_in(arena);
    if (known->name.n)
        wr_put_slice(&text, known->name);
    else
        wr_put_format(&text, "func[%u]", func);
    wr_put_format(&text, " of %.*s", (int)known->group.n, (const char *)known->group.p);
    symbol->text = symbol->family = wr_buf_slice(&text);
}
