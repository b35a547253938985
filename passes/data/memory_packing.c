// Lays out data segments anew.
//
//   (data (i32.const 0) "\00\00\00\00\00\00\00\00ab")   (data (i32.const 12) "cd")
// becomes
//   (data (i32.const 8) "ab\00\00cd")
//
// If every active segment is known to be in bounds, the segments leave a fixed image in memory before any
// code runs. New segments are chosen for that image: zeros at the ends and long runs of zeros are left out,
// since a fresh memory is zero, and neighbours are joined where the gap between them costs less than a
// segment header.
//
// Limits: an imported memory is not known to be zero, unless the user says so, so there only segments that
// touch or overlap are joined. A memory with an active segment that code names (memory.init, data.drop) is
// left alone. So are imported memories that may be the same memory, as the segments of one may then overwrite
// those of the other. Passive segments are for memory_packing_passive.c. Binaryen's memory-packing has the
// same purpose.
#include "memory_packing.h"

#include <stdlib.h>

#include "ir/asm.h"
#include "ir/edit.h"
#include "analysis/aliases.h"
#include "analysis/segments.h"
#include "support/buf.h"

// Engines refuse a module with more segments than this (V8's limit is 100,000).
#define MAX_SEGMENTS 90000

typedef struct piece {
    uint64_t at;
    wr_slice bytes;
    uint32_t order; // position of the segment among those of its memory
} piece;

typedef WR_VEC(piece) pieces;

typedef struct relayout {
    wr_context *c;
    wr_module *m;
    uint32_t memory;
    bool zero; // the memory is known to be zero before segments are written
    bool few;  // short gaps are kept, since otherwise there are too many segments
    pieces old, runs, out;
} relayout;

static int by_place(const void *a, const void *b) {
    const piece *x = a, *y = b;
    if (x->at != y->at) return x->at < y->at ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

static int by_order(const void *a, const void *b) {
    const piece *x = a, *y = b;
    return x->order < y->order ? -1 : x->order > y->order;
}

static void collect_old(relayout *r) {
    for (uint32_t i = 0; i < r->m->ndatas; i++) {
        const wr_data *data = &r->m->datas[i];
        piece p = {.bytes = data->bytes, .order = i};
        if (!data->live || data->mode != WR_ACTIVE || data->memory != r->memory || data->bytes.n == 0)
            continue;
        wr_segments_const_offset(r->c->env, data->at, &p.at);
        WR_PUSH(&r->c->env->temp, r->old, p);
    }
    if (r->old.n) qsort(r->old.v, r->old.n, sizeof(piece), by_place);
}

// Merges overlapping pieces into one, written in the order of the segments.
static piece flatten(relayout *r, piece *cluster, uint32_t n, uint64_t end) {
    if (n == 1) return cluster[0];
    uint64_t at = cluster[0].at;
    uint8_t *bytes = WR_NEW(&r->c->env->perm, uint8_t, end - at);
    qsort(cluster, n, sizeof *cluster, by_order);
    for (uint32_t i = 0; i < n; i++)
        memcpy(bytes + (cluster[i].at - at), cluster[i].bytes.p, cluster[i].bytes.n);
    return (piece){.at = at, .bytes = wr_slice_of(bytes, end - at)};
}

static void flatten_overlaps(relayout *r) {
    uint32_t n = 0;
    for (uint32_t i = 0, k; i < r->old.n; i = k) {
        uint64_t end = r->old.v[i].at + r->old.v[i].bytes.n;
        for (k = i + 1; k < r->old.n && r->old.v[k].at < end; k++) {
            uint64_t other = r->old.v[k].at + r->old.v[k].bytes.n;
            if (other > end) end = other;
        }
        r->old.v[n++] = flatten(r, &r->old.v[i], k - i, end);
    }
    r->old.n = n;
}

// A header takes at least this many bytes, so shorter runs of zeros always stay.
#define SHORT_GAP 5

// A compressor shrinks a run of zeros up to this long to next to nothing, but has to code each header.
#define SQUEEZED_GAP 16

// Cuts a piece at runs of zeros longer than SHORT_GAP, and drops zeros at its ends.
static void cut_zeros(relayout *r, const piece *p) {
    const uint8_t *bytes = p->bytes.p;
    size_t n = p->bytes.n;
    for (size_t i = 0; i < n;) {
        while (i < n && bytes[i] == 0) i++;
        if (i == n) return;
        size_t end = i, k = i;
        while (k < n && k - end <= SHORT_GAP) {
            if (bytes[k]) end = k + 1;
            k++;
        }
        piece run = {.at = p->at + i, .bytes = wr_slice_of(bytes + i, end - i)};
        WR_PUSH(&r->c->env->temp, r->runs, run);
        i = end;
    }
}

static size_t header_size(const relayout *r, uint64_t at) {
    bool is64 = r->m->memories[r->memory].limits.is64;
    int64_t value = is64 ? (int64_t)at : (int64_t)(int32_t)at;
    return 3u + (r->memory ? wr_uleb_size(r->memory) : 0) + wr_sleb_size(value);
}

// Whether joining two neighbours, including the zeros between them, takes no more bytes than keeping both.
static bool joins(const relayout *r, uint64_t at, size_t n, const piece *next) {
    uint64_t gap = next->at - (at + n);
    if (!r->zero && gap > 0) return false;
    if (gap > 64) return false;
    if (gap <= SQUEEZED_GAP && (r->few || r->c->config->objective != WR_FOR_RAW)) return true;
    size_t joined = wr_uleb_size(n + gap + next->bytes.n) + gap;
    return joined <= wr_uleb_size(n) + wr_uleb_size(next->bytes.n) + header_size(r, next->at);
}

// Copies a chain of neighbours into one piece.
static piece join(relayout *r, const piece *chain, uint32_t n, size_t size) {
    if (n == 1) return chain[0];
    uint8_t *bytes = wr_zero_items(WR_NEW(&r->c->env->perm, uint8_t, size), size);
    for (uint32_t i = 0; i < n; i++)
        memcpy(bytes + (chain[i].at - chain[0].at), chain[i].bytes.p, chain[i].bytes.n);
    return (piece){.at = chain[0].at, .bytes = wr_slice_of(bytes, size)};
}

static bool is_zero(const uint8_t *p, const uint8_t *end) {
    while (p < end && *p == 0) p++;
    return p == end;
}

// Whether a chain lies in the input as it does in memory, so that it needs no copy. The gaps must be checked:
// in the input, a gap may hold something else, such as a segment's header of the same length.
static bool is_contiguous(const piece *chain, uint32_t n) {
    for (uint32_t i = 1; i < n; i++)
        if (chain[i].bytes.p != chain[0].bytes.p + (chain[i].at - chain[0].at) ||
            !is_zero(chain[i - 1].bytes.p + chain[i - 1].bytes.n, chain[i].bytes.p))
            return false;
    return true;
}

static void join_runs(relayout *r) {
    for (uint32_t i = 0, k; i < r->runs.n; i = k) {
        const piece *first = &r->runs.v[i];
        size_t n = first->bytes.n;
        for (k = i + 1; k < r->runs.n && joins(r, first->at, n, &r->runs.v[k]); k++)
            n = r->runs.v[k].at + r->runs.v[k].bytes.n - first->at;
        piece joined = is_contiguous(first, k - i)
                           ? (piece){.at = first->at, .bytes = wr_slice_of(first->bytes.p, n)}
                           : join(r, first, k - i, n);
        WR_PUSH(&r->c->env->temp, r->out, joined);
    }
}

static wr_expr offset_expr(relayout *r, uint64_t at) {
    bool is64 = r->m->memories[r->memory].limits.is64;
    return wr_asm_const(&r->c->env->perm, is64 ? I64(at) : I32(at));
}

static size_t total_size(const relayout *r, const pieces *list) {
    size_t size = 0;
    for (uint32_t i = 0; i < list->n; i++)
        size += header_size(r, list->v[i].at) + wr_uleb_size(list->v[i].bytes.n) + list->v[i].bytes.n;
    return size;
}

// Marks the memory's old segments dead and appends the new ones.
static void replace(relayout *r) {
    wr_module *m = r->m;
    for (uint32_t i = 0; i < m->ndatas; i++)
        if (m->datas[i].mode == WR_ACTIVE && m->datas[i].memory == r->memory) m->datas[i].live = false;
    for (uint32_t i = 0; i < r->out.n; i++)
        wr_module_add_data(r->c->env, m,
                           (wr_data){.mode = WR_ACTIVE,
                                     .memory = r->memory,
                                     .at = offset_expr(r, r->out.v[i].at),
                                     .bytes = r->out.v[i].bytes,
                                     .live = true});
}

static void relayout_memory(wr_context *c, uint32_t memory) {
    bool imported = c->m->memories[memory].import != WR_NONE;
    relayout r = {.c = c, .m = c->m, .memory = memory, .zero = !imported || c->config->zero_filled_memory};
    collect_old(&r);
    size_t before = total_size(&r, &r.old);
    uint32_t count = r.old.n;
    flatten_overlaps(&r);
    for (uint32_t i = 0; i < r.old.n; i++) {
        if (r.zero)
            cut_zeros(&r, &r.old.v[i]);
        else
            WR_PUSH(&c->env->temp, r.runs, r.old.v[i]);
    }
    join_runs(&r);
    if (r.out.n > MAX_SEGMENTS && r.out.n > count) {
        r.few = true;
        r.out.n = 0;
        join_runs(&r);
        if (r.out.n > MAX_SEGMENTS && r.out.n > count) return;
    }
    if (total_size(&r, &r.out) < before) replace(&r);
}

// Whether a segment may write to this memory through another import.
static bool has_other_name(const wr_module *m, uint32_t memory) {
    if (m->memories[memory].import == WR_NONE) return false;
    for (uint32_t i = 0; i < m->ndatas; i++) {
        const wr_data *data = &m->datas[i];
        if (!data->live || data->mode != WR_ACTIVE || data->bytes.n == 0 || data->memory == memory) continue;
        if (wr_aliases_may_be_same(m, WR_MEMORY, memory, data->memory)) return true;
    }
    return false;
}

void wr_pass_memory_packing(wr_context *c) {
    wr_memory_packing_passive(c);
    if (!wr_segments_cannot_trap(c->env, c->m)) return;
    uint8_t *named = WR_NEW0(&c->env->temp, uint8_t, c->m->nmemories);
    wr_segments_named_memories(c->m, named);
    for (uint32_t i = 0; i < c->m->nmemories; i++)
        if (c->m->memories[i].live && !named[i] && !has_other_name(c->m, i)) relayout_memory(c, i);
}
