// Balanced graph partitioning by recursive bisection. See function_order.h.
//
// A feature that l items on the left and r items on the right have costs
//
//   -(l log(l + 1) + r log(r + 1))
//
// which is lowest when all are on one side. Starting from the given order, the items that gain most by moving
// change sides in pairs, until no pair gains. Then the halves are bisected in turn, all parts of one level in
// parallel.
#include "function_order.h"
#include "support/log2.h"
#include "support/sort.h"

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
    bool *right;     // by position: whether the item is on the right of its part
    sides **sides;   // by worker, then by feature
    uint32_t *stamp; // by worker
    float *log;      // logarithms of small numbers
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

static void count_sides(halving *h, unsigned worker, part p) {
    sides *all = h->sides[worker];
    uint32_t stamp = ++h->stamp[worker];
    for (uint32_t i = 0; i < p.n; i++) {
        const wr_graph_partitioning_item *item = &h->items[p.first + i];
        for (uint32_t k = 0; k < item->nfeatures; k++) {
            sides *s = &all[item->features[k]];
            if (s->stamp != stamp) *s = (sides){.stamp = stamp};
            if (h->right[p.first + i])
                s->right++;
            else
                s->left++;
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

// A word whose order is that of the gains, the highest first.
static uint32_t descending(float gain) {
    uint32_t bits;
    memcpy(&bits, &gain, sizeof bits);
    return bits >> 31 ? bits : ~bits & INT32_MAX;
}

// An item that may move: its gain, see descending, and in the low half its position.
static float gain_of_mover(uint64_t mover) {
    uint32_t bits = (uint32_t)(mover >> 32);
    float gain;
    bits = bits >> 31 ? bits : ~bits & INT32_MAX;
    memcpy(&gain, &bits, sizeof gain);
    return gain;
}

// Does one round of swaps. Returns whether enough pairs were swapped for another round to be worthwhile.
static bool swap_round(halving *h, unsigned worker, part p, uint64_t *movers) {
    uint32_t half = p.n / 2, nleft = 0, nright = 0, i = 0;
    count_sides(h, worker, p);
    for (uint32_t at = p.first; at < p.first + p.n; at++) {
        bool right = h->right[at];
        uint64_t gain = descending(item_gain(h, worker, &h->items[at], !right));
        movers[right ? half + nright++ : nleft++] = gain << 32 | at;
    }
    wr_sort_high(movers, nleft);
    wr_sort_high(movers + half, nright);
    for (; i < nleft && i < nright; i++) {
        if (gain_of_mover(movers[i]) + gain_of_mover(movers[half + i]) <= 1e-3f) break;
        h->right[(uint32_t)movers[i]] = true;
        h->right[(uint32_t)movers[half + i]] = false;
    }
    return i > p.n / 64;
}

// Puts the items on the left before those on the right, both in the given order.
static void separate(halving *h, part p, wr_graph_partitioning_item *spare) {
    uint32_t left = p.first, right = 0;
    for (uint32_t at = p.first; at < p.first + p.n; at++)
        if (h->right[at])
            spare[right++] = h->items[at];
        else
            h->items[left++] = h->items[at];
    memcpy(h->items + left, spare, right * sizeof *spare);
}

static void halve(wr_env *env, unsigned worker, void *arg, size_t index) {
    halving *h = arg;
    part p = h->parts[index];
    wr_arena_reset(&env->temp);
    uint64_t *movers = WR_NEW(&env->temp, uint64_t, p.n);
    for (uint32_t i = 0; i < p.n; i++) h->right[p.first + i] = i >= p.n / 2;
    for (unsigned round = 0; round < h->rounds && swap_round(h, worker, p, movers); round++) wr_check(env);
    separate(h, p, WR_NEW(&env->temp, wr_graph_partitioning_item, p.n));
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
    h.right = WR_NEW(pass, bool, n);
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
