// Divides the compressed size of a file among ranges of it: what a range costs in the model is scaled by how
// much the compressor makes of the whole.
#include "compressed_share.h"

// Up to these sizes the compressor runs with the setting of web servers; it takes about a second for them.
static const uint64_t largest_slow[WR_CODEC_COUNT] = {
    [WR_CODEC_GZIP] = 8 << 20, [WR_CODEC_BROTLI] = 512 << 10, [WR_CODEC_ZSTD] = 1 << 20};

const char *wr_compressed_share_label(wr_codec codec, uint64_t bytes) {
    return bytes <= largest_slow[codec] ? wr_codec_labels[codec] : wr_codec_quick_labels[codec];
}

uint64_t wr_compressed_share_whole(wr_env *env, wr_slice file, wr_codec codec, uint64_t largest) {
    return largest <= largest_slow[codec] ? wr_codec_weigh(env, codec, file)
                                          : wr_codec_weigh_quickly(env, codec, file);
}

static uint64_t model_cost(const wr_lz_model *model, const wr_ranges *ranges) {
    uint64_t cost = 0;
    for (uint32_t i = 0; i < ranges->n; i++) cost += wr_lz_model_cost(model, ranges->v[i].at, ranges->v[i].n);
    return cost;
}

void wr_compressed_share_divide(const wr_lz_model *model, uint64_t whole, wr_compressed_share *shares,
                                uint32_t n) {
    double scale = model->total ? (double)whole / (double)model->total : 0;
    for (uint32_t i = 0; i < n; i++)
        shares[i].cost = (int64_t)((double)model_cost(model, &shares[i].ranges) * scale + 0.5);
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
