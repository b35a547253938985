// Several inputs in one run. See many.h.
#include "many.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "paths.h"
#include "signals.h"
#include "support/system.h"
#include "support/format.h"

typedef struct many {
    const wr_args *args;
    const char *dir, *root; // root NULL: outputs lie side by side
    size_t part, parts;
    wr_strings paths;
    char error[512];
} many;

static wr_exit refuse(const many *w) {
    wr_message_error("%s", w->error);
    return WR_EXIT_USAGE;
}

// --- Names of outputs ---

// Where an input lies below the root, or its name; NULL if it does not lie there.
static const char *name_of(const many *w, const char *path) {
    const char *slash = strrchr(path, '/');
    if (!w->root) return slash ? slash + 1 : path;
    size_t n = strlen(w->root);
    while (n > 1 && w->root[n - 1] == '/') n--;
    if (strncmp(path, w->root, n) != 0 || (path[n] != '/' && w->root[n - 1] != '/')) return NULL;
    path += n;
    path += strspn(path, "/");
    return *path ? path : NULL;
}

// Whether the name stays below the output directory.
static bool climbs(const char *name) {
    for (const char *at = name; at; at = strchr(at, '/')) {
        at += *at == '/';
        if (!strncmp(at, "..", 2) && (!at[2] || at[2] == '/')) return true;
    }
    return false;
}

static bool find_names(many *w, const char **names) {
    for (size_t i = 0; i < w->paths.n; i++) {
        const char *path = w->paths.items[i];
        names[i] = name_of(w, path);
        if (names[i] && !climbs(names[i])) continue;
        snprintf(w->error, sizeof w->error, "%s does not lie below %s", path, w->root ? w->root : ".");
        return false;
    }
    return true;
}

static int by_name(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

// Two inputs of the same name would be written to the same file.
static bool names_differ(many *w) {
    const char **names = malloc(w->paths.n * sizeof *names);
    if (!names) {
        snprintf(w->error, sizeof w->error, "out of memory");
        return false;
    }
    bool ok = find_names(w, names);
    if (ok) qsort(names, w->paths.n, sizeof *names, by_name);
    for (size_t i = 1; ok && i < w->paths.n; i++) {
        ok = strcmp(names[i - 1], names[i]) != 0;
        if (!ok)
            snprintf(w->error, sizeof w->error, "two inputs have the name %s%s", names[i],
                     w->root ? "" : "; --root=DIR keeps their paths below DIR apart");
    }
    free(names);
    return ok;
}

static bool make_directory(const char *path) { return !wr_make_directory(path, 0777) || errno == EEXIST; }

// Makes the directories of a path, from the end of the output directory on.
static bool make_parents(char *path, size_t from) {
    for (char *slash = path + from; (slash = strchr(slash + 1, '/'));) {
        *slash = 0;
        bool ok = make_directory(path);
        *slash = '/';
        if (!ok) return false;
    }
    return true;
}

// --- What to do ---

// Reads a number and moves behind it; false if there is none.
static bool take_number(const char **text, size_t *number) {
    char *end;
    if (**text < '0' || **text > '9') return false;
    errno = 0;
    *number = strtoul(*text, &end, 10);
    *text = end;
    return !errno;
}

static bool find_part(many *w) {
    const char *text = wr_args_value(w->args, WR_OPTION_PART), *at = text;
    w->parts = 1;
    if (!text) return true;
    if (take_number(&at, &w->part) && *at++ == '/' && take_number(&at, &w->parts) && !*at &&
        w->part < w->parts)
        return true;
    snprintf(w->error, sizeof w->error, "--part: expected I/N with I from 0 to N-1, such as 0/4, found %s",
             text);
    return false;
}

static bool check(many *w) {
    w->dir = wr_args_value(w->args, WR_OPTION_OUT_DIR);
    w->root = wr_args_value(w->args, WR_OPTION_ROOT);
    if (!find_part(w)) return false;
    if (wr_args_has(w->args, WR_OPTION_OUTPUT))
        snprintf(w->error, sizeof w->error, "-o and --out-dir exclude each other");
    else if (!w->paths.n)
        snprintf(w->error, sizeof w->error, "--out-dir: there are no inputs");
    else if (!names_differ(w))
        return false;
    else if (!make_directory(w->dir))
        snprintf(w->error, sizeof w->error, "cannot make the directory %s: %s", w->dir, strerror(errno));
    else
        return true;
    return false;
}

static wr_many_result run_next(const many *w, const char *path, wr_many_fn *one, void *user) {
    char out[PATH_MAX];
    wr_many_result failed = {.status = WR_EXIT_USAGE};
    if (!strcmp(path, "-")) {
        wr_message_error("with --out-dir inputs are files, not standard input");
    } else if (snprintf(out, sizeof out, "%s/%s", w->dir, name_of(w, path)) >= (int)sizeof out) {
        wr_message_error("%s: the name is too long", path);
    } else if (!make_parents(out, strlen(w->dir))) {
        wr_message_error("cannot make the directory of %s: %s", out, strerror(errno));
        failed.status = WR_EXIT_IO;
    } else {
        return one(user, path, out);
    }
    return failed;
}

// What became of all of them.
typedef struct total {
    wr_many_result sum;
    size_t n, failed, found;
} total;

static void add(total *t, const wr_many_result *r) {
    t->n++;
    t->found += r->found;
    if (r->status == WR_EXIT_OK) {
        t->sum.before += r->before, t->sum.after += r->after;
        return;
    }
    t->failed++;
    if (t->sum.status == WR_EXIT_OK) t->sum.status = r->status;
}

static void print_total(const total *t) {
    char found[60] = "", failed[40] = "";
    if (t->found) snprintf(found, sizeof found, "; %zu from the cache", t->found);
    if (t->failed) snprintf(failed, sizeof failed, "; %zu failed", t->failed);
    fprintf(stderr, "%s: %s -> %s bytes (%s)%s%s\n", wr_format_count(t->n, "module").s,
            wr_format_thousands(t->sum.before).s, wr_format_thousands(t->sum.after).s,
            wr_format_change(t->sum.before, t->sum.after).s, found, failed);
}

static wr_exit run_all(const many *w, bool wants_total, wr_many_fn *one, void *user) {
    total t = {0};
    for (size_t i = w->part; i < w->paths.n && !wr_signal_caught(); i += w->parts) {
        wr_many_result r = run_next(w, w->paths.items[i], one, user);
        add(&t, &r);
    }
    if (t.n > 1 && wants_total) print_total(&t);
    return t.sum.status;
}

wr_exit wr_many_run(const wr_args *args, bool wants_total, wr_many_fn *one, void *user) {
    many w = {.args = args};
    wr_exit status = wr_paths_read(&w.paths, args->files, args->nfiles,
                                   wr_args_value(args, WR_OPTION_FILES_FROM), w.error, sizeof w.error);
    if (status != WR_EXIT_OK)
        wr_message_error("%s", w.error);
    else
        status = check(&w) ? run_all(&w, wants_total, one, user) : refuse(&w);
    wr_strings_free(&w.paths);
    return status;
}
