// Compares what optimizers make of one module: sizes, time, memory, and, where the module can be run, its
// speed and whether it still prints the same.
//
// Each optimizer, wring included, runs as a child process, so that time and peak memory are those of that run
// alone. A variant that fails (a crash, a time-out) is reported in its row; the others go on.
#ifndef WR_REPORT_COMPARE_COMPARE_H
#define WR_REPORT_COMPARE_COMPARE_H

#include "report/audit/sizes.h"

// Measured times of one kind, in milliseconds.
typedef struct wr_samples {
    double *v;
    unsigned n;
    double median, low, high; // low and high: the quartiles
    double ratio;             // of the medians, to the input's; 0: unknown
} wr_samples;

typedef enum wr_tool { WR_TOOL_NONE, WR_TOOL_WRING, WR_TOOL_BINARYEN, WR_TOOL_BOTH } wr_tool;

typedef struct wr_variant {
    wr_tool tool;          // WR_TOOL_NONE: the input itself
    char level;            // as in -Oz
    const char *objective; // as in --for=brotli; NULL: the default, or what the flags say
    char name[40];         // "wring -Oz"
    const char *path;      // the module
    const char *error;     // why there is no module; NULL: there is one
    wr_sizes sizes;
    double seconds;       // of the optimizer
    uint64_t peak_memory; // of its process; the larger one if there were two
    wr_samples run, compile;
    const char *difference; // how it behaves otherwise than the input; NULL: it doesn't
} wr_variant;

typedef struct wr_comparison {
    const char *name; // of the input file
    uint64_t features;
    char binaryen_version[64];
    const char *command; // how modules were run; NULL: they weren't
    bool pinned;         // runs were bound to one processor
    unsigned rounds;
    wr_variant *variants; // the input first
    size_t nvariants;
    WR_VEC(const char *) notes;
    bool failed;    // a run of wring did
    bool different; // some variant behaves otherwise, or the input doesn't do the same twice
} wr_comparison;

typedef struct wr_compare_options {
    const char *input;        // a path; "-" is standard input
    const char *name;         // of the input, for people; NULL: its path
    const char *const *flags; // for wring's runs
    size_t nflags;
    const char *binaryen; // wasm-opt, or NULL
    bool debug_names;     // wasm-opt keeps names too
    const char *variants; // names separated by commas, or NULL
    const char *command;  // shell command with {}, or NULL
    const char *workload; // Node program, or NULL
    bool no_run;          // not even a WASI program
    const char *node;     // path of Node, or NULL
    unsigned rounds;      // measured runs of each variant
    double timeout;       // seconds, of each child
    const atomic_bool *cancel;
    void (*progress)(void *user, const char *what, double fraction);
    void (*failed)(void *user, const char *what, wr_slice tail); // a run failed; the last lines of its errors
    void *user;
} wr_compare_options;

// Does it all. Under a wr_try() of the pool's main env, where results live. dir is an empty directory for
// temporary files, which is removed when they are needed no more. Throws WR_BAD_INPUT for a module that isn't
// valid, WR_USAGE, WR_IO, WR_CANCELLED.
wr_comparison *wr_compare(wr_pool *pool, const wr_compare_options *options, const char *dir);

static inline bool wr_was_run(const wr_variant *variant) { return variant->run.n > 0; }

// The report, as a string in env's perm arena.
wr_slice wr_compare_table(wr_env *env, const wr_comparison *c);
wr_slice wr_compare_markdown(wr_env *env, const wr_comparison *c);
wr_slice wr_compare_json(wr_env *env, const wr_comparison *c);
wr_slice wr_compare_html(wr_env *env, const wr_comparison *c);

#endif
