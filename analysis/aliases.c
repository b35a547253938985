// Whether two imports may be the same entity: only if some object has both types. See aliases.h.
#include "aliases.h"

#include "ir/validate/validate.h"

// Whether some memory or table matches both limits: the ranges that they allow for its current size and for
// its maximum must intersect.
static bool limits_meet(const wr_limits *a, const wr_limits *b) {
    if (a->is64 != b->is64 || a->shared != b->shared || a->page_log2 != b->page_log2) return false;
    return !(a->has_max && b->min > a->max) && !(b->has_max && a->min > b->max);
}

static bool globals_meet(const wr_module *m, const wr_global *a, const wr_global *b) {
    if (a->mutable != b->mutable) return false;
    // The value of an immutable global may be of a subtype of both.
    return !a->mutable || wr_valtype_is_same(m, a->type, b->type);
}

bool wr_aliases_may_be_same(const wr_module *m, wr_space space, uint32_t a, uint32_t b) {
    if (a == b) return true;
    switch (space) {
    case WR_MEMORY:
        if (m->memories[a].import == WR_NONE || m->memories[b].import == WR_NONE) return false;
        return limits_meet(&m->memories[a].limits, &m->memories[b].limits);
    case WR_TABLE:
        if (m->tables[a].import == WR_NONE || m->tables[b].import == WR_NONE) return false;
        return limits_meet(&m->tables[a].limits, &m->tables[b].limits) &&
               wr_valtype_is_same(m, m->tables[a].type, m->tables[b].type);
    case WR_GLOBAL:
        if (m->globals[a].import == WR_NONE || m->globals[b].import == WR_NONE) return false;
        return globals_meet(m, &m->globals[a], &m->globals[b]);
    case WR_TAG:
        if (m->tags[a].import == WR_NONE || m->tags[b].import == WR_NONE) return false;
        return m->types[m->tags[a].type].canon == m->types[m->tags[b].type].canon;
    default: return true;
    }
}
