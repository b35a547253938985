// One linear sweep a segment: runs of text and of zeros first, what lies between them word by word.
#include "data_kinds.h"

#include "passes/segments.h"
#include "support/hash.h"

const char *const wr_data_kind_keys[WR_DATA_KINDS] = {
#define X(id, key, label) key,
    WR_DATA_KINDS_OF(X)
#undef X
};

const char *const wr_data_kind_labels[WR_DATA_KINDS] = {
#define X(id, key, label) label,
    WR_DATA_KINDS_OF(X)
#undef X
};

enum { SHORTEST_TEXT = 6, SHORTEST_ZEROS = 8, SHORTEST_REPEAT = 8 };

typedef struct profiler {
    wr_arena *temp;
    const wr_data_space *space;
    wr_data_profile *out;
    wr_data_ranges *ranges; // NULL: not wanted
    uint64_t address; // of the run
    uint64_t *seen;   // hashes of strings, open addressing; 0: free
    uint32_t nseen, cap;
} profiler;

// --- Strings seen before ---

static void grow_seen(profiler *p) {
    uint32_t cap = p->cap ? p->cap * 2 : 4096;
    uint64_t *seen = WR_NEW0(p->temp, uint64_t, cap);
    for (uint32_t i = 0; i < p->cap; i++) {
        if (!p->seen[i]) continue;
        uint32_t at = (uint32_t)p->seen[i] & (cap - 1);
        while (seen[at]) at = (at + 1) & (cap - 1);
        seen[at] = p->seen[i];
    }
    p->seen = seen;
    p->cap = cap;
}

static bool seen_before(profiler *p, wr_slice s) {
    if (p->nseen * 2 >= p->cap) grow_seen(p);
    uint64_t hash = wr_hash_bytes(s.p, s.n) | 1;
    uint32_t at = (uint32_t)hash & (p->cap - 1);
    while (p->seen[at] && p->seen[at] != hash) at = (at + 1) & (p->cap - 1);
    if (p->seen[at]) return true;
    p->seen[at] = hash;
    p->nseen++;
    return false;
}

// --- Runs ---

static size_t zero_run(wr_slice s, size_t i) {
    size_t n = 0;
    while (i + n < s.n && !s.p[i + n]) n++;
    return n;
}

// Printable ASCII, tabs and line ends, and UTF-8 sequences of several bytes.
static size_t char_size(wr_slice s, size_t i) {
    uint8_t c = s.p[i];
    if ((c >= 0x20 && c < 0x7f) || c == '\n' || c == '\t' || c == '\r') return 1;
    size_t n = c >= 0xc2 && c < 0xe0 ? 2 : c >= 0xe0 && c < 0xf0 ? 3 : c >= 0xf0 && c < 0xf5 ? 4 : 0;
    if (!n || s.n - i < n) return 0;
    for (size_t k = 1; k < n; k++)
        if ((s.p[i + k] & 0xc0) != 0x80) return 0;
    return n;
}

static size_t text_run(wr_slice s, size_t i) {
    size_t n = 0, chars = 0, step;
    while (i + n < s.n && (step = char_size(s, i + n))) n += step, chars++;
    return chars >= SHORTEST_TEXT ? n : 0;
}

static uint32_t word_at(const uint8_t *p) { return p[0] | p[1] << 8 | p[2] << 16 | (uint32_t)p[3] << 24; }

static wr_data_kind kind_of_word(const profiler *p, uint32_t word) {
    if (word >= p->space->low && word < p->space->high) return WR_KIND_POINTERS;
    if (word && word < p->space->slots) return WR_KIND_SLOTS;
    return word < 65536 ? WR_KIND_WORDS : WR_KIND_OTHER;
}

// What is neither text nor zeros.
static void profile_rest(profiler *p, wr_slice s, size_t from, size_t to) {
    uint64_t *bytes = p->out->bytes;
    size_t head = (size_t)(-(p->address + from) & 3);
    if (head > to - from) head = to - from;
    bytes[WR_KIND_OTHER] += head;
    for (from += head; from + 4 <= to; from += 4) bytes[kind_of_word(p, word_at(s.p + from))] += 4;
    bytes[WR_KIND_OTHER] += to - from;
}

static void add_range(profiler *p, wr_ranges *ranges, const uint8_t *at, size_t n) {
    wr_range range = {(uint64_t)(at - p->ranges->input), n};
    WR_PUSH(p->ranges->arena, *ranges, range);
}

static void profile_text(profiler *p, wr_slice text, bool ends) {
    p->out->bytes[WR_KIND_STRINGS] += text.n + ends;
    p->out->nstrings++;
    if (text.n < SHORTEST_REPEAT || !seen_before(p, text)) return;
    p->out->repeated += text.n + ends;
    if (p->ranges) add_range(p, &p->ranges->repeats, text.p, text.n + ends);
}

static void profile_run(profiler *p, wr_slice s) {
    size_t rest = 0;
    for (size_t i = 0; i < s.n;) {
        size_t zeros = zero_run(s, i), text = zeros ? 0 : text_run(s, i);
        if (zeros < SHORTEST_ZEROS && !text) {
            i += zeros ? zeros : 1;
            continue;
        }
        profile_rest(p, s, rest, i);
        if (zeros) {
            p->out->bytes[WR_KIND_ZEROS] += zeros;
            if (p->ranges) add_range(p, &p->ranges->zeros, s.p + i, zeros);
            i += zeros;
        } else {
            bool ends = i + text < s.n && !s.p[i + text];
            profile_text(p, wr_slice_of(s.p + i, text), ends);
            i += text + ends;
        }
        rest = i;
    }
    profile_rest(p, s, rest, s.n);
}

// A segment, cut where spans begin and end.
static void profile_segment(profiler *p, wr_slice s, uint64_t address) {
    uint64_t end = address + s.n;
    for (uint32_t i = 0; i < p->space->nspans; i++) {
        const wr_data_span *span = &p->space->spans[i];
        if (span->high <= address || span->low >= end) continue;
        size_t before = span->low > address ? (size_t)(span->low - address) : 0;
        size_t in = (size_t)((span->high < end ? span->high : end) - address) - before;
        p->address = address;
        profile_run(p, wr_slice_of(s.p, before));
        p->out->bytes[span->kind] += in;
        s = wr_slice_of(s.p + before + in, s.n - before - in);
        address += before + in;
    }
    p->address = address;
    profile_run(p, s);
}

void wr_profile_data(wr_env *env, const wr_module *m, const wr_data_space *space, wr_data_profile *profiles,
                     wr_data_ranges *ranges) {
    profiler p = {.temp = &env->temp, .space = space, .ranges = ranges};
    for (uint32_t i = 0; i < m->ndatas; i++) {
        p.out = &profiles[i];
        *p.out = (wr_data_profile){0};
        uint64_t address = 0;
        if (m->datas[i].mode == WR_ACTIVE) wr_const_offset(env, m->datas[i].at, &address);
        profile_segment(&p, m->datas[i].bytes, address);
    }
}
