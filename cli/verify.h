// The options of `wring verify`, shared with `wring --verify`.
#ifndef WR_CLI_VERIFY_H
#define WR_CLI_VERIFY_H

#include "message.h"
#include "options.h"
#include "verify/verify.h"

// Fills v from the options. Returns false, with a message in error, if a value is refused.
bool wr_verify_options(const wr_args *args, wr_verify *v, char *error, size_t size);

#endif
