// Parses a file into literals and matches, and prices each byte. Matches are found through a hash of four
// bytes that leads to the last four places with this hash, and the distance of the last match is tried
// first. Symbols are a flag, literals in the context of the byte before, and logarithmic classes of
// lengths and distances with their extra bits. Their frequencies start even and adapt, as in an arithmetic
// coder, which makes a second pass and a table of codes needless. Where nothing was found for long, as in
// what is compressed already, only some places are looked at.
#include "lz_model.h"

#include "support/log2.h"

enum { HASH_BITS = 16, WAYS = 4, SHORTEST = 4, LONGEST = 1 << 16, GOOD = 64, BLOCK = 64 };
enum { PATIENCE = 256, MOST_SKIPPED = 15, AHEAD = 12 };
enum { STEP = 24, MOST_COUNTED = 1 << 16, UNIT = 256, LOG_UNIT = 2048 };

typedef struct symbols {
    uint16_t *count;
    uint32_t n, total;
} symbols;

typedef struct match {
    uint32_t length, distance;
} match;

typedef struct modeler {
    wr_env *env;
    const uint8_t *p;
    size_t n;
    uint64_t *places; // WAYS for each hash, the newest first: the four bytes there, then position + 1
    uint16_t *log;    // log2 of numbers below MOST_COUNTED, in units of 1/LOG_UNIT
    symbols flags[2], literals[256], lengths, distances;
    uint32_t last_distance;
    uint8_t last_kind; // of the token before: 1 for a match
    uint32_t misses;   // literals since the last match
    bool has_next;     // the match at the next place is known
    match next;
    wr_lz_model *model;
} modeler;

// --- Symbols ---

static void init_symbols(wr_env *env, symbols *s, uint32_t n) {
    *s = (symbols){WR_NEW(&env->temp, uint16_t, n), n, n};
    for (uint32_t i = 0; i < n; i++) s->count[i] = 1;
}

static void halve(symbols *s) {
    s->total = 0;
    for (uint32_t i = 0; i < s->n; i++) s->total += s->count[i] = (uint16_t)((s->count[i] + 1) / 2);
}

// What the symbol costs, in units of 1/UNIT bit.
static uint32_t take_symbol(const modeler *t, symbols *s, uint32_t symbol) {
    uint32_t cost = (uint32_t)(t->log[s->total] - t->log[s->count[symbol]]) * UNIT / LOG_UNIT;
    s->count[symbol] = (uint16_t)(s->count[symbol] + STEP);
    s->total += STEP;
    if (s->total >= MOST_COUNTED - STEP) halve(s);
    return cost;
}

static void init_model(modeler *t) {
    t->places = WR_NEW0(&t->env->temp, uint64_t, (size_t)WAYS << HASH_BITS);
    t->log = WR_NEW0(&t->env->temp, uint16_t, MOST_COUNTED);
    for (uint32_t i = 2; i < MOST_COUNTED; i++) t->log[i] = (uint16_t)(wr_log2(i) * LOG_UNIT);
    for (unsigned i = 0; i < 2; i++) init_symbols(t->env, &t->flags[i], 2);
    for (unsigned i = 0; i < 256; i++) init_symbols(t->env, &t->literals[i], 256);
    init_symbols(t->env, &t->lengths, 32);
    init_symbols(t->env, &t->distances, 64);
}

// --- Matches ---

static uint32_t word_at(const modeler *t, size_t at) {
    uint32_t word;
    memcpy(&word, t->p + at, 4);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap32(word);
#endif
    return word;
}

static uint64_t *places_of(const modeler *t, uint32_t word) {
    return t->places + (size_t)(word * 2654435761u >> (32 - HASH_BITS)) * WAYS;
}

// The table is larger than a cache near the processor, so what will be asked for soon is fetched now.
static void insert(modeler *t, size_t at) {
    if (at + AHEAD + SHORTEST <= t->n) __builtin_prefetch(places_of(t, word_at(t, at + AHEAD)), 1);
    if (at + SHORTEST > t->n) return;
    uint32_t word = word_at(t, at);
    uint64_t *places = places_of(t, word);
    for (unsigned i = WAYS - 1; i; i--) places[i] = places[i - 1];
    places[0] = (uint64_t)word << 32 | (uint32_t)(at + 1);
}

static uint64_t words_at(const uint8_t *p) {
    uint64_t words;
    memcpy(&words, p, 8);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    words = __builtin_bswap64(words);
#endif
    return words;
}

static uint32_t common_length(const modeler *t, size_t from, size_t at) {
    size_t most = t->n - at < (size_t)LONGEST ? t->n - at : (size_t)LONGEST, n = 0;
    for (; n + 8 <= most; n += 8) {
        uint64_t x = words_at(t->p + from + n) ^ words_at(t->p + at + n);
        if (x) return (uint32_t)n + (uint32_t)__builtin_ctzll(x) / 8;
    }
    while (n < most && t->p[from + n] == t->p[at + n]) n++;
    return (uint32_t)n;
}

// A far match must be longer to cost less than its literals.
static bool is_worth_it(match m) {
    return m.length >= SHORTEST + (uint32_t)(m.distance >> 14 > 0) + (uint32_t)(m.distance >> 19 > 0);
}

static match find_match(const modeler *t, size_t at) {
    match best = {0};
    if (at + SHORTEST > t->n) return best;
    if (t->last_distance && at >= t->last_distance)
        best = (match){common_length(t, at - t->last_distance, at), t->last_distance};
    if (best.length < SHORTEST) best = (match){0};
    uint32_t word = word_at(t, at);
    const uint64_t *places = places_of(t, word);
    for (unsigned i = 0; i < WAYS && places[i] && best.length < GOOD; i++) {
        if (places[i] >> 32 != word) continue; // without a look at the place, which may be far away
        size_t from = (uint32_t)places[i] - 1;
        if (at + best.length < t->n && t->p[from + best.length] != t->p[at + best.length]) continue;
        match m = {common_length(t, from, at), (uint32_t)(at - from)};
        if (m.length > best.length && is_worth_it(m)) best = m;
    }
    return best;
}

// --- Tokens ---

static uint16_t clamp_cost(uint32_t cost) { return cost > UINT16_MAX ? UINT16_MAX : (uint16_t)cost; }

static void put_literal(modeler *t, size_t at) {
    uint32_t cost = take_symbol(t, &t->flags[t->last_kind], 0);
    cost += take_symbol(t, &t->literals[at ? t->p[at - 1] : 0], t->p[at]);
    t->model->cost[at] = clamp_cost(cost);
    t->last_kind = 0;
    t->misses++;
}

static uint32_t take_number(const modeler *t, symbols *s, uint32_t value) {
    uint32_t bits = 32 - (uint32_t)__builtin_clz(value | 1);
    return take_symbol(t, s, bits - 1) + (bits - 1) * UNIT;
}

// The bytes of a match share its cost.
static void put_match(modeler *t, size_t at, match m) {
    uint32_t cost =
        take_symbol(t, &t->flags[t->last_kind], 1) + take_number(t, &t->lengths, m.length - SHORTEST + 1);
    if (m.distance == t->last_distance)
        cost += take_symbol(t, &t->distances, 40);
    else
        cost += take_number(t, &t->distances, m.distance);
    uint16_t share = clamp_cost(cost / m.length);
    uint32_t rest = cost % m.length;
    for (uint32_t i = 0; i < m.length; i++) t->model->cost[at + i] = (uint16_t)(share + (i < rest));
    t->last_distance = m.distance;
    t->last_kind = 1;
    t->misses = 0;
}

// Whether to look for no match here, since there was none for long.
static bool is_hopeless(const modeler *t) {
    uint32_t skipped = t->misses / PATIENCE;
    return skipped && !t->has_next && t->misses % ((skipped < MOST_SKIPPED ? skipped : MOST_SKIPPED) + 1);
}

static size_t put_token(modeler *t, size_t at) {
    if (is_hopeless(t)) {
        put_literal(t, at);
        return at + 1;
    }
    match here = t->has_next ? t->next : find_match(t, at);
    t->has_next = false;
    insert(t, at);
    if (here.length && here.length < GOOD) {
        t->next = find_match(t, at + 1);
        if (t->next.length > here.length + 1) here.length = 0, t->has_next = true;
    }
    if (!here.length) {
        put_literal(t, at);
        return at + 1;
    }
    put_match(t, at, here);
    for (uint32_t i = 1; i < here.length; i++) insert(t, at + i);
    return at + here.length;
}

static void sum_blocks(wr_lz_model *model) {
    for (size_t i = 0; i < model->n; i++) {
        if (i % BLOCK == 0) model->before[i / BLOCK] = model->total;
        model->total += model->cost[i];
    }
}

wr_lz_model wr_lz_model_room(wr_arena *arena, size_t n) {
    return (wr_lz_model){
        .cost = WR_NEW(arena, uint16_t, n), .before = WR_NEW(arena, uint64_t, n / BLOCK + 2), .n = n};
}

void wr_lz_model_fill(wr_env *env, wr_slice bytes, wr_lz_model *model) {
    wr_mark mark = wr_arena_mark(&env->temp);
    modeler t = {.env = env, .p = bytes.p, .n = bytes.n, .model = model};
    init_model(&t);
    for (size_t at = 0, checked = 0; at < t.n; at = put_token(&t, at))
        if (at - checked > 1 << 16) wr_check(env), checked = at;
    sum_blocks(model);
    wr_arena_release(&env->temp, &mark);
}

// The costs of all bytes before a place.
static uint64_t cost_before(const wr_lz_model *model, size_t at) {
    if (at >= model->n) return model->total;
    uint64_t cost = model->before[at / BLOCK];
    for (size_t i = at / BLOCK * BLOCK; i < at; i++) cost += model->cost[i];
    return cost;
}

uint64_t wr_lz_model_cost(const wr_lz_model *model, size_t at, size_t n) {
    return cost_before(model, at + n) - cost_before(model, at);
}
