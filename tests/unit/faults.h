// What tests of faults have in common: modules to run on, and what must hold for every ending of a job.
#ifndef WR_TESTS_UNIT_FAULTS_H
#define WR_TESTS_UNIT_FAULTS_H

#include <stdlib.h>

#include "lib/job.h"
#include "suite.h"
#include "tests/gen/generate.h"

typedef struct sample {
    uint8_t *bytes;
    size_t n;
} sample;

static inline void take(void *user, wr_slice module) {
    sample *s = user;
    s->bytes = malloc(module.n);
    s->n = module.n;
    memcpy(s->bytes, module.p, module.n);
}

static inline sample make_sample(uint64_t seed) {
    sample s = {0};
    ck_assert(wr_generate(seed, take, &s));
    return s;
}

static inline wring_options *new_options(const char *level) {
    wring_options *options = wring_options_new();
    ck_assert_int_eq(wring_options_set(options, "O", level), WRING_OK);
    ck_assert_int_eq(wring_options_set(options, "jobs", "1"), WRING_OK);
    return options;
}

// Runs a job; checks what must hold for every ending.
static inline wring_status run(wring_job *job, const uint8_t *bytes, size_t n) {
    size_t size;
    wring_status status = wring_optimize(job, bytes, n);
    const void *output = wring_output(job, &size);
    if (status == WRING_OK) {
        ck_assert_uint_le(size, n);
    } else {
        ck_assert_ptr_null(output);
        ck_assert_uint_eq(size, 0);
        ck_assert_str_ne(wring_last_diagnostic(job).message, "");
    }
    return status;
}

#endif
