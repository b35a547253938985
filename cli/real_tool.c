// Finds and runs a real wasm-opt; see the header. An environment variable tells a child process that it is
// one, so that two programs can't hand a command line to each other forever.
#include "real_tool.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#if __has_include(<sys/auxv.h>)
#include <sys/auxv.h>
#endif
#include <unistd.h>

#include "cli/signals.h"
#include "lib/binaryen.h"

#define CHILD_MARK "WRING_FORWARDED"

enum { DEFAULT_VERSION = 132 };

// The path of the link by which this program was called, or NULL.
static const char *called_as(void) {
#ifdef AT_EXECFN
    return (const char *)getauxval(AT_EXECFN); // which the kernel hands over as a number, 0 if it doesn't
#else
    return NULL;
#endif
}

// The program that used to have the name by which this one was called: /emsdk/bin/binaryen-wasm-opt for
// /emsdk/bin/wasm-opt.
static bool find_beside(const char *tool, char *out, size_t size) {
    const char *called = called_as(), *slash = called ? strrchr(called, '/') : NULL;
    if (!called) return false;
    int dir = slash ? (int)(slash - called) : 1;
    char path[PATH_MAX];
    int n = snprintf(path, sizeof path, "%.*s/" WR_REAL_PREFIX "%s", dir, slash ? called : ".", tool);
    return n > 0 && (size_t)n < sizeof path && wr_file_find_other_program(path, out, size);
}

bool wr_real_tool_find(const char *tool, char *out, size_t size) {
    if (getenv(CHILD_MARK)) return false;
    if (find_beside(tool, out, size)) return true;
    return strcmp(tool, "wasm-opt") ? wr_file_find_other_program(tool, out, size)
                                    : wr_binaryen_find(NULL, out, size);
}

static int third_word(const char *text) {
    int number = 0;
    return sscanf(text, "%*s %*s %d", &number) == 1 ? number : 0;
}

int wr_real_tool_wasm_opt_version(bool any) {
    const char *said = getenv("WRING_WASM_OPT_VERSION");
    int number = said ? atoi(said) : 0;
    char program[PATH_MAX], text[256];
    bool found = !number && (find_beside("wasm-opt", program, sizeof program) ||
                             (any && wr_real_tool_find("wasm-opt", program, sizeof program)));
    if (found) {
        wr_binaryen_version(program, text, sizeof text);
        number = third_word(text);
    }
    return number > 0 ? number : DEFAULT_VERSION;
}

bool wr_real_tool_run(const char *const *argv, char *message, size_t size) {
    setenv(CHILD_MARK, "1", 1);
    atomic_bool stop = false;
    wr_outcome outcome;
    wr_signal_flag(&stop);
    wr_process_run(&(wr_command){.argv = argv, .inherit = true, .cpu = -1, .cancel = &stop}, &outcome);
    wr_signal_flag(NULL);
    unsetenv(CHILD_MARK);
    if (wr_succeeded(&outcome)) return true;
    wr_outcome_text(&outcome, message, size);
    return false;
}

int wr_real_tool_become(const char *program, size_t n, const char *const *words) {
    const char **argv = calloc(n + 2, sizeof *argv);
    if (!argv) return ENOMEM;
    argv[0] = program;
    memcpy(argv + 1, words, n * sizeof *words);
    setenv(CHILD_MARK, "1", 1);
    execv(program, (char *const *)argv);
    int error = errno;
    free(argv);
    return error;
}
