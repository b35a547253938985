// The comparison as cells of text, from which the terminal's table, the Markdown table and the page are made.
#include "compare_parts.h"
#include "support/format.h"

#define SPEED_4G 9.0 // megabits a second
#define SPEED_CABLE 5.0

typedef struct builder {
    wr_env *env;
    wr_grid *grid;
    size_t at;
} builder;

static void put(builder *b, const char *text) { b->grid->cells[b->at++] = text; }

static void put_text(builder *b, wr_formatted text) { put(b, wr_compare_format(b->env, "%s", text.s)); }

static wr_grid new_grid(wr_env *env, unsigned columns, size_t rows) {
    return (wr_grid){WR_NEW0(&env->perm, const char *, columns *rows), columns, (unsigned)rows};
}

static void put_blanks(builder *b, unsigned n) {
    while (n-- > 0) put(b, "");
}

// Whether nothing in the comparison is smaller to this codec, and the input isn't as small.
static bool is_best(const wr_comparison *c, const wr_variant *v, unsigned codec) {
    for (size_t i = 0; i < c->nvariants; i++) {
        const wr_variant *other = &c->variants[i];
        if (!other->error && other->sizes.bytes[codec] < v->sizes.bytes[codec] + (i == 0)) return false;
    }
    return true;
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
        put_text(b, wr_format_thousands(size));
        put(b, input ? ""
                     : wr_compare_format(b->env, "%.1f %%%s", wr_percent(size, whole),
                                         is_best(c, v, codec) ? "*" : ""));
    }
    if (input || (v->error && v->seconds == 0)) {
        put_blanks(b, 2);
        return;
    }
    put_text(b, wr_format_duration(v->seconds));
    put_text(b, wr_format_memory(v->peak_memory));
}

wr_grid wr_compare_size_grid(wr_env *env, const wr_comparison *c) {
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
    put_text(b, wr_format_duration(s->median / 1e3));
    put(b, wr_compare_format(b->env, "±%.1f %%", wr_compare_spread(s)));
    put(b, s->ratio > 0 ? wr_compare_format(b->env, "%.3f", s->ratio) : "");
}

// How long the module takes to arrive, compressed by brotli. The speeds are those of WebPageTest's profiles.
static void put_download(builder *b, const wr_variant *v, double megabits) {
    if (v->error)
        put(b, "");
    else
        put_text(b, wr_format_duration((double)v->sizes.bytes[WR_CODEC_BROTLI] * 8 / (megabits * 1e6)));
}

wr_grid wr_compare_run_grid(wr_env *env, const wr_comparison *c) {
    if (!wr_was_run(&c->variants[0])) return (wr_grid){0};
    wr_grid grid = new_grid(env, 10, c->nvariants + 1);
    builder b = {env, &grid, 0};
    static const char *const heads[] = {"",       "run",   "spread", "ratio", "compile",
                                        "spread", "ratio", "4G",     "cable", "behaviour"};
    for (size_t i = 0; i < WR_COUNT(heads); i++) put(&b, heads[i]);
    for (size_t i = 0; i < c->nvariants; i++) {
        const wr_variant *v = &c->variants[i];
        put(&b, v->name);
        put_samples(&b, &v->run);
        put_samples(&b, &v->compile);
        put_download(&b, v, SPEED_4G);
        put_download(&b, v, SPEED_CABLE);
        put(&b, v->error ? "" : v->difference ? "DIFFERENT" : "same");
    }
    return grid;
}

// How the runs were made, in a sentence.
static const char *run_remark(wr_env *env, const wr_comparison *c) {
    return wr_compare_format(
        env,
        "Run: %s; median of %s after one to warm up, taken in turns%s; spread is half the distance "
        "of the quartiles, ratio that of the medians to the input's. 4G and cable: what brotli makes of it "
        "at 9 and 5 Mbit/s.",
        c->command, wr_format_count(c->rounds, "run").s, c->pinned ? ", on one processor" : "");
}

// Where one of wring's variants is larger than the input to compressors.
static const char *transit_remark(wr_env *env, const wr_comparison *c, const wr_variant *v) {
    const uint64_t *whole = c->variants[0].sizes.bytes;
    wr_buf b = wr_buf_in(&env->perm);
    if (v->tool != WR_TOOL_WRING || v->error) return NULL;
    for (unsigned codec = WR_CODEC_RAW + 1; codec < WR_CODEC_COUNT; codec++) {
        double more = wr_percent(v->sizes.bytes[codec], whole[codec]) - 100;
        if (more > 0) wr_put_format(&b, "%s%.2f %% to %s", b.n ? ", " : "", more, wr_codec_labels[codec]);
    }
    if (!b.n) return NULL;
    return wr_compare_format(env, "%s is larger than the input when it is compressed: by %.*s", v->name,
                             (int)b.n, (const char *)b.p);
}

const char *wr_compare_remark(wr_env *env, const wr_comparison *c, size_t index) {
    if (wr_was_run(&c->variants[0]) && index-- == 0) return run_remark(env, c);
    if (c->binaryen_version[0] && index-- == 0) return wr_compare_format(env, "%s.", c->binaryen_version);
    for (size_t i = 0; i < c->nvariants; i++) {
        const wr_variant *v = &c->variants[i];
        const char *transit = transit_remark(env, c, v);
        if (transit && index-- == 0) return transit;
        if (v->error && index-- == 0) return wr_compare_format(env, "%s failed: %s", v->name, v->error);
        if (v->difference && index-- == 0)
            return wr_compare_format(env, "%s is DIFFERENT: %s", v->name, v->difference);
    }
    return index < c->notes.n ? wr_compare_format(env, "Note: %s", c->notes.v[index]) : NULL;
}
