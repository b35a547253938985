// `wring verify`: whether two modules behave the same, and the same check for `wring --verify`.
#include "verify.h"

#include <stdio.h>
#include <string.h>

#include "module_file.h"
#include "shrink.h"
#include "support/file.h"
#include "verify_component.h"

bool wr_verify_options(const wr_args *args, wr_verify *v, char *error, size_t size) {
    double timeout = 600, seeds = 1;
    *v = (wr_verify){.node = wr_args_value(args, WR_OPTION_NODE)};
    if (!wr_args_number(args, WR_OPTION_TIMEOUT, 0.1, &timeout, error, size) ||
        !wr_args_number(args, WR_OPTION_SEEDS, 1, &seeds, error, size))
        return false;
    v->timeout = timeout;
    v->seeds = (unsigned)seeds;
    return true;
}

static wr_exit read_both(const wr_args *args, wr_file files[2]) {
    for (int i = 0; i < 2; i++) {
        char error[512];
        wr_exit status = wr_module_file_read(&files[i], args->files[i], error, sizeof error);
        if (status == WR_EXIT_OK) continue;
        if (status == WR_EXIT_IO)
            wr_message_error("cannot read %s: %s", args->files[i], error);
        else
            wr_message_error("%s: %s", args->files[i], error);
        if (i) wr_file_free(&files[0]);
        return status;
    }
    return WR_EXIT_OK;
}

// Whether the file holds a module or component; complains if not.
static bool is_valid(const char *name, const wr_file *file) {
    wring_options *options = wring_options_new();
    wring_job *job = options ? wring_job_new(options) : NULL;
    wring_status status = job ? wring_validate(job, file->bytes.p, file->bytes.n) : WRING_NOMEM;
    char text[640];
    if (status != WRING_OK) {
        wring_diagnostic diagnostic = {.status = status, .message = "out of memory"};
        if (job) diagnostic = wring_last_diagnostic(job);
        wr_message_diagnostic(name, &diagnostic, text, sizeof text);
        wr_message_error("%s", text);
    }
    wring_job_free(job);
    wring_options_free(options);
    return status == WRING_OK;
}

// What wring changes in the first module's memory on purpose: it makes the changes again, with the options
// given.
static wring_job *declare_changes(const wr_args *args, wring_options *options, const wr_file *before,
                                  char *error, size_t size) {
    if (!options || wr_shrink_set_options(options, args, error, size) != WR_EXIT_OK) return NULL;
    wring_options_set(options, "O", "2");
    wring_options_set(options, "stop-after", "go-pack");
    wring_job *job = wring_job_new(options);
    if (job) wring_optimize(job, before->bytes.p, before->bytes.n);
    return job;
}

int wr_cmd_verify(const wr_args *args) {
    wr_verify v;
    char error[512];
    if (args->nfiles != 2) {
        wr_message_error("verify wants two modules, not %zu", args->nfiles);
        return WR_EXIT_USAGE;
    }
    if (!wr_verify_options(args, &v, error, sizeof error)) {
        wr_message_error("%s", error);
        return WR_EXIT_USAGE;
    }
    wr_file files[2];
    wr_exit status = read_both(args, files);
    if (status != WR_EXIT_OK) return status;
    if (!is_valid(args->files[0], &files[0]) || !is_valid(args->files[1], &files[1])) {
        wr_file_free(&files[0]);
        wr_file_free(&files[1]);
        return WR_EXIT_BAD_INPUT;
    }
    wring_options *options = wring_options_new();
    wring_job *job = declare_changes(args, options, &files[0], error, sizeof error);
    v.job = job;
    wr_verdict verdict = wr_verify_files(&v, files[0].bytes, files[1].bytes);
    if (verdict == WR_NO_ANSWER)
        wr_message_error("%s", v.report);
    else if (verdict == WR_DIFFERENT || !wr_args_has(args, WR_OPTION_QUIET))
        puts(v.report);
    wring_job_free(job);
    wring_options_free(options);
    wr_file_free(&files[0]);
    wr_file_free(&files[1]);
    return verdict == WR_SAME ? WR_EXIT_OK : verdict == WR_DIFFERENT ? WR_EXIT_DIFFERENT : WR_EXIT_IO;
}
