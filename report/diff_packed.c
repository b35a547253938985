// Compressed sizes of a diff: for each row the bytes of both sides as cuts of their files.
#include "cuts.h"
#include "diff.h"

typedef struct side_cut {
    const wr_diff *d;
    const wr_audit *a;
    wr_slice name; // of a part or a package
    bool after;
    wr_diff_state state;
} side_cut;

static bool is_function(const wr_item *item) { return item->part == WR_PART_CODE || item->part == WR_PART_DECLARATION; }

static bool in_part(const void *arg, const wr_item *item) {
    const side_cut *s = arg;
    if (item->part != WR_PART_CUSTOM) return wr_slice_is(s->name, wr_part_labels[item->part]);
    return wr_slice_starts(s->name, WR_CUSTOM_LABEL) &&
           wr_slice_eq(wr_slice_of(s->name.p + strlen(WR_CUSTOM_LABEL), s->name.n - strlen(WR_CUSTOM_LABEL)), s->a->m.customs[item->index].name);
}

static bool in_group(const void *arg, const wr_item *item) {
    const side_cut *s = arg;
    if (!is_function(item)) return false;
    return wr_slice_eq(s->name, s->after ? wr_diff_group_after(s->d, item->index) : wr_diff_group_before(s->d, item->index));
}

static bool in_state(const void *arg, const wr_item *item) {
    const side_cut *s = arg;
    if (!is_function(item)) return false;
    const uint8_t *state = s->after ? s->d->state_after : s->d->state_before;
    return state[item->index] == s->state;
}

typedef struct measuring {
    wr_env *env;
    wr_diff *d;
    wr_diff_group **rows;
    wr_cut *cuts[2];
    uint32_t n;
} measuring;

static void add_row(measuring *t, wr_diff_group *row, wr_diff_state state, bool (*belongs)(const void *, const wr_item *)) {
    for (unsigned side = 0; side < 2; side++) {
        side_cut s = {t->d, side ? t->d->after : t->d->before, row->name, side, state};
        t->cuts[side][t->n] = (wr_cut){.ranges = wr_ranges_of_items(&t->env->perm, &s.a->inv, belongs, &s)};
    }
    t->rows[t->n++] = row;
}

void wr_measure_diff(wr_pool *pool, wr_diff *d, wr_codec codec, uint32_t top) {
    wr_env *env = wr_main_env(pool);
    uint32_t ngroups = d->ngroups < top ? d->ngroups : top;
    size_t most = (size_t)d->nparts + ngroups + WR_DIFF_STATES;
    measuring t = {env, d, WR_NEW(&env->perm, wr_diff_group *, most), {WR_NEW(&env->perm, wr_cut, most), WR_NEW(&env->perm, wr_cut, most)}, 0};
    for (uint32_t i = 0; i < d->nparts; i++) add_row(&t, &d->parts[i], WR_DIFF_STATES, in_part);
    for (uint32_t i = 0; i < ngroups; i++) add_row(&t, &d->groups[i], WR_DIFF_STATES, in_group);
    for (unsigned state = 0; state < WR_DIFF_STATES; state++)
        if (d->state_count[state]) add_row(&t, &d->states[state], (wr_diff_state)state, in_state);
    d->codec = codec;
    d->old_packed = wr_measure_cuts(pool, d->before->m.input, codec, t.cuts[0], t.n);
    d->new_packed = wr_measure_cuts(pool, d->after->m.input, codec, t.cuts[1], t.n);
    for (uint32_t i = 0; i < t.n; i++) {
        t.rows[i]->old_packed = t.cuts[0][i].cost;
        t.rows[i]->new_packed = t.cuts[1][i].cost;
        t.rows[i]->is_packed = true;
    }
}
