// Measures what a budget limits. A compressed size is that of the bytes in question, concatenated and
// compressed alone.
#include "budget.h"

typedef struct measure {
    wr_env *env;
    const wr_audit *a;
    wr_slice word; // what is measured, without prefix and codec
    uint64_t bytes;
    bool collect; // the bytes themselves, for compression
    wr_buf out;
} measure;

static void add_item(measure *t, const wr_size_map_item *item) {
    t->bytes += item->size;
    if (t->collect) wr_put_bytes(&t->out, t->a->m.input.p + item->offset, item->size);
}

static void measure_items(measure *t, bool (*wants)(const measure *t, const wr_size_map_item *item)) {
    for (uint32_t i = 0; i < t->a->inv.items.n; i++)
        if (wants(t, &t->a->inv.items.v[i])) add_item(t, &t->a->inv.items.v[i]);
}

static bool any_item(const measure *t, const wr_size_map_item *item) { return (void)t, (void)item, true; }
static bool in_part(const measure *t, const wr_size_map_item *item) {
    return wr_slice_is(t->word, wr_size_map_part_keys[item->part]);
}
static bool in_section(const measure *t, const wr_size_map_item *item) {
    return item->part == WR_PART_CUSTOM && wr_slice_eq(t->word, t->a->m.customs[item->index].name);
}
static bool in_group(const measure *t, const wr_size_map_item *item) {
    return (item->part == WR_PART_CODE || item->part == WR_PART_DECLARATION) &&
           wr_slice_eq(t->word, wr_audit_group_name(t->a, item->index));
}

static uint64_t measure_bytes(wr_env *env, const wr_audit *a, const char *what) {
    static const struct {
        const char *prefix;
        bool (*wants)(const measure *t, const wr_size_map_item *item);
    } kinds[] = {{"part.", in_part}, {"section.", in_section}, {"group.", in_group}};
    wr_codec codec;
    wr_slice word = wr_budget_split_codec(what, &codec);
    measure t = {.env = env, .a = a, .collect = codec != WR_CODEC_RAW, .out = wr_buf_in(&env->temp)};
    if (wr_slice_is(word, "file")) measure_items(&t, any_item);
    for (size_t i = 0; i < WR_COUNT(kinds); i++) {
        size_t n = strlen(kinds[i].prefix);
        if (!wr_slice_starts(word, kinds[i].prefix)) continue;
        t.word = (wr_slice){word.p + n, word.n - n};
        measure_items(&t, kinds[i].wants);
    }
    uint64_t bytes = t.collect ? wr_codec_size(codec, wr_buf_slice(&t.out)) : t.bytes;
    if (t.collect && !bytes) wr_throw(env, WR_NOMEM, WR_NO_OFFSET, "out of memory");
    wr_arena_reset(&env->temp);
    return bytes;
}

// A group that neither the module nor its baseline has is taken for a typing error, unless its limit is 0.
static void check_group(wr_env *env, const wr_budget_row *row) {
    const wr_limit *limit = row->limit;
    if (strncmp(limit->what, "group.", 6) != 0 || row->bytes || row->baseline ||
        (limit->has_max && !limit->max))
        return;
    wr_throw(env, WR_USAGE, WR_NO_OFFSET, "%.100s: line %u: \"%.100s\": %.100s has no such group",
             limit->source, limit->line, limit->what + 6, row->file);
}

static uint64_t allowed_bytes(const wr_limit *limit, uint64_t baseline) {
    uint64_t allowed = limit->has_max ? limit->max : UINT64_MAX;
    if (!limit->has_growth) return allowed;
    double more = limit->growth_in_percent ? (double)baseline * limit->growth / 100 : limit->growth;
    uint64_t grown = baseline + (uint64_t)more;
    return grown < allowed ? grown : allowed;
}

void wr_budget_check(wr_env *env, const wr_budget_entry *entry, const char *path, const wr_audit *a,
                     const wr_audit *baseline, wr_budget_rows *rows) {
    for (uint32_t i = 0; i < entry->nlimits; i++) {
        const wr_limit *limit = &entry->limits[i];
        wr_budget_row row = {.file = path, .limit = limit, .bytes = measure_bytes(env, a, limit->what)};
        if (limit->has_growth && !baseline)
            wr_throw(env, WR_USAGE, WR_NO_OFFSET,
                     "%.100s: line %u: \"%.100s\": a limit of growth needs a \"baseline\"", limit->source,
                     limit->line, limit->what);
        if (baseline) row.baseline = measure_bytes(env, baseline, limit->what);
        check_group(env, &row);
        row.allowed = allowed_bytes(limit, row.baseline);
        row.over = row.bytes > row.allowed;
        WR_PUSH(&env->perm, *rows, row);
    }
}
