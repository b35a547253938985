// The glue isn't parsed as JavaScript. A name counts as used wherever it stands as a whole word or between
// quotes, in comments too, so only exports that nothing mentions are listed. Names that a program computes
// at run time can't be seen; whoever removes exports has to know that there are none.
#include "glue.h"

#include "support/hash.h"

typedef struct words {
    wr_slice *slots; // open addressing; p NULL: free
    uint32_t mask;
} words;

static bool is_word_byte(uint8_t c) {
    return c >= 0x80 || c == '_' || c == '$' || (c >= '0' && c <= '9') ||
           ((c | 32) >= 'a' && (c | 32) <= 'z');
}

static wr_slice *find_slot(const words *w, wr_slice word) {
    uint32_t at = (uint32_t)wr_hash_bytes(word.p, word.n) & w->mask;
    while (w->slots[at].p && !wr_slice_eq(w->slots[at], word)) at = (at + 1) & w->mask;
    return &w->slots[at];
}

// Calls fn for each word of the text; returns how many there are.
static uint32_t each_word(wr_slice text, void (*fn)(void *arg, wr_slice word), void *arg) {
    uint32_t n = 0;
    for (size_t i = 0, from; i < text.n; i++) {
        for (from = i; i < text.n && is_word_byte(text.p[i]); i++) {}
        if (i == from) continue;
        if (fn) fn(arg, wr_slice_of(text.p + from, i - from));
        n++;
    }
    return n;
}

static void add_word(void *arg, wr_slice word) {
    wr_slice *slot = find_slot(arg, word);
    if (!slot->p) *slot = word;
}

static words collect_words(wr_env *env, const wr_glue *glue) {
    uint32_t n = 0, cap = 64;
    for (uint32_t i = 0; i < glue->n; i++) n += each_word(glue->texts[i], NULL, NULL);
    while (cap < (uint64_t)n * 2) cap *= 2;
    words w = {WR_NEW0(&env->temp, wr_slice, cap), cap - 1};
    for (uint32_t i = 0; i < glue->n; i++) each_word(glue->texts[i], add_word, &w);
    return w;
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
    return find_slot(w, name)->p || find_slot(w, wr_slice_of(longer, name.n + 1))->p;
}

static bool is_called_unasked(const wr_export *export) {
    static const char *const starts[] = {
        "_start", "_initialize", "__wasm_", "asyncify_",   "memory",
        "cabi_",  "__data_",     "__heap_", "emscripten_", "__indirect_function_table"};
    if (export->space == WR_MEMORY || export->space == WR_TABLE) return true;
    for (size_t i = 0; i < WR_COUNT(starts); i++)
        if (wr_slice_starts(export->name, starts[i])) return true;
    return false;
}

static bool loads_modules(const words *w) {
    static const char *const marks[] = {"loadDynamicLibrary", "_dlopen_js", "mergeLibSymbols"};
    for (size_t i = 0; i < WR_COUNT(marks); i++)
        if (find_slot(w, wr_slice_str(marks[i]))->p) return true;
    return false;
}

wr_unused_exports wr_glue_find_unused(wr_env *env, const wr_module *m, const wr_glue *glue) {
    wr_unused_exports unused = {WR_NEW(&env->perm, wr_slice, m->nexports), 0};
    bool any_named = false;
    words w = collect_words(env, glue);
    if (loads_modules(&w)) return unused;
    for (uint32_t i = 0; i < m->nexports; i++) {
        bool named = is_named(env, glue, &w, m->exports[i].name);
        any_named |= named && !is_called_unasked(&m->exports[i]);
        if (!named && !is_called_unasked(&m->exports[i])) unused.names[unused.n++] = m->exports[i].name;
    }
    if (!any_named) unused.n = 0;
    return unused;
}
