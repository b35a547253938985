// Reads element and data segments. A segment whose element expressions are all just `ref.func` is kept as
// function indices, which is the shorter form.
#include "decode_parts.h"

enum { NOT_ACTIVE = 1, EXPLICIT = 2, EXPRESSIONS = 4 }; // flags of an element segment

static const uint32_t *read_indices(wr_env *env, wr_reader *r, uint32_t count) {
    uint32_t *funcs = WR_NEW(&env->perm, uint32_t, count);
    for (uint32_t i = 0; i < count; i++) funcs[i] = wr_read_u32(r);
    return funcs;
}

// The function of an expression that consists of a ref.func alone, else WR_NONE.
static uint32_t plain_func(wr_env *env, wr_expr expr) {
    wr_reader r = wr_reader_of(env, expr.code, expr.offset);
    if (wr_read_u8(&r) != 0xd2) return WR_NONE;
    uint32_t func = wr_read_u32(&r);
    return wr_left(&r) == 1 ? func : WR_NONE;
}

static void shorten(wr_env *env, wr_elem *elem, const wr_expr *exprs) {
    bool is_func = wr_heap_of(elem->type) == WR_ABS(WR_HEAP_FUNC);
    for (uint32_t i = 0; is_func && i < elem->count; i++) is_func = plain_func(env, exprs[i]) != WR_NONE;
    elem->exprs = exprs;
    if (!is_func) return;
    uint32_t *funcs = WR_NEW(&env->perm, uint32_t, elem->count);
    for (uint32_t i = 0; i < elem->count; i++) funcs[i] = plain_func(env, exprs[i]);
    elem->funcs = funcs;
    elem->exprs = NULL;
}

static void read_expressions(wr_env *env, wr_reader *r, wr_elem *elem) {
    wr_expr *exprs = WR_NEW(&env->perm, wr_expr, elem->count);
    for (uint32_t i = 0; i < elem->count; i++) exprs[i] = wr_decode_expr(r, &env->temp);
    shorten(env, elem, exprs);
}

static void read_elem_kind(wr_reader *r) {
    const uint8_t *at = r->p;
    uint8_t kind = wr_read_u8(r);
    if (kind != 0) wr_reader_fail_at(r, at, "expected element kind 0 (function), found 0x%02x", kind);
}

static uint32_t read_flags(wr_reader *r, uint32_t most, const char *what) {
    const uint8_t *at = r->p;
    uint32_t flags = wr_read_u32(r);
    if (flags > most && flags < 16 && flags & 8)
        wr_reader_fail_at(r, at,
                          "the proposal \"shared-everything threads\" (a shared segment) is not handled");
    if (flags > most) wr_reader_fail_at(r, at, "expected the flags of %s segment, found 0x%x", what, flags);
    return flags;
}

static wr_elem read_elem(wr_env *env, wr_reader *r) {
    const uint8_t *at = r->p;
    uint32_t flags = read_flags(r, 7, "an element");
    wr_elem elem = {.live = true};
    elem.type = flags & EXPRESSIONS ? WR_FUNCREF : WR_REF | WR_ABS(WR_HEAP_FUNC);
    elem.mode = !(flags & NOT_ACTIVE) ? WR_ACTIVE : flags & EXPLICIT ? WR_DECLARATIVE : WR_PASSIVE;
    if (elem.mode == WR_ACTIVE) {
        if (flags & EXPLICIT) elem.table = wr_read_u32(r);
        elem.at = wr_decode_expr(r, &env->temp);
    }
    if (flags & (NOT_ACTIVE | EXPLICIT)) {
        if (flags & EXPRESSIONS)
            elem.type = wr_valtype_read(r);
        else
            read_elem_kind(r);
    }
    if (!wr_is_ref(elem.type)) wr_reader_fail_at(r, at, "expected a reference type for an element segment");
    elem.count = wr_read_count(r, 1, "elements");
    if (flags & EXPRESSIONS)
        read_expressions(env, r, &elem);
    else
        elem.funcs = read_indices(env, r, elem.count);
    return elem;
}

void wr_decode_elems(wr_env *env, wr_reader *r, wr_module *m) {
    m->nelems = wr_read_count(r, 2, "element segments");
    m->elems = WR_NEW(&env->perm, wr_elem, m->nelems);
    for (uint32_t i = 0; i < m->nelems; i++) m->elems[i] = read_elem(env, r);
}

static wr_data read_data(wr_env *env, wr_reader *r) {
    uint32_t flags = read_flags(r, 2, "a data");
    wr_data data = {.mode = flags == 1 ? WR_PASSIVE : WR_ACTIVE, .live = true};
    if (flags == 2) data.memory = wr_read_u32(r);
    if (flags != 1) data.at = wr_decode_expr(r, &env->temp);
    data.bytes = wr_read_bytes(r, wr_read_u32(r));
    return data;
}

void wr_decode_datas(wr_env *env, wr_reader *r, wr_module *m) {
    m->ndatas = wr_read_count(r, 2, "data segments");
    m->datas = WR_NEW(&env->perm, wr_data, m->ndatas);
    for (uint32_t i = 0; i < m->ndatas; i++) m->datas[i] = read_data(env, r);
}
