// What paths of source files say, and evidence in a small module made by hand.
#include "report/audit/audit.h"
#include "report/evidence/finder.h"
#include "suite.h"

typedef struct path_case {
    const char *path, *group;
    wr_path_kind kind;
} path_case;

static void check_paths(wr_env *env, void *arg) {
    static const path_case cases[] = {
        {"/rustc/9fc6b43126469e3858e2fe86cafb4f0fd5068869/library/core/src/fmt/mod.rs", "core", WR_PATH_STD},
        {"library/std/src/panicking.rs", "std", WR_PATH_STD},
        {"core/src/num/flt2dec/strategy/grisu.rs", "core", WR_PATH_STD},
        {"/rust/deps/dlmalloc-0.2.7/src/dlmalloc.rs", "dlmalloc", WR_PATH_STD},
        {"/home/me/.cargo/registry/src/index.crates.io-6f17d22bba15001f/serde-json-1.0.2/src/de.rs",
         "serde_json", WR_PATH_RUST},
        {"C:\\Users\\me\\.cargo\\registry\\src\\github.com-1ecc\\regex-1.9.0\\src\\exec.rs", "regex",
         WR_PATH_RUST},
        {"/root/.cargo/registry/src/index.crates.io-1949cf8c6b5b557f/tree-sitter-0.25.10/src/./parser.c",
         "tree_sitter", WR_PATH_SOURCE},
        {"/root/.cargo/git/checkouts/loro-4f2a0c9d11/9c1b/crates/loro-internal/src/a.rs", "loro_internal",
         WR_PATH_RUST},
        {"crates/biome_parser/src/lexer/mod.rs", "biome_parser", WR_PATH_RUST},
        {"target/wasm32-wasip1/release/build/parser-1d04dea886c718db/out/lang.rs", "parser", WR_PATH_RUST},
        {"query-engine/core/src/executor.rs", "query_engine/core", WR_PATH_RUST}, // no part of Rust's core
        {"src/main.rs", "(main crate)", WR_PATH_RUST},
        {"../third_party/zlib-1.3/inflate.c", "zlib", WR_PATH_SOURCE},
        {"/b/_deps/fmt-src/include/fmt/format.h", "fmt", WR_PATH_HEADER},
        {"/emsdk/emscripten/system/lib/libcxxabi/src/cxa_guard_impl.h", "libc++abi", WR_PATH_HEADER},
        {"../../src/core/SkPath.cpp", "", WR_PATH_SOURCE},
        {"no path at all", "", WR_PATH_NONE},
        {"the stream did notlibrary/alloc/src/fmt.rs", "", WR_PATH_NONE},
        {"0000library/core/src/num.rs", "", WR_PATH_NONE},
        {"%s.c", "", WR_PATH_NONE},
        {".c", "", WR_PATH_NONE},
    };
    (void)arg;
    for (size_t i = 0; i < WR_COUNT(cases); i++) {
        wr_source_path path = wr_source_path_read(&env->perm, wr_slice_str(cases[i].path));
        ck_assert_msg(path.kind == cases[i].kind, "%s: kind %d", cases[i].path, path.kind);
        ck_assert_msg(wr_slice_is(path.group, cases[i].group), "%s: group %.*s", cases[i].path,
                      (int)path.group.n, (const char *)path.group.p);
    }
}

START_TEST(paths_say_what_they_belong_to) { check_in_env(check_paths); }
END_TEST

// --- A module: memory at 1024 holds a path, a name, a Location, a typeinfo and a vtable ---
//
//   1024 "a/b.c"  1032 "find_it"  1040 "crates/my-lib/src/x.rs"  1064 Location {1040, 22, 7, 1}
//   1080 "N2ns1TE"  1088 typeinfo {1024, 1080}  1096 vtable {0, 1088, slot 1}
//
// func 0 is the assertion's callee, func 1 calls it with the path and the name, func 2 names the Location,
// func 3 is in slot 1.
static const uint8_t module[] = {
    0x00, 'a',  's',  'm',  1,    0,    0,    0,    1,    11,   2,    0x60, 4,    0x7f, 0x7f, 0x7f,
    0x7f, 0,    0x60, 0,    0,                         // types: 4 × i32 -> (), () -> ()
    3,    5,    4,    0,    1,    1,    1,             // functions
    4,    4,    1,    0x70, 0,    2,                   // table of 2
    5,    3,    1,    0,    1,                         // memory
    9,    7,    1,    0,    0x41, 1,    0x0b, 1,    3, // slot 1: func 3
    10,   35,   4,                                     // code
    2,    0,    0x0b, 16,   0,    0x41, 0x80, 0x08, 0x41, 0x80, 0x08, 0x41, 5,    0x41, 0x88, 0x08,
    0x10, 0,    0x01, 0x0b, 6,    0,    0x41, 0xa8, 0x08, 0x1a, 0x0b, 6,    0,    0x41, 0x80, 0x10,
    0x1a, 0x0b, 11,   91,   1,    0,    0x41, 0x80, 0x08, 0x0b, 84,   'a',  '/',  'b',  '.',  'c',
    0,    0,    0,    'f',  'i',  'n',  'd',  '_',  'i',  't',  0,    'c',  'r',  'a',  't',  'e',
    's',  '/',  'm',  'y',  '-',  'l',  'i',  'b',  '/',  's',  'r',  'c',  '/',  'x',  '.',  'r',
    's',  0,    0,    0x10, 0x04, 0,    0,    22,   0,    0,    0,    7,    0,    0,    0,    1,
    0,    0,    0,    'N',  '2',  'n',  's',  '1',  'T',  'E',  0,    0x00, 0x04, 0,    0,    0x38,
    0x04, 0,    0,    0,    0,    0,    0,    0x40, 0x04, 0,    0,    1,    0,    0,    0,
};

static void check_module(wr_env *env, void *arg) {
    static const struct {
        uint32_t func;
        wr_evidence_kind kind;
        const char *group, *name;
    } wanted[] = {{0, WR_EVIDENCE_NONE, "", ""},
                  {1, WR_EVIDENCE_ASSERTION, "a/b.c", "find_it"},
                  {2, WR_EVIDENCE_CRATE, "my_lib", ""},
                  {3, WR_EVIDENCE_VTABLE, "ns", "ns::T::(virtual 0)"}};
    wr_audit a;
    (void)env;
    wr_audit_make(arg, wr_slice_of(module, sizeof module), &(wr_audit_options){0}, &a);
    ck_assert_ptr_nonnull(a.evidence.funcs);
    for (size_t i = 0; i < WR_COUNT(wanted); i++) {
        const wr_attribution *got = &a.evidence.funcs[wanted[i].func];
        ck_assert_msg(got->kind == wanted[i].kind, "func %u: kind %u", wanted[i].func, got->kind);
        ck_assert(wr_slice_is(got->group, wanted[i].group));
        ck_assert(wr_slice_is(got->name, wanted[i].name));
    }
}

START_TEST(a_module_shows_its_evidence) {
    wr_shared shared = {0};
    wr_pool pool;
    ck_assert_int_eq(wr_pool_init(&pool, &shared, 1), WR_OK);
    wr_status status = wr_try(wr_main_env(&pool), check_module, &pool);
    ck_assert_msg(status == WR_OK, "%s", wr_main_env(&pool)->diag.message);
    wr_pool_free(&pool);
}
END_TEST

// One constant alone, however often, says nothing.
static void check_constants(wr_env *env, void *arg) {
    static const uint8_t two[] = {0x00, 0x41, 0x98, 0xdf, 0xa8, 0x94, 0x04, 0x1a,
                                  0x41, 0xcf, 0xf7, 0x83, 0xae, 0x7b, 0x1a, 0x0b};
    static const uint8_t one[] = {0x00, 0x41, 0x98, 0xdf, 0xa8, 0x94, 0x04, 0x1a,
                                  0x41, 0x98, 0xdf, 0xa8, 0x94, 0x04, 0x1a, 0x0b};
    wr_func funcs[] = {{.body = wr_slice_of(two, sizeof two)}, {.body = wr_slice_of(one, sizeof one)}};
    wr_module m = {.funcs = funcs, .nfuncs = WR_COUNT(funcs)};
    wr_finder f = {.env = env, .m = &m};
    (void)arg;
    wr_evidence_from_constants(&f);
    ck_assert_uint_eq(f.votes.n, 1);
    ck_assert_uint_eq(f.votes.v[0].func, 0);
    ck_assert(wr_slice_is(f.groups.v[f.votes.v[0].group], "SHA-256"));
}

START_TEST(constants_say_which_algorithm) { check_in_env(check_constants); }
END_TEST

void add_tests(TCase *tests) {
    tcase_add_test(tests, constants_say_which_algorithm);
    tcase_add_test(tests, paths_say_what_they_belong_to);
    tcase_add_test(tests, a_module_shows_its_evidence);
}
