// A worker pool: runs a loop body over many items on several threads, with the same result for any number of
// threads.
//
// Worker 0 is the calling thread. Each worker has an env whose perm arena lives as long as the pool, so
// results may point into it. Items are handed out in increasing order. If several fail, the failure of the
// lowest item is the one thrown, whatever the number of threads.
#ifndef WR_SUPPORT_POOL_H
#define WR_SUPPORT_POOL_H

#include "env.h"

#define WR_MAX_JOBS 64

typedef struct wr_pool {
    wr_env *envs; // one for each worker
    unsigned jobs;
} wr_pool;

typedef void wr_item_fn(wr_env *env, unsigned worker, void *arg, size_t item);

// `jobs` 0 means one worker for each processor. Returns WR_OK or WR_NOMEM.
wr_status wr_pool_init(wr_pool *pool, wr_shared *shared, unsigned jobs);
void wr_pool_free(wr_pool *pool);

// Calls fn for each item below count. Must run under a wr_try() of worker 0's env, to which failures are
// thrown. fn may reset its env's temp arena, so the caller must keep nothing there across the call.
void wr_parallel(wr_pool *pool, size_t count, wr_item_fn *fn, void *arg);

static inline wr_env *wr_main_env(wr_pool *pool) { return &pool->envs[0]; }

#endif
