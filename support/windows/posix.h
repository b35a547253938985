// POSIX's and GNU's calls that wring uses and Windows' C library lacks. Every file of a build for Windows
// begins with this one (cmake/target.cmake), so that the others need not know. Only compiled so far: it was
// never run.
#ifndef WR_SUPPORT_WINDOWS_POSIX_H
#define WR_SUPPORT_WINDOWS_POSIX_H

#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

void *memmem(const void *text, size_t n, const void *part, size_t part_n);
char *strndup(const char *text, size_t most);
ssize_t getline(char **line, size_t *cap, FILE *file);

// No link is followed or told from what it leads to, so none is seen.
#define lstat stat
#define S_ISLNK(mode) ((void)(mode), 0)
ssize_t readlink(const char *path, char *to, size_t size);
char *realpath(const char *path, char *real);

// Takes the place of a file that is there, as POSIX's does.
int wr_windows_rename(const char *from, const char *to);
#define rename wr_windows_rename

enum { _SC_NPROCESSORS_ONLN };
// The number of processors, whatever is asked.
long sysconf(int what);

#endif
