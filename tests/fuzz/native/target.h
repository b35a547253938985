// What the fuzz targets have in common: failing, running the library, and, without libFuzzer, the program
// that replays the files named on its command line. The target defines TARGET, its name, before.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "wring.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void fail(const char *what) {
    fprintf(stderr, TARGET ": %s\n", what);
    abort();
}

// Optimizes, and fails if the library ends in a way that no input may bring about.
static wring_status optimize(wring_job *job, const uint8_t *bytes, size_t n) {
    wring_status status = wring_optimize(job, bytes, n);
    if (status == WRING_INTERNAL) fail(wring_last_diagnostic(job).message);
    if (status != WRING_OK && status != WRING_BAD_INPUT && status != WRING_NOMEM)
        fail("an unexpected status");
    return status;
}

#ifndef WRING_LIBFUZZER
static void replay(const char *path) {
    FILE *file = fopen(path, "rb");
    if (!file) fail(path);
    static uint8_t bytes[64 << 20];
    size_t n = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    uint8_t *exact = malloc(n ? n : 1); // so that reading past the end is seen
    for (size_t i = 0; i < n; i++) exact[i] = bytes[i];
    LLVMFuzzerTestOneInput(exact, n);
    free(exact);
}

int main(int argc, char **argv) {
    for (int i = 1; i < argc; i++) replay(argv[i]);
    printf("%d passed, 0 failed\n", argc - 1);
    return 0;
}
#endif
