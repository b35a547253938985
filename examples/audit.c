// An audit in a few lines: prints what is in a module, as JSON. Usage: wring-example-audit IN
#include <stdio.h>
#include <stdlib.h>

#include <wring.h>

static void *read_file(const char *path, size_t *size) {
    FILE *file = fopen(path, "rb");
    if (!file || fseek(file, 0, SEEK_END) != 0) return NULL;
    *size = (size_t)ftell(file);
    rewind(file);
    void *bytes = malloc(*size + 1);
    if (bytes && fread(bytes, 1, *size, file) != *size) {
        free(bytes);
        bytes = NULL;
    }
    fclose(file);
    return bytes;
}

static int audit(const wring_options *options, const void *module, size_t size) {
    wring_job *job = wring_job_new(options);
    if (!job) return 1;
    int failed = wring_audit(job, module, size) != WRING_OK;
    if (failed) {
        fprintf(stderr, "%s\n", wring_last_diagnostic(job).message);
    } else {
        size_t n;
        const void *json = wring_output(job, &n);
        failed = fwrite(json, 1, n, stdout) != n;
    }
    wring_job_free(job);
    return failed;
}

int main(int argc, char **argv) {
    size_t size = 0;
    void *module = argc == 2 ? read_file(argv[1], &size) : NULL;
    wring_options *options = wring_options_new();
    int failed = !module || !options || audit(options, module, size);
    wring_options_free(options);
    free(module);
    return failed;
}
