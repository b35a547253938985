// Finds names of exports and imports in JavaScript, by two forms; nothing else of the language is understood:
//
//   _lua_close = Module["_lua_close"] = wasmExports["Z"]     exports: a name with a _ is given the member of
//   an t._heif_context_free = a.ma                              object, which has the name of an export
//   wasmExports["v"]();                                      an export without a name: __wasm_call_ctors
//   wasmImports = {h: ___cxa_throw, p: invoke_vii, …}        imports: the property of an object
//
// The rest of JavaScript has assignments of such a form too, but few members with the names of exports.
// Properties of other objects do have names like imports; so an object counts only if it has many in a row.
#include "glue_names.h"

#include "support/hash.h"
#include "support/map.h"

enum { LONGEST_NAME = 512, LEAST_ROW = 3 };

typedef struct glue_reader {
    wr_env *env;
    const wr_module *m;
    wr_slice text;
    wr_map exports, imports; // functions, by their names in the module
    wr_slice *names;         // by function
    uint8_t *contradicted;   // by function
    uint8_t *called;         // by function: as a constructor is
} glue_reader;

static bool is_word_byte(uint8_t c) {
    return c == '_' || c == '$' || (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z');
}

// The bytes of a word from i, limited to the text.
static wr_slice word_at(wr_slice text, size_t i) {
    size_t n = 0;
    while (i + n < text.n && n < LONGEST_NAME && is_word_byte(text.p[i + n])) n++;
    return wr_slice_of(text.p + i, n);
}

static wr_slice word_before(wr_slice text, size_t end) {
    size_t n = 0;
    while (n < end && n < LONGEST_NAME && is_word_byte(text.p[end - n - 1])) n++;
    return wr_slice_of(text.p + end - n, n);
}

static bool is_quote(uint8_t c) { return c == '"' || c == '\''; }

// What C calls f, emscripten calls _f.
static wr_slice c_name(wr_slice name) {
    if (name.n > 1 && name.p[0] == '_') return wr_slice_of(name.p + 1, name.n - 1);
    return wr_slice_starts(name, "invoke_") || wr_slice_starts(name, "dynCall_") ? name : (wr_slice){0};
}

static void take(glue_reader *r, uint32_t func, wr_slice name) {
    if (!r->names[func].n)
        r->names[func] = name;
    else if (!wr_slice_eq(r->names[func], name))
        r->contradicted[func] = 1;
}

// --- Exports ---

static uint32_t find_export(const glue_reader *r, wr_slice name) {
    uint32_t i;
    WR_MAP_FIND(&r->exports, wr_hash_bytes(name.p, name.n), i, wr_slice_eq(r->m->exports[i].name, name));
    return i == WR_NONE ? WR_NONE : r->m->exports[i].index;
}

// The last member in `a.b["c"]` from i: "c". Empty for a word alone.
static wr_slice last_member(wr_slice text, size_t i) {
    wr_slice member = {0}, word = word_at(text, i);
    for (i += word.n; word.n && i + 1 < text.n;) {
        bool quoted = text.p[i] == '[' && is_quote(text.p[i + 1]);
        if (text.p[i] != '.' && !quoted) break;
        i += quoted ? 2 : 1;
        word = word_at(text, i);
        i += word.n;
        if (quoted && (text.n - i < 2 || !is_quote(text.p[i]) || text.p[i + 1] != ']')) return (wr_slice){0};
        i += quoted ? 2 : 0;
        if (word.n) member = word;
    }
    return i < text.n && text.p[i] == '(' ? (wr_slice){0} : member; // a call gives something else
}

// `_name =`, `["_name"] =` before the sign at `end`.
static wr_slice assigned_name(wr_slice text, size_t end) {
    while (end && text.p[end - 1] == ' ') end--;
    if (end > 1 && text.p[end - 1] == ']' && is_quote(text.p[end - 2])) end -= 2;
    return c_name(word_before(text, end));
}

// `wasmExports["v"]()`, the only call without arguments, at the bracket behind the object.
static void read_call(glue_reader *r, size_t at) {
    static const char object[] = "wasmExports";
    wr_slice text = r->text, before = word_before(text, at);
    if (at + 7 > text.n || !is_quote(text.p[at + 1]) || !wr_slice_is(before, object)) return;
    wr_slice name = word_at(text, at + 2);
    size_t i = at + 2 + name.n;
    if (text.n - i < 5 || memcmp(text.p + i + 1, "]()", 3) != 0) return;
    uint32_t func = find_export(r, name);
    if (func != WR_NONE) r->called[func] = 1;
}

static void read_assignment(glue_reader *r, size_t at) {
    wr_slice text = r->text;
    size_t i = at + 1;
    if (i < text.n && (text.p[i] == '=' || text.p[i] == '>')) return;
    while (i < text.n && text.p[i] == ' ') i++;
    wr_slice name = assigned_name(text, at), member = name.n ? last_member(text, i) : (wr_slice){0};
    uint32_t func = member.n ? find_export(r, member) : WR_NONE;
    if (func != WR_NONE) take(r, func, name);
}

// --- Imports ---

// A property `key: value` or `"key": value` of an object, after its bracket or a comma. Returns where it
// ends; 0 if it is none or its value is no plain word.
static size_t read_property(const glue_reader *r, size_t i, wr_slice *key, wr_slice *value) {
    wr_slice text = r->text;
    while (i < text.n && (text.p[i] == ' ' || text.p[i] == '\n')) i++;
    bool quoted = i < text.n && is_quote(text.p[i]);
    *key = word_at(text, i + quoted);
    i += key->n + 2 * (size_t)quoted;
    while (i < text.n && text.p[i] == ' ') i++;
    if (!key->n || i >= text.n || text.p[i] != ':') return 0;
    for (i++; i < text.n && text.p[i] == ' ';) i++;
    *value = word_at(text, i);
    i += value->n;
    while (i < text.n && (text.p[i] == ' ' || text.p[i] == '\n')) i++;
    return value->n && i < text.n && (text.p[i] == ',' || text.p[i] == '}') ? i : 0;
}

static uint32_t find_import(const glue_reader *r, wr_slice name) {
    uint32_t i;
    WR_MAP_FIND(&r->imports, wr_hash_bytes(name.p, name.n), i,
                wr_slice_eq(r->m->imports[r->m->funcs[i].import].name, name));
    return i;
}

// Properties of an object, from its bracket at `at`. Returns where they end.
static size_t read_object(glue_reader *r, size_t at) {
    WR_VEC(wr_slice) named = {0};
    wr_mark mark = wr_arena_mark(&r->env->temp);
    wr_slice key, value;
    size_t i = at, next;
    uint32_t known = 0;
    while ((next = read_property(r, i + 1, &key, &value))) {
        i = next;
        known += find_import(r, key) != WR_NONE;
        WR_PUSH(&r->env->temp, named, key);
        WR_PUSH(&r->env->temp, named, value);
        if (r->text.p[i] == '}') break;
    }
    for (uint32_t k = 0; k < named.n && known >= LEAST_ROW && known * 4 >= named.n; k += 2) {
        uint32_t func = find_import(r, named.v[k]);
        wr_slice name = c_name(named.v[k + 1]);
        if (func != WR_NONE && name.n) take(r, func, name);
    }
    wr_arena_release(&r->env->temp, &mark);
    return i;
}

// --- The whole ---

static void list_names(glue_reader *r) {
    const wr_module *m = r->m;
    for (uint32_t i = 0; i < m->nexports; i++)
        if (m->exports[i].space == WR_FUNC && m->exports[i].name.n)
            wr_map_add(&r->exports, &r->env->temp, wr_hash_bytes(m->exports[i].name.p, m->exports[i].name.n),
                       i);
    for (uint32_t f = 0; f < m->nfunc_imports; f++) {
        wr_slice name = m->imports[m->funcs[f].import].name;
        wr_map_add(&r->imports, &r->env->temp, wr_hash_bytes(name.p, name.n), f);
    }
}

static void read_text(glue_reader *r) {
    for (size_t i = 1; i < r->text.n; i++) {
        if (r->text.p[i] == '=')
            read_assignment(r, i);
        else if (r->text.p[i] == '[')
            read_call(r, i);
        else if (r->text.p[i] == '{')
            i = read_object(r, i);
    }
}

// Whether half of the exported functions got a name.
static bool belongs(const glue_reader *r) {
    uint32_t exports = 0, named = 0;
    for (uint32_t i = 0; i < r->m->nexports; i++)
        if (r->m->exports[i].space == WR_FUNC) exports++, named += r->names[r->m->exports[i].index].n > 0;
    return named && named * 2 >= exports;
}

wr_slice *wr_glue_names_read(wr_env *env, const wr_module *m, const wr_slice *texts, uint32_t n) {
    glue_reader r = {.env = env, .m = m};
    if (!n || !m->nexports) return NULL;
    r.names = WR_NEW0(&env->perm, wr_slice, m->nfuncs);
    r.contradicted = WR_NEW0(&env->temp, uint8_t, m->nfuncs);
    r.called = WR_NEW0(&env->temp, uint8_t, m->nfuncs);
    list_names(&r);
    for (uint32_t i = 0; i < n; i++) r.text = texts[i], read_text(&r);
    if (!belongs(&r)) return NULL;
    for (uint32_t f = 0; f < m->nfuncs; f++)
        if (r.contradicted[f])
            r.names[f] = (wr_slice){0};
        else if (!r.names[f].n && r.called[f])
            r.names[f] = wr_slice_str("__wasm_call_ctors");
    return r.names;
}
