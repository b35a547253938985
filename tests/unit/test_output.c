// Files: reading by every way there is, and output that is whole or not there.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/output.h"
#include "support/file.h"
#include "suite.h"

static char dir[512];

static void setup(void) {
    ck_assert_int_eq(wr_file_make_temp_dir(dir, sizeof dir), 0);
    ck_assert_int_eq(chdir(dir), 0);
}

static void teardown(void) {
    ck_assert_int_eq(chdir("/"), 0);
    wr_file_remove_temp_dir(dir);
    ck_assert_int_ne(access(dir, F_OK), 0);
}

static wr_slice text(const char *s) { return wr_slice_str(s); }

static void expect_file(const char *path, const char *content) {
    wr_file file;
    ck_assert_int_eq(wr_file_read(&file, path), 0);
    ck_assert_msg(wr_slice_is(file.bytes, content), "%s is \"%.*s\"", path, (int)file.bytes.n,
                  (const char *)file.bytes.p);
    wr_file_free(&file);
}

static int count_files(void) {
    DIR *d = opendir(".");
    int n = 0;
    for (struct dirent *e; (e = readdir(d));) n += strcmp(e->d_name, ".") && strcmp(e->d_name, "..");
    closedir(d);
    return n;
}

START_TEST(new_file) {
    mode_t old = umask(027);
    ck_assert_int_eq(wr_output_check("a"), 0);
    ck_assert_int_eq(access("a", F_OK), -1);
    ck_assert_int_eq(wr_output_write("a", text("hello")), 0);
    umask(old);
    struct stat st;
    ck_assert_int_eq(stat("a", &st), 0);
    ck_assert_uint_eq(st.st_mode & 0777, 0640);
    expect_file("a", "hello");
    ck_assert_int_eq(wr_output_write("a", text("")), 0);
    expect_file("a", "");
    ck_assert_int_eq(count_files(), 1);
}
END_TEST

START_TEST(permission_bits_stay) {
    ck_assert_int_eq(wr_file_write("a", text("old")), 0);
    ck_assert_int_eq(chmod("a", 0751), 0);
    ck_assert_int_eq(wr_output_write("a", text("new")), 0);
    struct stat st;
    ck_assert_int_eq(stat("a", &st), 0);
    ck_assert_uint_eq(st.st_mode & 07777, 0751);
    expect_file("a", "new");
}
END_TEST

START_TEST(links_stay) {
    mkdir("sub", 0777);
    ck_assert_int_eq(symlink("sub/target", "one"), 0);
    ck_assert_int_eq(symlink("../one", "sub/two"), 0);
    ck_assert_int_eq(wr_output_write("sub/two", text("through")), 0); // the target isn't there yet
    expect_file("sub/target", "through");
    ck_assert_int_eq(wr_output_write("one", text("again")), 0);
    struct stat st;
    ck_assert(lstat("one", &st) == 0 && S_ISLNK(st.st_mode));
    ck_assert(lstat("sub/two", &st) == 0 && S_ISLNK(st.st_mode));
    ck_assert(lstat("sub/target", &st) == 0 && S_ISREG(st.st_mode));
    expect_file("sub/target", "again");
    ck_assert_int_eq(symlink("loop", "loop"), 0);
    ck_assert_int_eq(wr_output_write("loop", text("x")), ELOOP);
    unlink("sub/two"), unlink("sub/target"), rmdir("sub");
}
END_TEST

START_TEST(special_files) {
    ck_assert_int_eq(wr_output_write("/dev/null", text("x")), 0);
    ck_assert_int_eq(wr_output_write("/dev/full", text("x")), ENOSPC);
    ck_assert_int_eq(mkfifo("pipe", 0600), 0);
    int fd = open("pipe", O_RDONLY | O_NONBLOCK);
    ck_assert_int_eq(wr_output_write("pipe", text("x")), 0);
    char c = 0;
    ck_assert(read(fd, &c, 1) == 1 && c == 'x');
    close(fd);
    struct stat st;
    ck_assert(stat("pipe", &st) == 0 && S_ISFIFO(st.st_mode));
}
END_TEST

// A file that this process has open is written where the descriptor is, and stays that file.
START_TEST(own_descriptors) {
    int fd = open("a", O_WRONLY | O_CREAT | O_APPEND, 0600);
    ck_assert_int_eq(wr_file_write_fd(fd, text("old ")), 0);
    char path[40];
    snprintf(path, sizeof path, "/dev/fd/%d", fd);
    ck_assert_int_eq(wr_output_check(path), 0);
    ck_assert_int_eq(wr_output_write(path, text("new")), 0);
    ck_assert_int_eq(wr_file_write_fd(fd, text(" end")), 0);
    close(fd);
    expect_file("a", "old new end");
    ck_assert_int_eq(count_files(), 1);
}
END_TEST

START_TEST(what_cannot_be_written) {
    ck_assert_int_eq(wr_output_check("nowhere/a"), ENOENT);
    ck_assert_int_eq(wr_output_write("nowhere/a", text("x")), ENOENT);
    ck_assert_int_eq(wr_output_check("."), EISDIR);
    ck_assert_int_eq(wr_output_check("/dev/null/x"), ENOTDIR);
    ck_assert_int_eq(wr_output_check(""), ENOENT);
}
END_TEST

// A write that fails half-way: the old file is intact, and nothing else is there.
START_TEST(a_full_disk) {
    ck_assert_int_eq(wr_file_write("a", text("old")), 0);
    pid_t child = fork();
    if (child == 0) {
        signal(SIGXFSZ, SIG_IGN);
        setrlimit(RLIMIT_FSIZE, &(struct rlimit){4096, 4096});
        static uint8_t large[100000];
        _exit(wr_output_write("a", wr_slice_of(large, sizeof large)));
    }
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == EFBIG);
    expect_file("a", "old");
    ck_assert_int_eq(count_files(), 1);
}
END_TEST

// Writing over a file that is mapped for reading leaves the mapped bytes alone.
START_TEST(onto_the_input) {
    ck_assert_int_eq(wr_file_write("a", text("before")), 0);
    wr_file file;
    ck_assert_int_eq(wr_file_read(&file, "a"), 0);
    ck_assert(file.mapped);
    ck_assert_int_eq(wr_output_write("a", text("after")), 0);
    ck_assert(wr_slice_is(file.bytes, "before"));
    ck_assert(!wr_file_changed(&file));
    wr_file_free(&file);
    expect_file("a", "after");
}
END_TEST

START_TEST(reading) {
    wr_file file;
    ck_assert_int_eq(wr_file_read(&file, "nothing"), ENOENT);
    ck_assert_int_eq(wr_file_read(&file, "."), EISDIR);
    expect_file("/dev/null", "");
    ck_assert_int_eq(wr_file_write("empty", text("")), 0);
    expect_file("empty", "");
    int fds[2];
    ck_assert_int_eq(pipe(fds), 0);
    ck_assert_int_eq(wr_file_write_fd(fds[1], text("piped")), 0);
    close(fds[1]);
    ck_assert_int_eq(wr_file_read_fd(&file, fds[0]), 0);
    ck_assert(wr_slice_is(file.bytes, "piped") && !file.mapped);
    wr_file_free(&file);
    close(fds[0]);
}
END_TEST

// What is left of an input that somebody else read the beginning of.
START_TEST(reading_from_the_middle) {
    ck_assert_int_eq(wr_file_write("a", text("abcdef")), 0);
    int fd = open("a", O_RDONLY);
    char c[2];
    ck_assert_int_eq(read(fd, c, 2), 2);
    wr_file file;
    ck_assert_int_eq(wr_file_read_fd(&file, fd), 0);
    ck_assert(wr_slice_is(file.bytes, "cdef"));
    wr_file_free(&file);
    close(fd);
}
END_TEST

START_TEST(a_change_is_noticed) {
    ck_assert_int_eq(wr_file_write("a", text("abcdef")), 0);
    wr_file file;
    ck_assert_int_eq(wr_file_read(&file, "a"), 0);
    ck_assert(!wr_file_changed(&file));
    ck_assert_int_eq(wr_file_write("a", text("abc")), 0);
    ck_assert(wr_file_changed(&file));
    wr_file_free(&file);
}
END_TEST

START_TEST(programs) {
    char path[300];
    ck_assert(wr_file_find_program("sh", path, sizeof path) && path[0] == '/');
    ck_assert(wr_file_find_program("/bin/sh", path, sizeof path));
    ck_assert(!wr_file_find_program("no-such-program-here", path, sizeof path));
    ck_assert(!wr_file_find_program("/bin", path, sizeof path));
    ck_assert(!wr_file_find_program("sh", path, 3));
    ck_assert_int_eq(wr_file_write("plain", text("#!/bin/sh\n")), 0);
    ck_assert(!wr_file_find_program("./plain", path, sizeof path));
    setenv("PATH", "/nowhere::/usr/bin", 1);
    chmod("plain", 0755);
    ck_assert(wr_file_find_program("plain", path, sizeof path));
    ck_assert_str_eq(path, "./plain");
}
END_TEST

void add_tests(TCase *tests) {
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, new_file);
    tcase_add_test(tests, permission_bits_stay);
    tcase_add_test(tests, links_stay);
    tcase_add_test(tests, special_files);
    tcase_add_test(tests, own_descriptors);
    tcase_add_test(tests, what_cannot_be_written);
    tcase_add_test(tests, a_full_disk);
    tcase_add_test(tests, onto_the_input);
    tcase_add_test(tests, reading);
    tcase_add_test(tests, reading_from_the_middle);
    tcase_add_test(tests, a_change_is_noticed);
    tcase_add_test(tests, programs);
}
