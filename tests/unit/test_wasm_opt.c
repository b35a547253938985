// The command line of wasm-opt: how it is cut into steps, and that the table holds together.
#include <stdio.h>

#include "cli/wasm_opt/plan.h"
#include "suite.h"
#include "support/base.h"
#include "wring.h"

static wr_wasm_opt_line line;
static wr_wasm_opt_plan plan;

static void teardown(void) {
    wr_wasm_opt_plan_free(&plan);
    wr_wasm_opt_line_free(&line);
}

// The steps of a line, a word each: "O2" optimizes at a level, "O2c" also shares cold code, "passes" runs a
// list, then what sections, minify, map and real stand for; a + behind real says with how many flags.
static const char *cut(size_t n, const char *const *words) {
    static char text[256];
    teardown();
    ck_assert_msg(wr_wasm_opt_parse(&line, n, words), "%s", line.error);
    ck_assert(wr_wasm_opt_make_plan(&line, &plan));
    text[0] = 0;
    for (size_t i = 0; i < plan.nsteps; i++) {
        const wr_wasm_opt_step *step = &plan.steps[i];
        char word[32];
        switch (step->kind) {
        case WR_STEP_OPTIMIZE:
            snprintf(word, sizeof word, step->level ? "O%s%s" : "passes", step->level,
                     step->share_cold ? "c" : "");
            break;
        case WR_STEP_SECTIONS: snprintf(word, sizeof word, "sections"); break;
        case WR_STEP_MINIFY: snprintf(word, sizeof word, "minify"); break;
        case WR_STEP_FUNCTION_MAP: snprintf(word, sizeof word, "map"); break;
        case WR_STEP_REAL: snprintf(word, sizeof word, "real+%zu", step->nitems); break;
        }
        strcat(strcat(text, i ? " " : ""), word);
    }
    return text;
}

#define CUT(steps, ...) \
    ck_assert_str_eq( \
        cut(sizeof((const char *[]){__VA_ARGS__}) / sizeof(char *), (const char *[]){__VA_ARGS__}), steps)

START_TEST(lines_are_cut_in_order) {
    CUT("O2c", "in", "-o", "out", "-O2", "--strip-debug", "--vacuum");
    CUT("passes", "--vacuum", "--strip-producers");
    CUT("sections", "--strip-dwarf");
    CUT("", "in", "-o", "out", "--detect-features", "-q");
    CUT("real+1 Oz", "--safe-heap", "--post-emscripten", "-Oz");
    CUT("O2 real+1 O2c", "-O2", "--spill-pointers", "--strip-debug");
    CUT("O2 O2c", "-O2", "--asyncify", "--strip-debug");
    CUT("Oz", "--asyncify", "-Oz");
    CUT("O2 O2c", "-O2", "--asyncify", "-pa", "asyncify-asserts");
    CUT("O2 real+1 O3", "-O2", "--gufa", "-O3");
    CUT("O2c real+1", "-O2", "--translate-to-exnref");
    CUT("O3 map", "-O4", "--symbolmap=names");
    CUT("real+2 passes", "--untee", "--licm", "--dce");
    CUT("Os real+1 Os minify", "-O", "--gufa", "-O", "--minify-imports");
}
END_TEST

START_TEST(names_are_minified_in_optimized_code) {
    CUT("O2c minify", "--strip-dwarf", "--minify-imports-and-exports-and-modules");
    CUT("O2c minify sections", "--minify-imports-and-exports", "--strip-producers");
    CUT("Oz minify", "--minify-imports", "--optimize-level=2", "--shrink-level=2");
    CUT("O3 minify", "--minify-imports", "-ol", "3", "-s=0");
}
END_TEST

START_TEST(mistakes_are_told) {
    static const char *const wrong[][2] = {
        {"-Oq", "-O"}, {"a", "b"}, {"-O2", "-o"}, {"--strip-debug", "-ol=five"}, {"-g=1", "x"}};
    for (size_t i = 0; i < WR_COUNT(wrong); i++) {
        teardown();
        ck_assert(!wr_wasm_opt_parse(&line, 2, wrong[i]));
        ck_assert(line.error[0]);
    }
}
END_TEST

START_TEST(features_are_what_was_said_last) {
    static const char *const words[] = {"--enable-sign-ext", "-all", "--disable-multivalue"};
    teardown();
    ck_assert(wr_wasm_opt_parse(&line, 3, words));
    ck_assert(line.allowed[wr_wasm_opt_find_flag("enable-sign-ext", 15) - wr_wasm_opt_flags]);
    ck_assert(!line.allowed[wr_wasm_opt_find_flag("enable-multivalue", 17) - wr_wasm_opt_flags]);
    ck_assert_uint_eq(line.noptions, 3);
}
END_TEST

// What the table names of the library is there.
START_TEST(the_table_names_what_exists) {
    wring_options *options = wring_options_new();
    for (size_t i = 0; i < wr_wasm_opt_nflags; i++) {
        const wr_wasm_opt_flag *flag = &wr_wasm_opt_flags[i];
        wring_status status = WRING_OK;
        if (flag->kind == WR_WASM_OPT_PASS || flag->kind == WR_WASM_OPT_NO_INLINE)
            status = wring_options_set(options, "skip-pass", flag->what);
        else if (flag->kind == WR_WASM_OPT_LEVEL)
            status = wring_options_set(options, "O", flag->what);
        else if (flag->kind == WR_WASM_OPT_ENABLE)
            status = wring_options_set(options, "allow", flag->what);
        else if (flag->kind == WR_WASM_OPT_LIBRARY)
            status = wring_options_set(options, flag->what, NULL);
        ck_assert_msg(status == WRING_OK, "%s: %s", flag->name, wring_options_error(options));
        ck_assert_msg(flag->kind != WR_WASM_OPT_NOTHING || *flag->why, "%s: no reason", flag->name);
    }
    wring_options_free(options);
}
END_TEST

void add_tests(TCase *tests) {
    tcase_add_checked_fixture(tests, NULL, teardown);
    tcase_add_test(tests, lines_are_cut_in_order);
    tcase_add_test(tests, names_are_minified_in_optimized_code);
    tcase_add_test(tests, mistakes_are_told);
    tcase_add_test(tests, features_are_what_was_said_last);
    tcase_add_test(tests, the_table_names_what_exists);
}
