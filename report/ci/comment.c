// Writes the comment: totals first, then what grew with the call that pulled it in, budgets, and what
// wring would take off. Lists are short: a comment is read in passing, and `wring diff` has the rest.
#include "comment.h"

#include "pulled_in.h"
#include "support/format.h"

enum { MOST_PACKAGES = 8, MOST_FUNCTIONS = 5, LEAST_GROWTH = 64, NAME_WIDTH = 90 };

static void put(wr_page *page, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void put(wr_page *page, const char *format, ...) {
    va_list args;
    va_start(args, format);
    wr_put_format_v(&page->out, format, args);
    va_end(args);
}

static void put_delta(wr_page *page, uint64_t before, uint64_t after) {
    uint64_t size = after > before ? after - before : before - after;
    put(page, "%s%s", after > before ? "+" : after < before ? "-" : "", wr_format_thousands(size).s);
}

// --- Totals ---

static void write_totals(wr_page *page, const wr_ci_report *r) {
    put(page, "| | before | after | change |\n| --- | ---: | ---: | ---: |\n");
    for (unsigned codec = 0; codec <= WR_CODEC_BROTLI; codec++) {
        uint64_t old = r->before.bytes[codec], new = r->after.bytes[codec];
        put(page, "| %s | %s | %s | ", wr_codec_labels[codec], wr_format_thousands(old).s,
            wr_format_thousands(new).s);
        put_delta(page, old, new);
        put(page, " (%s) |\n", wr_format_change(old, new).s);
    }
}

// --- Who grew ---

static bool grew(uint64_t before, uint64_t after) { return after >= before + LEAST_GROWTH; }

static void write_packages(wr_page *page, const wr_ci_report *r) {
    const wr_diff *d = r->diff;
    uint32_t shown = 0;
    wr_pulled_in pulled = wr_pulled_in_find(page->env, d, r->program);
    for (uint32_t i = 0; i < d->ngroups && shown < MOST_PACKAGES; i++) {
        const wr_diff_group *group = &d->groups[i];
        if (!grew(group->old_bytes, group->new_bytes)) continue;
        if (!shown++)
            put(page, "\n**Who grew**\n\n| change | after | package | why |\n| ---: | ---: | --- | --- |\n");
        put(page, "| ");
        put_delta(page, group->old_bytes, group->new_bytes);
        put(page, " | %s | ", wr_format_thousands(group->new_bytes).s);
        wr_page_put_code(&page->out, page->env, group->name, NAME_WIDTH);
        put(page, " | ");
        wr_slice why = wr_pulled_in_text(page->env, &pulled, group);
        wr_put_slice(&page->out, why);
        put(page, " |\n");
    }
}

// Without names only parts and kinds of data have something to say.
static void write_parts(wr_page *page, const wr_diff_group *rows, uint32_t n, const char *title) {
    uint32_t shown = 0;
    for (uint32_t i = 0; i < n && shown < MOST_FUNCTIONS; i++) {
        if (!grew(rows[i].old_bytes, rows[i].new_bytes)) continue;
        put(page, shown++ ? ", " : "\n%s that grew most: ", title);
        wr_page_put_code(&page->out, page->env, rows[i].name, NAME_WIDTH);
        put(page, " ");
        put_delta(page, rows[i].old_bytes, rows[i].new_bytes);
    }
    if (shown) put(page, ".\n");
}

static void write_functions(wr_page *page, const wr_diff *d) {
    uint32_t shown = 0;
    for (uint32_t i = 0; i < d->nrows && shown < MOST_FUNCTIONS; i++) {
        const wr_diff_row *row = &d->rows[i];
        if (!grew(row->old_bytes, row->new_bytes)) continue;
        if (!shown++)
            put(page, "\nFunctions that grew most: ");
        else
            put(page, ", ");
        wr_page_put_code(&page->out, page->env, wr_diff_name(d, row), NAME_WIDTH);
        put(page, " ");
        put_delta(page, row->old_bytes, row->new_bytes);
        if (row->before == WR_NONE) put(page, " (new)");
    }
    if (shown) put(page, ".\n");
}

static void write_growth(wr_page *page, const wr_ci_report *r) {
    const wr_diff *d = r->diff;
    bool named = wr_has_names(d->after);
    if (named)
        write_packages(page, r);
    else
        write_parts(page, d->parts, d->nparts, "Parts");
    write_functions(page, d);
    write_parts(page, d->kinds, d->nkinds, "Kinds of data");
}

// --- Budgets ---

static void write_budget(wr_page *page, const wr_budget_rows *rows) {
    put(page, "\n**Budgets**\n\n| | what | bytes | limit |\n| --- | --- | ---: | ---: |\n");
    for (uint32_t i = 0; i < rows->n; i++) {
        const wr_budget_row *row = &rows->v[i];
        put(page, "| %s | ", row->over ? "❌ over" : "✅");
        wr_page_put_code(&page->out, page->env, wr_slice_str(row->limit->what), NAME_WIDTH);
        put(page, " | %s | %s", wr_format_thousands(row->bytes).s,
            row->allowed == UINT64_MAX ? "-" : wr_format_thousands(row->allowed).s);
        if (row->over) put(page, " (%s too many)", wr_format_thousands(row->bytes - row->allowed).s);
        put(page, " |\n");
    }
}

// --- What could come off ---

static void write_advice(wr_page *page, const wr_advice *advice) {
    bool begun = false;
    for (uint32_t i = 0; i < advice->n; i++) {
        const wr_advice_row *row = &advice->rows[i];
        if (!row->measured) continue;
        if (!begun) put(page, "\n**What wring would take off** (measured on this module)\n\n");
        begun = true;
        put(page, "- `%.*s`: %s bytes", (int)row->command.n, (const char *)row->command.p,
            wr_format_thousands(row->bytes).s);
        if (row->brotli) put(page, ", %s in brotli (quality 5)", wr_format_thousands(row->brotli).s);
        put(page, "; risk: %s\n", row->risk);
    }
}

void wr_ci_write(wr_page *page, const wr_ci_report *r) {
    uint64_t old = r->before.bytes[WR_CODEC_RAW], new = r->after.bytes[WR_CODEC_RAW];
    put(page, "### `%s`: ", r->file);
    if (wr_slice_eq(r->diff->before->m.input, r->diff->after->m.input)) {
        put(page, "no change (%s bytes)\n", wr_format_thousands(new).s);
    } else {
        put_delta(page, old, new);
        put(page, " bytes (%s)\n\n", wr_format_change(old, new).s);
        write_totals(page, r);
        write_growth(page, r);
    }
    if (r->budget && r->budget->n) write_budget(page, r->budget);
    if (r->advice) write_advice(page, r->advice);
}
