// Options by name, as listed in options.def: parses values into a wr_config. Lists copy their strings.
#include "options.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ir/ins.h"
#include "passes/manager/pass.h"
#include "support/file.h"
#include "support/nearest.h"
#include "support/format.h"

wring_options *wring_options_new(void) {
    wring_options *options = calloc(1, sizeof *options);
    if (!options) return NULL;
    options->config.level = WR_LS;
    options->config.tuning = wr_config_tuning(WR_FOR_BOTH);
    options->config.effort = 2;
    options->config.binaryen_timeout = 600;
    WR_CHECKED_ONLY(options->config.verify_passes = true);
    return options;
}

void wring_options_free(wring_options *options) {
    if (!options) return;
    wr_config *config = &options->config;
    wr_patterns *lists[] = {&config->strip,          &config->keep_section, &config->keep_exports,
                            &config->remove_exports, &config->passes,       &config->skip_pass,
                            &config->renamed,        &config->asyncify};
    for (size_t i = 0; i < WR_COUNT(lists); i++) wr_strings_free(lists[i]);
    free(config->stop_after);
    free(config->dump_after);
    free(config->dump_func);
    free(config->binaryen_path);
    free(config->profile);
    free(config->source_map_out);
    free(config->source_map_url);
    free(config->symbols_out);
    free(options);
}

const char *wring_options_error(const wring_options *options) { return options->error; }

// --- Values ---

__attribute__((format(printf, 2, 3))) static wring_status refuse(wring_options *options, const char *format,
                                                                 ...) {
    va_list args;
    va_start(args, format);
    vsnprintf(options->error, sizeof options->error, format, args);
    va_end(args);
    return WRING_USAGE;
}

static wring_status add_items(wr_patterns *list, const char *text, size_t n, const char *separators) {
    list->given = true;
    return wr_strings_split(list, text, n, separators) ? WRING_OK : WRING_NOMEM;
}

// Adds an item as a whole; without a value the list is only given.
static wring_status set_item(wr_patterns *list, const char *value) {
    list->given = true;
    return !*value || wr_strings_add(list, value, strlen(value)) ? WRING_OK : WRING_NOMEM;
}

// Parses a list separated by commas, or @FILE with one item a line.
static wring_status set_list(wring_options *options, wr_patterns *list, const char *value) {
    if (value[0] != '@') return add_items(list, value, strlen(value), ",");
    wr_file file;
    int failure = wr_file_read(&file, value + 1);
    if (failure) {
        refuse(options, "cannot read %s: %s", value + 1, strerror(failure));
        return WRING_IO;
    }
    wring_status status = add_items(list, (const char *)file.bytes.p, file.bytes.n, "\r\n");
    wr_file_free(&file);
    return status;
}

static wring_status set_string(char **to, const char *value) {
    char *copy = strdup(value);
    if (!copy) return WRING_NOMEM;
    free(*to);
    *to = copy;
    return WRING_OK;
}

static wring_status refuse_pass(wring_options *options, const char *name) {
    const char *names[256];
    size_t n = 0;
    for (; n < wr_pass_count && n < WR_COUNT(names); n++) names[n] = wr_passes[n].name;
    const char *near = wr_nearest(name, names, n);
    return refuse(options, "there is no pass named %s%s%s%s", name, near ? "; did you mean " : "",
                  near ? near : "", near ? "?" : "");
}

// Looks up a pass and stores its current name in *to. The use of an old name is remembered for a note.
static wring_status set_pass(wring_options *options, char **to, const char *value) {
    const wr_pass *pass = wr_pass_find(value);
    if (!pass) return refuse_pass(options, value);
    wring_status status = WRING_OK;
    if (strcmp(pass->name, value) != 0)
        status = wr_strings_add(&options->config.renamed, value, strlen(value)) ? WRING_OK : WRING_NOMEM;
    return status == WRING_OK ? set_string(to, pass->name) : status;
}

static wring_status set_passes(wring_options *options, wr_patterns *list, const char *value) {
    size_t before = list->n;
    wring_status status = set_list(options, list, value);
    for (size_t i = before; status == WRING_OK && i < list->n; i++) {
        char *name = NULL;
        status = set_pass(options, &name, list->items[i]);
        if (status != WRING_OK) break;
        free(list->items[i]);
        list->items[i] = name;
    }
    return status;
}

static bool parse_number(const char *text, double *number, const char **rest) {
    char *end;
    errno = 0;
    *number = strtod(text, &end);
    *rest = end;
    return end != text && errno == 0 && *number >= 0 && *number < 1e18;
}

static wring_status set_seconds(wring_options *options, double *to, const char *value) {
    const char *rest;
    if (parse_number(value, to, &rest) && !*rest) return WRING_OK;
    return refuse(options, "expected a number of seconds, found %s", value);
}

static wring_status set_bytes(wring_options *options, size_t *to, const char *value) {
    uint64_t bytes;
    if (!wr_format_parse_bytes(value, &bytes))
        return refuse(options, "expected a number of bytes such as 512M, found %s", value);
    *to = bytes < SIZE_MAX ? (size_t)bytes : SIZE_MAX;
    return WRING_OK;
}

static wring_status set_jobs(wring_options *options, unsigned *to, const char *value) {
    const char *rest;
    double number;
    if (parse_number(value, &number, &rest) && !*rest && number >= 1 && number <= WR_MAX_JOBS &&
        number == (unsigned)number) {
        *to = (unsigned)number;
        return WRING_OK;
    }
    return refuse(options, "expected a number of threads from 1 to %d, found %s", WR_MAX_JOBS, value);
}

// An empty value, as in a plain -O, means what it means to wasm-opt.
static wring_status set_level(wring_options *options, const char *value) {
    if (!*value) value = "s";
    static const char names[] = "0123sz";
    const char *at = value[0] && !value[1] ? strchr(names, value[0]) : NULL;
    if (!at) return refuse(options, "expected a level 0, 1, 2, 3, s or z, found %s", value);
    options->config.level = 1u << (at - names);
    return WRING_OK;
}

static wring_status set_objective(wring_options *options, const char *value) {
    static const char *const names[] = {"both", "raw", "gzip", "brotli", "zstd"}; // as in wr_objective
    for (size_t i = 0; i < WR_COUNT(names); i++) {
        if (strcmp(names[i], value) != 0) continue;
        options->config.objective = (wr_objective)i;
        options->config.tuning = wr_config_tuning((wr_objective)i);
        return WRING_OK;
    }
    return refuse(options, "expected raw, gzip, brotli, zstd or both, found %s", value);
}

static wring_status set_effort(wring_options *options, const char *value) {
    if (value[0] < '1' || value[0] > '0' + WR_MOST_EFFORT || value[1])
        return refuse(options, "expected an effort from 1 to %d, found %s", WR_MOST_EFFORT, value);
    options->config.effort = (unsigned)(value[0] - '0');
    return WRING_OK;
}

static wring_status allow_feature(wring_options *options, const char *name, size_t n) {
    static const char *const names[] = {
#define X(id, text) text,
        WR_FEATURES(X)
#undef X
    };
    for (size_t i = 0; i < WR_COUNT(names); i++) {
        if (strlen(names[i]) != n || strncmp(names[i], name, n) != 0) continue;
        options->config.allow |= (uint64_t)1 << i;
        return WRING_OK;
    }
    return refuse(options, "there is no feature named %.*s", (int)n, name);
}

static wring_status allow_features(wring_options *options, const char *value) {
    wring_status status = WRING_OK;
    while (*value && status == WRING_OK) {
        size_t n = strcspn(value, ",");
        if (n) status = allow_feature(options, value, n);
        value += n + (value[n] == ',');
    }
    return status;
}

// Parses PASS or PASS:FUNCTION.
static wring_status set_dump(wring_options *options, const char *value) {
    char name[64];
    const char *colon = strchr(value, ':');
    size_t n = colon ? (size_t)(colon - value) : strlen(value);
    if (n >= sizeof name) return refuse(options, "there is no pass named %s", value);
    memcpy(name, value, n);
    name[n] = 0;
    wring_status status = colon ? set_string(&options->config.dump_func, colon + 1) : WRING_OK;
    return status == WRING_OK ? set_pass(options, &options->config.dump_after, name) : status;
}

static wring_status set_binaryen(wring_options *options, const char *value) {
    options->config.with_binaryen = true;
    return *value ? set_string(&options->config.binaryen_path, value) : WRING_OK;
}

static wring_status set_go_lean(wring_options *options, const char *value) {
    static const struct {
        const char *name;
        unsigned parts;
    } known[] = {
        {"lines", WR_GO_LINES}, {"args", WR_GO_ARGS}, {"names", WR_GO_NAMES}, {"traceback", WR_GO_TRACEBACK}};
    unsigned parts = 0;
    for (const char *at = value; *at; at += *at == ',') {
        size_t n = strcspn(at, ","), i = 0;
        while (i < WR_COUNT(known) && (strlen(known[i].name) != n || memcmp(known[i].name, at, n) != 0)) i++;
        if (i == WR_COUNT(known))
            return refuse(options, "expected lines, args, names or traceback, found %.*s", (int)n, at);
        parts |= known[i].parts;
        at += n;
    }
    options->config.go_lean = parts ? parts : WR_GO_LINES | WR_GO_ARGS | WR_GO_NAMES | WR_GO_TRACEBACK;
    return WRING_OK;
}

// --- Names ---

enum option_id {
#define OPTION(id, ...) OPTION_##id,
#include "options.def"
#undef OPTION
};

typedef struct option_row {
    const char *name;
    const char *argument;
    bool is_library;
} option_row;

#define LIB true
#define CLI false
static const option_row rows[] = {
#define OPTION(id, name, letter, argument, scope, commands, help) [OPTION_##id] = {name, argument, scope},
#include "options.def"
#undef OPTION
};
#undef LIB
#undef CLI

static wring_status set_value(wring_options *options, size_t id, const char *value) {
    wr_config *config = &options->config;
    switch (id) {
    case OPTION_LEVEL: return set_level(options, value);
    case OPTION_EFFORT: return set_effort(options, value);
    case OPTION_ALLOW: return allow_features(options, value);
    case OPTION_FOR: return set_objective(options, value);
    case OPTION_DEBUG_NAMES: config->debug_names = true; return WRING_OK;
    case OPTION_STRIP: return set_list(options, &config->strip, value);
    case OPTION_KEEP_SECTION: return set_list(options, &config->keep_section, value);
    case OPTION_KEEP_EXPORTS: return set_list(options, &config->keep_exports, value);
    case OPTION_REMOVE_EXPORTS: return set_list(options, &config->remove_exports, value);
    case OPTION_ALLOW_MISSING_EXPORTS: config->allow_missing_exports = true; return WRING_OK;
    case OPTION_ALLOW_NO_EXPORTS: config->allow_no_exports = true; return WRING_OK;
    case OPTION_EMIT_TEXT: config->emit_text = true; return WRING_OK;
    case OPTION_KEEP_IMPORTS: config->keep_imports = true; return WRING_OK;
    case OPTION_GO_LEAN: return set_go_lean(options, value);
    case OPTION_GO_METHODS: config->go_no_reflect_methods = true; return WRING_OK;
    case OPTION_LOW_MEMORY_UNUSED: config->low_memory_unused = true; return WRING_OK;
    case OPTION_IGNORE_IMPLICIT_TRAPS: config->ignore_implicit_traps = true; return WRING_OK;
    case OPTION_TRAPS_NEVER_HAPPEN:
        config->ignore_implicit_traps = config->traps_never_happen = true;
        return WRING_OK;
    case OPTION_FAST_MATH: config->fast_math = true; return WRING_OK;
    case OPTION_ZERO_FILLED_MEMORY: config->zero_filled_memory = true; return WRING_OK;
    case OPTION_COMPRESS_DATA: config->compress_data = true; return WRING_OK;
    case OPTION_PASSES: return set_passes(options, &config->passes, value);
    case OPTION_SKIP_PASS: return set_passes(options, &config->skip_pass, value);
    case OPTION_VERIFY_PASSES: config->verify_passes = true; return WRING_OK;
    case OPTION_STOP_AFTER: return set_pass(options, &config->stop_after, value);
    case OPTION_DUMP_AFTER: return set_dump(options, value);
    case OPTION_WITH_BINARYEN: return set_binaryen(options, value);
    case OPTION_BINARYEN_TIMEOUT: return set_seconds(options, &config->binaryen_timeout, value);
    case OPTION_ASYNCIFY: return set_item(&config->asyncify, value);
    case OPTION_PROFILE: return set_string(&config->profile, value);
    case OPTION_DWARF: config->dwarf = true; return WRING_OK;
    case OPTION_SOURCE_MAP_OUT: return set_string(&config->source_map_out, value);
    case OPTION_SOURCE_MAP_URL: return set_string(&config->source_map_url, value);
    case OPTION_SYMBOLS_OUT: return set_string(&config->symbols_out, value);
    case OPTION_JOBS: return set_jobs(options, &config->jobs, value);
    case OPTION_MEMORY_LIMIT: return set_bytes(options, &config->memory_limit, value);
    case OPTION_TIME_LIMIT: return set_seconds(options, &config->time_limit, value);
    default: return refuse(options, "option %s is not the library's", rows[id].name);
    }
}

wring_status wring_options_set(wring_options *options, const char *name, const char *value) {
    options->error[0] = 0;
    for (size_t i = 0; i < WR_COUNT(rows); i++) {
        if (strcmp(rows[i].name, name) != 0 || !rows[i].is_library) continue;
        bool wanted = rows[i].argument && rows[i].argument[0] != '[';
        if (wanted && !value) return refuse(options, "option %s wants a value", name);
        if (!rows[i].argument && value) return refuse(options, "option %s takes no value", name);
        return set_value(options, i, value ? value : "");
    }
    return refuse(options, "there is no option %s", name);
}
