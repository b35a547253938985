// Reads files by mmap with a fallback to read, writes completely, finds programs along the PATH, and makes
// temporary directories.
#include "file.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "system.h"

#if WR_HAS_MMAP
#include <sys/mman.h>

static bool map(wr_file *file, int fd) {
    if (!S_ISREG(file->stat.st_mode) || file->stat.st_size <= 0) return false;
    if (lseek(fd, 0, SEEK_CUR) != 0) return false; // a redirected input that was partly read already
    int own = fcntl(fd, F_DUPFD_CLOEXEC, 3);
    if (own < 0) return false;
    void *p = mmap(NULL, (size_t)file->stat.st_size, PROT_READ, MAP_PRIVATE, own, 0);
    if (p == MAP_FAILED) {
        close(own);
        return false;
    }
    file->bytes = wr_slice_of(p, (size_t)file->stat.st_size);
    file->fd = own;
    file->mapped = true;
    return true;
}

static void unmap(wr_slice bytes) { munmap((void *)bytes.p, bytes.n); }
#else
static bool map(wr_file *file, int fd) {
    (void)file, (void)fd;
    return false;
}

static void unmap(wr_slice bytes) { (void)bytes; }
#endif

static int read_to_end(wr_file *file, int fd) {
    uint8_t *p = NULL;
    size_t n = 0, cap = 0;
    for (;;) {
        if (n == cap) {
            cap = cap ? cap * 2 : 64 << 10;
            uint8_t *more = realloc(p, cap);
            if (!more) break;
            p = more;
        }
        ssize_t got = read(fd, p + n, cap - n);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) break;
        if (got == 0) {
            file->bytes = wr_slice_of(p, n);
            return 0;
        }
        n += (size_t)got;
    }
    int error = errno ? errno : ENOMEM;
    free(p);
    return error;
}

int wr_file_read_fd(wr_file *file, int fd) {
    *file = (wr_file){.fd = -1};
    if (fstat(fd, &file->stat)) return errno;
    return map(file, fd) ? 0 : read_to_end(file, fd);
}

int wr_file_read(wr_file *file, const char *path) {
    *file = (wr_file){.fd = -1};
    if (!strcmp(path, "-")) return wr_file_read_fd(file, STDIN_FILENO);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_BINARY);
    if (fd < 0) return errno;
    int error = wr_file_read_fd(file, fd);
    close(fd);
    return error;
}

void wr_file_free(wr_file *file) {
    if (file->mapped)
        unmap(file->bytes);
    else
        free((void *)file->bytes.p);
    if (file->fd >= 0) close(file->fd);
    *file = (wr_file){.fd = -1};
}

bool wr_file_changed(const wr_file *file) {
    struct stat now;
    if (!file->mapped || fstat(file->fd, &now)) return false;
    return now.st_size != file->stat.st_size || wr_mtime_ns(&now) != wr_mtime_ns(&file->stat);
}

int wr_file_write_fd(int fd, wr_slice bytes) {
    for (size_t done = 0; done < bytes.n;) {
        ssize_t n = write(fd, bytes.p + done, bytes.n - done);
        if (n < 0 && errno != EINTR) return errno;
        if (n > 0) done += (size_t)n;
    }
    return 0;
}

int wr_file_write(const char *path, wr_slice bytes) {
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_BINARY, 0666);
    if (fd < 0) return errno;
    int error = wr_file_write_fd(fd, bytes);
    if (close(fd) && !error) error = errno;
    return error;
}

static bool is_program(const char *path, const struct stat *but) {
    struct stat st;
    if (stat(path, &st) || !S_ISREG(st.st_mode) || access(path, X_OK)) return false;
    return !but || st.st_dev != but->st_dev || st.st_ino != but->st_ino;
}

static bool find_program(const char *name, const struct stat *but, char *out, size_t size) {
    if (strchr(name, '/')) return (size_t)snprintf(out, size, "%s", name) < size && is_program(out, but);
    const char *path = getenv("PATH");
    for (const char *at = path ? path : "/usr/bin:/bin"; *at; at += *at == ':') {
        size_t n = strcspn(at, ":");
        bool fits = (size_t)snprintf(out, size, "%.*s/%s", n ? (int)n : 1, n ? at : ".", name) < size;
        if (fits && is_program(out, but)) return true;
        at += n;
    }
    return false;
}

bool wr_file_find_program(const char *name, char *out, size_t size) {
    return find_program(name, NULL, out, size);
}

bool wr_file_find_other_program(const char *name, char *out, size_t size) {
    struct stat own;
    return find_program(name, stat("/proc/self/exe", &own) ? NULL : &own, out, size);
}

// Makes up the name itself, since not every system has mkdtemp().
int wr_file_make_temp_dir(char *out, size_t size) {
    const char *base = getenv("TMPDIR");
    for (unsigned i = 0; i < 10000; i++) {
        int n = snprintf(out, size, "%s/wring-%ld-%u", base && *base ? base : WR_TEMP_DIR, (long)getpid(), i);
        if (n < 0 || (size_t)n >= size) return ENAMETOOLONG;
        if (wr_make_directory(out, 0700) == 0) return 0;
        if (errno != EEXIST) break;
    }
    return errno;
}

void wr_file_remove_temp_dir(const char *path) {
    DIR *dir = opendir(path);
    if (!dir) return;
    char file[4096];
    for (struct dirent *entry; (entry = readdir(dir));)
        if ((size_t)snprintf(file, sizeof file, "%s/%s", path, entry->d_name) < sizeof file) unlink(file);
    closedir(dir);
    rmdir(path);
}
