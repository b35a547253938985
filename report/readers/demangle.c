// Parses names of functions. GNU's libiberty demangles C++ and Rust (both schemes). This file takes the
// package and the generic from the readable form:
//
//   language   example                               its package
//   Go         github.com/a/b.(*T).M[go.shape.int]   import path up to the first dot after the last slash
//   Rust       <a::T as b::U>::f, a::b::f::h0123…    crate of the type if it has a path, else of the trait
//   C++        ns::Class<T>::f(int)                  outermost namespace or class
//   Kotlin     kotlin.text.Regex.find                the words before that of a class or of the function
//   C          sqlite3VdbeExec, png_read_row         text before the first underscore or change of case
#include "demangle.h"

#include <ctype.h>
#include <stdlib.h>

#include <libiberty/demangle.h>

#include "escapes.h"
#include "support/buf.h"

enum { LONGEST = 4096 }; // bytes; longer names are not demangled

// --- Slices ---

static wr_slice cut(wr_slice s, size_t from, size_t to) { return (wr_slice){s.p + from, to - from}; }
static wr_slice skip(wr_slice s, size_t n) { return cut(s, n, s.n); }
static bool at(wr_slice s, size_t i, const char *what) {
    return i < s.n && wr_slice_starts(skip(s, i), what);
}

static bool is_hash(wr_slice s) { // h and 16 hexadecimal digits
    if (s.n != 17 || s.p[0] != 'h') return false;
    for (size_t i = 1; i < 17; i++)
        if (!isxdigit(s.p[i])) return false;
    return true;
}

static size_t find(wr_slice s, const char *what) {
    size_t n = strlen(what);
    for (size_t i = 0; i + n <= s.n; i++)
        if (memcmp(s.p + i, what, n) == 0) return i;
    return s.n;
}

static bool is_arrow(wr_slice s, size_t i) { return i > 0 && s.p[i] == '>' && s.p[i - 1] == '-'; }

// The position after the bracket that opens at i is closed; s.n if it isn't.
static size_t skip_bracket(wr_slice s, size_t i) {
    size_t depth = 0;
    for (; i < s.n; i++) {
        if (memchr("<([{", s.p[i], 4)) depth++;
        if (memchr(">)]}", s.p[i], 4) && !is_arrow(s, i) && --depth == 0) return i + 1;
    }
    return s.n;
}

// The position after an operator's name at i, like operator() or operator<<; i if there is none.
static size_t skip_operator(wr_slice s, size_t i) {
    static const char marks[] = "<>=-+*/%^&|~!,";
    if (!at(s, i, "operator")) return i;
    for (i += 8; i < s.n && memchr(marks, s.p[i], sizeof marks - 1); i++) {}
    return at(s, i, "()") ? i + 2 : i;
}

// The position after the unit at i: a bracketed part, an operator, or a character.
static size_t skip_one(wr_slice s, size_t i) {
    size_t to = skip_operator(s, i);
    if (to > i) return to;
    return memchr("<([{", s.p[i], 4) ? skip_bracket(s, i) : i + 1;
}

// The first place of `what` outside brackets, s.n if none. "(anonymous namespace)" is a name, no bracket.
static size_t find_outside(wr_slice s, const char *what) {
    for (size_t i = 0; i < s.n; i = skip_one(s, i))
        if (at(s, i, what) && !at(s, i, "(anonymous namespace)")) return i;
    return s.n;
}

// --- Languages ---

static bool is_legacy_rust(wr_slice s) {
    return wr_slice_starts(s, "_ZN") && s.n > 20 && s.p[s.n - 1] == 'E' && is_hash(cut(s, s.n - 18, s.n - 1));
}

static bool has_rust_hash(wr_slice s) {
    return s.n > 19 && at(s, s.n - 19, "::") && is_hash(skip(s, s.n - 17));
}

wr_language wr_demangle_guess_language(wr_slice s) {
    if (wr_slice_starts(s, "_R") || is_legacy_rust(s) || has_rust_hash(s)) return WR_LANG_RUST;
    if (wr_slice_starts(s, "_Z") || find(s, "$_Z") < s.n || find(s, "::") < s.n) return WR_LANG_CXX;
    if (wr_slice_starts(s, "runtime.") || wr_slice_starts(s, "go:") || wr_slice_starts(s, "(*"))
        return WR_LANG_GO;
    return wr_slice_starts(s, "kotlin.") ? WR_LANG_KOTLIN : WR_LANG_C;
}

// --- Readable forms ---

static wr_slice demangle_plain(wr_arena *arena, wr_slice raw) {
    if (raw.n < 3 || raw.n > LONGEST || raw.p[0] != '_' || (raw.p[1] != 'Z' && raw.p[1] != 'R')) return raw;
    char name[LONGEST + 1];
    memcpy(name, raw.p, raw.n);
    name[raw.n] = 0;
    int options = DMGL_PARAMS | DMGL_ANSI | DMGL_RET_DROP | DMGL_AUTO;
    char *text = rust_demangle(name, options); // older names of Rust look like those of C++
    if (!text) text = cplus_demangle_v3(name, options);
    if (!text) return raw;
    wr_slice copy = wr_slice_copy(arena, wr_slice_str(text));
    free(text);
    return copy;
}

// Binaryen puts words before names, as in legalstub$_ZN…; they move behind the readable form.
static wr_slice demangle(wr_arena *arena, wr_slice raw) {
    size_t word = find(raw, "$_Z");
    if (word == raw.n) word = find(raw, "$_R");
    if (word == raw.n) return demangle_plain(arena, raw);
    wr_slice name = skip(raw, word + 1), text = demangle_plain(arena, name);
    if (text.p == name.p) return raw;
    wr_buf b = wr_buf_in(arena);
    wr_put_slice(&b, text);
    wr_put_format(&b, " [%.*s]", (int)word, (const char *)raw.p);
    return wr_buf_slice(&b);
}

// --- Groups ---

static wr_slice go_group(wr_slice s) {
    if (wr_slice_starts(s, "type:") || wr_slice_starts(s, "go:") || wr_slice_starts(s, "type.."))
        return cut(s, 0, 4 - (s.p[0] == 'g') * 2);
    size_t from = 0;
    while (from < s.n && memchr("(*", s.p[from], 2)) from++;
    s = skip(s, from);
    size_t end = find(s, "["), slash = 0;
    for (size_t i = 0; i < end; i++)
        if (s.p[i] == '/') slash = i;
    size_t dot = slash;
    while (dot < end && s.p[dot] != '.') dot++;
    return dot < end ? cut(s, 0, dot) : (wr_slice){0};
}

// "demo.shapes" of demo.shapes.Circle.area, of demo.shapes.main and of demo.shapes.<init properties Main.kt>.
static wr_slice kotlin_group(wr_slice s) {
    size_t dot = 0;
    for (size_t i = 0; i < s.n && s.p[i] != '<'; i++) {
        if (isupper(s.p[i]) && (!i || s.p[i - 1] == '.')) break;
        if (s.p[i] == '.') dot = i;
    }
    return cut(s, 0, dot);
}

static wr_slice strip_type_marks(wr_slice s) {
    static const char *const marks[] = {"&", "*const ", "*mut ", "mut ", "dyn ", "[", "(", "<"};
    for (size_t i = 0; i < WR_COUNT(marks);) {
        if (at(s, 0, marks[i])) {
            s = skip(s, strlen(marks[i]));
            i = 0;
        } else {
            i++;
        }
    }
    return s;
}

static wr_slice first_of_path(wr_slice s) {
    size_t n = 0;
    while (n < s.n && (isalnum(s.p[n]) || s.p[n] == '_' || s.p[n] == '$' || s.p[n] == '.')) n++;
    return at(s, n, "::") || at(s, n, "[") ? cut(s, 0, n) : (wr_slice){0};
}

static wr_slice rust_group(wr_slice s) {
    if (!s.n || s.p[0] != '<') return first_of_path(s);
    wr_slice inner = cut(s, 1, skip_bracket(s, 0) - 1);
    wr_slice group = first_of_path(strip_type_marks(inner));
    size_t as = find_outside(inner, " as ");
    return group.n || as == inner.n ? group : first_of_path(skip(inner, as + 4));
}

static wr_slice skip_special(wr_slice s) {
    static const char *const marks[] = {"vtable for ",
                                        "typeinfo for ",
                                        "guard variable for ",
                                        "non-virtual thunk to ",
                                        "virtual thunk to ",
                                        "covariant return thunk to ",
                                        "TLS wrapper function for ",
                                        "TLS init function for "};
    for (size_t i = 0; i < WR_COUNT(marks); i++)
        if (at(s, 0, marks[i])) return skip(s, strlen(marks[i]));
    return s;
}

static wr_slice c_group(wr_slice s) {
    size_t from = 0, n;
    while (from < s.n && memchr("_.$", s.p[from], 3)) from++;
    for (n = from; n < s.n && isalnum(s.p[n]); n++)
        if (n > from + 1 && isupper(s.p[n]) && !isupper(s.p[n - 1])) break;
    return n > from + 1 && n < s.n ? cut(s, from, n) : (wr_slice){0};
}

// The qualified name in a C++ function's readable form, without result type and parameters.
static wr_slice cxx_name(wr_slice s) {
    s = skip_special(s);
    size_t end = find_outside(s, "("), from = 0;
    for (size_t i = 0; i < end; i = skip_one(s, i)) {
        if (skip_operator(s, i) > i)
            break; // an operator's name may contain spaces: operator new, operator unsigned int
        if (s.p[i] == ' ') from = i + 1;
    }
    return end ? cut(s, from, end) : s;
}

static wr_slice cxx_group(wr_slice s) {
    s = cxx_name(s);
    size_t end = find_outside(s, "::");
    if (at(s, 0, "operator")) return (wr_slice){0};
    if (end == s.n) return c_group(cut(s, 0, find_outside(s, "<")));
    wr_slice head = cut(s, 0, end);
    return cut(head, 0, find_outside(head, "<"));
}

// --- Families ---

// Replaces what is in `open` … brackets by an ellipsis; false if there are none.
static bool shorten(wr_env *env, wr_slice s, char open, wr_slice *out) {
    wr_buf b = wr_buf_in(&env->temp);
    bool any = false;
    *out = s;
    if (!s.n || !memchr(s.p, open, s.n)) return false;
    for (size_t i = 0, to; i < s.n; i = to) {
        to = skip_operator(s, i);
        bool is_open = to == i && s.p[i] == open && i > 0;
        if (to == i) to = is_open ? skip_bracket(s, i) : i + 1;
        wr_put_slice(&b, is_open ? wr_slice_str(open == '<' ? "<…>" : "[…]") : cut(s, i, to));
        any |= is_open;
    }
    *out = wr_slice_copy(&env->perm, wr_buf_slice(&b));
    return any;
}

static wr_slice cxx_family(wr_env *env, wr_symbol *symbol) {
    wr_slice family;
    symbol->instance = shorten(env, cxx_name(symbol->text), '<', &family);
    return symbol->instance ? family : symbol->text;
}

static wr_slice rust_family(wr_env *env, wr_symbol *symbol) {
    wr_slice family;
    symbol->instance = shorten(env, symbol->text, '<', &family);
    wr_slice raw = wr_escapes_without_llvm_suffix(symbol->raw);
    if (is_legacy_rust(raw) || has_rust_hash(raw)) symbol->instance = true;
    return family;
}

static wr_slice go_family(wr_env *env, wr_symbol *symbol) {
    wr_slice family;
    symbol->instance = shorten(env, symbol->text, '[', &family);
    return family;
}

void wr_read_symbol(wr_env *env, wr_language hint, wr_symbol *symbol) {
    wr_slice raw = wr_escapes_without_llvm_suffix(symbol->raw);
    symbol->text = demangle(&env->perm, raw);
    wr_language language = wr_demangle_guess_language(raw);
    if (language == WR_LANG_C || (language == WR_LANG_CXX && symbol->text.p == raw.p)) language = hint;
    if (hint == WR_LANG_GO) language = WR_LANG_GO;
    bool hashed = has_rust_hash(symbol->text);
    if (hashed) symbol->text.n -= 19;
    if (hashed || language == WR_LANG_RUST) symbol->text = wr_escapes_decode_rust(&env->perm, symbol->text);
    symbol->language = (uint8_t)language;
    symbol->family = symbol->text;
    switch (language) {
    case WR_LANG_GO:
        symbol->group = wr_escapes_decode_go(&env->perm, go_group(symbol->text));
        symbol->text = wr_escapes_decode_go(&env->perm, symbol->text);
        symbol->family = go_family(env, symbol);
        break;
    case WR_LANG_RUST:
        symbol->group = rust_group(symbol->text);
        symbol->family = rust_family(env, symbol);
        if (!symbol->group.n) symbol->group = c_group(symbol->text);
        break;
    case WR_LANG_CXX:
        symbol->group = cxx_group(symbol->text);
        symbol->family = cxx_family(env, symbol);
        break;
    case WR_LANG_KOTLIN: symbol->group = kotlin_group(symbol->text); break;
    default: symbol->group = c_group(symbol->text);
    }
}
