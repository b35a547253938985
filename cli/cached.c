// What results depend on, and finding and keeping them. See cached.h.
//
// The input's source map is not in the key, because its name is in the module, and whether it is wanted is up
// to the job. Instead, an entry says for which name the job asked and what it got; it holds only if the same
// name gives the same bytes now.
#include "cached.h"

#include <stdio.h>
#include <stdlib.h>

#include "identity.h"
#include "support/codec.h"
#include "support/file.h"

// --- The key ---

// Options of the library that change no output: they limit or divide the work, or say where outputs go.
static bool is_without_influence(wr_option_id option) {
    switch (option) {
    case WR_OPTION_JOBS:
    case WR_OPTION_MEMORY_LIMIT:
    case WR_OPTION_TIME_LIMIT:
    case WR_OPTION_VERIFY_PASSES: return true;
    default: return false;
    }
}

// What was verified counts as verified once more.
static bool is_relevant(wr_option_id option) {
    if (option == WR_OPTION_VERIFY || option == WR_OPTION_SEEDS) return true;
    return wr_options[option].library && !is_without_influence(option);
}

static void add_text(wr_blake2b *hash, const char *text) {
    wr_blake2b_add_piece(hash, wr_slice_str(text ? text : ""));
}

// Lists may be in files (@FILE), and profiles always are.
static void add_file(wr_blake2b *hash, wr_option_id option, const char *value) {
    const char *path = option == WR_OPTION_PROFILE ? value : value && *value == '@' ? value + 1 : NULL;
    if (option == WR_OPTION_ASYNCIFY && value && (path = strstr(value, "@@"))) path += 2; // KEY@@FILE
    wr_file file;
    if (!path || wr_file_read(&file, path)) return;
    wr_blake2b_add_piece(hash, file.bytes);
    wr_file_free(&file);
}

wr_digest wr_cached_options(const wr_args *args) {
    wr_blake2b hash;
    char versions[120];
    wr_codec_versions(versions, sizeof versions);
    wr_blake2b_start(&hash);
    add_text(&hash, wr_identity);
    add_text(&hash, versions);
    for (size_t i = 0; i < args->ngiven; i++) {
        const wr_given *given = &args->given[i];
        if (!is_relevant(given->option)) continue;
        add_text(&hash, wr_options[given->option].name);
        add_text(&hash, given->value);
        add_file(&hash, given->option, given->value);
    }
    return wr_blake2b_end(&hash);
}

static wr_digest key_of(const wr_shrink *s, wr_slice input) {
    wr_blake2b hash;
    wr_blake2b_start(&hash);
    wr_blake2b_add(&hash, wr_slice_of(s->depends.bytes, WR_DIGEST_SIZE));
    wr_blake2b_add(&hash, input);
    return wr_blake2b_end(&hash);
}

bool wr_cached_allowed(const wr_args *args) {
    static const wr_option_id shows[] = {WR_OPTION_WITH_BINARYEN, WR_OPTION_DUMP_AFTER,
                                         WR_OPTION_TIME_PASSES};
    for (size_t i = 0; i < WR_COUNT(shows); i++)
        if (wr_args_has(args, shows[i])) return false;
    return true;
}

// --- Finding and keeping ---

// Whether the input's source map is what it was when the entry was made.
static bool has_same_map(wr_shrink *s, const wr_cache_entry *entry) {
    wr_slice url = entry->parts[WR_CACHE_MAP_URL];
    if (!url.n || url.p[url.n - 1]) return !url.n;
    wr_slice map = wr_shrink_find_map(s, (const char *)url.p);
    wr_digest digest = wr_blake2b_of(map);
    return wr_slice_eq(entry->parts[WR_CACHE_MAP], wr_slice_of(digest.bytes, map.p ? WR_DIGEST_SIZE : 0));
}

bool wr_cached_find(wr_shrink *s, wr_slice input) {
    s->key = key_of(s, input);
    if (!wr_cache_get(s->cache, &s->key, &s->cached)) return false;
    if (has_same_map(s, &s->cached)) return true;
    wr_cache_entry_free(&s->cached);
    return false;
}

// The remarks of the job as one piece, each with its final zero. The caller frees it.
static wr_slice join_notes(const wring_job *job) {
    size_t n = 0;
    const char *note;
    for (size_t i = 0; (note = wring_note(job, i)); i++) n += strlen(note) + 1;
    char *text = n ? malloc(n) : NULL;
    for (size_t i = 0, at = 0; text && (note = wring_note(job, i)); i++, at += strlen(note) + 1)
        memcpy(text + at, note, strlen(note) + 1);
    return wr_slice_of(text, text ? n : 0);
}

void wr_cached_keep(wr_shrink *s) {
    wr_digest depends = wr_cached_options(s->args);
    if (memcmp(&depends, &s->depends, sizeof depends) != 0) return;
    wr_slice parts[WR_CACHE_PARTS] = {[WR_CACHE_NOTES] = join_notes(s->job)};
    wr_digest digest = wr_blake2b_of(s->map.bytes);
    parts[WR_CACHE_MODULE].p = wring_output(s->job, &parts[WR_CACHE_MODULE].n);
    parts[WR_CACHE_SOURCE_MAP].p = wring_source_map(s->job, &parts[WR_CACHE_SOURCE_MAP].n);
    parts[WR_CACHE_SYMBOLS].p = wring_symbols(s->job, &parts[WR_CACHE_SYMBOLS].n);
    if (s->map_url) parts[WR_CACHE_MAP_URL] = wr_slice_of(s->map_url, strlen(s->map_url) + 1);
    if (s->map.bytes.p) parts[WR_CACHE_MAP] = wr_slice_of(digest.bytes, WR_DIGEST_SIZE);
    wr_cache_put(s->cache, &s->key, parts);
    free((void *)parts[WR_CACHE_NOTES].p);
}
