// Matches data segments by what they contain. Contents are split by content-defined chunking: at places
// that a rolling hash of the last bytes selects, so that moved contents are split in the same way, and at
// runs of zeros, which optimizers take out. Chunks of both modules are sorted by hash; of equal chunks the
// first before is paired with the first after, and so on. A segment after is matched with the segment
// before that it shares most bytes with.
#include "data_match.h"

#include <stdlib.h>

#include "analysis/segments.h"
#include "support/hash.h"

enum {
    SHORTEST = 16,
    LONGEST = 256,
    BOUNDARY = 31,
    SHORTEST_ZEROS = 8
}; // every 32nd place or so ends a chunk

typedef struct chunk {
    uint64_t hash;
    uint32_t segment, offset, size;
} chunk;

typedef WR_VEC(chunk) chunks;

typedef struct share {
    uint32_t after, before;
    uint64_t bytes;
} share;

// --- Chunks ---

static size_t zeros_at(wr_slice s, size_t i) {
    size_t n = 0;
    while (i + n < s.n && !s.p[i + n]) n++;
    return n;
}

// The end of the chunk that begins at i.
static size_t chunk_end(wr_slice s, size_t i) {
    size_t end = i;
    uint64_t hash = 0;
    while (end < s.n && end - i < LONGEST) {
        if (!s.p[end] && zeros_at(s, end) >= SHORTEST_ZEROS) break;
        hash = (hash << 1) + wr_mix(s.p[end++] + 1u); // the low bits depend on the last 5 bytes
        if (end - i >= SHORTEST && (hash & BOUNDARY) == 0) break;
    }
    return end;
}

static void cut_segment(wr_env *env, const wr_audit *a, uint32_t segment, chunks *out) {
    wr_slice s = a->m.datas[segment].bytes;
    for (size_t i = 0; i < s.n;) {
        size_t zeros = s.p[i] ? 0 : zeros_at(s, i), end = chunk_end(s, i + zeros);
        if (zeros < SHORTEST_ZEROS) zeros = 0, end = chunk_end(s, i);
        chunk c = {.segment = segment, .offset = (uint32_t)(i + zeros), .size = (uint32_t)(end - i - zeros)};
        c.hash = wr_hash_bytes(s.p + i + zeros, c.size);
        if (c.size) WR_PUSH(&env->temp, *out, c);
        i = end;
    }
}

static int by_hash(const void *a, const void *b) {
    const chunk *x = a, *y = b;
    if (x->hash != y->hash) return x->hash < y->hash ? -1 : 1;
    if (x->segment != y->segment) return x->segment < y->segment ? -1 : 1;
    return x->offset < y->offset ? -1 : x->offset > y->offset;
}

static chunks cut_all(wr_env *env, const wr_audit *a) {
    chunks all = {0};
    for (uint32_t i = 0; i < a->m.ndatas; i++) cut_segment(env, a, i, &all);
    if (all.n) qsort(all.v, all.n, sizeof *all.v, by_hash);
    return all;
}

// --- Segments ---

static int by_segments(const void *a, const void *b) {
    const share *x = a, *y = b;
    if (x->after != y->after) return x->after < y->after ? -1 : 1;
    return x->before < y->before ? -1 : x->before > y->before;
}

// Pairs equal chunks, and counts the bytes that are in both modules and in only one.
static share *pair_chunks(wr_env *env, const chunks *a, const chunks *b, wr_data_matching *out, uint32_t *n) {
    share *shares = WR_NEW(&env->temp, share, a->n < b->n ? a->n : b->n);
    uint32_t i = 0, j = 0;
    *n = 0;
    while (i < a->n || j < b->n) {
        if (j == b->n || (i < a->n && a->v[i].hash < b->v[j].hash)) {
            out->removed += a->v[i++].size;
        } else if (i == a->n || a->v[i].hash > b->v[j].hash) {
            out->added += b->v[j++].size;
        } else {
            out->kept += a->v[i].size;
            shares[(*n)++] = (share){b->v[j++].segment, a->v[i].segment, a->v[i].size};
            i++;
        }
    }
    if (*n) qsort(shares, *n, sizeof *shares, by_segments);
    return shares;
}

static void match_by_contents(wr_env *env, const share *shares, uint32_t n, uint32_t nafter,
                              wr_data_matching *out) {
    uint64_t *best = WR_NEW0(&env->temp, uint64_t, nafter);
    bool *matched = WR_NEW(&env->temp, bool, nafter);
    for (uint32_t i = 0; i < nafter; i++) matched[i] = out->before[i] != WR_NONE;
    for (uint32_t i = 0, k; i < n; i = k) {
        uint64_t sum = 0;
        for (k = i; k < n && shares[k].after == shares[i].after && shares[k].before == shares[i].before; k++)
            sum += shares[k].bytes;
        if (sum <= best[shares[i].after] || matched[shares[i].after]) continue;
        best[shares[i].after] = sum;
        out->before[shares[i].after] = shares[i].before;
    }
}

typedef struct keyed {
    uint64_t key; // 0: none
    uint32_t segment;
} keyed;

static int by_key(const void *a, const void *b) {
    const keyed *x = a, *y = b;
    if (x->key != y->key) return x->key < y->key ? -1 : 1;
    return x->segment < y->segment ? -1 : x->segment > y->segment;
}

static uint64_t name_key(wr_env *env, const wr_audit *a, uint32_t i) {
    (void)env;
    return a->symbols.datas[i].n ? wr_hash_bytes(a->symbols.datas[i].p, a->symbols.datas[i].n) : 0;
}

static uint64_t contents_key(wr_env *env, const wr_audit *a, uint32_t i) {
    (void)env;
    return wr_hash_bytes(a->m.datas[i].bytes.p, a->m.datas[i].bytes.n);
}

static uint64_t address_key(wr_env *env, const wr_audit *a, uint32_t i) {
    uint64_t at;
    const wr_data *data = &a->m.datas[i];
    return data->mode == WR_ACTIVE && wr_segments_const_offset(env, data->at, &at)
               ? wr_hash_word(data->memory, at)
               : 0;
}

// Pairs segments with equal keys that have no partner yet, in their order.
static void match_by_key(wr_env *env, const wr_audit *a, const wr_audit *b, bool *used, wr_data_matching *out,
                         uint64_t (*key)(wr_env *, const wr_audit *, uint32_t)) {
    uint32_t n = 0, m = 0, j = 0;
    keyed *old = WR_NEW(&env->temp, keyed, a->m.ndatas), *new = WR_NEW(&env->temp, keyed, b->m.ndatas);
    for (uint32_t i = 0; i < a->m.ndatas; i++)
        if (!used[i]) old[n++] = (keyed){key(env, a, i), i};
    for (uint32_t i = 0; i < b->m.ndatas; i++)
        if (out->before[i] == WR_NONE) new[m++] = (keyed){key(env, b, i), i};
    if (n) qsort(old, n, sizeof *old, by_key);
    if (m) qsort(new, m, sizeof *new, by_key);
    for (uint32_t i = 0; i < m; i++) {
        while (j < n && old[j].key < new[i].key) j++;
        if (j == n || !new[i].key || old[j].key != new[i].key) continue;
        out->before[new[i].segment] = old[j].segment;
        used[old[j++].segment] = true;
    }
}

void wr_data_match(wr_env *env, const wr_audit *before, const wr_audit *after, wr_data_matching *out) {
    uint32_t n, nafter = after->m.ndatas;
    *out = (wr_data_matching){.before = WR_NEW(&env->perm, uint32_t, nafter)};
    memset(out->before, 0xff, nafter * sizeof *out->before);
    bool *used = WR_NEW0(&env->temp, bool, before->m.ndatas);
    chunks a = cut_all(env, before), b = cut_all(env, after);
    match_by_key(env, before, after, used, out, name_key);
    match_by_key(env, before, after, used, out, contents_key);
    share *shares = pair_chunks(env, &a, &b, out, &n);
    match_by_contents(env, shares, n, nafter, out);
    match_by_key(env, before, after, used, out, address_key);
    wr_arena_reset(&env->temp);
}
