// The share that a part of a file has in the file's compressed size. All shares come from one model of the
// whole file (lz_model.h), scaled to its compressed size: those of parts without overlap add up.
#ifndef WR_REPORT_AUDIT_COMPRESSED_SHARE_H
#define WR_REPORT_AUDIT_COMPRESSED_SHARE_H

#include "lz_model.h"
#include "size_map.h"
#include "support/codec.h"

typedef struct wr_range {
    uint64_t at, n;
} wr_range;
typedef WR_VEC(wr_range) wr_ranges;

typedef struct wr_compressed_share {
    wr_ranges ranges; // in file order, disjoint
    int64_t cost;     // bytes; wr_compressed_share_divide() fills it in
} wr_compressed_share;

// The compressed size of the file. If `largest`, the size of the largest file in the report, is large, a
// faster setting compresses it, see wr_compressed_share_label().
uint64_t wr_compressed_share_whole(wr_env *env, wr_slice file, wr_codec codec, uint64_t largest);

// Fills in all costs. The whole file takes `whole` bytes compressed.
void wr_compressed_share_divide(const wr_lz_model *model, uint64_t whole, wr_compressed_share *shares,
                                uint32_t n);

// The compressor and its setting for files of up to this size: "brotli -11", "brotli -5".
const char *wr_compressed_share_label(wr_codec codec, uint64_t bytes);

// The ranges of the items that belong to a part. In arena.
wr_ranges wr_ranges_of_items(wr_arena *arena, const wr_size_map *inv,
                             bool (*belongs)(const void *arg, const wr_size_map_item *item), const void *arg);

#endif
