// Two pieces of work side by side, of which one leaves the worker pool to the other.
#ifndef WR_SUPPORT_BESIDE_H
#define WR_SUPPORT_BESIDE_H

#include "pool.h"

typedef void wr_work_fn(wr_env *env, void *arg);

// Runs `front` in the pool's main env, where it may use the pool, and meanwhile `back` on a thread and in an
// env of its own, which is gone afterwards, so results of `back` must not point into it. With one worker
// `back` runs after `front`. If both fail, the failure of `front` is thrown. Must run under a wr_try() of the
// main env.
void wr_beside(wr_pool *pool, wr_work_fn *front, wr_work_fn *back, void *arg);

#endif
