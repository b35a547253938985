// Writes a result in one step: the target is either the old file or the whole new one.
#ifndef WR_CLI_OUTPUT_H
#define WR_CLI_OUTPUT_H

#include "support/base.h"

// Finds out before long work whether path can be written. Returns 0 or an errno value.
int wr_output_check(const char *path);

// Writes bytes to path, or to standard output for "-". A regular file is replaced by rename() and keeps its
// permission bits. A symbolic link stays, and its target is replaced. Anything that is not a regular file (a
// pipe, /dev/null) is written directly, and so is a file that one of this process's descriptors has open
// (/dev/stdout). Other hard links to the file keep the old bytes. Returns 0 or an errno value; after an error
// a regular file is unchanged.
int wr_output_write(const char *path, wr_slice bytes);

#endif
