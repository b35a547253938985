// `wring audit` without a question: what fills the module, on one screen.
#ifndef WR_REPORT_OVERVIEW_H
#define WR_REPORT_OVERVIEW_H

#include "audit.h"
#include "page.h"

// name is the file's; top: rows of each table at most.
void wr_write_overview(wr_page *page, const wr_audit *audit, const char *name, uint32_t top);

// What imports and exports cost and how often code crosses to the host.
void wr_write_boundary(wr_page *page, const wr_audit *audit, uint32_t top);

#endif
