// Each worker compresses copies of the file with one part cut out. What is cut follows from the ranges alone,
// so results don't depend on the number of threads.
#include "marginal_size.h"

#include <stdlib.h>

typedef struct measuring {
    wr_slice file;
    wr_codec codec;
    wr_marginal_size *cuts;
    uint64_t whole;
} measuring;

// How far from a part's bytes others are taken to matter.
static const uint64_t reach[WR_CODEC_COUNT] = {
    [WR_CODEC_GZIP] = 64 << 10, [WR_CODEC_BROTLI] = 256 << 10, [WR_CODEC_ZSTD] = 256 << 10};

// The stretches of the file around the ranges.
static wr_ranges surroundings(wr_arena *arena, const measuring *t, const wr_ranges *ranges) {
    wr_ranges around = {0};
    for (uint32_t i = 0; i < ranges->n; i++) {
        const wr_range *r = &ranges->v[i];
        uint64_t start = r->at > reach[t->codec] ? r->at - reach[t->codec] : 0,
                 end = r->at + r->n + reach[t->codec];
        if (end > t->file.n) end = t->file.n;
        wr_range *last = around.n ? &around.v[around.n - 1] : NULL;
        wr_range stretch = {start, end - start};
        if (last && last->at + last->n >= start)
            last->n = end - last->at;
        else
            WR_PUSH(arena, around, stretch);
    }
    return around;
}

static uint64_t total(const wr_ranges *ranges) {
    uint64_t n = 0;
    for (uint32_t i = 0; i < ranges->n; i++) n += ranges->v[i].n;
    return n;
}

// The bytes of the stretches without those of the cut, which lies within them.
static size_t copy_without(const measuring *t, const wr_ranges *stretches, const wr_ranges *cut,
                           uint8_t *out) {
    size_t n = 0;
    uint32_t next = 0;
    for (uint32_t i = 0; i < stretches->n; i++) {
        uint64_t at = stretches->v[i].at, end = at + stretches->v[i].n;
        for (; next < cut->n && cut->v[next].at < end; next++) {
            memcpy(out + n, t->file.p + at, cut->v[next].at - at);
            n += cut->v[next].at - at;
            at = cut->v[next].at + cut->v[next].n;
        }
        memcpy(out + n, t->file.p + at, end - at);
        n += end - at;
    }
    return n;
}

static uint64_t compress_without(const measuring *t, const wr_ranges *stretches, const wr_ranges *cut) {
    uint8_t *bytes = malloc(total(stretches) + 1);
    if (!bytes) return 0;
    size_t n = copy_without(t, stretches, cut, bytes);
    uint64_t packed = wr_compressed_size(t->codec, wr_slice_of(bytes, n));
    free(bytes);
    return packed;
}

static uint64_t known(wr_env *env, uint64_t packed) {
    if (!packed) wr_throw(env, WR_NOMEM, WR_NO_OFFSET, "out of memory");
    return packed;
}

// Item 0 is the whole file. Cuts that are measured against that still lack its size afterwards.
static void measure(wr_env *env, unsigned worker, void *arg, size_t item) {
    (void)worker;
    measuring *t = arg;
    wr_check(env);
    if (!item) {
        t->whole = known(env, wr_compressed_size(t->codec, t->file));
        return;
    }
    wr_marginal_size *cut = &t->cuts[item - 1];
    wr_range all = {0, t->file.n};
    wr_ranges none = {0}, file = {.v = &all, .n = 1}, around = surroundings(&env->temp, t, &cut->ranges);
    cut->alone = total(&around) * 2 <= t->file.n;
    cut->cost = -(int64_t)known(env, compress_without(t, cut->alone ? &around : &file, &cut->ranges));
    if (cut->alone) cut->cost += (int64_t)known(env, compress_without(t, &around, &none));
    wr_arena_reset(&env->temp);
}

uint64_t wr_marginal_size_measure(wr_pool *pool, wr_slice file, wr_codec codec, wr_marginal_size *cuts,
                                  uint32_t n) {
    measuring t = {file, codec, cuts, 0};
    wr_parallel(pool, (size_t)n + 1, measure, &t);
    for (uint32_t i = 0; i < n; i++)
        if (!cuts[i].alone) cuts[i].cost += (int64_t)t.whole;
    return t.whole;
}

wr_ranges wr_ranges_of_items(wr_arena *arena, const wr_size_map *inv,
                             bool (*belongs)(const void *arg, const wr_size_map_item *item),
                             const void *arg) {
    wr_ranges ranges = {0};
    for (uint32_t i = 0; i < inv->items.n; i++) {
        const wr_size_map_item *item = &inv->items.v[i];
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
