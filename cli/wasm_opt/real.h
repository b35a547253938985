// Finds a real wasm-opt, asks for its version, and runs it.
#ifndef WR_CLI_WASM_OPT_REAL_H
#define WR_CLI_WASM_OPT_REAL_H

#include <stdbool.h>
#include <stddef.h>

// What `wring install-into` calls the program whose place it takes, before the name that it had.
#define WR_REAL_PREFIX "binaryen-"

// Finds one: beside the link by which we were called, as `wring install-into` leaves it, else as the library
// does. False when there is none, or when we were called by wring ourselves: a script that calls us is no
// real one.
bool wr_find_real(const char *tool, char *out, size_t size);

// The version to pass for: $WRING_WASM_OPT_VERSION, or that of the real one beside us, or, if `any`, of one
// anywhere; 132 where nobody says.
int wr_wasm_opt_version(bool any);

// Runs a program with our standard output and error. False, with what happened in message, unless it ended
// well.
bool wr_run_real(const char *const *argv, char *message, size_t size);

// Becomes the program, with these words. Returns only if that fails, with an errno value.
int wr_become_real(const char *program, size_t n, const char *const *words);

#endif
