// Self-contained HTML pages: style, scripts and the data of an audit or a diff in one file that loads nothing
// else.
#ifndef WR_REPORT_HTML_HTML_H
#define WR_REPORT_HTML_HTML_H

#include "report/audit/audit.h"
#include "report/audit/compressed.h"
#include "report/diff/diff.h"
#include "report/audit/estimate.h"
#include "report/summary/shipped.h"

// advice: n 0: there is none. Text in env->perm. Throws WR_USAGE when the program was built without the
// treemap library.
wr_slice wr_html_audit(wr_env *env, const wr_audit *audit, const wr_estimate *estimate,
                       const wr_compressed_costs *costs, const wr_advice *advice, const char *name);
// Of a folder, or of several modules: what fills each file, and what to do.
wr_slice wr_html_files(wr_env *env, const wr_shipped_file *files, uint32_t n, const char *name);
wr_slice wr_html_diff(wr_env *env, const wr_diff *diff, const char *before, const char *after);

#endif
