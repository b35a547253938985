// Joins runs of the same kind of data into pieces. A few bytes of another kind don't end a piece: among
// random bytes some look like text or like an address. Pieces whose first bytes are those of a well-known
// table get its name.
#include "large_data.h"

#include <stdlib.h>

#include "audit.h"
#include "support/log2.h"
#include "support/search.h"
#include "zone_tables.h"

enum { LEAST = 1024, LEAST_TEXT = 1500, LONGEST_GAP = 64, GAP_SHARE = 32 };

// --- Well-known tables ---

static const struct {
    const char *bytes;
    uint8_t n, within; // how far from the beginning of the piece they may be
    const char *name, *instead;
} tables[] = {
    {"\x98\x17\xf8\x16\x5b\x81\xf2\x59\xd9\x28\xce\x2d\xdb\xfc\x9b\x02", 16, 64,
     "multiples of secp256k1's generator",
     "feature lowmemory of secp256k1-sys, a smaller ECMULT_WINDOW_SIZE in C"},
    {"timedownlifeleftback", 20, 64, "Brotli's dictionary",
     "DecompressionStream of the platform, where it suffices"},
    {"\x96\x30\x07\x77\x2c\x61\x0e\xee\xba\x51\x09\x99", 12, 64, "CRC-32",
     "a CRC with a smaller table, or one that it computes at the start (zlib's DYNAMIC_CRC_TABLE)"},
    {"\xa5\x63\x63\xc6\x84\x7c\x7c\xf8", 8, 64, "AES with four tables", "an AES that needs only its S-box"},
    {"\xc6\x63\x63\xa5\xf8\x7c\x7c\x84", 8, 64, "AES with four tables", "an AES that needs only its S-box"},
    {"\x63\x7c\x77\x7b\xf2\x6b\x6f\xc5", 8, 64, "AES's S-box", NULL},
    {"\x98\x2f\x8a\x42\x91\x44\x37\x71", 8, 64, "SHA-256's constants", NULL},
    {"d09GMg", 6, 32, "a WOFF2 font in base64", "a file that is loaded when it is needed"},
    {"d09GRg", 6, 32, "a WOFF font in base64", "a file that is loaded when it is needed"},
    {"iVBORw0KGgo", 11, 32, "a PNG image in base64", "a file that is loaded when it is needed"},
    {"H4sIA", 5, 32, "gzip data in base64", "a file that is loaded when it is needed"},
};

static void recognize(wr_large_piece *piece, const uint8_t *at) {
    for (size_t i = 0; i < WR_COUNT(tables); i++) {
        size_t most = piece->size < (size_t)tables[i].within + tables[i].n
                          ? (size_t)piece->size
                          : (size_t)tables[i].within + tables[i].n;
        if (!memmem(at, most, tables[i].bytes, tables[i].n)) continue;
        piece->known = tables[i].name, piece->instead = tables[i].instead;
        return;
    }
}

// Whether nearly all words are code points, each behind the one before but where the next table begins: the
// ranges of scripts and categories. Where many tables are short, it also counts that no range's last code
// point is before its first. `at` is aligned.
static bool are_code_points(const uint8_t *at, uint64_t size) {
    uint64_t n = size / 4, up = 0, beyond = 0, wide = 0, down[2] = {0};
    if (n < 64) return false;
    for (uint64_t i = 1; i < n; i++) {
        uint32_t before = wr_le32(at + 4 * i - 4), word = wr_le32(at + 4 * i);
        up += word >= before;
        down[i % 2] += word < before;
        beyond += word >= 0x110000;
        wide += word >= 0x300;
    }
    bool paired = (down[0] < down[1] ? down[0] : down[1]) * 50 < n;
    return up * 20 > n * (paired ? 18 : 19) && beyond * 50 < n && wide * 4 > n;
}

// Whether single numbers are the logarithms of K, K + 1, K + 2, … to base 2.
static bool are_logarithms(const uint8_t *at, uint64_t size) {
    enum { CHECKED = 16, LARGEST_FIRST = 64 };
    uint32_t first = 0;
    if (size < 4 * CHECKED) return false;
    for (uint32_t i = 0; i < CHECKED; i++) {
        float number;
        uint32_t bits = wr_le32(at + 4 * i);
        memcpy(&number, &bits, sizeof number);
        for (uint32_t k = 2; !first && k <= LARGEST_FIRST; k++)
            if (number > wr_log2(k) - 1e-4f && number < wr_log2(k) + 1e-4f) first = k;
        float expected = wr_log2(first ? first + i : 1);
        if (!first || number < expected - 1e-4f || number > expected + 1e-4f) return false;
    }
    return true;
}

// --- Runs ---

// Kinds that are found beside each other in one table; 0: no table.
static unsigned family_of(wr_data_kind kind) {
    switch (kind) {
    case WR_KIND_FLOATS: return 1;
    case WR_KIND_HALVES: return 2;
    case WR_KIND_BYTES:
    case WR_KIND_DENSE: return 3;
    case WR_KIND_WORDS: return 4;
    case WR_KIND_FILES: return 5;
    case WR_KIND_PACKED: return 6;
    default: return 0;
    }
}

static void push(wr_large_finder *f, wr_data_kind kind, const uint8_t *at, uint64_t n) {
    wr_large_piece piece = {.kind = kind, .data = f->data, .size = n, .user = WR_NONE};
    piece.offset = (uint64_t)(at - f->segment.p);
    recognize(&piece, at);
    if (kind == WR_KIND_WORDS && are_code_points(at, n))
        piece.known = "ranges of Unicode",
        piece.instead = "no Unicode classes (Rust: regex with default-features = false)";
    if (kind == WR_KIND_FLOATS && are_logarithms(at, n))
        piece.known = "logarithms of whole numbers to base 2", piece.instead = "computing them";
    if (kind == WR_KIND_WORDS && wr_zone_table_recognize(at, n))
        piece.known = "time zones", piece.instead = "CHRONO_TZ_TIMEZONE_FILTER with chrono-tz's feature "
                                                    "filter-by-regex, or the zones of the platform";
    WR_PUSH(f->arena, f->out->v, piece);
}

void wr_large_end(wr_large_finder *f) {
    uint64_t size = f->begin ? (uint64_t)(f->end - f->begin) : 0;
    unsigned best = 0;
    for (unsigned kind = 0; kind < WR_DATA_KINDS; kind++)
        if (f->bytes[kind] > f->bytes[best]) best = kind;
    if (size >= LEAST) push(f, (wr_data_kind)best, f->begin, size);
    memset(f->bytes, 0, sizeof f->bytes);
    f->begin = NULL, f->gap = 0;
}

void wr_large_add(wr_large_finder *f, wr_data_kind kind, const uint8_t *at, size_t n) {
    unsigned family = family_of(kind);
    if (kind == WR_KIND_STRINGS && n >= LEAST_TEXT && !f->joins_texts) {
        wr_large_end(f);
        push(f, kind, at, n);
        return;
    }
    if (f->begin && family != f->family) {
        f->gap += n;
        uint64_t most = (uint64_t)(f->end - f->begin) / GAP_SHARE;
        if (f->gap <= (most < LONGEST_GAP ? LONGEST_GAP : most)) return;
        wr_large_end(f);
    }
    if (!family) return;
    if (!f->begin) f->begin = at, f->family = family;
    f->end = at + n;
    f->gap = 0;
    f->bytes[kind] += n;
}

// --- Users ---

static int by_address(const void *a, const void *b) {
    const wr_large_piece *x = a, *y = b;
    if (x->address != y->address) return x->address < y->address ? -1 : 1;
    return x->data < y->data ? -1 : x->data > y->data;
}

static int by_size(const void *a, const void *b) {
    const wr_large_piece *x = a, *y = b;
    if (x->size != y->size) return x->size < y->size ? 1 : -1;
    if (x->data != y->data) return x->data < y->data ? -1 : 1;
    return x->offset < y->offset ? -1 : x->offset > y->offset;
}

// The function that names the beginning of a piece is its user before others. Files with a path are used
// through their table.
static void find_users(const wr_audit *a, wr_large_data *large) {
    uint32_t n = large->v.n, at;
    wr_large_piece *v = large->v.v;
    for (uint32_t f = a->m.nfunc_imports; f < a->m.nfuncs; f++) {
        const wr_body_stats *facts = &a->sweep.facts[f];
        uint32_t last = WR_NONE;
        for (uint32_t i = 0; i < facts->nconstants; i++) {
            uint64_t address = facts->constants[i];
            WR_SEARCH(at, 0, n, v[at].address + v[at].size <= address);
            if (at == n || v[at].address > address || v[at].has_path) continue;
            if (at != last) v[at].users++;
            if (v[at].user == WR_NONE || address == v[at].address) v[at].user = f;
            last = at;
        }
    }
}

static void name_file(const wr_audit *a, wr_large_piece *piece) {
    const wr_embedded_files *files = &a->space.files;
    for (uint32_t i = 0; i < files->n; i++) {
        if (files->v[i].data != piece->data || files->v[i].offset != piece->offset) continue;
        piece->known = files->v[i].format, piece->has_path = files->v[i].has_path;
    }
}

void wr_large_complete(const wr_audit *a, wr_large_data *large) {
    uint32_t n = large->v.n, known = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint64_t base = a->places.address[large->v.v[i].data];
        large->v.v[i].address = base == UINT64_MAX ? base : base + large->v.v[i].offset;
        if (large->v.v[i].kind == WR_KIND_FILES) name_file(a, &large->v.v[i]);
    }
    if (n) qsort(large->v.v, n, sizeof *large->v.v, by_address);
    while (known < n && large->v.v[known].address != UINT64_MAX) known++;
    large->v.n = known; // those at known addresses come first
    find_users(a, large);
    large->v.n = n;
    if (n) qsort(large->v.v, n, sizeof *large->v.v, by_size);
}

// --- Text ---

// The first bytes of a text, in quotes.
static void put_preview(wr_buf *out, wr_slice text) {
    enum { PREVIEW = 24 };
    wr_put_format(out, " \"");
    for (size_t i = 0; i < text.n && i < PREVIEW; i++)
        wr_put_u8(out, text.p[i] >= 0x20 && text.p[i] < 0x7f ? text.p[i] : ' ');
    wr_put_format(out, "…\"");
}

const char *wr_large_kind(const wr_large_piece *piece) {
    static const char prefix[] = "tables of ";
    const char *label = piece->known ? piece->known : wr_data_kind_labels[piece->kind];
    if (piece->kind == WR_KIND_STRINGS && !piece->known) return "text";
    return strncmp(label, prefix, strlen(prefix)) ? label : label + strlen(prefix);
}

// The first numbers of a table of floating-point numbers, single or double, whichever look everyday.
static void put_numbers(wr_buf *out, wr_slice table) {
    enum { SHOWN = 4 };
    double doubles[SHOWN];
    bool single = true;
    if (table.n < 8 * SHOWN) return;
    for (size_t i = 0; i < SHOWN; i++) {
        uint32_t bits = wr_le32(table.p + 4 * i), exponent = bits >> 23 & 255;
        single &= !bits || (exponent > 87 && exponent < 167);
    }
    for (size_t i = 0; i < SHOWN; i++) {
        float number;
        memcpy(&number, table.p + 4 * i, sizeof number);
        memcpy(&doubles[i], table.p + 8 * i, sizeof doubles[i]);
        wr_put_format(out, "%s%.3g", i ? ", " : " ", single ? (double)number : doubles[i]);
    }
    wr_put_slice(out, wr_slice_str(", …"));
}

wr_slice wr_large_text(wr_env *env, const wr_audit *a, const wr_large_piece *piece) {
    wr_buf out = wr_buf_in(&env->temp);
    wr_put_format(&out, "%s", wr_large_kind(piece));
    wr_slice bytes = wr_slice_of(a->m.datas[piece->data].bytes.p + piece->offset, (size_t)piece->size);
    if (piece->kind == WR_KIND_STRINGS && !piece->known) put_preview(&out, bytes);
    if (piece->kind == WR_KIND_FLOATS && !piece->known) put_numbers(&out, bytes);
    if (piece->user != WR_NONE) {
        wr_slice name = a->symbols.funcs[piece->user].text;
        wr_put_format(&out, ", by %.*s", (int)name.n, (const char *)name.p);
    }
    if (piece->users > 1) wr_put_format(&out, " and %u more", piece->users - 1);
    return wr_buf_slice(&out);
}
