// The marginal compressed size of parts of a file: the compressed size of the file minus that of the file
// without the bytes of the part. Parts help each other compress, so these sizes don't add up to the whole.
// For a part in few places, only its surroundings are compressed (256 KB on each side, 64 KB with gzip): over
// a whole file, where the compressor happens to cut its blocks would matter more than the part.
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
    wr_ranges ranges; // in file order, disjoint
    int64_t cost;     // bytes; wr_marginal_size_measure() fills in this and `alone`
    bool alone;       // only the surroundings of the part were compressed
} wr_marginal_size;

// Compresses the whole file once, and for each cut either the file once more or the surroundings of the part
// twice, in parallel. Returns the compressed size of the whole file in bytes. Throws WR_NOMEM.
uint64_t wr_marginal_size_measure(wr_pool *pool, wr_slice file, wr_codec codec, wr_marginal_size *cuts,
                                  uint32_t n);

// The items for which belongs() is true, as ranges of the file. In arena.
wr_ranges wr_ranges_of_items(wr_arena *arena, const wr_size_map *inv,
                             bool (*belongs)(const void *arg, const wr_size_map_item *item), const void *arg);

#endif
