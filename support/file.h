// Whole files as bytes: mapped where possible, else read (pipes, empty files). No global state, no output;
// errors are returned as errno values.
#ifndef WR_SUPPORT_FILE_H
#define WR_SUPPORT_FILE_H

#include <sys/stat.h>

#include "base.h"

typedef struct wr_file {
    wr_slice bytes;
    bool mapped;
    int fd;           // kept open while mapped, for wr_file_changed()
    struct stat stat; // as it was when the file was read
} wr_file;

// Reads the file at path; "-" is standard input. Returns 0 or an errno value. After 0 the caller must call
// wr_file_free().
int wr_file_read(wr_file *file, const char *path);
// Likewise for an open descriptor, which the caller keeps and closes.
int wr_file_read_fd(wr_file *file, int fd);
void wr_file_free(wr_file *file);

// Whether a mapped file was modified since it was read, so that its bytes cannot be trusted.
bool wr_file_changed(const wr_file *file);

// Writes all bytes to a descriptor. Returns 0 or an errno value.
int wr_file_write_fd(int fd, wr_slice bytes);

// Creates or replaces a file, not atomically. Returns 0 or an errno value.
int wr_file_write(const char *path, wr_slice bytes);

// Finds an executable: a name with a slash is taken as it is, any other is looked up along the PATH. Returns
// false if there is none or `out` is too small.
bool wr_file_find_program(const char *name, char *out, size_t size);
// Likewise, but skips the running program itself, whatever name it is found under.
bool wr_file_find_other_program(const char *name, char *out, size_t size);

// Creates an empty directory for temporary files, under TMPDIR or /tmp. Returns 0 or an errno value.
int wr_file_make_temp_dir(char *out, size_t size);
// Removes such a directory with its files. It must have no subdirectories.
void wr_file_remove_temp_dir(const char *path);

#endif
