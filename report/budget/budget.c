// Reads budgets. TOML and JSON are read into the same values.
#include "budget.h"

#include <fnmatch.h>
#include <jansson.h>
#include <stdlib.h>

#include "report/readers/toml.h"

// --- Reading ---

typedef struct source {
    wr_env *env;
    const char *path;
    json_t *root;
    wr_slice text;
    size_t from; // where what is being read begins in the text, or earlier
    wr_budget *budget;
} source;

static const char *copy_text(wr_env *env, const char *text) {
    return memcpy(wr_alloc(&env->perm, strlen(text) + 1), text, strlen(text) + 1);
}

// The first occurrence of the word from a position on, or the end of the text.
static size_t find_word(wr_slice text, size_t from, const char *word) {
    size_t n = strlen(word);
    for (size_t i = from; i + n <= text.n; i++)
        if (memcmp(text.p + i, word, n) == 0) return i;
    return text.n;
}

// The line of a name in the part of the text that is being read, 0: none. The values that were read don't
// know their places. A limit's name is looked for as it is, then without its kind, which may stand in another
// line.
static unsigned line_of(const source *s, const char *word) {
    size_t at = find_word(s->text, s->from, word);
    const char *dot = strchr(word, '.');
    if (at == s->text.n) return dot ? line_of(s, dot + 1) : 0;
    unsigned line = 1;
    for (size_t i = 0; i < at; i++) line += s->text.p[i] == '\n';
    return line;
}

_Noreturn static void bad_entry(const source *s, const char *what, const char *wanted) {
    unsigned line = line_of(s, what);
    if (line)
        wr_throw(s->env, WR_USAGE, WR_NO_OFFSET, "line %u: \"%.100s\": expected %s", line, what, wanted);
    wr_throw(s->env, WR_USAGE, WR_NO_OFFSET, "\"%.100s\": expected %s", what, wanted);
}

// "600 KB", "1.5 MB", "12000", "2 %": units of 1000, as sizes of downloads are given, and of 1024 with KiB
// and MiB.
static bool parse_size(const char *text, double *value, bool *percent) {
    static const struct {
        const char *unit;
        double bytes;
    } units[] = {{"", 1}, {"B", 1}, {"KB", 1e3}, {"MB", 1e6}, {"KiB", 1024}, {"MiB", 1048576}, {"%", 1}};
    char *end;
    *value = strtod(text, &end);
    if (end == text || !(*value >= 0) || *value > 1e15) return false;
    while (*end == ' ') end++;
    for (size_t i = 0; i < WR_COUNT(units); i++) {
        if (strcmp(end, units[i].unit) != 0) continue;
        *value *= units[i].bytes;
        *percent = *end == '%';
        return true;
    }
    return false;
}

static void read_size(const source *s, const char *what, const json_t *value, double *size, bool *percent) {
    *percent = false;
    *size = json_is_integer(value) ? (double)json_integer_value(value) : -1;
    if (json_is_string(value) && !parse_size(json_string_value(value), size, percent)) *size = -1;
    if (*size < 0) bad_entry(s, what, "a size such as 1200, \"600 KB\", \"1.5 MiB\", or for growth \"2 %\"");
}

static void read_max(const source *s, wr_limit *limit, const json_t *value) {
    double size;
    bool percent;
    read_size(s, limit->what, value, &size, &percent);
    if (percent) bad_entry(s, limit->what, "bytes, not percent, as an absolute limit");
    limit->has_max = true;
    limit->max = (uint64_t)size;
}

// --- What is limited ---

static bool is_part(wr_slice word) {
    for (unsigned part = 0; part < WR_PARTS; part++)
        if (wr_slice_is(word, wr_size_map_part_keys[part])) return true;
    return false;
}

wr_slice wr_budget_split_codec(const char *what, wr_codec *codec) {
    wr_slice word = wr_slice_str(what);
    const char *colon = strrchr(what, ':');
    *codec = WR_CODEC_RAW;
    for (unsigned i = 0; colon && i < WR_CODEC_COUNT; i++) {
        if (strcmp(colon + 1, wr_codec_keys[i]) != 0) continue;
        *codec = (wr_codec)i;
        word.n = (size_t)(colon - what);
    }
    return word;
}

static bool has_prefix(wr_slice word, const char *prefix) {
    return wr_slice_starts(word, prefix) && word.n > strlen(prefix);
}

static void check_name(const source *s, const char *what) {
    wr_codec codec;
    wr_slice word = wr_budget_split_codec(what, &codec), part = {0};
    if (has_prefix(word, "part.")) part = wr_slice_of(word.p + strlen("part."), word.n - strlen("part."));
    if (wr_slice_is(word, "file") || is_part(part) || has_prefix(word, "section.") ||
        has_prefix(word, "group."))
        return;
    bad_entry(s, what, "file, part.NAME, section.NAME or group.NAME, perhaps with :gzip, :brotli or :zstd");
}

static void read_limit(const source *s, const char *what, json_t *value, wr_limit *limit) {
    const char *key;
    json_t *field;
    *limit = (wr_limit){.what = copy_text(s->env, what), .source = s->path, .line = line_of(s, what)};
    check_name(s, what);
    if (!json_is_object(value)) {
        read_max(s, limit, value);
        return;
    }
    json_object_foreach(value, key, field) {
        if (!strcmp(key, "max")) {
            read_max(s, limit, field);
        } else if (!strcmp(key, "growth")) {
            read_size(s, what, field, &limit->growth, &limit->growth_in_percent);
            limit->has_growth = true;
        } else {
            bad_entry(s, key, "\"max\" or \"growth\"");
        }
    }
}

static const char *text_field(const source *s, const json_t *object, const char *key) {
    const json_t *value = json_object_get(object, key);
    if (value && !json_is_string(value)) bad_entry(s, key, "a string");
    return value ? copy_text(s->env, json_string_value(value)) : NULL;
}

// Paths are relative to the directory of the budget file.
static const char *path_field(const source *s, const json_t *object, const char *key) {
    const char *path = text_field(s, object, key), *slash = strrchr(s->path, '/');
    if (!path || !slash || path[0] == '/') return path;
    wr_buf joined = wr_buf_in(&s->env->perm);
    wr_put_bytes(&joined, s->path, (size_t)(slash - s->path) + 1);
    wr_put_bytes(&joined, path, strlen(path) + 1);
    return (const char *)joined.p;
}

// "part.data", or "data" in a table "part".
static bool is_kind(const char *key) {
    return !strcmp(key, "part") || !strcmp(key, "section") || !strcmp(key, "group");
}

static size_t count_limits(const json_t *limits) {
    const char *key;
    json_t *value;
    size_t n = 0;
    json_object_foreach((json_t *)limits, key, value) n +=
        is_kind(key) && json_is_object(value) ? json_object_size(value) : 1;
    return n;
}

static void read_kind(const source *s, const char *kind, json_t *table, wr_budget_entry *entry) {
    const char *key;
    json_t *value;
    json_object_foreach(table, key, value) {
        wr_buf what = wr_buf_in(&s->env->temp);
        wr_put_format(&what, "%s.%s", kind, key);
        wr_put_u8(&what, 0);
        read_limit(s, (const char *)what.p, value, &entry->limits[entry->nlimits++]);
    }
}

static void read_limits(const source *s, json_t *limits, wr_budget_entry *entry) {
    const char *key;
    json_t *value;
    entry->limits = WR_NEW(&s->env->perm, wr_limit, count_limits(limits));
    json_object_foreach(limits, key, value) {
        if (is_kind(key) && json_is_object(value))
            read_kind(s, key, value, entry);
        else
            read_limit(s, key, value, &entry->limits[entry->nlimits++]);
    }
}

static void read_entry(source *s, const json_t *object, wr_budget_entry *entry) {
    const char *key;
    json_t *value, *limits = json_object_get(object, "limits");
    json_object_foreach((json_t *)object, key, value) {
        if (strcmp(key, "file") && strcmp(key, "baseline") && strcmp(key, "limits"))
            bad_entry(s, key, "\"file\", \"baseline\" or \"limits\"");
    }
    *entry = (wr_budget_entry){.file = path_field(s, object, "file"),
                               .baseline = path_field(s, object, "baseline")};
    entry->written = text_field(s, object, "file");
    if (!entry->file) bad_entry(s, "modules", "a \"file\" in each entry");
    if (!json_is_object(limits)) bad_entry(s, entry->written, "a table \"limits\"");
    size_t before = s->from;
    s->from = find_word(s->text, find_word(s->text, s->from, entry->written), "limits");
    if (s->from == s->text.n) s->from = before;
    read_limits(s, limits, entry);
}

// A JSON object begins with a brace, and TOML never does.
static bool is_json(wr_slice text) {
    size_t i = 0;
    while (i < text.n && strchr(" \t\r\n", text.p[i]) && text.p[i]) i++;
    return i < text.n && text.p[i] == '{';
}

static void read_json(source *s) {
    json_error_t error;
    s->root = json_loadb((const char *)s->text.p, s->text.n, JSON_REJECT_DUPLICATES, &error);
    if (!s->root)
        wr_throw(s->env, WR_USAGE, WR_NO_OFFSET, "line %d, column %d: %s", error.line, error.column,
                 error.text);
}

static void read_toml(source *s) {
    s->root = json_object();
    if (!s->root) wr_throw(s->env, WR_NOMEM, WR_NO_OFFSET, "out of memory");
    wr_toml_read(s->env, s->text, s->root);
}

static void read_modules(wr_env *env, void *arg) {
    source *s = arg;
    if (is_json(s->text))
        read_json(s);
    else
        read_toml(s);
    const char *key;
    json_t *value;
    json_object_foreach(s->root, key, value) {
        if (strcmp(key, "modules")) bad_entry(s, key, "\"modules\", and nothing else at the top");
    }
    const json_t *modules = json_object_get(s->root, "modules");
    if (!json_is_array(modules)) bad_entry(s, "modules", "a list of modules, in TOML as [[modules]]");
    s->budget->n = (uint32_t)json_array_size(modules);
    s->budget->entries = WR_NEW(&env->perm, wr_budget_entry, s->budget->n);
    for (uint32_t i = 0; i < s->budget->n; i++)
        read_entry(s, json_array_get(modules, i), &s->budget->entries[i]);
}

void wr_budget_read(wr_env *env, const char *path, wr_slice text, wr_budget *budget) {
    source s = {.env = env, .path = path, .text = text, .budget = budget};
    wr_status status = wr_try(env, read_modules, &s);
    json_decref(s.root);
    if (status == WR_OK) return;
    wr_diag diag = env->diag;
    if (status == WR_USAGE) wr_throw(env, status, WR_NO_OFFSET, "%.80s: %.170s", path, diag.message);
    wr_rethrow(env, &diag);
}

static bool is_end_of(const char *path, const char *file) {
    size_t n = strlen(path), k = strlen(file);
    return k <= n && !strcmp(path + n - k, file) && (k == n || path[n - k - 1] == '/');
}

static bool names(const char *file, const char *path) {
    return is_end_of(path, file) || !fnmatch(file, path, 0);
}

const wr_budget_entry *wr_budget_find(const wr_budget *budget, const char *path) {
    for (uint32_t i = 0; i < budget->n; i++)
        if (names(budget->entries[i].file, path) || names(budget->entries[i].written, path))
            return &budget->entries[i];
    return NULL;
}
