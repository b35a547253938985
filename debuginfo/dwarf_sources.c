// Turns line tables into rows in the order of the code. Sequences are sorted; those of dropped code, and
// those that overlap an earlier one, are left out. Of several that begin at one place, the one that ends
// where a function ends is taken: linkers give the others, of copies of the function in other objects, its
// address.
#include <stdlib.h>

#include "dwarf_lines.h"
#include "support/hash.h"
#include "support/map.h"

typedef struct sequence {
    uint32_t low, high;
    uint32_t first, n; // in rows
    bool is_whole;     // it ends where a function does
} sequence;

typedef struct collecting {
    wr_dwarf *d;
    wr_sources *sources;
    wr_source_rows rows; // of all sequences
    WR_VEC(sequence) sequences;
    wr_map files;
    wr_u32s file_of; // by file of the current table: index in sources, or WR_NONE
} collecting;

// --- Files ---

static uint32_t find_file(collecting *c, wr_slice name) {
    if (!name.n) return WR_NONE;
    uint32_t i;
    uint64_t hash = wr_hash_bytes(name.p, name.n);
    WR_MAP_FIND(&c->files, hash, i, wr_slice_eq(c->sources->files.v[i], name));
    if (i != WR_NONE) return i;
    wr_arena *perm = &c->d->env->perm;
    wr_map_add(&c->files, &c->d->env->temp, hash, c->sources->files.n);
    WR_PUSH(perm, c->sources->files, wr_slice_copy(perm, name));
    return c->sources->files.n - 1;
}

// --- Rows ---

static wr_source_row row_of(const collecting *c, const wr_line_table *t, const wr_line_row *from) {
    wr_source_row row = {.at = (uint32_t)(from->address + c->d->code), .file = WR_NONE, .name = WR_NONE};
    uint64_t file = from->file - t->first_file;
    if (file < c->file_of.n) row.file = c->file_of.v[file];
    if (row.file != WR_NONE) row.line = from->line, row.column = from->column;
    return row;
}

static bool ends_function(const wr_module *m, uint32_t at) {
    uint32_t func = at ? wr_source_input_func(m, at - 1) : WR_NONE;
    return func != WR_NONE && wr_func_offset(m, func) + m->funcs[func].body.n == at;
}

// Takes over the rows of one sequence, its end included.
static void take_sequence(collecting *c, const wr_line_table *t, const wr_line_row *rows, uint32_t n) {
    sequence s = {.first = c->rows.n, .n = n};
    uint64_t last = 0, limit = c->d->m->input.n - c->d->code;
    for (uint32_t i = 0; i < n; i++) {
        if (rows[i].address < last || rows[i].address > limit) return;
        last = rows[i].address;
    }
    if (wr_dwarf_is_gone(rows[0].address)) return;
    s.low = (uint32_t)(rows[0].address + c->d->code), s.high = (uint32_t)(last + c->d->code);
    s.is_whole = ends_function(c->d->m, s.high);
    for (uint32_t i = 0; i + 1 < n; i++) WR_PUSH(&c->d->env->temp, c->rows, row_of(c, t, &rows[i]));
    wr_source_row end = {.at = s.high, .file = WR_NONE, .name = WR_NONE};
    WR_PUSH(&c->d->env->temp, c->rows, end);
    WR_PUSH(&c->d->env->temp, c->sequences, s);
}

static void take_table(collecting *c, uint64_t offset) {
    wr_line_table t;
    wr_line_rows rows = {0};
    wr_dwarf_line_table_read(c->d, offset, c->d->unit.comp_dir, &t);
    wr_dwarf_line_table_rows(c->d, &t, &rows);
    c->file_of.n = 0;
    for (uint32_t i = 0; i < t.files.n; i++)
        WR_PUSH(&c->d->env->temp, c->file_of, find_file(c, t.files.v[i]));
    for (uint32_t i = 0, first = 0; i < rows.n; i++) {
        if (!(rows.v[i].flags & WR_LINE_END_SEQUENCE)) continue;
        take_sequence(c, &t, rows.v + first, i + 1 - first);
        first = i + 1;
    }
}

static int by_low(const void *a, const void *b) {
    const sequence *x = a, *y = b;
    if (x->low != y->low) return x->low < y->low ? -1 : 1;
    if (x->is_whole != y->is_whole) return x->is_whole ? -1 : 1;
    if (x->high != y->high) return x->high < y->high ? -1 : 1;
    return x->first < y->first ? -1 : 1;
}

static void put_row(wr_env *env, wr_source_rows *rows, const wr_source_row *row) {
    wr_source_row *last = rows->n ? &rows->v[rows->n - 1] : NULL;
    if (last && last->at == row->at)
        *last = *row;
    else
        WR_PUSH(&env->perm, *rows, *row);
}

void wr_dwarf_read_lines(wr_dwarf *d, wr_sources *sources) {
    collecting c = {.d = d, .sources = sources};
    wr_slice info = d->sections[WR_DWARF_INFO];
    wr_reader r = wr_reader_of(d->env, info, 0);
    uint64_t last = UINT64_MAX;
    while (wr_dwarf_next_unit(d, &r)) {
        if (d->unit.stmt_list == UINT64_MAX || d->unit.stmt_list == last) continue; // units may share a table
        last = d->unit.stmt_list;
        take_table(&c, last);
    }
    if (c.sequences.n) qsort(c.sequences.v, c.sequences.n, sizeof *c.sequences.v, by_low);
    uint32_t end = 0;
    for (uint32_t i = 0; i < c.sequences.n; i++) {
        const sequence *s = &c.sequences.v[i];
        if (s->low < end) continue;
        for (uint32_t k = 0; k < s->n; k++) put_row(d->env, &sources->rows, &c.rows.v[s->first + k]);
        end = s->high;
    }
}
