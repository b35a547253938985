// Lays out headings, lines and tables. A table is collected whole and written once the widths of its
// columns are known. Widths count UTF-8 characters.
#include "page.h"

#include <stdarg.h>

#include "support/format.h"

wr_page wr_page_begin(wr_env *env, wr_page_style style) {
    return (wr_page){.env = env, .style = style, .out = wr_buf_in(&env->perm)};
}

#define BOLD "\033[1m"
#define CYAN "\033[36m"
#define PLAIN "\033[0m"

static void put_text(wr_page *page, const char *text) { wr_put_bytes(&page->out, text, strlen(text)); }

static void put_color(wr_page *page, const char *color) {
    if (page->style == WR_PAGE_TERMINAL) put_text(page, color);
}

void wr_page_heading(wr_page *page, const char *format, ...) {
    va_list args;
    put_text(page, page->style == WR_PAGE_MARKDOWN ? "\n### " : "\n");
    put_color(page, BOLD);
    va_start(args, format);
    wr_put_format_v(&page->out, format, args);
    va_end(args);
    put_color(page, PLAIN);
    put_text(page, page->style == WR_PAGE_MARKDOWN ? "\n\n" : "\n");
}

void wr_page_line(wr_page *page, const char *format, ...) {
    va_list args;
    va_start(args, format);
    wr_put_format_v(&page->out, format, args);
    va_end(args);
    put_text(page, page->style == WR_PAGE_MARKDOWN ? "\n\n" : "\n");
}

void wr_page_put_command(wr_page *page, wr_slice command) {
    put_color(page, CYAN);
    wr_put_slice(&page->out, command);
    put_color(page, PLAIN);
}

// --- Text ---

// Where character n begins.
static size_t place_of(wr_slice s, uint32_t n) {
    size_t i = 0;
    for (; i < s.n; i++)
        if (wr_format_begins_char(s.p[i]) && n-- == 0) break;
    return i;
}

wr_slice wr_page_printable(wr_arena *arena, wr_slice name, uint32_t most) {
    wr_buf b = wr_buf_in(arena);
    uint32_t width = wr_format_width(name);
    if (most && width > most) { // the end of a name says more than its middle
        uint32_t tail = most / 3, head = most - tail - 1;
        size_t from = place_of(name, width - tail);
        wr_put_bytes(&b, name.p, place_of(name, head));
        wr_put_slice(&b, wr_slice_str("…"));
        wr_put_bytes(&b, name.p + from, name.n - from);
    } else {
        wr_put_slice(&b, name);
    }
    for (size_t i = 0; i < b.n; i++)
        if (b.p[i] < 0x20 || b.p[i] == 0x7f) b.p[i] = '?';
    return wr_buf_slice(&b);
}

// --- Tables ---

static void add_cell(wr_sheet *sheet, wr_slice text) { WR_PUSH(&sheet->page->env->temp, sheet->cells, text); }

wr_sheet wr_sheet_begin(wr_page *page, const char *heads) {
    wr_sheet sheet = {.page = page};
    while (*heads && sheet.columns < WR_SHEET_COLUMNS) {
        sheet.right[sheet.columns] = *heads == '>';
        heads += *heads == '>';
        size_t n = strcspn(heads, "|");
        add_cell(&sheet, wr_slice_of(heads, n));
        heads += n + (heads[n] == '|');
        sheet.columns++;
    }
    return sheet;
}

void wr_sheet_cell(wr_sheet *sheet, const char *format, ...) {
    char text[512];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (n < 0) n = 0;
    add_cell(sheet, wr_slice_copy(&sheet->page->env->temp,
                                  wr_slice_of(text, (size_t)n < sizeof text ? (size_t)n : sizeof text - 1)));
}

void wr_sheet_name(wr_sheet *sheet, wr_slice name, uint32_t most) {
    add_cell(sheet, wr_page_printable(&sheet->page->env->temp, name, most));
}

void wr_sheet_number(wr_sheet *sheet, uint64_t value) {
    wr_sheet_cell(sheet, "%s", wr_format_thousands(value).s);
}

void wr_sheet_share(wr_sheet *sheet, uint64_t part, uint64_t whole) {
    wr_sheet_cell(sheet, "%.1f %%", whole ? (double)part * 100 / (double)whole : 0.0);
}

void wr_sheet_delta(wr_sheet *sheet, int64_t value) {
    uint64_t size = value < 0 ? -(uint64_t)value : (uint64_t)value;
    wr_sheet_cell(sheet, "%s%s", value > 0 ? "+" : value < 0 ? "-" : "", wr_format_thousands(size).s);
}

// Cuts what makes the last column too wide for the page.
static void fit_last(const wr_sheet *sheet, uint32_t *widths) {
    uint32_t last = sheet->columns - 1, before = 2 * sheet->columns;
    for (uint32_t i = 0; i < last; i++) before += widths[i];
    uint32_t most = sheet->page->width > before + 8 ? sheet->page->width - before : 8;
    if (!sheet->page->width || widths[last] <= most) return;
    for (uint32_t i = last; i < sheet->cells.n; i += sheet->columns)
        sheet->cells.v[i] = wr_page_printable(&sheet->page->env->temp, sheet->cells.v[i], most);
    widths[last] = most;
}

// Heads are bold and names coloured; numbers are plain.
static void put_padded(const wr_sheet *sheet, uint32_t cell, const uint32_t *widths) {
    wr_buf *out = &sheet->page->out;
    wr_slice text = sheet->cells.v[cell];
    uint32_t column = cell % sheet->columns;
    int gap = (int)(widths[column] - wr_format_width(text));
    bool last = column + 1 == sheet->columns, colored = cell < sheet->columns || !sheet->right[column];
    if (sheet->right[column]) wr_put_format(out, "%*s", gap, "");
    if (colored && text.n) put_color(sheet->page, cell < sheet->columns ? BOLD : CYAN);
    wr_put_slice(out, text);
    if (colored && text.n) put_color(sheet->page, PLAIN);
    if (!sheet->right[column] && !last) wr_put_format(out, "%*s", gap, "");
}

static void put_plain(const wr_sheet *sheet) {
    uint32_t widths[WR_SHEET_COLUMNS] = {0};
    for (uint32_t i = 0; i < sheet->cells.n; i++) {
        uint32_t width = wr_format_width(sheet->cells.v[i]);
        if (width > widths[i % sheet->columns]) widths[i % sheet->columns] = width;
    }
    fit_last(sheet, widths);
    for (uint32_t i = 0; i < sheet->cells.n; i++) {
        uint32_t column = i % sheet->columns;
        put_text(sheet->page, "  ");
        put_padded(sheet, i, widths);
        if (column + 1 == sheet->columns) wr_put_u8(&sheet->page->out, '\n');
    }
}

static void put_markdown_cell(wr_buf *out, wr_slice text, bool code) {
    if (code && text.n) wr_put_u8(out, '`');
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '|') wr_put_u8(out, '\\');
        wr_put_u8(out, text.p[i] == '`' ? '\'' : text.p[i]);
    }
    if (code && text.n) wr_put_u8(out, '`');
}

void wr_page_put_code(wr_buf *out, wr_env *env, wr_slice name, uint32_t most) {
    put_markdown_cell(out, wr_page_printable(&env->temp, name, most), true);
}

static void put_markdown(const wr_sheet *sheet) {
    wr_buf *out = &sheet->page->out;
    for (uint32_t i = 0; i < sheet->cells.n; i++) {
        uint32_t column = i % sheet->columns;
        bool is_name = i >= sheet->columns && !sheet->right[column];
        put_text(sheet->page, column ? " | " : "| ");
        put_markdown_cell(out, sheet->cells.v[i], is_name);
        if (column + 1 < sheet->columns) continue;
        put_text(sheet->page, " |\n");
        if (i + 1 != sheet->columns) continue;
        for (uint32_t c = 0; c < sheet->columns; c++)
            put_text(sheet->page, sheet->right[c] ? "| ---: " : "| --- ");
        put_text(sheet->page, "|\n");
    }
}

void wr_sheet_end(wr_sheet *sheet) {
    if (sheet->page->style == WR_PAGE_MARKDOWN)
        put_markdown(sheet);
    else
        put_plain(sheet);
}
