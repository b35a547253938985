// For systems where no other program can be found or run (see real_tool.c for all others): there is no
// real wasm-opt, and what only that could do is an error.
#include "real_tool.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum { DEFAULT_VERSION = 132 };

bool wr_real_tool_find(const char *tool, char *out, size_t size) {
    (void)tool, (void)out, (void)size;
    return false;
}

int wr_real_tool_wasm_opt_version(bool any) {
    (void)any;
    const char *said = getenv("WRING_WASM_OPT_VERSION");
    int number = said ? atoi(said) : 0;
    return number > 0 ? number : DEFAULT_VERSION;
}

bool wr_real_tool_run(const char *const *argv, char *message, size_t size) {
    snprintf(message, size, "%s cannot be run on this system", argv[0]);
    return false;
}

int wr_real_tool_become(const char *program, size_t n, const char *const *words) {
    (void)program, (void)n, (void)words;
    return ENOSYS;
}
