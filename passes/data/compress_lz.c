// Writes the stream of compressed data (LZ77, see compress.h). The image is parsed window by window
// (compress_parse.c), several windows in parallel; the matches of all windows are then written one after
// another, and matches that continue across a border are joined.
//
// Places with equal hashes of four bytes are chained, in a ring of bounded size, so memory does not depend on
// the image. There are as many hash values as places, up to a bound, so few places with other bytes are met
// in a chain: each is a cache miss, and cache misses are what this pass spends its time on. A match of three
// bytes saves something only if it is near, so only the last place of each three bytes is kept.
#include "compress.h"
#include "passes/manager/pass.h"

#define HASHED 4 // bytes
#define MOST_HASH_BITS 20
#define NEAR_HASH_BITS 12
#define WINDOW ((size_t)32 << 10)
#define WINDOWS 32 // windows parsed at a time
#define GROUP (WINDOW * WINDOWS)

_Static_assert(WR_COMPRESS_FARTHEST + GROUP <= WR_COMPRESS_RING,
               "places of a group must not overwrite those that it looks back to");

typedef struct packer {
    wr_compress_chains chains;
    uint32_t *head; // by hash: the last place
    unsigned hash_bits;
    uint32_t *head3;          // by hash of three bytes: the last place
    size_t hashed;            // places before this one are in the chains
    size_t start;             // start of the group
    wr_compress_steps *steps; // by window of the group
    wr_buf *out;
    wr_compress_step pending; // the last match, not yet written, since the next one may continue it
    size_t literals;          // where the literals before it begin
    uint32_t last;            // the last distance written
} packer;

// --- Writing ---

static void put_half(wr_buf *out, size_t n) {
    if (n >= WR_COMPRESS_HALF) wr_put_uleb(out, n - WR_COMPRESS_HALF);
}

static size_t half(size_t n) { return n < WR_COMPRESS_HALF ? n : WR_COMPRESS_HALF; }

// Writes a step: the literals so far, then the match, with distance 0 for bytes that are left as they are.
static void put_step(packer *p, const wr_compress_step *s) {
    size_t literals = s->at - p->literals, rest = s->n - WR_COMPRESS_LEAST;
    wr_put_u8(p->out, (uint8_t)(half(literals) << 4 | half(rest)));
    put_half(p->out, literals);
    wr_put_bytes(p->out, p->chains.image.p + p->literals, literals);
    put_half(p->out, rest);
    if (!s->distance)
        wr_put_uleb(p->out, WR_COMPRESS_SKIP);
    else if (s->distance == p->last)
        wr_put_uleb(p->out, WR_COMPRESS_AGAIN);
    else
        wr_put_uleb(p->out, (uint64_t)s->distance + 1);
    if (s->distance) p->last = s->distance;
    p->literals = s->at + s->n;
}

static void put_pending(packer *p) {
    if (p->pending.n) put_step(p, &p->pending);
    p->pending.n = 0;
}

static void put_next(packer *p, const wr_compress_step *s) {
    wr_compress_step *pending = &p->pending;
    if (pending->n && pending->distance == s->distance && pending->at + pending->n == s->at) {
        pending->n += s->n;
        return;
    }
    put_pending(p);
    *pending = *s;
}

// --- Finding ---

static uint32_t hash(const packer *p, const uint8_t *at) {
    return wr_le32(at) * 0x9e3779b1u >> (32 - p->hash_bits);
}

// Records the place as the last one of its three bytes. Returns the distance back to the previous one; 0 if
// that is not near.
static uint8_t note_near(packer *p, size_t place) {
    const uint8_t *at = p->chains.image.p + place;
    uint32_t three = at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16;
    uint32_t *head = &p->head3[three * 0x9e3779b1u >> (32 - NEAR_HASH_BITS)];
    size_t from = *head;
    *head = (uint32_t)place;
    bool is_near =
        from != WR_NONE && place - from <= WR_COMPRESS_NEAR && memcmp(p->chains.image.p + from, at, 3) == 0;
    return is_near ? (uint8_t)(place - from) : 0;
}

static void chain_places(packer *p, size_t end) {
    const wr_slice image = p->chains.image;
    if (image.n < HASHED) return;
    if (end > image.n - HASHED + 1) end = image.n - HASHED + 1;
    for (; p->hashed < end; p->hashed++) {
        uint32_t *head = &p->head[hash(p, image.p + p->hashed)];
        p->chains.near[p->hashed & (WR_COMPRESS_RING - 1)] = note_near(p, p->hashed);
        p->chains.before[p->hashed & (WR_COMPRESS_RING - 1)] = *head;
        *head = (uint32_t)p->hashed;
    }
}

static size_t least(size_t a, size_t b) { return a < b ? a : b; }

static void cover_window(wr_env *env, unsigned worker, void *arg, size_t item) {
    packer *p = arg;
    size_t at = p->start + item * WINDOW;
    (void)worker;
    wr_arena_reset(&env->temp);
    wr_compress_parse(env, &p->chains, at, least(at + WINDOW, p->chains.image.n), &p->steps[item]);
}

static void pack_group(wr_pool *pool, packer *p) {
    size_t end = least(p->start + GROUP, p->chains.image.n), windows = (end - p->start + WINDOW - 1) / WINDOW;
    chain_places(p, end);
    wr_parallel(pool, windows, cover_window, p);
    for (size_t i = 0; i < windows; i++)
        for (size_t k = 0; k < p->steps[i].n; k++) put_next(p, &p->steps[i].v[k]);
    p->start = end;
}

static void prepare(packer *p, wr_arena *arena) {
    size_t n = p->chains.image.n;
    p->hash_bits = 10;
    while (p->hash_bits < MOST_HASH_BITS && (size_t)1 << p->hash_bits < n) p->hash_bits++;
    p->head = WR_NEW(arena, uint32_t, (size_t)1 << p->hash_bits);
    memset(p->head, 0xff, sizeof(uint32_t) << p->hash_bits);
    p->head3 = WR_NEW(arena, uint32_t, 1u << NEAR_HASH_BITS);
    memset(p->head3, 0xff, sizeof(uint32_t) << NEAR_HASH_BITS);
    p->chains.near = WR_NEW0(arena, uint8_t, least(n, WR_COMPRESS_RING));
    p->chains.before = WR_NEW(arena, uint32_t, least(n, WR_COMPRESS_RING));
    p->steps = WR_NEW0(arena, wr_compress_steps, WINDOWS);
    for (size_t i = 0; i < WINDOWS && i * WINDOW < n; i++)
        p->steps[i].v = WR_NEW(arena, wr_compress_step, WINDOW / WR_COMPRESS_LEAST + 1);
}

size_t wr_compress_image(wr_pool *pool, wr_slice image, wr_buf *stream) {
    packer p = {.chains.image = image, .out = stream};
    prepare(&p, &wr_main_env(pool)->pass);
    while (p.start < image.n) pack_group(pool, &p);
    put_pending(&p);
    if (p.literals >= image.n) return image.n;
    put_step(&p, &(wr_compress_step){(uint32_t)image.n, WR_COMPRESS_LEAST, 0});
    return image.n + WR_COMPRESS_LEAST;
}
