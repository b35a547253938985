// Finds the locals to save: those that are read after some call that may be suspended, before they are set
// again. One list serves all calls of a function, so that saving and restoring are there once.
#include "analysis/cfg.h"
#include "analysis/typing.h"
#include "asyncify_parts.h"
#include "support/search.h"

// The first point whose `cut` (of a replayed call) or `call` is not before instruction i.
static uint32_t first_from(const wr_async_points *points, uint32_t i) {
    uint32_t k;
    WR_SEARCH(k, 0, points->n, (points->v[k].replayed ? points->v[k].cut : points->v[k].call) < i);
    return k;
}

// Whether the local must be restored at the point. At a call that is not replayed, what its arguments read
// does not matter.
static bool is_live_at(const wr_live_range *range, const wr_async_point *p) {
    return p->replayed ? range->end >= p->cut : range->end > p->call;
}

// Whether the range reaches over a point. Of those at or behind its start, the first one decides, unless that
// is in a handler, where nothing is saved.
static bool crosses(const wr_async_points *points, const wr_live_range *range) {
    for (uint32_t k = first_from(points, range->start); k < points->n; k++) {
        if (points->v[k].in_handler) continue;
        return is_live_at(range, &points->v[k]);
    }
    return false;
}

wr_u32s wr_async_find_saved(wr_async_work *w) {
    wr_cfg flow;
    wr_live_ranges ranges = {0};
    wr_u32s saved = {0};
    uint8_t *wanted = WR_NEW0(w->arena, uint8_t, w->body->nlocals);
    wr_cfg_build(w->arena, w->body, &flow);
    wr_last_uses_find(w->arena, w->body, &flow, &ranges);
    for (uint32_t i = 0; i < ranges.n; i++) wanted[ranges.v[i].local] |= crosses(&w->points, &ranges.v[i]);
    const wr_valtype *types = wr_typing_locals(w->arena, w->m, w->body);
    for (uint32_t i = 0; i < w->body->nlocals; i++) {
        if (!wanted[i]) continue;
        if (wr_is_ref(types[i])) wr_async_refuse(w, "it needs a reference after the call");
        WR_PUSH(w->arena, saved, i);
    }
    return saved;
}
