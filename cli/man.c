// `wring man`: manual pages in troff, written from the tables of commands and options, as the build installs
// them.
#include <stdio.h>
#include <string.h>

#include "help.h"
#include "message.h"
#include "options.h"
#include "wring.h"

// Text with what troff would take for its own escaped.
static void print_text(const char *text) {
    bool at_start = true;
    for (; *text; text++) {
        if (at_start && (*text == '.' || *text == '\'')) fputs("\\&", stdout);
        if (*text == '\\')
            fputs("\\e", stdout);
        else if (*text == '-')
            fputs("\\-", stdout);
        else if (*text == '\n')
            fputs("\n.PP\n", stdout);
        else
            putchar(*text);
        at_start = *text == '\n';
    }
    putchar('\n');
}

static void print_head(const wr_option *option) {
    bool one = !option->name[1];
    const char *argument = option->argument;
    puts(".TP");
    fputs(".B ", stdout);
    if (option->letter) printf("\\-%c, ", option->letter);
    fputs(one ? "\\-" : "\\-\\-", stdout);
    for (const char *p = option->name; *p; p++) printf("%s%c", *p == '-' ? "\\" : "", *p);
    if (argument && argument[0] == '[')
        printf("[%s%s", one ? "" : "=", argument + 1);
    else if (argument)
        printf("%s%s", one ? "" : "=", argument);
    putchar('\n');
}

static void print_options(wr_command_id command) {
    const char *title = NULL;
    puts(".SH OPTIONS");
    for (size_t i = 0; i < wr_option_nrows; i++) {
        const wr_option_row *row = &wr_option_rows[i];
        if (row->title) title = row->title;
        if (row->title || !WR_FOR_COMMAND(&wr_options[row->option], command)) continue;
        if (title) printf(".SS %s\n", title);
        title = NULL;
        print_head(&wr_options[row->option]);
        print_text(wr_options[row->option].help);
    }
}

static void print_statuses(void) {
    puts(".SH EXIT STATUS\n.TP\n.B 0\ndone");
    puts(".TP\n.B 1\nbad usage\n.TP\n.B 2\nbad input\n.TP\n.B 3\ncannot read or write");
    puts(".TP\n.B 4\ninternal error: nothing was written\n.TP\n.B 5\na limit of time or memory was reached");
    puts(".TP\n.B 6\na difference in behaviour was found\n.TP\n.B 7\na budget is exceeded");
}

static void print_environment(void) {
    puts(".SH ENVIRONMENT\n.TP\n.B NO_COLOR\nno colours, also at a terminal");
    puts(".TP\n.B CLICOLOR_FORCE\ncolours, also where output is no terminal");
    puts(".TP\n.B WRING_NODE\nthe Node that runs modules\n.TP\n.B WASM_OPT\na wasm\\-opt of Binaryen");
}

static void print_title(const char *page, const char *summary) {
    printf(".TH %s 1 \"\" \"wring %s\" \"User Commands\"\n.SH NAME\n", page, wring_version());
    print_text(page);
    fputs("\\- ", stdout);
    print_text(summary);
    puts(".SH SYNOPSIS");
}

static void print_main_page(void) {
    print_title("wring", "makes WebAssembly modules smaller, and keeps what they do");
    puts(".B wring\n.I IN\n.B \\-o\n.I OUT\n[options]\n.br\n.B wring\n.I COMMAND\n\\&...");
    puts(".SH DESCRIPTION");
    print_text(wr_command_infos[WR_CMD_OPT].help);
    puts(".SH COMMANDS\nEach has a page of its own, wring\\-COMMAND(1).");
    for (size_t i = 0; i < WR_COMMANDS; i++) {
        printf(".TP\n.B %s\n", wr_command_infos[i].name);
        print_text(wr_command_infos[i].summary);
    }
    print_options(WR_CMD_OPT);
    print_statuses();
    print_environment();
}

static void print_command_page(wr_command_id command) {
    char page[64];
    const wr_command_info *info = &wr_command_infos[command];
    snprintf(page, sizeof page, "wring-%s", info->name);
    print_title(page, info->summary);
    printf(".B wring %s\n", info->name);
    print_text(info->arguments);
    puts(".SH DESCRIPTION");
    print_text(info->help);
    print_options(command);
    print_statuses();
    print_environment();
    puts(".SH SEE ALSO\nwring(1)");
}

int wr_cmd_man(const wr_args *args) {
    if (args->nfiles == 0) {
        print_main_page();
        return WR_EXIT_OK;
    }
    wr_command_id command = wr_options_find_command(args->files[0]);
    if (command == WR_COMMANDS) {
        wr_message_error("there is no command \"%s\"; see `wring help`", args->files[0]);
        return WR_EXIT_USAGE;
    }
    print_command_page(command);
    return WR_EXIT_OK;
}
