// Estimates what a helper for a repeated sequence would save. A local that is set in the sequence and live
// after some of its places has to be a result of the helper, or those places stay as they are; so the
// estimate is the best over the results that a helper may have:
//
//   (local.set $x (i32.add (local.get $p) (i32.const 8)))    at 10 places; at 4 of them $x is read later
//     ->  no result: 6 places    $x as the result: 10 places, each a byte longer
#include "outline.h"

typedef struct pricing {
    const wr_outline_search *s;
    const wr_window *window;
    const uint32_t *places;
    uint32_t n;
} pricing;

// Takes the offer of a helper with these outputs for n places if it is the best so far.
static void make_offer(const pricing *p, uint32_t n, unsigned bytes, unsigned outputs, unsigned nconsts,
                       wr_offer *best) {
    if (n < 2) return;
    wr_price price = wr_outline_price(p->s->cost, p->window, bytes, n, outputs, nconsts);
    int64_t saving = (int64_t)price.site * n - price.helper;
    if (saving > best->saving) *best = (wr_offer){saving, outputs};
}

static bool sets_locals(const wr_window *w) {
    for (unsigned i = 0; i < w->nlocals; i++)
        if (w->locals[i].is_set) return true;
    return false;
}

// Returns the number of places where none of the locals set inside is live afterwards, and counts, by slot,
// those where exactly one is; all: every local that is live after some place.
static uint32_t count_outputs(const pricing *p, uint32_t *only, unsigned *all) {
    uint32_t none = 0;
    for (uint32_t i = 0; i < p->n; i++) {
        unsigned outputs = wr_window_outputs(p->window, p->s->stream->tokens + p->places[i]);
        *all |= outputs;
        if (!outputs)
            none++;
        else if (!(outputs & (outputs - 1)))
            only[__builtin_ctz(outputs)]++;
    }
    return none;
}

wr_offer wr_outline_best_offer(const wr_outline_search *s, const wr_window *window, const uint32_t *places,
                               uint32_t n, int64_t least) {
    pricing p = {s, window, places, n};
    uint32_t none = n, only[WR_WINDOW_LOCALS] = {0};
    unsigned all = 0, room = s->most_results - wr_window_leaves(window), bytes = window->bytes;
    wr_variation v = {0};
    wr_offer best = {0, 0};
    make_offer(&p, n, bytes, 0, 0, &best);
    if (best.saving <= least) return (wr_offer){0, 0};
    best.saving = 0;
    if (s->loose && window->nconsts) {
        if (!wr_outline_variation(s->stream, window, places, n, &v)) return best;
        bytes = wr_outline_fixed_bytes(s->stream, places[0], window->length, &v);
    }
    if (sets_locals(window)) none = count_outputs(&p, only, &all);
    make_offer(&p, none, bytes, 0, v.n, &best);
    for (unsigned i = 0; i < window->nlocals && room; i++)
        if (only[i]) make_offer(&p, none + only[i], bytes, 1u << i, v.n, &best);
    if ((all & (all - 1)) && (unsigned)__builtin_popcount(all) <= room)
        make_offer(&p, n, bytes, all, v.n, &best);
    return best;
}
