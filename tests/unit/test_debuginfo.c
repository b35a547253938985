// Tables of origins, code that does not depend on their being there, symbol files, source maps, traces.
#include <stdlib.h>
#include <string.h>

#include "debuginfo/source_map.h"
#include "debuginfo/symbol_file.h"
#include "ir/decode/decode.h"
#include "ir/edit.h"
#include "ir/origins.h"
#include "ir/validate/validate.h"
#include "lib/job.h"
#include "report/symbolicate/symbolicate.h"
#include "report/symbolicate/trace.h"
#include "suite.h"
#include "tests/gen/generate.h"

#define SEEDS 60

static void run_in_env(void (*work)(wr_env *env, void *arg), void *arg) {
    wr_shared shared = {0};
    wr_env env;
    wr_env_init(&env, &shared);
    ck_assert_int_eq(wr_try(&env, work, arg), WR_OK);
    wr_env_free(&env);
}

// --- Origins ---

static wr_origin origin_of(const wr_body *body, uint32_t i) {
    uint32_t number = body->ins[i].origin;
    ck_assert_uint_le(number, body->origins.n);
    return number ? body->origins.v[number - 1] : (wr_origin){0};
}

// Gives some instructions other origins and some none, stores the body, and reads it again.
static void check_body(wr_env *env, wr_module *m, uint32_t func, uint32_t *random) {
    wr_body body, again;
    wr_arena_reset(&env->temp);
    wr_body_decode(env, &env->temp, m, func, &body);
    ck_assert_uint_gt(origin_of(&body, 0).at, wr_func_offset(m, func));
    for (uint32_t i = 0; i < 3; i++) WR_PUSH(&env->temp, body.sites, ((wr_inline_site){100 + i, i}));
    uint32_t first = body.n;
    for (uint32_t i = 0; i < body.n; i++) {
        *random = *random * 1664525 + 1013904223;
        wr_ins *ins = &body.ins[i];
        unsigned kind = *random >> 29;
        if (kind == 0)
            body.origins.v[ins->origin - 1] =
                (wr_origin){1 + (*random >> 8) % 100000, (*random >> 4) % 4, false};
        if (kind == 1) ins->origin = 0;
        if (ins->origin && first == body.n) first = i;
    }
    wr_buf out = wr_buf_in(&env->temp);
    wr_body_encode(&body, &out);
    wr_module_replace_body(m, func, wr_slice_copy(&env->code, wr_buf_slice(&out)));
    wr_module_keep_origins(env, m, func, &body);
    wr_body_decode(env, &env->temp, m, func, &again);
    ck_assert_uint_eq(again.n, body.n);
    if (first == body.n) return;
    ck_assert_uint_eq(again.sites.n, 3);
    wr_origin origin = origin_of(&body, first);
    for (uint32_t i = 0; i < body.n; i++) {
        if (body.ins[i].origin) origin = origin_of(&body, i);
        wr_origin found = origin_of(&again, i);
        ck_assert_uint_eq(found.at, origin.at);
        ck_assert_uint_eq(found.site, origin.site);
        bool writes = body.ins[i].op == WR_OP_LOCAL_SET || body.ins[i].op == WR_OP_LOCAL_TEE;
        if (found.at) ck_assert_int_eq(found.is_made, !body.ins[i].origin && writes);
    }
}

static void check_bodies(wr_env *env, void *arg) {
    const module_job *job = arg;
    wr_module m;
    uint32_t random = 1;
    wr_decode_module(env, job->module, &m);
    wr_validate(job->pool, &m, true);
    wr_module_track_origins(env, &m);
    for (uint32_t i = m.nfunc_imports; i < m.nfuncs; i++) check_body(env, &m, i, &random);
}

static void check_module(void *user, wr_slice module) {
    (void)user;
    check_with_module(module, check_bodies);
}

START_TEST(tables_keep_origins) { ck_assert(wr_generate((uint64_t)_i, check_module, NULL)); }
END_TEST

// --- The same code ---

static void expect_same_code(void *user, wr_slice module) {
    const char *const *levels = user;
    for (size_t i = 0; levels[i]; i++) {
        const void *bytes[2];
        size_t n[2];
        wring_job *jobs[2];
        wring_options *options[2];
        for (unsigned k = 0; k < 2; k++) {
            options[k] = wring_options_new();
            ck_assert_int_eq(wring_options_set(options[k], "O", levels[i]), WRING_OK);
            if (k) ck_assert_int_eq(wring_options_set(options[k], "symbols-out", "x.wsym"), WRING_OK);
            if (k) ck_assert_int_eq(wring_options_set(options[k], "source-map-out", "x.map"), WRING_OK);
            jobs[k] = wring_job_new(options[k]);
            ck_assert_int_eq(wring_optimize(jobs[k], module.p, module.n), WRING_OK);
            bytes[k] = wring_output(jobs[k], &n[k]);
        }
        ck_assert_uint_eq(n[0], n[1]);
        ck_assert_mem_eq(bytes[0], bytes[1], n[0]);
        for (unsigned k = 0; k < 2; k++) wring_job_free(jobs[k]), wring_options_free(options[k]);
    }
}

START_TEST(tracking_changes_no_code) {
    static const char *const levels[] = {"0", "2", "s", "z", NULL};
    ck_assert(wr_generate((uint64_t)_i, expect_same_code, (void *)levels));
}
END_TEST

// --- Symbol files ---

static void make_file(wr_env *env, wr_symbol_file *file) {
    static const wr_frame frames[] = {{0, 1, 10, 3, WR_NONE}, {2, 1, 70, 0, 0}, {0, WR_NONE, 0, 0, WR_NONE}};
    static const wr_symbol_func funcs[] = {
        {0, 0, 2, 0, 0}, {40, 10, 0, 0, 0}, {52, 8, WR_NONE, 3, WR_SYMBOL_SHARED}};
    static const wr_symbol_row rows[] = {{41, 0}, {44, 1}, {47, WR_NONE}, {53, 2}};
    *file = (wr_symbol_file){.module_size = 100, .module_hash = 0x123456789abcdef0, .nimports = 1};
    for (size_t i = 0; i < 3; i++) WR_PUSH(&env->perm, file->frames, frames[i]);
    for (size_t i = 0; i < 3; i++) WR_PUSH(&env->perm, file->funcs, funcs[i]);
    for (size_t i = 0; i < 4; i++) WR_PUSH(&env->perm, file->rows, rows[i]);
    WR_PUSH(&env->perm, file->strings, wr_slice_str("main"));
    WR_PUSH(&env->perm, file->strings, wr_slice_str("/src/a.c"));
    WR_PUSH(&env->perm, file->strings, wr_slice_str("_ZN1a1bEv"));
}

static void check_symbol_file(wr_env *env, void *arg) {
    (void)arg;
    wr_symbol_file made, file;
    make_file(env, &made);
    wr_slice bytes = wr_symbol_file_write(env, &made);
    wr_symbol_file_read(env, bytes, &file);
    ck_assert_uint_eq(file.module_hash, made.module_hash);
    ck_assert_uint_eq(file.rows.n, 4);
    ck_assert_mem_eq(file.rows.v, made.rows.v, 4 * sizeof *made.rows.v);
    ck_assert_mem_eq(file.frames.v, made.frames.v, 3 * sizeof *made.frames.v);
    ck_assert(wr_slice_is(wr_symbol_file_text(env, &made), "0:_ZN1a1bEv\n1:main\n2:2\n"));
    wr_slice text = wr_symbolicate_text(
        env, &file,
        wr_slice_str("Error: x\n"
                     " at wasm://wasm/1:wasm-function[1]:0x2d\n at "
                     "wasm://wasm/1:wasm-function[2]:0x35\r\nx@y.wasm:wasm-function[9]:0x35\n"
                     "wasm-function[1]@[wasm code]\n"
                     "    at <anonymous> (wasm://wasm/1:wasm-function[0]:0x2d)"));
    ck_assert_msg(
        wr_slice_is(
            text,
            "Error: x\n    at a::b() (/src/a.c:70) [inlined]\n    at main (/src/a.c:10:3)\n"
            "    at main [code shared by several functions]\nx@y.wasm:wasm-function[9]:0x35\n    at main\n"
            "    at a::b() (/src/a.c:70) [inlined]\n    at main (/src/a.c:10:3)\n"),
        "%.*s", (int)text.n, (const char *)text.p);
}

START_TEST(symbol_files_say_what_they_are_given) { run_in_env(check_symbol_file, NULL); }
END_TEST

typedef struct damage {
    wr_slice bytes;
} damage;

static void read_damaged(wr_env *env, void *arg) {
    wr_symbol_file file;
    wr_symbol_file_read(env, ((damage *)arg)->bytes, &file);
    uint32_t func;
    for (uint32_t at = 0; at < 100; at++) wr_symbol_file_find(&file, at, &func);
}

static void check_damage(wr_env *env, void *arg) {
    (void)arg;
    wr_symbol_file made;
    make_file(env, &made);
    wr_slice bytes = wr_symbol_file_write(env, &made);
    for (size_t i = 0; i < bytes.n; i++) {
        wr_status cut = wr_try(env, read_damaged, &(damage){{bytes.p, i}});
        ck_assert_int_eq(cut, WR_USAGE);
        uint8_t *copy = memcpy(wr_alloc(&env->perm, bytes.n), bytes.p, bytes.n);
        copy[i] ^= 0x15;
        wr_status changed = wr_try(env, read_damaged, &(damage){{copy, bytes.n}});
        ck_assert(changed == WR_OK || changed == WR_USAGE);
    }
}

START_TEST(damaged_symbol_files_are_refused) { run_in_env(check_damage, NULL); }
END_TEST

// --- Source maps ---

static void check_map(wr_env *env, void *arg) {
    (void)arg;
    static const char json[] =
        "{\"version\":3,\"sources\":[\"a.c\",null],\"names\":[\"f\"],\"x_google_ignoreList\":[0],"
        "\"mappings\":\"sBAAA,EACCA,IAAJ,C,ED6lgCAkB\"}";
    wr_sources sources;
    wr_source_map_read(env, wr_slice_str(json), &sources);
    ck_assert_uint_eq(sources.rows.n, 5);
    ck_assert_uint_eq(sources.rows.v[0].at, 22);
    ck_assert_uint_eq(sources.rows.v[1].line, 2);
    ck_assert_uint_eq(sources.rows.v[1].column, 2);
    ck_assert_uint_eq(sources.rows.v[1].name, 0);
    ck_assert_uint_eq(sources.rows.v[3].file, WR_NONE);
    ck_assert_ptr_null(wr_source_row_at(&sources, 21));
    ck_assert_ptr_eq(wr_source_row_at(&sources, 25), &sources.rows.v[1]);
    wr_slice again = wr_source_map_write(env, wr_slice_str(json), &sources, sources.rows.v, 2);
    ck_assert_ptr_nonnull(memmem(again.p, again.n, "\"mappings\":\"sBAAA,EACCA\"", 24));
    ck_assert_ptr_nonnull(memmem(again.p, again.n, "\"x_google_ignoreList\":[0]", 25));
}

START_TEST(source_maps_are_read_and_written) { run_in_env(check_map, NULL); }
END_TEST

static void read_map(wr_env *env, void *json) {
    wr_sources sources;
    wr_source_map_read(env, wr_slice_str(json), &sources);
}

static void check_bad_maps(wr_env *env, void *arg) {
    (void)arg;
    static const char *const bad[] = {"",
                                      "[]",
                                      "{",
                                      "{\"mappings\":5}",
                                      "{\"mappings\":\"!\"}",
                                      "{\"mappings\":\"g\"}",
                                      "{\"mappings\":\"gggggggggA\"}",
                                      "{\"mappings\":\"D\"}",
                                      "{\"mappings\":\"AAAAAA\"}",
                                      "{\"mappings\":\"AA\"}"};
    for (size_t i = 0; i < WR_COUNT(bad); i++)
        ck_assert_msg(wr_try(env, read_map, (void *)bad[i]) == WR_USAGE, "%s was taken for a map", bad[i]);
}

START_TEST(what_is_no_source_map_is_refused) { run_in_env(check_bad_maps, NULL); }
END_TEST

// --- Traces ---

START_TEST(traces_of_engines_are_understood) {
    static const struct {
        const char *line;
        uint32_t func;
        uint64_t offset;
    } lines[] = {
        {"    at f (wasm://wasm/0001425a:wasm-function[6]:0x2df)", 6, 0x2df},
        {"    at wasm://wasm/0001425a:wasm-function[26]:0x3F7b", 26, 0x3f7b},
        {"    at a[3]:0x5 (https://example.org/x.wasm:wasm-function[6]:0x2df)", 6, 0x2df},
        {"f@https://example.org/app.wasm:wasm-function[7]:0x1d6", 7, 0x1d6},
        {"<?>.wasm-function[7]@[wasm code]", 7, WR_NO_OFFSET},
        {"wasm-function[12]@[wasm code]", 12, WR_NO_OFFSET},
        {"12@wasm-function[12]", 12, WR_NO_OFFSET},
        {"run@<?>:wasm-function[1]", 1, WR_NO_OFFSET},
        {"run@wasm-function[1]:0x2f", 1, 0x2f},
        {"    at ns::middle(Box<int>, unsigned long) (wasm://wasm/e2cf4ffa:wasm-function[1]:0x78)", 1, 0x78},
        {"    at Box<int>::operator[](unsigned long) const "
         "(http://localhost:80/a.wasm?v=1:wasm-function[2]:0x96)",
         2, 0x96},
        {"    at http://localhost:8765/t.min.wasm?v=3&x=a.wasm:wasm-function[3]:0xa0", 3, 0xa0},
        {"    at async work (wasm://wasm/app.wasm-e2cf4ffa:wasm-function[1]:0x78)", 1, 0x78},
        {"    at <[T] as core::fmt::Debug>::fmt (wasm://wasm/049827e2:wasm-function[0]:0xaa)", 0, 0xaa},
        {"@g2.js line 4 > WebAssembly.Module:wasm-function[2]:0x96", 2, 0x96},
        {"Box<int>::get(unsigned long) const@g2.js line 4 > WebAssembly.Module:wasm-function[2]:0x96", 2,
         0x96},
        {"async*f@https://example.org/app.wasm#x:wasm-function[7]:0x1d6", 7, 0x1d6},
        {"           0:   0x63 - <unknown>!middle", WR_NONE, 0x63},
        {"   12: 0x7d - app.wasm!<wasm function 1>", WR_NONE, 0x7d},
        {"    0:     0x96 - <unknown>!Box<int>::get(unsigned long) const", WR_NONE, 0x96},
        {"2026-11-29T22:36:53Z ERROR   1:   0x78 - app!<[u8] as core::fmt::Debug>::fmt", WR_NONE, 0x78},
        {"    3: <unknown>!<wasm function 7>", 7, WR_NO_OFFSET},
        {"    at f (<module>[7]:0x1d6)", 7, 0x1d6},
        {"$middle (0001425a:0x1d6)", WR_NONE, 0x1d6},
        {"$middle @ wasm://wasm/0001425a:0x1d6", WR_NONE, 0x1d6},
        {"https://example.org/app.wasm:0x1d6", WR_NONE, 0x1d6},
        {"f @ https://example.org/app.wasm?v=1.2&at=3:0x1d6", WR_NONE, 0x1d6},
        {"    at f (https://example.org/app.wasm#top:1:471)", WR_NONE, 470},
        {"   {\"function\": \"f\", \"instruction_addr\": \"0x1d6\", \"addr_mode\": \"rel:0\"}", WR_NONE,
         0x1d6},
        {"    at f (https://example.org/app.wasm:1:471)", WR_NONE, 470},
    };
    for (size_t i = 0; i < WR_COUNT(lines); i++) {
        wr_trace_place place = {0};
        ck_assert_msg(wr_trace_read_line(wr_slice_str(lines[i].line), &place), "%s", lines[i].line);
        ck_assert_msg(place.func == lines[i].func && place.offset == lines[i].offset,
                      "%s: function %u, offset %llu", lines[i].line, place.func,
                      (unsigned long long)place.offset);
    }
    static const char *const others[] = {"",
                                         "RuntimeError: unreachable",
                                         "    at main (app.js:3:14)",
                                         "list[5] = 3",
                                         "[7]:",
                                         "    at x (wasm-function[]:0x5)",
                                         "wasm-function[99999999999999]:0x1",
                                         "app.wasm",
                                         "app.wasm:1:0",
                                         "https://example.org/app.wasm?v=3",
                                         "    at f (app.wasm?v=3) 5:0x3",
                                         "wasm-stub@[wasm code]",
                                         "<?>.wasm-function[f(int (&) [3])]@[wasm code]",
                                         "    0: wasm trap: out of bounds memory access",
                                         "    0: memory fault at wasm address 0xffffffc0 in linear memory",
                                         "a0001425a:0x1d6",
                                         "0001425A:0x1d6",
                                         "\"instruction_addr\": 5",
                                         "0: 0x5 - x"};
    wr_trace_place place;
    for (size_t i = 0; i < WR_COUNT(others); i++)
        ck_assert_msg(!wr_trace_read_line(wr_slice_str(others[i]), &place), "%s", others[i]);
}
END_TEST

void add_tests(TCase *tests) {
    tcase_add_loop_test(tests, tables_keep_origins, 1, SEEDS);
    tcase_add_loop_test(tests, tracking_changes_no_code, 1, SEEDS);
    tcase_add_test(tests, symbol_files_say_what_they_are_given);
    tcase_add_test(tests, damaged_symbol_files_are_refused);
    tcase_add_test(tests, source_maps_are_read_and_written);
    tcase_add_test(tests, what_is_no_source_map_is_refused);
    tcase_add_test(tests, traces_of_engines_are_understood);
}
