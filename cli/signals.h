// Interrupts: the running job is asked to stop, and a half-written file is removed.
#ifndef WR_CLI_SIGNALS_H
#define WR_CLI_SIGNALS_H

#include <stdatomic.h>
#include <stdbool.h>

#include "wring.h"

void wr_signals_catch(void);

// Sets the job to cancel, or NULL. Without a job an interrupt ends the program at once.
void wr_signal_job(wring_job *job);
// Sets the file to remove, or NULL. The string must stay valid and unchanged until the next call.
void wr_signal_file(const char *path);
// For work that looks at a flag by itself: between the two calls an interruption sets the flag and nothing
// else.
void wr_signal_flag(atomic_bool *flag);

// Whether the work was interrupted by a signal.
bool wr_signal_caught(void);
// Ends the program by the signal that was caught, as if it had not been caught, so that shells see it.
// Returns if no signal was caught.
void wr_signals_end(void);

#endif
