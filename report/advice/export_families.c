// Exports whose names begin with the same word, as generated bindings have for each class:
//
//   (export "pubkey_constructor" …) (export "pubkey_toString" …) (export "pubkey_equals" …)
//
// A program that doesn't use the class can do without them all, so what goes with them together is worth a
// row even if each one keeps little. And if most exports are of a few instructions, as bindings of fields and
// methods are, a hint says what they take with their entries.
#include "advice.h"

#include <stdlib.h>

#include "report/audit/retained_set.h"
#include "support/format.h"

enum {
    LEAST_MEMBERS = 4, // of a family
    LEAST_WORD = 3,    // bytes of its name
    TRIED = 8,         // families, those first whose own functions are largest
    LEAST_SHARE = 60,  // a row is worth it from a 60th of the file
    LEAST_BYTES = 1024,
    SMALL_BODY = 100,      // bytes of a function that hands on
    LEAST_SMALL = 200,     // exports of such functions
    LEAST_SMALL_SHARE = 20 // their bytes are worth a hint from a 20th of the file
};

typedef struct family {
    wr_slice word;
    uint32_t first, members; // in the sorted exports
    uint64_t bytes;          // of the functions
} family;

typedef struct families {
    const wr_export **exports; // of functions, by name
    uint32_t nexports;
    WR_VEC(family) v;
} families;

static int by_name(const void *a, const void *b) {
    const wr_export *x = *(const wr_export *const *)a, *y = *(const wr_export *const *)b;
    return wr_slice_order(x->name, y->name);
}

static int by_bytes(const void *a, const void *b) {
    const family *x = a, *y = b;
    if (x->bytes != y->bytes) return x->bytes < y->bytes ? 1 : -1;
    return x->first < y->first ? -1 : x->first > y->first;
}

// Up to the first underscore behind those at the start, which are part of it.
static wr_slice word_of(wr_slice name) {
    size_t n = 0;
    while (n < name.n && name.p[n] == '_') n++;
    size_t from = n;
    while (n < name.n && name.p[n] != '_') n++;
    return n == name.n || n - from < LEAST_WORD ? (wr_slice){0} : wr_slice_of(name.p, n + 1);
}

static bool is_of(wr_slice name, wr_slice word) {
    return word.n && name.n >= word.n && !memcmp(name.p, word.p, word.n);
}

// Names that a command can hold as they are.
static bool is_plain(wr_slice word) {
    for (size_t i = 0; i < word.n; i++)
        if (word.p[i] == '\'' || word.p[i] == ',' || word.p[i] == '*' || word.p[i] < 0x20) return false;
    return true;
}

static void sort_exports(wr_adviser *v, families *f) {
    const wr_module *m = &v->a->m;
    f->exports = WR_NEW(&v->env->temp, const wr_export *, m->nexports);
    for (uint32_t i = 0; i < m->nexports; i++)
        if (m->exports[i].space == WR_FUNC && m->exports[i].index >= m->nfunc_imports)
            f->exports[f->nexports++] = &m->exports[i];
    if (f->nexports) qsort(f->exports, f->nexports, sizeof *f->exports, by_name);
}

static bool is_toolchains(wr_slice name) { return name.n && name.p[0] == '_'; }

static void find_families(wr_adviser *v, families *f) {
    uint32_t own = 0; // of the program
    sort_exports(v, f);
    for (uint32_t i = 0; i < f->nexports; i++) own += !is_toolchains(f->exports[i]->name);
    for (uint32_t i = 0, k; i < f->nexports; i = k) {
        family one = {.word = word_of(f->exports[i]->name), .first = i};
        for (k = i; k < f->nexports && (k == i || is_of(f->exports[k]->name, one.word)); k++)
            one.bytes += wr_func_bytes(v->a, f->exports[k]->index);
        one.members = k - i;
        // The toolchain's own, and those that are nearly all there is, are no part that could go.
        if (!one.word.n || one.members < LEAST_MEMBERS || one.members * 3 > own * 2 || !is_plain(one.word) ||
            is_toolchains(one.word))
            continue;
        WR_PUSH(&v->env->temp, f->v, one);
    }
    if (f->v.n) qsort(f->v.v, f->v.n, sizeof *f->v.v, by_bytes);
}

// The bytes that go with the functions of a family; those that are exported under other names too stay.
static uint64_t retained_by(wr_adviser *v, const families *f, const family *one) {
    const wr_audit *a = v->a;
    uint8_t *gone = WR_NEW0(&v->env->temp, uint8_t, a->graph.n);
    for (uint32_t i = 0; i < one->members; i++)
        gone[a->graph.base[WR_FUNC] + f->exports[one->first + i]->index] = 1;
    for (uint32_t i = 0; i < f->nexports; i++)
        if (i < one->first || i >= one->first + one->members)
            gone[a->graph.base[WR_FUNC] + f->exports[i]->index] = 0;
    return wr_retained_set_find(v->env, a, gone).bytes;
}

static void add_family(wr_adviser *v, const family *one, uint64_t bytes) {
    wr_slice word = one->word;
    wr_slice options = wr_advice_text(v, "-Oz --remove-exports='%.*s*'", (int)word.n, (const char *)word.p);
    wr_advice_row row = {.bytes = bytes, .risk = "breaks hosts that call them"};
    row.command = wr_advice_shrink(v, (const char *)options.p);
    row.reason =
        wr_advice_text(v, "if nobody calls these %u exports: together they alone keep so much", one->members);
    WR_PUSH(&v->env->perm, v->rows, row);
}

static void advise_on_best(wr_adviser *v, const families *f) {
    const family *best = NULL;
    uint64_t most = 0;
    for (uint32_t i = 0; i < f->v.n && i < TRIED; i++) {
        wr_mark mark = wr_arena_mark(&v->env->temp);
        uint64_t bytes = retained_by(v, f, &f->v.v[i]);
        wr_arena_release(&v->env->temp, &mark);
        if (bytes > most) most = bytes, best = &f->v.v[i];
    }
    if (best && most >= LEAST_BYTES && most * LEAST_SHARE >= v->a->m.input.n &&
        most * 10 <= (uint64_t)v->a->m.input.n * 7)
        add_family(v, best, most);
}

// Bytes of an entry of the export section: its name and two numbers around the kind.
static uint64_t entry_bytes(const wr_export *export) { return export->name.n + 2 + 2; }

static void hint_at_small_ones(wr_adviser *v, const families *f) {
    uint8_t *seen = WR_NEW0(&v->env->temp, uint8_t, v->a->m.nfuncs);
    uint64_t bytes = 0;
    uint32_t small = 0;
    for (uint32_t i = 0; i < f->nexports; i++) {
        uint64_t body = wr_func_bytes(v->a, f->exports[i]->index);
        if (body > SMALL_BODY) continue;
        small++;
        bytes += entry_bytes(f->exports[i]);
        if (!seen[f->exports[i]->index]) bytes += body;
        seen[f->exports[i]->index] = 1;
    }
    if (small < LEAST_SMALL || bytes * LEAST_SMALL_SHARE < v->a->m.input.n) return;
    wr_slice text = wr_advice_text(
        v,
        "bind fewer classes and members: of %s exports, %s lead to functions of a few "
        "instructions, together %s bytes",
        wr_format_thousands(f->nexports).s, wr_format_thousands(small).s, wr_format_thousands(bytes).s);
    WR_PUSH(&v->env->perm, v->rebuild, text);
}

void wr_advice_on_export_families(wr_adviser *v) {
    families f = {0};
    find_families(v, &f);
    advise_on_best(v, &f);
    hint_at_small_ones(v, &f);
    wr_arena_reset(&v->env->temp);
}
