// The diff for people and as data.
#include "diff.h"

#include "json.h"
#include "support/text.h"

enum { NAME_WIDTH = 84, VERSION = 1 };

wr_slice wr_diff_name(const wr_diff *d, const wr_diff_row *row) {
    const wr_symbol *old = row->before == WR_NONE ? NULL : &d->before->symbols.funcs[row->before];
    const wr_symbol *new = row->after == WR_NONE ? NULL : &d->after->symbols.funcs[row->after];
    return new && (new->raw.n || !old) ? new->text : old->text;
}

const char *wr_diff_state(const wr_diff_row *row) {
    if (row->before == WR_NONE) return "added";
    if (row->after == WR_NONE) return "removed";
    return row->new_bytes > row->old_bytes ? "grown" : row->new_bytes < row->old_bytes ? "shrunk" : "edited";
}

static void write_more(wr_page *page, uint32_t n, uint32_t top, int64_t delta) {
    if (n > top)
        wr_page_line(page, "  … and %s more, %s%s bytes together (--top=N shows more)", wr_thousands(n - top).s,
                     delta > 0 ? "+" : delta < 0 ? "-" : "", wr_thousands((uint64_t)(delta < 0 ? -delta : delta)).s);
}

static void write_groups(wr_page *page, const wr_diff_group *groups, uint32_t n, uint32_t top, const char *heads) {
    int64_t rest = 0;
    wr_sheet sheet = wr_sheet_begin(page, heads);
    for (uint32_t i = 0; i < n; i++) {
        if (i >= top) {
            rest += wr_delta(groups[i].old_bytes, groups[i].new_bytes);
            continue;
        }
        wr_sheet_delta(&sheet, wr_delta(groups[i].old_bytes, groups[i].new_bytes));
        wr_sheet_number(&sheet, groups[i].old_bytes);
        wr_sheet_number(&sheet, groups[i].new_bytes);
        wr_sheet_name(&sheet, groups[i].name, NAME_WIDTH);
    }
    wr_sheet_end(&sheet);
    write_more(page, n, top, rest);
}

static void write_rows(wr_page *page, const wr_diff *d, uint32_t top) {
    int64_t rest = 0;
    wr_sheet sheet = wr_sheet_begin(page, ">change|>before|>after|what|function");
    for (uint32_t i = 0; i < d->nrows; i++) {
        const wr_diff_row *row = &d->rows[i];
        if (i >= top) {
            rest += wr_delta(row->old_bytes, row->new_bytes);
            continue;
        }
        wr_sheet_delta(&sheet, wr_delta(row->old_bytes, row->new_bytes));
        wr_sheet_number(&sheet, row->old_bytes);
        wr_sheet_number(&sheet, row->new_bytes);
        wr_sheet_cell(&sheet, "%s", wr_diff_state(row));
        wr_sheet_name(&sheet, wr_diff_name(d, row), NAME_WIDTH);
    }
    wr_sheet_end(&sheet);
    write_more(page, d->nrows, top, rest);
}

void wr_write_diff(wr_page *page, const wr_diff *d, const char *before, const char *after, uint32_t top) {
    uint64_t old = d->before->m.input.n, new = d->after->m.input.n;
    if (wr_slice_eq(d->before->m.input, d->after->m.input)) {
        wr_page_line(page, "%s and %s are identical (%s bytes).", before, after, wr_thousands(old).s);
        return;
    }
    wr_page_line(page, "%s -> %s: %s -> %s bytes (%s)", before, after, wr_thousands(old).s, wr_thousands(new).s,
                 wr_change(old, new).s);
    wr_page_line(page, "Functions: %s the same, %s with other constants or indices only, %s edited, %s added, %s removed",
                 wr_thousands(d->same).s, wr_thousands(d->renumbered).s, wr_thousands(d->edited).s, wr_thousands(d->added).s, wr_thousands(d->removed).s);
    if (d->nparts) {
        wr_page_heading(page, "Parts of the file");
        write_groups(page, d->parts, d->nparts, d->nparts, ">change|>before|>after|part");
    }
    if (d->ngroups && (wr_has_names(d->before) || wr_has_names(d->after))) {
        wr_page_heading(page, "Code by package");
        write_groups(page, d->groups, d->ngroups, top, ">change|>before|>after|package");
    }
    if (d->nrows) {
        wr_page_heading(page, "Functions");
        write_rows(page, d, top);
    }
}

// --- JSON ---

static json_t *group_list(wr_env *env, const wr_diff_group *groups, uint32_t n) {
    json_t *list = json_array();
    for (uint32_t i = 0; i < n; i++) {
        json_t *row = json_object();
        wr_json_set(row, "name", wr_json_slice(env, groups[i].name));
        wr_json_set_number(row, "before", groups[i].old_bytes);
        wr_json_set_number(row, "after", groups[i].new_bytes);
        json_array_append_new(list, row);
    }
    return list;
}

static json_t *row_list(wr_env *env, const wr_diff *d) {
    static const char *const kinds[] = {"name", "body", "shape", "similarity"};
    json_t *list = json_array();
    for (uint32_t i = 0; i < d->nrows; i++) {
        const wr_diff_row *r = &d->rows[i];
        json_t *row = json_object();
        wr_json_set(row, "name", wr_json_slice(env, wr_diff_name(d, r)));
        wr_json_set(row, "state", json_string(wr_diff_state(r)));
        wr_json_set_number(row, "before", r->old_bytes);
        wr_json_set_number(row, "after", r->new_bytes);
        if (r->before != WR_NONE) wr_json_set_number(row, "index_before", r->before);
        if (r->after != WR_NONE) wr_json_set_number(row, "index_after", r->after);
        if (r->before != WR_NONE && r->after != WR_NONE)
            wr_json_set(row, "matched_by", json_string(kinds[d->matching.kind[r->before]]));
        json_array_append_new(list, row);
    }
    return list;
}

wr_slice wr_diff_json(wr_env *env, const wr_diff *d, const char *before, const char *after) {
    json_t *top = json_object();
    wr_json_set(top, "schema", json_string("wring-diff"));
    wr_json_set_number(top, "version", VERSION);
    wr_json_set(top, "file_before", json_string(before));
    wr_json_set(top, "file_after", json_string(after));
    wr_json_set_number(top, "before", d->before->m.input.n);
    wr_json_set_number(top, "after", d->after->m.input.n);
    wr_json_set_number(top, "same_functions", d->same);
    wr_json_set_number(top, "renumbered_functions", d->renumbered);
    wr_json_set(top, "parts", group_list(env, d->parts, d->nparts));
    wr_json_set(top, "groups", group_list(env, d->groups, d->ngroups));
    wr_json_set(top, "functions", row_list(env, d));
    return wr_json_text(env, top, JSON_INDENT(1));
}
