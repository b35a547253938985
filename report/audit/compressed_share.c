// Divides the compressed size of a file among ranges of it. The model and the compressor work side by
// side. What a range costs in the model is scaled by how much the compressor makes of the whole.
#include "compressed_share.h"

#include "lz_model.h"

// Up to these sizes the compressor runs with the setting of web servers; it takes about a second for them.
static const uint64_t largest_slow[WR_CODEC_COUNT] = {
    [WR_CODEC_GZIP] = 8 << 20, [WR_CODEC_BROTLI] = 512 << 10, [WR_CODEC_ZSTD] = 1 << 20};

typedef struct measuring {
    wr_slice file;
    wr_codec codec;
    bool slowly;
    wr_lz_model model;
    uint64_t whole;
} measuring;

const char *wr_compressed_share_label(wr_codec codec, uint64_t bytes) {
    return bytes <= largest_slow[codec] ? wr_codec_labels[codec] : wr_codec_quick_labels[codec];
}

static void measure(wr_env *env, unsigned worker, void *arg, size_t item) {
    (void)worker;
    measuring *t = arg;
    if (item)
        wr_lz_model_make(env, t->file, &t->model);
    else if (t->slowly)
        t->whole = wr_codec_weigh(env, t->codec, t->file);
    else
        t->whole = wr_codec_weigh_quickly(env, t->codec, t->file);
}

static uint64_t model_cost(const wr_lz_model *model, const wr_ranges *ranges) {
    uint64_t cost = 0;
    for (uint32_t i = 0; i < ranges->n; i++) cost += wr_lz_model_cost(model, ranges->v[i].at, ranges->v[i].n);
    return cost;
}

uint64_t wr_compressed_share_measure(wr_pool *pool, wr_slice file, wr_codec codec, uint64_t largest,
                                     wr_compressed_share *shares, uint32_t n) {
    measuring t = {.file = file, .codec = codec, .slowly = largest <= largest_slow[codec]};
    wr_parallel(pool, 2, measure, &t);
    double scale = t.model.total ? (double)t.whole / (double)t.model.total : 0;
    for (uint32_t i = 0; i < n; i++)
        shares[i].cost = (int64_t)((double)model_cost(&t.model, &shares[i].ranges) * scale + 0.5);
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
