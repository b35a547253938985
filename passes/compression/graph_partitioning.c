// Balanced graph partitioning by recursive bisection. See function_order.h.
//
// A feature that l items on the left and r items on the right have costs
//
//   -(l log(l + 1) + r log(r + 1))
//
// which is lowest when all are on one side. Starting from the given order, the items that gain most by moving
// change sides in pairs, until no pair gains. Then the halves are bisected in turn, all parts of one level in
// parallel.
#include <stdlib.h>

#include "function_order.h"
#include "support/log2.h"

#define LEAF 24u // parts of at most this size keep the given order

typedef struct sides {
    uint32_t left, right; // number of items with the feature on each side
    uint32_t stamp;
    bool is_weighed;
    float to_right, to_left; // what moving one of these items saves; valid if is_weighed
} sides;

typedef struct part {
    uint32_t first, n;
} part;

typedef struct halving {
    wr_graph_partitioning_item *items;
    sides **sides;      // by worker, then by feature
    uint32_t *stamp;    // by worker
    float *gains, *log; // gains by position; logarithms of small numbers
    part *parts;
    unsigned rounds; // the most rounds of swaps for each part
} halving;

#define LOGS 4096

static float log_of(const halving *h, uint32_t n) { return n < LOGS ? h->log[n] : wr_log2(n); }

// What moving an item from a side with `from` items of a feature to a side with `to` items saves.
static float gain_of(const halving *h, uint32_t from, uint32_t to) {
    float before = (float)from * log_of(h, from + 1) + (float)to * log_of(h, to + 1);
    float after = (float)(from - 1) * log_of(h, from) + (float)(to + 1) * log_of(h, to + 2);
    return after - before;
}

static void count_sides(halving *h, unsigned worker, part p, uint32_t half) {
    sides *all = h->sides[worker];
    uint32_t stamp = ++h->stamp[worker];
    for (uint32_t i = 0; i < p.n; i++) {
        const wr_graph_partitioning_item *item = &h->items[p.first + i];
        for (uint32_t k = 0; k < item->nfeatures; k++) {
            sides *s = &all[item->features[k]];
            if (s->stamp != stamp) *s = (sides){.stamp = stamp};
            if (i < half)
                s->left++;
            else
                s->right++;
        }
    }
}

static void weigh_sides(const halving *h, sides *s) {
    bool alone = s->left + s->right < 2;
    s->to_right = alone || !s->left ? 0 : gain_of(h, s->left, s->right);
    s->to_left = alone || !s->right ? 0 : gain_of(h, s->right, s->left);
    s->is_weighed = true;
}

static float item_gain(const halving *h, unsigned worker, const wr_graph_partitioning_item *item,
                       bool on_left) {
    float gain = 0;
    for (uint32_t k = 0; k < item->nfeatures; k++) {
        sides *s = &h->sides[worker][item->features[k]];
        if (!s->is_weighed) weigh_sides(h, s);
        gain += on_left ? s->to_right : s->to_left;
    }
    return gain;
}

typedef struct mover {
    float gain;
    uint32_t place;
} mover;

static int by_gain(const void *a, const void *b) {
    const mover *x = a, *y = b;
    if (x->gain != y->gain) return x->gain > y->gain ? -1 : 1;
    return x->place < y->place ? -1 : x->place > y->place;
}

// Does one round of swaps. Returns whether any pair was swapped.
static bool swap_round(halving *h, unsigned worker, part p, uint32_t half, mover *movers) {
    count_sides(h, worker, p, half);
    for (uint32_t i = 0; i < p.n; i++)
        movers[i] = (mover){item_gain(h, worker, &h->items[p.first + i], i < half), p.first + i};
    qsort(movers, half, sizeof *movers, by_gain);
    qsort(movers + half, p.n - half, sizeof *movers, by_gain);
    uint32_t swapped = 0;
    for (uint32_t i = 0; i < half && i < p.n - half; i++) {
        if (movers[i].gain + movers[half + i].gain <= 1e-3f) break;
        wr_graph_partitioning_item kept = h->items[movers[i].place];
        h->items[movers[i].place] = h->items[movers[half + i].place];
        h->items[movers[half + i].place] = kept;
        swapped++;
    }
    return swapped > 0;
}

static int by_item(const void *a, const void *b) {
    const wr_graph_partitioning_item *x = a, *y = b;
    return x->item < y->item ? -1 : x->item > y->item;
}

static void halve(wr_env *env, unsigned worker, void *arg, size_t index) {
    halving *h = arg;
    part p = h->parts[index];
    uint32_t half = p.n / 2;
    wr_arena_reset(&env->temp);
    mover *movers = WR_NEW(&env->temp, mover, p.n);
    for (unsigned round = 0; round < h->rounds && swap_round(h, worker, p, half, movers); round++)
        wr_check(env);
    // Swaps shuffle the items; within each half, the given order is worth restoring.
    qsort(h->items + p.first, half, sizeof *h->items, by_item);
    qsort(h->items + p.first + half, p.n - half, sizeof *h->items, by_item);
}

// Lists the parts of the next level that are still to be bisected.
static size_t next_level(const part *parts, size_t n, part *next) {
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t half = parts[i].n / 2;
        if (half > LEAF) next[count++] = (part){parts[i].first, half};
        if (parts[i].n - half > LEAF) next[count++] = (part){parts[i].first + half, parts[i].n - half};
    }
    return count;
}

void wr_graph_partitioning_order(wr_pool *pool, wr_graph_partitioning_item *items, uint32_t n, uint32_t limit,
                                 unsigned rounds) {
    wr_arena *pass = &wr_main_env(pool)->pass;
    halving h = {.items = items,
                 .rounds = rounds,
                 .sides = WR_NEW(pass, sides *, pool->jobs),
                 .stamp = WR_NEW0(pass, uint32_t, pool->jobs)};
    for (unsigned i = 0; i < pool->jobs; i++) h.sides[i] = WR_NEW0(pass, sides, limit);
    h.log = WR_NEW(pass, float, LOGS);
    for (uint32_t i = 0; i < LOGS; i++) h.log[i] = i ? wr_log2(i) : 0;
    part *parts = WR_NEW(pass, part, n + 1), *next = WR_NEW(pass, part, n + 1);
    size_t count = n > LEAF;
    parts[0] = (part){0, n};
    while (count) {
        h.parts = parts;
        wr_parallel(pool, count, halve, &h);
        count = next_level(parts, count, next);
        part *spare = parts;
        parts = next;
        next = spare;
    }
}
