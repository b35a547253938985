// Internal interface of the decoder's files.
#ifndef WR_IR_DECODE_DECODE_PARTS_H
#define WR_IR_DECODE_DECODE_PARTS_H

#include "ir/ins.h"
#include "ir/module.h"

// Reads a constant expression up to its `end`, checking only that it can be decoded.
wr_expr wr_read_expr(wr_reader *r, wr_arena *scratch);

void wr_read_types(wr_env *env, wr_reader *r, wr_module *m);
void wr_read_elems(wr_env *env, wr_reader *r, wr_module *m);
void wr_read_datas(wr_env *env, wr_reader *r, wr_module *m);

#endif
