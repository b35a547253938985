// Finds the regions of a body and their entries (see asyncify_emit.c), before anything is written: which
// blocks have points in them, and which blocks have to begin at the start of a region so that rewinding can
// jump to where they end.
#include "asyncify_emit.h"

// Marks the blocks around each point.
static void find_with(wr_async_emitter *e) {
    const wr_async_points *points = &e->w->points;
    wr_walk walk = wr_walk_begin(e->arena, e->body);
    uint32_t next = 0;
    while (wr_walk_next(&walk)) {
        uint32_t block = wr_walk_block(&walk, 0), outer = wr_walk_block(&walk, 1);
        if (block == WR_NONE) continue;
        while (next < points->n && points->v[next].call < walk.i) next++;
        if (next < points->n && points->v[next].call == walk.i && !points->v[next].in_handler)
            e->with[block] = 1;
        if (wr_closes_block(e->body->ins[walk.i].op) && outer != WR_NONE) e->with[outer] |= e->with[block];
    }
}

static void add_region(wr_async_emitter *e, uint32_t first) {
    wr_async_region r = {.first = first, .starts = true};
    WR_PUSH(e->arena, e->regions, r);
}

static void add_opening(wr_async_emitter *e, wr_async_region *r, wr_ins ins, bool is_entry) {
    wr_async_opening o = {ins, is_entry};
    WR_PUSH(e->arena, r->openings, o);
}

// `first` is the number of the first point of the entry.
static void add_entry(wr_async_emitter *e, wr_async_region *r, uint32_t first) {
    wr_async_entry it = {e->names++, first};
    r->at_once |= r->starts;
    r->starts = false;
    add_opening(e, r, wr_async_block(WR_OP_BLOCK, it.label), true);
    WR_PUSH(e->arena, r->entries, it);
}

static void plan_open(wr_async_emitter *e, uint32_t i, uint32_t number) {
    if (e->with[i] && wr_async_begins_region(e->body->ins[i].op)) {
        add_entry(e, wr_async_region_here(e), number);
        e->region_of[i] = e->regions.n;
        add_region(e, number);
    } else if (e->body->ins[i].op != WR_OP_BLOCK || !e->with[i]) {
        wr_async_region_here(e)->starts = false;
    }
    if (e->with[i] && e->body->ins[i].op == WR_OP_IF) e->else_label[i] = e->names++;
    wr_async_enter(e, e->region_of[i]);
}

static void plan_else(wr_async_emitter *e) {
    uint32_t at = wr_walk_block(&e->walk, 0);
    if (wr_async_is_hoisted(e, at))
        add_opening(e, wr_async_region_here(e), wr_async_block(WR_OP_BLOCK, e->else_label[at]), false);
}

static void plan_close(wr_async_emitter *e, uint32_t number) {
    uint32_t at = wr_walk_block(&e->walk, 0);
    if (at == WR_NONE || e->region_of[at]) wr_async_region_here(e)->end = number;
    if (at == WR_NONE) return;
    wr_ins block = e->body->ins[at];
    block.op = WR_OP_BLOCK;
    if (wr_async_is_hoisted(e, at)) add_opening(e, wr_async_region_here(e), block, false);
}

void wr_async_plan(wr_async_emitter *e) {
    uint32_t next = 0, number = 0;
    find_with(e);
    add_region(e, 0);
    e->walk = wr_walk_with(e->arena, e->body, sizeof(uint32_t));
    while (wr_walk_next(&e->walk)) {
        uint32_t i = e->walk.i;
        unsigned op = e->body->ins[i].op;
        for (; next < e->w->points.n && e->w->points.v[next].cut == i; next++)
            if (!e->w->points.v[next].in_handler) add_entry(e, wr_async_region_here(e), number++);
        if (wr_opens_block(op))
            plan_open(e, i, number);
        else if (op == WR_OP_ELSE)
            plan_else(e);
        else if (wr_closes_block(op))
            plan_close(e, number);
        else
            wr_async_region_here(e)->starts = false;
    }
}
