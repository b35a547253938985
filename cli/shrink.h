// One job of `wring opt`, `batch` or `profile`, from file to file through the public library, or from the
// cache. The caller frees it with wr_shrink_free().
#ifndef WR_CLI_SHRINK_H
#define WR_CLI_SHRINK_H

#include <stdint.h>

#include "cache.h"
#include "cached_bodies.h"
#include "message.h"
#include "options.h"
#include "support/file.h"
#include "verify/verify.h"

typedef struct wr_shrink {
    // Input, set by the caller.
    wring_options *options;
    bool count;             // write a module that counts calls, rather than a smaller one
    const char *in, *out;   // out NULL: the result is discarded
    const char *source_map; // of the input; NULL: the map that it names, if that lies beside it
    const char *source_map_out, *symbols_out; // what the options were set to; NULL: not wanted
    wring_progress_fn progress;               // may be NULL, and so may dump
    wring_dump_fn dump;
    void *user;          // for both
    wr_verify *verify;   // compare input and output before writing; NULL: don't
    wr_cache *cache;     // NULL: none
    const wr_args *args; // for the cache: the options,
    wr_digest depends;   // and their digest
    // Results.
    uint64_t before, after;  // bytes
    double seconds;          // from reading to writing
    wr_file map;             // the input's source map, while the job runs
    char *map_url;           // what the job asked for it by; NULL: it did not
    int map_error;           // of reading it
    char message[640];       // what went wrong
    wr_digest key;           // of the result in the cache
    wr_cache_entry cached;   // where the result was found; without bytes: it was made
    wr_cached_bodies bodies; // what the cache has of bodies in it
    wring_job *job;          // for timings and peak memory; NULL if the result was found
} wr_shrink;

// Sets those options among args that are the library's. Returns something other than WR_EXIT_OK, with a
// message, if a value is refused.
wr_exit wr_shrink_set_options(wring_options *options, const wr_args *args, char *message, size_t size);

// Takes the files of debug information from the options.
void wr_shrink_set_debug(wr_shrink *shrink, const wr_args *args);

// Reads, optimizes, writes. Returns the exit status.
wr_exit wr_shrink_file(wr_shrink *shrink);
void wr_shrink_free(wr_shrink *shrink);

// Remarks of the job, by number; NULL past the last.
const char *wr_shrink_note(const wr_shrink *shrink, size_t index);

// The source map of the input, for the URL that the module gives for it; empty (NULL) if there is none.
wr_slice wr_shrink_find_map(wr_shrink *shrink, const char *url);

#endif
