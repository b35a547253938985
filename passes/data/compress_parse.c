// Optimal parsing of a window: finds the cheapest cover of it by literals, matches and zero bytes that are
// left out. It is a shortest path over the places of the window: forward, the cheapest way to reach each
// place; then back along the path.
//
// Matches are found through the hash chains that compress_lz.c made, within a bounded number of steps; a long
// match is taken at once. So time is linear in the window. The parse of a window depends on the image alone,
// and not on other windows.
#include "compress.h"

#define MAX_STEPS 32
#define LONG_ENOUGH 96 // a match of this length ends the search
#define TAKE_AT_ONCE 512
#define LEAST_ZEROS 8 // the shortest run of zeros that is left out

typedef struct place { // the cheapest way to reach a place, from where the parse began
    uint32_t cost;
    uint32_t from;     // length of its last match; 0: a literal
    uint32_t distance; // distance of that match; 0: zeros that are left out
    uint32_t last;     // the last distance on the path
} place;

typedef struct covering {
    const wr_compress_chains *chains;
    const uint8_t *image;
    size_t end; // end of the window
    wr_compress_steps *steps;
    place *places;
    uint32_t last; // the last distance among its steps
} covering;

static size_t match_length(const covering *c, size_t at, size_t from, size_t most) {
    const uint8_t *a = c->image + at, *b = c->image + from;
    size_t n = 0;
    for (uint64_t x, y; n + 8 <= most; n += 8) {
        memcpy(&x, a + n, 8);
        memcpy(&y, b + n, 8);
        if (x != y) break;
    }
    while (n < most && a[n] == b[n]) n++;
    return n;
}

static size_t zeros_at(const covering *c, size_t at, size_t most) {
    size_t n = 0;
    while (n < most && c->image[at + n] == 0) n++;
    return n;
}

static uint32_t match_cost(const place *from, size_t n, uint32_t distance) {
    uint32_t cost =
        from->cost + 1 + (distance && distance != from->last ? wr_uleb_size((uint64_t)distance + 1) : 1);
    return n - WR_COMPRESS_LEAST < WR_COMPRESS_HALF
               ? cost
               : cost + wr_uleb_size(n - WR_COMPRESS_LEAST - WR_COMPRESS_HALF);
}

static void reach(covering *c, size_t i, size_t n, uint32_t distance) {
    const place *from = &c->places[i];
    place *to = &c->places[i + n];
    uint32_t cost = match_cost(from, n, distance);
    if (cost < to->cost) *to = (place){cost, (uint32_t)n, distance, distance ? distance : from->last};
}

// A match may also be used at any shorter length. Of long ones, only a few lengths are tried.
static void reach_all(covering *c, size_t i, size_t shortest, size_t n, uint32_t distance) {
    for (size_t k = shortest; k < n; k += 1 + k / 16) reach(c, i, k, distance);
    reach(c, i, n, distance);
}

static void try_zeros(covering *c, size_t at, size_t i, size_t most) {
    size_t n = zeros_at(c, at, most);
    if (n >= LEAST_ZEROS) reach(c, i, n, 0);
}

static void try_last(covering *c, size_t at, size_t i, size_t most) {
    uint32_t last = c->places[i].last;
    if (!last || last > at) return;
    size_t n = match_length(c, at, at - last, most);
    if (n >= WR_COMPRESS_LEAST) reach_all(c, i, WR_COMPRESS_LEAST, n, last);
}

static void try_near(covering *c, size_t at, size_t i, size_t most) {
    size_t distance = c->chains->near[at & (WR_COMPRESS_RING - 1)];
    if (!distance || most < WR_COMPRESS_LEAST) return;
    size_t n = match_length(c, at, at - distance, most);
    if (n >= WR_COMPRESS_LEAST) reach_all(c, i, WR_COMPRESS_LEAST, n, (uint32_t)distance);
}

static void try_matches(covering *c, size_t at, size_t i, size_t most) {
    size_t best = WR_COMPRESS_LEAST - 1, from = at;
    for (unsigned step = 0; step < MAX_STEPS && best < LONG_ENOUGH && best < most; step++) {
        size_t before = wr_compress_place_before(c->chains, from);
        if (before >= from || at - before > WR_COMPRESS_FARTHEST) return;
        from = before;
        if (c->image[at + best] != c->image[from + best]) continue;
        size_t n = match_length(c, at, from, most);
        if (n <= best) continue;
        reach_all(c, i, best + 1, n, (uint32_t)(at - from));
        best = n;
    }
}

// Tries everything that can follow the i-th place.
static void go_on(covering *c, size_t at, size_t i, size_t most) {
    const place *here = &c->places[i];
    place *next = &c->places[i + 1];
    if (here->cost + 1 < next->cost) *next = (place){here->cost + 1, 0, 0, here->last};
    if (most > TAKE_AT_ONCE) most = TAKE_AT_ONCE;
    try_zeros(c, at, i, most);
    try_last(c, at, i, most);
    try_near(c, at, i, most);
    try_matches(c, at, i, most);
}

static void put_step(covering *c, size_t at, size_t n, uint32_t distance) {
    c->steps->v[c->steps->n++] = (wr_compress_step){(uint32_t)at, (uint32_t)n, distance};
    if (distance) c->last = distance;
}

// Emits the cheapest path to the n-th place: traces it back, then emits it forward.
static void put_way(covering *c, size_t start, size_t n) {
    size_t count = 0;
    for (size_t i = n; i; count++) {
        const place *to = &c->places[i];
        size_t from = to->from ? i - to->from : i - 1;
        c->places[from].cost = (uint32_t)i; // reused: the next place on the path
        i = from;
    }
    for (size_t i = 0; count; count--) {
        size_t next = c->places[i].cost;
        const place *to = &c->places[next];
        if (to->from) put_step(c, start + i, to->from, to->distance);
        i = next;
    }
}

// Whether the cheapest path to the i-th place ends with a match of the greatest length that is tried. Such a
// match is taken and extended as far as it goes.
static bool is_taken(const covering *c, size_t i) { return c->places[i].from == TAKE_AT_ONCE; }

static size_t take(covering *c, size_t start, size_t i) {
    place to = c->places[i];
    size_t at = start + i - to.from, most = c->end - at;
    size_t n = to.distance ? match_length(c, at, at - to.distance, most) : zeros_at(c, at, most);
    put_way(c, start, i - to.from);
    put_step(c, at, n, to.distance);
    return at + n;
}

// Parses the window from start up to a match that is taken at once. Returns where it stopped.
static size_t cover(covering *c, size_t start) {
    size_t n = c->end - start;
    memset(c->places, 0xff, (n + 1) * sizeof *c->places);
    c->places[0] = (place){.last = c->last};
    for (size_t i = 0; i < n; i++) {
        if (is_taken(c, i)) return take(c, start, i);
        go_on(c, start + i, i, n - i);
    }
    put_way(c, start, n);
    return c->end;
}

void wr_compress_parse(wr_env *env, const wr_compress_chains *chains, size_t at, size_t end,
                       wr_compress_steps *steps) {
    covering c = {.chains = chains, .image = chains->image.p, .end = end, .steps = steps};
    c.places = WR_NEW(&env->temp, place, end - at + 1);
    steps->n = 0;
    while (at < end) at = cover(&c, at);
}
