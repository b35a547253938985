// The comparison as JSON: everything that was measured, in bytes, seconds and milliseconds.
#include <jansson.h>
#include <stdlib.h>

#include "compare_parts.h"
#include "ir/ins.h"
#include "wring.h"

static const char *const tool_names[] = {"none", "wring", "binaryen", "both"};

static void set_string(json_t *object, const char *key, const char *text) {
    if (text) json_object_set_new(object, key, json_string(text));
}

static json_t *features(uint64_t bits) {
    static const char *const names[] = {
#define X(id, text) text,
        WR_FEATURES(X)
#undef X
    };
    json_t *list = json_array();
    for (unsigned i = 1; i < WR_COUNT(names); i++)
        if (bits >> i & 1) json_array_append_new(list, json_string(names[i]));
    return list;
}

static json_t *samples(const wr_samples *s) {
    json_t *values = json_array();
    for (unsigned i = 0; i < s->n; i++) json_array_append_new(values, json_real(s->v[i]));
    json_t *object = json_pack("{s:f, s:f, s:f, s:o}", "median_ms", s->median, "low_quartile_ms", s->low,
                               "high_quartile_ms", s->high, "samples_ms", values);
    if (s->ratio > 0) json_object_set_new(object, "ratio", json_real(s->ratio));
    return object;
}

static json_t *sizes(const wr_variant *v) {
    json_t *object = json_object();
    for (unsigned codec = 0; codec < WR_CODEC_COUNT; codec++)
        json_object_set_new(object, wr_codec_keys[codec], json_integer((json_int_t)v->sizes.bytes[codec]));
    return object;
}

static json_t *variant(const wr_variant *v, bool ran) {
    json_t *object = json_pack("{s:s, s:s}", "name", v->name, "tool", tool_names[v->tool]);
    if (v->level) set_string(object, "level", (const char[]){v->level, 0});
    set_string(object, "objective", v->objective);
    set_string(object, "error", v->error);
    if (!v->error) json_object_set_new(object, "bytes", sizes(v));
    if (v->tool != WR_TOOL_NONE) {
        json_object_set_new(object, "seconds", json_real(v->seconds));
        json_object_set_new(object, "peak_memory", json_integer((json_int_t)v->peak_memory));
    }
    if (v->run.n) json_object_set_new(object, "run", samples(&v->run));
    if (v->compile.n) json_object_set_new(object, "compile", samples(&v->compile));
    if (ran && !v->error) json_object_set_new(object, "same", json_boolean(!v->difference));
    set_string(object, "difference", v->difference);
    return object;
}

static json_t *notes(const wr_comparison *c) {
    json_t *list = json_array();
    for (uint32_t i = 0; i < c->notes.n; i++) json_array_append_new(list, json_string(c->notes.v[i]));
    return list;
}

static json_t *comparison(const wr_comparison *c) {
    json_t *object = json_pack("{s:s, s:s, s:o}", "input", c->name, "wring", wring_version(), "features",
                               features(c->features));
    if (c->binaryen_version[0]) set_string(object, "binaryen", c->binaryen_version);
    if (c->command)
        json_object_set_new(object, "runs",
                            json_pack("{s:s, s:i, s:b}", "command", c->command, "rounds", (int)c->rounds,
                                      "pinned", c->pinned));
    json_t *variants = json_array();
    for (size_t i = 0; i < c->nvariants; i++)
        json_array_append_new(variants, variant(&c->variants[i], c->command != NULL));
    json_object_set_new(object, "variants", variants);
    json_object_set_new(object, "different", json_boolean(c->different));
    json_object_set_new(object, "notes", notes(c));
    return object;
}

wr_slice wr_compare_json(wr_env *env, const wr_comparison *c) {
    json_t *object = comparison(c);
    char *text = json_dumps(object, JSON_INDENT(2) | JSON_REAL_PRECISION(6));
    json_decref(object);
    if (!text) wr_throw(env, WR_NOMEM, WR_NO_OFFSET, "out of memory");
    wr_buf b = wr_buf_in(&env->perm);
    wr_put_format(&b, "%s\n", text);
    free(text);
    return wr_buf_slice(&b);
}
