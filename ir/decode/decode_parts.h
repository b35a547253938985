// Internal interface of the decoder's files.
#ifndef WR_IR_DECODE_DECODE_PARTS_H
#define WR_IR_DECODE_DECODE_PARTS_H

#include "ir/ins.h"
#include "ir/module.h"

// Index spaces under construction; imports come first, definitions follow.
typedef struct wr_decoded_parts {
    WR_VEC(wr_import) imports;
    WR_VEC(wr_func) funcs;
    WR_VEC(wr_table) tables;
    WR_VEC(wr_memory) memories;
    WR_VEC(wr_global) globals;
    WR_VEC(wr_tag) tags;
    WR_VEC(wr_custom) customs;
    WR_VEC(wr_section) sections;
} wr_decoded_parts;

typedef struct wr_decoder {
    wr_env *env;
    wr_module *m;
    wr_decoded_parts parts; // grow while imports and definitions are read
    uint32_t code_count;
    uint32_t declared; // number of functions in the function section
    bool has_code;
} wr_decoder;

wr_limits wr_decode_limits(wr_reader *r, bool is_memory);
void wr_decode_mutability(wr_reader *r, wr_global *global);
uint32_t wr_decode_tag_type(wr_reader *r);
wr_table wr_decode_table_type(wr_reader *r);
void wr_decode_imports(wr_decoder *d, wr_reader *r);

// Reads a constant expression up to its `end`, checking only that it can be decoded.
wr_expr wr_decode_expr(wr_reader *r, wr_arena *scratch);

void wr_decode_types(wr_env *env, wr_reader *r, wr_module *m);
void wr_decode_elems(wr_env *env, wr_reader *r, wr_module *m);
void wr_decode_datas(wr_env *env, wr_reader *r, wr_module *m);

#endif
