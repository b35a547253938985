// Several inputs in one run of `wring opt`: which, and where each is written.
#ifndef WR_CLI_MANY_H
#define WR_CLI_MANY_H

#include <stdbool.h>
#include <stdint.h>

#include "message.h"
#include "options.h"

// What became of one input.
typedef struct wr_many_result {
    wr_exit status;
    uint64_t before, after; // bytes
    bool found;             // in the cache
} wr_many_result;

// Makes `out` of `in`, and says what went wrong.
typedef wr_many_result wr_many_fn(void *user, const char *in, const char *out);

// Runs `one` for each file of the arguments and of the list that --files-from names, or for one part of them
// (--part); what fails does not keep the others from being made. Outputs go into --out-dir, under the
// input's own name, or under its path below --root. Prints the sum if `wants_total`. Returns the first status
// that isn't WR_EXIT_OK.
wr_exit wr_many_run(const wr_args *args, bool wants_total, wr_many_fn *one, void *user);

#endif
