// `wring audit` without a question: what fills the module, on one screen.
#ifndef WR_REPORT_AUDIT_OVERVIEW_H
#define WR_REPORT_AUDIT_OVERVIEW_H

#include "audit.h"
#include "report/render/page.h"

// name is the file's; top: rows of each table at most, 0: as many as fit a screen of 80 by 50, 6 at most;
// estimated: what the passes take follows, see estimate.h.
void wr_write_overview(wr_page *page, const wr_audit *audit, const char *name, uint32_t top, bool estimated);

#endif
