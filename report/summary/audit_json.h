// An audit as JSON; docs/AUDIT.md describes the fields.
#ifndef WR_REPORT_SUMMARY_AUDIT_JSON_H
#define WR_REPORT_SUMMARY_AUDIT_JSON_H

#include "report/audit/compressed.h"
#include "report/audit/estimate.h"
#include "report/advice/advice.h"

// Returns the JSON text, in env->perm. Costs and estimates without rows are left out. `name` is that of the
// file.
wr_slice wr_audit_json(wr_env *env, const wr_audit *audit, const wr_compressed_costs *costs,
                       const wr_estimate *estimate, const wr_advice *advice, const char *name);

#endif
