// Looks over the cache's directory and removes what was not used for longest. See cache_limit.h.
//
// Several processes may do so at once, and others may read what is being removed: a file that is gone already
// counts as removed, and one that is open stays readable for those who have it open.
#include "cache_limit.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "support/system.h"

enum { DIRECTORIES = 256, NAME = 2 * WR_DIGEST_SIZE - 2, ABANDONED = 3600 /* seconds */ };

typedef struct kept {
    char name[NAME + 1];
    uint8_t dir;
    long long used; // nanoseconds
    uint64_t size;
} kept;

typedef struct survey {
    const wr_cache *cache;
    kept *v;
    size_t n, cap;
    uint64_t total;
} survey;

static bool is_entry(const char *name) {
    return strlen(name) == NAME && strspn(name, "0123456789abcdef") == NAME;
}

// As cli/output.c names its temporary files.
static bool is_temporary(const char *name) {
    size_t n = strlen(name);
    return n > 11 && !strncmp(name, ".wring-", 7) && !strcmp(name + n - 4, ".tmp");
}

static bool file_path(const survey *s, unsigned dir, const char *name, char *path, size_t size) {
    int n = snprintf(path, size, "%s/%02x/%s", s->cache->dir, dir, name);
    return n > 0 && (size_t)n < size;
}

static void add(survey *s, unsigned dir, const char *name, const struct stat *st) {
    if (s->n == s->cap) {
        size_t cap = s->cap ? s->cap * 2 : 256;
        kept *more = realloc(s->v, cap * sizeof *more);
        if (!more) return; // what is not listed stays this time
        s->v = more;
        s->cap = cap;
    }
    kept *k = &s->v[s->n++];
    *k = (kept){.dir = (uint8_t)dir, .used = wr_mtime_ns(st), .size = (uint64_t)st->st_size};
    memcpy(k->name, name, NAME);
    s->total += k->size;
}

static void look_at(survey *s, unsigned dir, const char *name) {
    char path[PATH_MAX];
    struct stat st;
    bool entry = is_entry(name);
    if ((!entry && !is_temporary(name)) || !file_path(s, dir, name, path, sizeof path)) return;
    if (stat(path, &st) || !S_ISREG(st.st_mode)) return;
    if (entry)
        add(s, dir, name, &st);
    else if (wr_mtime_ns(&st) / 1000000000 + ABANDONED < (long long)time(NULL))
        unlink(path);
}

static void look_over(survey *s, unsigned dir) {
    char path[PATH_MAX];
    DIR *d = file_path(s, dir, "", path, sizeof path) ? opendir(path) : NULL;
    if (!d) return;
    for (struct dirent *e; (e = readdir(d));) look_at(s, dir, e->d_name);
    closedir(d);
}

static int by_use(const void *a, const void *b) {
    const kept *x = a, *y = b;
    if (x->used != y->used) return x->used < y->used ? -1 : 1;
    return strcmp(x->name, y->name);
}

void wr_cache_limit(wr_cache *cache) {
    survey s = {.cache = cache};
    char path[PATH_MAX];
    for (unsigned i = 0; i < DIRECTORIES; i++) look_over(&s, i);
    cache->added = 0;
    if (s.total > cache->limit) {
        qsort(s.v, s.n, sizeof *s.v, by_use);
        for (size_t i = 0; i < s.n && s.total > cache->limit - cache->limit / 10; i++) {
            if (file_path(&s, s.v[i].dir, s.v[i].name, path, sizeof path)) unlink(path);
            s.total -= s.v[i].size;
        }
    }
    free(s.v);
}
