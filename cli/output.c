// Atomic output: writes a temporary file beside the target, then renames it. The file is not flushed to disk
// with fsync: the promise covers a failure of this program, not of the machine.
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "signals.h"
#include "support/file.h"
#include "support/system.h"

typedef struct target {
    char path[PATH_MAX]; // after following symbolic links
    bool exists, direct;
    int fd; // the descriptor of this process that the path stands for, or -1
    struct stat stat;
} target;

// Length of the directory part, the slash included; 0 for the current directory.
static size_t directory_of(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? (size_t)(slash - path) + 1 : 0;
}

static bool is_link(const char *path) {
    struct stat st;
    return lstat(path, &st) == 0 && S_ISLNK(st.st_mode);
}

// Replaces the path of a link by what it points to, relative to the link's directory.
static int follow(char *path) {
    char to[PATH_MAX], joined[PATH_MAX];
    ssize_t n = readlink(path, to, sizeof to - 1);
    if (n < 0) return errno;
    to[n] = 0;
    size_t dir = to[0] == '/' ? 0 : directory_of(path);
    if (dir + (size_t)n >= sizeof joined) return ENAMETOOLONG;
    memcpy(joined, path, dir);
    memcpy(joined + dir, to, (size_t)n + 1);
    memcpy(path, joined, dir + (size_t)n + 1);
    return 0;
}

// The descriptor that a link stands for if it is one of this process, as /dev/stdout and /dev/fd/3 are; else
// -1. Such a file is written where the descriptor is, as `-` would do: it may be open for appending, and
// others may write to it.
static int own_descriptor(const char *link) {
    char dir[PATH_MAX], real[PATH_MAX], own[40];
    size_t n = directory_of(link);
    memcpy(dir, link, n);
    dir[n] = 0;
    snprintf(own, sizeof own, "/proc/%ld/fd", (long)getpid());
    return n && realpath(dir, real) && !strcmp(real, own) ? atoi(link + n) : -1;
}

// Finds what path really names. Links to what isn't a regular file (as in /proc) are left for open() to
// follow.
static int resolve(target *t, const char *path) {
    memset(t, 0, sizeof *t);
    t->fd = -1;
    t->exists = stat(path, &t->stat) == 0;
    if (!t->exists && errno != ENOENT) return errno;
    if (t->exists && S_ISDIR(t->stat.st_mode)) return EISDIR;
    t->direct = t->exists && !S_ISREG(t->stat.st_mode);
    if ((size_t)snprintf(t->path, sizeof t->path, "%s", path) >= sizeof t->path) return ENAMETOOLONG;
    for (int links = 0; !t->direct && is_link(t->path); links++) {
        t->fd = own_descriptor(t->path);
        if (t->fd >= 0) return 0;
        int error = links < 40 ? follow(t->path) : ELOOP;
        if (error) return error;
    }
    return t->path[0] ? 0 : ENOENT;
}

static int check_directory(const target *t) {
    char dir[PATH_MAX] = ".";
    size_t n = directory_of(t->path);
    if (n) memcpy(dir, t->path, n), dir[n] = 0;
    return access(dir, W_OK | X_OK) ? errno : 0;
}

static int check(const target *t) {
    if (t->exists && access(t->path, W_OK)) return errno;
    return t->direct || t->fd >= 0 ? 0 : check_directory(t);
}

int wr_output_check(const char *path) {
    if (!strcmp(path, "-")) return 0;
    target t;
    int error = resolve(&t, path);
    return error ? error : check(&t);
}

static int write_direct(const char *path, wr_slice bytes) {
    int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC | O_BINARY);
    if (fd < 0) return errno;
    int error = wr_file_write_fd(fd, bytes);
    if (close(fd) && !error) error = errno;
    return error;
}

// Opens a new file beside the target. Returns a descriptor, or -1 with errno set.
static int open_temporary(const target *t, char *path, size_t size) {
    size_t dir = directory_of(t->path);
    for (unsigned i = 0; i < 1000; i++) {
        int n = snprintf(path, size, "%.*s.wring-%ld-%u.tmp", (int)dir, t->path, (long)getpid(), i);
        if (n < 0 || (size_t)n >= size) {
            errno = ENAMETOOLONG;
            return -1;
        }
        int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_BINARY, 0666);
        if (fd >= 0 || errno != EEXIST) return fd;
    }
    return -1;
}

// Gives the new file the mode and the owner of the one that it replaces.
static int copy_owner(int fd, const target *t) {
#if WR_HAS_OWNERS
    if (fchmod(fd, t->stat.st_mode & 0777)) return errno;
    if (fchown(fd, t->stat.st_uid, t->stat.st_gid)) errno = 0; // only root may, and only root needs it
#else
    (void)fd, (void)t;
#endif
    return 0;
}

static int fill(int fd, const target *t, wr_slice bytes) {
    int error = t->exists ? copy_owner(fd, t) : 0;
    return error ? error : wr_file_write_fd(fd, bytes);
}

static int replace(const target *t, wr_slice bytes) {
    char path[PATH_MAX];
    int fd = open_temporary(t, path, sizeof path);
    if (fd < 0) return errno;
    wr_signal_file(path);
    int error = fill(fd, t, bytes);
    if (close(fd) && !error) error = errno;
    if (!error && rename(path, t->path)) error = errno;
    if (error) unlink(path);
    wr_signal_file(NULL);
    return error;
}

int wr_output_write(const char *path, wr_slice bytes) {
    if (!strcmp(path, "-")) return wr_file_write_fd(STDOUT_FILENO, bytes);
    target t;
    int error = resolve(&t, path);
    if (!error) error = check(&t);
    if (error) return error;
    if (t.fd >= 0) return wr_file_write_fd(t.fd, bytes);
    return t.direct ? write_direct(t.path, bytes) : replace(&t, bytes);
}
