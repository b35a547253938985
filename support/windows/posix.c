// POSIX's and GNU's calls for Windows. See posix.h.
#include "posix.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

void *memmem(const void *text, size_t n, const void *part, size_t part_n) {
    const char *p = text;
    if (!part_n) return (void *)(size_t)p;
    for (; n >= part_n; n--, p++) {
        const char *at = memchr(p, *(const char *)part, n - part_n + 1);
        if (!at) return NULL;
        n -= (size_t)(at - p);
        p = at;
        if (!memcmp(p, part, part_n)) return (void *)(size_t)p;
    }
    return NULL;
}

char *strndup(const char *text, size_t most) {
    size_t n = strnlen(text, most);
    char *copy = malloc(n + 1);
    if (!copy) return NULL;
    memcpy(copy, text, n);
    copy[n] = 0;
    return copy;
}

// Makes room for so many bytes in all. Returns whether there is.
static int make_room(char **line, size_t *cap, size_t wanted) {
    if (*line && wanted <= *cap) return 1;
    size_t more = wanted * 2 + 128;
    char *grown = realloc(*line, more);
    if (!grown) return 0;
    *line = grown;
    *cap = more;
    return 1;
}

ssize_t getline(char **line, size_t *cap, FILE *file) {
    size_t n = 0;
    for (int c; (c = getc(file)) != EOF;) {
        if (!make_room(line, cap, n + 2)) return -1;
        (*line)[n++] = (char)c;
        if (c == '\n') break;
    }
    if (!n) return -1;
    (*line)[n] = 0;
    return (ssize_t)n;
}

ssize_t readlink(const char *path, char *to, size_t size) {
    (void)path, (void)to, (void)size;
    errno = EINVAL;
    return -1;
}

char *realpath(const char *path, char *real) {
    (void)path, (void)real;
    errno = ENOSYS;
    return NULL;
}

int wr_windows_rename(const char *from, const char *to) {
    if (MoveFileExA(from, to, MOVEFILE_REPLACE_EXISTING)) return 0;
    errno = GetLastError() == ERROR_FILE_NOT_FOUND ? ENOENT : EACCES;
    return -1;
}

long sysconf(int what) {
    SYSTEM_INFO info;
    (void)what;
    GetSystemInfo(&info);
    return (long)info.dwNumberOfProcessors;
}
