// Packages and generics, as they are read out of functions' names.

#include "report/readers/demangle.h"
#include "suite.h"

typedef struct expected {
    const char *raw, *text, *group, *family;
    wr_language hint;
    bool instance;
} expected;

static const expected names[] = {
    // C
    {"sqlite3VdbeExec", "sqlite3VdbeExec", "sqlite3", "sqlite3VdbeExec", WR_LANG_C, false},
    {"png_read_row", "png_read_row", "png", "png_read_row", WR_LANG_C, false},
    {"__wasm_call_ctors", "__wasm_call_ctors", "wasm", "__wasm_call_ctors", WR_LANG_C, false},
    {"malloc", "malloc", "", "malloc", WR_LANG_C, false},
    {"", "", "", "", WR_LANG_C, false},
    // C++
    {"_ZN4shop3runEv", "shop::run()", "shop", "shop::run()", WR_LANG_CXX, false},
    {"_ZNSt6vectorIiSaIiEE9push_backEOi", "std::vector<int, std::allocator<int> >::push_back(int&&)", "std",
     "std::vector<…>::push_back", WR_LANG_CXX, true},
    {"_ZN12_GLOBAL__N_11fEv", "(anonymous namespace)::f()", "(anonymous namespace)",
     "(anonymous namespace)::f()", WR_LANG_CXX, false},
    {"_ZNK1AclEi", "A::operator()(int) const", "A", "A::operator()(int) const", WR_LANG_CXX, false},
    {"_ZlsRSoRK1A", "operator<<(std::ostream&, A const&)", "", "operator<<(std::ostream&, A const&)",
     WR_LANG_CXX, false},
    {"_Z3maxIiET_S0_S0_", "max<int>(int, int)", "", "max<…>", WR_LANG_CXX, true},
    {"_Zbroken", "_Zbroken", "", "_Zbroken", WR_LANG_CXX, false},
    // Rust: legacy, v0, readable with a hash
    {"_ZN4core3fmt9Formatter3pad17h0123456789abcdefE", "core::fmt::Formatter::pad", "core",
     "core::fmt::Formatter::pad", WR_LANG_RUST, true},
    {"_RNvCs1234_7mycrate3foo", "mycrate::foo", "mycrate", "mycrate::foo", WR_LANG_RUST, false},
    {"<alloc::vec::Vec<T> as core::ops::Drop>::drop::h0123456789abcdef",
     "<alloc::vec::Vec<T> as core::ops::Drop>::drop", "alloc",
     "<alloc::vec::Vec<…> as core::ops::Drop>::drop", WR_LANG_RUST, true},
    {"<&T as core::fmt::Debug>::fmt::h0123456789abcdef", "<&T as core::fmt::Debug>::fmt", "core",
     "<&T as core::fmt::Debug>::fmt", WR_LANG_RUST, true},
    // Go, TinyGo
    {"github.com/a/b.(*T).M", "github.com/a/b.(*T).M", "github.com/a/b", "github.com/a/b.(*T).M", WR_LANG_GO,
     false},
    {"slices.Sort[go.shape.int]", "slices.Sort[go.shape.int]", "slices", "slices.Sort[…]", WR_LANG_GO, true},
    {"(*go/parser.parser).next0", "(*go/parser.parser).next0", "go/parser", "(*go/parser.parser).next0",
     WR_LANG_GO, false},
    {"type:.eq.a/b.T", "type:.eq.a/b.T", "type", "type:.eq.a/b.T", WR_LANG_GO, false},
};

static void is(const char *what, const char *raw, wr_slice found, const char *wanted) {
    ck_assert_msg(wr_slice_is(found, wanted), "%s: %s is %.*s, expected %s", raw, what, (int)found.n,
                  (const char *)found.p, wanted);
}

static void check_names(wr_env *env, void *arg) {
    (void)arg;
    for (size_t i = 0; i < WR_COUNT(names); i++) {
        const expected *e = &names[i];
        wr_symbol symbol = {.raw = wr_slice_str(e->raw)};
        wr_read_symbol(env, e->hint, &symbol);
        is("its text", e->raw, symbol.text, e->text);
        is("its package", e->raw, symbol.group, e->group);
        is("its family", e->raw, symbol.family, e->family);
        ck_assert_msg(symbol.instance == e->instance, "%s: instance is %d", e->raw, symbol.instance);
    }
}

START_TEST(names_are_read) { check_in_env(check_names); }
END_TEST

// Cut and repeated names must do no harm, and take no long time.
static void check_odd_names(wr_env *env, void *arg) {
    (void)arg;
    for (size_t i = 0; i < WR_COUNT(names); i++)
        for (size_t n = 0; n < strlen(names[i].raw); n++)
            for (unsigned hint = WR_LANG_C; hint <= WR_LANG_GO; hint++) {
                wr_symbol symbol = {.raw = wr_slice_of(names[i].raw, n)};
                wr_read_symbol(env, (wr_language)hint, &symbol);
                wr_arena_reset(&env->temp);
            }
    static char deep[60000];
    memset(deep, '<', sizeof deep);
    wr_symbol symbol = {.raw = wr_slice_of(deep, sizeof deep)};
    wr_read_symbol(env, WR_LANG_CXX, &symbol);
    symbol.raw = wr_slice_of(memset(deep, '(', sizeof deep), sizeof deep);
    wr_read_symbol(env, WR_LANG_RUST, &symbol);
}

START_TEST(odd_names_do_no_harm) { check_in_env(check_odd_names); }
END_TEST

void add_tests(TCase *tests) {
    tcase_add_test(tests, names_are_read);
    tcase_add_test(tests, odd_names_do_no_harm);
}
