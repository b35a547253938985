// Parses wasm-opt's command line: --name, --name=value, --name value, and the short forms, which are whole
// words such as -ol or -osm. A flag that isn't in the table is taken for a pass of a newer or older wasm-opt,
// and is handed on to a real one.
#include "line.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const wr_wasm_opt_flag wr_wasm_opt_flags[] = {
#define FLAG(kind, name, letters, argument, what, why) \
    {WR_WASM_OPT_##kind, name, letters, argument, what, why},
#include "cli/wasm_opt/flags.def"
#undef FLAG
};
const size_t wr_wasm_opt_nflags = sizeof wr_wasm_opt_flags / sizeof *wr_wasm_opt_flags;

static const wr_wasm_opt_flag unknown_pass = {
    .kind = WR_WASM_OPT_FORWARD, .name = "", .argument = "[ARG]", .what = "", .why = ""};

typedef struct parser {
    wr_wasm_opt_line *line;
    const char *const *words;
    size_t n, at;
} parser;

static bool is_word(const char *name, const char *word, size_t n) {
    return name && strlen(name) == n && !strncmp(name, word, n);
}

const wr_wasm_opt_flag *wr_wasm_opt_find_flag(const char *name, size_t n) {
    for (size_t i = 0; i < wr_wasm_opt_nflags; i++)
        if (is_word(wr_wasm_opt_flags[i].name, name, n)) return &wr_wasm_opt_flags[i];
    return NULL;
}

static const wr_wasm_opt_flag *find_letters(const char *letters, size_t n) {
    for (size_t i = 0; i < wr_wasm_opt_nflags; i++) {
        const wr_wasm_opt_flag *flag = &wr_wasm_opt_flags[i];
        if (is_word(flag->kind == WR_WASM_OPT_LEVEL ? flag->name : flag->letters, letters, n)) return flag;
    }
    return NULL;
}

static bool refuse(parser *p, const char *word, const char *why) {
    snprintf(p->line->error, sizeof p->line->error, "%s %s", word, why);
    return false;
}

static void set_features(wr_wasm_opt_line *line, wr_wasm_opt_kind which, bool on) {
    for (size_t i = 0; i < wr_wasm_opt_nflags; i++)
        if (wr_wasm_opt_flags[i].kind == which) line->allowed[i] = on;
}

// --disable-X takes back --enable-X.
static void disable(wr_wasm_opt_line *line, const wr_wasm_opt_flag *flag) {
    const char *feature = strchr(flag->name, '-');
    for (size_t i = 0; i < wr_wasm_opt_nflags; i++) {
        const wr_wasm_opt_flag *other = &wr_wasm_opt_flags[i];
        if (other->kind == WR_WASM_OPT_ENABLE && !strcmp(strchr(other->name, '-'), feature))
            line->allowed[i] = false;
    }
}

static void take_features(wr_wasm_opt_line *line, const wr_wasm_opt_flag *flag) {
    if (flag->kind == WR_WASM_OPT_ENABLE)
        line->allowed[flag - wr_wasm_opt_flags] = true;
    else if (flag->kind == WR_WASM_OPT_DISABLE)
        disable(line, flag);
    else
        set_features(line, WR_WASM_OPT_ENABLE, flag->kind == WR_WASM_OPT_ALL_FEATURES);
}

static bool take_level(parser *p, unsigned *level, const char *word, const char *value) {
    char *end;
    unsigned long number = strtoul(value, &end, 10);
    if (end == value || *end || number > 4) return refuse(p, word, "expects a level from 0 to 4");
    *level = (unsigned)number;
    return true;
}

// Words that only a real wasm-opt uses. A value that was a separate word becomes one again.
static void hand_on(wr_wasm_opt_line *line, const char *word, const char *value) {
    line->options[line->noptions++] = word;
    if (value && !strchr(word, '=')) line->options[line->noptions++] = value;
}

static bool take(parser *p, const wr_wasm_opt_flag *flag, const char *word, const char *value) {
    wr_wasm_opt_line *line = p->line;
    switch (flag->kind) {
    case WR_WASM_OPT_ENABLE:
    case WR_WASM_OPT_DISABLE:
    case WR_WASM_OPT_MVP:
    case WR_WASM_OPT_ALL_FEATURES:
        take_features(line, flag);
        hand_on(line, word, value);
        break;
    case WR_WASM_OPT_TUNING: hand_on(line, word, value); break;
    case WR_WASM_OPT_LIBRARY:
        line->library[line->nlibrary++] = flag;
        hand_on(line, word, value);
        break;
    case WR_WASM_OPT_NOTHING: line->quiet |= !strcmp(flag->name, "quiet"); break;
    case WR_WASM_OPT_WHOLE: line->whole = word; break;
    case WR_WASM_OPT_OUTPUT: line->out = value; break;
    case WR_WASM_OPT_TEXT: line->text = true; break;
    case WR_WASM_OPT_NAMES: line->names = true; break;
    case WR_WASM_OPT_OPT_LEVEL: return take_level(p, &line->optimize_level, word, value);
    case WR_WASM_OPT_SHRINK_LEVEL: return take_level(p, &line->shrink_level, word, value);
    case WR_WASM_OPT_PASS_ARG: line->pass_args[line->npass_args++] = value; break;
    case WR_WASM_OPT_SKIP_PASS:
        hand_on(line, word, value);
        flag = wr_wasm_opt_find_flag(value, strlen(value));
        if (flag) line->skipped[line->nskipped++] = flag;
        break;
    case WR_WASM_OPT_MAP_IN: line->map_in = value; break;
    case WR_WASM_OPT_MAP_OUT: line->map_out = value; break;
    case WR_WASM_OPT_MAP_URL: line->map_url = value; break;
    case WR_WASM_OPT_VERSION: line->version = true; break;
    case WR_WASM_OPT_HELP: line->help = true; break;
    default: line->items[line->nitems++] = (wr_wasm_opt_item){flag, word, value}; break;
    }
    return true;
}

static bool take_flag(parser *p, const char *word) {
    bool is_long = word[1] == '-';
    const char *name = word + 1 + is_long;
    size_t n = strcspn(name, "=");
    const char *value = name[n] ? name + n + 1 : NULL;
    const wr_wasm_opt_flag *flag = is_long ? wr_wasm_opt_find_flag(name, n) : find_letters(name, n);
    if (!flag && !is_long) return refuse(p, word, "is no option of wasm-opt");
    if (!flag) flag = &unknown_pass;
    if (value && !flag->argument) return refuse(p, word, "takes no value");
    bool wanted = flag->argument && flag->argument[0] != '[';
    if (!value && wanted && p->at == p->n) return refuse(p, word, "needs a value");
    if (!value && wanted) value = p->words[p->at++];
    return take(p, flag, word, value);
}

static bool take_input(parser *p, const char *word) {
    if (p->line->in) return refuse(p, word, "is a second input file; there is one");
    p->line->in = word;
    return true;
}

static bool allocate(wr_wasm_opt_line *line, size_t n) {
    line->items = calloc(n + 1, sizeof *line->items);
    line->options = calloc(n + 1, sizeof *line->options);
    line->pass_args = calloc(n + 1, sizeof *line->pass_args);
    line->library = calloc(n + 1, sizeof *line->library);
    line->skipped = calloc(n + 1, sizeof *line->skipped);
    line->allowed = calloc(wr_wasm_opt_nflags, sizeof *line->allowed);
    return line->items && line->options && line->pass_args && line->library && line->skipped && line->allowed;
}

bool wr_wasm_opt_parse(wr_wasm_opt_line *line, size_t n, const char *const *words) {
    *line = (wr_wasm_opt_line){0};
    parser p = {.line = line, .words = words, .n = n};
    if (!allocate(line, n)) return refuse(&p, "wasm-opt", "is out of memory");
    bool ok = true;
    while (ok && p.at < n) {
        const char *word = words[p.at++];
        ok = word[0] == '-' && word[1] ? take_flag(&p, word) : take_input(&p, word);
    }
    return ok;
}

void wr_wasm_opt_line_free(wr_wasm_opt_line *line) {
    free(line->items);
    free(line->options);
    free(line->pass_args);
    free(line->library);
    free(line->skipped);
    free(line->allowed);
    *line = (wr_wasm_opt_line){0};
}

const char *wr_wasm_opt_pass_arg(const wr_wasm_opt_line *line, const char *key) {
    const char *value = NULL;
    size_t n = strlen(key);
    for (size_t i = 0; i < line->npass_args; i++) {
        const char *arg = line->pass_args[i];
        if (!strncmp(arg, key, n) && (!arg[n] || arg[n] == '@')) value = arg[n] ? arg + n + 1 : "";
    }
    return value;
}
