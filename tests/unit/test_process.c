// Child processes: how they end, what they say, and that limits end them and all they started.
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "support/env.h"
#include "support/file.h"
#include "support/process.h"
#include "suite.h"

static wr_outcome outcome;

static const char *shell(const char *script, wr_command command) {
    static char text[400];
    const char *argv[] = {"/bin/sh", "-c", script, NULL};
    command.argv = argv;
    wr_process_run(&command, &outcome);
    wr_outcome_text(&outcome, text, sizeof text);
    return text;
}

#define ANY ((wr_command){.cpu = -1})

START_TEST(endings) {
    ck_assert_str_eq(shell("exit 0", ANY), "exit code 0");
    ck_assert(wr_succeeded(&outcome));
    ck_assert_str_eq(shell("echo one >&2; echo '  ' >&2; exit 7", ANY), "exit code 7: one");
    ck_assert(!wr_succeeded(&outcome));
    ck_assert_str_eq(
        shell("printf 'x.js:1\n\nError: boom\n    at f (x.js:1:1)\n\nNode.js v26.0.0\n' >&2; exit 1", ANY),
        "exit code 1: Error: boom");
    ck_assert(wr_slice_is(wr_outcome_tail(&outcome, 2), "Error: boom\n    at f (x.js:1:1)"));
    ck_assert(wr_slice_is(wr_outcome_tail(&outcome, 9), "x.js:1\n\nError: boom\n    at f (x.js:1:1)"));
    ck_assert_uint_eq(shell("exit 1", ANY) ? wr_outcome_tail(&outcome, 9).n : 1, 0);
    ck_assert_str_eq(shell("printf '\n\n    at x\n' >&2; exit 1", ANY), "exit code 1");
    shell("kill -9 $$", ANY);
    ck_assert(outcome.ending == WR_KILLED && outcome.code == SIGKILL);
    const char *argv[] = {"/no/such/program", NULL};
    wr_process_run(&(wr_command){.argv = argv, .cpu = -1}, &outcome);
    ck_assert(outcome.ending == WR_NOT_STARTED && outcome.code == ENOENT);
    wr_process_run(
        &(wr_command){.argv = (const char *[]){"/bin/true", NULL}, .out_path = "/nowhere/x", .cpu = -1},
        &outcome);
    ck_assert(outcome.ending == WR_NOT_STARTED && outcome.code == ENOENT);
}
END_TEST

START_TEST(the_end_of_the_errors) {
    shell("i=0; while [ $i -lt 20000 ]; do echo line $i >&2; i=$((i+1)); done", ANY);
    ck_assert(wr_succeeded(&outcome));
    ck_assert_uint_ge(strlen(outcome.errors), 1000);
    ck_assert(strstr(outcome.errors, "line 19999\n") != NULL);
}
END_TEST

START_TEST(standard_output) {
    char dir[512], path[600];
    ck_assert_int_eq(wr_file_make_temp_dir(dir, sizeof dir), 0);
    snprintf(path, sizeof path, "%s/out", dir);
    shell("cat; echo hello", (wr_command){.out_path = path, .cpu = -1});
    wr_file file;
    ck_assert_int_eq(wr_file_read(&file, path), 0);
    ck_assert(wr_slice_is(file.bytes, "hello\n")); // standard input is empty
    wr_file_free(&file);
    wr_file_remove_temp_dir(dir);
}
END_TEST

// The shell's child holds the error pipe open; it must go too.
START_TEST(time_is_up) {
    uint64_t start = wr_now_ns();
    shell("sleep 100 & wait", (wr_command){.timeout = 0.2, .cpu = -1});
    ck_assert_int_eq(outcome.ending, WR_TIMED_OUT);
    ck_assert(wr_now_ns() - start < 20000000000u && outcome.seconds >= 0.2);
}
END_TEST

START_TEST(a_child_left_behind) {
    uint64_t start = wr_now_ns();
    shell("sleep 30 & exit 3", ANY);
    ck_assert(outcome.ending == WR_EXITED && outcome.code == 3);
    ck_assert(wr_now_ns() - start < 20000000000u);
}
END_TEST

static void *cancel_soon(void *flag) {
    usleep(100000);
    atomic_store((atomic_bool *)flag, true);
    return NULL;
}

START_TEST(cancelled) {
    atomic_bool flag = false;
    pthread_t thread;
    pthread_create(&thread, NULL, cancel_soon, &flag);
    shell("sleep 100", (wr_command){.cancel = &flag, .cpu = -1});
    ck_assert_int_eq(outcome.ending, WR_INTERRUPTED);
    pthread_join(thread, NULL);
}
END_TEST

START_TEST(memory) {
    shell("exec dd if=/dev/zero of=/dev/null bs=64M count=1 2>/dev/null", ANY);
    ck_assert(wr_succeeded(&outcome));
    ck_assert_uint_ge(outcome.peak_memory, 64 << 20);
    ck_assert_uint_le(outcome.peak_memory, 200 << 20);
    shell("exec dd if=/dev/zero of=/dev/null bs=64M count=100000 2>/dev/null",
          (wr_command){.memory_limit = 32 << 20, .cpu = -1});
    ck_assert_int_eq(outcome.ending, WR_TOO_LARGE);
}
END_TEST

START_TEST(pinned) {
    int cpu = wr_process_last_cpu();
    ck_assert_int_ge(cpu, 0);
    shell("test $(nproc) = 1", (wr_command){.cpu = cpu});
    ck_assert(wr_succeeded(&outcome));
}
END_TEST

void add_tests(TCase *tests) {
    tcase_add_test(tests, endings);
    tcase_add_test(tests, the_end_of_the_errors);
    tcase_add_test(tests, standard_output);
    tcase_add_test(tests, time_is_up);
    tcase_add_test(tests, a_child_left_behind);
    tcase_add_test(tests, cancelled);
    tcase_add_test(tests, memory);
    tcase_add_test(tests, pinned);
}
