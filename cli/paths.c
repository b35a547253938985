// Lists of input files. See paths.h.
#include "paths.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/file.h"

wr_exit wr_paths_read(wr_strings *paths, const char **files, size_t n, const char *list, char *error,
                      size_t size) {
    bool ok = true;
    *paths = (wr_strings){0};
    for (size_t i = 0; ok && i < n; i++) ok = wr_strings_add(paths, files[i], strlen(files[i]));
    if (ok && list) {
        wr_file file;
        int failure = wr_file_read(&file, list);
        if (failure) {
            snprintf(error, size, "cannot read the list %s: %s", list, strerror(failure));
            return WR_EXIT_IO;
        }
        ok = wr_strings_split(paths, (const char *)file.bytes.p, file.bytes.n, "\r\n");
        wr_file_free(&file);
    }
    if (ok) return WR_EXIT_OK;
    snprintf(error, size, "out of memory");
    return WR_EXIT_LIMIT;
}
