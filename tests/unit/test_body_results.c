// Results of passes on one body that are found again give the bytes that the passes would have given. Pairs
// of modules have a body in common that must come out otherwise, because of something else in the module.
// Random modules are changed byte by byte; each that is still valid is optimized with all results so far at
// hand, and without any.
#include <stdlib.h>

#include "lib/job.h"
#include "module_text.h"
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

static wring_job *optimize(const wring_options *options, wr_slice module, memory *m) {
    wring_job *job = wring_job_new(options);
    ck_assert_ptr_nonnull(job);
    if (m) wr_job_set_body_store(job, &m->store);
    wring_status status = wring_optimize(job, module.p, module.n);
    ck_assert_msg(status == WRING_OK, "%s", wring_last_diagnostic(job).message);
    return job;
}

static void compare(const wring_options *options, wr_slice module, memory *known) {
    wring_job *with = optimize(options, module, known), *without = optimize(options, module, NULL);
    check_same_outputs(with, without);
}

// --- Pairs ---

#define OUT_I32 "60 00 01 7f"
#define OUT_F64 "60 00 01 7c"
#define IN_I32 "60 01 7f 00"
#define EXPORT(index) "01 66 00 " index

// Both arms of an if drop what a call returns: one drop behind it needs the type.
#define DROPS .code = "00 20 00 04 40 10 00 1a 05 10 01 1a 0b 0b", .export = EXPORT("02")
// Whether a reference may be null follows from a global's type.
#define IS_NULL .type = OUT_I32, .func = "00", .export = EXPORT("00"), .code = "00 23 00 d1 0b"
// What a memory has is read again behind a write to another one, if these may be the same.
#define LOADS \
    .type = "60 01 7f 01 7f", .func = "00", .export = EXPORT("00"), \
    .code = "00 20 00 28 02 e8 07 20 00 20 00 36 42 01 00 20 00 28 02 e8 07 6a 20 00 28 02 e8 07 6a 0b"
// A local can have the parameter's place if it is of its type.
#define SQUARE .export = EXPORT("00"), .memory = "00 01", .code = "01 01 7f 41 01 28 02 00 22 01 20 01 6c 0b"
// A sum goes into the offset if an access before has shown that it does not wrap.
#define SUM \
    .type = "60 01 7f 01 7f", .func = "00", .export = EXPORT("00"), \
    .code = "00 20 00 28 02 00 20 00 41 e8 07 6a 28 02 00 6a 0b"

static const struct {
    const char *differs;
    module_text a, b;
} pairs[] = {
    {"a callee's type",
     {.type = IN_I32 ";" OUT_I32 ";" OUT_F64,
      .import = "01 61 01 61 00 01;01 61 01 62 00 01",
      .func = "00",
      DROPS},
     {.type = IN_I32 ";" OUT_I32 ";" OUT_F64,
      .import = "01 61 01 61 00 02;01 61 01 62 00 02",
      .func = "00",
      DROPS}},
    {"what a type is",
     {.type = IN_I32 ";" OUT_I32, .import = "01 61 01 61 00 01;01 61 01 62 00 01", .func = "00", DROPS},
     {.type = IN_I32 ";" OUT_F64, .import = "01 61 01 61 00 01;01 61 01 62 00 01", .func = "00", DROPS}},
    {"a global's type",
     {.import = "01 61 01 61 03 63 6e 00", IS_NULL},
     {.import = "01 61 01 61 03 64 6e 00", IS_NULL}},
    {"whether a memory is imported",
     {.import = "01 61 01 61 02 00 01;01 61 01 62 02 00 01", LOADS},
     {.import = "01 61 01 61 02 00 01", .memory = "00 01", LOADS}},
    {"the function's type",
     {.type = "60 01 7f 01 7f;60 01 7e 01 7f", .func = "00", SQUARE},
     {.type = "60 01 7f 01 7f;60 01 7e 01 7f", .func = "01", SQUARE}},
    {"a memory's limits", {.memory = "01 01 01", SUM}, {.memory = "01 01 80 80 04", SUM}},
};

static wr_slice code_of(const wring_job *job) {
    size_t n;
    const uint8_t *bytes = wring_output(job, &n);
    for (size_t at = 8; at < n; at += 2 + (size_t)bytes[at + 1]) // sections are short
        if (bytes[at] == WR_SEC_CODE) return wr_slice_of(bytes + at, 2 + (size_t)bytes[at + 1]);
    return (wr_slice){0};
}

static void expect_other_code(const wring_options *options, wr_slice a, wr_slice b, const char *differs) {
    wring_job *x = optimize(options, a, NULL), *y = optimize(options, b, NULL);
    ck_assert_msg(!wr_slice_eq(code_of(x), code_of(y)), "%s makes no difference here", differs);
    wring_job_free(x);
    wring_job_free(y);
}

START_TEST(what_else_decides_about_a_body_is_in_its_key) {
    wr_shared shared = {0};
    wr_pool pool;
    ck_assert_int_eq(wr_pool_init(&pool, &shared, 1), WR_OK);
    wr_arena *arena = &wr_main_env(&pool)->perm;
    wr_buf a = wr_buf_in(arena), b = wr_buf_in(arena);
    put_module(arena, &a, &pairs[_i].a);
    put_module(arena, &b, &pairs[_i].b);
    wring_options *options = wring_options_new();
    ck_assert_int_eq(wring_options_set(options, "O", "s"), WRING_OK);
    ck_assert_int_eq(wring_options_set(options, "for", "raw"), WRING_OK);
    expect_other_code(options, wr_buf_slice(&a), wr_buf_slice(&b), pairs[_i].differs);
    memory *known = memory_new();
    compare(options, wr_buf_slice(&a), known);
    compare(options, wr_buf_slice(&b), known);
    compare(options, wr_buf_slice(&a), known);
    ck_assert(known->nfound);
    memory_free(known);
    wring_options_free(options);
    wr_pool_free(&pool);
}
END_TEST

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
    compare(t->options, module, t->memory);
    for (unsigned i = 0; i < CHANGES; i++) {
        memcpy(bytes, module.p, module.n);
        change(t, bytes, module.n);
        wr_slice changed = wr_slice_of(bytes, module.n);
        if (!is_valid(t, changed)) continue;
        compare(t->options, changed, t->memory);
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
    tcase_add_loop_test(tests, what_else_decides_about_a_body_is_in_its_key, 0, WR_COUNT(pairs));
    tcase_add_loop_test(tests, found_results_are_those_of_the_passes, 1, SEEDS);
    tcase_add_loop_test(tests, found_results_are_verified, 1, SEEDS / 4);
}
