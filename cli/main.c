// The program: finds the command, parses its options according to the tables, and runs it.
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "help.h"
#include "message.h"
#include "options.h"
#include "signals.h"
#include "support/system.h"
#include "wring.h"

static int run(wr_command_id command, bool named, int n, char **words) {
    wr_args args;
    int status = WR_EXIT_OK;
    if (!wr_args_parse(&args, command, n, words)) {
        wr_message_error("%s", args.error);
        status = WR_EXIT_USAGE;
    } else if (wr_args_has(&args, WR_OPTION_HELP)) {
        if (named)
            wr_help_print_command(stdout, command);
        else
            wr_help_print(stdout);
    } else if (wr_args_has(&args, WR_OPTION_VERSION)) {
        printf("wring %s\n", wring_version());
    } else {
        status = wr_command_infos[command].run(&args);
    }
    wr_args_free(&args);
    return status;
}

int main(int argc, char **argv) {
    wr_system_keep_memory_low();
    wr_system_enter_directory();
    wr_signals_catch();
    wr_command_id stand_in = wr_options_find_stand_in(argc ? argv[0] : "");
    if (stand_in == WR_COMMANDS && argc < 2) {
        wr_help_print(stderr);
        return WR_EXIT_USAGE;
    }
    wr_command_id command = stand_in != WR_COMMANDS ? stand_in : wr_options_find_command(argv[1]);
    bool named = command != WR_COMMANDS;
    int skip = named && stand_in == WR_COMMANDS ? 2 : 1;
    int status = run(named ? command : WR_CMD_OPT, named, argc - skip, argv + skip);
    if ((fflush(stdout) || ferror(stdout)) && status == WR_EXIT_OK) {
        wr_message_error("cannot write to standard output: %s", strerror(errno));
        status = WR_EXIT_IO;
    }
    wr_signals_end();
    return status;
}
