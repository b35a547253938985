// Run after all passes, before the layout.
#ifndef WR_PASSES_DECLARE_H
#define WR_PASSES_DECLARE_H

#include "pass.h"

void wr_declare_references(wr_context *c);

#endif
