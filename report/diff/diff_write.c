// Writes the diff as text for people and as JSON.
#include "diff.h"

#include "report/render/json.h"
#include "support/format.h"

enum { NAME_WIDTH = 84, VERSION = 1, LEAST_SEGMENT = 64 }; // smaller changes of segments are for JSON

wr_slice wr_diff_name(const wr_diff *d, const wr_diff_row *row) {
    const wr_symbol *old = row->before == WR_NONE ? NULL : &d->before->symbols.funcs[row->before];
    const wr_symbol *new = row->after == WR_NONE ? NULL : &d->after->symbols.funcs[row->after];
    return new && (new->raw.n || !old) ? new->text : old->text;
}

const char *const wr_diff_state_words[WR_DIFF_STATES] = {"added", "removed", "grown", "shrunk", "edited"};

wr_diff_state wr_diff_state_of(const wr_diff_row *row) {
    if (row->before == WR_NONE) return WR_DIFF_ADDED;
    if (row->after == WR_NONE) return WR_DIFF_REMOVED;
    return row->new_bytes > row->old_bytes   ? WR_DIFF_GROWN
           : row->new_bytes < row->old_bytes ? WR_DIFF_SHRUNK
                                             : WR_DIFF_EDITED;
}

static void write_more(wr_page *page, uint32_t n, uint32_t top, int64_t delta) {
    if (n > top)
        wr_page_line(page, "  … and %s more, %s%s bytes together (--top=N shows more)",
                     wr_format_thousands(n - top).s,
                     delta > 0   ? "+"
                     : delta < 0 ? "-"
                                 : "",
                     wr_format_thousands((uint64_t)(delta < 0 ? -delta : delta)).s);
}

// The head of the column of compressed changes.
static const char *packed_head(wr_page *page, const wr_diff *d) {
    wr_buf b = wr_buf_in(&page->env->temp);
    wr_put_format(&b, ">%s|", wr_codec_keys[d->codec]);
    wr_put_u8(&b, 0);
    return (const char *)b.p;
}

static void write_packed(wr_sheet *sheet, bool is_packed, int64_t before, int64_t after) {
    if (is_packed)
        wr_sheet_delta(sheet, after - before);
    else
        wr_sheet_cell(sheet, "%s", "");
}

// A table of changes. With compressed sizes, their change is a column of its own where rows have them.
static void write_groups(wr_page *page, const wr_diff *d, const wr_diff_group *groups, uint32_t n,
                         uint32_t top, const char *what) {
    char heads[160];
    bool packed = n && groups[0].is_packed;
    int64_t rest = 0;
    snprintf(heads, sizeof heads, ">change|>before|>after|%s%s", packed ? packed_head(page, d) : "", what);
    wr_sheet sheet = wr_sheet_begin(page, heads);
    for (uint32_t i = 0; i < n; i++) {
        if (i >= top) {
            rest += wr_delta(groups[i].old_bytes, groups[i].new_bytes);
            continue;
        }
        wr_sheet_delta(&sheet, wr_delta(groups[i].old_bytes, groups[i].new_bytes));
        wr_sheet_number(&sheet, groups[i].old_bytes);
        wr_sheet_number(&sheet, groups[i].new_bytes);
        if (packed) write_packed(&sheet, groups[i].is_packed, groups[i].old_packed, groups[i].new_packed);
        wr_sheet_name(&sheet, groups[i].name, NAME_WIDTH);
    }
    wr_sheet_end(&sheet);
    write_more(page, n, top, rest);
}

static void write_rows(wr_page *page, const wr_diff *d, uint32_t top) {
    char heads[160];
    bool packed = d->rows[0].is_packed;
    int64_t rest = 0;
    snprintf(heads, sizeof heads, ">change|>before|>after|%swhat|function",
             packed ? packed_head(page, d) : "");
    wr_sheet sheet = wr_sheet_begin(page, heads);
    for (uint32_t i = 0; i < d->nrows; i++) {
        const wr_diff_row *row = &d->rows[i];
        if (i >= top) {
            rest += wr_delta(row->old_bytes, row->new_bytes);
            continue;
        }
        wr_sheet_delta(&sheet, wr_delta(row->old_bytes, row->new_bytes));
        wr_sheet_number(&sheet, row->old_bytes);
        wr_sheet_number(&sheet, row->new_bytes);
        if (packed) write_packed(&sheet, row->is_packed, row->old_packed, row->new_packed);
        wr_sheet_cell(&sheet, "%s", wr_diff_state_words[wr_diff_state_of(row)]);
        wr_sheet_name(&sheet, wr_diff_name(d, row), NAME_WIDTH);
    }
    wr_sheet_end(&sheet);
    write_more(page, d->nrows, top, rest);
}

static void write_head(wr_page *page, const wr_diff *d, const char *before, const char *after) {
    uint64_t old = d->before->m.input.n, new = d->after->m.input.n;
    wr_page_line(page, "%s -> %s: %s -> %s bytes (%s)", before, after, wr_format_thousands(old).s,
                 wr_format_thousands(new).s, wr_format_change(old, new).s);
    if (d->codec != WR_CODEC_RAW)
        wr_page_line(page, "%s: %s -> %s bytes (%s)", d->codec_label, wr_format_thousands(d->old_packed).s,
                     wr_format_thousands(d->new_packed).s, wr_format_change(d->old_packed, d->new_packed).s);
}

static void write_states(wr_page *page, const wr_diff *d) {
    wr_diff_group groups[WR_DIFF_STATES];
    char text[WR_DIFF_STATES][48];
    uint32_t n = 0;
    for (unsigned state = 0; state < WR_DIFF_STATES; state++) {
        if (!d->state_count[state]) continue;
        snprintf(text[n], sizeof text[n], "%s %s", wr_format_thousands(d->state_count[state]).s,
                 wr_diff_state_words[state]);
        groups[n] = d->states[state];
        groups[n].name = wr_slice_str(text[n]);
        n++;
    }
    wr_page_heading(page, "Functions: %s the same, %s with other constants or indices only",
                    wr_format_thousands(d->same).s, wr_format_thousands(d->renumbered).s);
    if (n) write_groups(page, d, groups, n, n, "functions");
}

static uint64_t largest_change(const wr_diff_group *sorted) {
    int64_t delta = wr_delta(sorted->old_bytes, sorted->new_bytes);
    return (uint64_t)(delta < 0 ? -delta : delta);
}

static void write_data(wr_page *page, const wr_diff *d, uint32_t top) {
    if (!d->nkinds && !d->data.removed && !d->data.added) return;
    wr_page_heading(
        page,
        "Data, by its contents and without runs of zeros: %s bytes in both, %s only before, %s only after",
        wr_format_thousands(d->data.kept).s, wr_format_thousands(d->data.removed).s,
        wr_format_thousands(d->data.added).s);
    if (d->nkinds) write_groups(page, d, d->kinds, d->nkinds, d->nkinds, "kind");
    if (d->nsegments > 1 && largest_change(d->segments) >= LEAST_SEGMENT)
        write_groups(page, d, d->segments, d->nsegments, top, "segment, and what came of it");
}

void wr_diff_write(wr_page *page, const wr_diff *d, const char *before, const char *after, uint32_t top) {
    if (wr_slice_eq(d->before->m.input, d->after->m.input)) {
        wr_page_line(page, "%s and %s are identical (%s bytes).", before, after,
                     wr_format_thousands(d->after->m.input.n).s);
        return;
    }
    write_head(page, d, before, after);
    if (d->nparts) {
        wr_page_heading(page, "Parts of the file");
        write_groups(page, d, d->parts, d->nparts, d->nparts, "part");
    }
    write_states(page, d);
    if (d->ngroups && (wr_has_names(d->before) || wr_has_names(d->after))) {
        wr_page_heading(page, "Code by package");
        write_groups(page, d, d->groups, d->ngroups, top, "package");
    }
    if (d->nrows) {
        wr_page_heading(page, "Functions that changed most");
        write_rows(page, d, top);
    }
    write_data(page, d, top);
    if (!d->nsymbols) return;
    wr_page_heading(page, "Data, by symbols of the linking sections");
    write_groups(page, d, d->symbols, d->nsymbols, top, "symbol");
}

// --- JSON ---

static void set_packed(json_t *row, bool is_packed, int64_t before, int64_t after) {
    if (!is_packed) return;
    wr_json_set(row, "compressed_before", json_integer((json_int_t)before));
    wr_json_set(row, "compressed_after", json_integer((json_int_t)after));
}

static void put_groups(wr_json_writer *out, const char *key, const wr_diff_group *groups, uint32_t n) {
    wr_json_open_list(out, key);
    for (uint32_t i = 0; i < n; i++) {
        json_t *row = json_object();
        wr_json_set(row, "name", wr_json_slice(out->env, groups[i].name));
        wr_json_set_number(row, "before", groups[i].old_bytes);
        wr_json_set_number(row, "after", groups[i].new_bytes);
        set_packed(row, groups[i].is_packed, groups[i].old_packed, groups[i].new_packed);
        wr_json_item(out, row);
    }
    wr_json_close_list(out);
}

static void put_functions(wr_json_writer *out, const wr_diff *d) {
    static const char *const kinds[] = {"name", "body", "shape", "similarity", "context"};
    wr_json_open_list(out, "functions");
    for (uint32_t i = 0; i < d->nrows; i++) {
        const wr_diff_row *r = &d->rows[i];
        json_t *row = json_object();
        wr_json_set(row, "name", wr_json_slice(out->env, wr_diff_name(d, r)));
        wr_json_set(row, "state", json_string(wr_diff_state_words[wr_diff_state_of(r)]));
        wr_json_set_number(row, "before", r->old_bytes);
        wr_json_set_number(row, "after", r->new_bytes);
        set_packed(row, r->is_packed, r->old_packed, r->new_packed);
        if (r->before != WR_NONE) wr_json_set_number(row, "index_before", r->before);
        if (r->after != WR_NONE) wr_json_set_number(row, "index_after", r->after);
        if (r->before != WR_NONE && r->after != WR_NONE)
            wr_json_set(row, "matched_by", json_string(kinds[d->matching.kind[r->before]]));
        wr_json_item(out, row);
    }
    wr_json_close_list(out);
}

static json_t *data_contents(const wr_diff *d) {
    json_t *row = json_object();
    wr_json_set_number(row, "in_both", d->data.kept);
    wr_json_set_number(row, "only_before", d->data.removed);
    wr_json_set_number(row, "only_after", d->data.added);
    return row;
}

static json_t *compressed(const wr_diff *d) {
    json_t *row = json_object();
    wr_json_set(row, "codec", json_string(wr_codec_keys[d->codec]));
    wr_json_set_number(row, "before", d->old_packed);
    wr_json_set_number(row, "after", d->new_packed);
    return row;
}

static void put_general(wr_json_writer *out, const wr_diff *d, const char *before, const char *after) {
    wr_json_put(out, "schema", json_string("wring-diff"));
    wr_json_put(out, "version", json_integer(VERSION));
    wr_json_put(out, "file_before", wr_json_slice(out->env, wr_slice_str(before)));
    wr_json_put(out, "file_after", wr_json_slice(out->env, wr_slice_str(after)));
    wr_json_put(out, "before", wr_json_number(d->before->m.input.n));
    wr_json_put(out, "after", wr_json_number(d->after->m.input.n));
    wr_json_put(out, "same_functions", wr_json_number(d->same));
    wr_json_put(out, "renumbered_functions", wr_json_number(d->renumbered));
}

wr_slice wr_diff_json(wr_env *env, const wr_diff *d, const char *before, const char *after) {
    wr_json_writer out = wr_json_begin(env);
    put_general(&out, d, before, after);
    put_groups(&out, "parts", d->parts, d->nparts);
    put_groups(&out, "groups", d->groups, d->ngroups);
    put_groups(&out, "data_kinds", d->kinds, d->nkinds);
    put_groups(&out, "data_segments", d->segments, d->nsegments);
    if (d->before->linking.n && d->after->linking.n)
        put_groups(&out, "data_symbols", d->symbols, d->nsymbols);
    wr_json_put(&out, "data_contents", data_contents(d));
    put_groups(&out, "states", d->states, WR_DIFF_STATES);
    if (d->codec != WR_CODEC_RAW) wr_json_put(&out, "compressed", compressed(d));
    put_functions(&out, d);
    return wr_json_end(&out);
}
