// Classifies data in one linear sweep over each segment: first runs of text and of zeros are found, then
// what lies between them is classified word by word.
#include "data_kinds.h"

#include "data_tables.h"
#include "large_data.h"

#include <stdlib.h>

#include "analysis/segments.h"
#include "support/search.h"
#include "support/format.h"

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

enum { SHORTEST_TEXT = 6, SHORTEST_ZEROS = 8 };

typedef struct data_place { // an active segment
    uint64_t address;
    wr_slice bytes;
} data_place;

typedef struct profiler {
    wr_arena *perm;
    const uint8_t *input;
    const wr_data_space *space;
    wr_data_profile *out;
    wr_ranges *zeros;
    wr_large_finder *large;
    uint64_t address;   // of the run
    data_place *places; // by address
    uint32_t nplaces;
} profiler;

static void count(profiler *p, wr_data_kind kind, const uint8_t *at, size_t n) {
    p->out->bytes[kind] += n;
    if (n) wr_large_add(p->large, kind, at, n);
}

// --- Zeros and text ---

static size_t zero_run(wr_slice s, size_t i) {
    size_t n = 0;
    while (i + n < s.n && !s.p[i + n]) n++;
    return n;
}

static bool is_plain(uint8_t c) {
    return ((uint8_t)(c - 0x20) < 0x5f) | (c == '\n') | (c == '\t') | (c == '\r');
}

// Printable ASCII, tabs and line ends, and UTF-8 sequences of several bytes.
static size_t char_size(wr_slice s, size_t i) {
    uint8_t c = s.p[i];
    if (is_plain(c)) return 1;
    size_t n = c >= 0xc2 && c < 0xe0 ? 2 : c >= 0xe0 && c < 0xf0 ? 3 : c >= 0xf0 && c < 0xf5 ? 4 : 0;
    if (!n || s.n - i < n) return 0;
    for (size_t k = 1; k < n; k++)
        if (wr_format_begins_char(s.p[i + k])) return 0;
    return n;
}

// Whether two bytes can be neighbours within a text, or within zeros. It errs to yes. Without branches, which
// nobody could predict in random bytes.
static bool may_be_neighbours(uint8_t a, uint8_t b) {
    bool begins = is_plain(b) | (b >= 0xc2), goes_on = (b & 0xc0) == 0x80;
    bool ends = is_plain(a) | ((a & 0xc0) == 0x80);
    return (begins & ends) | (goes_on & (a >= 0x80)) | !(a | b);
}

static size_t text_run(wr_slice s, size_t i, size_t *chars) {
    size_t n = 0, step, plain;
    for (*chars = 0; i + n < s.n; ++*chars, n += step) {
        for (plain = n; i + n < s.n && (uint8_t)(s.p[i + n] - 0x20) < 0x5f;) n++;
        *chars += n - plain;
        if (i + n == s.n || !(step = char_size(s, i + n))) break;
    }
    return n;
}

// --- Words ---

typedef struct words { // an aligned run
    const profiler *p;
    const uint8_t *bytes;
    size_t n;
    uint64_t address;
} words;

static uint32_t word(const words *w, size_t i) { return wr_le32(w->bytes + 4 * i); }

static bool is_pointer(const profiler *p, uint32_t word) {
    return word >= p->space->low && word < p->space->high;
}

static bool is_slot(const profiler *p, uint32_t word) {
    if (p->space->is_go && (word & 0xffff)) return false;
    uint32_t slot = p->space->is_go ? word >> 16 : word;
    return slot && slot < p->space->nslots && p->space->slots[slot] != WR_NONE;
}

static size_t slot_run(const words *w, size_t i) {
    size_t n = 0;
    while (i + n < w->n && is_slot(w->p, word(w, i + n))) n++;
    return n;
}

// The word of initial memory at an address; 0 where nothing is stored.
static uint32_t stored_word(const profiler *p, uint32_t address) {
    uint32_t low;
    WR_SEARCH(low, 0, p->nplaces, p->places[low].address + p->places[low].bytes.n <= address);
    if (low == p->nplaces || p->places[low].address > address) return 0;
    uint64_t offset = address - p->places[low].address;
    return p->places[low].bytes.n - offset >= 4 ? wr_le32(p->places[low].bytes.p + offset) : 0;
}

// A typeinfo: the address of a vtable, then that of a mangled type's name.
static bool is_typeinfo(const profiler *p, uint32_t address) {
    if (!is_pointer(p, address) || address % 4 || !is_pointer(p, stored_word(p, address))) return false;
    uint32_t name = stored_word(p, address + 4);
    uint8_t first = is_pointer(p, name) ? (uint8_t)stored_word(p, name) : 0;
    return first && strchr("123456789NSPZ*", first);
}

// Words of a C++ vtable at i: the offset to the top, the typeinfo, slots; the first may be among zeros
// before.
static size_t cxx_vtable(const words *w, size_t i) {
    size_t head = word(w, i) == 0 || word(w, i) > UINT32_MAX - 4096;
    if (i + head >= w->n || !is_typeinfo(w->p, word(w, i + head))) return 0;
    size_t n = slot_run(w, i + head + 1);
    return n ? head + 1 + n : 0;
}

// Words of a Rust vtable at i: the slot of drop, or 0, size and alignment, slots.
static size_t rust_vtable(const words *w, size_t i) {
    if (i + 3 >= w->n || (word(w, i) && !is_slot(w->p, word(w, i)))) return 0;
    uint32_t size = word(w, i + 1), align = word(w, i + 2);
    if (!align || align > 16 || (align & (align - 1)) || size % align || size > 65536) return 0;
    size_t n = slot_run(w, i + 3);
    return n ? 3 + n : 0;
}

static bool stands_with(const words *w, size_t i) {
    return i < w->n && (is_pointer(w->p, word(w, i)) || is_slot(w->p, word(w, i)));
}

static wr_data_kind kind_of_word(const words *w, size_t i) {
    uint32_t value = word(w, i);
    if (is_pointer(w->p, value)) return WR_KIND_POINTERS;
    if (is_slot(w->p, value) && (w->p->space->is_go || stands_with(w, i + 1) || (i && stands_with(w, i - 1))))
        return WR_KIND_SLOTS;
    return value < 65536 ? WR_KIND_WORDS : WR_KIND_OTHER;
}

// Ends a run of words from i to k that are no pointers: a table, if it is long enough to be one.
static void profile_numbers(profiler *p, const words *w, size_t i, size_t k) {
    size_t n = 4 * (k - i);
    wr_slice run = wr_slice_of(w->bytes + 4 * i, n);
    if (n >= WR_SHORTEST_TABLE && !p->space->is_go) {
        count(p, wr_data_tables_guess(run, (w->address + 4 * i) % 8 == 0), run.p, n);
        return;
    }
    for (; i < k; i++) count(p, word(w, i) < 65536 ? WR_KIND_WORDS : WR_KIND_OTHER, w->bytes + 4 * i, 4);
}

// Classifies bytes that are neither text nor zeros.
static void profile_rest(profiler *p, wr_slice s, size_t from, size_t to) {
    size_t head = (size_t)(-(p->address + from) & 3);
    if (head > to - from) head = to - from;
    count(p, WR_KIND_OTHER, s.p + from, head);
    words w = {p, s.p + from + head, (to - from - head) / 4, p->address + from + head};
    size_t numbers = 0; // where the run of numbers in hand begins
    for (size_t i = 0; i < w.n;) {
        size_t n = p->space->is_go ? 0 : cxx_vtable(&w, i);
        if (!n && !p->space->is_go) n = rust_vtable(&w, i);
        wr_data_kind kind = n ? WR_KIND_VTABLES : kind_of_word(&w, i);
        n = n ? n : 1;
        if (kind != WR_KIND_WORDS && kind != WR_KIND_OTHER) {
            profile_numbers(p, &w, numbers, i);
            count(p, kind, w.bytes + 4 * i, 4 * n);
            numbers = i + n;
        }
        i += n;
    }
    profile_numbers(p, &w, numbers, w.n);
    count(p, WR_KIND_OTHER, w.bytes + 4 * w.n, to - from - head - 4 * w.n);
}

// --- Runs ---

static void profile_zeros(profiler *p, const uint8_t *at, size_t n) {
    wr_range range = {(uint64_t)(at - p->input), n};
    count(p, WR_KIND_ZEROS, at, n);
    WR_PUSH(p->perm, *p->zeros, range);
}

static void profile_run(profiler *p, wr_slice s) {
    size_t rest = 0;
    for (size_t i = 0; i < s.n;) {
        size_t ahead = i + SHORTEST_TEXT - 1;
        if (ahead < s.n && !may_be_neighbours(s.p[ahead - 1], s.p[ahead])) {
            i = ahead; // whatever began before has its end here, and is too short
            continue;
        }
        size_t chars = 0, zeros = zero_run(s, i), text = zeros ? 0 : text_run(s, i, &chars);
        if (zeros < SHORTEST_ZEROS && chars < SHORTEST_TEXT) {
            i += zeros ? zeros : text ? text : 1; // a later place in a short text begins a shorter one
            continue;
        }
        profile_rest(p, s, rest, i);
        if (zeros) {
            profile_zeros(p, s.p + i, zeros);
            i += zeros;
        } else {
            bool ends = i + text < s.n && !s.p[i + text];
            count(p, WR_KIND_STRINGS, s.p + i, text + ends);
            p->out->nstrings++;
            i += text + ends;
        }
        rest = i;
    }
    profile_rest(p, s, rest, s.n);
}

// The first span that ends after the address.
static uint32_t first_span(const wr_data_space *space, uint64_t address) {
    uint32_t low;
    WR_SEARCH(low, 0, space->nspans, space->spans[low].high <= address);
    return low;
}

// Classifies a part of a segment, cut where spans begin and end.
static void profile_part(profiler *p, wr_slice s, uint64_t address) {
    uint64_t end = address + s.n;
    for (uint32_t i = first_span(p->space, address); i < p->space->nspans && p->space->spans[i].low < end;
         i++) {
        const wr_data_span *span = &p->space->spans[i];
        size_t before = span->low > address ? (size_t)(span->low - address) : 0;
        size_t in = (size_t)((span->high < end ? span->high : end) - address) - before;
        p->address = address;
        profile_run(p, wr_slice_of(s.p, before));
        count(p, span->kind, s.p + before, in);
        s = wr_slice_of(s.p + before + in, s.n - before - in);
        address += before + in;
    }
    p->address = address;
    profile_run(p, s);
}

// Classifies a segment around the files in it.
static void profile_segment(profiler *p, uint32_t data, wr_slice s, uint64_t address) {
    const wr_embedded_files *files = &p->space->files;
    size_t at = 0;
    uint32_t file;
    WR_SEARCH(file, 0, files->n, files->v[file].data < data);
    for (; file < files->n && files->v[file].data == data; file++) {
        const wr_embedded *f = &files->v[file];
        profile_part(p, wr_slice_of(s.p + at, (size_t)f->offset - at), address + at);
        if (f->has_path) wr_large_end(p->large); // files of two paths are two pieces
        count(p, WR_KIND_FILES, s.p + f->offset, (size_t)f->size);
        if (f->has_path) wr_large_end(p->large);
        at = (size_t)(f->offset + f->size);
    }
    profile_part(p, wr_slice_of(s.p + at, s.n - at), address + at);
}

static int by_address(const void *a, const void *b) {
    const data_place *x = a, *y = b;
    return x->address < y->address ? -1 : x->address > y->address;
}

// Where segments overlap, any one of them may be found; that is enough for guessing.
static void list_places(wr_env *env, const wr_module *m, profiler *p) {
    p->places = WR_NEW(&env->temp, data_place, m->ndatas);
    for (uint32_t i = 0; i < m->ndatas; i++) {
        data_place place = {0, m->datas[i].bytes};
        if (m->datas[i].mode == WR_ACTIVE && wr_segments_const_offset(env, m->datas[i].at, &place.address))
            p->places[p->nplaces++] = place;
    }
    if (p->nplaces) qsort(p->places, p->nplaces, sizeof *p->places, by_address);
}

typedef struct segment_finds {
    wr_ranges zeros;
    wr_large_data large;
} segment_finds;

typedef struct profiling {
    const wr_module *m;
    const profiler *shared; // what is the same for all segments
    wr_data_profile *profiles;
    segment_finds *finds; // by segment
} profiling;

static void profile_item(wr_env *env, unsigned worker, void *arg, size_t item) {
    (void)worker;
    const profiling *t = arg;
    const wr_data *data = &t->m->datas[item];
    wr_large_finder finder = {.arena = &env->perm,
                              .out = &t->finds[item].large,
                              .joins_texts = t->shared->space->is_go,
                              .data = (uint32_t)item,
                              .segment = data->bytes};
    profiler p = *t->shared;
    uint64_t address = 0;
    p.perm = &env->perm;
    p.zeros = &t->finds[item].zeros;
    p.large = &finder;
    p.out = &t->profiles[item];
    *p.out = (wr_data_profile){0};
    wr_mark mark = wr_arena_mark(&env->temp);
    if (data->mode == WR_ACTIVE) wr_segments_const_offset(env, data->at, &address);
    wr_arena_release(&env->temp, &mark);
    profile_segment(&p, (uint32_t)item, data->bytes, address);
    wr_large_end(&finder);
}

void wr_data_kinds_profile(wr_pool *pool, const wr_module *m, const wr_data_space *space,
                           wr_data_profile *profiles, wr_ranges *zeros, struct wr_large_data *large) {
    wr_env *env = wr_main_env(pool);
    profiler p = {.input = m->input.p, .space = space};
    profiling t = {m, &p, profiles, WR_NEW0(&env->temp, segment_finds, m->ndatas)};
    list_places(env, m, &p);
    wr_parallel(pool, m->ndatas, profile_item, &t);
    for (uint32_t i = 0; i < m->ndatas; i++) {
        const segment_finds *found = &t.finds[i];
        for (uint32_t k = 0; k < found->zeros.n; k++) WR_PUSH(&env->perm, *zeros, found->zeros.v[k]);
        for (uint32_t k = 0; k < found->large.v.n; k++) WR_PUSH(&env->perm, large->v, found->large.v.v[k]);
    }
}
