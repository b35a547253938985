// Orders entities by use: the most used get the shortest indices. Among indices of equal length the old order
// stays.
#include "layout_parts.h"

#include <stdlib.h>

typedef struct ranked {
    uint64_t count;
    uint32_t index;
} ranked;

static int by_count(const void *a, const void *b) {
    const ranked *x = a, *y = b;
    if (x->count != y->count) return x->count < y->count ? 1 : -1;
    return x->index < y->index ? -1 : x->index > y->index;
}

static int by_index(const void *a, const void *b) {
    const ranked *x = a, *y = b;
    return x->index < y->index ? -1 : x->index > y->index;
}

// Orders entries for the positions from `first` on: the most used go to the buckets with the shortest
// indices, in old order within a bucket.
static void order_by_use(ranked *entries, uint32_t n, uint32_t first, const uint32_t *limits,
                         size_t nlimits) {
    if (first + n <= limits[0]) return;
    qsort(entries, n, sizeof *entries, by_count);
    uint32_t done = 0;
    for (size_t i = 0; i < nlimits && done < n; i++) {
        if (limits[i] <= first + done) continue;
        uint32_t upto = limits[i] - first < n ? limits[i] - first : n;
        qsort(entries + done, upto - done, sizeof *entries, by_index);
        done = upto;
    }
}

void wr_layout_order_by_use(wr_env *env, uint32_t *order, uint32_t n, const uint64_t *counts, uint32_t first,
                            const uint32_t *limits, size_t nlimits) {
    wr_mark mark = wr_arena_mark(&env->temp);
    ranked *entries = WR_NEW(&env->temp, ranked, n);
    for (uint32_t i = 0; i < n; i++) entries[i] = (ranked){counts[order[i]], order[i]};
    order_by_use(entries, n, first, limits, nlimits);
    for (uint32_t i = 0; i < n; i++) order[i] = entries[i].index;
    wr_arena_release(&env->temp, &mark);
}

static int by_rank(const void *a, const void *b) {
    const ranked *x = a, *y = b;
    return x->count < y->count ? -1 : x->count > y->count;
}

static uint32_t rank_of(wr_func_ranks ranks, uint32_t func) { return func < ranks.n ? ranks.of[func] : func; }

void wr_layout_order_by_rank(wr_env *env, wr_func_ranks ranks, uint32_t *order, uint32_t first, uint32_t n,
                             const uint32_t *limits, size_t nlimits) {
    wr_mark mark = wr_arena_mark(&env->temp);
    ranked *entries = WR_NEW(&env->temp, ranked, n);
    for (uint32_t i = first; i < n; i++) entries[i] = (ranked){rank_of(ranks, order[i]), order[i]};
    for (size_t i = 0; i < nlimits && first < n; i++) {
        uint32_t end = limits[i] < n ? limits[i] : n;
        if (end <= first) continue;
        qsort(entries + first, end - first, sizeof *entries, by_rank);
        for (; first < end; first++) order[first] = entries[first].index;
    }
    wr_arena_release(&env->temp, &mark);
}
