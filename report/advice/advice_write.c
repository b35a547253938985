// Writes "Do these" as a numbered list, so that each command stands on a line of its own to be copied.
#include "advice.h"

#include "report/render/json.h"
#include "support/format.h"

static double percent(uint64_t part, uint64_t whole) {
    return whole ? (double)part * 100 / (double)whole : 0;
}

static wr_slice sizes_text(wr_page *page, const wr_advice *advice, const wr_advice_row *row) {
    wr_buf b = wr_buf_in(&page->env->temp);
    wr_put_format(&b, "%s%s bytes (%.1f %%)", row->measured ? "" : "at least ",
                  wr_format_thousands(row->bytes).s, percent(row->bytes, advice->bytes));
    if (row->brotli)
        wr_put_format(&b, ", %s in brotli (%.1f %%)", wr_format_thousands(row->brotli).s,
                      percent(row->brotli, advice->brotli));
    wr_put_format(&b, row->measured  ? "; measured"
                      : row->counted ? "; counted"
                                     : "; from the reference graph");
    return wr_buf_slice(&b);
}

// Text in lines of at most 80 characters, indented.
static void put_wrapped(wr_buf *out, wr_slice text) {
    enum { INDENT = 5, WIDTH = 80 };
    uint32_t column = 0;
    for (size_t i = 0, from; i < text.n; i++) {
        for (from = i; i < text.n && text.p[i] != ' '; i++) {}
        wr_slice word = wr_slice_of(text.p + from, i - from);
        uint32_t width = wr_format_width(word);
        bool breaks = column && column + 1 + width > WIDTH - INDENT;
        if (breaks) wr_put_u8(out, '\n');
        if (breaks || !column)
            column = 0, wr_put_format(out, "%*s", INDENT, "");
        else
            wr_put_u8(out, ' '), column++;
        wr_put_slice(out, word);
        column += width;
    }
    wr_put_u8(out, '\n');
}

static void write_row(wr_page *page, const wr_advice *advice, uint32_t i) {
    const wr_advice_row *row = &advice->rows[i];
    wr_slice sizes = sizes_text(page, advice, row);
    wr_buf *out = &page->out;
    if (page->style == WR_PAGE_MARKDOWN) {
        wr_put_format(out, "%u. `%.*s`  \n   **%.*s**. %.*s. Risk: %s.\n", i + 1, (int)row->command.n,
                      (const char *)row->command.p, (int)sizes.n, (const char *)sizes.p, (int)row->reason.n,
                      (const char *)row->reason.p, row->risk);
        return;
    }
    wr_put_format(out, "  %u  ", i + 1);
    wr_page_put_command(page, row->command);
    wr_put_u8(out, '\n');
    wr_buf text = wr_buf_in(&page->env->temp);
    wr_put_format(&text, "%.*s. %.*s; risk: %s", (int)sizes.n, (const char *)sizes.p, (int)row->reason.n,
                  (const char *)row->reason.p, row->risk);
    put_wrapped(out, wr_buf_slice(&text));
}

static void write_rebuild(wr_page *page, wr_slice step) {
    if (page->style == WR_PAGE_MARKDOWN) {
        wr_put_format(&page->out, "- %.*s\n", (int)step.n, (const char *)step.p);
        return;
    }
    size_t at = page->out.n;
    put_wrapped(&page->out, step);
    page->out.p[at + 2] = '+';
}

void wr_advice_write(wr_page *page, const wr_advice *advice) {
    if (!advice->n && !advice->nrebuild) return;
    wr_page_heading(page, advice->brotli
                              ? "Do these (bytes saved by each alone; brotli at its fast quality 5)"
                              : "Do these (bytes saved by each alone)");
    for (uint32_t i = 0; i < advice->n; i++) write_row(page, advice, i);
    if (page->style == WR_PAGE_MARKDOWN && advice->n) wr_put_u8(&page->out, '\n');
    for (uint32_t i = 0; i < advice->nrebuild; i++) write_rebuild(page, advice->rebuild[i]);
    if (page->style == WR_PAGE_MARKDOWN && advice->nrebuild) wr_put_u8(&page->out, '\n');
    if (!advice->measured)
        wr_page_line(page, "  What `wring -Oz` and its options save is measured with --estimate.");
}

json_t *wr_advice_json(wr_env *env, const wr_advice *advice) {
    json_t *list = json_array();
    for (uint32_t i = 0; i < advice->n; i++) {
        const wr_advice_row *row = &advice->rows[i];
        json_t *item = json_object();
        wr_json_set(item, "command", wr_json_slice(env, row->command));
        wr_json_set(item, "reason", wr_json_slice(env, row->reason));
        wr_json_set(item, "risk", json_string(row->risk));
        wr_json_set(item, "basis",
                    json_string(row->measured  ? "measured"
                                : row->counted ? "counted"
                                               : "graph"));
        wr_json_set_number(item, "bytes", row->bytes);
        if (row->brotli) wr_json_set_number(item, "brotli", row->brotli);
        json_array_append_new(list, item);
    }
    return list;
}
