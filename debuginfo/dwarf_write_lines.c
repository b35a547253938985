// Writes the line tables of the output. The header is the input's plus further files; the program is written
// from the moved rows, one sequence for each function.
#include "dwarf_write_parts.h"
#include "support/hash.h"
#include "support/search.h"

enum { LINE_BASE = -5, LINE_RANGE = 14, OPCODE_BASE = 13 };

// --- Files ---

static void index_sources(wr_dwarf_writer *w) {
    const wr_sources *s = w->from->sources;
    wr_map_reserve(&w->file_map, w->d.lists, s->files.n);
    for (uint32_t i = 0; i < s->files.n; i++)
        wr_map_add(&w->file_map, w->d.lists, wr_hash_bytes(s->files.v[i].p, s->files.v[i].n), i);
}

static uint32_t find_source(wr_dwarf_writer *w, wr_slice name) {
    uint32_t i;
    if (!w->file_map.slots) index_sources(w);
    WR_MAP_FIND(&w->file_map, wr_hash_bytes(name.p, name.n), i,
                wr_slice_eq(w->from->sources->files.v[i], name));
    return i;
}

void wr_dwarf_open_lines(wr_dwarf_writer *w) {
    w->lines = (wr_line_table){0};
    w->added.n = w->number_of.n = 0;
    for (uint32_t i = 0; i < w->from->sources->files.n; i++) WR_PUSH(w->d.lists, w->number_of, 0);
    if (w->d.unit.stmt_list == UINT64_MAX || !w->d.sections[WR_DWARF_LINE].n) return;
    wr_dwarf_line_table_read(&w->d, w->d.unit.stmt_list, w->d.unit.comp_dir, &w->lines);
    for (uint32_t i = w->lines.files.n; i-- > 0;) {
        uint32_t file = find_source(w, w->lines.files.v[i]);
        if (file != WR_NONE) w->number_of.v[file] = i + w->lines.first_file + 1;
    }
}

uint32_t wr_dwarf_file_number(wr_dwarf_writer *w, uint32_t file) {
    if (!w->number_of.v[file]) {
        WR_PUSH(w->d.lists, w->added, file);
        w->number_of.v[file] = w->lines.files.n + w->lines.first_file + w->added.n;
    }
    return w->number_of.v[file] - 1;
}

void wr_dwarf_read_from(wr_dwarf_writer *w, uint32_t unit) {
    if (w->read_unit == unit) return;
    w->read_unit = unit;
    wr_dwarf_enter_unit(&w->d, w->unit_offsets.v[unit]);
    w->read_lines = (wr_line_table){0};
}

bool wr_dwarf_translate_file(wr_dwarf_writer *w, uint64_t number, uint32_t *translated) {
    const wr_dwarf_unit *u = &w->d.unit;
    if (u->stmt_list == UINT64_MAX || !w->d.sections[WR_DWARF_LINE].n || !w->lines.version) return false;
    if (!w->read_lines.version) wr_dwarf_line_table_read(&w->d, u->stmt_list, u->comp_dir, &w->read_lines);
    uint32_t file = find_source(w, wr_line_table_file(&w->read_lines, number));
    if (file != WR_NONE) *translated = wr_dwarf_file_number(w, file);
    return file != WR_NONE;
}

// --- The header ---

static void put_text(wr_buf *out, wr_slice text) {
    wr_put_slice(out, text);
    wr_put_u8(out, 0);
}

static void put_old_files(wr_dwarf_writer *w, wr_buf *out) {
    const wr_line_table *t = &w->lines;
    for (uint32_t i = 1; i < t->plain_dirs.n; i++) put_text(out, t->plain_dirs.v[i]);
    wr_put_u8(out, 0);
    for (uint32_t i = 0; i < t->files.n; i++) {
        put_text(out, t->plain_files.v[i].name);
        wr_put_uleb(out, t->plain_files.v[i].dir);
        wr_put_bytes(out, "\0\0", 2);
    }
    for (uint32_t i = 0; i < w->added.n; i++) {
        put_text(out, w->from->sources->files.v[w->added.v[i]]);
        wr_put_bytes(out, "\0\0\0", 3);
    }
    wr_put_u8(out, 0);
}

static void put_new_files(wr_dwarf_writer *w, wr_buf *out) {
    static const uint8_t dir_format[] = {1, 1, 0x08}, file_format[] = {2, 1, 0x08, 2, 0x0f};
    const wr_line_table *t = &w->lines;
    wr_put_bytes(out, dir_format, sizeof dir_format);
    wr_put_uleb(out, t->plain_dirs.n);
    for (uint32_t i = 0; i < t->plain_dirs.n; i++) put_text(out, t->plain_dirs.v[i]);
    wr_put_bytes(out, file_format, sizeof file_format);
    wr_put_uleb(out, t->files.n + w->added.n);
    for (uint32_t i = 0; i < t->files.n; i++) {
        put_text(out, t->plain_files.v[i].name);
        wr_put_uleb(out, t->plain_files.v[i].dir);
    }
    for (uint32_t i = 0; i < w->added.n; i++) {
        put_text(out, w->from->sources->files.v[w->added.v[i]]);
        wr_put_uleb(out, 0);
    }
}

static void put_head(wr_dwarf_writer *w, wr_buf *out) {
    static const uint8_t operands[OPCODE_BASE - 1] = {0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1};
    wr_buf head = wr_buf_in(&w->env->temp);
    wr_put_u8(&head, 1); // minimum instruction length
    if (w->lines.version >= 4) wr_put_u8(&head, 1);
    wr_put_u8(&head, 1); // all rows begin statements
    wr_put_u8(&head, (uint8_t)LINE_BASE);
    wr_put_u8(&head, LINE_RANGE);
    wr_put_u8(&head, OPCODE_BASE);
    wr_put_bytes(&head, operands, sizeof operands);
    if (w->lines.version < 5)
        put_old_files(w, &head);
    else
        put_new_files(w, &head);
    wr_put_u8(out, (uint8_t)w->lines.version);
    wr_put_u8(out, 0);
    if (w->lines.version == 5) wr_put_bytes(out, "\4\0", 2);
    wr_put_le32(out, (uint32_t)head.n);
    wr_put_slice(out, wr_buf_slice(&head));
}

// --- The program ---

typedef struct line_state {
    uint64_t address;
    uint32_t file, line, column;
} line_state;

static void put_address(wr_buf *out, uint64_t address) {
    wr_put_bytes(out, "\0\5\2", 3);
    wr_put_le32(out, (uint32_t)address);
}

static void put_row(wr_buf *out, line_state *s, const line_state *row) {
    if (row->file != s->file) wr_put_u8(out, 4), wr_put_uleb(out, row->file);
    if (row->column != s->column) wr_put_u8(out, 5), wr_put_uleb(out, row->column);
    int64_t lines = (int64_t)row->line - s->line;
    uint64_t bytes = row->address - s->address;
    if (lines < LINE_BASE || lines >= LINE_BASE + LINE_RANGE) {
        wr_put_u8(out, 3);
        wr_put_sleb(out, lines);
        lines = 0;
    }
    if (bytes * LINE_RANGE + (uint64_t)(lines - LINE_BASE) + OPCODE_BASE > 255) {
        wr_put_u8(out, 2);
        wr_put_uleb(out, bytes);
        bytes = 0;
    }
    wr_put_u8(out, (uint8_t)(bytes * LINE_RANGE + (uint64_t)(lines - LINE_BASE) + OPCODE_BASE));
    *s = *row;
}

static uint32_t first_row_at(const wr_source_rows *rows, uint32_t at) {
    uint32_t low;
    WR_SEARCH(low, 0, rows->n, rows->v[low].at < at);
    return low;
}

// Writes the rows of a function. An unknown place has line 0.
static void put_sequence(wr_dwarf_writer *w, wr_buf *out, uint32_t func) {
    const wr_source_rows *rows = w->from->rows;
    const wr_code_func *f = &w->from->map->funcs[func];
    line_state s = {.file = 1, .line = 1};
    bool any = false;
    for (uint32_t i = first_row_at(rows, f->at); i < rows->n && rows->v[i].at < f->at + f->size; i++) {
        const wr_source_row *row = &rows->v[i];
        line_state next = {row->at - w->from->code, s.file, 0, 0};
        if (row->file == WR_NONE && !any) continue;
        if (row->file != WR_NONE)
            next.file = wr_dwarf_file_number(w, row->file), next.line = row->line, next.column = row->column;
        if (!any) put_address(out, s.address = next.address);
        any = true;
        put_row(out, &s, &next);
    }
    if (!any) return;
    wr_put_u8(out, 2);
    wr_put_uleb(out, f->at + f->size - w->from->code - s.address);
    wr_put_bytes(out, "\0\1\1", 3);
}

void wr_dwarf_write_lines(wr_dwarf_writer *w) {
    if (!w->lines.version) return;
    wr_buf program = wr_buf_in(&w->env->temp), table = wr_buf_in(&w->env->temp);
    for (uint32_t i = 0; i < w->from->map->nfuncs; i++)
        if (w->unit_of[i] == w->unit) put_sequence(w, &program, i);
    put_head(w, &table);
    wr_put_le32(&w->line, (uint32_t)(table.n + program.n));
    wr_put_slice(&w->line, wr_buf_slice(&table));
    wr_put_slice(&w->line, wr_buf_slice(&program));
}
