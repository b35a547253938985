// The parser of command lines. Understands --name, --name=value, --name value, -x, -xVALUE, -x VALUE, letters without
// values run together (-qg), and -- before names that begin with a dash. Names must be written out: an abbreviation
// would change its meaning with the next option.
#include "options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
#define COMMAND(id, name, function, arguments, summary, help) CMD_##id = 1 << WR_CMD_##id,
#include "commands.def"
#undef COMMAND
    CMD_ALL = (1 << WR_COMMANDS) - 1,
};

enum { LIB = 1, CLI = 0 };

const wr_option wr_options[WR_OPTIONS] = {
#define OPTION(id, name, letter, argument, scope, commands, help) {name, letter, argument, scope, commands, help},
#include "lib/options.def"
#undef OPTION
};

const wr_command_info wr_commands[WR_COMMANDS] = {
#define COMMAND(id, name, function, arguments, summary, help) {name, function, arguments, summary, help},
#include "commands.def"
#undef COMMAND
};

typedef struct parser {
    wr_args *args;
    char **words;
    int n, at;
} parser;

wr_command_id wr_find_command(const char *name) {
    wr_command_id id = 0;
    while (id < WR_COMMANDS && strcmp(wr_commands[id].name, name)) id++;
    return id;
}

const char *wr_option_spelling(const wr_option *option, char *out) {
    snprintf(out, 48, "%s%s", option->name[1] ? "--" : "-", option->name);
    return out;
}

static bool wants_value(const wr_option *option) { return option->argument && option->argument[0] != '['; }

// Steps from a word to another: letters changed, added, dropped, or two swapped (the restricted Damerau distance).
static size_t distance(const char *a, const char *b) {
    enum { MOST = 31 };
    size_t n = strlen(a), m = strlen(b), rows[3][MOST + 1];
    if (n > MOST || m > MOST) return MOST;
    for (size_t j = 0; j <= m; j++) rows[0][j] = j;
    for (size_t i = 1; i <= n; i++) {
        size_t *row = rows[i % 3], *up = rows[(i + 2) % 3], *up2 = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= m; j++) {
            size_t best = up[j - 1] + (a[i - 1] != b[j - 1]);
            if (up[j] + 1 < best) best = up[j] + 1;
            if (row[j - 1] + 1 < best) best = row[j - 1] + 1;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && up2[j - 2] + 1 < best)
                best = up2[j - 2] + 1;
            row[j] = best;
        }
    }
    return rows[n % 3][m];
}

const char *wr_nearest(const char *word, const char *const *names, size_t n) {
    const char *best = NULL;
    size_t least = strlen(word) / 3 + 2;
    for (size_t i = 0; i < n; i++) {
        size_t d = *word && !strncmp(word, names[i], strlen(word)) ? 0 : distance(word, names[i]);
        if (d < least) least = d, best = names[i];
    }
    return best;
}

static bool fail_unknown(parser *p, const char *dashes, const char *word, size_t n) {
    wr_args *args = p->args;
    const char *names[WR_OPTIONS];
    size_t count = 0;
    for (size_t i = 0; i < WR_OPTIONS; i++) {
        const wr_option *option = &wr_options[i];
        if (WR_FOR_COMMAND(option, args->command)) {
            names[count++] = option->name;
        } else if (strlen(option->name) == n && !strncmp(option->name, word, n)) {
            wr_command_id other = 0;
            while (!WR_FOR_COMMAND(option, other)) other++;
            snprintf(args->error, sizeof args->error, "--%s is no option of `wring %s`, but of `wring %s`", option->name,
                     wr_commands[args->command].name, wr_commands[other].name);
            return false;
        }
    }
    char name[64];
    snprintf(name, sizeof name, "%.*s", (int)n, word);
    const char *near = dashes[1] ? wr_nearest(name, names, count) : NULL;
    int used = snprintf(args->error, sizeof args->error, "unknown option %s%s", dashes, name);
    snprintf(args->error + used, sizeof args->error - (size_t)used,
             near ? "; did you mean %s%s?" : "; see `wring help %s%s`", near ? (near[1] ? "--" : "-") : "",
             near ? near : wr_commands[args->command].name);
    return false;
}

static void give(parser *p, const wr_option *option, const char *value) {
    p->args->given[p->args->ngiven++] = (wr_given){(wr_option_id)(option - wr_options), value};
}

static bool take_next(parser *p, const wr_option *option) {
    if (p->at >= p->n) {
        char spelling[48];
        snprintf(p->args->error, sizeof p->args->error, "%s needs a value: %s", wr_option_spelling(option, spelling),
                 option->argument);
        return false;
    }
    give(p, option, p->words[p->at++]);
    return true;
}

static bool parse_long(parser *p, const char *word) {
    size_t n = strcspn(word, "=");
    const char *value = word[n] ? word + n + 1 : NULL;
    for (size_t i = 0; i < WR_OPTIONS; i++) {
        const wr_option *option = &wr_options[i];
        if (strlen(option->name) != n || strncmp(option->name, word, n) || !WR_FOR_COMMAND(option, p->args->command))
            continue;
        if (n == 1) break; // -O isn't --O
        if (value && !option->argument) {
            snprintf(p->args->error, sizeof p->args->error, "--%s takes no value", option->name);
            return false;
        }
        if (!value && wants_value(option)) return take_next(p, option);
        give(p, option, value);
        return true;
    }
    return fail_unknown(p, "--", word, n);
}

static const wr_option *find_letter(const parser *p, char letter) {
    for (size_t i = 0; i < WR_OPTIONS; i++) {
        const wr_option *option = &wr_options[i];
        bool named = option->letter == letter || (option->name[0] == letter && !option->name[1]);
        if (named && WR_FOR_COMMAND(option, p->args->command)) return option;
    }
    return NULL;
}

static bool parse_letters(parser *p, const char *word) {
    for (; *word; word++) {
        const wr_option *option = find_letter(p, *word);
        if (!option) return fail_unknown(p, "-", word, 1);
        if (!option->argument) {
            give(p, option, NULL);
            continue;
        }
        const char *value = word[1] == '=' ? word + 2 : word + 1;
        if (word[1] || !wants_value(option)) {
            give(p, option, word[1] ? value : NULL);
            return true;
        }
        return take_next(p, option);
    }
    return true;
}

static void take_file(parser *p, const char *word) { p->args->files[p->args->nfiles++] = word; }

// Whether a command has the command line of another program.
static bool is_stand_in(wr_command_id command) { return command == WR_CMD_WASM_OPT || command == WR_CMD_WASM_METADCE; }

wr_command_id wr_find_stand_in(const char *program) {
    const char *slash = strrchr(program, '/'), *name = slash ? slash + 1 : program;
    if (!strncmp(name, "wring-", 6)) name += 6;
    wr_command_id id = wr_find_command(name);
    return id != WR_COMMANDS && is_stand_in(id) ? id : WR_COMMANDS;
}

bool wr_parse_args(wr_args *args, wr_command_id command, int n, char **words) {
    *args = (wr_args){.command = command};
    size_t room = 1; // letters may run together, so count characters
    for (int i = 0; i < n; i++) room += strlen(words[i]) + 1;
    args->given = malloc(room * sizeof *args->given);
    args->files = malloc(((size_t)n + 1) * sizeof *args->files);
    if (!args->given || !args->files) {
        snprintf(args->error, sizeof args->error, "out of memory");
        return false;
    }
    parser p = {.args = args, .words = words, .n = n};
    bool ok = true, only_files = is_stand_in(command);
    while (ok && p.at < n) {
        const char *word = words[p.at++];
        if (only_files || word[0] != '-' || !word[1])
            take_file(&p, word);
        else if (!strcmp(word, "--"))
            only_files = true;
        else
            ok = word[1] == '-' ? parse_long(&p, word + 2) : parse_letters(&p, word + 1);
    }
    return ok;
}

void wr_args_free(wr_args *args) {
    free(args->given);
    free(args->files);
    *args = (wr_args){0};
}

static const wr_given *last_given(const wr_args *args, wr_option_id option) {
    for (size_t i = args->ngiven; i-- > 0;)
        if (args->given[i].option == option) return &args->given[i];
    return NULL;
}

bool wr_has(const wr_args *args, wr_option_id option) { return last_given(args, option) != NULL; }

const char *wr_value(const wr_args *args, wr_option_id option) {
    const wr_given *given = last_given(args, option);
    return given ? given->value : NULL;
}

bool wr_number(const wr_args *args, wr_option_id option, double least, double *out, char *error, size_t size) {
    const char *text = wr_value(args, option);
    if (!text) return true;
    char *end;
    double value = strtod(text, &end);
    if (end != text && !*end && value >= least && value < 1e9) {
        *out = value;
        return true;
    }
    snprintf(error, size, "--%s: expected a number of at least %g, not \"%s\"", wr_options[option].name, least, text);
    return false;
}
