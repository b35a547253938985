// Reads functions, and those that the compiler inlined into them, from .debug_info. A walk over each unit's
// entries collects their ranges, which are then sorted into a list of stretches with the innermost function
// of each.
#include <stdlib.h>

#include "dwarf_lines.h"

enum { MOST_DEPTH = 4096 };

typedef struct placed {
    uint32_t low, high, func;
} placed;

typedef struct walking {
    wr_dwarf *d;
    wr_sources *sources;
    wr_dwarf_name_list names; // of all subprograms
    WR_VEC(uint64_t) refers;  // by function: the entry that holds its name
    WR_VEC(placed) places;
    wr_u32s around;      // by depth of entries: the innermost enclosing function, or WR_NONE
    wr_line_table lines; // line table of the unit
    uint32_t files_hint;
} walking;

// An entry of a function or of an inlined call.
typedef struct func_entry {
    uint64_t low, high, call_line, call_column, call_file, refers;
    bool has_low, has_high, high_is_size, has_ranges, has_file;
    wr_dwarf_value ranges;
    wr_slice name, linkage_name;
} func_entry;

static void take_attribute(func_entry *e, const wr_dwarf_value *v) {
    switch (v->attribute) {
    case WR_AT_NAME: e->name = v->text; break;
    case WR_AT_LINKAGE_NAME:
    case WR_AT_MIPS_LINKAGE_NAME: e->linkage_name = v->text; break;
    case WR_AT_LOW_PC: e->low = v->n, e->has_low = true; break;
    case WR_AT_HIGH_PC:
        e->high = v->n, e->has_high = true;
        e->high_is_size = v->form != WR_FORM_ADDR && !v->is_indexed;
        break;
    case WR_AT_RANGES: e->ranges = *v, e->has_ranges = true; break;
    case WR_AT_ABSTRACT_ORIGIN:
    case WR_AT_SPECIFICATION:
        if (v->is_reference) e->refers = v->n;
        break;
    case WR_AT_CALL_FILE: e->call_file = v->n, e->has_file = true; break;
    case WR_AT_CALL_LINE: e->call_line = v->n; break;
    case WR_AT_CALL_COLUMN: e->call_column = v->n; break;
    default: break;
    }
}

static void find_ranges(walking *w, const func_entry *e, wr_dwarf_ranges *ranges) {
    if (e->has_ranges) {
        wr_dwarf_read_ranges(w->d, &e->ranges, ranges);
        return;
    }
    wr_dwarf_range range = {e->low, e->high_is_size ? e->low + e->high : e->high};
    if (!e->has_low || !e->has_high || wr_dwarf_is_gone(range.low) || range.high <= range.low) return;
    WR_PUSH(&w->d->env->temp, *ranges, range);
}

static uint32_t find_file(walking *w, uint64_t file) {
    wr_slice name = wr_line_table_file(&w->lines, file);
    if (!name.n) return WR_NONE;
    uint32_t n = w->sources->files.n;
    for (uint32_t i = 0; i < n; i++) { // a unit's files are close to each other
        uint32_t at = w->files_hint + i < n ? w->files_hint + i : w->files_hint + i - n;
        if (!wr_slice_eq(w->sources->files.v[at], name)) continue;
        w->files_hint = at;
        return at;
    }
    return WR_NONE;
}

// Adds a function with its ranges. Returns its number, or WR_NONE if it has no code.
static uint32_t add_func(walking *w, const func_entry *e, uint64_t offset, uint32_t outer) {
    wr_dwarf_ranges ranges = {0};
    find_ranges(w, e, &ranges);
    uint64_t limit = w->d->m->input.n - w->d->code;
    wr_source_func func = {.outer = outer, .call_file = WR_NONE};
    if (outer != WR_NONE && e->has_file) func.call_file = find_file(w, e->call_file);
    if (func.call_file != WR_NONE) {
        func.call_line = (uint32_t)e->call_line;
        func.call_column = (uint32_t)e->call_column;
    }
    uint32_t index = w->sources->funcs.n, any = 0;
    for (uint32_t i = 0; i < ranges.n; i++) {
        if (ranges.v[i].high > limit) continue;
        placed p = {(uint32_t)(ranges.v[i].low + w->d->code), (uint32_t)(ranges.v[i].high + w->d->code),
                    index};
        WR_PUSH(&w->d->env->temp, w->places, p);
        any = 1;
    }
    if (!any) return WR_NONE;
    WR_PUSH(&w->d->env->perm, w->sources->funcs, func);
    WR_PUSH(&w->d->env->temp, w->refers, offset);
    return index;
}

static uint32_t take_entry(walking *w, wr_reader *r, wr_dwarf_entry *entry, uint32_t outer) {
    func_entry e = {0};
    wr_dwarf_value v;
    while (wr_dwarf_next_attribute(w->d, r, entry, &v)) take_attribute(&e, &v);
    if (entry->abbrev->tag == WR_TAG_SUBPROGRAM) {
        wr_dwarf_name n = {entry->offset, e.refers, e.name, e.linkage_name};
        WR_PUSH(&w->d->env->temp, w->names, n);
        return add_func(w, &e, entry->offset, WR_NONE);
    }
    if (entry->abbrev->tag != WR_TAG_INLINED_SUBROUTINE || outer == WR_NONE) return outer;
    uint32_t func = add_func(w, &e, e.refers, outer);
    return func == WR_NONE ? outer : func;
}

static void walk_unit(walking *w) {
    wr_reader r = wr_dwarf_entries(w->d);
    w->around.n = 0;
    WR_PUSH(&w->d->env->temp, w->around, WR_NONE);
    while (!wr_at_end(&r) && w->around.n) {
        wr_dwarf_entry entry;
        wr_dwarf_next_entry(w->d, &r, &entry);
        if (!entry.abbrev) {
            w->around.n--;
            continue;
        }
        uint32_t func = take_entry(w, &r, &entry, w->around.v[w->around.n - 1]);
        if (!entry.abbrev->has_children) continue;
        if (w->around.n >= MOST_DEPTH) wr_reader_fail(&r, "debug information is nested too deeply");
        WR_PUSH(&w->d->env->temp, w->around, func);
    }
}

// --- Stretches ---

static int by_nesting(const void *a, const void *b) {
    const placed *x = a, *y = b;
    if (x->low != y->low) return x->low < y->low ? -1 : 1;
    if (x->high != y->high) return x->high > y->high ? -1 : 1;
    return x->func < y->func ? -1 : x->func > y->func; // an inner function has a higher number
}

static void add_stretch(walking *w, uint32_t at, uint32_t func) {
    wr_source_func_row row = {at, func};
    if (w->sources->func_rows.n && w->sources->func_rows.v[w->sources->func_rows.n - 1].at == at)
        w->sources->func_rows.v[w->sources->func_rows.n - 1].func = func;
    else
        WR_PUSH(&w->d->env->perm, w->sources->func_rows, row);
}

// Ranges that overlap without nesting, which no compiler writes, are cut off where the enclosing range ends.
static void find_stretches(walking *w) {
    WR_VEC(placed) open = {0};
    if (w->places.n) qsort(w->places.v, w->places.n, sizeof *w->places.v, by_nesting);
    for (uint32_t i = 0; i <= w->places.n; i++) {
        placed next = i < w->places.n ? w->places.v[i] : (placed){UINT32_MAX, UINT32_MAX, WR_NONE};
        while (open.n && open.v[open.n - 1].high <= next.low) {
            uint32_t high = open.v[--open.n].high;
            add_stretch(w, high, open.n ? open.v[open.n - 1].func : WR_NONE);
        }
        if (i == w->places.n) break;
        if (open.n && next.high > open.v[open.n - 1].high) next.high = open.v[open.n - 1].high;
        add_stretch(w, next.low, next.func);
        WR_PUSH(&w->d->env->temp, open, next);
    }
}

void wr_dwarf_read_funcs(wr_dwarf *d, wr_sources *sources) {
    walking w = {.d = d, .sources = sources};
    wr_reader r = wr_reader_of(d->env, d->sections[WR_DWARF_INFO], 0);
    while (wr_dwarf_next_unit(d, &r)) {
        w.lines = (wr_line_table){0};
        if (d->unit.stmt_list != UINT64_MAX && d->sections[WR_DWARF_LINE].n)
            wr_dwarf_line_table_read(d, d->unit.stmt_list, d->unit.comp_dir, &w.lines);
        walk_unit(&w);
    }
    for (uint32_t i = 0; i < sources->funcs.n; i++)
        sources->funcs.v[i].name = wr_dwarf_name_at(&w.names, w.refers.v[i]);
    find_stretches(&w);
}
