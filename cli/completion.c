// `wring completion`: completion scripts for bash, zsh and fish, written from the tables of commands and
// options.
#include <stdio.h>
#include <string.h>

#include "message.h"
#include "options.h"
#include "wring.h"

// Options whose values are known words; those with a FILE or PATH take file names, the rest take nothing in
// particular.
static const struct {
    wr_option_id option;
    const char *values; // NULL: names of passes
} known_values[] = {
    {WR_OPTION_LEVEL, "0 1 2 3 s z"}, {WR_OPTION_FOR, "raw gzip brotli zstd"},
    {WR_OPTION_PASSES, NULL},         {WR_OPTION_SKIP_PASS, NULL},
    {WR_OPTION_STOP_AFTER, NULL},     {WR_OPTION_DUMP_AFTER, NULL},
};

static bool has_values(wr_option_id id) {
    for (size_t i = 0; i < sizeof known_values / sizeof *known_values; i++)
        if (known_values[i].option == id) return true;
    return false;
}

static void print_values(wr_option_id id) {
    for (size_t i = 0; i < sizeof known_values / sizeof *known_values; i++) {
        if (known_values[i].option != id) continue;
        if (known_values[i].values) fputs(known_values[i].values, stdout);
        wring_pass_info pass;
        for (size_t k = 0; !known_values[i].values && wring_pass(k, &pass); k++)
            printf("%s%s", k ? " " : "", pass.name);
    }
}

// Several values, separated by commas.
static bool takes_list(wr_option_id id) { return id == WR_OPTION_PASSES || id == WR_OPTION_SKIP_PASS; }

#define QUESTIONS "why retained calls garbage boundary" // of audit

static bool takes_file(const wr_option *option) {
    return option->argument && (strstr(option->argument, "FILE") || strstr(option->argument, "PATH"));
}

static bool is_letter(const wr_option *option) { return !option->name[1]; }

static void print_commands(const char *between) {
    for (size_t i = 0; i < WR_COMMANDS; i++) printf("%s%s", i ? between : "", wr_command_infos[i].name);
}

// The help's first clause, with what would end a quoted word taken out.
static void print_short_help(const char *help) {
    for (; *help && *help != ';'; help++)
        if (!strchr("'\"`$\\[]", *help)) putchar(*help == ':' ? ',' : *help);
}

static void bash_words(wr_command_id command) {
    for (size_t i = 0; i < WR_OPTIONS; i++) {
        const wr_option *option = &wr_options[i];
        if (!WR_FOR_COMMAND(option, command)) continue;
        if (option->letter) printf("-%c ", option->letter);
        if (is_letter(option) && i == WR_OPTION_LEVEL)
            printf("-O0 -O1 -O2 -O3 -Os -Oz ");
        else
            printf("--%s%s ", option->name, option->argument && option->argument[0] != '[' ? "=" : "");
    }
}

// Cases for the values of options: lists of words, then file names.
static void bash_values(void) {
    for (size_t i = 0; i < WR_OPTIONS; i++) {
        if (is_letter(&wr_options[i]) || !has_values(i)) continue;
        const char *head = takes_list(i) ? "-P \"$head\" " : "",
                   *word = takes_list(i) ? "${cur##*,}" : "$cur";
        printf("    --%s) COMPREPLY=($(compgen %s-W '", wr_options[i].name, head);
        print_values(i);
        printf("' -- \"%s\")); return ;;\n", word);
    }
    fputs("    ", stdout);
    const char *between = "";
    for (size_t i = 0; i < WR_OPTIONS; i++) {
        if (!takes_file(&wr_options[i]) || is_letter(&wr_options[i])) continue;
        printf("%s--%s", between, wr_options[i].name);
        if (wr_options[i].letter) printf("|-%c", wr_options[i].letter);
        between = "|";
    }
    puts(") COMPREPLY=($(compgen -f -- \"$cur\")); return ;;");
}

static void print_bash(void) {
    puts("# bash completion for wring\n_wring() {\n"
         "  local cur=${COMP_WORDS[COMP_CWORD]} option=${COMP_WORDS[COMP_CWORD-1]} command=opt words= head=");
    puts("  if [[ $cur == = ]]; then cur=; elif [[ $option == = ]]; then option=${COMP_WORDS[COMP_CWORD-2]}; "
         "fi\n"
         "  if [[ $cur == *,* ]]; then head=${cur%,*},; fi");
    printf("  case ${COMP_WORDS[1]} in ");
    print_commands("|");
    puts(") command=${COMP_WORDS[1]} ;; esac\n  case $option in");
    bash_values();
    puts("  esac\n  case $command in");
    for (wr_command_id c = 0; c < WR_COMMANDS; c++) {
        printf("    %s) words='", wr_command_infos[c].name);
        bash_words(c);
        if (c == WR_CMD_COMPLETION) fputs("bash zsh fish", stdout);
        if (c == WR_CMD_HELP) print_commands(" ");
        if (c == WR_CMD_AUDIT) fputs(QUESTIONS, stdout);
        puts("' ;;");
    }
    fputs("  esac\n  [[ $COMP_CWORD == 1 ]] && words+=' ", stdout);
    print_commands(" ");
    puts("'\n  [[ $cur == -* || $COMP_CWORD == 1 || $command == completion || $command == help ||\n"
         "     ($command == audit && $COMP_CWORD == 2 && -n $cur) ]] &&\n"
         "    COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
         "  [[ ${COMPREPLY[0]} == *= ]] && compopt -o nospace\n}\n"
         "complete -o default -F _wring wring");
}

static void zsh_option(wr_option_id id) {
    const wr_option *option = &wr_options[id];
    const char *argument = option->argument;
    bool optional = argument && argument[0] == '[';
    if (option->letter)
        printf("    '(-%c --%s)'{-%c%s,--%s%s}'[", option->letter, option->name, option->letter,
               argument ? "+" : "", option->name, argument ? "=" : "");
    else
        printf("    '%s%s%s[", is_letter(option) ? "-" : "--", option->name,
               !argument                       ? ""
               : is_letter(option) || optional ? "-"
                                               : "=");
    print_short_help(option->help);
    putchar(']');
    if (argument) {
        printf("%s:%.*s:", optional ? ":" : "", (int)strcspn(argument + optional, "]"), argument + optional);
        if (has_values(id)) {
            fputs(takes_list(id) ? "_sequence compadd - " : "(", stdout);
            print_values(id);
            if (!takes_list(id)) putchar(')');
        }
        if (takes_file(option)) fputs("_files", stdout);
    }
    puts("' \\");
}

static void print_zsh(void) {
    puts("#compdef wring\n_wring() {\n  local command=opt\n  if (( CURRENT == 2 )); then\n    local -a "
         "commands=(");
    for (size_t i = 0; i < WR_COMMANDS; i++) {
        printf("      '%s:", wr_command_infos[i].name);
        print_short_help(wr_command_infos[i].summary);
        puts("'");
    }
    printf("    )\n    _describe command commands\n  fi\n  case $words[2] in ");
    print_commands("|");
    puts(") command=$words[2]; shift words; (( CURRENT-- )) ;; esac\n  case $command in");
    for (wr_command_id c = 0; c < WR_COMMANDS; c++) {
        printf("  %s) _arguments -s \\\n", wr_command_infos[c].name);
        for (size_t i = 0; i < WR_OPTIONS; i++)
            if (WR_FOR_COMMAND(&wr_options[i], c)) zsh_option(i);
        if (c == WR_CMD_AUDIT)
            // The space before _alternative keeps zsh from adding options of compadd, which it doesn't know.
            puts("    '1:question or module: _alternative \"questions:question:(" QUESTIONS
                 ")\" \"files:module:_files\"' \\");
        fputs("    '*:", stdout);
        if (c == WR_CMD_COMPLETION)
            fputs("shell:(bash zsh fish)", stdout);
        else if (c == WR_CMD_HELP)
            fputs("command:(", stdout), print_commands(" "), putchar(')');
        else
            fputs("module:_files", stdout);
        puts("' ;;");
    }
    puts("  esac\n}\n[[ $funcstack[1] == _wring ]] && _wring \"$@\" || compdef _wring wring");
}

// The start of a line about an option: where it is one.
static void fish_where(wr_command_id command) {
    printf("complete -c wring -n '%s__fish_seen_subcommand_from ", command == WR_CMD_OPT ? "not " : "");
    if (command == WR_CMD_OPT)
        for (size_t k = 1; k < WR_COMMANDS; k++) printf("%s ", wr_command_infos[k].name);
    else
        fputs(wr_command_infos[command].name, stdout);
    putchar('\'');
}

// Each level is an option of its own: fish takes the value of a one-letter option to be a word of its own.
static void fish_levels(wr_command_id command) {
    for (const char *level = "0123sz"; *level; level++) {
        fish_where(command);
        printf(" -o O%c -d 'optimization level'\n", *level);
    }
}

static void fish_option(wr_command_id command, wr_option_id id) {
    const wr_option *option = &wr_options[id];
    fish_where(command);
    printf(" -%c %s", is_letter(option) ? 'o' : 'l', option->name);
    if (option->letter) printf(" -s %c", option->letter);
    if (option->argument && option->argument[0] != '[') fputs(" -r", stdout);
    if (option->argument) fputs(takes_file(option) ? " -F" : " -f", stdout);
    if (has_values(id)) {
        fputs(takes_list(id) ? " -a '(__fish_append , " : " -a '", stdout);
        print_values(id);
        fputs(takes_list(id) ? ")'" : "'", stdout);
    }
    fputs(" -d '", stdout);
    print_short_help(option->help);
    puts("'");
}

static void fish_options(wr_command_id command) {
    for (wr_option_id id = 0; id < WR_OPTIONS; id++) {
        if (!WR_FOR_COMMAND(&wr_options[id], command)) continue;
        if (id == WR_OPTION_LEVEL)
            fish_levels(command);
        else
            fish_option(command, id);
    }
}

static void print_fish(void) {
    puts("# fish completion for wring");
    for (wr_command_id c = 0; c < WR_COMMANDS; c++) {
        printf("complete -c wring -n __fish_use_subcommand -a %s -d '", wr_command_infos[c].name);
        print_short_help(wr_command_infos[c].summary);
        puts("'");
    }
    for (wr_command_id c = 0; c < WR_COMMANDS; c++) fish_options(c);
    puts("complete -c wring -n '__fish_seen_subcommand_from audit' -a '" QUESTIONS "'");
    puts("complete -c wring -n '__fish_seen_subcommand_from completion' -f -a 'bash zsh fish'");
    fputs("complete -c wring -n '__fish_seen_subcommand_from help' -f -a '", stdout);
    print_commands(" ");
    puts("'");
}

int wr_cmd_completion(const wr_args *args) {
    const char *shell = args->nfiles == 1 ? args->files[0] : "";
    if (!strcmp(shell, "bash"))
        print_bash();
    else if (!strcmp(shell, "zsh"))
        print_zsh();
    else if (!strcmp(shell, "fish"))
        print_fish();
    else {
        wr_message_error("expected one shell: bash, zsh or fish");
        return WR_EXIT_USAGE;
    }
    return WR_EXIT_OK;
}
