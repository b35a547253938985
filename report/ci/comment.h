// The comment that `wring ci` writes on a pull request: what the change does to the size of a module, in
// Markdown.
#ifndef WR_REPORT_CI_COMMENT_H
#define WR_REPORT_CI_COMMENT_H

#include "report/advice/advice.h"
#include "report/audit/sizes.h"
#include "report/budget/budget.h"
#include "report/diff/diff.h"

typedef struct wr_ci_report {
    const char *file; // the module's name
    const wr_diff *diff;
    const wr_audit *program;      // of the module after, with the graph that says what needs what
    wr_sizes before, after;       // all codecs
    const wr_budget_rows *budget; // NULL: there is none
    const wr_advice *advice;      // for the module after; NULL: nothing was measured
} wr_ci_report;

void wr_ci_write(wr_page *page, const wr_ci_report *report);

#endif
