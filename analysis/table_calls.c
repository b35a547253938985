// A table that the host cannot access, and from which no code reads references, serves for indirect calls
// only, unless code names the segments that fill it. A call that names a type other than the function's traps
// before it enters the function. Types with supertypes are excluded, since a call that names the supertype
// matches as well.
//
//   (type $a (func)) (type $b (func (param i32)))
//   (elem (i32.const 0) func $f $g)      ;; $f: $a, $g: $b
//   (call_indirect (type $a) ...)        ;; the only one: $g is dead
#include "table_calls.h"

static bool any_takes_refs(const wr_module *m) {
    for (uint32_t i = 0; i < m->nfuncs; i++)
        if (m->funcs[i].live && m->funcs[i].summary.takes_refs) return true;
    return false;
}

// Segments that code names, as table.init does, are read until they are dropped: an active one is dropped by
// instantiation, but not if instantiation traps before, and functions that are in an imported table by then
// can still be called.
static void open_named(const wr_module *m, const wr_func *func, uint8_t *open) {
    if (!func->live) return;
    for (uint32_t i = 0; i < func->summary.nuses; i++) {
        wr_ref ref = func->summary.uses[i].ref;
        if (wr_ref_space(ref) != WR_ELEM) continue;
        const wr_elem *elem = &m->elems[wr_ref_index(ref)];
        if (elem->mode == WR_ACTIVE) open[elem->table] = 1;
    }
}

static uint32_t *new_links(wr_arena *arena, uint32_t n) {
    return memset(WR_NEW(arena, uint32_t, n), 0xff, n * sizeof(uint32_t));
}

uint8_t *wr_table_calls_open_tables(wr_arena *arena, const wr_module *m) {
    uint8_t *open = WR_NEW0(arena, uint8_t, m->ntables);
    bool all = any_takes_refs(m);
    for (uint32_t i = 0; i < m->ntables; i++) open[i] = all || m->tables[i].import != WR_NONE;
    for (uint32_t i = 0; i < m->nexports; i++)
        if (m->exports[i].live && m->exports[i].space == WR_TABLE) open[m->exports[i].index] = 1;
    for (uint32_t i = 0; i < m->nfuncs; i++) open_named(m, &m->funcs[i], open);
    return open;
}

bool wr_table_calls_only(const wr_module *m, const uint8_t *open, const wr_elem *elem, uint32_t func) {
    const wr_func *f = &m->funcs[func];
    if (f->import != WR_NONE) return false; // it has no code that could be removed
    return elem->mode == WR_ACTIVE && !open[elem->table] && m->types[f->type].super == WR_NONE;
}

void wr_table_calls_begin(wr_table_calls *t, wr_arena *arena, const wr_module *m) {
    *t = (wr_table_calls){
        .m = m, .open = wr_table_calls_open_tables(arena, m), .called = WR_NEW0(arena, uint8_t, m->ntypes)};
    t->first = new_links(arena, m->ntypes);
    t->next = new_links(arena, m->nfuncs);
}

bool wr_table_calls_hold(wr_table_calls *t, const wr_elem *elem, uint32_t func) {
    uint32_t type = t->m->types[t->m->funcs[func].type].canon;
    if (t->called[type] || !wr_table_calls_only(t->m, t->open, elem, func)) return true;
    if (t->next[func] != WR_NONE) return false;                        // it is on the list already
    t->next[func] = t->first[type] == WR_NONE ? func : t->first[type]; // the last one is linked to itself
    t->first[type] = func;
    return false;
}

uint32_t wr_table_calls_name(wr_table_calls *t, uint32_t type) {
    type = t->m->types[type].canon;
    t->called[type] = 1;
    uint32_t first = t->first[type];
    t->first[type] = WR_NONE;
    return first;
}
