// The comparison as cells of text, from which the terminal's table, the Markdown and the page are made.
#include "compare_parts.h"
#include "support/text.h"

typedef struct builder {
    wr_env *env;
    wr_grid *grid;
    size_t at;
} builder;

static void put(builder *b, const char *text) { b->grid->cells[b->at++] = text; }

static void put_text(builder *b, wr_text text) { put(b, wr_format(b->env, "%s", text.s)); }

static wr_grid new_grid(wr_env *env, unsigned columns, size_t rows) {
    return (wr_grid){WR_NEW0(&env->perm, const char *, columns * rows), columns, (unsigned)rows};
}

static void put_blanks(builder *b, unsigned n) {
    while (n-- > 0) put(b, "");
}

static void put_sizes(builder *b, const wr_comparison *c, const wr_variant *v) {
    bool input = v->tool == WR_TOOL_NONE;
    put(b, v->name);
    for (unsigned codec = 0; codec < WR_CODEC_COUNT; codec++) {
        if (v->error) {
            put_blanks(b, 2);
            continue;
        }
        uint64_t size = v->sizes.bytes[codec], whole = c->variants[0].sizes.bytes[codec];
        put_text(b, wr_thousands(size));
        put(b, input ? "" : wr_format(b->env, "%.1f %%", wr_percent(size, whole)));
    }
    if (input || (v->error && v->seconds == 0)) {
        put_blanks(b, 2);
        return;
    }
    put_text(b, wr_duration(v->seconds));
    put_text(b, wr_memory_text(v->peak_memory));
}

wr_grid wr_size_grid(wr_env *env, const wr_comparison *c) {
    wr_grid grid = new_grid(env, 2 * WR_CODEC_COUNT + 3, c->nvariants + 1);
    builder b = {env, &grid, 0};
    put(&b, "");
    for (unsigned codec = 0; codec < WR_CODEC_COUNT; codec++) put(&b, wr_codec_labels[codec]), put(&b, "");
    put(&b, "time"), put(&b, "memory");
    for (size_t i = 0; i < c->nvariants; i++) put_sizes(&b, c, &c->variants[i]);
    return grid;
}

static void put_samples(builder *b, const wr_samples *s) {
    if (!s->n) {
        put_blanks(b, 3);
        return;
    }
    put_text(b, wr_duration(s->median / 1e3));
    put(b, wr_format(b->env, "±%.1f %%", wr_spread(s)));
    put(b, s->ratio > 0 ? wr_format(b->env, "%.3f", s->ratio) : "");
}

wr_grid wr_run_grid(wr_env *env, const wr_comparison *c) {
    if (!wr_was_run(&c->variants[0])) return (wr_grid){0};
    wr_grid grid = new_grid(env, 8, c->nvariants + 1);
    builder b = {env, &grid, 0};
    static const char *const heads[] = {"", "run", "spread", "ratio", "compile", "spread", "ratio", "behaviour"};
    for (size_t i = 0; i < WR_COUNT(heads); i++) put(&b, heads[i]);
    for (size_t i = 0; i < c->nvariants; i++) {
        const wr_variant *v = &c->variants[i];
        put(&b, v->name);
        put_samples(&b, &v->run);
        put_samples(&b, &v->compile);
        put(&b, v->error ? "" : v->difference ? "DIFFERENT" : "same");
    }
    return grid;
}

// How the runs were made, in a sentence.
static const char *run_remark(wr_env *env, const wr_comparison *c) {
    return wr_format(env, "Run: %s; median of %u runs after one to warm up, taken in turns%s; spread is half the distance "
                     "of the quartiles, ratio that of the medians to the input's.",
                     c->command, c->rounds, c->pinned ? ", on one processor" : "");
}

const char *wr_compare_remark(wr_env *env, const wr_comparison *c, size_t index) {
    if (wr_was_run(&c->variants[0]) && index-- == 0) return run_remark(env, c);
    if (c->binaryen_version[0] && index-- == 0) return wr_format(env, "%s.", c->binaryen_version);
    for (size_t i = 0; i < c->nvariants; i++) {
        const wr_variant *v = &c->variants[i];
        if (v->error && index-- == 0) return wr_format(env, "%s failed: %s", v->name, v->error);
        if (v->difference && index-- == 0) return wr_format(env, "%s is DIFFERENT: %s", v->name, v->difference);
    }
    return index < c->notes.n ? wr_format(env, "Note: %s", c->notes.v[index]) : NULL;
}
