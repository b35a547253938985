// Runs Binaryen's wasm-opt. See binaryen.h.
#include "binaryen.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "ir/ins.h"

// wasm-opt's names for features differ from those in target_features. NULL: there is nothing to enable.
static const char *const feature_flags[WR_FEATURE_COUNT] = {
    [WR_FEATURE_SIGN_EXT] = "--enable-sign-ext",
    [WR_FEATURE_SAT_FLOAT] = "--enable-nontrapping-float-to-int",
    [WR_FEATURE_MULTIVALUE] = "--enable-multivalue",
    [WR_FEATURE_BULK] = "--enable-bulk-memory",
    [WR_FEATURE_REF_TYPES] = "--enable-reference-types",
    [WR_FEATURE_SIMD] = "--enable-simd",
    [WR_FEATURE_RELAXED_SIMD] = "--enable-relaxed-simd",
    [WR_FEATURE_THREADS] = "--enable-threads",
    [WR_FEATURE_TAIL_CALL] = "--enable-tail-call",
    [WR_FEATURE_EXTENDED_CONST] = "--enable-extended-const",
    [WR_FEATURE_LEGACY_EH] = "--enable-exception-handling",
    [WR_FEATURE_EH] = "--enable-exception-handling",
    [WR_FEATURE_EXNREF] = "--enable-exception-handling",
    [WR_FEATURE_FUNC_REFS] = "--enable-gc",
    [WR_FEATURE_GC] = "--enable-gc",
    [WR_FEATURE_MEMORY64] = "--enable-memory64",
    [WR_FEATURE_MULTI_MEMORY] = "--enable-multimemory",
    [WR_FEATURE_MUTABLE_GLOBALS] = "--enable-mutable-globals",
    [WR_FEATURE_CUSTOM_PAGE_SIZES] = "--enable-custom-page-sizes",
    [WR_FEATURE_WIDE] = "--enable-wide-arithmetic",
    [WR_FEATURE_COMPACT_IMPORTS] = "--enable-compact-imports",
};

// Adds the features that Binaryen requires for the sake of others.
static uint64_t with_needed(uint64_t features) {
    if (features & (WR_F(GC) | WR_F(FUNC_REFS))) features |= WR_F(REF_TYPES);
    if (features & WR_F(FUNC_REFS)) features |= WR_F(TAIL_CALL); // return_call_ref belongs to both
    if (features & WR_F(RELAXED_SIMD)) features |= WR_F(SIMD);
    if (features & (WR_F(EH) | WR_F(EXNREF))) features |= WR_F(REF_TYPES) | WR_F(MULTIVALUE);
    return features;
}

bool wr_binaryen_find(const char *flag_path, char *out, size_t size) {
    const char *env = getenv("WASM_OPT");
    if (flag_path) return wr_file_find_other_program(flag_path, out, size);
    if (env && *env && wr_file_find_other_program(env, out, size)) return true;
    if (env && *env && !wr_file_find_program(env, out, size)) return false;
    return wr_file_find_other_program("wasm-opt", out, size) ||
           wr_file_find_other_program("./node_modules/.bin/wasm-opt", out, size);
}

void wr_binaryen_version(const char *program, char *out, size_t size) {
    char dir[512], path[544];
    out[0] = 0;
    if (wr_file_make_temp_dir(dir, sizeof dir)) return;
    snprintf(path, sizeof path, "%s/version", dir);
    wr_outcome outcome;
    wr_process_run(
        &(wr_command){
            .argv = (const char *[]){program, "--version", NULL}, .out_path = path, .timeout = 60, .cpu = -1},
        &outcome);
    wr_file file;
    if (wr_succeeded(&outcome) && wr_file_read(&file, path) == 0) {
        size_t n = file.bytes.n;
        while (n && file.bytes.p[n - 1] <= ' ') n--;
        snprintf(out, size, "%.*s", (int)(n < 200 ? n : 200), n ? (const char *)file.bytes.p : "");
        wr_file_free(&file);
    }
    wr_file_remove_temp_dir(dir);
}

size_t wr_binaryen_put_features(const char **argv, size_t n, uint64_t features) {
    features = with_needed(features);
    for (unsigned i = 0; i < WR_FEATURE_COUNT; i++) {
        bool seen = !feature_flags[i] || !(features >> i & 1);
        for (size_t k = 0; k < n && !seen; k++)
            seen = argv[k] == feature_flags[i] || !strcmp(argv[k], feature_flags[i]);
        if (!seen) argv[n++] = feature_flags[i];
    }
    return n;
}

bool wr_binaryen_run(const wr_binaryen_job *job, const char *in_path, const char *out_path,
                     wr_outcome *outcome) {
    const char *argv[WR_FEATURE_COUNT + 9] = {job->program, in_path, "-o", out_path, job->level};
    argv[5] = "--mvp-features";
    size_t n = wr_binaryen_put_features(argv, 6, job->features);
    if (job->debug_names) argv[n++] = "-g";
    argv[n] = NULL;
    wr_process_run(&(wr_command){.argv = argv,
                                 .timeout = job->timeout,
                                 .memory_limit = job->memory_limit,
                                 .cpu = -1,
                                 .cancel = job->cancel},
                   outcome);
    return wr_succeeded(outcome) && access(out_path, R_OK) == 0;
}

// Does the work once the temporary directory exists.
static bool optimize_in(const wr_binaryen_job *job, const char *dir, wr_slice module, wr_file *output,
                        char *message, size_t size) {
    char in_path[544], out_path[544];
    snprintf(in_path, sizeof in_path, "%s/in.wasm", dir);
    snprintf(out_path, sizeof out_path, "%s/out.wasm", dir);
    int error = wr_file_write(in_path, module);
    wr_outcome outcome;
    if (error) {
        snprintf(message, size, "cannot write %s: %s", in_path, strerror(error));
    } else if (!wr_binaryen_run(job, in_path, out_path, &outcome)) {
        int n = snprintf(message, size, "%s: ", job->program);
        if (wr_succeeded(&outcome))
            snprintf(message + n, size - (size_t)n, "wrote no output");
        else if (n > 0 && (size_t)n < size)
            wr_outcome_text(&outcome, message + n, size - (size_t)n);
    } else if ((error = wr_file_read(output, out_path)) != 0) {
        snprintf(message, size, "cannot read %s: %s", out_path, strerror(error));
    } else {
        return true;
    }
    return false;
}

bool wr_binaryen_optimize(const wr_binaryen_job *job, wr_slice module, wr_file *output, char *message,
                          size_t size) {
    char dir[512];
    int error = wr_file_make_temp_dir(dir, sizeof dir);
    if (error) {
        snprintf(message, size, "cannot make a temporary directory: %s", strerror(error));
        return false;
    }
    bool done = optimize_in(job, dir, module, output, message, size);
    wr_file_remove_temp_dir(dir); // a mapped output stays valid without its name
    return done;
}
