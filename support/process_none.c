// Child processes on a system that has none, or none that wring knows how to watch (WASI, Windows): nothing
// can be started, and what would have used a program says so.
#include "process.h"

#include <errno.h>

void wr_run_command(const wr_command *command, wr_outcome *outcome) {
    (void)command;
    *outcome = (wr_outcome){.ending = WR_NOT_STARTED, .code = ENOSYS};
}

int wr_last_cpu(void) { return -1; }
