// Readable text of functions and of a module's tables, for people who look at what a pass did. Not for
// reading back.
#ifndef WR_IR_DUMP_H
#define WR_IR_DUMP_H

#include "module.h"
#include "support/buf.h"

void wr_dump_func(wr_env *env, const wr_module *m, uint32_t func, wr_buf *out);
// Every live entity but types; bodies included.
void wr_dump_module(wr_env *env, const wr_module *m, wr_buf *out);

#endif
