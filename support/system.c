// Differences between systems. See system.h.
#include "system.h"

#include <stddef.h>

#if WR_HAS_PROCESSES
#include <sys/ioctl.h>

int wr_system_terminal_columns(int fd) {
    struct winsize size;
    return ioctl(fd, TIOCGWINSZ, &size) ? 0 : size.ws_col;
}
#else
int wr_system_terminal_columns(int fd) {
    (void)fd;
    return 0;
}
#endif

#ifdef _WIN32
#include <sys/utime.h>

void wr_system_touch(const char *path) { utime(path, NULL); }
#else
void wr_system_touch(const char *path) { utimensat(AT_FDCWD, path, NULL, 0); }
#endif

#ifdef __GLIBC__
#include <malloc.h>

void wr_system_return_memory(void) { malloc_trim(0); }

// By default glibc raises the threshold to 32 MB as large blocks are freed, and gives each thread a heap:
// both keep freed memory that other passes and threads can't use. Of the heap's free end, 4 MB are kept:
// returning it costs page faults when the next pass asks for it again.
void wr_system_keep_memory_low(void) {
    mallopt(M_MMAP_THRESHOLD, 1 << 20);
    mallopt(M_TRIM_THRESHOLD, 4 << 20);
    mallopt(M_ARENA_MAX, 1);
}
#else
void wr_system_return_memory(void) {}
void wr_system_keep_memory_low(void) {}
#endif

#ifdef __wasi__
#include <stdlib.h>
#include <unistd.h>

void wr_system_enter_directory(void) {
    const char *directory = getenv("PWD");
    if (directory && chdir(directory))
        return; // not a directory that the host opened: relative paths stay below those that are
}
#else
void wr_system_enter_directory(void) {}
#endif
