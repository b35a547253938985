// Writes the outcome of a budget: for people, as annotations for GitHub, and as JUnit XML.
#include "budget.h"
#include "support/format.h"

static wr_formatted allowed_text(const wr_budget_row *row) {
    wr_formatted none = {"-"};
    return row->allowed == UINT64_MAX ? none : wr_format_thousands(row->allowed);
}

static void write_rows(wr_page *page, const wr_budget_rows *rows, bool with_baseline) {
    wr_sheet sheet = wr_sheet_begin(page, with_baseline ? "|>bytes|>limit|>remaining|>before|what|file"
                                                        : "|>bytes|>limit|>remaining|what|file");
    for (uint32_t i = 0; i < rows->n; i++) {
        const wr_budget_row *row = &rows->v[i];
        wr_sheet_cell(&sheet, "%s", row->over ? "OVER" : "ok");
        wr_sheet_number(&sheet, row->bytes);
        wr_sheet_cell(&sheet, "%s", allowed_text(row).s);
        wr_sheet_delta(&sheet, (int64_t)(row->allowed - row->bytes));
        if (with_baseline) wr_sheet_number(&sheet, row->baseline);
        wr_sheet_name(&sheet, wr_slice_str(row->limit->what), 0);
        wr_sheet_name(&sheet, wr_slice_str(row->file), 0);
    }
    wr_sheet_end(&sheet);
}

void wr_budget_write(wr_page *page, const wr_budget_rows *rows) {
    uint32_t over = 0;
    bool with_baseline = false;
    for (uint32_t i = 0; i < rows->n; i++) {
        over += rows->v[i].over;
        with_baseline |= rows->v[i].baseline > 0;
    }
    if (over)
        wr_page_line(page, "%u of %u limit%s exceeded", over, rows->n, rows->n == 1 ? "" : "s");
    else
        wr_page_line(page, "%u limit%s, all kept", rows->n, rows->n == 1 ? "" : "s");
    write_rows(page, rows, with_baseline);
}

static void put_sentence(wr_buf *b, const wr_budget_row *row) {
    wr_put_format(b, "%s: %s has %s bytes, %s more than its limit of %s", row->file, row->limit->what,
                  wr_format_thousands(row->bytes).s, wr_format_thousands(row->bytes - row->allowed).s,
                  allowed_text(row).s);
}

// --- GitHub ---

// The message of a workflow command is one line.
static void put_command_text(wr_buf *out, wr_slice text) {
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '%' || text.p[i] == '\n' || text.p[i] == '\r')
            wr_put_format(out, "%%%02X", text.p[i]);
        else
            wr_put_u8(out, text.p[i]);
    }
}

wr_slice wr_budget_github(wr_env *env, const wr_budget_rows *rows) {
    wr_buf out = wr_buf_in(&env->perm);
    for (uint32_t i = 0; i < rows->n; i++) {
        wr_buf text = wr_buf_in(&env->temp);
        if (!rows->v[i].over) continue;
        put_sentence(&text, &rows->v[i]);
        wr_put_format(&out, "::error title=Size budget::");
        put_command_text(&out, wr_buf_slice(&text));
        wr_put_u8(&out, '\n');
    }
    return wr_buf_slice(&out);
}

// --- JUnit ---

static void put_xml(wr_buf *out, const char *text) {
    for (; *text; text++) {
        switch (*text) {
        case '<': wr_put_format(out, "&lt;"); break;
        case '>': wr_put_format(out, "&gt;"); break;
        case '&': wr_put_format(out, "&amp;"); break;
        case '"': wr_put_format(out, "&quot;"); break;
        default: wr_put_u8(out, (uint8_t)*text < 0x20 ? '?' : (uint8_t)*text);
        }
    }
}

static void put_case(wr_env *env, wr_buf *out, const wr_budget_row *row) {
    wr_put_format(out, "    <testcase classname=\"");
    put_xml(out, row->file);
    wr_put_format(out, "\" name=\"");
    put_xml(out, row->limit->what);
    wr_put_format(out, row->over ? "\">\n      <failure message=\"" : "\"/>\n");
    if (!row->over) return;
    wr_buf text = wr_buf_in(&env->temp);
    put_sentence(&text, row);
    wr_put_u8(&text, 0);
    put_xml(out, (const char *)text.p);
    wr_put_format(out, "\"/>\n    </testcase>\n");
}

wr_slice wr_budget_junit(wr_env *env, const wr_budget_rows *rows) {
    wr_buf out = wr_buf_in(&env->perm);
    uint32_t over = 0;
    for (uint32_t i = 0; i < rows->n; i++) over += rows->v[i].over;
    wr_put_format(&out,
                  "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"
                  "  <testsuite name=\"wring budget\" tests=\"%u\" failures=\"%u\">\n",
                  rows->n, over);
    for (uint32_t i = 0; i < rows->n; i++) put_case(env, &out, &rows->v[i]);
    wr_put_format(&out, "  </testsuite>\n</testsuites>\n");
    return wr_buf_slice(&out);
}
