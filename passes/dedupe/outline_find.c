// Finds the sequences that occur more than once.
//
// All matching windows of one length form a node of a trie; the node's children are the windows that are one
// token longer. A depth-first walk visits the nodes that have two places or more and sorts the places of each
// node by their next token. In the end the list of places is like a suffix array, and each node is a range of
// it. Time is the total length of all repeats: near-linear in practice, and bounded by LOOKS_A_PLACE.
//
// The trie is cut at its second level into shards, which are walked in parallel.
#include "outline.h"
#include "support/hash.h"
#include "support/sort.h"

#define SHARD_BITS 8
#define SHARDS (1u << SHARD_BITS)
#define CHUNK_TOKENS (1u << 16)
// The walk of a shard goes no deeper once each place was visited this often on average, as in a million
// copies of one instruction.
#define LOOKS_A_PLACE 48

typedef struct finder {
    wr_context *c;
    wr_outline_search s;
    uint32_t *places;
    uint8_t *shard; // by place that may start a window
    uint32_t shard_at[SHARDS + 1];
    uint32_t (*at)[SHARDS]; // by chunk of the stream: where its next place goes
    wr_candidates found[SHARDS];
} finder;

typedef struct walk {
    wr_env *env;
    const finder *f;
    uint64_t *scratch; // one pair for each place of the shard
    uint32_t first;    // where the shard starts in the list of places
    wr_candidates *out;
    wr_window window;
    wr_window_undo undo[WR_WINDOW_MAX]; // by the length before growing
    int64_t budget;                     // place visits that are left
} walk;

// Pairs to sort have the next token's key in the high half and the place in the low half.
#define KEY_SHIFT 32

// --- The trie ---

// The key that distinguishes children: the token after the window, with its local as seen from the window. 0
// ends the window.
static uint32_t key_behind(const finder *f, uint32_t place, unsigned length) {
    const wr_token *t = &f->s.stream->tokens[place + length];
    if (!t->key) return 0;
    if (f->s.loose && (t->flags & WR_TOKEN_CONST)) return t->flags & (WR_TOKEN_CONST | WR_TOKEN_WIDE);
    if (wr_token_kind(t) == WR_TOKEN_OTHER || !t->prev || t->prev > length) return t->key;
    return (uint32_t)wr_hash_word(t->key, t->prev) | 1;
}

// Whether the keys after two windows of this length are equal and not 0.
static bool same_behind(const finder *f, const wr_token *a, const wr_token *b, unsigned length) {
    if (!a->key) return false;
    if (f->s.loose && (a->flags & WR_TOKEN_CONST))
        return !((a->flags ^ b->flags) & (WR_TOKEN_CONST | WR_TOKEN_WIDE)) && b->key;
    if (a->key != b->key || (f->s.loose && (b->flags & WR_TOKEN_CONST))) return false;
    return a->prev == b->prev || ((!a->prev || a->prev > length) && (!b->prev || b->prev > length));
}

#define AHEAD 12 // prefetch distance, in places

// The number of further tokens that the windows at all places have in common, at most `most`.
static unsigned common_run(const finder *f, const uint32_t *places, uint32_t n, unsigned length,
                           unsigned most) {
    const wr_token *tokens = f->s.stream->tokens + length, *a = tokens + places[0];
    for (uint32_t i = 1; i < n && most; i++) {
        if (i + AHEAD < n) __builtin_prefetch(&tokens[places[i + AHEAD]]);
        const wr_token *b = tokens + places[i];
        for (unsigned k = 0; k < most; k++)
            if (!same_behind(f, &a[k], &b[k], length + k)) most = k;
    }
    return most;
}

// Sorts the places by key. The pairs returned stay valid until children overwrite their own parts.
static const uint64_t *sort_places(walk *w, uint32_t first, uint32_t n) {
    uint32_t *places = w->f->places + first;
    uint64_t *pairs = w->scratch + (first - w->first);
    for (uint32_t i = 0; i < n; i++) {
        if (i + AHEAD < n) __builtin_prefetch(&w->f->s.stream->tokens[places[i + AHEAD] + w->window.length]);
        pairs[i] = (uint64_t)key_behind(w->f, places[i], w->window.length) << KEY_SHIFT | places[i];
    }
    wr_sort_high(pairs, n);
    for (uint32_t i = 0; i < n; i++) places[i] = (uint32_t)pairs[i];
    return pairs;
}

// Makes the node a candidate if it saves more than `same`. Returns the most saved.
static int64_t offer_node(walk *w, uint32_t first, uint32_t n, int64_t same) {
    if (!wr_window_may_be_helper(&w->window)) return same;
    wr_offer best = wr_outline_best_offer(&w->f->s, &w->window, w->f->places + first, n, same);
    if (best.saving <= same) return same;
    wr_candidate candidate = {.first = first,
                              .n = n,
                              .saving = (uint32_t)best.saving,
                              .outputs = (uint16_t)best.outputs,
                              .length = (uint8_t)w->window.length};
    WR_PUSH(&w->env->pass, *w->out, candidate);
    return best.saving;
}

static void visit(walk *w, uint32_t first, uint32_t n);

static bool grow(walk *w, uint32_t place) {
    unsigned length = w->window.length;
    return wr_window_grow(&w->window, &w->f->s.stream->tokens[place + length], &w->undo[length]);
}

static void shrink(walk *w) { wr_window_shrink(&w->window, &w->undo[w->window.length - 1]); }

// Visits the children: the ranges of places with the same next token.
static void visit_children(walk *w, uint32_t first, uint32_t n) {
    const uint64_t *pairs = sort_places(w, first, n);
    for (uint32_t i = 0, k; i < n; i = k) {
        uint64_t key = pairs[i] >> KEY_SHIFT;
        for (k = i + 1; k < n && pairs[k] >> KEY_SHIFT == key; k++) {}
        if (k - i < 2 || !key || !grow(w, w->f->places[first + i])) continue;
        visit(w, first + i, k - i);
        shrink(w);
    }
}

// Whether the walk may go below a node of n places.
static bool may_go_deeper(walk *w, uint32_t n) {
    w->budget -= n;
    return w->window.length < WR_WINDOW_MAX && w->budget > 0;
}

#define STEP 16u // number of tokens that are compared at a time

// Descends while there is only one child that has all the places, as at most nodes. Returns whether there may
// be several children below.
static bool go_down(walk *w, uint32_t first, uint32_t n) {
    unsigned run = STEP;
    for (unsigned i = STEP; may_go_deeper(w, n); i++) {
        if (i == run && run == STEP) {
            unsigned left = WR_WINDOW_MAX - w->window.length;
            run = common_run(w->f, w->f->places + first, n, w->window.length, left < STEP ? left : STEP);
            i = 0;
        }
        if (i == run) return true;
        if (!grow(w, w->f->places[first])) return false;
    }
    return false;
}

// Whether windows that begin at this token are at least as good as those that begin after it: it sets no
// local, and pushes nothing that the window does not pop. A token that reads a local may separate places that
// continue alike, so it qualifies only if there are two places.
static bool is_better_start(const walk *w, const wr_token *t, uint32_t n) {
    unsigned kind = wr_token_kind(t);
    if (!t->key || wr_token_flow(t) || !(t->flags & WR_TOKEN_START)) return false;
    if (kind != WR_TOKEN_OTHER && (kind != WR_TOKEN_GET || n > 2)) return false;
    return wr_token_pushes(t) <= wr_window_takes(&w->window) &&
           !(w->f->s.loose && (t->flags & WR_TOKEN_CONST));
}

// Whether all places are preceded by the same token of this kind. The walk visits these places together with
// it, so a long repeat is not walked from each of its tokens.
static bool is_walked_before(const walk *w, const uint32_t *places, uint32_t n) {
    const wr_token *tokens = w->f->s.stream->tokens;
    for (uint32_t i = 0; i < n; i++) {
        if (!places[i] || tokens[places[i] - 1].key != tokens[places[0] - 1].key) return false;
        if (!(tokens[places[i] - 1].flags & WR_TOKEN_START)) return false;
    }
    return is_better_start(w, &tokens[places[0] - 1], n);
}

// Visits the node of these places and those below it; w->window is what the places have in common.
static void visit(walk *w, uint32_t first, uint32_t n) {
    if (is_walked_before(w, w->f->places + first, n)) return;
    unsigned start = w->window.length;
    int64_t same = 0;
    if (go_down(w, first, n)) visit_children(w, first, n);
    for (;; shrink(w)) {
        same = offer_node(w, first, n, same);
        if (w->window.length == start) return;
    }
}

// --- Shards ---

// Hash of the first two tokens; its high bits select the shard.
static uint32_t first_key(const finder *f, uint32_t place) {
    return (uint32_t)(wr_mix((uint64_t)key_behind(f, place, 0) << 32 | key_behind(f, place, 1)) >> 32);
}

static uint8_t shard_of(const finder *f, uint32_t place) {
    return (uint8_t)(first_key(f, place) >> (32 - SHARD_BITS));
}

// Windows of one token are useless.
static bool may_start(const finder *f, uint32_t place) {
    const wr_token *t = &f->s.stream->tokens[place];
    return t[0].key && t[1].key && (t->flags & WR_TOKEN_START);
}

static uint32_t chunk_end(const finder *f, size_t chunk) {
    uint64_t end = ((uint64_t)chunk + 1) * CHUNK_TOKENS;
    return end < f->s.stream->n ? (uint32_t)end : f->s.stream->n;
}

static void count_chunk(wr_env *env, unsigned worker, void *arg, size_t item) {
    (void)env, (void)worker;
    const finder *f = arg;
    for (uint32_t i = (uint32_t)item * CHUNK_TOKENS; i < chunk_end(f, item); i++)
        if (may_start(f, i)) f->at[item][f->shard[i] = shard_of(f, i)]++;
}

static void fill_chunk(wr_env *env, unsigned worker, void *arg, size_t item) {
    (void)env, (void)worker;
    const finder *f = arg;
    for (uint32_t i = (uint32_t)item * CHUNK_TOKENS; i < chunk_end(f, item); i++)
        if (may_start(f, i)) f->places[f->at[item][f->shard[i]]++] = i;
}

// Lists the places of each shard in order. Those of each chunk are counted first, so that chunks know where
// theirs go.
static void fill_shards(finder *f) {
    wr_arena *arena = &f->c->env->pass;
    size_t nchunks = (f->s.stream->n + CHUNK_TOKENS - 1) / CHUNK_TOKENS;
    uint32_t n = 0;
    f->at = wr_alloc0(arena, nchunks * sizeof *f->at);
    f->shard = WR_NEW(arena, uint8_t, f->s.stream->n);
    wr_parallel(f->c->pool, nchunks, count_chunk, f);
    for (unsigned s = 0; s < SHARDS; s++) {
        f->shard_at[s] = n;
        for (size_t i = 0; i < nchunks; i++) {
            uint32_t count = f->at[i][s];
            f->at[i][s] = n;
            n += count;
        }
    }
    f->shard_at[SHARDS] = n;
    f->places = WR_NEW(arena, uint32_t, n);
    wr_parallel(f->c->pool, nchunks, fill_chunk, f);
}

// Visits the node of all places with the same first two tokens.
static void visit_pair(walk *w, uint32_t first, uint32_t n) {
    if (n < 2) return;
    w->window = (wr_window){0};
    if (grow(w, w->f->places[first]) && grow(w, w->f->places[first])) visit(w, first, n);
}

// The tokens of a place are read repeatedly: prefetches as many as most windows have.
static void fetch(const wr_stream *stream, uint32_t place) {
    __builtin_prefetch(&stream->tokens[place]);
    __builtin_prefetch(&stream->tokens[place + 8 < stream->n ? place + 8 : place]);
}

static void walk_shard(wr_env *env, unsigned worker, void *arg, size_t item) {
    (void)worker;
    finder *f = arg;
    uint32_t first = f->shard_at[item], n = f->shard_at[item + 1] - first;
    uint32_t *places = f->places + first;
    wr_arena_reset(&env->temp);
    walk w = {.env = env,
              .f = f,
              .first = first,
              .out = &f->found[item],
              .scratch = WR_NEW(&env->temp, uint64_t, n)};
    w.budget = (int64_t)n * LOOKS_A_PLACE;
    for (uint32_t i = 0; i < n; i++) {
        if (i + AHEAD < n) fetch(f->s.stream, places[i + AHEAD]);
        w.scratch[i] = (uint64_t)first_key(f, places[i]) << KEY_SHIFT | places[i];
    }
    wr_sort_high(w.scratch, n);
    for (uint32_t i = 0; i < n; i++) places[i] = (uint32_t)w.scratch[i];
    for (uint32_t i = 0, k; i < n; i = k) {
        uint64_t key = w.scratch[i] >> KEY_SHIFT;
        for (k = i + 1; k < n && w.scratch[k] >> KEY_SHIFT == key; k++) {}
        visit_pair(&w, first + i, k - i);
    }
}

// Moves the candidates of all shards into one list, in order.
static void gather(wr_context *c, finder *f, wr_found *found) {
    for (unsigned s = 0; s < SHARDS; s++) {
        const wr_candidates *list = &f->found[s];
        WR_RESERVE(&c->env->pass, found->candidates, list->n);
        if (list->n) memcpy(found->candidates.v + found->candidates.n, list->v, list->n * sizeof *list->v);
        found->candidates.n += list->n;
    }
}

void wr_outline_find(wr_context *c, const wr_cost *cost, const wr_stream *stream, wr_found *found) {
    finder *f = WR_NEW0(&c->env->pass, finder, 1);
    f->c = c;
    unsigned most_results = wr_pass_may_use(c, WR_F(MULTIVALUE)) ? WR_HELPER_RESULTS : 1;
    f->s = (wr_outline_search){cost, stream, found->loose, most_results};
    fill_shards(f);
    wr_parallel(c->pool, SHARDS, walk_shard, f);
    found->places = f->places;
    gather(c, f, found);
}
