// Keeps the cache to its limit.
#ifndef WR_CLI_CACHE_LIMIT_H
#define WR_CLI_CACHE_LIMIT_H

#include "cache.h"

// Looks over the whole directory. If there are more bytes than allowed, entries are removed, those first that
// were not used for longest, until a tenth of the room is free. Removes files that a process which is no more
// left half-written. Touches nothing that is not named as the cache names its files.
void wr_cache_limit(wr_cache *cache);

#endif
