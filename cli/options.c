// Parses command lines. It understands --name, --name=value, --name value, -x, -xVALUE, -x VALUE, letters
// without values in one word (-qg), and -- before file names that begin with a dash. Option names can't be
// abbreviated, because the next new option could change what an abbreviation means.
#include "options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/nearest.h"

enum {
#define COMMAND(id, name, function, arguments, summary, help) CMD_##id = 1 << WR_CMD_##id,
#include "commands.def"
#undef COMMAND
    CMD_ALL = (1 << WR_COMMANDS) - 1,
};

enum { LIB = 1, CLI = 0 };

const wr_option wr_options[WR_OPTIONS] = {
#define OPTION(id, name, letter, argument, scope, commands, help) \
    {name, letter, argument, scope, commands, help},
#include "lib/options.def"
#undef OPTION
};

const wr_option_row wr_option_rows[] = {
#define GROUP(title) {title, WR_OPTIONS},
#define OPTION(id, ...) {NULL, WR_OPTION_##id},
#include "lib/options.def"
#undef OPTION
};
const size_t wr_option_nrows = sizeof wr_option_rows / sizeof *wr_option_rows;

const wr_command_info wr_command_infos[WR_COMMANDS] = {
#define COMMAND(id, name, function, arguments, summary, help) {name, function, arguments, summary, help},
#include "commands.def"
#undef COMMAND
};

typedef struct parser {
    wr_args *args;
    char **words;
    int n, at;
} parser;

wr_command_id wr_options_find_command(const char *name) {
    wr_command_id id = 0;
    while (id < WR_COMMANDS && strcmp(wr_command_infos[id].name, name)) id++;
    return id;
}

const char *wr_option_spelling(const wr_option *option, char *out) {
    snprintf(out, 48, "%s%s", option->name[1] ? "--" : "-", option->name);
    return out;
}

static bool wants_value(const wr_option *option) { return option->argument && option->argument[0] != '['; }

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
            snprintf(args->error, sizeof args->error, "--%s is no option of `wring %s`, but of `wring %s`",
                     option->name, wr_command_infos[args->command].name, wr_command_infos[other].name);
            return false;
        }
    }
    char name[64];
    snprintf(name, sizeof name, "%.*s", (int)n, word);
    const char *near = dashes[1] ? wr_nearest(name, names, count) : NULL;
    int used = snprintf(args->error, sizeof args->error, "unknown option %s%s", dashes, name);
    snprintf(args->error + used, sizeof args->error - (size_t)used,
             near ? "; did you mean %s%s?" : "; see `wring help %s%s`", near ? (near[1] ? "--" : "-") : "",
             near ? near : wr_command_infos[args->command].name);
    return false;
}

static bool is_output(const wr_option *option) { return option == &wr_options[WR_OPTION_OUTPUT]; }

// With two outputs, all but one would be ignored silently.
static bool give(parser *p, const wr_option *option, const char *value) {
    wr_args *args = p->args;
    if (is_output(option) && wr_args_has(args, WR_OPTION_OUTPUT)) {
        snprintf(args->error, sizeof args->error, "two outputs are given: %.120s and %.120s",
                 wr_args_value(args, WR_OPTION_OUTPUT), value);
        return false;
    }
    args->given[args->ngiven++] = (wr_given){(wr_option_id)(option - wr_options), value};
    return true;
}

static bool take_next(parser *p, const wr_option *option) {
    if (p->at >= p->n) {
        char spelling[48];
        snprintf(p->args->error, sizeof p->args->error, "%s needs a value: %s",
                 wr_option_spelling(option, spelling), option->argument);
        return false;
    }
    return give(p, option, p->words[p->at++]);
}

static bool parse_long(parser *p, const char *word) {
    size_t n = strcspn(word, "=");
    const char *value = word[n] ? word + n + 1 : NULL;
    for (size_t i = 0; i < WR_OPTIONS; i++) {
        const wr_option *option = &wr_options[i];
        if (strlen(option->name) != n || strncmp(option->name, word, n) ||
            !WR_FOR_COMMAND(option, p->args->command))
            continue;
        if (n == 1) break; // -O isn't --O
        if (value && !option->argument) {
            snprintf(p->args->error, sizeof p->args->error, "--%s takes no value", option->name);
            return false;
        }
        if (!value && wants_value(option)) return take_next(p, option);
        return give(p, option, value);
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

// -oz is more often a typing error for -Oz than an output named z.
static bool is_level(parser *p, const char *value) {
    static const char levels[] = "01234sz";
    if (!value[0] || value[1] || !strchr(levels, value[0])) return false;
    snprintf(p->args->error, sizeof p->args->error,
             "-o%s would write a file named %s; did you mean -O%s? If not, write -o %s", value, value, value,
             value);
    return true;
}

static bool parse_letters(parser *p, const char *word) {
    for (; *word; word++) {
        const wr_option *option = find_letter(p, *word);
        if (!option) return fail_unknown(p, "-", word, 1);
        if (!option->argument) {
            if (!give(p, option, NULL)) return false;
            continue;
        }
        if (is_output(option) && is_level(p, word + 1)) return false;
        const char *value = word[1] == '=' ? word + 2 : word + 1;
        if (word[1] || !wants_value(option)) return give(p, option, word[1] ? value : NULL);
        return take_next(p, option);
    }
    return true;
}

static void take_file(parser *p, const char *word) { p->args->files[p->args->nfiles++] = word; }

// Whether a command has the command line of another program.
static bool is_stand_in(wr_command_id command) {
    return command == WR_CMD_WASM_OPT || command == WR_CMD_WASM_METADCE || command == WR_CMD_WASM_CTOR_EVAL ||
           command == WR_CMD_WASM_EMSCRIPTEN_FINALIZE;
}

wr_command_id wr_options_find_stand_in(const char *program) {
    const char *slash = strrchr(program, '/'), *name = slash ? slash + 1 : program;
    if (!strncmp(name, "wring-", 6)) name += 6;
    wr_command_id id = wr_options_find_command(name);
    return id != WR_COMMANDS && is_stand_in(id) ? id : WR_COMMANDS;
}

bool wr_args_parse(wr_args *args, wr_command_id command, int n, char **words) {
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

bool wr_args_has(const wr_args *args, wr_option_id option) { return last_given(args, option) != NULL; }

const char *wr_args_value(const wr_args *args, wr_option_id option) {
    const wr_given *given = last_given(args, option);
    return given ? given->value : NULL;
}

bool wr_args_number(const wr_args *args, wr_option_id option, double least, double *out, char *error,
                    size_t size) {
    const char *text = wr_args_value(args, option);
    if (!text) return true;
    char *end;
    double value = strtod(text, &end);
    if (end != text && !*end && value >= least && value < 1e9) {
        *out = value;
        return true;
    }
    snprintf(error, size, "--%s: expected a number of at least %g, not \"%s\"", wr_options[option].name,
             least, text);
    return false;
}
