// The parser of the command line. The tables lib/options.def and cli/commands.def are all that the parser,
// help and completion know.
#ifndef WR_CLI_OPTIONS_H
#define WR_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "support/nearest.h"

typedef enum wr_command_id {
#define COMMAND(id, name, function, arguments, summary, help) WR_CMD_##id,
#include "commands.def"
#undef COMMAND
    WR_COMMANDS,
} wr_command_id;

typedef enum wr_option_id {
#define OPTION(id, name, letter, argument, scope, commands, help) WR_OPTION_##id,
#include "lib/options.def"
#undef OPTION
    WR_OPTIONS,
} wr_option_id;

typedef struct wr_option {
    const char *name;     // a single letter means that it is written -Ox
    char letter;          // another one-letter name, or 0
    const char *argument; // NULL: none; "X": wanted; "[X]": may follow with =
    bool library;         // for wring_options_set()
    unsigned commands;    // 1 << WR_CMD_*
    const char *help;
} wr_option;

// Options in the order of the table, with the titles of groups between them.
typedef struct wr_option_row {
    const char *title; // of the group that begins here, or NULL
    wr_option_id option;
} wr_option_row;

typedef struct wr_given {
    wr_option_id option;
    const char *value; // NULL: without a value
} wr_given;

typedef struct wr_args {
    wr_command_id command;
    wr_given *given; // in order
    size_t ngiven;
    const char **files; // words that are not options
    size_t nfiles;
    char error[320]; // why the command line is refused
} wr_args;

typedef struct wr_command_info {
    const char *name;
    int (*run)(const wr_args *args);
    const char *arguments, *summary, *help;
} wr_command_info;

extern const wr_option wr_options[WR_OPTIONS];
extern const wr_option_row wr_option_rows[];
extern const size_t wr_option_nrows;
extern const wr_command_info wr_command_infos[WR_COMMANDS];

// The command that stands in for the program of this path or name (such as /usr/bin/wasm-opt), or WR_COMMANDS
// if none does.
wr_command_id wr_options_find_stand_in(const char *program);

// Parses the words after the command's name; for a stand-in command all words are taken as files, in order.
// Returns false and fills args->error if they are wrong. The strings belong to the caller and must outlive
// args. Call wr_args_free() in both cases.
bool wr_args_parse(wr_args *args, wr_command_id command, int n, char **words);
void wr_args_free(wr_args *args);

// The command of this name, or WR_COMMANDS if there is none.
wr_command_id wr_options_find_command(const char *name);

bool wr_args_has(const wr_args *args, wr_option_id option);
// The value given last, or NULL.
const char *wr_args_value(const wr_args *args, wr_option_id option);
// Reads an option's value as a number of at least `least`. Returns false, with a message in error, if it is
// anything else. Without the option *out stays unchanged.
bool wr_args_number(const wr_args *args, wr_option_id option, double least, double *out, char *error,
                    size_t size);

// Writes "--name" or "-O" into out, which has room for 48 bytes.
const char *wr_option_spelling(const wr_option *option, char *out);

#define WR_FOR_COMMAND(option, command) ((option)->commands >> (command)&1)

int wr_cmd_opt(const wr_args *args);
int wr_cmd_compare(const wr_args *args);
int wr_cmd_audit(const wr_args *args);
int wr_cmd_batch(const wr_args *args);
int wr_cmd_diff(const wr_args *args);
int wr_cmd_verify(const wr_args *args);
int wr_cmd_profile(const wr_args *args);
int wr_cmd_budget(const wr_args *args);
int wr_cmd_ci(const wr_args *args);
int wr_cmd_wasm_opt(const wr_args *args);
int wr_cmd_wasm_metadce(const wr_args *args);
int wr_cmd_wasm_ctor_eval(const wr_args *args);
int wr_cmd_wasm_emscripten_finalize(const wr_args *args);
int wr_cmd_install_into(const wr_args *args);
int wr_cmd_symbolicate(const wr_args *args);
int wr_cmd_completion(const wr_args *args);
int wr_cmd_man(const wr_args *args);
int wr_cmd_help(const wr_args *args);

#endif
