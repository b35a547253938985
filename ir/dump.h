// Readable text for functions and for a module's tables, for people who inspect what a pass did. It is not
// meant to be parsed.
#ifndef WR_IR_DUMP_H
#define WR_IR_DUMP_H

#include "module.h"
#include "support/buf.h"

void wr_dump_func(wr_env *env, const wr_module *m, uint32_t func, wr_buf *out);
// Prints every live entity except types, with function bodies.
void wr_dump_module(wr_env *env, const wr_module *m, wr_buf *out);

#endif
