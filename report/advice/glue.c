// Searches the JavaScript around a module for the names of its exports. It isn't parsed: a name counts as
// used wherever it stands as a whole word or between quotes, in comments too, so only exports that nothing
// mentions are listed. Names that a program computes at run time can't be seen; whoever removes exports
// has to know that there are none.
#include "glue.h"

#include "support/hash.h"
#include "support/map.h"

typedef struct words {
    wr_env *env;
    WR_VEC(wr_slice) list; // in env->temp, as is the map
    wr_map map;
} words;

static bool is_word_byte(uint8_t c) {
    return c >= 0x80 || c == '_' || c == '$' || (c >= '0' && c <= '9') ||
           ((c | 32) >= 'a' && (c | 32) <= 'z');
}

static bool has_word(const words *w, wr_slice word) {
    uint32_t i;
    WR_MAP_FIND(&w->map, wr_hash_bytes(word.p, word.n), i, wr_slice_eq(w->list.v[i], word));
    return i != WR_NONE;
}

static void add_word(words *w, wr_slice word) {
    if (has_word(w, word)) return;
    wr_map_add(&w->map, &w->env->temp, wr_hash_bytes(word.p, word.n), w->list.n);
    WR_PUSH(&w->env->temp, w->list, word);
}

static void add_words(words *w, wr_slice text) {
    for (size_t i = 0, from; i < text.n; i++) {
        for (from = i; i < text.n && is_word_byte(text.p[i]); i++) {}
        if (i > from) add_word(w, wr_slice_of(text.p + from, i - from));
    }
}

static bool is_plain_word(wr_slice name) {
    for (size_t i = 0; i < name.n; i++)
        if (!is_word_byte(name.p[i])) return false;
    return name.n > 0;
}

static bool occurs(const wr_glue *glue, wr_slice name) {
    for (uint32_t i = 0; i < glue->n; i++)
        if (memmem(glue->texts[i].p, glue->texts[i].n, name.p, name.n)) return true;
    return false;
}

// Emscripten calls what C calls f _f.
static bool is_named(wr_env *env, const wr_glue *glue, const words *w, wr_slice name) {
    if (!is_plain_word(name)) return occurs(glue, name);
    uint8_t *longer = wr_alloc(&env->temp, name.n + 1);
    longer[0] = '_';
    memcpy(longer + 1, name.p, name.n);
    return has_word(w, name) || has_word(w, wr_slice_of(longer, name.n + 1));
}

static bool is_called_unasked(const wr_export *export) {
    static const char *const starts[] = {
        "_start",  "_initialize",    "__wasm_",           "asyncify_",   "memory",
        "cabi_",   "__data_",        "__heap_",           "emscripten_", "__indirect_function_table",
        "emnapi_", "napi_register_", "__napi_register__", "node_api_",   "wasi_thread_start"};
    if (export->space == WR_MEMORY || export->space == WR_TABLE) return true;
    for (size_t i = 0; i < WR_COUNT(starts); i++)
        if (wr_slice_starts(export->name, starts[i])) return true;
    return false;
}

static bool loads_modules(const words *w) {
    static const char *const marks[] = {"loadDynamicLibrary", "_dlopen_js", "mergeLibSymbols"};
    for (size_t i = 0; i < WR_COUNT(marks); i++)
        if (has_word(w, wr_slice_str(marks[i]))) return true;
    return false;
}

wr_unused_exports wr_glue_find_unused(wr_env *env, const wr_module *m, const wr_glue *glue) {
    wr_unused_exports unused = {WR_NEW(&env->perm, wr_slice, m->nexports), 0};
    bool any_named = false;
    words w = {.env = env};
    for (uint32_t i = 0; i < glue->n; i++) add_words(&w, glue->texts[i]);
    if (loads_modules(&w)) return unused;
    for (uint32_t i = 0; i < m->nexports; i++) {
        bool named = is_named(env, glue, &w, m->exports[i].name);
        any_named |= named && !is_called_unasked(&m->exports[i]);
        if (!named && !is_called_unasked(&m->exports[i])) unused.names[unused.n++] = m->exports[i].name;
    }
    if (!any_named) unused.n = 0;
    return unused;
}
