// Rows that several tables of the overview are made of (overview.c, overview_data.c).
#ifndef WR_REPORT_SUMMARY_OVERVIEW_PARTS_H
#define WR_REPORT_SUMMARY_OVERVIEW_PARTS_H

#include "report/audit/audit.h"
#include "report/render/page.h"

enum { WR_OVERVIEW_NAME_WIDTH = 76 };

typedef struct wr_overview_row {
    wr_slice name;
    uint64_t bytes;
    uint32_t count; // of what is in it; not shown unless it is more than 1
} wr_overview_row;

// Writes a table of the `top` largest of n rows, which are sorted for that, and one for the others, which are
// called `what`. `whole` is what shares are of.
void wr_overview_write_rows(wr_page *page, const char *heads, wr_overview_row *rows, uint32_t n, uint32_t top,
                            uint64_t whole, const char *what);
// The row for the others, if there are any.
void wr_overview_put_rest(wr_sheet *sheet, uint64_t bytes, uint64_t whole, uint32_t count, const char *what);

// The tables of data. asked: the user gave the number of rows.
void wr_overview_write_data(wr_page *page, const wr_audit *a, uint32_t top, bool asked);

#endif
