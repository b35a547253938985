// Writes a result in one step: the target is either the old file or the whole new one.
#ifndef WR_CLI_OUTPUT_H
#define WR_CLI_OUTPUT_H

#include "support/base.h"

// Says early, before long work, why path can't be written. Returns 0 or an errno value.
int wr_output_check(const char *path);

// Writes bytes to path, "-" being standard output. A regular file is replaced by rename() and keeps its
// permission bits; a symbolic link stays and its target is replaced; what is no regular file (a pipe,
// /dev/null) is written directly, and so is what an own descriptor has open (/dev/stdout). Other hard links
// to the file keep the old bytes. Returns 0 or an errno value; in that case a regular file is as before.
int wr_output_write(const char *path, wr_slice bytes);

#endif
