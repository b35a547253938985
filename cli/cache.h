// Results kept in a directory, found again by a key: `--cache=DIR`.
//
// Each entry is a file of its own, DIR/ab/cdef…, named by its key in hexadecimal. So a cache may be copied,
// merged with another one, or lie in any store that can be mounted. Any number of processes may use it at
// once: an entry is written beside its place and renamed, so it is there whole or not at all, and it carries
// its key and a hash of all its bytes, so what is cut off, corrupt or under another name is no entry.
//
// The cache keeps to a limit of bytes: what was not used for longest goes first (by the time of its file's
// last modification, which each use renews). The directory is looked over when a process has added a
// sixteenth of the limit, and at its end; so the limit may be exceeded by that much for each process at work.
#ifndef WR_CLI_CACHE_H
#define WR_CLI_CACHE_H

#include "support/blake2b.h"

typedef enum wr_cache_part {
    WR_CACHE_MODULE,
    WR_CACHE_SOURCE_MAP,
    WR_CACHE_SYMBOLS,
    WR_CACHE_NOTES,   // remarks, each with a zero at its end
    WR_CACHE_MAP_URL, // of the input's source map, with a zero at its end; empty if nobody asked for the map
    WR_CACHE_MAP,     // digest of the input's source map, or empty if there was none
    WR_CACHE_PARTS,
} wr_cache_part;

typedef struct wr_cache {
    const char *dir;
    uint64_t limit; // bytes
    uint64_t added; // bytes stored since the directory was last looked over
    int error;      // the last one of storing, as an errno value; 0: none
} wr_cache;

typedef struct wr_cache_entry {
    wr_slice parts[WR_CACHE_PARTS];
    uint8_t *bytes; // what the parts are in, owned; NULL: no entry
} wr_cache_entry;

// Makes the directory if it isn't there. Returns 0 or an errno value.
int wr_cache_open(wr_cache *cache, const char *dir, uint64_t limit);
// Keeps the cache to its limit.
void wr_cache_close(wr_cache *cache);

// Finds an entry. The caller frees it in any case.
bool wr_cache_get(const wr_cache *cache, const wr_digest *key, wr_cache_entry *entry);
void wr_cache_entry_free(wr_cache_entry *entry);

// Stores an entry, unless it is larger than the whole cache may be.
void wr_cache_put(wr_cache *cache, const wr_digest *key, const wr_slice parts[WR_CACHE_PARTS]);

#endif
