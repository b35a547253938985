// The support layer: LEB128 numbers both ways, UTF-8, arenas and their limits, and the worker pool's
// failures.
#include <stdio.h>
#include <stdlib.h>

#include "support/beside.h"
#include "support/blake2b.h"
#include "support/buf.h"
#include "support/hash.h"
#include "support/map.h"
#include "support/pool.h"
#include "support/reader.h"
#include "support/search.h"
#include "suite.h"

typedef struct fixture {
    wr_shared shared;
    wr_env env;
} fixture;

static fixture f;

static void setup(void) {
    f.shared = (wr_shared){0};
    wr_env_init(&f.env, &f.shared);
}

static void teardown(void) {
    wr_env_free(&f.env);
    ck_assert_uint_eq(atomic_load(&f.shared.mem_used), 0);
}

static void round_trip(wr_env *env, void *arg) {
    (void)arg;
    static const int64_t values[] = {0,   1,    -1,   63,        64,        -64,       -65,      127,
                                     128, 8191, 8192, INT32_MAX, INT32_MIN, INT64_MAX, INT64_MIN};
    for (size_t i = 0; i < WR_COUNT(values); i++) {
        wr_buf b = wr_buf_in(&env->temp);
        wr_put_sleb(&b, values[i]);
        ck_assert_uint_eq(b.n, wr_sleb_size(values[i]));
        wr_put_uleb(&b, (uint64_t)values[i]);
        wr_reader r = wr_reader_of(env, wr_buf_slice(&b), 0);
        ck_assert_int_eq(wr_read_s64(&r), values[i]);
        const uint8_t *at = r.p;
        ck_assert_uint_eq(wr_read_u64(&r), (uint64_t)values[i]);
        ck_assert_uint_eq((size_t)(r.p - at), wr_uleb_size((uint64_t)values[i]));
        ck_assert(!r.padded);
    }
}

START_TEST(leb_round_trip) { ck_assert_int_eq(wr_try(&f.env, round_trip, NULL), WR_OK); }
END_TEST

// Adds 0, 3, 6, …, with few different hashes, and looks for all numbers.
static void fill_map(wr_env *env, void *arg) {
    (void)arg;
    enum { N = 3000 };
    wr_map map = {0};
    wr_u32s items = {0};
    uint32_t i;
    WR_MAP_FIND(&map, 7, i, true);
    ck_assert_uint_eq(i, WR_NONE);
    for (uint32_t k = 0; k < N; k += 3) {
        wr_map_add(&map, &env->temp, wr_mix(k / 8), items.n);
        WR_PUSH(&env->temp, items, k);
    }
    for (uint32_t k = 0; k < N; k++) {
        WR_MAP_FIND(&map, wr_mix(k / 8), i, items.v[i] == k);
        ck_assert_uint_eq(i, k % 3 ? WR_NONE : k / 3);
    }
}

START_TEST(map_finds_items) { ck_assert_int_eq(wr_try(&f.env, fill_map, NULL), WR_OK); }
END_TEST

START_TEST(search_finds_first) {
    static const uint32_t sorted[] = {1, 3, 3, 3, 8};
    for (uint32_t n = 0; n <= WR_COUNT(sorted); n++)
        for (uint32_t x = 0; x < 10; x++) {
            uint32_t at, expected = 0;
            while (expected < n && sorted[expected] < x) expected++;
            WR_SEARCH(at, 0, n, sorted[at] < x);
            ck_assert_uint_eq(at, expected);
        }
}
END_TEST

typedef struct bad_number {
    const char *bytes;
    size_t n;
    unsigned bits; // 0: unsigned 32, else signed
    uint64_t offset;
} bad_number;

static void read_bad(wr_env *env, void *arg) {
    const bad_number *b = arg;
    wr_reader r = wr_reader_of(env, wr_slice_of(b->bytes, b->n), 0);
    if (b->bits)
        wr_read_signed(&r, b->bits);
    else
        wr_read_u32(&r);
}

START_TEST(leb_refusals) {
    static const bad_number numbers[] = {
        {"\x80", 1, 0, 1},                     // ends too early
        {"\xff\xff\xff\xff\x1f", 5, 0, 0},     // too large
        {"\x80\x80\x80\x80\x80\x00", 6, 0, 0}, // too long
        {"\xff\xff\xff\xff\x4f", 5, 32, 0},    // sign bits differ
        {"\x80\x80\x80\x80\x80\x00", 6, 32, 0},
        {"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x3f", 10, 64, 0},
    };
    for (size_t i = 0; i < WR_COUNT(numbers); i++) {
        ck_assert_int_eq(wr_try(&f.env, read_bad, (void *)&numbers[i]), WR_BAD_INPUT);
        ck_assert_uint_eq(f.env.diag.offset, numbers[i].offset);
    }
}
END_TEST

static void read_padded(wr_env *env, void *arg) {
    (void)arg;
    wr_reader r = wr_reader_of(env, wr_slice_of("\x85\x80\x00\xfe\xff\x7f", 6), 0);
    ck_assert_uint_eq(wr_read_u32(&r), 5);
    ck_assert(r.padded);
    r.padded = false;
    ck_assert_int_eq(wr_read_s32(&r), -2);
    ck_assert(r.padded);
}

START_TEST(leb_padding_is_noticed) { ck_assert_int_eq(wr_try(&f.env, read_padded, NULL), WR_OK); }
END_TEST

START_TEST(utf8) {
    static const char *const good[] = {
        "", "abc", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xed\x9f\xbf"};
    static const char *const bad[] = {"\x80",
                                      "\xc0\x80",
                                      "\xe0\x80\x80",
                                      "\xed\xa0\x80",
                                      "\xf4\x90\x80\x80",
                                      "\xc3",
                                      "\xf8\x88\x80\x80\x80"};
    for (size_t i = 0; i < WR_COUNT(good); i++)
        ck_assert_msg(wr_slice_is_utf8(wr_slice_str(good[i])), "good %zu", i);
    for (size_t i = 0; i < WR_COUNT(bad); i++)
        ck_assert_msg(!wr_slice_is_utf8(wr_slice_str(bad[i])), "bad %zu", i);
}
END_TEST

static void grow_list(wr_env *env, void *arg) {
    wr_u32s list = {0};
    for (uint32_t i = 0; i < *(uint32_t *)arg; i++) WR_PUSH(&env->temp, list, i);
    for (uint32_t i = 0; i < list.n; i++) ck_assert_uint_eq(list.v[i], i);
}

START_TEST(lists_grow_across_block_kinds) {
    uint32_t n = 200000;
    ck_assert_int_eq(wr_try(&f.env, grow_list, &n), WR_OK);
    wr_arena_reset(&f.env.temp);
    ck_assert_int_eq(wr_try(&f.env, grow_list, &n), WR_OK);
}
END_TEST

START_TEST(memory_limit_is_an_error) {
    f.shared.mem_limit = 1 << 20;
    uint32_t n = 1000000;
    ck_assert_int_eq(wr_try(&f.env, grow_list, &n), WR_NOMEM);
    ck_assert_uint_le(atomic_load(&f.shared.mem_peak), 1 << 20);
}
END_TEST

START_TEST(injected_faults_are_errors) {
    atomic_store(&f.shared.fail_after, 2);
    uint32_t n = 1000000;
    ck_assert_int_eq(wr_try(&f.env, grow_list, &n), WR_NOMEM);
}
END_TEST

static void fail_some(wr_env *env, unsigned worker, void *arg, size_t item) {
    (void)worker;
    atomic_fetch_add((atomic_size_t *)arg, 1);
    if (item % 100 == 37) wr_throw(env, WR_BAD_INPUT, item, "item %zu", item);
}

static void run_failing(wr_env *env, void *arg) {
    (void)env;
    atomic_size_t calls = 0;
    wr_parallel(arg, 1000, fail_some, &calls);
}

START_TEST(pool_reports_the_lowest_failure) {
    wr_pool pool;
    ck_assert_int_eq(wr_pool_init(&pool, &f.shared, 4), WR_OK);
    for (int round = 0; round < 50; round++) {
        ck_assert_int_eq(wr_try(wr_main_env(&pool), run_failing, &pool), WR_BAD_INPUT);
        ck_assert_uint_eq(wr_main_env(&pool)->diag.offset, 37);
    }
    wr_pool_free(&pool);
}
END_TEST

typedef struct pair {
    wr_pool *pool;
    bool fails[2]; // in front, and behind
    atomic_bool done[2];
} pair;

static void do_part(wr_env *env, pair *p, unsigned part) {
    WR_NEW0(&env->temp, uint8_t, 100000);
    if (p->fails[part]) wr_throw(env, WR_BAD_INPUT, part, "part %u", part);
    atomic_store(&p->done[part], true);
}

static void do_front(wr_env *env, void *arg) {
    atomic_size_t calls = 0;
    pair *p = arg;
    wr_parallel(p->pool, 30, fail_some, &calls); // the pool is free for it
    do_part(env, p, 0);
}

static void do_back(wr_env *env, void *arg) { do_part(env, arg, 1); }

static void do_both(wr_env *env, void *arg) {
    (void)env;
    pair *p = arg;
    wr_beside(p->pool, do_front, do_back, p);
}

START_TEST(work_side_by_side) {
    for (unsigned i = 0; i < 8; i++) {
        wr_pool pool;
        ck_assert_int_eq(wr_pool_init(&pool, &f.shared, 1 + i / 4), WR_OK);
        pair p = {.pool = &pool, .fails = {i & 1, i & 2}};
        wr_status status = wr_try(wr_main_env(&pool), do_both, &p);
        ck_assert_int_eq(status, i % 4 ? WR_BAD_INPUT : WR_OK);
        if (status != WR_OK) ck_assert_uint_eq(wr_main_env(&pool)->diag.offset, i & 1 ? 0 : 1);
        for (unsigned part = 0; part < 2 && status == WR_OK; part++) ck_assert(atomic_load(&p.done[part]));
        wr_pool_free(&pool);
    }
}
END_TEST

// The same bytes, in one piece and in many, against digests that another implementation made.
START_TEST(blake2b) {
    static const struct {
        size_t n;
        const char *digest;
    } known[] = {
        {0, "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8"},
        {128, "14696d2a98d9f8a280da8b132b1045b345e1033759c6b02fcc4ee885c8ae7c37"},
        {129, "3934215260b1039be9d9d2b073b059bcd50120c327a22af93eb4d98cf821c14c"},
        {1000, "6ac4bea923678eb024090384d6e767b5870f849057dc19b172d8d9f2df30bf8e"},
    };
    uint8_t bytes[1000];
    for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (uint8_t)(i * 7);
    for (size_t i = 0; i < WR_COUNT(known); i++) {
        char text[2 * WR_DIGEST_SIZE + 1];
        wr_blake2b hash;
        wr_blake2b_start(&hash);
        for (size_t at = 0, n; at < known[i].n; at += n) {
            n = at + 61 < known[i].n ? 61 : known[i].n - at;
            wr_blake2b_add(&hash, wr_slice_of(bytes + at, n));
        }
        wr_digest pieces = wr_blake2b_end(&hash), whole = wr_blake2b_of(wr_slice_of(bytes, known[i].n));
        for (size_t j = 0; j < WR_DIGEST_SIZE; j++) snprintf(text + 2 * j, 3, "%02x", whole.bytes[j]);
        ck_assert_str_eq(text, known[i].digest);
        ck_assert_mem_eq(pieces.bytes, whole.bytes, WR_DIGEST_SIZE);
    }
}
END_TEST

void add_tests(TCase *tests) {
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, leb_round_trip);
    tcase_add_test(tests, map_finds_items);
    tcase_add_test(tests, search_finds_first);
    tcase_add_test(tests, leb_refusals);
    tcase_add_test(tests, leb_padding_is_noticed);
    tcase_add_test(tests, utf8);
    tcase_add_test(tests, lists_grow_across_block_kinds);
    tcase_add_test(tests, memory_limit_is_an_error);
    tcase_add_test(tests, injected_faults_are_errors);
    tcase_add_test(tests, pool_reports_the_lowest_failure);
    tcase_add_test(tests, work_side_by_side);
    tcase_add_test(tests, blake2b);
}
