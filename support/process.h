// Child processes: runs a program to its end under limits, and reports how long it took, its peak memory, how
// it ended, and its last output on standard error. Thread-safe.
//
// Pinning to a processor works only on Linux. Peak memory is what the kernel counts as resident pages; it is
// never below what the calling process had resident when it started the child.
#ifndef WR_SUPPORT_PROCESS_H
#define WR_SUPPORT_PROCESS_H

#include <stdatomic.h>

#include "base.h"

typedef struct wr_command {
    const char *const *argv; // argv[0] is the path of a program; NULL at the end
    const char *out_path;    // file for its standard output; NULL: discarded
    bool inherit;   // the child uses our standard output and standard error, so the outcome has no error text
    double timeout; // in seconds; 0: none
    uint64_t memory_limit;     // in resident bytes, checked ten times a second; 0: none
    int cpu;                   // pin to this processor; -1: run anywhere
    const atomic_bool *cancel; // checked ten times a second; may be NULL
} wr_command;

typedef enum wr_ending {
    WR_EXITED,      // exited with a code
    WR_KILLED,      // killed by a signal
    WR_TIMED_OUT,   // killed by us at the timeout
    WR_TOO_LARGE,   // killed by us at the memory limit
    WR_INTERRUPTED, // killed by us because *cancel became true
    WR_NOT_STARTED, // could not be started
} wr_ending;

typedef struct wr_outcome {
    wr_ending ending;
    int code; // exit code, signal number or errno
    double seconds;
    uint64_t peak_memory;
    char errors[4096]; // the end of its output on standard error, as a string
} wr_outcome;

void wr_process_run(const wr_command *command, wr_outcome *outcome);

static inline bool wr_succeeded(const wr_outcome *outcome) {
    return outcome->ending == WR_EXITED && outcome->code == 0;
}

// Describes how the program ended, with the last line of its errors that says something: "exit code 1: Fatal:
// …".
void wr_outcome_text(const wr_outcome *outcome, char *out, size_t size);

// The last lines of its errors, at most `most`, without blank ones and Node's version at the end. Part of the
// outcome.
wr_slice wr_outcome_tail(const wr_outcome *outcome, unsigned most);

// Returns the last processor that this process may use, or -1 if unknown.
int wr_process_last_cpu(void);

#endif
