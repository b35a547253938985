// Names the largest tables, texts and files in data, each with a function that refers to it: a program may be
// able to do without them, to compute them, or to load them when they are needed.
#include "advice.h"

#include <inttypes.h>

#include "report/audit/large_data.h"
#include "support/format.h"

enum {
    LEAST_SHARE = 25, // a row is worth it from a 25th of the file
    LEAST_SHARE_UNKNOWN = 4,
    MOST_USERS = 16,
    MOST_ROWS = 2,
    LEAST_COPIES = 100,
    MOST_READ = 16,
    NEAR = 64
};

static wr_slice where_text(wr_adviser *v, const wr_large_piece *piece) {
    if (piece->address == UINT64_MAX) return wr_advice_text(v, "in data segment %u", piece->data);
    return wr_advice_text(v, "at address %#" PRIx64, piece->address);
}

// Files that --embed-file put there, of which this is the largest.
static void add_files(wr_adviser *v, const wr_large_piece *file, uint32_t n, uint64_t bytes) {
    wr_advice_row row = {.bytes = bytes, .counted = true, .risk = "they are loaded as a file of their own"};
    row.command = wr_slice_str("emcc --preload-file in place of --embed-file");
    row.reason = wr_advice_text(v, "%u embedded file%s, the largest %s", n, n > 1 ? "s" : "", file->known);
    WR_PUSH(&v->env->perm, v->rows, row);
}

// Pieces of one kind, of which this is the largest.
static void add_pieces(wr_adviser *v, const wr_large_piece *piece, uint32_t n, uint64_t bytes) {
    wr_slice file = wr_advice_file(v), what = wr_large_text(v->env, v->a, piece),
             where = where_text(v, piece);
    wr_advice_row row = {.bytes = bytes, .counted = true, .risk = "the program has to do without it"};
    wr_slice more = {0};
    if (n > 1) more = wr_advice_text(v, "; %u more such", n - 1);
    if (piece->user == WR_NONE)
        row.command = wr_advice_text(v, "wring audit --top=40 %.*s", (int)file.n, (const char *)file.p);
    else
        row.command =
            wr_advice_text(v, "wring audit why %u %.*s", piece->user, (int)file.n, (const char *)file.p);
    row.reason = wr_advice_text(v, "in data, %.*s: %.*s%.*s%s%s", (int)where.n, (const char *)where.p,
                                (int)what.n, (const char *)what.p, (int)more.n, (const char *)more.p,
                                piece->instead ? "; instead: " : "", piece->instead ? piece->instead : "");
    WR_PUSH(&v->env->perm, v->rows, row);
}

// Whether two pieces are of one kind; files are each what they are, unless the same option put them there.
static bool are_alike(const wr_large_piece *a, const wr_large_piece *b) {
    if (a->has_path && b->has_path) return true;
    return a->kind == b->kind && a->kind != WR_KIND_FILES && !strcmp(wr_large_kind(a), wr_large_kind(b));
}

// Whether nobody could say what to do about pieces: what they are isn't known, nor one place that uses them.
static bool say_nothing(const wr_adviser *v, const wr_large_piece *piece, uint64_t bytes) {
    bool used_at_one_place = piece->user != WR_NONE && piece->users <= MOST_USERS;
    return !piece->known && piece->kind != WR_KIND_STRINGS && !used_at_one_place &&
           bytes * LEAST_SHARE_UNKNOWN < v->a->m.input.n;
}

static bool is_first(const wr_large_data *large, uint32_t i) {
    for (uint32_t k = 0; k < i; k++)
        if (are_alike(&large->v.v[k], &large->v.v[i])) return false;
    return true;
}

static wr_slice piece_bytes(const wr_audit *a, const wr_large_piece *piece) {
    return wr_slice_of(a->m.datas[piece->data].bytes.p + piece->offset, (size_t)piece->size);
}

// Pieces with the same bytes; the largest come first, so equal ones stand near each other; those far apart
// are not found.
static void advise_on_copies(wr_adviser *v) {
    const wr_large_data *large = &v->a->large;
    const wr_large_piece *first = NULL;
    uint64_t bytes = 0;
    uint32_t copies = 0;
    for (uint32_t i = 1; i < large->v.n; i++)
        for (uint32_t k = i; k-- && i - k < NEAR && large->v.v[k].size == large->v.v[i].size;) {
            const wr_large_piece *piece = &large->v.v[k];
            if (!wr_slice_eq(piece_bytes(v->a, piece), piece_bytes(v->a, &large->v.v[i]))) continue;
            if (!first) first = piece;
            bytes += piece->size, copies++;
            break;
        }
    if (!first || bytes * LEAST_COPIES < v->a->m.input.n) return;
    wr_slice what = wr_large_text(v->env, v->a, first);
    wr_slice text =
        wr_advice_text(v, "one copy of each table: %s bytes of data are copies, %u in all, as of %.*s",
                       wr_format_thousands(bytes).s, copies, (int)what.n, (const char *)what.p);
    WR_PUSH(&v->env->perm, v->rebuild, text);
}

void wr_advice_on_data(wr_adviser *v) {
    const wr_large_data *large = &v->a->large;
    for (uint32_t i = 0, added = 0; i < large->v.n && i < MOST_READ && added < MOST_ROWS; i++) {
        uint64_t bytes = 0;
        uint32_t n = 0;
        if (!is_first(large, i)) continue;
        for (uint32_t k = i; k < large->v.n; k++)
            if (k == i || are_alike(&large->v.v[i], &large->v.v[k])) bytes += large->v.v[k].size, n++;
        if (bytes * LEAST_SHARE < v->a->m.input.n || say_nothing(v, &large->v.v[i], bytes)) continue;
        (large->v.v[i].has_path ? add_files : add_pieces)(v, &large->v.v[i], n, bytes);
        added++;
    }
    advise_on_copies(v);
    wr_arena_reset(&v->env->temp);
}
