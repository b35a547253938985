// Results of passes on one body that are found again give the bytes that the passes would have given. Random
// modules are changed byte by byte, in types, globals, limits and code; each that is still valid is optimized
// with all results so far at hand, and without any.
#include <stdlib.h>

#include "lib/job.h"
#include "passes/manager/body_results.h"
#include "suite.h"
#include "tests/gen/generate.h"

#define SEEDS 40
#define CHANGES 60
#define BUCKETS 4096

// --- A store in memory, which forgets nothing ---

typedef struct item {
    struct item *next;
    wr_digest key;
    size_t n;
    uint8_t bytes[];
} item;

typedef struct memory {
    struct wr_body_store store;
    item *buckets[BUCKETS];
    size_t nfound; // by one thread
} memory;

static item **bucket(memory *m, const wr_digest *key) {
    return &m->buckets[(key->bytes[0] | key->bytes[1] << 8) % BUCKETS];
}

static bool find(void *user, const wr_digest *key, wr_slice *value) {
    memory *m = user;
    for (item *i = *bucket(m, key); i; i = i->next) {
        if (memcmp(&i->key, key, sizeof *key) != 0) continue;
        *value = wr_slice_of(i->bytes, i->n);
        m->nfound++;
        return true;
    }
    return false;
}

static void keep(void *user, const wr_body_result *result) {
    item **head = bucket(user, &result->key), *i = malloc(sizeof *i + result->value.n);
    ck_assert_ptr_nonnull(i);
    i->next = *head, i->key = result->key, i->n = result->value.n;
    memcpy(i->bytes, result->value.p, i->n);
    *head = i;
}

static memory *memory_new(void) {
    memory *m = calloc(1, sizeof *m);
    ck_assert_ptr_nonnull(m);
    m->store = (struct wr_body_store){m, find, keep};
    return m;
}

static void memory_free(memory *m) {
    for (size_t b = 0; b < BUCKETS; b++)
        for (item *i = m->buckets[b], *next; i; i = next) {
            next = i->next;
            free(i);
        }
    free(m);
}

// --- Changed modules ---

typedef struct trial {
    wring_options *options;
    uint64_t random;
    memory *memory;
    size_t nvalid;
} trial;

static uint32_t draw(trial *t, uint32_t below) {
    t->random = t->random * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(t->random >> 33) % below;
}

static wring_job *optimize(const wring_options *options, wr_slice module, memory *m) {
    wring_job *job = wring_job_new(options);
    ck_assert_ptr_nonnull(job);
    if (m) wr_job_set_body_store(job, &m->store);
    wring_status status = wring_optimize(job, module.p, module.n);
    ck_assert_msg(status == WRING_OK, "%s", wring_last_diagnostic(job).message);
    return job;
}

static void compare(const trial *t, wr_slice module) {
    wring_job *with = optimize(t->options, module, t->memory), *without = optimize(t->options, module, NULL);
    size_t n, m;
    const void *a = wring_output(with, &n), *b = wring_output(without, &m);
    ck_assert_uint_eq(n, m);
    ck_assert_mem_eq(a, b, n);
    wring_job_free(with);
    wring_job_free(without);
}

static bool is_valid(const trial *t, wr_slice module) {
    wring_job *job = wring_job_new(t->options);
    bool valid = wring_validate(job, module.p, module.n) == WRING_OK;
    wring_job_free(job);
    return valid;
}

// Half of the changes are made where modules have what is not code.
static void change(trial *t, uint8_t *bytes, size_t n) {
    enum { HEADER = 8 };
    uint32_t all = (uint32_t)n - HEADER, first = all / 4 + 1;
    uint32_t at = HEADER + draw(t, draw(t, 2) ? all : first);
    bytes[at] = (uint8_t)(draw(t, 3) ? bytes[at] ^ 1u << draw(t, 7) : draw(t, 256));
}

static void change_often(void *user, wr_slice module) {
    trial *t = user;
    uint8_t *bytes = malloc(module.n);
    ck_assert_ptr_nonnull(bytes);
    compare(t, module);
    for (unsigned i = 0; i < CHANGES; i++) {
        memcpy(bytes, module.p, module.n);
        change(t, bytes, module.n);
        wr_slice changed = wr_slice_of(bytes, module.n);
        if (!is_valid(t, changed)) continue;
        compare(t, changed);
        t->nvalid++;
    }
    free(bytes);
}

static void run_trial(uint64_t seed, const char *level, bool verify) {
    trial t = {.options = wring_options_new(), .random = seed, .memory = memory_new()};
    ck_assert_int_eq(wring_options_set(t.options, "O", level), WRING_OK);
    ck_assert_int_eq(wring_options_set(t.options, "jobs", "1"), WRING_OK);
    if (verify) ck_assert_int_eq(wring_options_set(t.options, "verify-passes", NULL), WRING_OK);
    ck_assert(wr_generate(seed, change_often, &t));
    ck_assert_msg(!t.nvalid || t.memory->nfound, "of %zu changed modules no body was found", t.nvalid);
    memory_free(t.memory);
    wring_options_free(t.options);
}

START_TEST(found_results_are_those_of_the_passes) {
    static const char *const levels[] = {"s", "z", "2", "3"};
    run_trial((uint64_t)_i, levels[_i % 4], false);
}
END_TEST

// With --verify-passes, what is found is made again and compared.
START_TEST(found_results_are_verified) { run_trial((uint64_t)_i + SEEDS, "z", true); }
END_TEST

void add_tests(TCase *tests) {
    tcase_add_loop_test(tests, found_results_are_those_of_the_passes, 1, SEEDS);
    tcase_add_loop_test(tests, found_results_are_verified, 1, SEEDS / 4);
}
