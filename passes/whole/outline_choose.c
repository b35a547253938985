// Which sequences become helpers: always the one that saves most at the places that are still free. A candidate at the
// top of the heap is priced again; if others took places from it, it goes back with its new saving.
#include "outline.h"
#include "support/sort.h"

typedef struct chooser {
    wr_context *c;
    wr_tuning tuning;
    const wr_cost *cost;
    const wr_stream *stream;
    const wr_found *found;
    uint64_t *used; // by token, bits
    wr_candidate *heap;
    uint32_t nheap;
    uint32_t *places; // of the candidate in hand: those that are free and save something
    uint32_t nplaces;
    uint64_t *pairs; // scratch to sort them
    wr_window window;
    wr_variation variation;
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

static void drop_top(chooser *h) {
    h->heap[0] = h->heap[--h->nheap];
    if (h->nheap) sink(h, 0);
}

// --- Pricing what is left ---

// The bits of one word of `used` for a window that has `n` tokens from `at` on; at least one is in the word.
static uint64_t bits_of(uint32_t at, unsigned n) {
    uint64_t bits = n < 64 ? ((uint64_t)1 << n) - 1 : UINT64_MAX;
    return bits << (at & 63);
}

// Steps from word to word of a window.
static unsigned step(uint32_t at, unsigned left) {
    unsigned here = 64 - (at & 63);
    return here < left ? here : left;
}

static bool is_free(const chooser *h, uint32_t at, unsigned length) {
    for (unsigned n; length; at += n, length -= n) {
        n = step(at, length);
        if (h->used[at >> 6] & bits_of(at, n)) return false;
    }
    return true;
}

static void use(chooser *h, uint32_t at, unsigned length) {
    for (unsigned n; length; at += n, length -= n) {
        n = step(at, length);
        h->used[at >> 6] |= bits_of(at, n);
    }
}

// A candidate's places are in order but for those that went different ways later.
static void sort_places(chooser *h) {
    uint32_t i = 1;
    while (i < h->nplaces && h->places[i - 1] < h->places[i]) i++;
    if (i >= h->nplaces) return;
    for (i = 0; i < h->nplaces; i++) h->pairs[i] = (uint64_t)h->places[i] << 32;
    wr_sort_high(h->pairs, h->nplaces);
    for (i = 0; i < h->nplaces; i++) h->places[i] = (uint32_t)(h->pairs[i] >> 32);
}

static bool output_fits(const chooser *h, uint32_t at, unsigned output) {
    unsigned outputs = wr_window_outputs(&h->window, h->stream->tokens + at);
    return !outputs || (output != WR_NO_OUTPUT && outputs == 1u << output);
}

static void list_free(chooser *h, const wr_candidate *x) {
    const uint32_t *all = h->found->places + x->first;
    h->nplaces = 0;
    for (uint32_t i = 0; i < x->n; i++)
        if (is_free(h, all[i], x->length)) h->places[h->nplaces++] = all[i];
    if (h->nplaces < 2) return;
    sort_places(h);
    wr_window_read(&h->window, h->stream->tokens + h->places[0], x->length);
    uint32_t n = 0, end = 0;
    for (uint32_t i = 0; i < h->nplaces; i++) {
        uint32_t at = h->places[i];
        if (at < end || !output_fits(h, at, x->output)) continue;
        h->places[n++] = at;
        end = at + x->length;
    }
    h->nplaces = n;
}

// What one place saves: its bytes, less those of the call and what it passes. 0 for too little.
static int site_saving(const chooser *h, uint32_t at, const wr_candidate *x) {
    const wr_token *t = h->stream->tokens + at;
    int saving = (int)wr_outline_fixed_bytes(h->stream, at, x->length, &h->variation) - 2;
    for (unsigned i = 0; i < h->window.nlocals; i++) {
        const wr_window_local *local = &h->window.locals[i];
        if (local->is_in) saving -= t[local->first].size;
        if (x->output == i) saving -= t[local->first].size;
    }
    return saving < wr_heat_price(wr_token_heat(t)) ? 0 : saving;
}

static int64_t price(chooser *h, const wr_candidate *x) {
    list_free(h, x);
    h->variation.n = 0;
    if (h->nplaces < 2) return 0;
    if (h->found->loose && !wr_outline_variation(h->stream, &h->window, h->places, h->nplaces, &h->variation)) return 0;
    int64_t total = 0;
    uint32_t n = 0;
    int index = (int)wr_cost_new_index(h->cost, WR_FUNC, h->nplaces) + (int)h->tuning.min_site;
    for (uint32_t i = 0; i < h->nplaces; i++) {
        int saving = site_saving(h, h->places[i], x);
        if (saving < index) continue;
        total += saving;
        h->places[n++] = h->places[i];
    }
    h->nplaces = n;
    if (n < 2) return 0;
    unsigned bytes = wr_outline_fixed_bytes(h->stream, h->places[0], x->length, &h->variation);
    return total - wr_outline_price(h->cost, &h->window, bytes, n, x->output, h->variation.n).helper;
}

static bool same_token(const wr_token *a, const wr_token *b, bool loose) {
    if (a->shape != b->shape) return false;
    return a->key == b->key || (loose && (a->flags & b->flags & WR_TOKEN_CONST));
}

// How far back in the window the local of its i-th token was accessed, 0 for not at all.
static unsigned distance_in(const wr_token *window, unsigned i) { return window[i].prev <= i ? window[i].prev : 0; }

static bool same_window(const chooser *h, uint32_t a, uint32_t b, const wr_candidate *x) {
    const wr_token *t = h->stream->tokens + a, *other = h->stream->tokens + b;
    for (unsigned i = 0; i < x->length; i++)
        if (!same_token(&t[i], &other[i], h->found->loose) || distance_in(t, i) != distance_in(other, i)) return false;
    return true;
}

// Keys are hashes: leaves out the places that don't match the first one after all.
static void verify(chooser *h, const wr_candidate *x) {
    uint32_t n = 0;
    wr_window_read(&h->window, h->stream->tokens + h->places[0], x->length);
    if (h->window.length != x->length || !wr_window_may_be_helper(&h->window)) h->nplaces = 0;
    for (uint32_t i = 0; i < h->nplaces; i++)
        if (same_window(h, h->places[0], h->places[i], x)) h->places[n++] = h->places[i];
    h->nplaces = n;
}

static void accept(chooser *h, const wr_candidate *x, wr_choice *choice) {
    verify(h, x);
    if (h->nplaces < 2) return;
    wr_arena *arena = &h->c->env->pass;
    wr_helper helper = {.at = h->places[0], .nsites = h->nplaces, .length = x->length, .output = x->output,
                        .nconsts = (uint8_t)h->variation.n, .func = WR_NONE};
    memcpy(helper.consts, h->variation.at, sizeof helper.consts);
    for (uint32_t i = 0; i < h->nplaces; i++) {
        wr_site site = {h->places[i], choice->helpers.n};
        WR_PUSH(arena, choice->sites, site);
        use(h, site.at, x->length);
    }
    WR_PUSH(arena, choice->helpers, helper);
}

static void sort_sites(wr_context *c, wr_choice *choice) {
    uint32_t n = choice->sites.n;
    uint64_t *pairs = WR_NEW(&c->env->pass, uint64_t, n);
    for (uint32_t i = 0; i < n; i++) pairs[i] = (uint64_t)choice->sites.v[i].at << 32 | choice->sites.v[i].helper;
    wr_sort_high(pairs, n);
    for (uint32_t i = 0; i < n; i++) choice->sites.v[i] = (wr_site){(uint32_t)(pairs[i] >> 32), (uint32_t)pairs[i]};
}

static void begin(chooser *h, wr_found *found) {
    h->heap = found->candidates.v;
    h->nheap = found->candidates.n;
    uint32_t most = 0;
    for (uint32_t i = 0; i < h->nheap; i++)
        if (h->heap[i].n > most) most = h->heap[i].n;
    h->places = WR_NEW(&h->c->env->pass, uint32_t, most);
    h->pairs = WR_NEW(&h->c->env->pass, uint64_t, most);
    h->used = WR_NEW0(&h->c->env->pass, uint64_t, (size_t)h->stream->n / 64 + 1);
    for (uint32_t i = h->nheap / 2; i-- > 0;) sink(h, i);
}

void wr_outline_choose(wr_context *c, const wr_cost *cost, const wr_stream *stream, wr_found *found,
                       wr_choice *choice) {
    chooser h = {.c = c, .tuning = wr_tuning_of(c), .cost = cost, .stream = stream, .found = found};
    begin(&h, found);
    while (h.nheap && h.heap[0].saving >= h.tuning.min_saving) {
        wr_candidate *top = &h.heap[0];
        int64_t saving = price(&h, top);
        if (saving >= (int64_t)top->saving) {
            accept(&h, top, choice);
            drop_top(&h);
        } else if (saving > 0) {
            top->saving = (uint32_t)saving;
            sink(&h, 0);
        } else {
            drop_top(&h);
        }
    }
    sort_sites(c, choice);
}
