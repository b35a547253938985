// The command line of wasm-opt, parsed according to the table flags.def.
#ifndef WR_CLI_WASM_OPT_LINE_H
#define WR_CLI_WASM_OPT_LINE_H

#include <stdbool.h>
#include <stddef.h>

typedef enum wr_wasm_opt_kind {
    WR_WASM_OPT_LEVEL,
    WR_WASM_OPT_PASS,
    WR_WASM_OPT_STRIP,
    WR_WASM_OPT_KEEP,
    WR_WASM_OPT_REMOVE_EXPORTS,
    WR_WASM_OPT_POST_EMSCRIPTEN,
    WR_WASM_OPT_MINIFY,
    WR_WASM_OPT_FUNCTION_MAP,
    WR_WASM_OPT_ASYNCIFY,
    WR_WASM_OPT_NO_INLINE,
    WR_WASM_OPT_FORWARD,
    WR_WASM_OPT_FORWARD_CODE,
    WR_WASM_OPT_ENABLE,
    WR_WASM_OPT_DISABLE,
    WR_WASM_OPT_MVP,
    WR_WASM_OPT_ALL_FEATURES,
    WR_WASM_OPT_TUNING,
    WR_WASM_OPT_LIBRARY,
    WR_WASM_OPT_NOTHING,
    WR_WASM_OPT_WHOLE,
    WR_WASM_OPT_OUTPUT,
    WR_WASM_OPT_TEXT,
    WR_WASM_OPT_NAMES,
    WR_WASM_OPT_OPT_LEVEL,
    WR_WASM_OPT_SHRINK_LEVEL,
    WR_WASM_OPT_PASS_ARG,
    WR_WASM_OPT_SKIP_PASS,
    WR_WASM_OPT_MAP_IN,
    WR_WASM_OPT_MAP_OUT,
    WR_WASM_OPT_MAP_URL,
    WR_WASM_OPT_VERSION,
    WR_WASM_OPT_HELP,
} wr_wasm_opt_kind;

typedef struct wr_wasm_opt_flag {
    wr_wasm_opt_kind kind;
    const char *name, *letters;
    const char *argument; // NULL: none; "X": wanted; "[X]": may follow with =
    const char *what, *why;
} wr_wasm_opt_flag;

extern const wr_wasm_opt_flag wr_wasm_opt_flags[];
extern const size_t wr_wasm_opt_nflags;

// A pass, as the command line names it.
typedef struct wr_wasm_opt_item {
    const wr_wasm_opt_flag *flag;
    const char *word;  // as written on the command line
    const char *value; // after its =, or NULL
} wr_wasm_opt_item;

typedef struct wr_wasm_opt_line {
    const char *in, *out;    // NULL if the line has none
    wr_wasm_opt_item *items; // what runs, in order
    size_t nitems;
    const char **options; // words other than passes that a real wasm-opt needs: features, assumptions, limits
    size_t noptions;
    const char **pass_args; // KEY or KEY@VALUE
    size_t npass_args;
    const wr_wasm_opt_flag **library; // options to set in the library
    size_t nlibrary;
    const wr_wasm_opt_flag **skipped; // passes not to run
    size_t nskipped;
    bool *allowed; // by flag: whether its --enable- is in force
    bool names, text, version, help, quiet;
    const char *whole; // the word because of which the whole line goes to a real wasm-opt, or NULL
    const char *map_in, *map_out, *map_url; // source maps
    unsigned optimize_level, shrink_level;  // as given by number
    char error[256];
} wr_wasm_opt_line;

// Parses the words after the program's name. Returns false and fills line->error if they are wrong. The
// strings belong to the caller and must outlive the line. Call wr_wasm_opt_line_free() in both cases.
bool wr_wasm_opt_parse(wr_wasm_opt_line *line, size_t n, const char *const *words);
void wr_wasm_opt_line_free(wr_wasm_opt_line *line);

// The flag with this long name (of n characters, without dashes), or NULL.
const wr_wasm_opt_flag *wr_wasm_opt_find_flag(const char *name, size_t n);

// The value of the pass argument KEY: "" if it has no value, NULL if it is not on the line.
const char *wr_wasm_opt_pass_arg(const wr_wasm_opt_line *line, const char *key);

#endif
