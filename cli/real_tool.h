// Finds a real wasm-opt, asks for its version, and runs it.
#ifndef WR_CLI_REAL_TOOL_H
#define WR_CLI_REAL_TOOL_H

#include <stdbool.h>
#include <stddef.h>

// The prefix that `wring install-into` puts before the name of the program whose place it takes.
#define WR_REAL_PREFIX "binaryen-"

// Finds a real `tool`: beside the link by which this program was called, where `wring install-into` leaves
// it, or else as the library does. Returns false if there is none, or if wring itself called this program:
// then what wring took for a real tool is a script that calls wring.
bool wr_real_tool_find(const char *tool, char *out, size_t size);

// The version to report: $WRING_WASM_OPT_VERSION, or that of the real wasm-opt beside this program, or, with
// `any`, that of one anywhere; 132 if none of these gives one.
int wr_real_tool_wasm_opt_version(bool any);

// Runs a program with this process's standard output and error. Returns false, with the reason in message,
// unless it succeeded.
bool wr_real_tool_run(const char *const *argv, char *message, size_t size);

// Replaces this process by the program, with these arguments. Returns only on failure, with an errno value.
int wr_real_tool_become(const char *program, size_t n, const char *const *words);

#endif
