// Shared by the decoder's files; nobody else includes it.
#ifndef WR_IR_DECODE_PARTS_H
#define WR_IR_DECODE_PARTS_H

#include "ins.h"
#include "module.h"

// Index spaces grow from imports and from definitions.
typedef struct wr_parts {
    WR_VEC(wr_import) imports;
    WR_VEC(wr_func) funcs;
    WR_VEC(wr_table) tables;
    WR_VEC(wr_memory) memories;
    WR_VEC(wr_global) globals;
    WR_VEC(wr_tag) tags;
    WR_VEC(wr_custom) customs;
    WR_VEC(wr_section) sections;
} wr_parts;

// A constant expression up to its `end`; only that it can be read is checked.
wr_expr wr_read_expr(wr_reader *r, wr_arena *scratch);

void wr_read_types(wr_env *env, wr_reader *r, wr_module *m);
void wr_read_elems(wr_env *env, wr_reader *r, wr_module *m);
void wr_read_datas(wr_env *env, wr_reader *r, wr_module *m);

#endif
