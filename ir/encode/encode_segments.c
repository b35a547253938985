// Writes the element and data sections, each segment in its shortest form.
#include "encode_parts.h"

static void put_elem_items(wr_encoder *e, wr_buf *out, const wr_elem *elem) {
    wr_put_uleb(out, elem->count);
    for (uint32_t i = 0; i < elem->count; i++) {
        if (elem->funcs)
            wr_put_uleb(out, wr_remap_index(e->rewrite.map, WR_FUNC, elem->funcs[i]));
        else
            wr_encode_expr(e, out, elem->exprs[i]);
    }
}

// Flag bits: 1 not active, 2 explicit table (or declarative), 4 items are expressions.
static void put_elem(wr_encoder *e, wr_buf *out, const wr_elem *elem) {
    unsigned flags = elem->exprs ? 4 : 0;
    if (elem->mode == WR_PASSIVE) flags |= 1;
    if (elem->mode == WR_DECLARATIVE) flags |= 3;
    uint32_t table = elem->mode == WR_ACTIVE ? wr_remap_index(e->rewrite.map, WR_TABLE, elem->table) : 0;
    bool implied_type = elem->exprs ? elem->type == WR_FUNCREF : true;
    if (elem->mode == WR_ACTIVE && (table != 0 || !implied_type)) flags |= 2;
    wr_put_uleb(out, flags);
    if (elem->mode == WR_ACTIVE) {
        if (flags & 2) wr_put_uleb(out, table);
        wr_encode_expr(e, out, elem->at);
    }
    if (flags & 3) {
        if (elem->exprs)
            wr_encode_valtype(e, out, elem->type);
        else
            wr_put_u8(out, 0);
    }
    put_elem_items(e, out, elem);
}

void wr_encode_elems(wr_encoder *e, wr_buf *out) {
    uint32_t n = e->layout->count[WR_ELEM];
    if (!n) return;
    wr_put_uleb(out, n);
    for (uint32_t i = 0; i < n; i++) put_elem(e, out, &e->m->elems[e->layout->order[WR_ELEM][i]]);
}

static void put_data(wr_encoder *e, wr_buf *out, const wr_data *data) {
    uint32_t memory = data->mode == WR_ACTIVE ? wr_remap_index(e->rewrite.map, WR_MEMORY, data->memory) : 0;
    wr_put_u8(out, data->mode == WR_PASSIVE ? 1 : memory ? 2 : 0);
    if (memory) wr_put_uleb(out, memory);
    if (data->mode == WR_ACTIVE) wr_encode_expr(e, out, data->at);
    wr_put_sized(out, data->bytes);
}

void wr_encode_datas(wr_encoder *e, wr_buf *out) {
    uint32_t n = e->layout->count[WR_DATA];
    if (!n) return;
    wr_put_uleb(out, n);
    for (uint32_t i = 0; i < n; i++) put_data(e, out, &e->m->datas[e->layout->order[WR_DATA][i]]);
}
