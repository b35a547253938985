// Adds the declarations that ref.func needs: the specification requires each function that code refers to to
// occur outside of code, in an element segment, a global, a table's initial value or an export. Since passes
// add and remove all of these, the missing ones are put into one declarative segment.
#include "ref_declarations.h"

#include "ir/edit.h"

typedef struct declaration {
    wr_context *c;
    uint8_t *declared; // by function: it is declared already
    wr_collector collector;
} declaration;

static void declare_expr(declaration *d, wr_expr expr) {
    wr_collector_begin(&d->collector, d->c->m);
    wr_collector_add_code(&d->collector, d->c->env, expr.code, expr.offset);
    for (uint32_t i = 0; i < d->collector.uses.n; i++) {
        wr_ref ref = d->collector.uses.v[i].ref;
        if (wr_ref_space(ref) == WR_FUNC_ADDR) d->declared[wr_ref_index(ref)] = 1;
    }
}

static void declare_all(declaration *d) {
    wr_module *m = d->c->m;
    for (uint32_t i = 0; i < m->nexports; i++)
        if (m->exports[i].live && m->exports[i].space == WR_FUNC) d->declared[m->exports[i].index] = 1;
    for (uint32_t i = 0; i < m->nglobals; i++)
        if (m->globals[i].live && m->globals[i].import == WR_NONE) declare_expr(d, m->globals[i].init);
    for (uint32_t i = 0; i < m->ntables; i++)
        if (m->tables[i].live && m->tables[i].has_init) declare_expr(d, m->tables[i].init);
    for (uint32_t i = 0; i < m->nelems; i++) {
        const wr_elem *elem = &m->elems[i];
        if (!elem->live) continue;
        for (uint32_t k = 0; k < elem->count; k++) {
            if (elem->funcs)
                d->declared[elem->funcs[k]] = 1;
            else
                declare_expr(d, elem->exprs[k]);
        }
    }
}

static void list_missing(declaration *d, wr_u32s *missing) {
    wr_module *m = d->c->m;
    for (uint32_t i = 0; i < m->nfuncs; i++) {
        const wr_summary *summary = &m->funcs[i].summary;
        for (uint32_t k = 0; m->funcs[i].live && k < summary->nuses; k++) {
            uint32_t index = wr_ref_index(summary->uses[k].ref);
            if (wr_ref_space(summary->uses[k].ref) != WR_FUNC_ADDR || d->declared[index]) continue;
            d->declared[index] = 1;
            WR_PUSH(&d->c->env->perm, *missing, index);
        }
    }
}

void wr_ref_declarations_add(wr_context *c) {
    declaration d = {.c = c, .declared = WR_NEW0(&c->env->temp, uint8_t, c->m->nfuncs)};
    wr_collector_init(&d.collector, &c->env->temp);
    declare_all(&d);
    wr_u32s missing = {0};
    list_missing(&d, &missing);
    if (!missing.n) return;
    wr_module_add_elem(c->env, c->m,
                       (wr_elem){.mode = WR_DECLARATIVE,
                                 .type = WR_REF | WR_ABS(WR_HEAP_FUNC),
                                 .count = missing.n,
                                 .funcs = missing.v,
                                 .live = true});
}
