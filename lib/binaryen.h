// Binaryen's wasm-opt in a child process: finding it, telling it exactly the features that a module uses, and
// surviving whatever it does. Used by the library's optional stage (with-binaryen) and by `wring compare`.
//
// The features are passed one by one after --mvp-features, since wasm-opt with all features on writes things
// that engines refuse. npm's package `binaryen` has the program as JavaScript, about four times slower than a
// native one.
#ifndef WR_LIB_BINARYEN_H
#define WR_LIB_BINARYEN_H

#include "support/file.h"
#include "support/process.h"

// Finds wasm-opt: the path given, else $WASM_OPT, the PATH, ./node_modules/.bin. With a path given, or
// WASM_OPT set, nothing else is tried. flag_path may be NULL. This program itself, installed under that name,
// is passed over wherever it is met. False when there is none.
bool wr_binaryen_find(const char *flag_path, char *out, size_t size);

// What it calls itself ("wasm-opt version 132"), "" when it doesn't run.
void wr_binaryen_version(const char *program, char *out, size_t size);

// Appends wasm-opt's flags for these features (WR_F_* bits) to the n words there are, each once; there must
// be room for WR_FEATURE_COUNT more. Returns the new number.
size_t wr_binaryen_put_features(const char **argv, size_t n, uint64_t features);

typedef struct wr_binaryen_job {
    const char *program;       // from wr_binaryen_find
    const char *level;         // "-Oz"
    bool debug_names;          // keep the name section
    uint64_t features;         // WR_F_* bits of what the module uses
    double timeout;            // seconds, 0: none
    uint64_t memory_limit;     // bytes, 0: none
    const atomic_bool *cancel; // may be NULL
} wr_binaryen_job;

// Runs wasm-opt from file to file. True when it ended well and there is an output; what happened is in the
// outcome.
bool wr_binaryen_run(const wr_binaryen_job *job, const char *in_path, const char *out_path,
                     wr_outcome *outcome);

// Likewise from bytes to bytes, by way of a temporary directory. On true the output is there, not yet
// validated, and the caller frees it with wr_file_free(); on false the message says why there is none.
bool wr_binaryen_optimize(const wr_binaryen_job *job, wr_slice module, wr_file *output, char *message,
                          size_t size);

#endif
