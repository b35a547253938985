// Child processes on systems without them, or where wring cannot watch them (WASI, Windows): nothing can be
// started, and features that need a program say so.
#include "process.h"

#include <errno.h>

void wr_process_run(const wr_command *command, wr_outcome *outcome) {
    (void)command;
    *outcome = (wr_outcome){.ending = WR_NOT_STARTED, .code = ENOSYS};
}

int wr_process_last_cpu(void) { return -1; }
