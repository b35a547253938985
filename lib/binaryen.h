// Runs Binaryen's wasm-opt in a child process: finds it, passes exactly the features that a module uses, and
// survives whatever it does. Used by the library's optional stage (with-binaryen) and by `wring compare`.
//
// The features are passed one by one after --mvp-features, since with all features enabled wasm-opt writes
// constructs that engines refuse. The npm package `binaryen` contains the program compiled to JavaScript,
// about four times slower than a native build.
#ifndef WR_LIB_BINARYEN_H
#define WR_LIB_BINARYEN_H

#include "support/file.h"
#include "support/process.h"

// Finds wasm-opt: the given path, else $WASM_OPT, the PATH, ./node_modules/.bin. If a path is given or
// WASM_OPT is set, nothing else is tried. flag_path may be NULL. wring itself, installed under that name, is
// skipped everywhere. Returns false if there is none.
bool wr_binaryen_find(const char *flag_path, char *out, size_t size);

// Gets the version that it reports ("wasm-opt version 132"); "" if it does not run.
void wr_binaryen_version(const char *program, char *out, size_t size);

// Appends wasm-opt's flags for these features (WR_F_* bits) to the n words in argv, each once. There must be
// room for WR_FEATURE_COUNT more. Returns the new number of words.
size_t wr_binaryen_put_features(const char **argv, size_t n, uint64_t features);

typedef struct wr_binaryen_job {
    const char *program;       // path from wr_binaryen_find
    const char *level;         // such as "-Oz"
    bool debug_names;          // keep the name section
    uint64_t features;         // WR_F_* bits of the features that the module uses
    double timeout;            // in seconds; 0: none
    uint64_t memory_limit;     // in bytes; 0: none
    const atomic_bool *cancel; // may be NULL
} wr_binaryen_job;

// Runs wasm-opt from file to file. Returns true if it succeeded and there is an output. The outcome says how
// it ended.
bool wr_binaryen_run(const wr_binaryen_job *job, const char *in_path, const char *out_path,
                     wr_outcome *outcome);

// Likewise from bytes to bytes, through a temporary directory. After true the output is set but not yet
// validated, and the caller frees it with wr_file_free(). After false the message says why there is none.
bool wr_binaryen_optimize(const wr_binaryen_job *job, wr_slice module, wr_file *output, char *message,
                          size_t size);

#endif
