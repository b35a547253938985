// Whole files as bytes: mapped where that works, read otherwise (pipes, empty files). No state, nothing
// printed; errors come back as errno values.
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

// Reads the file at path, "-" being standard input. Returns 0 or an errno value; on 0 the caller calls
// wr_file_free().
int wr_file_read(wr_file *file, const char *path);
// Likewise for an open descriptor, which stays the caller's.
int wr_file_read_fd(wr_file *file, int fd);
void wr_file_free(wr_file *file);

// True when somebody wrote to a mapped file since it was read: its bytes can't be trusted then.
bool wr_file_changed(const wr_file *file);

// Writes all bytes to a descriptor. Returns 0 or an errno value.
int wr_write_all(int fd, wr_slice bytes);

// Creates or replaces a file, not atomically. Returns 0 or an errno value.
int wr_file_write(const char *path, wr_slice bytes);

// Finds an executable: a name with a slash as it is, others along the PATH. False when there is none or out
// is too small.
bool wr_find_program(const char *name, char *out, size_t size);
// Likewise, but never the program that is running, under whatever name it is found.
bool wr_find_other_program(const char *name, char *out, size_t size);

// Makes an empty directory for temporary files, under TMPDIR or /tmp. Returns 0 or an errno value.
int wr_temp_dir(char *out, size_t size);
// Removes such a directory and the files in it (it has no directories below).
void wr_temp_dir_remove(const char *path);

#endif
