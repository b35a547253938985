// Modules that are cut or changed in any place, claim huge counts, or nest deeply. Each is answered with a
// status, in bounded memory and without recursion, and without output unless the status is WRING_OK.
#include "faults.h"

static void put_uleb(uint8_t **p, size_t value) {
    for (; value >= 0x80; value >>= 7) *(*p)++ = (uint8_t)(value | 0x80);
    *(*p)++ = (uint8_t)value;
}

START_TEST(every_truncation_is_answered) {
    sample s = make_sample((uint64_t)_i + 10);
    wring_options *options = new_options("z");
    wring_job *job = wring_job_new(options);
    for (size_t n = 0; n < s.n; n++) {
        uint8_t *cut = malloc(n ? n : 1); // of the exact size, so that reading past the end is seen
        memcpy(cut, s.bytes, n);
        wring_status status = run(job, cut, n);
        ck_assert_msg(status == WRING_OK || status == WRING_BAD_INPUT, "%zu bytes: status %d", n, status);
        if (n < 8) ck_assert_int_eq(status, WRING_BAD_INPUT);
        free(cut);
    }
    wring_job_free(job);
    wring_options_free(options);
    free(s.bytes);
}
END_TEST

START_TEST(changed_bytes_are_answered) {
    sample s = make_sample((uint64_t)_i + 20);
    wring_options *options = new_options("z");
    wring_job *job = wring_job_new(options);
    static const uint8_t changes[] = {0x01, 0x80, 0xff, 0x40};
    for (size_t i = 8; i < s.n; i++) {
        for (size_t k = 0; k < WR_COUNT(changes); k++) {
            s.bytes[i] ^= changes[k];
            wring_status status = run(job, s.bytes, s.n);
            ck_assert_msg(status == WRING_OK || status == WRING_BAD_INPUT, "byte %zu ^ %d: status %d", i,
                          changes[k], status);
            s.bytes[i] ^= changes[k];
        }
    }
    wring_job_free(job);
    wring_options_free(options);
    free(s.bytes);
}
END_TEST

// Counts and sizes far beyond what the few bytes can hold: refused without allocating for them.
START_TEST(huge_counts_allocate_nothing) {
    wring_options *options = new_options("z");
    wring_job *job = wring_job_new(options);
    for (uint8_t id = 1; id <= 13; id++) {
        uint8_t module[] = {0, 'a', 's', 'm', 1, 0, 0, 0, id, 6, 0xff, 0xff, 0xff, 0xff, 0x0f, 0};
        ck_assert_int_eq(run(job, module, sizeof module), WRING_BAD_INPUT);
        ck_assert_uint_lt(wring_job_peak_memory(job), 1 << 20);
    }
    wring_job_free(job);
    wring_options_free(options);
}
END_TEST

// (func (local i32 * 0xffffffff)) : valid by the spec, and costs nothing.
START_TEST(many_locals_allocate_nothing) {
    uint8_t module[] = {0, 'a', 's', 'm', 1, 0, 0,  0,  1, 4, 1, 0x60, 0,    0,    3,    2,    1,    0,   7,
                        5, 1,   1,   'f', 0, 0, 10, 10, 1, 8, 1, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x7f, 0x0b};
    wring_options *options = new_options("z");
    wring_job *job = wring_job_new(options);
    wring_status status = run(job, module, sizeof module);
    ck_assert_msg(status == WRING_OK, "%s", wring_last_diagnostic(job).message);
    ck_assert_uint_lt(wring_job_peak_memory(job), 8 << 20);
    wring_job_free(job);
    wring_options_free(options);
}
END_TEST

// A module with one exported function of this body.
static uint8_t *one_function(const uint8_t *body, size_t n, size_t *size) {
    uint8_t *module = malloc(n + 64), *p = module;
    static const uint8_t head[] = {0, 'a', 's', 'm', 1, 0, 0, 0, 1, 4,   1, 0x60, 0,
                                   0, 3,   2,   1,   0, 7, 5, 1, 1, 'f', 0, 0,    10};
    memcpy(p, head, sizeof head);
    p += sizeof head;
    size_t length_bytes = n < 128 ? 1 : n < 16384 ? 2 : n < 2097152 ? 3 : 4;
    put_uleb(&p, n + 1 + length_bytes);
    *p++ = 1;
    put_uleb(&p, n);
    memcpy(p, body, n);
    *size = (size_t)(p - module) + n;
    return module;
}

static void check_body(const uint8_t *body, size_t n, const char *what) {
    size_t size;
    uint8_t *module = one_function(body, n, &size);
    wring_options *options = new_options("z");
    wring_job *job = wring_job_new(options);
    wring_status status = run(job, module, size);
    ck_assert_msg(status == WRING_OK, "%s: %s", what, wring_last_diagnostic(job).message);
    ck_assert_uint_lt(wring_job_peak_memory(job), 64 * size + (16 << 20));
    wring_job_free(job);
    wring_options_free(options);
    free(module);
}

START_TEST(deep_nesting_is_no_recursion) {
    enum { DEPTH = 200000 };
    static const struct {
        const char *name, *open, *close;
        size_t nopen, nclose;
    } kinds[] = {
        {"blocks", "\x02\x40", "\x0b", 2, 1},
        {"loops", "\x03\x40", "\x0b", 2, 1},
        {"ifs with two arms", "\x41\x00\x04\x40", "\x01\x05\x01\x0b", 4, 4},
        {"try_tables", "\x1f\x40\x00", "\x0b", 3, 1},
    };
    uint8_t *body = malloc(8 * DEPTH + 2), *p = body;
    *p++ = 0;
    for (int i = 0; i < DEPTH; i++) memcpy(p, kinds[_i].open, kinds[_i].nopen), p += kinds[_i].nopen;
    for (int i = 0; i < DEPTH; i++) memcpy(p, kinds[_i].close, kinds[_i].nclose), p += kinds[_i].nclose;
    *p++ = 0x0b;
    check_body(body, (size_t)(p - body), kinds[_i].name);
    free(body);
}
END_TEST

// Each expression moves into the next one.
START_TEST(long_chain_of_moves_is_no_recursion) {
    enum { N = 300000 };
    uint8_t *body = malloc((size_t)8 * N + 8), *p = body;
    *p++ = 1, *p++ = 1, *p++ = 0x7f;
    for (int i = 0; i < N; i++) {
        static const uint8_t step[] = {0x20, 0, 0x41, 0x1f, 0x6c, 0x21, 0}; // x = x * 31
        memcpy(p, step, sizeof step);
        p += sizeof step;
    }
    *p++ = 0x20, *p++ = 0, *p++ = 0x1a, *p++ = 0x0b;
    check_body(body, (size_t)(p - body), "a chain of moves");
    free(body);
}
END_TEST

// Each level sets a local, which the handlers of all levels around might read. Takes minutes if each set is
// told to each of them.
START_TEST(deep_handlers_take_linear_time) {
    enum { DEPTH = 8000, LOCALS = 50 };
    uint8_t *body = malloc((size_t)20 * DEPTH + 8), *p = body;
    *p++ = 1, *p++ = LOCALS, *p++ = 0x7f;
    for (uint32_t i = 0; i < DEPTH; i++) { // try (local.set (i32.const i)) (if (local.get) (then (call 0)))
        *p++ = 0x06, *p++ = 0x40, *p++ = 0x41, *p++ = i % 64, *p++ = 0x21, *p++ = (uint8_t)(i % LOCALS);
        *p++ = 0x20, *p++ = (uint8_t)(i * 7 % LOCALS), *p++ = 0x04, *p++ = 0x40, *p++ = 0x10, *p++ = 0;
        *p++ = 0x0b;
    }
    for (uint32_t i = 0; i < DEPTH; i++) { // catch_all (local.set (local.get)) end
        *p++ = 0x19, *p++ = 0x20, *p++ = (uint8_t)(i % LOCALS);
        *p++ = 0x21, *p++ = (uint8_t)(i * 3 % LOCALS), *p++ = 0x0b;
    }
    *p++ = 0x0b;
    check_body(body, (size_t)(p - body), "deep handlers");
    free(body);
}
END_TEST

// (import "" "g" (func $g (result i32 …))) (func $f (param i32 …)) (func (export "f") (call $f (call $g)) …)
START_TEST(a_thousand_arguments_a_call) {
    enum { N = 10000, ARGS = 1000 };
    uint8_t *module = malloc((size_t)4 * N + 2 * ARGS + 128), *p = module;
    static const uint8_t header[] = {0, 'a', 's', 'm', 1, 0, 0, 0, 1};
    memcpy(p, header, sizeof header);
    p += sizeof header;
    put_uleb(&p, 2 * (4 + ARGS) + 4);
    *p++ = 3, *p++ = 0x60, *p++ = 0;
    put_uleb(&p, ARGS);
    memset(p, 0x7f, ARGS);
    p += ARGS;
    *p++ = 0x60;
    put_uleb(&p, ARGS);
    memset(p, 0x7f, ARGS);
    p += ARGS;
    *p++ = 0, *p++ = 0x60, *p++ = 0, *p++ = 0;
    static const uint8_t middle[] = {2, 6, 1, 0, 1, 'g', 0, 0, 3, 3, 2, 1, 2, 7, 5, 1, 1, 'f', 0, 2, 10};
    memcpy(p, middle, sizeof middle);
    p += sizeof middle;
    static const uint8_t callee[] = {14,   0, 0x20, 5,    0x04, 0x40, 0x0f, 0x0b,
                                     0x20, 6, 0x04, 0x40, 0x0f, 0x0b, 0x0b};
    put_uleb(&p, 1 + sizeof callee + 3 + 2 + 4 * N);
    *p++ = 2;
    memcpy(p, callee, sizeof callee);
    p += sizeof callee;
    put_uleb(&p, 2 + 4 * N);
    *p++ = 0;
    for (int i = 0; i < N; i++) *p++ = 0x10, *p++ = 0, *p++ = 0x10, *p++ = 1;
    *p++ = 0x0b;
    wring_options *options = new_options("z");
    wring_job *job = wring_job_new(options);
    wring_status status = run(job, module, (size_t)(p - module));
    ck_assert_msg(status == WRING_OK, "%s", wring_last_diagnostic(job).message);
    ck_assert_uint_lt(wring_job_peak_memory(job), 16 << 20);
    wring_job_free(job);
    wring_options_free(options);
    free(module);
}
END_TEST

// Each declared on its own and read once, so that numbering them is work.
START_TEST(a_million_locals) {
    enum { N = 1000000 };
    uint8_t *body = malloc((size_t)7 * N + 16), *p = body;
    put_uleb(&p, N);
    for (uint32_t i = 0; i < N; i++) *p++ = 1, *p++ = i & 1 ? 0x7f : 0x7e;
    for (uint32_t i = 0; i < N; i++) *p++ = 0x20, put_uleb(&p, i), *p++ = 0x1a;
    *p++ = 0x0b;
    check_body(body, (size_t)(p - body), "a million locals");
    free(body);
}
END_TEST

START_TEST(one_function_of_ten_megabytes) {
    enum { N = 2500000 };
    uint8_t *body = malloc(4 * N + 2), *p = body;
    *p++ = 0;
    for (int i = 0; i < N; i++)
        *p++ = 0x41, *p++ = (uint8_t)(i & 0x3f), *p++ = 0x1a, *p++ = 0x01; // const, drop, nop
    *p++ = 0x0b;
    check_body(body, (size_t)(p - body), "ten megabytes");
    free(body);
}
END_TEST

START_TEST(branch_table_of_100000_targets) {
    enum { N = 100000 };
    uint8_t *body = malloc(N + 16), *p = body;
    *p++ = 0;
    *p++ = 0x41, *p++ = 0;
    *p++ = 0x0e;
    put_uleb(&p, N);
    for (int i = 0; i <= N; i++) *p++ = 0;
    *p++ = 0x0b;
    check_body(body, (size_t)(p - body), "branch table");
    free(body);
}
END_TEST

START_TEST(a_hundred_thousand_functions) {
    enum { N = 100000 };
    uint8_t *module = malloc(16 * N), *p = module;
    static const uint8_t head[] = {0, 'a', 's', 'm', 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3};
    memcpy(p, head, sizeof head);
    p += sizeof head;
    put_uleb(&p, N + 3);
    put_uleb(&p, N);
    memset(p, 0, N);
    p += N;
    static const uint8_t export_and_code[] = {7, 5, 1, 1, 'f', 0, 0, 10};
    memcpy(p, export_and_code, sizeof export_and_code);
    p += sizeof export_and_code;
    uint8_t *code = malloc(8 * N), *q = code;
    put_uleb(&q, N);
    for (uint32_t i = 0; i < N; i++) {
        uint8_t call[8], *c = call;
        *c++ = 0x10;
        put_uleb(&c, i + 1 < N ? i + 1 : 0);
        put_uleb(&q, (size_t)(c - call) + 2);
        *q++ = 0;
        memcpy(q, call, (size_t)(c - call));
        q += c - call;
        *q++ = 0x0b;
    }
    put_uleb(&p, (size_t)(q - code));
    memcpy(p, code, (size_t)(q - code));
    p += q - code;
    wring_options *options = new_options("z");
    wring_job *job = wring_job_new(options);
    size_t size = (size_t)(p - module);
    wring_status status = run(job, module, size);
    ck_assert_msg(status == WRING_OK, "%s", wring_last_diagnostic(job).message);
    ck_assert_uint_lt(wring_job_peak_memory(job), 64 * size + (64 << 20));
    wring_job_free(job);
    wring_options_free(options);
    free(code);
    free(module);
}
END_TEST

// The end of a section that was begun with room for its length: writes the length in five bytes.
static void end_section(uint8_t *begin, const uint8_t *end) {
    size_t n = (size_t)(end - begin) - 5;
    for (unsigned i = 0; i < 5; i++, n >>= 7) begin[i] = (uint8_t)((n & 0x7f) | (i < 4 ? 0x80 : 0));
}

// Functions that each return a constant, all in an exported table: (func (result i32) i32.const N).
static uint8_t *many_functions(uint32_t n, bool alike, size_t *size) {
    static const uint8_t head[] = {0, 'a', 's', 'm', 1, 0, 0, 0, 1, 5, 1, 0x60, 0, 1, 0x7f, 3};
    uint8_t *module = malloc((size_t)n * 16 + 256), *p = module, *begin;
    memcpy(p, head, sizeof head);
    p += sizeof head;
    begin = p, p += 5;
    put_uleb(&p, n);
    memset(p, 0, n);
    end_section(begin, p += n);
    *p++ = 4, begin = p, p += 5; // the table
    *p++ = 1, *p++ = 0x70, *p++ = 0;
    put_uleb(&p, n);
    end_section(begin, p);
    memcpy(p, (const uint8_t[]){7, 5, 1, 1, 't', 1, 0, 9}, 8); // its export, and its elements
    p += 8, begin = p, p += 5;
    memcpy(p, (const uint8_t[]){1, 0, 0x41, 0, 0x0b}, 5);
    p += 5;
    put_uleb(&p, n);
    for (uint32_t i = 0; i < n; i++) put_uleb(&p, i);
    end_section(begin, p);
    *p++ = 10, begin = p, p += 5;
    put_uleb(&p, n);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t value = alike ? 7 : i;
        memcpy(p,
               (const uint8_t[]){7, 0, 0x41, (uint8_t)(value | 0x80), (uint8_t)(value >> 7 | 0x80),
                                 (uint8_t)(value >> 14 | 0x80), (uint8_t)(value >> 21 & 0x3f), 0x0b},
               8);
        p += 8;
    }
    end_section(begin, p);
    *size = (size_t)(p - module);
    return module;
}

// As many functions as engines take, of eight bytes each: what is known of a function takes more than it does
// itself, and still the promise holds, 6 times the file and 128 MB. (Sanitizers take ten times as long.)
#ifdef WR_CHECKED
enum { MANY = 100000 };
#else
enum { MANY = 1000000 };
#endif

START_TEST(a_million_functions) {
    static const struct {
        const char *level;
        bool alike;
    } cases[] = {{"2", false}, {"2", true}, {"z", false}};
    size_t size;
    uint8_t *module = many_functions(MANY, cases[_i].alike, &size);
    wring_options *options = new_options(cases[_i].level);
    wring_job *job = wring_job_new(options);
    wring_status status = run(job, module, size);
    ck_assert_msg(status == WRING_OK, "%s", wring_last_diagnostic(job).message);
    ck_assert_uint_le(wring_job_peak_memory(job), 6 * size + 128000000);
    wring_job_free(job);
    wring_options_free(options);
    free(module);
}
END_TEST

// Segments that would be more than engines take if each were cut at its zeros: some are written twice, so
// what is left is smaller all the same.
START_TEST(more_gaps_than_segments) {
    enum { PLACES = 75000, SEGMENTS = 95000, BYTES = 14 };
    static const uint8_t head[] = {0, 'a',  's', 'm', 1, 0, 0, 0,   5, 4, 1,
                                   0, 0x80, 1,   7,   5, 1, 1, 'm', 2, 0, 11};
    uint8_t *data = malloc(24 * SEGMENTS), *q = data;
    put_uleb(&q, SEGMENTS);
    for (uint32_t i = 0; i < SEGMENTS; i++) {
        uint32_t at = i % PLACES * 50;
        *q++ = 0, *q++ = 0x41;
        for (unsigned k = 0; k < 3; k++, at >>= 7) *q++ = (uint8_t)(at & 0x7f) | 0x80;
        *q++ = (uint8_t)at, *q++ = 0x0b, *q++ = BYTES;
        memset(q, 0, BYTES);
        q[0] = q[BYTES - 1] = 1;
        q += BYTES;
    }
    uint8_t *module = malloc((size_t)(q - data) + 32), *p = module;
    memcpy(p, head, sizeof head);
    p += sizeof head;
    put_uleb(&p, (size_t)(q - data));
    memcpy(p, data, (size_t)(q - data));
    p += q - data;
    wring_options *options = new_options("z");
    ck_assert_int_eq(wring_options_set(options, "for", "raw"), WRING_OK);
    wring_job *job = wring_job_new(options);
    size_t size = (size_t)(p - module), now;
    ck_assert_int_eq(run(job, module, size), WRING_OK);
    wring_output(job, &now);
    ck_assert_uint_lt(now, size - (size_t)(SEGMENTS - PLACES) * BYTES);
    wring_job_free(job);
    wring_options_free(options);
    free(data);
    free(module);
}
END_TEST

void add_tests(TCase *tests) {
    tcase_add_loop_test(tests, every_truncation_is_answered, 0, 4);
    tcase_add_loop_test(tests, changed_bytes_are_answered, 0, 2);
    tcase_add_test(tests, huge_counts_allocate_nothing);
    tcase_add_test(tests, many_locals_allocate_nothing);
    tcase_add_loop_test(tests, deep_nesting_is_no_recursion, 0, 4);
    tcase_add_test(tests, long_chain_of_moves_is_no_recursion);
    tcase_add_test(tests, deep_handlers_take_linear_time);
    tcase_add_test(tests, a_thousand_arguments_a_call);
    tcase_add_test(tests, a_million_locals);
    tcase_add_test(tests, one_function_of_ten_megabytes);
    tcase_add_test(tests, branch_table_of_100000_targets);
    tcase_add_test(tests, a_hundred_thousand_functions);
    tcase_add_loop_test(tests, a_million_functions, 0, 3);
    tcase_add_test(tests, more_gaps_than_segments);
}
