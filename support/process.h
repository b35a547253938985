// Child processes: run a program to its end, under limits, and say how long it took, how much memory it
// needed at most, how it ended and what it said last on standard error. Safe to use from any thread of a
// program with several.
//
// Limits: Linux only where the processor is pinned. The peak memory is what the kernel counts (resident
// pages), and is never below what the calling process had resident when it started the child.
#ifndef WR_SUPPORT_PROCESS_H
#define WR_SUPPORT_PROCESS_H

#include <stdatomic.h>

#include "base.h"

typedef struct wr_command {
    const char *const *argv;   // argv[0] is the path of a program; NULL at the end
    const char *out_path;      // file for its standard output; NULL: thrown away
    bool inherit;              // it has our standard output and error, and the outcome has no errors
    double timeout;            // seconds, 0: none
    uint64_t memory_limit;     // resident bytes, looked at ten times a second; 0: none
    int cpu;                   // run on this processor only; -1: anywhere
    const atomic_bool *cancel; // looked at ten times a second; may be NULL
} wr_command;

typedef enum wr_ending {
    WR_EXITED,      // by itself, with an exit code
    WR_KILLED,      // by a signal
    WR_TIMED_OUT,   // killed by us, the timeout being over
    WR_TOO_LARGE,   // killed by us, the memory limit being reached
    WR_INTERRUPTED, // killed by us, since *cancel became true
    WR_NOT_STARTED, // could not be started
} wr_ending;

typedef struct wr_outcome {
    wr_ending ending;
    int code; // exit code, signal number or errno
    double seconds;
    uint64_t peak_memory;
    char errors[4096]; // the end of what it wrote to standard error, a string
} wr_outcome;

void wr_run_command(const wr_command *command, wr_outcome *outcome);

static inline bool wr_succeeded(const wr_outcome *outcome) {
    return outcome->ending == WR_EXITED && outcome->code == 0;
}

// Says in words how the program ended, with the last line it wrote: "exit code 1: Fatal: …".
void wr_outcome_text(const wr_outcome *outcome, char *out, size_t size);

// The last of the processors that this process may use, -1 if that can't be said.
int wr_last_cpu(void);

#endif
