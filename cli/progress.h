// A line on the terminal that says how far a long job is. Appears after two seconds, and only on a terminal.
#ifndef WR_CLI_PROGRESS_H
#define WR_CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

typedef struct wr_progress {
    bool terminal, shown;
    uint64_t start, last; // nanoseconds
} wr_progress;

wr_progress wr_progress_start(bool quiet);
// A wring_progress_fn; user is the wr_progress.
int wr_progress_step(void *user, const char *stage, double fraction);
// Clears the line.
void wr_progress_end(wr_progress *progress);

#endif
