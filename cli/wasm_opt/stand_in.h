// What wasm-metadce, wasm-ctor-eval and wasm-emscripten-finalize have in common when wring stands in for
// them: a short command line, a module in, a module out, and a real tool for what wring doesn't do.
#ifndef WR_CLI_WASM_OPT_STAND_IN_H
#define WR_CLI_WASM_OPT_STAND_IN_H

#include "cli/options.h"
#include "debug.h"
#include "lib/job.h"

typedef struct wr_stand_in {
    const wr_args *args;
    const char *tool; // such as "wasm-metadce"
    wr_env *env;
    const char *in, *out; // NULL if not given
    bool names;           // -g: keep the name section
    wr_line_debug debug;
    const char *foreign; // the word that only a real tool understands, or NULL
    wr_slice module;
} wr_stand_in;

// The value of an option, after = or as the next word; NULL if word *i is another option, or if it has none.
const char *wr_stand_in_value(const wr_stand_in *s, size_t *i, const char *name, const char *letters);
// Takes a word that all tools have. Returns false if it is not one.
bool wr_stand_in_take(wr_stand_in *s, size_t *i);

// Runs a command under wr_try, prints what goes wrong, and returns the exit status. `session` begins with a
// wr_stand_in, whose `env` is filled.
int wr_stand_in_run(wr_stand_in *s, void (*work)(wr_env *env, void *session));

// Becomes the real tool, with the same command line. Throws if there is none; the message says what it is
// needed for.
_Noreturn void wr_stand_in_become_real(const wr_stand_in *s, const char *what);

wr_slice wr_stand_in_read(wr_env *env, const char *path);
void wr_stand_in_write(wr_env *env, const char *path, wr_slice bytes);
// Reads the input, or becomes the real tool if it is text, or if a word of the command line asks for it.
void wr_stand_in_begin(wr_stand_in *s);

// Runs the library over the module: name and value of each option in turn, the value NULL where an option has
// none. Debug information follows.
typedef struct wr_stand_in_option {
    const char *name, *value;
} wr_stand_in_option;
void wr_stand_in_optimize(wr_stand_in *s, const wr_stand_in_option *list, size_t n,
                          const wr_rewriting *rewriting);

#endif
