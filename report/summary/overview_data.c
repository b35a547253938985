// The tables of data in the overview: by what it looks like, large pieces, and by name.
#include "overview.h"

#include <inttypes.h>

#include "overview_parts.h"
#include "support/format.h"

enum { MOST_LARGE = 3 };

static void write_kinds(wr_page *page, const wr_audit *a, uint32_t top) {
    if (!a->m.ndatas) return;
    wr_page_heading(page, "Data, by what it looks like");
    wr_overview_row rows[WR_DATA_KINDS];
    uint32_t n = 0;
    for (unsigned kind = 0; kind < WR_DATA_KINDS; kind++)
        if (a->data.bytes[kind])
            rows[n++] = (wr_overview_row){wr_slice_str(wr_data_kind_labels[kind]), a->data.bytes[kind],
                                          kind == WR_KIND_STRINGS ? a->data.nstrings : 0};
    wr_overview_write_rows(page, ">bytes|>of data|>count|kind", rows, n, top, a->inv.bytes[WR_PART_DATA],
                           "kinds");
}

static void write_data_symbols(wr_page *page, const wr_audit *a, uint32_t top) {
    uint32_t n = a->linking.n;
    wr_overview_row *rows = WR_NEW(&page->env->temp, wr_overview_row, n);
    for (uint32_t i = 0; i < n; i++)
        rows[i] =
            (wr_overview_row){wr_data_symbol_text(page->env, a, &a->linking.v[i]), a->linking.v[i].size, 0};
    if (!n) return;
    wr_page_heading(page, "Data, by the symbols of the linking section");
    wr_overview_write_rows(page, ">bytes|>of data||symbol", rows, n, top, a->inv.bytes[WR_PART_DATA],
                           "symbols");
}

// Tables, texts and files that are a hundredth of the module at least.
static void write_large(wr_page *page, const wr_audit *a, uint32_t top) {
    uint32_t n = 0;
    while (n < a->large.v.n && n < top && a->large.v.v[n].size * 100 >= a->m.input.n) n++;
    if (!n) return;
    wr_page_heading(page, "Large tables, texts and files in data, and a function that refers to them");
    wr_sheet sheet = wr_sheet_begin(page, ">bytes|>of data|>address|what");
    for (uint32_t i = 0; i < n; i++) {
        const wr_large_piece *piece = &a->large.v.v[i];
        wr_sheet_number(&sheet, piece->size);
        wr_sheet_share(&sheet, piece->size, a->inv.bytes[WR_PART_DATA]);
        if (piece->address == UINT64_MAX)
            wr_sheet_cell(&sheet, "%s", "");
        else
            wr_sheet_cell(&sheet, "%#" PRIx64, piece->address);
        wr_sheet_name(&sheet, wr_large_text(page->env, a, piece), WR_OVERVIEW_NAME_WIDTH);
    }
    wr_sheet_end(&sheet);
}

// Linkers that don't merge segments name them by what is in them; two or three say only what kind of data
// there is.
static void write_segments(wr_page *page, const wr_audit *a, uint32_t top) {
    uint32_t n = 0;
    wr_overview_row *rows = WR_NEW(&page->env->temp, wr_overview_row, a->m.ndatas);
    for (uint32_t i = 0; i < a->m.ndatas; i++)
        if (a->symbols.datas[i].n)
            rows[n++] = (wr_overview_row){a->symbols.datas[i], a->inv.size[WR_DATA][i], 0};
    if (n <= 3 || a->linking.n) return;
    wr_page_heading(page, "Data, by the names of segments");
    wr_overview_write_rows(page, ">bytes|>of data||segment", rows, n, top, a->inv.bytes[WR_PART_DATA],
                           "segments");
}

void wr_overview_write_data(wr_page *page, const wr_audit *a, uint32_t top, bool asked) {
    write_kinds(page, a, top);
    write_large(page, a, asked || top < MOST_LARGE ? top : MOST_LARGE);
    write_data_symbols(page, a, top);
    write_segments(page, a, top);
}
