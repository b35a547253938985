// Help, written from the tables of commands and options.
#ifndef WR_CLI_HELP_H
#define WR_CLI_HELP_H

#include <stdio.h>

#include "options.h"

void wr_print_help(FILE *out);
void wr_print_command_help(FILE *out, wr_command_id command);

#endif
