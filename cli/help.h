// Help, written from the tables of commands and options.
#ifndef WR_CLI_HELP_H
#define WR_CLI_HELP_H

#include <stdio.h>

#include "options.h"

void wr_help_print(FILE *out);
void wr_help_print_command(FILE *out, wr_command_id command);

#endif
