// Help, written from the tables of commands and options, wrapped to the terminal.
#include "help.h"

#include <string.h>
#include <unistd.h>

#include "message.h"
#include "support/system.h"
#include "wring.h"

enum { INDENT = 30, PASS_INDENT = 20, COMMAND_INDENT = 16 }; // columns where descriptions begin

static int width_of(FILE *out) {
    int columns = wr_system_terminal_columns(fileno(out));
    if (columns < 60) return 80;
    return columns < 110 ? columns : 110;
}

// Prints text in lines that begin at `indent`; the first line is there already, at column `column`.
static void wrap(FILE *out, const char *text, int column, int indent) {
    int width = width_of(out);
    while (*text) {
        size_t n = strcspn(text, " \n");
        bool start = column <= indent;
        if (!start && column + 1 + (int)n > width) {
            fputc('\n', out);
            column = 0, start = true;
        }
        if (column < indent) column += fprintf(out, "%*s", indent - column, "");
        column += fprintf(out, "%s%.*s", start ? "" : " ", (int)n, text);
        text += n;
        if (*text == '\n') fputc('\n', out), column = 0;
        text += strspn(text, " \n");
    }
    fputc('\n', out);
}

static void print_option(FILE *out, const wr_option *option) {
    char head[80] = "";
    const char *argument = option->argument ? option->argument : "";
    bool one = !option->name[1], optional = argument[0] == '[';
    if (option->letter) snprintf(head, sizeof head, "-%c, ", option->letter);
    size_t n = strlen(head);
    snprintf(head + n, sizeof head - n, "%s%s", one ? "-" : "--", option->name);
    n = strlen(head);
    if (*argument && optional)
        snprintf(head + n, sizeof head - n, "[%s%s", one ? "" : "=", argument + 1);
    else if (*argument)
        snprintf(head + n, sizeof head - n, "%s%s", one ? "" : "=", argument);
    int column = fprintf(out, "  %s%s", option->letter || one ? "" : "    ", head);
    if (column > INDENT - 2) fputc('\n', out), column = 0;
    wrap(out, option->help, column, INDENT);
}

static void print_options(FILE *out, wr_command_id command) {
    const char *title = NULL;
    for (size_t i = 0; i < wr_option_nrows; i++) {
        const wr_option_row *row = &wr_option_rows[i];
        if (row->title) title = row->title;
        if (row->title || !WR_FOR_COMMAND(&wr_options[row->option], command)) continue;
        if (title) fprintf(out, "\n%s:\n", title);
        title = NULL;
        print_option(out, &wr_options[row->option]);
    }
}

static void print_passes(FILE *out) {
    wring_pass_info pass;
    if (!wring_pass(0, &pass)) return;
    fputs("\nPasses, in the order of running, with the levels that run them:\n", out);
    for (size_t i = 0; wring_pass(i, &pass); i++) {
        char text[512];
        snprintf(text, sizeof text, "%s (%s)", pass.summary, pass.levels);
        int column = fprintf(out, "  %s", pass.name);
        if (column > PASS_INDENT - 2) fputc('\n', out), column = 0;
        wrap(out, text, column, PASS_INDENT);
    }
}

static void print_statuses(FILE *out) {
    fputc('\n', out);
    wrap(out,
         "Exit status: 0 done, 1 bad usage, 2 bad input, 3 cannot read or write, 4 internal error (nothing "
         "written), "
         "5 a limit of time or memory was reached, 6 compare found a difference in behaviour, 7 a budget is "
         "exceeded.",
         0, 0);
}

void wr_help_print(FILE *out) {
    fputs("Usage: wring IN -o OUT [options]\n       wring COMMAND …\n\n", out);
    wrap(out, "wring makes WebAssembly modules smaller, and keeps what they do.", 0, 0);
    fputs("\nCommands (`wring help COMMAND` says more):\n", out);
    for (size_t i = 0; i < WR_COMMANDS; i++) {
        int column = fprintf(out, "  %s", wr_command_infos[i].name);
        if (column > COMMAND_INDENT - 2) fputc('\n', out), column = 0;
        wrap(out, wr_command_infos[i].summary, column, COMMAND_INDENT);
    }
    print_options(out, WR_CMD_OPT);
    print_statuses(out);
}

void wr_help_print_command(FILE *out, wr_command_id command) {
    const wr_command_info *info = &wr_command_infos[command];
    fprintf(out, "Usage: wring %s %s\n", info->name, info->arguments);
    int column = fprintf(out, "\n%s:", info->name) - 1;
    wrap(out, info->summary, column, 0);
    if (*info->help) fputc('\n', out), wrap(out, info->help, 0, 0);
    print_options(out, command);
    if (command == WR_CMD_OPT) print_passes(out);
    print_statuses(out);
}

int wr_cmd_help(const wr_args *args) {
    if (args->nfiles == 0) {
        wr_help_print(stdout);
        return WR_EXIT_OK;
    }
    wr_command_id command = wr_options_find_command(args->files[0]);
    if (command != WR_COMMANDS) {
        wr_help_print_command(stdout, command);
        return WR_EXIT_OK;
    }
    const char *names[WR_COMMANDS];
    for (size_t i = 0; i < WR_COMMANDS; i++) names[i] = wr_command_infos[i].name;
    const char *near = wr_nearest(args->files[0], names, WR_COMMANDS);
    wr_message_error("there is no command \"%s\"; %s%s%s", args->files[0],
                     near ? "did you mean " : "see `wring help`", near ? near : "", near ? "?" : "");
    return WR_EXIT_USAGE;
}
