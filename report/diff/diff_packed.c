// Compressed sizes of a diff: for each row, the bytes of both sides as cuts of their files.
#include "report/audit/compressed_share.h"
#include "diff.h"

typedef struct side_cut {
    const wr_diff *d;
    const wr_audit *a;
    wr_slice name; // of a part or a package
    bool after;
    wr_diff_state state;
    const wr_diff_row *row; // a function
} side_cut;

static bool is_function(const wr_size_map_item *item) {
    return item->part == WR_PART_CODE || item->part == WR_PART_DECLARATION;
}

static bool in_part(const void *arg, const wr_size_map_item *item) {
    const side_cut *s = arg;
    if (item->part != WR_PART_CUSTOM) return wr_slice_is(s->name, wr_size_map_part_labels[item->part]);
    return wr_slice_starts(s->name, WR_CUSTOM_LABEL) &&
           wr_slice_eq(wr_slice_of(s->name.p + strlen(WR_CUSTOM_LABEL), s->name.n - strlen(WR_CUSTOM_LABEL)),
                       s->a->m.customs[item->index].name);
}

static bool in_group(const void *arg, const wr_size_map_item *item) {
    const side_cut *s = arg;
    if (!is_function(item)) return false;
    return wr_slice_eq(s->name, s->after ? wr_diff_group_after(s->d, item->index)
                                         : wr_diff_group_before(s->d, item->index));
}

static bool in_state(const void *arg, const wr_size_map_item *item) {
    const side_cut *s = arg;
    if (!is_function(item)) return false;
    const uint8_t *state = s->after ? s->d->state_after : s->d->state_before;
    return state[item->index] == s->state;
}

static bool is_row(const void *arg, const wr_size_map_item *item) {
    const side_cut *s = arg;
    return is_function(item) && item->index == (s->after ? s->row->after : s->row->before);
}

// Where the costs of a row go.
typedef struct target {
    int64_t *packed[2];
    bool *is_packed;
} target;

typedef struct measuring {
    wr_env *env;
    wr_diff *d;
    target *targets;
    wr_compressed_share *cuts[2];
    uint32_t n;
} measuring;

static void add_cut(measuring *t, side_cut cut, target to,
                    bool (*belongs)(const void *, const wr_size_map_item *)) {
    for (unsigned side = 0; side < 2; side++) {
        cut.after = side;
        cut.a = side ? t->d->after : t->d->before;
        t->cuts[side][t->n] =
            (wr_compressed_share){.ranges = wr_ranges_of_items(&t->env->perm, &cut.a->inv, belongs, &cut)};
    }
    t->targets[t->n++] = to;
}

static void add_group(measuring *t, wr_diff_group *group, wr_diff_state state,
                      bool (*belongs)(const void *, const wr_size_map_item *)) {
    target to = {{&group->old_packed, &group->new_packed}, &group->is_packed};
    add_cut(t, (side_cut){.d = t->d, .name = group->name, .state = state}, to, belongs);
}

static void add_function(measuring *t, wr_diff_row *row) {
    target to = {{&row->old_packed, &row->new_packed}, &row->is_packed};
    add_cut(t, (side_cut){.d = t->d, .row = row}, to, is_row);
}

static void list_rows(measuring *t, uint32_t top) {
    wr_diff *d = t->d;
    for (uint32_t i = 0; i < d->nparts; i++) add_group(t, &d->parts[i], WR_DIFF_STATES, in_part);
    for (uint32_t i = 0; i < d->ngroups && i < top; i++)
        add_group(t, &d->groups[i], WR_DIFF_STATES, in_group);
    for (unsigned state = 0; state < WR_DIFF_STATES; state++)
        if (d->state_count[state]) add_group(t, &d->states[state], (wr_diff_state)state, in_state);
    for (uint32_t i = 0; i < d->nrows && i < top; i++) add_function(t, &d->rows[i]);
}

typedef struct weighing {
    const wr_diff *d;
    uint64_t largest, packed[2]; // before and after
    wr_lz_model model[2];
} weighing;

// Compresses a side, or models it.
static void weigh(wr_env *env, unsigned worker, void *arg, size_t item) {
    (void)worker;
    weighing *w = arg;
    size_t side = item % 2;
    wr_slice file = side ? w->d->after->m.input : w->d->before->m.input;
    if (item < 2)
        w->packed[side] = wr_compressed_share_whole(env, file, w->d->codec, w->largest);
    else
        wr_lz_model_fill(env, file, &w->model[side]);
}

void wr_diff_measure(wr_pool *pool, wr_diff *d, wr_codec codec, uint32_t top) {
    wr_env *env = wr_main_env(pool);
    size_t most = (size_t)d->nparts + d->ngroups + WR_DIFF_STATES + d->nrows;
    measuring t = {.env = env, .d = d, .targets = WR_NEW(&env->perm, target, most)};
    for (unsigned side = 0; side < 2; side++) t.cuts[side] = WR_NEW(&env->perm, wr_compressed_share, most);
    list_rows(&t, top);
    d->codec = codec;
    uint64_t largest =
        d->before->m.input.n > d->after->m.input.n ? d->before->m.input.n : d->after->m.input.n;
    d->codec_label = wr_compressed_share_label(codec, largest);
    weighing w = {.d = d, .largest = largest};
    w.model[0] = wr_lz_model_room(&env->perm, d->before->m.input.n);
    w.model[1] = wr_lz_model_room(&env->perm, d->after->m.input.n);
    wr_parallel(pool, 4, weigh, &w);
    d->old_packed = w.packed[0], d->new_packed = w.packed[1];
    for (unsigned side = 0; side < 2; side++)
        wr_compressed_share_divide(&w.model[side], w.packed[side], t.cuts[side], t.n);
    for (uint32_t i = 0; i < t.n; i++) {
        for (unsigned side = 0; side < 2; side++) *t.targets[i].packed[side] = t.cuts[side][i].cost;
        *t.targets[i].is_packed = true;
    }
}
