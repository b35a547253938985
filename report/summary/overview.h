// `wring audit` without a question: what fills the module, on one screen.
#ifndef WR_REPORT_SUMMARY_OVERVIEW_H
#define WR_REPORT_SUMMARY_OVERVIEW_H

#include "report/audit/audit.h"
#include "report/advice/advice.h"
#include "report/render/page.h"

// `name` is that of the file. `top` is the largest number of rows in each table; 0 means as many as fit a
// screen of 80 by 50, and at most 6.
void wr_overview_write(wr_page *page, const wr_audit *audit, const wr_advice *advice, const char *name,
                       uint32_t top);

#endif
