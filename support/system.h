// All differences between systems: WASI has no processes, users or file locks, Windows lacks POSIX's calls on
// modes, and macOS names the time of a change differently. The rest of wring is written to POSIX and C17.
#ifndef WR_SUPPORT_SYSTEM_H
#define WR_SUPPORT_SYSTEM_H

#include <fcntl.h>
#include <sys/stat.h>

#ifdef _WIN32
#define WR_TEMP_DIR "." // unless TMPDIR is set
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
#define WR_HAS_MMAP 0      // files are read instead
#define WR_HAS_PROCESSES 0 // no child process can be run
#define WR_HAS_OWNERS 0    // no owners or groups, and no symbolic links that programs must resolve themselves
#else
#define WR_HAS_MMAP 1
#define WR_HAS_PROCESSES 1
#define WR_HAS_OWNERS 1
#endif

// Creates a directory with these permission bits. Returns 0, or -1 with errno set.
static inline int wr_make_directory(const char *path, unsigned mode) {
#ifdef _WIN32
    (void)mode;
    return mkdir(path);
#else
    return mkdir(path, (mode_t)mode);
#endif
}

// Makes now the time of a file's last modification, if it can.
void wr_system_touch(const char *path);

// Makes the process's allocator give large blocks back to the system as soon as they are freed. For a
// program's start, before there are threads: the library leaves this to whom it serves.
void wr_system_keep_memory_low(void);

// Makes relative paths relative to the current directory of whoever started the program. Only WASI needs
// this: its hosts pass directories but no current one; those that have one pass it in PWD.
void wr_system_enter_directory(void);

// Returns the number of columns of the terminal behind a descriptor; 0 if it is no terminal or that is
// unknown.
int wr_system_terminal_columns(int fd);

// Returns freed memory to the system, if the C library can.
void wr_system_return_memory(void);

// The time of a file's last modification, in nanoseconds.
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
