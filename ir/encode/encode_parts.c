// Writes the parts that sections consist of: section headers, expressions, value types, limits.
#include "encode_parts.h"

void wr_encode_section(wr_buf *out, uint8_t id, const wr_buf *payload) {
    if (payload->n == 0) return;
    wr_put_u8(out, id);
    wr_put_sized(out, wr_buf_slice(payload));
}

void wr_encode_expr(wr_encoder *e, wr_buf *out, wr_expr expr) {
    wr_rewrite_code(e->env, &e->rewrite, expr.code, out);
}

void wr_encode_valtype(wr_encoder *e, wr_buf *out, wr_valtype type) {
    wr_valtype_write(out, wr_remap_valtype(e->rewrite.map, type));
}

void wr_encode_limits(wr_buf *out, const wr_limits *limits, bool is_memory) {
    bool paged = is_memory && limits->page_log2 != 16;
    wr_put_u8(out, (uint8_t)(limits->has_max | limits->shared << 1 | limits->is64 << 2 | paged << 3));
    wr_put_uleb(out, limits->min);
    if (limits->has_max) wr_put_uleb(out, limits->max);
    if (paged) wr_put_uleb(out, limits->page_log2);
}

void wr_encode_mutability(wr_buf *out, const wr_global *global) {
    wr_put_u8(out, (uint8_t)(global->mutable | global->shared << 1));
}
