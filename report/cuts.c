// Each worker compresses files with one part cut out; what is cut follows from the ranges alone.
#include "cuts.h"

#include <stdlib.h>

typedef struct measuring {
    wr_slice file;
    wr_codec codec;
    wr_cut *cuts;
    uint64_t whole;
} measuring;

static uint64_t compress_without(const measuring *t, const wr_ranges *ranges) {
    uint8_t *bytes = malloc(t->file.n + 1);
    uint64_t at = 0;
    size_t n = 0;
    for (uint32_t i = 0; bytes && i <= ranges->n; i++) {
        uint64_t end = i < ranges->n ? ranges->v[i].at : t->file.n;
        memcpy(bytes + n, t->file.p + at, end - at);
        n += end - at;
        at = i < ranges->n ? end + ranges->v[i].n : end;
    }
    uint64_t packed = bytes ? wr_compressed_size(t->codec, wr_slice_of(bytes, n)) : 0;
    free(bytes);
    return packed;
}

// Item 0 is the whole file.
static void measure(wr_env *env, unsigned worker, void *arg, size_t item) {
    (void)worker;
    measuring *t = arg;
    wr_check(env);
    uint64_t packed = item ? compress_without(t, &t->cuts[item - 1].ranges) : wr_compressed_size(t->codec, t->file);
    if (!packed) wr_throw(env, WR_NOMEM, WR_NO_OFFSET, "out of memory");
    if (item)
        t->cuts[item - 1].cost = (int64_t)packed;
    else
        t->whole = packed;
}

uint64_t wr_measure_cuts(wr_pool *pool, wr_slice file, wr_codec codec, wr_cut *cuts, uint32_t n) {
    measuring t = {file, codec, cuts, 0};
    wr_parallel(pool, (size_t)n + 1, measure, &t);
    for (uint32_t i = 0; i < n; i++) cuts[i].cost = (int64_t)t.whole - cuts[i].cost;
    return t.whole;
}

wr_ranges wr_ranges_of_items(wr_arena *arena, const wr_inventory *inv, bool (*belongs)(const void *arg, const wr_item *item),
                             const void *arg) {
    wr_ranges ranges = {0};
    for (uint32_t i = 0; i < inv->items.n; i++) {
        const wr_item *item = &inv->items.v[i];
        if (!belongs(arg, item)) continue;
        wr_range *last = ranges.n ? &ranges.v[ranges.n - 1] : NULL;
        wr_range range = {item->offset, item->size};
        if (last && last->at + last->n == item->offset)
            last->n += item->size;
        else
            WR_PUSH(arena, ranges, range);
    }
    return ranges;
}
