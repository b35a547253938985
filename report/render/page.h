// Writes reports for people: headings, lines and tables, as plain text, as text with colours, or as Markdown.
#ifndef WR_REPORT_RENDER_PAGE_H
#define WR_REPORT_RENDER_PAGE_H

#include "support/buf.h"

// WR_PAGE_TERMINAL: text with the escape sequences of a terminal that shows colours.
typedef enum wr_page_style { WR_PAGE_TEXT, WR_PAGE_TERMINAL, WR_PAGE_MARKDOWN } wr_page_style;

typedef struct wr_page {
    wr_env *env; // its temp arena holds cells until their table ends
    wr_page_style style;
    uint32_t width; // of text: last columns of tables are cut in the middle to fit; 0: as wide as they are
    wr_buf out;     // in env->perm
} wr_page;

wr_page wr_page_begin(wr_env *env, wr_page_style style);

void wr_page_heading(wr_page *page, const char *format, ...) __attribute__((format(printf, 2, 3)));
void wr_page_line(wr_page *page, const char *format, ...) __attribute__((format(printf, 2, 3)));

// Writes a command to be copied, in colour on a terminal, without a line break.
void wr_page_put_command(wr_page *page, wr_slice command);

enum { WR_SHEET_COLUMNS = 8 };

typedef struct wr_sheet {
    wr_page *page;
    uint32_t columns;
    WR_VEC(wr_slice) cells; // the first row: heads
    bool right[WR_SHEET_COLUMNS];
} wr_sheet;

// Begins a table. Column heads are separated by |; a head that begins with > aligns its column to the right.
wr_sheet wr_sheet_begin(wr_page *page, const char *heads);
void wr_sheet_cell(wr_sheet *sheet, const char *format, ...) __attribute__((format(printf, 2, 3)));
// Writes arbitrary text: made printable, and cut to `most` characters (0: not cut).
void wr_sheet_name(wr_sheet *sheet, wr_slice name, uint32_t most);
void wr_sheet_end(wr_sheet *sheet);

// "1,234"; "12.3 %" of a whole.
void wr_sheet_number(wr_sheet *sheet, uint64_t value);
void wr_sheet_share(wr_sheet *sheet, uint64_t part, uint64_t whole);
// "+12", "-3", "0".
void wr_sheet_delta(wr_sheet *sheet, int64_t value);

// Writes a name as Markdown's code, for the cell of a table too; cut as wr_page_printable() does.
void wr_page_put_code(wr_buf *out, wr_env *env, wr_slice name, uint32_t most);

// A printable copy of a name: control characters replaced, cut in the middle to `most` characters (0: never).
wr_slice wr_page_printable(wr_arena *arena, wr_slice name, uint32_t most);

#endif
