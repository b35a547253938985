// coalesce-locals: gives locals of one type the same number if they are never live at the same time.
//
//   (local.set $x A) (call $f (local.get $x)) (local.set $y B) (call $f (local.get $y))
//     ->  (local.set $x A) (call $f (local.get $x)) (local.set $x B) (call $f (local.get $x))
//
// First come locals that are copied to each other, so that the copy disappears, the most frequent copies
// first; then all others, first fit. Parameters are reused as well once their value is dead. Locals without
// any use are not declared. Where compressed bytes alone count, only copies are coalesced in bodies of few
// locals: the rest would make functions less alike. Code that no compiler gave registers has so many locals
// that their numbers cost more.
//
// Live ranges decide. A set whose value is never read still occupies its number at that one place; a
// parameter occupies its number at the start, which keeps it apart from locals that rely on being zero. Work
// is limited: locals for which it does not suffice keep a number of their own.
#include <stdlib.h>

#include "analysis/typing.h"
#include "analysis/cfg.h"
#include "passes/manager/pass.h"
#include "support/search.h"

#define WORK_PER_INSTRUCTION 32
#define MOST_TRIED 64 // the most numbers that are tried for a local
#define MANY 32       // declared locals

typedef struct span {
    uint32_t start, end;
} span;

typedef WR_VEC(span) spans;

typedef struct copy {
    uint32_t a, b; // a < b
    uint32_t times;
} copy;

typedef struct sharing {
    wr_arena *arena;
    wr_body *body;
    const wr_valtype *types;
    spans *lives; // by local: its live range as ordered spans, with those of the locals that share its number
    uint32_t *owner; // by local: the one whose number it shares, or itself
    WR_VEC(copy) copies;
    uint64_t work;
    bool any;
} sharing;

static uint32_t owner_of(sharing *s, uint32_t local) {
    while (s->owner[local] != local) local = s->owner[local] = s->owner[s->owner[local]];
    return local;
}

// --- Live ranges ---

// The ranges that start before `end`, sorted by their start; equal ones keep their order.
static const wr_live_range *sort_ranges(wr_arena *arena, const wr_live_ranges *ranges, uint32_t end) {
    wr_live_range *sorted = WR_NEW(arena, wr_live_range, ranges->n);
    uint32_t *next = WR_NEW0(arena, uint32_t, (size_t)end + 1);
    for (uint32_t i = 0; i < ranges->n; i++) next[ranges->v[i].start + 1]++;
    for (uint32_t i = 0; i < end; i++) next[i + 1] += next[i];
    for (uint32_t i = 0; i < ranges->n; i++) sorted[next[ranges->v[i].start]++] = ranges->v[i];
    return sorted;
}

static void add_span(sharing *s, uint32_t local, span what) {
    spans *list = &s->lives[local];
    if (list->n && list->v[list->n - 1].end == what.start)
        list->v[list->n - 1].end = what.end;
    else
        WR_PUSH(s->arena, *list, what);
}

static void find_lives(sharing *s) {
    wr_cfg flow;
    wr_live_ranges ranges = {0};
    s->lives = WR_NEW0(s->arena, spans, s->body->nlocals);
    for (uint32_t i = 0; i < s->body->nparams; i++) {
        wr_live_range start = {i, 0, 1};
        WR_PUSH(s->arena, ranges, start);
    }
    wr_cfg_build(s->arena, s->body, &flow);
    wr_last_uses_find(s->arena, s->body, &flow, &ranges);
    const wr_live_range *sorted = sort_ranges(s->arena, &ranges, s->body->n);
    for (uint32_t i = 0; i < ranges.n; i++) {
        span what = {sorted[i].start, sorted[i].end};
        add_span(s, sorted[i].local, what);
    }
}

// The index of the first span of a list that ends after a place.
static uint32_t first_behind(const spans *list, uint32_t place) {
    if (list->n && list->v[list->n - 1].end <= place) return list->n;
    uint32_t i;
    WR_SEARCH(i, 0, list->n, list->v[i].end <= place);
    return i;
}

static bool live_apart(sharing *s, uint32_t a, uint32_t b) {
    const spans *many = &s->lives[a], *few = &s->lives[b];
    if (few->n > many->n) few = &s->lives[a], many = &s->lives[b];
    for (uint32_t i = 0; i < few->n; i++) {
        uint32_t at = first_behind(many, few->v[i].start);
        s->work++;
        if (at < many->n && many->v[at].start < few->v[i].end) return false;
    }
    return true;
}

// Merges b's spans into a's.
static void take_spans(sharing *s, uint32_t a, uint32_t b) {
    const spans *from = &s->lives[b];
    spans *to = &s->lives[a];
    WR_RESERVE(s->arena, *to, from->n);
    uint32_t i = to->n, k = from->n;
    to->n += from->n;
    for (uint32_t at = to->n; k; s->work++)
        to->v[--at] = i && to->v[i - 1].start > from->v[k - 1].start ? to->v[--i] : from->v[--k];
}

// --- Sharing ---

// Gives b the number of a, which is the lower one, if they may share it.
static bool try_share(sharing *s, uint32_t a, uint32_t b) {
    if (s->types[a] != s->types[b] || b < s->body->nparams || !live_apart(s, a, b)) return false;
    take_spans(s, a, b);
    s->owner[b] = a;
    s->any = true;
    return true;
}

static int by_locals(const void *a, const void *b) {
    const copy *x = a, *y = b;
    if (x->a != y->a) return x->a < y->a ? -1 : 1;
    return x->b < y->b ? -1 : x->b > y->b;
}

static int by_times(const void *a, const void *b) {
    const copy *x = a, *y = b;
    if (x->times != y->times) return x->times > y->times ? -1 : 1;
    return by_locals(a, b);
}

static void find_copies(sharing *s) {
    for (uint32_t i = 1; i < s->body->n; i++) {
        const wr_ins *from = &s->body->ins[i - 1], *to = &s->body->ins[i];
        if (to->op != WR_OP_LOCAL_SET && to->op != WR_OP_LOCAL_TEE) continue;
        if ((from->op != WR_OP_LOCAL_GET && from->op != WR_OP_LOCAL_TEE) || from->a == to->a) continue;
        copy c = {from->a < to->a ? from->a : to->a, from->a < to->a ? to->a : from->a, 1};
        WR_PUSH(s->arena, s->copies, c);
    }
}

static void sort_copies(sharing *s) {
    uint32_t n = 0;
    copy *list = s->copies.v;
    if (!s->copies.n) return;
    qsort(list, s->copies.n, sizeof *list, by_locals);
    for (uint32_t i = 0; i < s->copies.n; i++) {
        if (n && by_locals(&list[n - 1], &list[i]) == 0)
            list[n - 1].times++;
        else
            list[n++] = list[i];
    }
    qsort(list, n, sizeof *list, by_times);
    s->copies.n = n;
}

static void share_copies(sharing *s, uint64_t limit) {
    for (uint32_t i = 0; i < s->copies.n && s->work < limit; i++) {
        uint32_t a = owner_of(s, s->copies.v[i].a), b = owner_of(s, s->copies.v[i].b);
        if (a != b) try_share(s, a < b ? a : b, a < b ? b : a);
    }
}

typedef struct candidate {
    uint32_t start, local;
} candidate;

static int by_first_start(const void *a, const void *b) {
    const candidate *x = a, *y = b;
    if (x->start != y->start) return x->start < y->start ? -1 : 1;
    return x->local < y->local ? -1 : x->local > y->local;
}

// The used locals that have a number of their own, sorted by the start of their live range.
static candidate *list_candidates(sharing *s, uint32_t *n) {
    candidate *list = WR_NEW(s->arena, candidate, s->body->nlocals);
    *n = 0;
    for (uint32_t i = 0; i < s->body->nlocals; i++)
        if (s->owner[i] == i && s->lives[i].n) list[(*n)++] = (candidate){s->lives[i].v[0].start, i};
    if (*n) qsort(list, *n, sizeof *list, by_first_start);
    return list;
}

static void share_rest(sharing *s, uint64_t limit) {
    uint32_t n, kept = 0;
    candidate *list = list_candidates(s, &n);
    for (uint32_t i = 0; i < n && s->work < limit; i++) {
        bool shares = false;
        for (uint32_t k = 0; k < kept && k < MOST_TRIED && !shares; k++) {
            uint32_t a = list[k].local, b = list[i].local;
            shares = try_share(s, a, b);
        }
        if (!shares) list[kept++] = list[i];
    }
}

// --- The body ---

// Simplifies a copy between two locals that share a number: the result replaces the first instruction, the
// second one is removed.
static bool join_copy(wr_ins *first, const wr_ins *second) {
    bool sets = second->op == WR_OP_LOCAL_SET, tees = second->op == WR_OP_LOCAL_TEE;
    if (!(sets || tees) || (first->op != WR_OP_LOCAL_GET && first->op != WR_OP_LOCAL_TEE)) return false;
    if (wr_ins_local(first) != wr_ins_local(second)) return false;
    if (sets) first->op = first->op == WR_OP_LOCAL_GET ? WR_OP_NOP : WR_OP_LOCAL_SET;
    return true;
}

static uint32_t *number_locals(sharing *s) {
    uint32_t *to = WR_NEW(s->arena, uint32_t, s->body->nlocals), n = s->body->nparams;
    for (uint32_t i = 0; i < n; i++) to[i] = i;
    s->body->runs.n = 0;
    for (uint32_t i = n; i < s->body->nlocals; i++) {
        if (s->owner[i] != i || !s->lives[i].n) continue;
        wr_local_run run = {1, s->types[i]};
        to[i] = n++;
        if (s->body->runs.n && s->body->runs.v[s->body->runs.n - 1].type == run.type)
            s->body->runs.v[s->body->runs.n - 1].n++;
        else
            WR_PUSH(s->arena, s->body->runs, run);
    }
    s->body->nlocals = n;
    return to;
}

static void write_body(sharing *s) {
    const uint32_t *to = number_locals(s);
    wr_body *body = s->body;
    uint32_t n = 0;
    for (uint32_t i = 0; i < body->n; i++) {
        wr_ins ins = body->ins[i];
        if (wr_names_local(ins.op)) ins.a = to[owner_of(s, ins.a)];
        if (n && join_copy(&body->ins[n - 1], &ins))
            n -= body->ins[n - 1].op == WR_OP_NOP;
        else
            body->ins[n++] = ins;
    }
    body->n = n;
}

static bool has_many_locals(const wr_body *body) { return body->nlocals - body->nparams >= MANY; }

bool wr_edit_coalesce_locals(wr_env *env, const wr_context *c, wr_body *body) {
    sharing s = {.arena = &env->temp, .body = body};
    uint64_t limit = (uint64_t)WORK_PER_INSTRUCTION * body->n;
    if (body->nlocals == body->nparams) return false;
    s.types = wr_typing_locals(s.arena, c->m, body);
    s.owner = WR_NEW(s.arena, uint32_t, body->nlocals);
    for (uint32_t i = 0; i < body->nlocals; i++) s.owner[i] = i;
    find_lives(&s);
    find_copies(&s);
    sort_copies(&s);
    share_copies(&s, limit / 2);
    if (!wr_config_is_for_transit(c->config) || has_many_locals(body)) share_rest(&s, limit);
    if (s.any) write_body(&s);
    return s.any;
}
