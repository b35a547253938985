// The name section: kept with names moved to the new numbering, and looked up by audits.
#ifndef WR_IR_NAMES_H
#define WR_IR_NAMES_H

#include "ir/encode/layout.h"
#include "support/buf.h"

// Appends the section's payload in the new numbering. False if no name is left, or the section is malformed.
bool wr_write_names(wr_env *env, const wr_module *m, const wr_layout *layout, const wr_custom *section,
                    wr_buf *out);

// The names of a space's entities, by index; empty slices where there is none. In env->perm. A malformed
// section gives the names before the fault.
wr_slice *wr_names_of(wr_env *env, const wr_module *m, wr_space space);

#endif
