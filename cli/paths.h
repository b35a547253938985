// Lists of input files, from the command line and from the lines of a file.
#ifndef WR_CLI_PATHS_H
#define WR_CLI_PATHS_H

#include <stddef.h>

#include "message.h"
#include "support/strings.h"

// Collects `files`, then the lines of `list` ("-": standard input, NULL: none) without empty lines. Returns
// something other than WR_EXIT_OK, with a message in error, if the list can't be read. Call
// wr_strings_free() in both cases.
wr_exit wr_paths_read(wr_strings *paths, const char **files, size_t n, const char *list, char *error,
                      size_t size);

#endif
