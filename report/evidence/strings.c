// Evidence from paths of source files. A function that names the address of a path, or of a structure that
// points to one, is of that file or crate.
//
//   i32.const 1048   ;; "../../src/core/SkPath.cpp", which ends with a zero byte
//   i32.const 2096   ;; a core::panic::Location: address and length of "src/lib.rs", line, column
//
// Some texts stand in one function of one library alone, such as "-+   0X0x" in musl's printf_core. They name
// it.
//
// Code of headers and of Rust's generic libraries is inlined into functions of others, so such paths count
// only where there are no better ones.
#include <stdlib.h>

#include "finder.h"

enum { STRUCT_WORDS = 8, LONGEST_PATH = 512, MOST_LINES = 200000 };

static wr_evidence_kind kind_of_path(wr_path_kind kind) {
    switch (kind) {
    case WR_PATH_RUST: return WR_EVIDENCE_CRATE;
    case WR_PATH_STD: return WR_EVIDENCE_STD;
    case WR_PATH_SOURCE: return WR_EVIDENCE_SOURCE;
    default: return WR_EVIDENCE_HEADER;
    }
}

// A path that a function refers to, and the address in the function's code that leads to it.
typedef struct sighting {
    uint64_t address;
    uint32_t func;
    wr_source_path path;
} sighting;

typedef WR_VEC(sighting) sightings;

static void note(wr_finder *f, sightings *seen, uint32_t func, uint64_t address, const wr_source_path *path) {
    sighting s = {address, func, *path};
    if (path->kind != WR_PATH_NONE) WR_PUSH(&f->env->pass, *seen, s);
}

// A structure that points to paths: each as address and length, as in a Location or a log record's metadata.
static void read_struct(wr_finder *f, sightings *seen, uint32_t func, uint64_t address) {
    uint32_t at, n, line;
    for (unsigned i = 0; i + 1 < STRUCT_WORDS; i++) {
        if (!wr_places_word(f->places, address + 4 * i, &at)) return;
        if (!wr_places_word(f->places, address + 4 * i + 4, &n)) return;
        if (n < 4 || n > LONGEST_PATH) continue;
        wr_slice text = wr_places_bytes(f->places, at);
        if (text.n < n || memcmp(text.p + n - 3, ".rs", 3) != 0) continue;
        wr_source_path path = wr_source_path_read(&f->env->perm, wr_slice_of(text.p, n));
        if (path.kind != WR_PATH_RUST && path.kind != WR_PATH_STD) continue;
        if (!wr_places_word(f->places, address + 4 * i + 8, &line) || line > MOST_LINES) continue;
        note(f, seen, func, address, &path);
        return;
    }
}

static int by_address(const void *a, const void *b) {
    const sighting *x = a, *y = b;
    if (x->address != y->address) return x->address < y->address ? -1 : 1;
    return x->func < y->func ? -1 : x->func > y->func;
}

// A place of a panic that several functions name was inlined into them, or they are instances of one generic.
// If it is in the standard library, it says nothing of them.
static void vote_for_paths(wr_finder *f, sightings *seen) {
    sighting *v = seen->v;
    if (seen->n) qsort(v, seen->n, sizeof *v, by_address);
    for (uint32_t i = 0, k; i < seen->n; i = k) {
        for (k = i; k < seen->n && v[k].address == v[i].address; k++) {}
        wr_source_path *path = &v[i].path;
        wr_evidence_kind kind = kind_of_path(path->kind);
        if (kind == WR_EVIDENCE_STD && k - i > 1) continue;
        if (kind == WR_EVIDENCE_CRATE && k - i > 1) kind = WR_EVIDENCE_SHARED;
        for (uint32_t n = i; n < k; n++)
            wr_finder_vote(f, v[n].func, kind, path->group.n ? path->group : path->path, (wr_slice){0},
                           path->path, path->registry ? 1 : 4);
    }
}

// Whether text begins here, not in the middle of a longer one.
static bool begins_text(const wr_finder *f, uint64_t address) {
    wr_slice before = address ? wr_places_bytes(f->places, address - 1) : (wr_slice){0};
    return !before.n || before.p[0] < 0x20 || before.p[0] > 0x7e;
}

static const struct {
    const char *text, *library, *name; // the text with the zero byte that ends it
} known_texts[] = {
    {"-+   0X0x", "musl", "printf_core"},
    {"-0X+0X 0X-0x+0x 0x", "musl", "fmt_fp"},
};

enum { KNOWN_TEXTS = WR_COUNT(known_texts) };

// A constant may happen to be the address of a text. So of several functions the largest is meant: these are.
static void note_known_text(const wr_finder *f, uint32_t *user, uint32_t func, wr_slice text) {
    for (size_t i = 0; i < KNOWN_TEXTS; i++) {
        size_t n = strlen(known_texts[i].text) + 1;
        bool same = text.n >= n && text.p[0] == (uint8_t)known_texts[i].text[0] &&
                    !memcmp(text.p, known_texts[i].text, n);
        if (!same) continue;
        if (user[i] == WR_NONE || f->m->funcs[func].body.n > f->m->funcs[user[i]].body.n) user[i] = func;
    }
}

// The first one comes first: an optimizer inlines fmt_fp into printf_core, which then has both texts.
static void vote_for_known_texts(wr_finder *f, const uint32_t *user) {
    for (uint32_t i = 0; i < KNOWN_TEXTS; i++)
        if (user[i] != WR_NONE && (!i || user[i] != user[0]))
            wr_finder_vote(f, user[i], WR_EVIDENCE_TEXT, wr_slice_str(known_texts[i].library),
                           wr_slice_str(known_texts[i].name), wr_slice_str(known_texts[i].text), 1);
}

void wr_evidence_from_strings(wr_finder *f) {
    sightings seen = {0};
    uint32_t user[KNOWN_TEXTS]; // of a known text, by its number
    memset(user, 0xff, sizeof user);
    for (uint32_t func = f->m->nfunc_imports; func < f->m->nfuncs; func++) {
        const wr_body_stats *facts = &f->facts[func];
        for (uint32_t i = 0; i < facts->nconstants; i++) {
            uint64_t address = facts->constants[i];
            wr_slice text = wr_places_bytes(f->places, address);
            if (!text.n) continue;
            wr_source_path path = {0};
            if (begins_text(f, address)) path = wr_source_path_read_c(&f->env->perm, text);
            note(f, &seen, func, address, &path);
            note_known_text(f, user, func, text);
            if (path.kind == WR_PATH_NONE && address % 4 == 0) read_struct(f, &seen, func, address);
        }
    }
    vote_for_paths(f, &seen);
    vote_for_known_texts(f, user);
}
