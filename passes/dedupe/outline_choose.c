// Chooses which sequences become helpers, greedily: always the one that saves most at the places that are
// still free. Candidates are in a priority queue (a heap). A candidate that reaches the top is evaluated at
// its free places; if others have taken places from it, it goes back with its new saving.
//
// The first evaluation takes most of the time, and discards most candidates. It is done in parallel for many
// candidates near the top, and what it finds out about each place is kept for later evaluations.
#include "outline.h"
#include "support/sort.h"

#define AHEAD 8                          // prefetch distance, in places
#define BATCH_PLACES ((uint32_t)1 << 18) // places of the candidates that are evaluated together

// A place of a candidate that was free when it was last evaluated.
typedef struct wr_spot {
    uint32_t at;
    uint16_t saving, least; // bytes saved without the call and its arguments; what the call must save
} wr_spot;

// The places that a candidate would take now.
typedef struct trial {
    wr_window window;
    wr_variation variation;
    uint32_t *places;
    const wr_spot **spots;
    uint32_t n;
} trial;

typedef struct chooser {
    wr_context *c;
    wr_tuning tuning;
    const wr_cost *cost;
    const wr_stream *stream;
    const wr_found *found;
    uint64_t *used; // by token: one bit
    wr_candidate *heap;
    uint32_t nheap;
    wr_candidates batch;
} chooser;

// --- Heap: most saving first, then longest, then in order of places ---

static bool before(const wr_candidate *a, const wr_candidate *b) {
    if (a->saving != b->saving) return a->saving > b->saving;
    if (a->length != b->length) return a->length > b->length;
    return a->first < b->first;
}

static void sink(chooser *h, uint32_t i) {
    wr_candidate x = h->heap[i];
    for (uint32_t child; (child = 2 * i + 1) < h->nheap; i = child) {
        if (child + 1 < h->nheap && before(&h->heap[child + 1], &h->heap[child])) child++;
        if (!before(&h->heap[child], &x)) break;
        h->heap[i] = h->heap[child];
    }
    h->heap[i] = x;
}

static void push(chooser *h, const wr_candidate *x) {
    uint32_t i = h->nheap++;
    for (; i && before(x, &h->heap[(i - 1) / 2]); i = (i - 1) / 2) h->heap[i] = h->heap[(i - 1) / 2];
    h->heap[i] = *x;
}

static void drop_top(chooser *h) {
    h->heap[0] = h->heap[--h->nheap];
    if (h->nheap) sink(h, 0);
}

// --- Which places are free ---

static uint64_t ones(unsigned n) { return n < 64 ? ((uint64_t)1 << n) - 1 : UINT64_MAX; }

// A bit for each of the 64 tokens from here on: whether it is used. There is one more word after the last.
static uint64_t used_from(const chooser *h, uint32_t at) {
    const uint64_t *words = &h->used[at >> 6];
    return words[0] >> (at & 63) | words[1] << 1 << (~at & 63);
}

static bool is_free(const chooser *h, uint32_t at, unsigned length) {
    for (; length > 64; at += 64, length -= 64)
        if (used_from(h, at)) return false;
    return !(used_from(h, at) & ones(length));
}

static void use(chooser *h, uint32_t at, unsigned length) {
    for (unsigned n; length; at += n, length -= n) {
        n = 64 - (at & 63) < length ? 64 - (at & 63) : length;
        h->used[at >> 6] |= ones(n) << (at & 63);
    }
}

// The places of a candidate are in order, except for those that were separated deeper in the trie.
static void sort_places(wr_env *env, uint32_t *places, uint32_t n) {
    uint32_t i = 1;
    while (i < n && places[i - 1] < places[i]) i++;
    if (i >= n) return;
    uint64_t *pairs = WR_NEW(&env->temp, uint64_t, n);
    for (i = 0; i < n; i++) pairs[i] = (uint64_t)places[i] << 32;
    wr_sort_high(pairs, n);
    for (i = 0; i < n; i++) places[i] = (uint32_t)(pairs[i] >> 32);
}

static uint32_t list_free(wr_env *env, const chooser *h, const wr_candidate *x, uint32_t *places) {
    const uint32_t *all = h->found->places + x->first;
    uint32_t n = 0;
    for (uint32_t i = 0; i < x->n; i++) {
        places[n] = all[i];
        n += is_free(h, all[i], x->length);
    }
    sort_places(env, places, n);
    return n;
}

static void drop_taken(const chooser *h, wr_candidate *x) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < x->n; i++)
        if (is_free(h, x->spots[i].at, x->length)) x->spots[n++] = x->spots[i];
    x->n = n;
}

// --- What they save ---

static bool outputs_fit(const wr_window *w, const wr_token *t, unsigned outputs) {
    return !(wr_window_outputs(w, t) & ~outputs);
}

// Evaluates a place. Returns false if it saves too little.
static bool read_spot(const chooser *h, const wr_window *w, uint32_t at, unsigned outputs, wr_spot *spot) {
    static const wr_variation none = {0};
    const wr_token *t = h->stream->tokens + at;
    int saving = (int)wr_outline_fixed_bytes(h->stream, at, w->length, &none) - 2;
    int least = wr_call_cost_bytes(wr_token_call_cost(t));
    for (unsigned i = 0; i < w->nlocals; i++) {
        const wr_window_local *local = &w->locals[i];
        if (wr_window_is_in(w, i, outputs)) saving -= t[local->first].size;
        if (outputs >> i & 1) saving -= t[local->first].size;
    }
    if (saving < least) return false;
    *spot = (wr_spot){at, (uint16_t)saving, (uint16_t)least};
    return true;
}

static void fetch(const wr_stream *stream, uint32_t at) {
    __builtin_prefetch(&stream->tokens[at]);
    __builtin_prefetch(&stream->starts[at]);
}

// Lists the places where a helper with these outputs fits and may pay.
static uint32_t read_spots(const chooser *h, const wr_candidate *x, const uint32_t *places, uint32_t n,
                           wr_spot *spots) {
    wr_window window;
    uint32_t nspots = 0;
    wr_window_read(&window, h->stream->tokens + places[0], x->length);
    for (uint32_t i = 0; i < n; i++) {
        if (i + AHEAD < n) fetch(h->stream, places[i + AHEAD]);
        if (!outputs_fit(&window, h->stream->tokens + places[i], x->outputs)) continue;
        nspots += read_spot(h, &window, places[i], x->outputs, &spots[nspots]);
    }
    return nspots;
}

static trial begin_trial(wr_arena *arena, uint32_t most) {
    return (trial){.places = WR_NEW(arena, uint32_t, most), .spots = WR_NEW(arena, const wr_spot *, most)};
}

static void list_apart(const wr_candidate *x, trial *t) {
    uint32_t end = 0;
    t->n = 0;
    for (uint32_t i = 0; i < x->n; i++) {
        if (x->spots[i].at < end) continue;
        t->places[t->n] = x->spots[i].at;
        t->spots[t->n++] = &x->spots[i];
        end = x->spots[i].at + x->length;
    }
}

static int spot_saving(const chooser *h, const wr_spot *spot, const wr_variation *v) {
    int saving = spot->saving;
    for (unsigned i = 0; i < v->n; i++) saving -= h->stream->tokens[spot->at + v->at[i]].size;
    return saving < spot->least ? 0 : saving;
}

static int64_t price(const chooser *h, const wr_candidate *x, trial *t) {
    list_apart(x, t);
    t->variation.n = 0;
    if (t->n < 2) return 0;
    wr_window_read(&t->window, h->stream->tokens + t->places[0], x->length);
    if (h->found->loose && !wr_outline_variation(h->stream, &t->window, t->places, t->n, &t->variation))
        return 0;
    int64_t total = 0;
    uint32_t n = 0;
    int index = (int)wr_cost_new_index(h->cost, WR_FUNC, t->n) + (int)h->tuning.min_site;
    for (uint32_t i = 0; i < t->n; i++) {
        int saving = spot_saving(h, t->spots[i], &t->variation);
        if (saving < index) continue;
        total += saving;
        t->places[n++] = t->places[i];
    }
    t->n = n;
    if (n < 2) return 0;
    unsigned bytes = wr_outline_fixed_bytes(h->stream, t->places[0], x->length, &t->variation);
    return total - wr_outline_price(h->cost, &t->window, bytes, n, x->outputs, t->variation.n).helper;
}

// --- The first time ---

static void look_at(wr_env *env, unsigned worker, void *arg, size_t item) {
    (void)worker;
    chooser *h = arg;
    wr_candidate *x = &h->batch.v[item];
    if (x->spots) return;
    wr_arena_reset(&env->temp);
    uint32_t *places = WR_NEW(&env->temp, uint32_t, x->n), n = list_free(env, h, x, places);
    x->spots = WR_NEW(&env->temp, wr_spot, n);
    x->n = n < 2 ? 0 : read_spots(h, x, places, n, x->spots);
    trial t = begin_trial(&env->temp, x->n);
    int64_t saving = price(h, x, &t);
    x->saving = saving > 0 ? (uint32_t)saving : 0;
    if (x->saving < h->tuning.min_saving) return;
    wr_spot *kept = WR_NEW(&env->pass, wr_spot, x->n);
    memcpy(kept, x->spots, x->n * sizeof *kept);
    x->spots = kept;
}

// Evaluates the next candidates, which are taken out of the heap meanwhile.
static void look_ahead(chooser *h) {
    h->batch.n = 0;
    for (uint32_t n = 0; n < BATCH_PLACES && h->nheap && h->heap[0].saving >= h->tuning.min_saving;) {
        WR_PUSH(&h->c->env->pass, h->batch, h->heap[0]);
        n += h->heap[0].spots ? 1 : h->heap[0].n;
        drop_top(h);
    }
    wr_parallel(h->c->pool, h->batch.n, look_at, h);
    for (uint32_t i = 0; i < h->batch.n; i++)
        if (h->batch.v[i].saving >= h->tuning.min_saving) push(h, &h->batch.v[i]);
}

// --- Choice ---

static bool same_token(const wr_token *a, const wr_token *b, bool loose) {
    if (!wr_token_same_shape(a, b)) return false;
    return a->key == b->key || (loose && (a->flags & b->flags & WR_TOKEN_CONST));
}

// How far back in the window the local of its i-th token was accessed; 0 if it was not.
static unsigned distance_in(const wr_token *window, unsigned i) {
    return window[i].prev <= i ? window[i].prev : 0;
}

static bool same_window(const chooser *h, uint32_t a, uint32_t b, const wr_candidate *x) {
    const wr_token *t = h->stream->tokens + a, *other = h->stream->tokens + b;
    for (unsigned i = 0; i < x->length; i++)
        if (!same_token(&t[i], &other[i], h->found->loose) || distance_in(t, i) != distance_in(other, i))
            return false;
    return true;
}

// Keys are hashes, so this removes the places that do not match the first one after all.
static void verify(const chooser *h, const wr_candidate *x, trial *t) {
    uint32_t n = 0;
    wr_window_read(&t->window, h->stream->tokens + t->places[0], x->length);
    if (t->window.length != x->length || !wr_window_may_be_helper(&t->window)) t->n = 0;
    for (uint32_t i = 0; i < t->n; i++)
        if (same_window(h, t->places[0], t->places[i], x)) t->places[n++] = t->places[i];
    t->n = n;
}

static void accept(chooser *h, const wr_candidate *x, trial *t, wr_choice *choice) {
    verify(h, x, t);
    if (t->n < 2) return;
    wr_arena *arena = &h->c->env->pass;
    wr_helper helper = {.at = t->places[0],
                        .nsites = t->n,
                        .length = x->length,
                        .outputs = x->outputs,
                        .nconsts = (uint8_t)t->variation.n,
                        .func = WR_NONE};
    memcpy(helper.consts, t->variation.at, sizeof helper.consts);
    for (uint32_t i = 0; i < t->n; i++) {
        wr_site site = {t->places[i], choice->helpers.n};
        WR_PUSH(arena, choice->sites, site);
        use(h, site.at, x->length);
    }
    WR_PUSH(arena, choice->helpers, helper);
}

static void sort_sites(wr_context *c, wr_choice *choice) {
    uint32_t n = choice->sites.n;
    uint64_t *pairs = WR_NEW(&c->env->pass, uint64_t, n);
    for (uint32_t i = 0; i < n; i++)
        pairs[i] = (uint64_t)choice->sites.v[i].at << 32 | choice->sites.v[i].helper;
    wr_sort_high(pairs, n);
    for (uint32_t i = 0; i < n; i++)
        choice->sites.v[i] = (wr_site){(uint32_t)(pairs[i] >> 32), (uint32_t)pairs[i]};
}

static void settle_top(chooser *h, trial *t, wr_choice *choice) {
    wr_candidate *top = &h->heap[0];
    drop_taken(h, top);
    int64_t saving = price(h, top, t);
    if (saving >= (int64_t)top->saving) {
        accept(h, top, t, choice);
        drop_top(h);
    } else if (saving > 0) {
        top->saving = (uint32_t)saving;
        sink(h, 0);
    } else {
        drop_top(h);
    }
}

// Returns the largest number of places of a candidate.
static uint32_t begin(chooser *h, wr_found *found) {
    h->heap = found->candidates.v;
    h->nheap = found->candidates.n;
    uint32_t most = 0;
    for (uint32_t i = 0; i < h->nheap; i++)
        if (h->heap[i].n > most) most = h->heap[i].n;
    h->used = WR_NEW0(&h->c->env->pass, uint64_t, (size_t)h->stream->n / 64 + 2);
    for (uint32_t i = h->nheap / 2; i-- > 0;) sink(h, i);
    return most;
}

void wr_outline_choose(wr_context *c, const wr_cost *cost, const wr_stream *stream, wr_found *found,
                       wr_choice *choice) {
    chooser h = {.c = c, .tuning = wr_pass_tuning(c), .cost = cost, .stream = stream, .found = found};
    trial t = begin_trial(&c->env->pass, begin(&h, found));
    while (h.nheap && h.heap[0].saving >= h.tuning.min_saving)
        if (h.heap[0].spots)
            settle_top(&h, &t, choice);
        else
            look_ahead(&h);
    sort_sites(c, choice);
}
