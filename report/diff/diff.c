// The diff: matched functions side by side, and sums by package and part. The order of rows depends on the
// modules alone, so that two reports can be compared line by line.
#include "diff.h"

#include <stdlib.h>

#include "support/hash.h"

typedef struct differ {
    wr_env *env;
    wr_diff *d;
} differ;

static uint64_t change(uint64_t before, uint64_t after) {
    return before < after ? after - before : before - after;
}

// --- Functions ---

static int by_change(const void *a, const void *b) {
    const wr_diff_row *x = a, *y = b;
    uint64_t cx = change(x->old_bytes, x->new_bytes), cy = change(y->old_bytes, y->new_bytes);
    if (cx != cy) return cx < cy ? 1 : -1;
    if (x->before != y->before) return x->before < y->before ? -1 : 1;
    return x->after < y->after ? -1 : x->after > y->after;
}

static void add_row(differ *t, uint32_t before, uint32_t after) {
    wr_diff *d = t->d;
    wr_diff_row row = {.before = before, .after = after};
    if (before != WR_NONE) row.old_bytes = wr_func_bytes(d->before, before);
    if (after != WR_NONE) row.new_bytes = wr_func_bytes(d->after, after);
    bool pair = before != WR_NONE && after != WR_NONE;
    bool equal = pair && wr_slice_eq(d->before->m.funcs[before].body, d->after->m.funcs[after].body);
    bool alike = pair && row.old_bytes == row.new_bytes &&
                 d->before->sweep.facts[before].shape == d->after->sweep.facts[after].shape;
    d->added += before == WR_NONE;
    d->removed += after == WR_NONE;
    d->same += equal && alike;
    d->renumbered += !equal && alike;
    d->edited += pair && !alike;
    if (alike) return;
    d->rows[d->nrows++] = row;
    wr_diff_state state = wr_diff_state_of(&row);
    d->states[state].old_bytes += row.old_bytes;
    d->states[state].new_bytes += row.new_bytes;
    d->state_count[state]++;
    if (before != WR_NONE) d->state_before[before] = (uint8_t)state;
    if (after != WR_NONE) d->state_after[after] = (uint8_t)state;
}

static void list_functions(differ *t) {
    wr_diff *d = t->d;
    const wr_module *a = &d->before->m, *b = &d->after->m;
    d->state_before = memset(WR_NEW(&t->env->perm, uint8_t, a->nfuncs), WR_DIFF_STATES, a->nfuncs);
    d->state_after = memset(WR_NEW(&t->env->perm, uint8_t, b->nfuncs), WR_DIFF_STATES, b->nfuncs);
    d->rows = WR_NEW(&t->env->perm, wr_diff_row, (size_t)a->nfuncs + b->nfuncs);
    for (uint32_t f = a->nfunc_imports; f < a->nfuncs; f++) add_row(t, f, d->matching.after[f]);
    for (uint32_t f = b->nfunc_imports; f < b->nfuncs; f++)
        if (d->matching.before[f] == WR_NONE) add_row(t, WR_NONE, f);
    if (d->nrows) qsort(d->rows, d->nrows, sizeof *d->rows, by_change);
}

// --- Groups ---

static int by_name(const void *a, const void *b) {
    return wr_slice_order(((const wr_diff_group *)a)->name, ((const wr_diff_group *)b)->name);
}

static int by_group_change(const void *a, const void *b) {
    const wr_diff_group *x = a, *y = b;
    uint64_t cx = change(x->old_bytes, x->new_bytes), cy = change(y->old_bytes, y->new_bytes);
    return cx != cy ? (cx < cy ? 1 : -1) : by_name(a, b);
}

// Merges groups of the same name, drops those without a change, and sorts them. Returns the number left.
static uint32_t join_groups(wr_diff_group *groups, uint32_t n) {
    uint32_t joined = 0, kept = 0;
    if (!n) return 0;
    qsort(groups, n, sizeof *groups, by_name);
    for (uint32_t i = 0; i < n; i++) {
        if (joined && wr_slice_eq(groups[joined - 1].name, groups[i].name)) {
            groups[joined - 1].old_bytes += groups[i].old_bytes;
            groups[joined - 1].new_bytes += groups[i].new_bytes;
        } else {
            groups[joined++] = groups[i];
        }
    }
    for (uint32_t i = 0; i < joined; i++)
        if (groups[i].old_bytes != groups[i].new_bytes) groups[kept++] = groups[i];
    if (kept) qsort(groups, kept, sizeof *groups, by_group_change);
    return kept;
}

// A function without a name of its own counts to its partner's package, so that a module that lost its names
// can still be compared. So does one without a package: a prefix of C names counts as one where enough
// functions share it, which may be so in one of the modules only and is no move.
static wr_slice group_of_pair(const wr_audit *a, uint32_t f, const wr_audit *other, uint32_t partner) {
    wr_slice own = wr_audit_group_name(a, f);
    if (partner == WR_NONE) return own;
    bool named = a->symbols.funcs[f].raw.n > 0, has_package = own.n && own.p[0] != '(';
    return named && has_package ? own : wr_audit_group_name(other, partner);
}

wr_slice wr_diff_group_after(const wr_diff *d, uint32_t f) {
    return group_of_pair(d->after, f, d->before, d->matching.before[f]);
}

wr_slice wr_diff_group_before(const wr_diff *d, uint32_t f) {
    return group_of_pair(d->before, f, d->after, d->matching.after[f]);
}

wr_slice wr_diff_group_name(const wr_diff *d, const wr_diff_row *row) {
    return row->after == WR_NONE ? wr_diff_group_before(d, row->before) : wr_diff_group_after(d, row->after);
}

static void list_groups(differ *t) {
    wr_diff *d = t->d;
    const wr_module *a = &d->before->m, *b = &d->after->m;
    uint32_t n = 0;
    d->groups = WR_NEW(&t->env->perm, wr_diff_group, (size_t)a->nfuncs + b->nfuncs);
    for (uint32_t f = a->nfunc_imports; f < a->nfuncs; f++)
        d->groups[n++] =
            (wr_diff_group){.name = wr_diff_group_before(d, f), .old_bytes = wr_func_bytes(d->before, f)};
    for (uint32_t f = b->nfunc_imports; f < b->nfuncs; f++)
        d->groups[n++] =
            (wr_diff_group){.name = wr_diff_group_after(d, f), .new_bytes = wr_func_bytes(d->after, f)};
    d->ngroups = join_groups(d->groups, n);
}

// --- Parts ---

static wr_slice custom_label(wr_env *env, wr_slice name) {
    wr_buf b = wr_buf_in(&env->perm);
    wr_put_format(&b, WR_CUSTOM_LABEL "%.*s", (int)name.n, (const char *)name.p);
    return wr_buf_slice(&b);
}

static uint32_t add_parts(wr_env *env, const wr_audit *a, bool after, wr_diff_group *out) {
    uint32_t n = 0;
    for (unsigned part = 0; part < WR_PARTS; part++)
        if (part != WR_PART_CUSTOM)
            out[n++] = (wr_diff_group){.name = wr_slice_str(wr_size_map_part_labels[part]),
                                       .old_bytes = a->inv.bytes[part]};
    for (uint32_t i = 0; i < a->m.ncustoms; i++)
        out[n++] = (wr_diff_group){.name = custom_label(env, a->m.customs[i].name),
                                   .old_bytes = a->inv.custom_size[i]};
    for (uint32_t i = 0; i < n && after; i++) {
        out[i].new_bytes = out[i].old_bytes;
        out[i].old_bytes = 0;
    }
    return n;
}

static void list_parts(differ *t) {
    wr_diff *d = t->d;
    size_t most = 2 * WR_PARTS + d->before->m.ncustoms + d->after->m.ncustoms;
    d->parts = WR_NEW(&t->env->perm, wr_diff_group, most);
    uint32_t n = add_parts(t->env, d->before, false, d->parts);
    n += add_parts(t->env, d->after, true, d->parts + n);
    d->nparts = join_groups(d->parts, n);
}

// --- Data ---

static void list_kinds(differ *t) {
    wr_diff *d = t->d;
    d->kinds = WR_NEW(&t->env->perm, wr_diff_group, WR_DATA_KINDS);
    for (unsigned kind = 0; kind < WR_DATA_KINDS; kind++)
        d->kinds[kind] = (wr_diff_group){.name = wr_slice_str(wr_data_kind_labels[kind]),
                                         .old_bytes = d->before->data.bytes[kind],
                                         .new_bytes = d->after->data.bytes[kind]};
    d->nkinds = join_groups(d->kinds, WR_DATA_KINDS);
}

static wr_slice segment_name(wr_env *env, const wr_audit *a, uint32_t i) {
    return wr_symbols_entity_name(&env->perm, &a->symbols, WR_DATA, i);
}

static void list_segments(differ *t) {
    wr_diff *d = t->d;
    uint32_t n = d->before->m.ndatas;
    d->segments = WR_NEW0(&t->env->perm, wr_diff_group, (size_t)n + d->after->m.ndatas);
    for (uint32_t i = 0; i < n; i++)
        d->segments[i] = (wr_diff_group){.name = segment_name(t->env, d->before, i),
                                         .old_bytes = d->before->inv.size[WR_DATA][i]};
    for (uint32_t i = 0; i < d->after->m.ndatas; i++) {
        uint32_t place = d->data.before[i];
        if (place == WR_NONE)
            d->segments[place = n++] = (wr_diff_group){.name = segment_name(t->env, d->after, i)};
        d->segments[place].new_bytes += d->after->inv.size[WR_DATA][i];
    }
    uint32_t kept = 0;
    for (uint32_t i = 0; i < n; i++)
        if (d->segments[i].old_bytes != d->segments[i].new_bytes) d->segments[kept++] = d->segments[i];
    d->nsegments = kept;
    if (kept) qsort(d->segments, kept, sizeof *d->segments, by_group_change);
}

// Static symbols of several files may share a name; they count as one.
static void list_symbols(differ *t) {
    wr_diff *d = t->d;
    const wr_linking *a = &d->before->linking, *b = &d->after->linking;
    uint32_t n = 0;
    if (!a->n || !b->n) return;
    d->symbols = WR_NEW(&t->env->perm, wr_diff_group, (size_t)a->n + b->n);
    for (uint32_t i = 0; i < a->n; i++)
        d->symbols[n++] = (wr_diff_group){.name = wr_data_symbol_text(t->env, d->before, &a->v[i]),
                                          .old_bytes = a->v[i].size};
    for (uint32_t i = 0; i < b->n; i++)
        d->symbols[n++] = (wr_diff_group){.name = wr_data_symbol_text(t->env, d->after, &b->v[i]),
                                          .new_bytes = b->v[i].size};
    d->nsymbols = join_groups(d->symbols, n);
}

void wr_diff_make(wr_pool *pool, const wr_audit *before, const wr_audit *after, wr_diff *d) {
    wr_env *env = wr_main_env(pool);
    wr_side a = wr_side_of(before), b = wr_side_of(after);
    *d = (wr_diff){.before = before, .after = after};
    for (unsigned state = 0; state < WR_DIFF_STATES; state++)
        d->states[state].name = wr_slice_str(wr_diff_state_words[state]);
    wr_function_match(pool, &a, &b, &d->matching);
    wr_arena_reset(&env->temp);
    differ t = {env, d};
    list_functions(&t);
    list_groups(&t);
    list_parts(&t);
    wr_data_match(env, before, after, &d->data);
    list_kinds(&t);
    list_segments(&t);
    list_symbols(&t);
}
