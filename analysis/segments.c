// Offsets and bounds of active segments. See segments.h. An imported memory or table is at least as large as
// its import declares, so a segment that fits the declared minimum is in bounds.
#include "segments.h"

#include "ir/ins.h"

bool wr_segments_const_offset(wr_env *env, wr_expr expr, uint64_t *value) {
    wr_reader r = wr_reader_of(env, expr.code, expr.offset);
    wr_u32s ext = {0};
    wr_ins ins;
    wr_ins_read(&r, &env->temp, &ext, &ins);
    if (ins.op != WR_OP_I32_CONST && ins.op != WR_OP_I64_CONST) return false;
    *value = ins.op == WR_OP_I32_CONST ? (uint32_t)ins.b : ins.b;
    wr_ins_read(&r, &env->temp, &ext, &ins);
    return ins.op == WR_OP_END;
}

bool wr_segments_address(wr_env *env, const wr_data *data, uint64_t *address) {
    return data->mode == WR_ACTIVE && !data->memory && wr_segments_const_offset(env, data->at, address);
}

uint32_t wr_segments_elem_func(wr_env *env, const wr_elem *elem, uint32_t i) {
    if (elem->funcs) return elem->funcs[i];
    wr_u32s ext = {0};
    wr_ins ins;
    wr_reader r = wr_reader_of(env, elem->exprs[i].code, elem->exprs[i].offset);
    wr_ins_read(&r, &env->temp, &ext, &ins);
    return ins.op == WR_OP_REF_FUNC ? wr_ins_func(&ins) : WR_NONE;
}

static bool fits(uint64_t at, uint64_t n, uint64_t size) { return at <= size && n <= size - at; }

bool wr_segments_range_in_memory(const wr_module *m, uint32_t memory, uint64_t at, uint64_t n) {
    const wr_limits *limits = &m->memories[memory].limits;
    unsigned log2 = limits->page_log2;
    return fits(at, n, limits->min > UINT64_MAX >> log2 ? UINT64_MAX : limits->min << log2);
}

bool wr_segments_data_in_bounds(wr_env *env, const wr_module *m, const wr_data *data) {
    uint64_t at;
    if (data->mode != WR_ACTIVE) return true;
    return wr_segments_const_offset(env, data->at, &at) &&
           wr_segments_range_in_memory(m, data->memory, at, data->bytes.n);
}

bool wr_segments_elem_in_bounds(wr_env *env, const wr_module *m, const wr_elem *elem) {
    uint64_t at;
    if (elem->mode != WR_ACTIVE) return true;
    return wr_segments_const_offset(env, elem->at, &at) &&
           fits(at, elem->count, m->tables[elem->table].limits.min);
}

bool wr_segments_fill_slots(wr_env *env, const wr_module *m, const wr_elem *elem, uint32_t *slots,
                            uint32_t n) {
    uint64_t at;
    if (!wr_segments_const_offset(env, elem->at, &at)) return false;
    for (uint32_t i = 0; i < elem->count && at + i < n; i++)
        slots[at + i] = wr_segments_elem_func(env, elem, i);
    return wr_segments_elem_in_bounds(env, m, elem);
}

bool wr_segments_cannot_trap(wr_env *env, const wr_module *m) {
    for (uint32_t i = 0; i < m->ndatas; i++)
        if (m->datas[i].live && !wr_segments_data_in_bounds(env, m, &m->datas[i])) return false;
    for (uint32_t i = 0; i < m->nelems; i++)
        if (m->elems[i].live && !wr_segments_elem_in_bounds(env, m, &m->elems[i])) return false;
    return true;
}

void wr_segments_named_memories(const wr_module *m, uint8_t *named) {
    for (uint32_t i = 0; i < m->nfuncs; i++) {
        const wr_summary *summary = &m->funcs[i].summary;
        for (uint32_t k = 0; m->funcs[i].live && k < summary->nuses; k++) {
            if (wr_ref_space(summary->uses[k].ref) != WR_DATA) continue;
            const wr_data *data = &m->datas[wr_ref_index(summary->uses[k].ref)];
            if (data->mode == WR_ACTIVE) named[data->memory] = 1;
        }
    }
}
