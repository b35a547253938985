// Writes the steps of packed data. Bytes that occurred before are taken from there; which of the ways to cover the image
// costs fewest bytes is found going forward, by the cheapest way to each place, a window at a time.
//
// Matches are looked for through chains of places with equal hashes of three bytes, a bounded number of steps back, and in
// a ring of places of bounded size; a long match is taken at once. So time is linear in the image and memory
// doesn't depend on it.
#include "pack.h"

#define HASH_BITS 16
#define RING ((uint32_t)1 << 21)
#define MAX_STEPS 32
#define LONG_ENOUGH 96 // looks no further
#define TAKE_AT_ONCE 512
#define WINDOW 65536
#define LEAST_ZEROS 8 // a run of zeros this long is left out

typedef struct place { // the cheapest way to cover the image up to here, from the window's start
    uint32_t cost;
    uint32_t from;     // how many bytes its last match covers, 0: a literal
    uint32_t distance; // of that match, 0: bytes left out
    uint32_t last;     // the last distance on the way
} place;

typedef struct packer {
    wr_slice image;
    wr_buf *out;
    uint32_t *head, *before; // by hash: the last place + 1; by place in the ring: the one before it + 1
    place *places;
    size_t hashed;   // places before this are in the chains
    size_t literals; // where the literals begin that are not yet written
    uint32_t last;   // the last distance written
} packer;

static uint32_t hash(const uint8_t *p) {
    uint32_t three = p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16;
    return three * 0x9e3779b1u >> (32 - HASH_BITS);
}

// --- Writing ---

static void put_half(wr_buf *out, size_t n) {
    if (n >= WR_PACK_HALF) wr_put_uleb(out, n - WR_PACK_HALF);
}

static size_t half(size_t n) { return n < WR_PACK_HALF ? n : WR_PACK_HALF; }

// A step: the literals so far, then n bytes from a distance, 0 for bytes left out.
static void put_step(packer *p, size_t at, size_t n, uint32_t distance) {
    size_t literals = at - p->literals, rest = n - WR_PACK_LEAST;
    wr_put_u8(p->out, (uint8_t)(half(literals) << 4 | half(rest)));
    put_half(p->out, literals);
    wr_put_bytes(p->out, p->image.p + p->literals, literals);
    put_half(p->out, rest);
    if (!distance)
        wr_put_uleb(p->out, WR_PACK_SKIP);
    else if (distance == p->last)
        wr_put_uleb(p->out, WR_PACK_AGAIN);
    else
        wr_put_uleb(p->out, (uint64_t)distance + 1);
    if (distance) p->last = distance;
    p->literals = at + n;
}

// --- Finding ---

static void note_places(packer *p, size_t end) {
    for (; p->hashed < end; p->hashed++) {
        if (p->image.n - p->hashed < 3) continue;
        uint32_t *head = &p->head[hash(p->image.p + p->hashed)];
        p->before[p->hashed & (RING - 1)] = *head;
        *head = (uint32_t)p->hashed + 1;
    }
}

static size_t match_length(const packer *p, size_t at, size_t from, size_t most) {
    const uint8_t *a = p->image.p + at, *b = p->image.p + from;
    size_t n = 0;
    while (n < most && a[n] == b[n]) n++;
    return n;
}

static size_t zeros_at(const packer *p, size_t at, size_t most) {
    size_t n = 0;
    while (n < most && p->image.p[at + n] == 0) n++;
    return n;
}

// --- Choosing ---

static uint32_t match_cost(const place *from, size_t n, uint32_t distance) {
    uint32_t cost = from->cost + 1 + (distance && distance != from->last ? wr_uleb_size((uint64_t)distance + 1) : 1);
    return n - WR_PACK_LEAST < WR_PACK_HALF ? cost : cost + wr_uleb_size(n - WR_PACK_LEAST - WR_PACK_HALF);
}

static void reach(packer *p, size_t i, size_t n, uint32_t distance) {
    const place *from = &p->places[i];
    place *to = &p->places[i + n];
    uint32_t cost = match_cost(from, n, distance);
    if (cost < to->cost) *to = (place){cost, (uint32_t)n, distance, distance ? distance : from->last};
}

// A match covers any shorter run as well. Of long ones only few lengths are tried.
static void reach_all(packer *p, size_t i, size_t shortest, size_t n, uint32_t distance) {
    for (size_t k = shortest; k < n; k += 1 + k / 16) reach(p, i, k, distance);
    reach(p, i, n, distance);
}

static void try_zeros(packer *p, size_t at, size_t i, size_t most) {
    size_t n = zeros_at(p, at, most);
    if (n >= LEAST_ZEROS) reach(p, i, n, 0);
}

static void try_last(packer *p, size_t at, size_t i, size_t most) {
    uint32_t last = p->places[i].last;
    if (!last || last > at) return;
    size_t n = match_length(p, at, at - last, most);
    if (n >= WR_PACK_LEAST) reach_all(p, i, WR_PACK_LEAST, n, last);
}

static void try_matches(packer *p, size_t at, size_t i, size_t most) {
    size_t best = WR_PACK_LEAST - 1;
    if (most < WR_PACK_LEAST) return;
    uint32_t from = p->head[hash(p->image.p + at)];
    for (unsigned step = 0; from && step < MAX_STEPS && at - (from - 1) < RING && best < LONG_ENOUGH; step++) {
        uint32_t before = p->before[(from - 1) & (RING - 1)];
        size_t n = match_length(p, at, from - 1, most);
        if (n > best) {
            reach_all(p, i, best + 1, n, (uint32_t)(at - (from - 1)));
            best = n;
        }
        from = before < from ? before : 0;
    }
}

// Tries all that can follow the i-th place of a window.
static void go_on(packer *p, size_t at, size_t i, size_t most) {
    const place *here = &p->places[i];
    place *next = &p->places[i + 1];
    if (here->cost + 1 < next->cost) *next = (place){here->cost + 1, 0, 0, here->last};
    if (most > TAKE_AT_ONCE) most = TAKE_AT_ONCE;
    try_zeros(p, at, i, most);
    try_last(p, at, i, most);
    try_matches(p, at, i, most);
}

// Writes the cheapest way to the place n bytes into the window: back along it, then forward.
static void put_way(packer *p, size_t start, size_t n) {
    size_t count = 0;
    for (size_t i = n; i;) {
        place *to = &p->places[i];
        size_t from = to->from ? i - to->from : i - 1;
        p->places[from].cost = (uint32_t)i; // from here on: where the way goes next
        count++;
        i = from;
    }
    for (size_t i = 0; count; count--) {
        size_t next = p->places[i].cost;
        const place *to = &p->places[next];
        if (to->from) put_step(p, start + i, to->from, to->distance);
        i = next;
    }
}

// Whether the cheapest way to the i-th place ends with a match as long as any that is tried. It is taken, and goes on for
// as long as it can.
static bool is_taken(const packer *p, size_t i) { return p->places[i].from == TAKE_AT_ONCE; }

static size_t take(packer *p, size_t start, size_t i) {
    place to = p->places[i];
    size_t at = start + i - to.from, most = p->image.n - at;
    size_t n = to.distance ? match_length(p, at, at - to.distance, most) : zeros_at(p, at, most);
    put_way(p, start, i - to.from);
    put_step(p, at, n, to.distance);
    note_places(p, at + n);
    return at + n;
}

// Covers the image from start on, a window at most. Returns where it got.
static size_t pack_window(packer *p, size_t start) {
    size_t window = p->image.n - start < WINDOW ? p->image.n - start : WINDOW;
    memset(p->places, 0xff, (window + 1) * sizeof *p->places);
    p->places[0] = (place){.last = p->last};
    for (size_t i = 0; i < window; i++) {
        if (is_taken(p, i)) return take(p, start, i);
        go_on(p, start + i, i, window - i);
        note_places(p, start + i + 1);
    }
    put_way(p, start, window);
    return start + window;
}

size_t wr_pack_image(wr_env *env, wr_slice image, wr_buf *stream) {
    packer p = {.image = image, .out = stream};
    p.head = WR_NEW0(&env->temp, uint32_t, 1u << HASH_BITS);
    p.before = WR_NEW(&env->temp, uint32_t, RING);
    p.places = WR_NEW(&env->temp, place, WINDOW + 1);
    for (size_t at = 0; at < image.n;) at = pack_window(&p, at);
    if (p.literals >= image.n) return image.n;
    put_step(&p, image.n, WR_PACK_LEAST, 0);
    return image.n + WR_PACK_LEAST;
}
