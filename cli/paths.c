// Lists of input files. See paths.h.
#include "paths.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/file.h"

static bool add(wr_paths *paths, const char *text, size_t n) {
    if (paths->n == paths->cap) {
        size_t cap = paths->cap ? paths->cap * 2 : 64;
        char **items = realloc(paths->items, cap * sizeof *items);
        if (!items) return false;
        paths->items = items;
        paths->cap = cap;
    }
    char *copy = strndup(text, n);
    if (copy) paths->items[paths->n++] = copy;
    return copy != NULL;
}

static bool add_lines(wr_paths *paths, wr_slice text) {
    for (size_t at = 0; at < text.n;) {
        const char *line = (const char *)text.p + at;
        const char *end = memchr(line, '\n', text.n - at);
        size_t n = end ? (size_t)(end - line) : text.n - at;
        at += n + 1;
        if (n && line[n - 1] == '\r') n--;
        if (n && !add(paths, line, n)) return false;
    }
    return true;
}

wr_exit wr_paths_read(wr_paths *paths, const char **files, size_t n, const char *list, char *error,
                      size_t size) {
    bool ok = true;
    *paths = (wr_paths){0};
    for (size_t i = 0; ok && i < n; i++) ok = add(paths, files[i], strlen(files[i]));
    if (ok && list) {
        wr_file file;
        int failure = wr_file_read(&file, list);
        if (failure) {
            snprintf(error, size, "cannot read the list %s: %s", list, strerror(failure));
            return WR_EXIT_IO;
        }
        ok = add_lines(paths, file.bytes);
        wr_file_free(&file);
    }
    if (ok) return WR_EXIT_OK;
    snprintf(error, size, "out of memory");
    return WR_EXIT_LIMIT;
}

void wr_paths_free(wr_paths *paths) {
    for (size_t i = 0; i < paths->n; i++) free(paths->items[i]);
    free(paths->items);
    *paths = (wr_paths){0};
}
