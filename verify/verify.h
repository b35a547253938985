// Do two modules behave the same? Runs both in Node with generated imports and arguments and compares what
// they do; the runner is tests/differential, carried in the program.
#ifndef WR_VERIFY_VERIFY_H
#define WR_VERIFY_VERIFY_H

#include "support/base.h"
#include "wring.h"

typedef enum wr_verdict {
    WR_SAME, // nothing that ran differed
    WR_DIFFERENT,
    WR_NO_ANSWER, // no Node, or nothing of the modules could be run
} wr_verdict;

typedef struct wr_verify {
    const char *node;     // path of Node, or NULL to look for it
    double timeout;       // seconds for the whole comparison
    unsigned seeds;       // rounds of arguments
    const wring_job *job; // whose declared changes of memory are no difference; NULL: none
    char report[4096];    // what was found, in lines
} wr_verify;

wr_verdict wr_verify_run(wr_verify *v, wr_slice before, wr_slice after);

#endif
