// Byte costs under the layout that the module would get now. See cost.h.
#include "cost.h"

static const uint32_t index_limits[4] = {1u << 7, 1u << 14, 1u << 21, 1u << 28};

// For each length of an index: the number of uses of the least used entity that is not imported and whose new
// index is below index_limits[i].
static void find_limits(wr_cost *cost, const wr_layout *layout, const wr_counts *counts, unsigned space) {
    uint32_t imports = space == WR_FUNC     ? cost->m->nfunc_imports
                       : space == WR_GLOBAL ? cost->m->nglobal_imports
                                            : 0;
    for (unsigned i = 0; i < WR_COUNT(index_limits); i++) {
        uint32_t last = layout->count[space] < index_limits[i] ? 0 : index_limits[i];
        uint32_t first = i ? index_limits[i - 1] : 0;
        uint64_t least = last ? UINT64_MAX : 0;
        for (uint32_t k = first; k < last; k++) {
            uint32_t index = layout->order[space][k];
            if (index >= imports && counts->of[space][index] < least) least = counts->of[space][index];
        }
        cost->limit[space][i] = least;
    }
}

static void fill_space(wr_cost *cost, wr_env *env, const wr_layout *layout, const wr_counts *counts,
                       unsigned space) {
    uint32_t n = cost->n[space] = wr_space_size(cost->m, (wr_space)space);
    cost->index_size[space] = WR_NEW(&env->pass, uint8_t, n);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t to = layout->map.to[space][i];
        cost->index_size[space][i] = (uint8_t)wr_uleb_size(to == WR_NONE ? 0 : to);
    }
    if (space != WR_TYPE) find_limits(cost, layout, counts, space);
}

void wr_cost_init(wr_cost *cost, wr_env *env, const wr_module *m) {
    *cost = (wr_cost){.m = m};
    wr_layout layout;
    wr_counts counts;
    wr_mark mark = wr_arena_mark(&env->temp);
    wr_layout_make(env, &env->temp, m, (wr_func_ranks){0}, &layout);
    wr_layout_count_uses(env, m, &counts);
    for (unsigned space = 0; space < WR_SPACES; space++) fill_space(cost, env, &layout, &counts, space);
    cost->ntypes_live = layout.count[WR_TYPE];
    wr_arena_release(&env->temp, &mark);
}

size_t wr_cost_index(const wr_cost *cost, unsigned space, uint32_t index) {
    if (space == WR_FUNC_ADDR) space = WR_FUNC;
    return index < cost->n[space] ? cost->index_size[space][index] : wr_uleb_size(index);
}

size_t wr_cost_ins(const wr_cost *cost, const wr_ins *ins, const uint32_t *ext) {
    wr_imm_info spaces = wr_imm_infos[wr_opinfos[ins->op].imm];
    size_t size = wr_ins_size(ins, ext);
    if (spaces.a == WR_NO_SPACE || spaces.a == WR_MEMORY) return size;
    size += wr_cost_index(cost, spaces.a, ins->a) - wr_uleb_size(ins->a);
    if (spaces.b != WR_NO_SPACE)
        size += wr_cost_index(cost, spaces.b, (uint32_t)ins->b) - wr_uleb_size(ins->b);
    return size;
}

uint64_t wr_cost_new_indices(const wr_cost *cost, unsigned space, uint64_t uses) {
    uint64_t bytes = uses;
    for (unsigned i = 0; i < 4; i++) bytes += uses < cost->limit[space][i] ? uses : cost->limit[space][i];
    return bytes;
}

unsigned wr_cost_new_index(const wr_cost *cost, unsigned space, uint64_t uses) {
    unsigned n = 1;
    for (unsigned i = 0; i < 4; i++) n += uses <= cost->limit[space][i] && cost->limit[space][i] > 0;
    return n;
}

size_t wr_cost_func(const wr_cost *cost, size_t body_size) {
    return wr_uleb_size(body_size) + wr_uleb_size(cost->ntypes_live);
}
