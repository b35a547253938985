// Entries of the cache: their files and their format. See cache.h; cache_limit.c keeps to the limit.
//
// An entry is a header, the lengths of the parts, the parts, and the digest of all that, the header being a
// magic number and the key. Numbers are little-endian.
#include "cache.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cache_limit.h"
#include "output.h"
#include "support/file.h"
#include "support/system.h"

static const uint8_t magic[16] = "wring cache 001\n";

enum { LENGTHS = sizeof magic + WR_DIGEST_SIZE, PARTS = LENGTHS + 8 * WR_CACHE_PARTS };

static void put_number(uint8_t *p, uint64_t n) {
    for (int i = 0; i < 8; i++) p[i] = (uint8_t)(n >> (8 * i));
}

static uint64_t get_number(const uint8_t *p) {
    uint64_t n = 0;
    for (int i = 7; i >= 0; i--) n = n << 8 | p[i];
    return n;
}

// Returns the length of the directory's part of the path, or 0 if the path is too long.
static size_t path_of(const wr_cache *cache, const wr_digest *key, char *path, size_t size) {
    int n = snprintf(path, size, "%s/%02x/", cache->dir, key->bytes[0]);
    if (n < 0 || (size_t)n + 2 * WR_DIGEST_SIZE >= size) return 0;
    for (size_t i = 1; i < WR_DIGEST_SIZE; i++) snprintf(path + n + 2 * (i - 1), 3, "%02x", key->bytes[i]);
    return (size_t)n;
}

static int make_directory(const char *path) {
    return wr_make_directory(path, 0777) && errno != EEXIST ? errno : 0;
}

int wr_cache_open(wr_cache *cache, const char *dir, uint64_t limit) {
    *cache = (wr_cache){.dir = dir, .limit = limit};
    return make_directory(dir);
}

void wr_cache_close(wr_cache *cache) {
    if (cache->added) wr_cache_limit(cache);
}

// --- Finding ---

// Reads a file into memory of our own: what is mapped would change with the file.
static uint8_t *read_file(const char *path, size_t *size) {
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_BINARY);
    if (fd < 0) return NULL;
    bool ok = fstat(fd, &st) == 0 && st.st_size > 0 && (uint64_t)st.st_size < SIZE_MAX / 2;
    *size = ok ? (size_t)st.st_size : 0;
    uint8_t *bytes = ok ? malloc(*size) : NULL;
    size_t done = 0;
    while (bytes && done < *size) {
        ssize_t n = read(fd, bytes + done, *size - done);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) break;
        done += (size_t)n;
    }
    close(fd);
    if (bytes && done == *size) return bytes;
    free(bytes);
    return NULL;
}

static bool is_digest(wr_slice bytes, const uint8_t *digest) {
    wr_digest own = wr_blake2b_of(bytes);
    return memcmp(own.bytes, digest, WR_DIGEST_SIZE) == 0;
}

// Finds the parts in an entry's bytes. Returns false if these are not what was written under the key.
static bool parse(const wr_digest *key, wr_slice bytes, wr_slice parts[WR_CACHE_PARTS]) {
    if (bytes.n < PARTS + WR_DIGEST_SIZE || memcmp(bytes.p, magic, sizeof magic) != 0) return false;
    if (memcmp(bytes.p + sizeof magic, key->bytes, WR_DIGEST_SIZE) != 0) return false;
    size_t end = bytes.n - WR_DIGEST_SIZE, at = PARTS;
    if (!is_digest(wr_slice_of(bytes.p, end), bytes.p + end)) return false;
    for (size_t i = 0; i < WR_CACHE_PARTS; i++) {
        uint64_t n = get_number(bytes.p + LENGTHS + 8 * i);
        if (n > end - at) return false;
        parts[i] = wr_slice_of(bytes.p + at, (size_t)n);
        at += (size_t)n;
    }
    return at == end;
}

bool wr_cache_get(const wr_cache *cache, const wr_digest *key, wr_cache_entry *entry) {
    char path[PATH_MAX];
    size_t size = 0;
    *entry = (wr_cache_entry){0};
    if (path_of(cache, key, path, sizeof path)) entry->bytes = read_file(path, &size);
    if (!entry->bytes) return false;
    if (!parse(key, wr_slice_of(entry->bytes, size), entry->parts)) {
        wr_cache_entry_free(entry);
        return false;
    }
    wr_system_touch(path);
    return true;
}

void wr_cache_entry_free(wr_cache_entry *entry) {
    free(entry->bytes);
    *entry = (wr_cache_entry){0};
}

// --- Storing ---

static uint8_t *make_entry(const wr_digest *key, const wr_slice parts[WR_CACHE_PARTS], size_t *size) {
    size_t at = PARTS;
    *size = PARTS + WR_DIGEST_SIZE;
    for (size_t i = 0; i < WR_CACHE_PARTS; i++) *size += parts[i].n;
    uint8_t *bytes = malloc(*size);
    if (!bytes) return NULL;
    memcpy(bytes, magic, sizeof magic);
    memcpy(bytes + sizeof magic, key->bytes, WR_DIGEST_SIZE);
    for (size_t i = 0; i < WR_CACHE_PARTS; i++) {
        put_number(bytes + LENGTHS + 8 * i, parts[i].n);
        if (parts[i].n) memcpy(bytes + at, parts[i].p, parts[i].n);
        at += parts[i].n;
    }
    wr_digest digest = wr_blake2b_of(wr_slice_of(bytes, at));
    memcpy(bytes + at, digest.bytes, WR_DIGEST_SIZE);
    return bytes;
}

static int store(const wr_cache *cache, const wr_digest *key, wr_slice bytes) {
    char path[PATH_MAX];
    size_t dir = path_of(cache, key, path, sizeof path);
    if (!dir) return ENAMETOOLONG;
    char first = path[dir];
    path[dir] = 0;
    int error = make_directory(path);
    path[dir] = first;
    return error ? error : wr_output_write(path, bytes);
}

void wr_cache_put(wr_cache *cache, const wr_digest *key, const wr_slice parts[WR_CACHE_PARTS]) {
    size_t size;
    uint8_t *bytes = make_entry(key, parts, &size);
    if (!bytes) {
        cache->error = ENOMEM;
        return;
    }
    int error = size <= cache->limit ? store(cache, key, wr_slice_of(bytes, size)) : 0;
    free(bytes);
    if (error) cache->error = error;
    if (error || size > cache->limit) return;
    cache->added += size;
    if (cache->added > cache->limit / 16) wr_cache_limit(cache);
}
