// The cache's place in a job: which results may be found again, and what each depends on.
#ifndef WR_CLI_CACHED_H
#define WR_CLI_CACHED_H

#include "cache.h"
#include "shrink.h"

// What a result of `wring opt` depends on, apart from the input and its source map: each option that is not
// known to be without influence, the contents of the files that options name, and the sources of wring and
// the versions of the compressors that it was built from. To be taken before the library reads such files.
wr_digest wr_cached_options(const wr_args *args);

// Whether results with these options can be found again. Those of Binaryen cannot, since another program
// makes them, and neither can what shows the work itself.
bool wr_cached_allowed(const wr_args *args);

// Looks for the result of s->in. If there is one, it is in s->cached.
bool wr_cached_find(wr_shrink *s, wr_slice input);
// Stores the result of the job that is done, unless a file that an option names has changed meanwhile.
void wr_cached_keep(wr_shrink *s);

#endif
