// Orders functions whose indices are equally long, for the benefit of compressors: similar functions become
// neighbours, so that matches are near and the statistics of neighbouring code agree. The order is by type
// and then size, or, starting from that, by the instruction sequences that functions share (see
// function_order.h). Sound because function indices carry no meaning. Does nothing if raw bytes alone count:
// then the tuning asks for the input's order.
#include "function_order.h"

#include <stdlib.h>

#include "passes/manager/pass.h"
#include "analysis/body_hash.h"
#include "support/sort.h"

#define WINDOW 3 // instructions in a feature

// How hard to try: the number of features of a function (those with the lowest hashes, which is an unbiased
// sample, as in min-hashing), and of rounds of swaps.
typedef struct effort {
    uint32_t features;
    unsigned rounds;
} effort;

typedef struct sorted {
    uint32_t type, size, func;
} sorted;

static int by_type_and_size(const void *a, const void *b) {
    const sorted *x = a, *y = b;
    if (x->type != y->type) return x->type < y->type ? -1 : 1;
    if (x->size != y->size) return x->size < y->size ? -1 : 1;
    return x->func < y->func ? -1 : x->func > y->func;
}

static void rank_by_type(const wr_context *c, uint32_t *rank) {
    const wr_module *m = c->m;
    sorted *list = WR_NEW(&c->env->temp, sorted, m->nfuncs);
    for (uint32_t i = 0; i < m->nfuncs; i++)
        list[i] = (sorted){m->types[m->funcs[i].type].canon, (uint32_t)m->funcs[i].body.n, i};
    qsort(list, m->nfuncs, sizeof *list, by_type_and_size);
    for (uint32_t i = 0; i < m->nfuncs; i++) rank[list[i].func] = i;
}

// --- By shared sequences ---

typedef WR_VEC(uint64_t) hashes;

typedef struct ordering {
    effort effort;
    const wr_module *m;
    const uint32_t *canon;
    const uint32_t *by_type; // functions by type and size; items are positions in it
    wr_graph_partitioning_item
        *items; // with hashes of features in place of their numbers, until they are numbered
} ordering;

static void list_hashes(wr_env *env, const ordering *o, uint32_t func, hashes *found) {
    uint64_t token[WINDOW] = {0};
    wr_body_hash s;
    wr_body_hash_begin(&s, env, &env->temp, o->m, o->canon, func);
    for (uint32_t n = 0; wr_body_hash_next(&s); n++) {
        uint64_t run = token[n % WINDOW] = wr_body_hash_token(&s);
        if (n + 1 < WINDOW) continue;
        for (uint32_t k = 1; k < WINDOW; k++) run = wr_body_hash_run(run, token[(n - k) % WINDOW]);
        WR_PUSH(&env->temp, *found, run >> 32 << 32);
    }
}

// Keeps the lowest hashes, at least `wanted` of them if there are so many, of hashes that are spread evenly.
static void keep_lowest(hashes *found, uint32_t wanted) {
    uint64_t limit = UINT64_MAX / (found->n + 1) * (2 * (uint64_t)wanted);
    uint32_t low = 0, kept = 0;
    if (found->n <= 4 * wanted) return;
    for (uint32_t i = 0; i < found->n; i++) low += found->v[i] <= limit;
    if (low < wanted + wanted / 2) return;
    for (uint32_t i = 0; i < found->n; i++)
        if (found->v[i] <= limit) found->v[kept++] = found->v[i];
    found->n = kept;
}

// Takes the lowest hashes of windows, each once.
static void list_features(wr_env *env, unsigned worker, void *arg, size_t index) {
    (void)worker;
    ordering *o = arg;
    wr_graph_partitioning_item *item = &o->items[index];
    hashes found = {0};
    wr_arena_reset(&env->temp);
    list_hashes(env, o, o->by_type[item->item], &found);
    keep_lowest(&found, o->effort.features);
    wr_sort_high(found.v, found.n);
    item->features =
        WR_NEW(&env->pass, uint32_t, o->effort.features < found.n ? o->effort.features : found.n);
    for (uint32_t i = 0; i < found.n && item->nfeatures < o->effort.features; i++)
        if (!i || found.v[i - 1] != found.v[i])
            item->features[item->nfeatures++] = (uint32_t)(found.v[i] >> 32);
}

// Drops the features marked WR_NONE.
static void drop_features(wr_graph_partitioning_item *item) {
    uint32_t kept = 0;
    for (uint32_t k = 0; k < item->nfeatures; k++)
        if (item->features[k] != WR_NONE) item->features[kept++] = item->features[k];
    item->nfeatures = kept;
}

// Numbers the features that at least two items have, and replaces hashes by these numbers. Returns how many
// there are.
static uint32_t number_features(wr_env *env, ordering *o, uint32_t nitems) {
    uint32_t total = 0, n = 0, shared = 0;
    for (uint32_t i = 0; i < nitems; i++) total += o->items[i].nfeatures;
    uint64_t *all = WR_NEW(&env->temp, uint64_t, total);
    uint32_t **at = WR_NEW(&env->temp, uint32_t *, total);
    for (uint32_t i = 0; i < nitems; i++)
        for (uint32_t k = 0; k < o->items[i].nfeatures; k++, n++) {
            at[n] = &o->items[i].features[k];
            all[n] = (uint64_t)*at[n] << 32 | n;
        }
    wr_sort_high(all, n);
    for (uint32_t i = 0, k; i < n; i = k) {
        for (k = i + 1; k < n && all[k] >> 32 == all[i] >> 32;) k++;
        for (uint32_t j = i; j < k; j++) *at[(uint32_t)all[j]] = k - i > 1 ? shared : WR_NONE;
        shared += k - i > 1;
    }
    for (uint32_t i = 0; i < nitems; i++) drop_features(&o->items[i]);
    return shared;
}

static bool is_defined(const wr_module *m, uint32_t func) {
    return m->funcs[func].live && m->funcs[func].import == WR_NONE;
}

static effort effort_of(const wr_config *config) {
    return wr_config_is_for_transit(config) ? (effort){192, 16} : (effort){96, 6};
}

// Starts from the order by type and size, which also makes the function section compress well.
static void rank_by_likeness(wr_context *c, uint32_t *rank) {
    wr_arena *pass = &c->env->pass;
    ordering o = {.effort = effort_of(c->config),
                  .m = c->m,
                  .canon = wr_body_hash_canon_types(pass, c->m),
                  .items = WR_NEW0(pass, wr_graph_partitioning_item, c->m->nfuncs)};
    uint32_t n = 0;
    uint32_t *by_type = WR_NEW(pass, uint32_t, c->m->nfuncs);
    rank_by_type(c, rank);
    for (uint32_t i = 0; i < c->m->nfuncs; i++) by_type[rank[i]] = i;
    for (uint32_t i = 0; i < c->m->nfuncs; i++)
        if (is_defined(c->m, by_type[i])) o.items[n++].item = i;
    o.by_type = by_type;
    wr_parallel(c->pool, n, list_features, &o);
    uint32_t limit = number_features(c->env, &o, n);
    wr_graph_partitioning_order(c->pool, o.items, n, limit, o.effort.rounds);
    for (uint32_t i = 0; i < n; i++) rank[by_type[o.items[i].item]] = i;
}

void wr_pass_reorder_functions(wr_context *c) {
    wr_order order = c->config->tuning.order;
    if (order == WR_ORDER_INPUT) return;
    uint32_t *rank = WR_NEW0(&c->env->perm, uint32_t, c->m->nfuncs);
    if (order == WR_ORDER_TYPE_SIZE)
        rank_by_type(c, rank);
    else
        rank_by_likeness(c, rank);
    c->state->ranks = (wr_func_ranks){rank, c->m->nfuncs};
}
