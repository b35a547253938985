// The entry for results of passes on one body. See cached_bodies.h.
//
// One part of it has the values, another one the records: for each result, ordered by key, the key, where the
// value begins and how long it is. Numbers are little-endian. Results that a run does not use are not in the
// entry that it leaves. Values take one and a half times the module and ROOM at most: two bodies a function.
#include "cached_bodies.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "support/search.h"

enum {
    SMALLEST_MODULE = 128 << 10, // less takes hardly longer to optimize than to look up
    RECORD = WR_DIGEST_SIZE + 8,
    ROOM = 8 << 20, // values of small modules may take more than half as much as the module again
};
enum { RECORDS = WR_CACHE_MODULE, VALUES = WR_CACHE_SOURCE_MAP }; // the parts of the entry

static void put_number(uint8_t *p, uint32_t n) {
    for (int i = 0; i < 4; i++) p[i] = (uint8_t)(n >> (8 * i));
}

// --- The key ---

// Reads an unsigned LEB128 number; 0 where there is none.
static uint64_t take_number(wr_slice *s) {
    uint64_t n = 0;
    for (unsigned shift = 0; s->n && shift < 35; shift += 7) {
        uint8_t byte = *s->p;
        *s = wr_slice_of(s->p + 1, s->n - 1);
        n |= (uint64_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80)) break;
    }
    return n;
}

// Adds the sections of a module that say what it imports and exports.
static void add_interface(wr_blake2b *hash, wr_slice module) {
    enum { HEADER = 8, IMPORTS = 2, EXPORTS = 7 };
    static const uint8_t core[HEADER] = {0, 'a', 's', 'm', 1, 0, 0, 0};
    if (module.n < HEADER || memcmp(module.p, core, HEADER) != 0) return;
    wr_slice rest = wr_slice_of(module.p + HEADER, module.n - HEADER);
    while (rest.n) {
        uint8_t id = *rest.p;
        rest = wr_slice_of(rest.p + 1, rest.n - 1);
        uint64_t n = take_number(&rest);
        if (n > rest.n) return;
        if (id == IMPORTS || id == EXPORTS) wr_blake2b_add_piece(hash, wr_slice_of(rest.p, (size_t)n));
        rest = wr_slice_of(rest.p + n, rest.n - (size_t)n);
    }
}

static wr_digest key_of(const wr_digest *options, wr_slice module) {
    wr_blake2b hash;
    wr_blake2b_start(&hash);
    wr_blake2b_add_piece(&hash, wr_slice_str("bodies"));
    wr_blake2b_add(&hash, wr_slice_of(options->bytes, WR_DIGEST_SIZE));
    add_interface(&hash, module);
    return wr_blake2b_end(&hash);
}

// --- Finding ---

static const uint8_t *record(const wr_cached_bodies *b, uint32_t i) {
    return b->entry.parts[RECORDS].p + (size_t)i * RECORD;
}

static wr_slice value_in(const wr_cached_bodies *b, uint32_t i) {
    const uint8_t *place = record(b, i) + WR_DIGEST_SIZE;
    uint32_t at = wr_le32(place), n = wr_le32(place + 4);
    wr_slice all = b->entry.parts[VALUES];
    return at <= all.n && n <= all.n - at ? wr_slice_of(all.p + at, n) : (wr_slice){0};
}

static bool find(void *user, const wr_digest *key, wr_slice *value) {
    wr_cached_bodies *b = user;
    uint32_t i = 0;
    WR_SEARCH(i, 0, b->nfound, memcmp(record(b, i), key->bytes, WR_DIGEST_SIZE) < 0);
    if (i == b->nfound || memcmp(record(b, i), key->bytes, WR_DIGEST_SIZE) != 0) return false;
    *value = value_in(b, i);
    if (!value->n) return false;
    atomic_store_explicit(&b->used[i], 1, memory_order_relaxed);
    return true;
}

static void open_entry(wr_cached_bodies *b) {
    size_t n = b->entry.parts[RECORDS].n / RECORD;
    b->used = calloc(n + 1, 1);
    if (b->used) b->nfound = (uint32_t)n;
}

// --- Keeping ---

// Makes room for `more` items in an array of `n`.
static bool reserve(void **items, size_t *cap, size_t n, size_t more, size_t size) {
    if (n + more <= *cap) return true;
    size_t wanted = *cap * 2 > n + more ? *cap * 2 : n + more + 1024;
    void *grown = realloc(*items, wanted * size);
    if (!grown) return false;
    *items = grown;
    *cap = wanted;
    return true;
}

static void keep(void *user, const wr_body_result *result) {
    wr_cached_bodies *b = user;
    wr_slice value = result->value;
    if (b->failed || b->nbytes + value.n > b->limit) return;
    void *bytes = b->bytes, *made = b->made;
    b->failed = !reserve(&bytes, &b->bytes_cap, b->nbytes, value.n, 1) ||
                !reserve(&made, &b->cap, b->nmade, 1, sizeof *b->made);
    b->bytes = bytes, b->made = made;
    if (b->failed) return;
    memcpy(b->bytes + b->nbytes, value.p, value.n);
    b->made[b->nmade++] = (wr_cached_body){result->key, b->nbytes, value.n};
    b->nbytes += value.n;
}

void wr_cached_bodies_find(wr_cached_bodies *b, const wr_cache *cache, const wr_digest *options,
                           wr_slice module) {
    *b = (wr_cached_bodies){.limit = module.n + module.n / 2 + ROOM};
    if (module.n < SMALLEST_MODULE || module.n > UINT32_MAX / 2) return;
    b->store.user = b, b->store.find = find, b->store.keep = keep;
    b->key = key_of(options, module);
    if (wr_cache_get(cache, &b->key, &b->entry)) open_entry(b);
}

static int by_key(const void *a, const void *b) {
    const wr_cached_body *x = a, *y = b;
    return memcmp(x->key.bytes, y->key.bytes, WR_DIGEST_SIZE);
}

// Adds what was found and used to what was made, as far as the entry has room.
static void add_used(wr_cached_bodies *b) {
    for (uint32_t i = 0; i < b->nfound; i++) {
        wr_body_result result = {.value = value_in(b, i)};
        memcpy(result.key.bytes, record(b, i), WR_DIGEST_SIZE);
        if (b->used[i]) keep(b, &result);
    }
}

static uint8_t *make_records(const wr_cached_bodies *b) {
    uint8_t *bytes = malloc(b->nmade * RECORD), *p = bytes;
    for (size_t i = 0; bytes && i < b->nmade; i++, p += RECORD) {
        memcpy(p, b->made[i].key.bytes, WR_DIGEST_SIZE);
        put_number(p + WR_DIGEST_SIZE, (uint32_t)b->made[i].at);
        put_number(p + WR_DIGEST_SIZE + 4, (uint32_t)b->made[i].n);
    }
    return bytes;
}

void wr_cached_bodies_keep(wr_cached_bodies *b, wr_cache *cache) {
    if (!b->nmade) return;
    add_used(b);
    if (b->failed) return;
    qsort(b->made, b->nmade, sizeof *b->made, by_key);
    uint8_t *records = make_records(b);
    if (!records) return;
    wr_slice parts[WR_CACHE_PARTS] = {
        [RECORDS] = wr_slice_of(records, b->nmade * RECORD), [VALUES] = wr_slice_of(b->bytes, b->nbytes)};
    wr_cache_entry_free(&b->entry);
    wr_cache_put(cache, &b->key, parts);
    free(records);
}

void wr_cached_bodies_free(wr_cached_bodies *b) {
    wr_cache_entry_free(&b->entry);
    free((void *)b->used);
    free(b->made);
    free(b->bytes);
    *b = (wr_cached_bodies){0};
}
