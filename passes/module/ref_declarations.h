// Adds the missing declarations for ref.func, see ref_declarations.c. To be run after all passes, before the
// layout.
#ifndef WR_PASSES_MODULE_REF_DECLARATIONS_H
#define WR_PASSES_MODULE_REF_DECLARATIONS_H

#include "passes/manager/pass.h"

void wr_ref_declarations_add(wr_context *c);

#endif
