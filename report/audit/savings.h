// Finds what could be removed from a module, and how many bytes that would save at most.
#ifndef WR_REPORT_AUDIT_SAVINGS_H
#define WR_REPORT_AUDIT_SAVINGS_H

#include "audit.h"
#include "compressed_share.h"

// Fills in the savings of an audit in which everything else is complete.
void wr_savings_find(wr_env *env, wr_audit *audit);

// The bytes of a saving, as ranges of the file, in env->perm. For a padded number these are the last bytes of
// its instruction, as many as there are superfluous ones.
wr_ranges wr_savings_ranges(wr_env *env, const wr_audit *audit, wr_saving_id id);

// Whether a custom section of this name holds debug information.
bool wr_savings_is_debug_section(wr_slice name);

#endif
