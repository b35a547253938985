// Reads constant expressions: bytes up to their `end`. The validator checks what they contain.
#include "decode_parts.h"

wr_expr wr_decode_expr(wr_reader *r, wr_arena *scratch) {
    wr_expr expr = {.offset = wr_offset(r)};
    const uint8_t *start = r->p;
    wr_u32s ext = {0};
    wr_ins ins;
    do {
        ext.n = 0;
        wr_ins_read(r, scratch, &ext, &ins);
        if (wr_opinfos[ins.op].effects & WR_E_CONTROL && ins.op != WR_OP_END)
            wr_reader_fail_at(r, start, "expected a constant expression, found %s in it",
                              wr_opinfos[ins.op].text);
    } while (ins.op != WR_OP_END);
    expr.code = wr_slice_of(start, (size_t)(r->p - start));
    return expr;
}
