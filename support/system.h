// What systems differ in, named once: WASI has no processes, users or file locks, Windows none of POSIX's
// calls on modes, and macOS calls the time of a change otherwise. Everything else of wring is written to
// POSIX and C17.
#ifndef WR_SUPPORT_SYSTEM_H
#define WR_SUPPORT_SYSTEM_H

#include <fcntl.h>
#include <sys/stat.h>

#ifdef _WIN32
#define WR_TEMP_DIR "." // TMPDIR says otherwise
#else
#define WR_TEMP_DIR "/tmp"
#endif

#ifndef O_CLOEXEC
#define O_CLOEXEC 0
#endif
#ifndef O_BINARY
#define O_BINARY 0
#endif

#if defined(__wasi__) || defined(_WIN32)
#define WR_HAS_MMAP 0      // files are read
#define WR_HAS_PROCESSES 0 // no child can be run
#define WR_HAS_OWNERS 0    // no owner, no group, no symbolic links that programs follow themselves
#else
#define WR_HAS_MMAP 1
#define WR_HAS_PROCESSES 1
#define WR_HAS_OWNERS 1
#endif

// A directory that nobody else can enter. Returns 0, or -1 with errno set.
static inline int wr_make_directory(const char *path) {
#ifdef _WIN32
    return mkdir(path);
#else
    return mkdir(path, 0700);
#endif
}

// Makes relative paths mean what they do for whoever started the program. Only WASI has to be told where that
// is: its hosts name directories, not a current one; those that have one put it into PWD.
void wr_enter_directory(void);

// Columns of the terminal that a descriptor stands for; 0 where there is none, or none that can be asked.
int wr_terminal_columns(int fd);

// Gives memory that was freed back to the system, where the C library can.
void wr_return_memory(void);

// When a file was last written, in nanoseconds.
static inline long long wr_mtime_ns(const struct stat *st) {
#if defined(__APPLE__)
    return (long long)st->st_mtimespec.tv_sec * 1000000000 + st->st_mtimespec.tv_nsec;
#elif defined(_WIN32)
    return (long long)st->st_mtime * 1000000000;
#else
    return (long long)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec;
#endif
}

#endif
