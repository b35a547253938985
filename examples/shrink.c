// The library in a few lines: reads a module, shrinks it, writes the result. Usage: wring-example IN OUT
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

static int write_file(const char *path, const void *bytes, size_t size) {
    FILE *file = fopen(path, "wb");
    if (!file) return 0;
    size_t written = fwrite(bytes, 1, size, file);
    return fclose(file) == 0 && written == size;
}

static int shrink(const wring_options *options, const void *module, size_t size, const char *out) {
    wring_job *job = wring_job_new(options);
    if (!job) return 1;
    int failed = wring_optimize(job, module, size) != WRING_OK;
    if (failed) {
        wring_diagnostic d = wring_last_diagnostic(job);
        fprintf(stderr, "offset %llu: %s\n", (unsigned long long)d.offset, d.message);
    } else {
        size_t n;
        const void *bytes = wring_output(job, &n);
        failed = !write_file(out, bytes, n);
        printf("%zu -> %zu bytes\n", size, n);
    }
    wring_job_free(job);
    return failed;
}

int main(int argc, char **argv) {
    size_t size = 0;
    void *module = argc == 3 ? read_file(argv[1], &size) : NULL;
    wring_options *options = wring_options_new();
    int failed = !module || !options || wring_options_set(options, "O", "z") != WRING_OK ||
                 shrink(options, module, size, argv[2]);
    wring_options_free(options);
    free(module);
    return failed;
}
