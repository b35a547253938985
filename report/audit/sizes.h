// Sizes of buffers, raw and compressed as web servers and packagers do it.
#ifndef WR_REPORT_AUDIT_SIZES_H
#define WR_REPORT_AUDIT_SIZES_H

#include "support/codec.h"
#include "support/pool.h"

typedef struct wr_sizes {
    uint64_t bytes[WR_CODEC_COUNT];
} wr_sizes;

// Measures all sizes of n buffers, in parallel. Must be called under a wr_try() of the pool's main env;
// throws WR_NOMEM. done() may be NULL; it is called after each buffer and codec, from any thread, but never
// by two at once.
void wr_sizes_measure(wr_pool *pool, const wr_slice *buffers, size_t n, wr_sizes *sizes,
                      void (*done)(void *user, size_t finished, size_t total), void *user);

#endif
