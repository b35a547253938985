// Differential testing: runs two modules in Node with generated imports and arguments and compares their
// behaviour. The runner is verify/*.mjs, which the build joins into one file and embeds in the program.
#ifndef WR_VERIFY_VERIFY_H
#define WR_VERIFY_VERIFY_H

#include "support/base.h"
#include "wring.h"

typedef enum wr_verdict {
    WR_SAME, // nothing that ran differed
    WR_DIFFERENT,
    WR_NO_ANSWER, // there is no Node, or no part of the modules could be run
} wr_verdict;

typedef struct wr_verify {
    const char *node;     // path of Node; NULL: look for it
    double timeout;       // in seconds, for the whole comparison
    unsigned seeds;       // number of rounds with different arguments
    bool some_exports;    // the second module may lack exports of the first: they are not called
    const wring_job *job; // the job whose declared changes of memory do not count as differences; NULL: none
    char report[4096];    // the findings, as lines of text
} wr_verify;

wr_verdict wr_verify_run(wr_verify *v, wr_slice before, wr_slice after);

#endif
