// Finds what could be removed from a module, and how many bytes that would save at most.
#ifndef WR_REPORT_AUDIT_SAVINGS_H
#define WR_REPORT_AUDIT_SAVINGS_H

#include "audit.h"
#include "marginal_size.h"

// Fills the findings of an audit that has everything else.
void wr_savings_find(wr_env *env, wr_audit *audit);

// The bytes of a finding, as ranges of the file, in env->perm. Of a padded number these are the last bytes of
// its instruction, as many as are too many.
wr_ranges wr_savings_ranges(wr_env *env, const wr_audit *audit, wr_saving_id id);

// Whether the section holds debug information.
bool wr_is_debug_section(wr_slice name);

#endif
