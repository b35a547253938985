// The name section: rewritten in the new numbering when it is kept, and looked up by audits.
#ifndef WR_IR_NAMES_H
#define WR_IR_NAMES_H

#include "ir/encode/layout.h"
#include "support/buf.h"

// Appends the section's payload in the new numbering. Returns false if no name is left or the section is
// malformed.
bool wr_write_names(wr_env *env, const wr_module *m, const wr_layout *layout, const wr_custom *section,
                    wr_buf *out);

// Returns the names of a space's entities, by index, in env->perm; an empty slice where there is no name. Of
// a malformed section, the names before the fault count.
wr_slice *wr_names_of(wr_env *env, const wr_module *m, wr_space space);

#endif
