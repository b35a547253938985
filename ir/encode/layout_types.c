// Selects and orders types. A recursion group stays whole if any of its types is needed, since its shape is
// part of the identity of its types; identical groups become one. A group comes after the groups that it
// refers to, and otherwise by use.
#include "layout_parts.h"

typedef struct typer {
    wr_env *env;
    const wr_module *m;
    wr_counts *counts;
    uint8_t *live; // by group: whether it is needed
    wr_u32s queue; // groups whose references are still to be followed
} typer;

static uint32_t canon_of(const wr_module *m, uint32_t type) { return m->types[type].canon; }

static void need_type(typer *t, uint32_t type) {
    uint32_t group = t->m->types[canon_of(t->m, type)].group;
    if (t->live[group]) return;
    t->live[group] = 1;
    WR_PUSH(&t->env->temp, t->queue, group);
}

static void need_value(typer *t, wr_valtype value) {
    if (wr_has_index(value)) need_type(t, wr_type_index(value));
}

// Calls visit for each type that the definition refers to, except descriptors: they are in the same group.
static void each_type_in(typer *t, const wr_type *type, void (*visit)(typer *, uint32_t)) {
    uint32_t values = type->kind == WR_TYPE_FUNC ? type->nparams + type->nresults : 0;
    for (uint32_t i = 0; i < values; i++)
        if (wr_has_index(type->values[i])) visit(t, wr_type_index(type->values[i]));
    for (uint32_t i = 0; type->kind != WR_TYPE_FUNC && i < type->nparams; i++)
        if (wr_has_index(type->fields[i].type)) visit(t, wr_type_index(type->fields[i].type));
    if (type->super != WR_NONE) visit(t, type->super);
}

static void need_roots(typer *t) {
    const wr_module *m = t->m;
    for (uint32_t i = 0; i < m->ntypes; i++)
        if (t->counts->of[WR_TYPE][i]) need_type(t, i);
    for (uint32_t i = 0; i < m->nfuncs; i++)
        if (m->funcs[i].live) need_type(t, m->funcs[i].type);
    for (uint32_t i = 0; i < m->ntags; i++)
        if (m->tags[i].live) need_type(t, m->tags[i].type);
    for (uint32_t i = 0; i < m->ntables; i++)
        if (m->tables[i].live) need_value(t, m->tables[i].type);
    for (uint32_t i = 0; i < m->nglobals; i++)
        if (m->globals[i].live) need_value(t, m->globals[i].type);
    for (uint32_t i = 0; i < m->nelems; i++)
        if (m->elems[i].live) need_value(t, m->elems[i].type);
}

static void need_closure(typer *t) {
    while (t->queue.n) {
        const wr_group *group = &t->m->groups[t->queue.v[--t->queue.n]];
        for (uint32_t i = 0; i < group->count; i++)
            each_type_in(t, &t->m->types[group->first + i], need_type);
    }
}

// Uses of a type count for its canonical type, and the definition of a function is a use of its type.
static void count_on_canon(typer *t) {
    const wr_module *m = t->m;
    uint64_t *counts = t->counts->of[WR_TYPE];
    for (uint32_t i = 0; i < m->nfuncs; i++)
        if (m->funcs[i].live) counts[m->funcs[i].type]++;
    for (uint32_t i = m->ntypes; i-- > 0;) {
        uint32_t canon = canon_of(m, i);
        if (canon == i) continue;
        counts[canon] += counts[i];
        counts[i] = 0;
    }
}

// --- Emission in dependency order ---

typedef struct emitter {
    typer base; // its queue is the stack of groups to emit
    uint8_t *done;
    wr_layout *layout;
    uint32_t n;
} emitter;

static void push_missing(typer *t, uint32_t type) {
    emitter *e = (emitter *)t;
    uint32_t group = t->m->types[canon_of(t->m, type)].group;
    if (!e->done[group]) WR_PUSH(&t->env->temp, t->queue, group);
}

static void emit_group(emitter *e, uint32_t index) {
    const wr_module *m = e->base.m;
    const wr_group *group = &m->groups[index];
    for (uint32_t i = 0; i < group->count; i++) e->layout->order[WR_TYPE][e->n++] = group->first + i;
}

// Depth-first search over references, with an explicit stack: a group stays on the stack until everything
// that it refers to is emitted.
static void emit_with_needs(emitter *e, uint32_t index) {
    typer *t = &e->base;
    t->queue.n = 0;
    WR_PUSH(&t->env->temp, t->queue, index);
    while (t->queue.n) {
        uint32_t top = t->queue.v[t->queue.n - 1], depth = t->queue.n;
        if (e->done[top] == 2) {
            t->queue.n--;
            continue;
        }
        bool first_visit = e->done[top] == 0;
        e->done[top] = 1;
        const wr_group *group = &t->m->groups[top];
        for (uint32_t i = 0; first_visit && i < group->count; i++)
            each_type_in(t, &t->m->types[group->first + i], push_missing);
        if (t->queue.n > depth) continue;
        e->done[top] = 2;
        t->queue.n--;
        emit_group(e, top);
    }
}

static void order_groups(typer *t, wr_u32s *groups) {
    static const uint32_t limits[] = {64, 128, 8192, 16384, 1u << 20, 1u << 28};
    const wr_module *m = t->m;
    uint64_t *counts = WR_NEW0(&t->env->temp, uint64_t, m->ngroups);
    uint32_t ntypes = 0;
    for (uint32_t i = 0; i < m->ngroups; i++) {
        if (!t->live[i]) continue;
        for (uint32_t k = 0; k < m->groups[i].count; k++)
            counts[i] += t->counts->of[WR_TYPE][m->groups[i].first + k];
        ntypes += m->groups[i].count;
        WR_PUSH(&t->env->temp, *groups, i);
    }
    if (ntypes > limits[0])
        wr_layout_order_by_use(t->env, groups->v, groups->n, counts, 0, limits, WR_COUNT(limits));
}

static void invert_types(wr_arena *arena, const wr_module *m, wr_layout *layout) {
    uint32_t *to = WR_NEW(arena, uint32_t, m->ntypes);
    memset(to, 0xff, m->ntypes * sizeof *to);
    for (uint32_t i = 0; i < layout->count[WR_TYPE]; i++) to[layout->order[WR_TYPE][i]] = i;
    for (uint32_t i = 0; i < m->ntypes; i++) to[i] = to[canon_of(m, i)];
    layout->map.to[WR_TYPE] = to;
}

void wr_layout_types(wr_env *env, wr_arena *arena, const wr_module *m, wr_counts *counts, wr_layout *layout) {
    typer t = {.env = env, .m = m, .counts = counts, .live = WR_NEW0(&env->temp, uint8_t, m->ngroups)};
    need_roots(&t);
    need_closure(&t);
    count_on_canon(&t);
    wr_u32s groups = {0};
    order_groups(&t, &groups);
    layout->order[WR_TYPE] = WR_NEW(arena, uint32_t, m->ntypes);
    emitter e = {.base = t, .done = WR_NEW0(&env->temp, uint8_t, m->ngroups), .layout = layout};
    for (uint32_t i = 0; i < groups.n; i++)
        if (!e.done[groups.v[i]]) emit_with_needs(&e, groups.v[i]);
    layout->count[WR_TYPE] = e.n;
    invert_types(arena, m, layout);
}
