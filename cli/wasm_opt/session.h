// One run of `wring wasm-opt`: the command line, its plan, and the module after the steps done so far.
#ifndef WR_CLI_WASM_OPT_SESSION_H
#define WR_CLI_WASM_OPT_SESSION_H

#include <limits.h>

#include "cli/message.h"
#include "debug.h"
#include "plan.h"
#include "support/buf.h"

typedef struct wr_wasm_opt_session {
    const wr_wasm_opt_line *line;
    const wr_wasm_opt_plan *plan;
    const char *const *words; // of the line
    size_t nwords;
    wr_env *env;
    wr_slice module;
    wr_line_debug debug;
    bool binary;                          // the input was not text
    bool strip_producers, strip_features; // an earlier step asked for it
    wr_buf printed;                       // to be written to standard output at the end
    char real[PATH_MAX];                  // "" until first needed
} wr_wasm_opt_session;

// The path of a real wasm-opt, or NULL.
const char *wr_wasm_opt_real(wr_wasm_opt_session *s);
// The same, but throws if there is none; the message says what it is needed for.
const char *wr_wasm_opt_need_real(wr_wasm_opt_session *s, const char *what);

// Carries out step `index` of the plan. Throws on failure.
void wr_wasm_opt_do_step(wr_wasm_opt_session *s, size_t index);

// Replaces the module by one with the same code section.
void wr_wasm_opt_replace(wr_wasm_opt_session *s, wr_slice module);

// Runs a real wasm-opt on the bytes (a module, or its text) with these words besides files and features, and
// returns what it made. `what` says in errors what was to be done. With `with_map` the source map goes along.
wr_slice wr_wasm_opt_run_real(wr_wasm_opt_session *s, wr_slice module, size_t n, const char *const *words,
                              const char *what, bool with_map);

// Carries out the whole command line.
wr_exit wr_wasm_opt_run(wr_wasm_opt_session *s);

#endif
