// Any bytes: the library answers with a status, and if it writes a module, that module is accepted again and
// not larger; one that counts its calls is accepted too. For libFuzzer (cmake -DWRING_FUZZERS=ON with clang);
// without it, replays the files named on the command line.
#define TARGET "bytes"
#include "target.h"

static wring_options *make_options(uint8_t choice) {
    static const char *const levels[] = {"1", "2", "3", "s", "z"};
    wring_options *options = wring_options_new();
    wring_options_set(options, "O", levels[choice % 5]);
    wring_options_set(options, "jobs", "1");
    wring_options_set(options, "memory-limit", "512M");
    if (choice & 64) wring_options_set(options, "debug-names", NULL);
    if (choice & 128) wring_options_set(options, "keep-section", "*");
    return options;
}

static void check_output(const wring_options *options, const wring_job *job) {
    size_t n;
    const void *output = wring_output(job, &n);
    wring_job *again = wring_job_new(options);
    if (wring_validate(again, output, n) != WRING_OK) fail("the output is not accepted");
    wring_job_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
    wring_options *options = make_options(n ? bytes[n - 1] : 0);
    wring_job *job = wring_job_new(options);
    wring_status status = optimize(job, bytes, n);
    size_t output_n;
    wring_output(job, &output_n);
    if (status == WRING_OK && output_n > n) fail("the output is larger");
    if (status == WRING_OK) check_output(options, job);
    if (status == WRING_OK && n && bytes[n - 1] & 32 && wring_instrument(job, bytes, n) == WRING_OK)
        check_output(options, job);
    wring_job_free(job);
    wring_options_free(options);
    return 0;
}
