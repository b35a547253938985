// What parts of a file cost after compression: the compressed size of the file less that of the file without
// the part's bytes (marginal cost). Parts help each other compress, so the costs don't add up to the whole.
// For a part that is in few places, what is further away (256 KB, with gzip 64 KB) is left out on both sides:
// there chance decides more.
#ifndef WR_REPORT_AUDIT_MARGINAL_SIZE_H
#define WR_REPORT_AUDIT_MARGINAL_SIZE_H

#include "size_map.h"
#include "support/codec.h"
#include "support/pool.h"

typedef struct wr_range {
    uint64_t at, n;
} wr_range;
typedef WR_VEC(wr_range) wr_ranges;

typedef struct wr_marginal_size {
    wr_ranges ranges; // in the order of the file, apart from each other
    int64_t cost;     // filled by wr_marginal_size_measure, as this:
    bool alone;       // only what is around the part was compressed
} wr_marginal_size;

// Compresses the file once as it is, and once or around the part twice for each cut. Returns the size of the
// first. Throws WR_NOMEM.
uint64_t wr_marginal_size_measure(wr_pool *pool, wr_slice file, wr_codec codec, wr_marginal_size *cuts,
                                  uint32_t n);

// The items that belong, as ranges. In arena.
wr_ranges wr_ranges_of_items(wr_arena *arena, const wr_size_map *inv,
                             bool (*belongs)(const void *arg, const wr_size_map_item *item), const void *arg);

#endif
