// The command line's parser, and that its tables hold together.
#include <stdlib.h>

#include "cli/options.h"
#include "lib/options.h"
#include "support/base.h"
#include "suite.h"
#include "wring.h"

static wr_args args;

static bool parse(wr_command_id command, int n, const char **words) {
    wr_args_free(&args);
    return wr_args_parse(&args, command, n, (char **)words);
}

#define PARSE(command, ...) \
    parse(command, sizeof((const char *[]){__VA_ARGS__}) / sizeof(char *), (const char *[]){__VA_ARGS__})

static void teardown(void) { wr_args_free(&args); }

START_TEST(forms_of_options) {
    ck_assert(
        PARSE(WR_CMD_OPT, "in", "-oout", "-Oz", "--jobs", "3", "--skip-pass=a,b", "-gq", "--with-binaryen"));
    ck_assert_uint_eq(args.nfiles, 1);
    ck_assert_str_eq(args.files[0], "in");
    ck_assert_str_eq(wr_args_value(&args, WR_OPTION_OUTPUT), "out");
    ck_assert_str_eq(wr_args_value(&args, WR_OPTION_LEVEL), "z");
    ck_assert_str_eq(wr_args_value(&args, WR_OPTION_JOBS), "3");
    ck_assert_str_eq(wr_args_value(&args, WR_OPTION_SKIP_PASS), "a,b");
    ck_assert(wr_args_has(&args, WR_OPTION_DEBUG_NAMES) && wr_args_has(&args, WR_OPTION_QUIET));
    ck_assert(wr_args_has(&args, WR_OPTION_WITH_BINARYEN) && !wr_args_value(&args, WR_OPTION_WITH_BINARYEN));
    ck_assert(!wr_args_has(&args, WR_OPTION_VERBOSE));
}
END_TEST

START_TEST(values_may_look_like_options) {
    ck_assert(PARSE(WR_CMD_OPT, "-o", "-", "-", "--strip", "--x", "--", "-file", "--jobs"));
    ck_assert_str_eq(wr_args_value(&args, WR_OPTION_OUTPUT), "-");
    ck_assert_str_eq(wr_args_value(&args, WR_OPTION_STRIP), "--x");
    ck_assert_uint_eq(args.nfiles, 3);
    ck_assert_str_eq(args.files[0], "-");
    ck_assert_str_eq(args.files[1], "-file");
    ck_assert_str_eq(args.files[2], "--jobs");
}
END_TEST

START_TEST(the_last_one_counts_and_all_are_kept) {
    ck_assert(
        PARSE(WR_CMD_OPT, "-O1", "--strip=a", "-O", "--strip=b", "-j=2", "--with-binaryen=x=y", "--for="));
    ck_assert(wr_args_has(&args, WR_OPTION_LEVEL) && !wr_args_value(&args, WR_OPTION_LEVEL));
    ck_assert_str_eq(wr_args_value(&args, WR_OPTION_STRIP), "b");
    ck_assert_str_eq(wr_args_value(&args, WR_OPTION_JOBS), "2");
    ck_assert_str_eq(wr_args_value(&args, WR_OPTION_WITH_BINARYEN), "x=y");
    ck_assert_str_eq(wr_args_value(&args, WR_OPTION_FOR), "");
    ck_assert_uint_eq(args.ngiven, 7);
}
END_TEST

START_TEST(nothing_and_empty_words) {
    ck_assert(parse(WR_CMD_OPT, 0, NULL));
    ck_assert(PARSE(WR_CMD_OPT, "", "-"));
    ck_assert_uint_eq(args.nfiles, 2);
}
END_TEST

static const struct {
    const char *word, *error;
} wrong[] = {
    {"--outptu=x", "unknown option --outptu; did you mean --output?"},
    {"--out", "unknown option --out; did you mean --output?"},
    {"--O2", "unknown option --O2; did you mean -O?"},
    {"--O", "unknown option --O; did you mean -O?"},
    {"--frobnicate-everything-now", "unknown option --frobnicate-everything-now; see `wring help opt`"},
    {"-x", "unknown option -x; see `wring help opt`"},
    {"-qx", "unknown option -x; see `wring help opt`"},
    {"--runs=3", "--runs is no option of `wring opt`, but of `wring compare`"},
    {"--quiet=1", "--quiet takes no value"},
    {"--jobs", "--jobs needs a value: N"},
    {"-o", "--output needs a value: FILE"},
};

START_TEST(wrong_options) {
    ck_assert(!PARSE(WR_CMD_OPT, "in", wrong[_i].word));
    ck_assert_str_eq(args.error, wrong[_i].error);
}
END_TEST

START_TEST(long_words_are_safe) {
    char word[4096] = "--";
    memset(word + 2, 'a', sizeof word - 3);
    ck_assert(!PARSE(WR_CMD_OPT, word));
    ck_assert_str_ne(args.error, "");
}
END_TEST

START_TEST(numbers) {
    double value = 7;
    char error[200];
    ck_assert(PARSE(WR_CMD_COMPARE, "--runs=12"));
    ck_assert(wr_args_number(&args, WR_OPTION_RUNS, 1, &value, error, sizeof error) && value == 12);
    ck_assert(wr_args_number(&args, WR_OPTION_TIMEOUT, 1, &value, error, sizeof error) && value == 12);
    const char *bad[] = {"--runs=", "--runs=0", "--runs=-3", "--runs=5x", "--runs=nan", "--runs=1e99"};
    for (size_t i = 0; i < WR_COUNT(bad); i++) {
        ck_assert(PARSE(WR_CMD_COMPARE, bad[i]));
        ck_assert_msg(!wr_args_number(&args, WR_OPTION_RUNS, 1, &value, error, sizeof error), "%s", bad[i]);
    }
}
END_TEST

static bool clash(const wr_option *a, const wr_option *b) {
    if (!strcmp(a->name, b->name)) return true;
    char letters[4] = {a->letter, a->name[1] ? 0 : a->name[0], b->letter, b->name[1] ? 0 : b->name[0]};
    return (a->commands & b->commands) &&
           ((letters[0] && (letters[0] == letters[2] || letters[0] == letters[3])) ||
            (letters[1] && (letters[1] == letters[2] || letters[1] == letters[3])));
}

START_TEST(the_table_is_sound) {
    wring_options *options = wring_options_new();
    for (size_t i = 0; i < WR_OPTIONS; i++) {
        const wr_option *option = &wr_options[i];
        ck_assert_msg(option->commands != 0 && *option->help, "%s", option->name);
        for (size_t k = 0; k < i; k++)
            ck_assert_msg(!clash(option, &wr_options[k]), "%s %s", option->name, wr_options[k].name);
        bool known = wring_options_set(options, option->name, NULL) == WRING_OK ||
                     !strstr(wring_options_error(options), "no option");
        ck_assert_msg(known == option->library, "%s", option->name);
    }
    wring_options_free(options);
}
END_TEST

START_TEST(nearest_names) {
    const char *const names[] = {"compare", "batch", "completion"};
    ck_assert_str_eq(wr_nearest("comprae", names, 3), "compare");
    ck_assert_str_eq(wr_nearest("batc", names, 3), "batch");
    ck_assert_str_eq(wr_nearest("compl", names, 3), "completion");
    ck_assert_ptr_null(wr_nearest("audit", names, 3));
    ck_assert_ptr_null(wr_nearest("", names, 3));
}
END_TEST

// A value that the option takes.
static const char *sample(const wr_option *option) {
    static const struct {
        wr_option_id id;
        const char *value;
    } samples[] = {{WR_OPTION_LEVEL, "z"},          {WR_OPTION_FOR, "gzip"},
                   {WR_OPTION_EFFORT, "3"},         {WR_OPTION_ALLOW, "multivalue"},
                   {WR_OPTION_GO_LEAN, "lines"},    {WR_OPTION_PASSES, "dce"},
                   {WR_OPTION_SKIP_PASS, "dce"},    {WR_OPTION_STOP_AFTER, "dce"},
                   {WR_OPTION_DUMP_AFTER, "dce:1"}, {WR_OPTION_BINARYEN_TIMEOUT, "7"},
                   {WR_OPTION_JOBS, "1"},           {WR_OPTION_MEMORY_LIMIT, "1G"},
                   {WR_OPTION_TIME_LIMIT, "7"}};
    for (size_t i = 0; i < WR_COUNT(samples); i++)
        if (option == &wr_options[samples[i].id]) return samples[i].value;
    return option->argument ? "x" : NULL;
}

// Each of the library's options has a case of its own: none falls into that of another one.
START_TEST(library_options_are_set) {
    for (size_t i = 0; i < WR_OPTIONS; i++) {
        const wr_option *option = &wr_options[i];
        wring_options *options = wring_options_new();
        wring_status status = wring_options_set(options, option->name, sample(option));
        ck_assert_msg(status == (option->library ? WRING_OK : WRING_USAGE), "%s: %s", option->name,
                      wring_options_error(options));
        ck_assert_msg((options->config.time_limit != 0) == (i == WR_OPTION_TIME_LIMIT),
                      "%s sets the time limit", option->name);
        wring_options_free(options);
    }
}
END_TEST

void add_tests(TCase *tests) {
    tcase_add_checked_fixture(tests, NULL, teardown);
    tcase_add_test(tests, forms_of_options);
    tcase_add_test(tests, values_may_look_like_options);
    tcase_add_test(tests, the_last_one_counts_and_all_are_kept);
    tcase_add_test(tests, nothing_and_empty_words);
    tcase_add_loop_test(tests, wrong_options, 0, WR_COUNT(wrong));
    tcase_add_test(tests, long_words_are_safe);
    tcase_add_test(tests, numbers);
    tcase_add_test(tests, the_table_is_sound);
    tcase_add_test(tests, nearest_names);
    tcase_add_test(tests, library_options_are_set);
}
