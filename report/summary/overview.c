// The tables of the overview. Every table says how much of its whole it doesn't show.
#include "overview.h"

#include <stdlib.h>

#include "overview_parts.h"
#include "report/audit/quotes.h"
#include "report/audit/savings.h"
#include "support/format.h"

enum { LEAST_GENERICS = 20 }; // generics are worth a table from a 20th of the code
enum { SCREEN_WIDTH = 80, SCREEN_LINES = 50, MOST_ROWS = 6, LEAST_ROWS = 3, MOST_KINDS = 3 };

static uint64_t total_of(const wr_audit *a) { return a->m.input.n; }

// --- Rows ---

static int by_size(const void *a, const void *b) {
    const wr_overview_row *x = a, *y = b;
    if (x->bytes != y->bytes) return x->bytes < y->bytes ? 1 : -1;
    return wr_slice_order(x->name, y->name);
}

void wr_overview_put_rest(wr_sheet *sheet, uint64_t bytes, uint64_t whole, uint32_t count, const char *what) {
    if (!count) return;
    wr_sheet_number(sheet, bytes);
    wr_sheet_share(sheet, bytes, whole);
    wr_sheet_cell(sheet, "%s", "");
    int letters = (int)strlen(what) - (count == 1); // without the plural's s
    wr_sheet_cell(sheet, "(%s more %.*s)", wr_format_thousands(count).s, letters, what);
}

static void write_row(wr_sheet *sheet, const wr_overview_row *row, uint64_t whole) {
    wr_sheet_number(sheet, row->bytes);
    wr_sheet_share(sheet, row->bytes, whole);
    if (row->count > 1)
        wr_sheet_number(sheet, row->count);
    else
        wr_sheet_cell(sheet, "%s", "");
    wr_sheet_name(sheet, row->name, WR_OVERVIEW_NAME_WIDTH);
}

void wr_overview_write_rows(wr_page *page, const char *heads, wr_overview_row *rows, uint32_t n, uint32_t top,
                            uint64_t whole, const char *what) {
    uint64_t rest = 0;
    if (n) qsort(rows, n, sizeof *rows, by_size);
    wr_sheet sheet = wr_sheet_begin(page, heads);
    for (uint32_t i = 0; i < n; i++) {
        if (i < top)
            write_row(&sheet, &rows[i], whole);
        else
            rest += rows[i].bytes;
    }
    if (n > top) wr_overview_put_rest(&sheet, rest, whole, n - top, what);
    wr_sheet_end(&sheet);
}

// --- Sections ---

// Parts of the file with something in them, custom sections each for itself but those of debug information.
static uint32_t list_parts(const wr_audit *a, wr_overview_row *rows) {
    uint32_t n = 0;
    for (unsigned part = 0; part < WR_PARTS; part++) {
        if (part == WR_PART_CUSTOM || !a->inv.bytes[part]) continue;
        rows[n++] = (wr_overview_row){wr_slice_str(wr_size_map_part_labels[part]), a->inv.bytes[part],
                                      a->inv.count[part]};
    }
    const wr_saving *debug = &a->findings[WR_FOUND_DEBUG];
    if (debug->count > 1)
        rows[n++] =
            (wr_overview_row){wr_slice_str(wr_saving_labels[WR_FOUND_DEBUG]), debug->bytes, debug->count};
    for (uint32_t i = 0; i < a->m.ncustoms; i++)
        if (debug->count < 2 || !wr_savings_is_debug_section(a->m.customs[i].name))
            rows[n++] = (wr_overview_row){a->m.customs[i].name, a->inv.custom_size[i], 0};
    return n;
}

static void write_parts(wr_page *page, const wr_audit *a, uint32_t top) {
    wr_overview_row *rows = WR_NEW(&page->env->temp, wr_overview_row, WR_PARTS + a->m.ncustoms);
    uint32_t n = list_parts(a, rows);
    wr_page_heading(page, "The file");
    wr_overview_write_rows(page, ">bytes|>share|>count|part", rows, n, top, total_of(a), "parts");
}

// --- Code ---

static void write_buckets(wr_page *page, const wr_audit *a, const wr_buckets *buckets, const char *heads,
                          uint32_t top, const char *what) {
    uint64_t code = a->inv.bytes[WR_PART_CODE] + a->inv.bytes[WR_PART_DECLARATION], rest = 0;
    wr_sheet sheet = wr_sheet_begin(page, heads);
    for (uint32_t i = 0; i < buckets->n; i++) {
        if (i >= top) {
            rest += buckets->v[i].bytes;
            continue;
        }
        wr_slice name = buckets->v[i].name;
        wr_sheet_number(&sheet, buckets->v[i].bytes);
        wr_sheet_share(&sheet, buckets->v[i].bytes, code);
        wr_sheet_number(&sheet, buckets->v[i].functions);
        wr_sheet_name(&sheet, name, WR_OVERVIEW_NAME_WIDTH);
    }
    if (buckets->n > top) wr_overview_put_rest(&sheet, rest, code, buckets->n - top, what);
    wr_sheet_end(&sheet);
}

static const char *package_word(const wr_audit *a) {
    switch (a->symbols.language) {
    case WR_LANG_GO:
    case WR_LANG_KOTLIN: return "package";
    case WR_LANG_RUST: return "crate";
    case WR_LANG_CXX: return "namespace or class";
    default: return a->by_file ? "source file" : "prefix of the name";
    }
}

// What says where functions without names come from, the most frequent first.
static void write_evidence(wr_page *page, const wr_audit *a) {
    const wr_evidence *e = &a->evidence;
    wr_buf line = wr_buf_in(&page->env->temp);
    bool said[WR_EVIDENCE_KINDS] = {0};
    for (unsigned n = 0; n < MOST_KINDS; n++) {
        unsigned best = WR_EVIDENCE_NONE;
        for (unsigned k = 0; k < WR_EVIDENCE_KINDS; k++)
            if (!said[k] && e->functions[k] &&
                (best == WR_EVIDENCE_NONE || e->functions[k] > e->functions[best]))
                best = k;
        if (best == WR_EVIDENCE_NONE) break;
        said[best] = true;
        wr_put_format(&line, "%s%s (%s)", n ? ", " : "", wr_evidence_labels[best],
                      wr_format_thousands(e->functions[best]).s);
    }
    wr_page_line(page, "  Evidence: %.*s", (int)line.n, (const char *)line.p);
}

// Functions of which neither a name nor anything else is known.
static uint32_t count_unknown(const wr_audit *a) {
    uint32_t n = 0;
    for (uint32_t f = a->m.nfunc_imports; f < a->m.nfuncs; f++)
        n += !a->symbols.funcs[f].raw.n && !a->evidence.funcs[f].group.n;
    return n;
}

// How to get names where little is known.
static void write_advice(wr_page *page) {
    wr_page_line(page, "  Names: build with -g, --profiling-funcs (Emscripten) or strip = false (Cargo),");
    wr_page_line(page, "  or give such a build: --symbols=FILE");
}

static bool has_evidence(const wr_audit *a) {
    return a->evidence.funcs && a->evidence.attributed > (a->m.nfuncs - a->m.nfunc_imports) / 16;
}

// Whether nothing is known of most functions of a module that is worth asking about.
static bool needs_names(const wr_audit *a) {
    uint32_t defined = a->m.nfuncs - a->m.nfunc_imports;
    return a->evidence.funcs && defined >= 32 && count_unknown(a) * 2 > defined;
}

static void write_groups(wr_page *page, const wr_audit *a, uint32_t top) {
    if (has_evidence(a)) {
        wr_page_heading(page, "Code by crate, file, namespace or library, from evidence");
        write_buckets(page, a, &a->groups, ">bytes|>of code|>functions|from", top, "groups");
        write_evidence(page, a);
    }
    if (needs_names(a)) write_advice(page);
    if (a->evidence.funcs || !wr_has_names(a) || (a->groups.n < 2 && !a->by_file)) return;
    char heads[64];
    snprintf(heads, sizeof heads, ">bytes|>of code|>functions|%s", package_word(a));
    wr_page_heading(page, "Code by %s", package_word(a));
    write_buckets(page, a, &a->groups, heads, top, "groups");
}

static void write_shared(wr_page *page, const wr_audit *a, uint32_t top) {
    uint64_t code = a->inv.bytes[WR_PART_CODE], rest = 0, saved = 0;
    wr_sheet sheet = wr_sheet_begin(page, ">bytes|>of code|>at most saved|>instances|generic");
    for (uint32_t i = 0; i < a->instances.n; i++) {
        const wr_bucket *bucket = &a->instances.v[i];
        uint64_t most = bucket->bytes - bucket->largest;
        if (i >= top) {
            rest += bucket->bytes, saved += most;
            continue;
        }
        wr_sheet_number(&sheet, bucket->bytes);
        wr_sheet_share(&sheet, bucket->bytes, code);
        wr_sheet_number(&sheet, most);
        wr_sheet_number(&sheet, bucket->functions);
        wr_sheet_name(&sheet, bucket->name, WR_OVERVIEW_NAME_WIDTH - 14);
    }
    if (a->instances.n > top) {
        wr_sheet_number(&sheet, rest);
        wr_sheet_share(&sheet, rest, code);
        wr_sheet_number(&sheet, saved);
        wr_sheet_cell(&sheet, "%s", "");
        wr_sheet_cell(&sheet, "(%s more generics)", wr_format_thousands(a->instances.n - top).s);
    }
    wr_sheet_end(&sheet);
}

static void write_instances(wr_page *page, const wr_audit *a, uint32_t top) {
    uint64_t code = a->inv.bytes[WR_PART_CODE], instances = 0;
    for (uint32_t i = 0; i < a->instances.n; i++) instances += a->instances.v[i].bytes;
    if (!a->instances.n || instances * LEAST_GENERICS < code) return;
    wr_page_heading(page, "Generics: what their instances cost, and would save if one copy served all");
    write_shared(page, a, top);
}

// "v2", which ends an import path but names no package.
static bool is_version(wr_slice name) {
    return name.n > 1 && name.n < 5 && name.p[0] == 'v' && name.p[1] >= '2' && name.p[1] <= '9';
}

// The last slash of the first n bytes, or null.
static const uint8_t *last_slash(const uint8_t *p, size_t n) {
    while (n && p[n - 1] != '/') n--;
    return n ? p + n - 1 : NULL;
}

// Without the directories of Go's packages, which have tables of their own.
static wr_slice short_name(const wr_audit *a, uint32_t func) {
    const wr_symbol *symbol = &a->symbols.funcs[func];
    wr_slice text = symbol->text, group = symbol->group;
    if (symbol->language != WR_LANG_GO || group.n >= text.n || memcmp(text.p, group.p, group.n) != 0)
        return text;
    const uint8_t *slash = last_slash(text.p, group.n);
    if (slash && is_version(wr_slice_of(slash + 1, (size_t)(text.p + group.n - slash) - 1)))
        slash = last_slash(text.p, (size_t)(slash - text.p));
    return slash ? wr_slice_of(slash + 1, (size_t)(text.p + text.n - slash) - 1) : text;
}

static void write_biggest(wr_page *page, const wr_audit *a, uint32_t top) {
    uint32_t n = a->m.nfuncs - a->m.nfunc_imports, *order = wr_audit_functions_by_size(page->env, a);
    if (!n) return;
    if (top > n) top = n;
    wr_slice *quotes = wr_quotes_find(page->env, a, order, top);
    wr_page_heading(page, "Biggest functions, and what goes with them (~: data that only they seem to name)");
    wr_sheet sheet = wr_sheet_begin(page, ">bytes|>retained|>~data|function");
    for (uint32_t i = 0; i < top; i++) {
        uint32_t node = a->graph.base[WR_FUNC] + order[i];
        wr_sheet_number(&sheet, wr_func_bytes(a, order[i]));
        wr_sheet_number(&sheet, a->graph.retained[node]);
        wr_sheet_number(&sheet, a->graph.retained_data[node]);
        wr_sheet_name(&sheet, wr_quoted_name(page->env, short_name(a, order[i]), quotes[i]),
                      WR_OVERVIEW_NAME_WIDTH - 12);
    }
    wr_sheet_end(&sheet);
}

static void write_hottest(wr_page *page, const wr_audit *a, uint32_t top) {
    uint32_t n, *order = wr_audit_functions_by_calls(page->env, a, &n);
    uint64_t all = 0;
    if (!order) return;
    for (uint32_t i = 0; i < n; i++) all += a->calls[order[i]];
    wr_page_heading(page, "Functions called most: %s calls of %s functions; %s never called",
                    wr_format_thousands(all).s, wr_format_thousands(n).s,
                    wr_format_thousands(a->m.nfuncs - a->m.nfunc_imports - n).s);
    wr_sheet sheet = wr_sheet_begin(page, ">calls|>share|>bytes|function");
    for (uint32_t i = 0; i < n && i < top; i++) {
        wr_sheet_number(&sheet, a->calls[order[i]]);
        wr_sheet_share(&sheet, a->calls[order[i]], all);
        wr_sheet_number(&sheet, wr_func_bytes(a, order[i]));
        wr_sheet_name(&sheet, short_name(a, order[i]), WR_OVERVIEW_NAME_WIDTH);
    }
    wr_sheet_end(&sheet);
}

// --- What could go ---

static void write_findings(wr_page *page, const wr_audit *a, uint32_t top) {
    wr_overview_row rows[WR_FINDING_COUNT];
    uint32_t n = 0;
    for (unsigned id = 0; id < WR_FINDING_COUNT; id++)
        if (a->findings[id].bytes)
            rows[n++] = (wr_overview_row){wr_slice_str(wr_saving_labels[id]), a->findings[id].bytes,
                                          a->findings[id].count};
    if (!n) return;
    qsort(rows, n, sizeof *rows, by_size);
    wr_page_heading(page, "What could go at most (rows may overlap)");
    wr_sheet sheet = wr_sheet_begin(page, ">bytes|>share|>count|what");
    for (uint32_t i = 0; i < n && i < top; i++) {
        wr_sheet_number(&sheet, rows[i].bytes);
        wr_sheet_share(&sheet, rows[i].bytes, total_of(a));
        if (rows[i].count)
            wr_sheet_number(&sheet, rows[i].count);
        else
            wr_sheet_cell(&sheet, "%s", "");
        wr_sheet_name(&sheet, rows[i].name, 0);
    }
    wr_sheet_end(&sheet);
}

static void write_head(wr_page *page, const wr_audit *a, const char *name) {
    uint32_t defined = a->m.nfuncs - a->m.nfunc_imports;
    wr_page_line(page, "%s: %s bytes%s%s, %u import%s, %u export%s", name, wr_format_thousands(total_of(a)).s,
                 *a->go_version ? ", " : "", a->go_version, a->m.nimports, a->m.nimports == 1 ? "" : "s",
                 a->m.nexports, a->m.nexports == 1 ? "" : "s");
    const char *functions = defined == 1 ? "function" : "functions";
    if (!a->symbols.source)
        wr_page_line(page, "%s %s without names", wr_format_thousands(defined).s, functions);
    else if (a->symbols.named == defined)
        wr_page_line(page, "%s %s, named by %s", wr_format_thousands(defined).s, functions,
                     a->symbols.source);
    else
        wr_page_line(page, "%s %s, %s of them named by %s", wr_format_thousands(defined).s, functions,
                     wr_format_thousands(a->symbols.named).s, a->symbols.source);
}

static void write_tables(wr_page *page, const wr_audit *a, uint32_t top, bool asked, bool measured) {
    write_parts(page, a, top);
    write_groups(page, a, top);
    write_biggest(page, a, top);
    write_hottest(page, a, top);
    write_instances(page, a, top);
    wr_overview_write_data(page, a, top, asked);
    if (!measured) write_findings(page, a, asked ? top : WR_FINDING_COUNT);
}

static uint32_t count_lines(wr_slice text) {
    uint32_t n = 0;
    for (size_t i = 0; i < text.n; i++) n += text.p[i] == '\n';
    return n;
}

void wr_overview_write(wr_page *page, const wr_audit *a, const wr_advice *advice, const char *name,
                       uint32_t top) {
    page->width = SCREEN_WIDTH;
    write_head(page, a, name);
    wr_advice_write(page, advice);
    size_t head = page->out.n;
    for (uint32_t rows = top ? top : MOST_ROWS;; rows--) {
        write_tables(page, a, rows, top > 0, advice->measured);
        if (top || rows == LEAST_ROWS || count_lines(wr_buf_slice(&page->out)) <= SCREEN_LINES) break;
        page->out.n = head;
    }
    page->width = 0;
}
