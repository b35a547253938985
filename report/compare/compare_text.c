// The comparison as a table for a terminal, and as Markdown.
#include "compare_parts.h"
#include "support/format.h"

static const char *cell(const wr_grid *grid, unsigned row, unsigned column) {
    return grid->cells[row * grid->columns + column];
}

static unsigned column_width(const wr_grid *grid, unsigned column) {
    unsigned width = 0;
    for (unsigned row = 0; row < grid->rows; row++) {
        unsigned own = wr_format_width(wr_slice_str(cell(grid, row, column)));
        if (own > width) width = own;
    }
    return width;
}

// Columns without a heading belong to the one before, and stand nearer to it.
static void put_aligned(wr_buf *b, const wr_grid *grid) {
    for (unsigned row = 0; row < grid->rows; row++) {
        for (unsigned column = 0; column < grid->columns; column++) {
            const char *text = cell(grid, row, column);
            int pad = (int)(column_width(grid, column) - wr_format_width(wr_slice_str(text)));
            if (column == 0)
                wr_put_format(b, "%s%*s", text, pad, "");
            else
                wr_put_format(b, "%s%*s%s", *cell(grid, 0, column) ? "   " : "  ", pad, "", text);
        }
        while (b->n && b->p[b->n - 1] == ' ') b->n--;
        wr_put_u8(b, '\n');
    }
}

wr_slice wr_compare_table(wr_env *env, const wr_comparison *c) {
    wr_buf b = wr_buf_in(&env->perm);
    wr_grid sizes = wr_compare_size_grid(env, c), runs = wr_compare_run_grid(env, c);
    wr_put_format(&b, "%s\n\n", c->name);
    put_aligned(&b, &sizes);
    if (runs.rows) wr_put_u8(&b, '\n'), put_aligned(&b, &runs);
    const char *remark;
    for (size_t i = 0; (remark = wr_compare_remark(env, c, i)); i++)
        wr_put_format(&b, "%s%s\n", i ? "" : "\n", remark);
    return wr_buf_slice(&b);
}

static void put_markdown_row(wr_buf *b, const wr_grid *grid, unsigned row) {
    for (unsigned column = 0; column < grid->columns; column++)
        wr_put_format(b, "| %s ", cell(grid, row, column));
    wr_put_format(b, "|\n");
}

static void put_markdown(wr_buf *b, const wr_grid *grid) {
    put_markdown_row(b, grid, 0);
    for (unsigned column = 0; column < grid->columns; column++) wr_put_format(b, column ? "|---:" : "|:---");
    wr_put_format(b, "|\n");
    for (unsigned row = 1; row < grid->rows; row++) put_markdown_row(b, grid, row);
    wr_put_u8(b, '\n');
}

// Text in which Markdown finds nothing to mark up.
static void put_plain(wr_buf *b, const char *text) {
    for (; *text; text++) {
        if (strchr("\\`*_<>|[]#", *text)) wr_put_u8(b, '\\');
        wr_put_u8(b, (uint8_t)*text);
    }
}

wr_slice wr_compare_markdown(wr_env *env, const wr_comparison *c) {
    wr_buf b = wr_buf_in(&env->perm);
    wr_grid sizes = wr_compare_size_grid(env, c), runs = wr_compare_run_grid(env, c);
    wr_put_format(&b, "### ");
    put_plain(&b, c->name);
    wr_put_format(&b, "\n\n");
    put_markdown(&b, &sizes);
    if (runs.rows) put_markdown(&b, &runs);
    const char *remark;
    for (size_t i = 0; (remark = wr_compare_remark(env, c, i)); i++) {
        wr_put_format(&b, "- ");
        put_plain(&b, remark);
        wr_put_u8(&b, '\n');
    }
    return wr_buf_slice(&b);
}
