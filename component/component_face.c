// Reads the interface of a core module to the component around it: imports, exports, and whether
// instantiating it has any effect.
#include "component_uses.h"
#include "ir/decode/decode.h"
#include "ir/ins.h"

// The value of `i32.const N end` or `i64.const N end`.
static bool read_constant(wr_env *env, wr_slice code, uint64_t *value) {
    wr_reader r = wr_reader_of(env, code, 0);
    uint8_t op = wr_read_u8(&r);
    if (op == 0x41) *value = (uint32_t)wr_read_s32(&r);
    if (op == 0x42) *value = (uint64_t)wr_read_s64(&r);
    return (op == 0x41 || op == 0x42) && wr_left(&r) == 1;
}

static bool fits(uint64_t offset, uint64_t n, uint64_t size) { return offset <= size && n <= size - offset; }

// Whether a segment has no effect outside the module: it goes to a memory or table of the module's own and
// cannot fail.
static bool is_private_data(wr_env *env, const wr_module *m, const wr_data *data) {
    uint64_t offset;
    if (data->mode != WR_ACTIVE) return true;
    if (data->memory < m->nmemory_imports || data->memory >= m->nmemories) return false;
    wr_limits limits = m->memories[data->memory].limits;
    if (limits.page_log2 > 16 || limits.min > (uint64_t)1 << 40) return false;
    return read_constant(env, data->at.code, &offset) &&
           fits(offset, data->bytes.n, limits.min << limits.page_log2);
}

static bool is_private_elem(wr_env *env, const wr_module *m, const wr_elem *elem) {
    uint64_t offset;
    if (elem->mode != WR_ACTIVE) return true;
    if (elem->table < m->ntable_imports || elem->table >= m->ntables) return false;
    return read_constant(env, elem->at.code, &offset) &&
           fits(offset, elem->count, m->tables[elem->table].limits.min);
}

static bool is_inert(wr_env *env, const wr_module *m) {
    if (m->start != WR_NONE) return false;
    for (uint32_t i = 0; i < m->ndatas; i++)
        if (!is_private_data(env, m, &m->datas[i])) return false;
    for (uint32_t i = 0; i < m->nelems; i++)
        if (!is_private_elem(env, m, &m->elems[i])) return false;
    return true;
}

void wr_component_read_face(wr_env *env, wr_slice bytes, wr_core_face *face) {
    wr_module m;
    wr_decode_module(env, bytes, &m);
    face->nimports = m.nimports;
    face->imports = WR_NEW(&env->perm, wr_core_import, m.nimports);
    for (uint32_t i = 0; i < m.nimports; i++)
        face->imports[i] = (wr_core_import){m.imports[i].module, m.imports[i].name, m.imports[i].space};
    face->nexports = m.nexports;
    face->exports = WR_NEW(&env->perm, wr_core_export, m.nexports);
    for (uint32_t i = 0; i < m.nexports; i++)
        face->exports[i] = (wr_core_export){m.exports[i].name, m.exports[i].space, false};
    face->inert = is_inert(env, &m);
    wr_arena_reset(&env->temp);
}
