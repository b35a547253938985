// Reads the arguments of asyncify, with the spellings of Binaryen's pass arguments: lists are separated by
// commas outside of brackets (names of C++ have commas in them), or come from a file, as @FILE, with one item
// a line.
#include <stdlib.h>

#include "asyncify_parts.h"
#include "support/file.h"

// --- Lists ---

static bool opens(uint8_t c) { return c == '(' || c == '<' || c == '[' || c == '{'; }
static bool closes(uint8_t c) { return c == ')' || c == '>' || c == ']' || c == '}'; }
static bool is_space(uint8_t c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

static void add_item(wr_env *env, wr_async_list *list, const uint8_t *p, const uint8_t *end) {
    while (p < end && is_space(*p)) p++;
    while (p < end && is_space(end[-1])) end--;
    wr_slice item = {p, (size_t)(end - p)};
    if (item.n) WR_PUSH(&env->perm, *list, item);
}

static void split(wr_env *env, wr_slice text, wr_async_list *list) {
    const uint8_t *from = text.p, *end = text.p + text.n;
    bool lines = text.n && memchr(text.p, '\n', text.n);
    int depth = 0;
    for (const uint8_t *p = text.p; p < end; p++) {
        depth += opens(*p) - closes(*p);
        if (lines ? *p != '\n' : *p != ',' || depth > 0) continue;
        add_item(env, list, from, p);
        from = p + 1;
    }
    add_item(env, list, from, end);
}

static void read_list(wr_env *env, const char *value, wr_async_list *list) {
    if (value[0] != '@') {
        split(env, wr_slice_copy(&env->perm, wr_slice_str(value)), list);
        return;
    }
    wr_file file;
    int error = wr_file_read(&file, value + 1);
    if (error)
        wr_throw(env, WR_IO, WR_NO_OFFSET, "asyncify: cannot read %.100s: %.80s", value + 1, strerror(error));
    wr_slice text = wr_slice_copy(&env->perm, file.bytes);
    wr_file_free(&file);
    split(env, text, list);
}

// Whether `name` is the pattern, in which each * stands for any text. On a mismatch the last * takes one
// character more.
static bool matches(wr_slice pattern, wr_slice name) {
    size_t p = 0, n = 0, star = SIZE_MAX, from = 0;
    while (n < name.n) {
        if (p < pattern.n && pattern.p[p] == '*') {
            star = p++;
            from = n;
        } else if (p < pattern.n && pattern.p[p] == name.p[n]) {
            p++, n++;
        } else if (star != SIZE_MAX) {
            p = star + 1;
            n = ++from;
        } else {
            return false;
        }
    }
    while (p < pattern.n && pattern.p[p] == '*') p++;
    return p == pattern.n;
}

bool wr_async_list_has(const wr_async_list *list, wr_slice name) {
    for (uint32_t i = 0; i < list->n; i++)
        if (matches(list->v[i], name)) return true;
    return false;
}

// --- Arguments ---

static bool is_key(const char *arg, size_t n, const char *key) {
    return strlen(key) == n && !strncmp(arg, key, n);
}

static bool read_flag(const char *arg, size_t n, wr_async_options *o) {
    const struct {
        const char *key;
        bool *to;
    } flags[] = {{"ignore-imports", &o->ignore_imports},
                 {"ignore-indirect", &o->ignore_indirect},
                 {"propagate-addlist", &o->propagate_add},
                 {"asserts", &o->asserts},
                 {"verbose", &o->verbose},
                 {"import-globals", &o->import_globals},
                 {"relocatable", &o->import_globals},
                 {"export-globals", &o->export_globals},
                 {"in-secondary-memory", &o->second_memory}};
    for (size_t i = 0; i < WR_COUNT(flags); i++) {
        if (!is_key(arg, n, flags[i].key)) continue;
        *flags[i].to = true;
        return true;
    }
    return false;
}

static bool read_value(wr_env *env, const char *arg, size_t n, const char *value, wr_async_options *o) {
    if (is_key(arg, n, "imports")) {
        o->has_imports |= *value != 0;
        read_list(env, value, &o->imports);
    } else if (is_key(arg, n, "removelist") || is_key(arg, n, "blacklist")) {
        read_list(env, value, &o->remove);
    } else if (is_key(arg, n, "addlist")) {
        read_list(env, value, &o->add);
    } else if (is_key(arg, n, "onlylist") || is_key(arg, n, "whitelist")) {
        read_list(env, value, &o->only);
    } else if (is_key(arg, n, "memory")) {
        o->memory = value;
    } else if (is_key(arg, n, "secondary-memory-size")) {
        o->second_pages = (uint32_t)strtoul(value, NULL, 10);
    } else {
        return false;
    }
    return true;
}

static void read_argument(wr_env *env, const char *arg, wr_async_options *o) {
    static const char prefix[] = "asyncify-";
    const char *name = strncmp(arg, prefix, strlen(prefix)) ? arg : arg + strlen(prefix);
    size_t n = strcspn(name, "@=");
    const char *value = name[n] ? name + n + 1 : "";
    if (read_flag(name, n, o) || read_value(env, name, n, value, o)) return;
    if (is_key(name, n, "ignore-unwind-from-catch"))
        wr_throw(env, WR_USAGE, WR_NO_OFFSET,
                 "asyncify: %.*s is not done: code that is suspended in a handler of exceptions traps",
                 (int)n, name);
    wr_throw(env, WR_USAGE, WR_NO_OFFSET, "asyncify has no argument named %.*s", (int)n, name);
}

void wr_async_read_options(wr_env *env, const wr_patterns *args, wr_async_options *o) {
    *o = (wr_async_options){.second_pages = 1};
    for (size_t i = 0; i < args->n; i++) read_argument(env, args->items[i], o);
    if (o->only.n && (o->remove.n || o->add.n))
        wr_throw(env, WR_USAGE, WR_NO_OFFSET, "asyncify: onlylist goes with no other list of functions");
    if (o->import_globals && o->export_globals)
        wr_throw(env, WR_USAGE, WR_NO_OFFSET, "asyncify: the globals are either imported or exported");
}
