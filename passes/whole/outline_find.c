// Sequences that occur more than once. All windows of one length that match are one node of a trie; its children are the
// windows one token longer. The walk goes depth first over nodes with two places or more, sorting the places of a node
// by their next token, so that at the end the list of places is like a suffix array and each node is a run of it. Time is
// the total length of all repeats: near-linear in practice, and bounded by LOOKS_A_PLACE.
//
// The trie is cut at its second level into shards that are walked in parallel.
#include <stdlib.h>

#include "outline.h"
#include "support/hash.h"

#define SHARD_BITS 8
#define SHARDS (1u << SHARD_BITS)
// A shard whose places were looked at this often on average, as in one instruction a million times, goes no deeper.
#define LOOKS_A_PLACE 48

typedef struct finder {
    wr_context *c;
    const wr_cost *cost;
    const wr_stream *stream;
    bool loose;
    uint32_t *places;
    uint32_t shard_at[SHARDS + 1];
    wr_candidates found[SHARDS];
} finder;

typedef struct walk {
    wr_env *env;
    const finder *f;
    uint64_t *scratch; // a pair for each place of the shard
    uint32_t first;    // place of the shard in the list
    wr_candidates *out;
    wr_window window;
    int64_t budget; // places that may still be looked at
} walk;

// --- Sorting: next token's key in the high half, the place in the low ---

#define KEY_SHIFT 32

static void insertion_sort(uint64_t *v, uint32_t n) {
    for (uint32_t i = 1; i < n; i++) {
        uint64_t x = v[i];
        uint32_t k = i;
        for (; k && v[k - 1] > x; k--) v[k] = v[k - 1];
        v[k] = x;
    }
}

// In place, by one byte of the key after another from the top; places with one key stay in some order.
static void radix_sort(uint64_t *v, uint32_t n, int shift) {
    uint32_t start[257] = {0}, next[256];
    if (shift < KEY_SHIFT) return;
    if (n < 48) {
        insertion_sort(v, n);
        return;
    }
    for (uint32_t i = 0; i < n; i++) start[(v[i] >> shift & 255) + 1]++;
    for (unsigned b = 0; b < 256; b++) start[b + 1] += start[b];
    memcpy(next, start, sizeof next);
    for (unsigned b = 0; b < 256; b++)
        while (next[b] < start[b + 1]) {
            uint64_t x = v[next[b]];
            unsigned to = x >> shift & 255;
            v[next[b]] = v[next[to]];
            v[next[to]++] = x;
        }
    for (unsigned b = 0; b < 256; b++)
        if (start[b + 1] - start[b] > 1) radix_sort(v + start[b], start[b + 1] - start[b], shift - 8);
}

// --- The trie ---

// What tells children apart: the token that follows, its local as seen from the window. 0 ends the window.
static uint32_t key_behind(const finder *f, uint32_t place, unsigned length) {
    const wr_token *t = &f->stream->tokens[place + length];
    if (!t->key) return 0;
    if (f->loose && (t->flags & WR_TOKEN_CONST)) return t->flags & (WR_TOKEN_CONST | WR_TOKEN_WIDE);
    if (wr_token_kind(t) == WR_TOKEN_OTHER || !t->prev || t->prev > length) return t->key;
    return (uint32_t)wr_hash_word(t->key, t->prev) | 1;
}

#define AHEAD 12 // places whose tokens are fetched while those before them are read

// Sorts the places by key and returns the sorted pairs, which are good until children overwrite those of their own.
static const uint64_t *sort_places(walk *w, uint32_t first, uint32_t n, unsigned length) {
    uint32_t *places = w->f->places + first;
    uint64_t *pairs = w->scratch + (first - w->first), differ = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (i + AHEAD < n) __builtin_prefetch(&w->f->stream->tokens[places[i + AHEAD] + length]);
        pairs[i] = (uint64_t)key_behind(w->f, places[i], length) << KEY_SHIFT | places[i];
        differ |= pairs[i] ^ pairs[0];
    }
    if (!(differ >> KEY_SHIFT)) return pairs;
    radix_sort(pairs, n, 56);
    for (uint32_t i = 0; i < n; i++) places[i] = (uint32_t)pairs[i];
    return pairs;
}

typedef struct offer {
    int64_t saving;
    unsigned output;
} offer;

static void make_offer(const walk *w, uint32_t n, unsigned bytes, unsigned output, unsigned nconsts, offer *best) {
    if (n < 2) return;
    wr_price price = wr_outline_price(w->f->cost, &w->window, bytes, n, output, nconsts);
    int64_t saving = (int64_t)price.site * n - price.helper;
    if (saving > best->saving) *best = (offer){saving, output};
}

// The best that a helper for this node could save: over all places that want none of the locals set inside, or one.
// Nothing if that can't be more than `least`.
static offer best_offer(const walk *w, uint32_t first, uint32_t n, int64_t least) {
    const uint32_t *places = w->f->places + first;
    const wr_window *window = &w->window;
    uint32_t none = 0, only[WR_WINDOW_LOCALS] = {0};
    wr_variation v = {0};
    offer best = {0, WR_NO_OUTPUT};
    make_offer(w, n, window->bytes, WR_NO_OUTPUT, 0, &best);
    if (best.saving <= least) return (offer){0, WR_NO_OUTPUT};
    best.saving = 0;
    if (w->f->loose && (!wr_outline_variation(w->f->stream, window, places, n, &v) || !v.n)) return best;
    unsigned bytes = wr_outline_fixed_bytes(w->f->stream, places[0], window->length, &v);
    for (uint32_t i = 0; i < n; i++) {
        unsigned outputs = wr_window_outputs(window, w->f->stream->tokens + places[i]);
        if (!outputs)
            none++;
        else if (!(outputs & (outputs - 1)))
            only[__builtin_ctz(outputs)]++;
    }
    make_offer(w, none, bytes, WR_NO_OUTPUT, v.n, &best);
    for (unsigned i = 0; i < window->nlocals && wr_window_leaves(window) == 0; i++)
        if (only[i]) make_offer(w, none + only[i], bytes, i, v.n, &best);
    return best;
}

static int64_t visit(walk *w, uint32_t first, uint32_t n);

// Children are runs of places with the same next token. Returns the best saving of a descendant with all n places.
static int64_t visit_children(walk *w, uint32_t first, uint32_t n) {
    unsigned length = w->window.length;
    int64_t same = 0;
    const uint64_t *pairs = sort_places(w, first, n, length);
    for (uint32_t i = 0, k; i < n; i = k) {
        uint64_t key = pairs[i] >> KEY_SHIFT;
        for (k = i + 1; k < n && pairs[k] >> KEY_SHIFT == key; k++) {
        }
        wr_window_undo undo;
        if (k - i < 2 || !key) continue;
        if (!wr_window_grow(&w->window, &w->f->stream->tokens[w->f->places[first + i] + length], &undo)) continue;
        int64_t saving = visit(w, first + i, k - i);
        if (k - i == n) same = saving;
        wr_window_shrink(&w->window, &undo);
    }
    return same;
}

// Walks the node of these places; w->window is what they have in common.
static int64_t visit(walk *w, uint32_t first, uint32_t n) {
    w->budget -= n;
    bool deeper = w->window.length < WR_WINDOW_MAX && w->budget > 0;
    int64_t same = deeper ? visit_children(w, first, n) : 0;
    if (!wr_window_may_be_helper(&w->window)) return same;
    offer best = best_offer(w, first, n, same);
    if (best.saving <= same) return same;
    wr_candidate candidate = {.first = first, .n = n, .saving = (uint32_t)best.saving, .output = (uint8_t)best.output,
                              .length = (uint8_t)w->window.length, .loose = w->f->loose};
    WR_PUSH(&w->env->pass, *w->out, candidate);
    return best.saving;
}

// --- Shards ---

// Of the first two tokens: the high bits say the shard.
static uint32_t first_key(const finder *f, uint32_t place) {
    return (uint32_t)(wr_mix((uint64_t)key_behind(f, place, 0) << 32 | key_behind(f, place, 1)) >> 32);
}

static unsigned shard_of(const finder *f, uint32_t place) { return first_key(f, place) >> (32 - SHARD_BITS); }

// Windows of one token are of no use.
static bool may_start(const finder *f, uint32_t place) {
    const wr_token *t = &f->stream->tokens[place];
    return t[0].key && t[1].key && (t->flags & WR_TOKEN_START);
}

static void fill_shards(finder *f) {
    uint32_t at[SHARDS + 1] = {0};
    for (uint32_t i = 0; i < f->stream->n; i++)
        if (may_start(f, i)) at[shard_of(f, i) + 1]++;
    for (unsigned s = 0; s < SHARDS; s++) at[s + 1] += at[s];
    memcpy(f->shard_at, at, sizeof at);
    f->places = WR_NEW(&f->c->env->pass, uint32_t, at[SHARDS]);
    for (uint32_t i = 0; i < f->stream->n; i++)
        if (may_start(f, i)) f->places[at[shard_of(f, i)]++] = i;
}

// The node of all places with the same first two tokens.
static void visit_pair(walk *w, uint32_t first, uint32_t n) {
    const wr_token *t = &w->f->stream->tokens[w->f->places[first]];
    wr_window_undo undo;
    w->window = (wr_window){0};
    if (n > 1 && wr_window_grow(&w->window, &t[0], &undo) && wr_window_grow(&w->window, &t[1], &undo)) visit(w, first, n);
}

static void walk_shard(wr_env *env, unsigned worker, void *arg, size_t item) {
    (void)worker;
    finder *f = arg;
    uint32_t first = f->shard_at[item], n = f->shard_at[item + 1] - first;
    uint32_t *places = f->places + first;
    wr_arena_reset(&env->temp);
    walk w = {.env = env, .f = f, .first = first, .out = &f->found[item], .scratch = WR_NEW(&env->temp, uint64_t, n)};
    w.budget = (int64_t)n * LOOKS_A_PLACE;
    for (uint32_t i = 0; i < n; i++) w.scratch[i] = (uint64_t)first_key(f, places[i]) << KEY_SHIFT | places[i];
    radix_sort(w.scratch, n, 56 - SHARD_BITS);
    for (uint32_t i = 0; i < n; i++) places[i] = (uint32_t)w.scratch[i];
    for (uint32_t i = 0, k; i < n; i = k) {
        uint64_t key = w.scratch[i] >> KEY_SHIFT;
        for (k = i + 1; k < n && w.scratch[k] >> KEY_SHIFT == key; k++) {
        }
        visit_pair(&w, first + i, k - i);
    }
}

// Moves the shards' candidates into one list, in order.
static void gather(wr_context *c, finder *f, wr_found *found) {
    for (unsigned s = 0; s < SHARDS; s++) {
        const wr_candidates *list = &f->found[s];
        WR_RESERVE(&c->env->pass, found->candidates, list->n);
        if (list->n) memcpy(found->candidates.v + found->candidates.n, list->v, list->n * sizeof *list->v);
        found->candidates.n += list->n;
    }
}

void wr_outline_find(wr_context *c, const wr_cost *cost, const wr_stream *stream, bool loose, wr_found *found) {
    finder *f = WR_NEW0(&c->env->pass, finder, 1);
    f->c = c;
    f->cost = cost;
    f->stream = stream;
    f->loose = loose;
    fill_shards(f);
    wr_parallel(c->pool, SHARDS, walk_shard, f);
    found->places[loose] = f->places;
    gather(c, f, found);
}
