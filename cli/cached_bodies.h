// Results of passes on one body in the cache, for a module of which little has changed since its last run
// (passes/manager/body_results.h): one entry for all results of a module, found by the options and by what
// the module imports and exports. So the next version of the module finds it, and leaves one in its place.
#ifndef WR_CLI_CACHED_BODIES_H
#define WR_CLI_CACHED_BODIES_H

#include "cache.h"
#include "passes/manager/body_results.h"

// A result that was made, and where its value is in `bytes`.
typedef struct wr_cached_body {
    wr_digest key;
    size_t at, n;
} wr_cached_body;

typedef struct wr_cached_bodies {
    struct wr_body_store store; // for the job
    wr_digest key;
    wr_cache_entry entry;  // what was found
    uint32_t nfound;       // the number of results in it
    _Atomic uint8_t *used; // by result that was found
    wr_cached_body *made;
    size_t nmade, cap;
    uint8_t *bytes; // of what was made
    size_t nbytes, bytes_cap, limit;
    bool failed; // out of memory: nothing will be kept
} wr_cached_bodies;

// Finds the entry for a module, if the module is large enough for its bodies to be worth one.
void wr_cached_bodies_find(wr_cached_bodies *bodies, const wr_cache *cache, const wr_digest *options,
                           wr_slice module);
// Stores what was used and what was made, if anything was made.
void wr_cached_bodies_keep(wr_cached_bodies *bodies, wr_cache *cache);
void wr_cached_bodies_free(wr_cached_bodies *bodies);

#endif
