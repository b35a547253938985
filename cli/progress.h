// Reports how far a long job is: as a line on a terminal, which appears after two seconds, or as lines to a
// file descriptor for a program that runs this one. That program cancels the job by closing its end.
#ifndef WR_CLI_PROGRESS_H
#define WR_CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

typedef struct wr_progress {
    bool terminal, shown;
    int fd;               // receives lines of FRACTION, a tab and the stage; -1: none
    uint64_t start, last; // nanoseconds
} wr_progress;

// fd: a descriptor to write to, or -1.
wr_progress wr_progress_start(bool quiet, int fd);
// A wring_progress_fn whose user pointer is the wr_progress.
int wr_progress_step(void *user, const char *stage, double fraction);
// Clears the terminal's line.
void wr_progress_end(wr_progress *progress);

#endif
